"""What was rolled out and what is under way, in one small file beside the configurations.

Checksums only, never a secret.  It is replaced whole before and after every device, so that after a power cut it says
what was going on; what a device really runs is always asked of the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from firmware_config.rollout import disk as disks
from firmware_config.rollout.disk import Disk

Verb = Literal["apply", "restore"]

NAME = "rollout.json"


class LedgerBroken(Exception):
    """The ledger is there and cannot be read: somebody edited it, or the disk lies."""

    code = "ledger_broken"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pending(_Shape):
    """What was begun with a device and not finished; `before` and `after` are checksums, None = nothing."""

    verb: Verb
    run: int
    begun_at: str
    before: str | None
    after: str


class Entry(_Shape):
    """What a device was last given and what it ran before that.

    `run`: the number of the apply or restore that gave it that.  `is_restored`: it was a restore.
    """

    run: int = 0

    given: str | None = None
    given_at: str | None = None
    previous: str | None = None
    is_restored: bool = False
    pending: Pending | None = None


class _Pages(_Shape):
    format: Literal[1] = 1
    devices: dict[str, Entry] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """One device of a run: the checksum of what it ran before, None = nothing, and of what it shall run."""

    device: str
    before: str | None
    after: str


class Ledger:
    """One folder's ledger.  Every method that changes something returns once that is on the disk."""

    def __init__(self, folder: Path, disk: Disk, entries: Mapping[str, Entry]) -> None:
        self._path = folder / NAME
        self._disk = disk
        self._entries = dict(entries)

    def entry(self, device: str) -> Entry:
        """What is known of that device; nothing, for one that was never configured."""
        return self._entries.get(device, Entry())

    def pending(self, verb: Verb) -> Mapping[str, Pending]:
        """What an apply or a restore began and did not finish, by device."""
        found = {device: entry.pending for device, entry in self._entries.items()}
        return {device: pending for device, pending in found.items() if pending and pending.verb == verb}

    @property
    def last_run(self) -> int:
        """The number of the last apply or restore that had something to do; 0 when there was none."""
        numbers = (entry.pending.run if entry.pending else entry.run for entry in self._entries.values())
        return max(numbers, default=0)

    def begin(self, verb: Verb, run: int, now: str, steps: Iterable[Step]) -> None:
        """These devices are about to be written; whatever else was pending for them is not any more."""
        begun = {}
        for step in steps:
            pending = Pending(verb=verb, run=run, begun_at=now, before=step.before, after=step.after)
            begun[step.device] = self.entry(step.device).model_copy(update={"pending": pending})
        if begun:
            self._put({**self._entries, **begun})

    def finish(self, device: str, now: str) -> None:
        """That device runs what was begun with it."""
        entry = self.entry(device)
        pending = entry.pending
        if pending is None:
            raise LookupError(device)
        # It ran that already: what it ran before that is still what can be restored.
        previous = entry.previous if pending.before == pending.after else pending.before
        done = Entry(
            run=pending.run,
            given=pending.after,
            given_at=now,
            previous=previous,
            is_restored=pending.verb == "restore",
        )
        self._put({**self._entries, device: done})

    def _put(self, entries: dict[str, Entry]) -> None:
        text = _Pages(devices=entries).model_dump_json(indent=2, exclude_defaults=True)
        disks.replace(self._disk, self._path, f"{text}\n".encode(), disks.PUBLIC)
        self._entries = entries


def open_ledger(folder: Path, disk: Disk) -> Ledger:
    """The ledger of `folder`; a new one when there is none.  Raises LedgerBroken."""
    data = disk.read(folder / NAME)
    if data is None:
        return Ledger(folder, disk, {})
    try:
        return Ledger(folder, disk, _Pages.model_validate_json(data).devices)
    except ValidationError as fault:
        raise LedgerBroken(f"{folder / NAME}: {fault.errors()[0]['msg']}") from None
