"""Apply and restore: one device after the other from what it runs to what it shall run.

The order of the steps is the point.  Before a device is touched, what it runs and what it shall run are both on the
disk, and the ledger says so; after it was touched it is read again.  So a power cut at any moment leaves old or new,
and the same command goes on where it was cut.  Nothing here restarts a program.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firmware_config.rollout.ledger import Ledger, Step, Verb
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.target import Configuration, Effect, NotTaken, Target, Unreachable

Clock = Callable[[], str]


class Result(StrEnum):
    """How it ended for one device."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    NO_ANSWER = "no_answer"
    NOT_TAKEN = "not_taken"
    NOTHING_KEPT = "nothing_kept"
    NOT_CONFIGURABLE = "not_configurable"

    @property
    def is_failure(self) -> bool:
        """Whether the device does not run what it was to run."""
        return self in (Result.NO_ANSWER, Result.NOT_TAKEN)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One device, when its turn is over; `before` and `after` are checksums."""

    device: str
    kind: str
    place: str
    result: Result
    before: str | None = None
    after: str | None = None
    effect: Effect | None = None
    unit: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Job:
    target: Target
    running: Configuration | None
    to: Configuration


def apply(targets: Sequence[Target], ledger: Ledger, shelf: Shelf, now: Clock) -> Iterator[Outcome]:
    """Make every device run what the branch file says; an outcome as soon as each is done.

    A roll-out that was cut short needs nothing special: devices that run the new one already are left alone.  Raises
    OSError when the ledger cannot be written.
    """
    jobs: list[_Job] = []
    for target in targets:
        wanted = target.wanted
        if wanted is None:
            yield _outcome(target, Result.NOT_CONFIGURABLE)
            continue
        try:
            running = _read(target, shelf)
        except Unreachable as fault:
            yield _outcome(target, Result.NO_ANSWER, after=wanted.checksum, detail=str(fault))
            continue
        jobs.append(_Job(target, running, wanted))
    yield from _carry_out("apply", jobs, ledger, shelf, now)


def restore(
    targets: Sequence[Target], ledger: Ledger, shelf: Shelf, now: Clock, of_last_run: bool = False
) -> Iterator[Outcome]:
    """Put back what every device ran before; what it runs now can be restored in turn.

    `of_last_run`: only devices that the last apply or restore changed, so that together they are what they were.  A
    restore that was cut short, or did not reach a device, goes on with what is left of it and leaves the others
    alone: they would be swapped back.  After an apply that was cut short this undoes it.  Raises OSError when the
    ledger cannot be written.
    """
    unfinished = set(ledger.pending("restore")) & {target.device for target in targets}
    jobs: list[_Job] = []
    for target in targets:
        if unfinished and target.device not in unfinished:
            continue
        if of_last_run and not unfinished and not _is_of(target, ledger.last_run, ledger):
            continue
        if target.wanted is None:
            yield _outcome(target, Result.NOT_CONFIGURABLE)
            continue
        try:
            running = _read(target, shelf)
        except Unreachable as fault:
            yield _outcome(target, Result.NO_ANSWER, detail=str(fault))
            continue
        goal = _goal(target, running, ledger, shelf)
        if goal is None:
            yield _outcome(target, Result.NOTHING_KEPT, before=running.checksum if running else None)
            continue
        jobs.append(_Job(target, running, goal))
    yield from _carry_out("restore", jobs, ledger, shelf, now)


def _is_of(target: Target, run: int, ledger: Ledger) -> bool:
    entry = ledger.entry(target.device)
    return run > 0 and (entry.pending.run if entry.pending else entry.run) == run


def _read(target: Target, shelf: Shelf) -> Configuration | None:
    """What a device runs, with its content from our own keeping when the device tells the checksum only."""
    running = target.read()
    if running is None or running.content is not None:
        return running
    return _kept(target, running.checksum, shelf) or running


def _goal(
    target: Target, running: Configuration | None, ledger: Ledger, shelf: Shelf
) -> Configuration | None:
    """What a restore leads to, or None when there is nothing to go back to."""
    entry = ledger.entry(target.device)
    if entry.pending is None:
        checksum = entry.previous
    else:
        checksum = entry.pending.after if entry.pending.verb == "restore" else entry.pending.before
    if checksum is None:
        return None
    if running is not None and running.checksum == checksum:
        return running
    return _kept(target, checksum, shelf)


def _kept(target: Target, checksum: str, shelf: Shelf) -> Configuration | None:
    """The configuration of that checksum, among those we have."""
    contents = (shelf.kept(target.file, "next"), shelf.kept(target.file, "previous"))
    found = [target.recognise(content) for content in contents if content is not None]
    known = [*found, target.wanted] if target.wanted else found
    return next((configuration for configuration in known if configuration.checksum == checksum), None)


def _carry_out(
    verb: Verb, jobs: Sequence[_Job], ledger: Ledger, shelf: Shelf, now: Clock
) -> Iterator[Outcome]:
    ledger.begin(
        verb, _run(verb, jobs, ledger), now(), [_step(job) for job in jobs if _has_work(job, verb, ledger)]
    )
    for job in jobs:
        before, after = job.running.checksum if job.running else None, job.to.checksum
        try:
            if before != after:
                _exchange(job, shelf)
            if ledger.entry(job.target.device).pending is not None:
                ledger.finish(job.target.device, now())
            if job.target.is_always_readable:
                with contextlib.suppress(OSError):
                    shelf.drop(
                        job.target.file, "next"
                    )  # litter at worst: it is looked at by its checksum only
        except Unreachable as fault:
            yield _outcome(job.target, Result.NO_ANSWER, before, after, detail=str(fault))
        except NotTaken as fault:
            yield _outcome(job.target, Result.NOT_TAKEN, before, after, detail=str(fault))
        else:
            if before == after:
                yield _outcome(job.target, Result.UNCHANGED, before, after)
            else:
                yield _outcome(job.target, Result.WRITTEN, before, after, _effect(job))


def _run(verb: Verb, jobs: Sequence[_Job], ledger: Ledger) -> int:
    """The number of this run: that of the one it goes on with, when it leads where that one led."""
    pending = [
        (ledger.entry(job.target.device).pending, job.to.checksum)
        for job in jobs
        if ledger.entry(job.target.device).pending is not None
    ]
    same = {begun.run for begun, after in pending if begun and (begun.verb, begun.after) == (verb, after)}
    if len(same) == 1 and all(begun and begun.run in same for begun, _ in pending):
        return same.pop()
    return ledger.last_run + 1


def _has_work(job: _Job, verb: Verb, ledger: Ledger) -> bool:
    """Whether the ledger has to hear of it; a device that runs what it was given is left out."""
    entry = ledger.entry(job.target.device)
    if job.running is None or job.running.checksum != job.to.checksum:
        return True
    if entry.pending is not None:
        # Begun with another end in view, which finishing must not record.
        return (entry.pending.verb, entry.pending.after) != (verb, job.to.checksum)
    return verb == "apply" and entry.given != job.to.checksum


def _step(job: _Job) -> Step:
    return Step(job.target.device, job.running.checksum if job.running else None, job.to.checksum)


def _exchange(job: _Job, shelf: Shelf) -> None:
    """The new one in place of the old one.  Raises Unreachable or NotTaken."""
    target, running, to = job.target, job.running, job.to
    if to.content is None:
        raise NotTaken(f"{target.device}: only the checksum {to.checksum} is known")
    try:
        # The next one first: a restore takes it from where the running one is about to be kept.
        shelf.keep(target.file, "next", to.content, target.is_secret)
        if running is not None and running.content is not None:
            shelf.keep(target.file, "previous", running.content, target.is_secret)
    except OSError as fault:
        raise NotTaken(f"{target.file}: {fault.strerror}") from fault
    target.write(to)
    back = target.read()
    if back is None or (back.checksum, back.content) != (to.checksum, to.content):
        runs = back.checksum if back else "nothing"
        raise NotTaken(f"{target.device} reads back {runs} instead of {to.checksum}")


def _effect(job: _Job) -> Effect:
    return job.target.effect(job.target.changes(job.running))


def _outcome(
    target: Target,
    result: Result,
    before: str | None = None,
    after: str | None = None,
    effect: Effect | None = None,
    detail: str = "",
) -> Outcome:
    return Outcome(
        target.device, target.kind, target.place, result, before, after, effect, target.unit, detail
    )
