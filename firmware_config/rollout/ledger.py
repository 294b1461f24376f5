"""What was rolled out and what is under way, in one small file beside the configurations.

Checksums only, never a secret.  It is replaced whole before and after every device, so that after a power cut it says
what was going on; what a device really runs is always asked of the device.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
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


class Step(_Shape):
    """One device of a run: what it ran before, what it shall run; checksums, None = nothing."""

    device: str
    before: str | None
    after: str
    is_done: bool = False


class Run(_Shape):
    """An apply or a restore that has begun."""

    verb: Verb
    begun_at: str
    steps: tuple[Step, ...]

    def step(self, device: str) -> Step | None:
        """The step of that device."""
        return next((step for step in self.steps if step.device == device), None)


class Held(_Shape):
    """What a device was last given, and what it ran before that."""

    given: str
    given_at: str
    previous: str | None = None


class _Pages(_Shape):
    format: Literal[1] = 1
    run: Run | None = None
    devices: dict[str, Held] = {}


@dataclass(frozen=True, slots=True)
class Ledger:
    """`run` is None between runs.  Every method that changes something returns once that is on the disk."""

    folder: Path
    disk: Disk
    pages: _Pages

    @property
    def run(self) -> Run | None:
        """What was begun and not ended."""
        return self.pages.run

    def held(self, device: str) -> Held | None:
        """What that device was last given."""
        return self.pages.devices.get(device)

    def begin(self, verb: Verb, now: str, steps: Iterable[Step]) -> Ledger:
        """A new run; one that never ended is forgotten with it."""
        return self._put(
            self.pages.model_copy(update={"run": Run(verb=verb, begun_at=now, steps=tuple(steps))})
        )

    def finish(self, device: str, now: str) -> Ledger:
        """That device runs what the run wanted."""
        run = self.run
        step = run.step(device) if run else None
        if run is None or step is None:
            raise LookupError(device)
        before = self.held(device)
        previous = step.before
        if step.before == step.after:
            # It ran that already: what it ran before that is still what can be restored.
            previous = before.previous if before else None
        steps = tuple(step.model_copy(update={"is_done": True}) if s is step else s for s in run.steps)
        devices = {**self.pages.devices, device: Held(given=step.after, given_at=now, previous=previous)}
        return self._put(
            self.pages.model_copy(update={"run": run.model_copy(update={"steps": steps}), "devices": devices})
        )

    def end(self) -> Ledger:
        """The run is over."""
        return self._put(self.pages.model_copy(update={"run": None}))

    def _put(self, pages: _Pages) -> Ledger:
        text = json.dumps(pages.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
        disks.replace(self.disk, self.folder / NAME, text.encode(), disks.PUBLIC)
        return replace(self, pages=pages)


def open_ledger(folder: Path, disk: Disk) -> Ledger:
    """The ledger of `folder`; a new one when there is none.  Raises LedgerBroken."""
    data = disk.read(folder / NAME)
    if data is None:
        return Ledger(folder, disk, _Pages())
    try:
        return Ledger(folder, disk, _Pages.model_validate_json(data))
    except ValidationError as fault:
        raise LedgerBroken(f"{folder / NAME}: {fault.errors()[0]['msg']}") from None
