"""What every device runs, measured by what the branch file wants and by what it was given before (F2, F3).

Reads only.  What a device runs is asked of the device; the ledger merely says which of its older ones that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from firmware_config.rollout.ledger import Ledger
from firmware_config.rollout.target import Change, Configuration, Effect, Target, Unreachable


class State(StrEnum):
    """What a device runs.

    `new`: what the branch file says.  `old`: what it was last given, before the file was changed or while a roll-out
    that was cut short had not come to it.  `previous`: what it ran before that, put back by `restore`.  `unknown`: none
    of these; changed by hand, damaged, or put there by somebody else.  `absent`: nothing yet.  `no_answer`: it cannot
    be asked.  `not_configurable`: a model that holds no configuration.
    """

    NEW = "new"
    OLD = "old"
    PREVIOUS = "previous"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    NO_ANSWER = "no_answer"
    NOT_CONFIGURABLE = "not_configurable"

    @property
    def is_drift(self) -> bool:
        """Whether this is not what the branch file says, although the device could be asked."""
        return self in (State.OLD, State.PREVIOUS, State.UNKNOWN, State.ABSENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """One device: what it runs, what it should run, what would change.  `detail`: why it cannot be asked."""

    device: str
    kind: str
    place: str
    state: State
    running: str | None = None
    wanted: str | None = None
    changes: tuple[Change, ...] = ()
    effect: Effect | None = None
    unit: str | None = None
    detail: str = ""


def standings(targets: Iterable[Target], ledger: Ledger) -> tuple[Standing, ...]:
    """Every device as it stands; one that does not answer keeps none of the others from being asked."""
    return tuple(standing(target, ledger) for target in targets)


def standing(target: Target, ledger: Ledger) -> Standing:
    """One device as it stands."""
    wanted = target.wanted
    if wanted is None:
        return Standing(target.device, target.kind, target.place, State.NOT_CONFIGURABLE)
    try:
        running = target.read()
    except Unreachable as fault:
        return Standing(
            target.device,
            target.kind,
            target.place,
            State.NO_ANSWER,
            wanted=wanted.checksum,
            detail=str(fault),
        )
    state = state_of(running, wanted, target.device, ledger)
    changes = () if state is State.NEW else target.changes(running)
    return Standing(
        target.device,
        target.kind,
        target.place,
        state,
        running.checksum if running else None,
        wanted.checksum,
        changes,
        None if state is State.NEW else target.effect(changes),
        target.unit,
    )


def state_of(running: Configuration | None, wanted: Configuration, device: str, ledger: Ledger) -> State:
    """Which of its configurations a device runs."""
    if running is None:
        return State.ABSENT
    if running.checksum == wanted.checksum:
        return State.NEW
    entry = ledger.entry(device)
    if entry.pending is not None and running.checksum in (entry.pending.before, entry.pending.after):
        return State.OLD
    if running.checksum == entry.given:
        return State.PREVIOUS if entry.is_restored else State.OLD
    return State.PREVIOUS if running.checksum == entry.previous else State.UNKNOWN
