"""A hall to roll out to: the example branch on a disk and pads that lose power at any step, all of it in memory."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.pad_block import crc16
from firmware_config.rollout.file_target import FileTarget
from firmware_config.rollout.ledger import Ledger, open_ledger
from firmware_config.rollout.pad_target import PadReading, PadTarget
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.standing import State, standings
from firmware_config.rollout.target import NotTaken, Target, Unreachable
from firmware_config.rollout.targets import targets_of
from firmware_config.rollout.work import Outcome, apply, restore
from tests.conftest import ROOT
from tests.rollout_disk import FailingDisk, Power, PowerCut

FOLDER = Path("/etc/jiaohao")
PIECE_BYTES = 14
"""Bytes of a block that travel in one frame here: small, so that there are many places to cut."""

FACTORY_BLOCK = bytes(126)


@dataclass
class FakePad:
    """A pad's memory: the block it runs, kept for ever, and what was written since, forgotten with the power."""

    runs: bytes = FACTORY_BLOCK
    written: bytearray = field(default_factory=lambda: bytearray(FACTORY_BLOCK))
    answers: bool = True
    takes: bool = True

    def power_up(self) -> None:
        self.written = bytearray(self.runs)


@dataclass
class FakeField:
    """The lines of a hall in memory.  Every frame, and the commit before and after it counts, is a place to cut."""

    power: Power
    pads: dict[str, FakePad] = field(default_factory=dict)
    writes: int = 0

    def pad(self, device: str) -> FakePad:
        return self.pads.setdefault(device, FakePad())

    def read(self, line: str, device: str) -> PadReading:
        pad = self._reached(device)
        return PadReading(crc16(pad.runs), bytes(pad.written), "1.3")

    def write(self, line: str, device: str, block: bytes) -> None:
        pad = self._reached(device)
        self.writes += 1
        for start in range(0, len(block), PIECE_BYTES):
            if self.power.step():
                raise PowerCut
            pad.written[start : start + PIECE_BYTES] = block[start : start + PIECE_BYTES]
        if self.power.step():
            raise PowerCut
        if not pad.takes:
            raise NotTaken(f"{device}: exception 3")
        pad.runs = bytes(pad.written)
        # The pad took it and its answer was never heard.
        if self.power.step():
            raise PowerCut

    def _reached(self, device: str) -> FakePad:
        pad = self.pad(device)
        if not pad.answers:
            raise Unreachable(f"{device}: no answer")
        return pad


class Hall:
    """One branch with its disk, its pads and what is done to them."""

    def __init__(self, branch: BranchFile | None = None) -> None:
        self.power = Power()
        self.disk = FailingDisk(self.power)
        self.field = FakeField(self.power)
        self.branch = branch or small()
        self.devices: tuple[str, ...] = ()

    def copy(self) -> Hall:
        """The same hall once more, to do something else to."""
        other = Hall(self.branch)
        other.devices = self.devices
        # Together: disk and pads hang on the same power.
        other.power, other.disk, other.field = deepcopy((self.power, self.disk, self.field))
        return other

    @property
    def targets(self) -> tuple[Target, ...]:
        """The devices chosen by `devices`, or all of them."""
        chosen = (t for t in _targets(self.branch) if not self.devices or t.device in self.devices)
        return tuple(
            replace(target, disk=self.disk)
            if isinstance(target, FileTarget)
            else replace(target, field=self.field)
            for target in chosen
        )

    @property
    def ledger(self) -> Ledger:
        """As a program that starts now finds it."""
        return open_ledger(FOLDER, self.disk)

    def apply(self) -> Sequence[Outcome]:
        return tuple(apply(self.targets, self.ledger, Shelf(self.disk), lambda: "2026-01-05T08:00:00Z"))

    def restore(self) -> Sequence[Outcome]:
        now = "2026-01-05T09:00:00Z"
        return tuple(restore(self.targets, self.ledger, Shelf(self.disk), lambda: now, of_last_run=True))

    def states(self) -> dict[str, State]:
        """What `verify` says."""
        return {standing.device: standing.state for standing in standings(self.targets, self.ledger)}

    def runs(self) -> dict[str, str | None]:
        """The checksum every configurable device runs, asked of the device."""
        found = {}
        for target in self.targets:
            if target.wanted is not None:
                running = target.read()
                found[target.device] = running.checksum if running else None
        return found

    def wanted(self) -> dict[str, str]:
        """The checksum the branch file wants of every configurable device."""
        return {target.device: target.wanted.checksum for target in self.targets if target.wanted}

    def start_again(self, keeps_names: bool, keeps_data: bool, pads_lost_power: bool) -> None:
        """After a cut."""
        self.disk.start_again(keeps_names, keeps_data)
        if pads_lost_power:
            for pad in self.field.pads.values():
                pad.power_up()


@cache
def small() -> BranchFile:
    """The good one among the broken branches: one or two of everything."""
    return load_branch_file(ROOT / "tests" / "golden" / "broken_branches" / "good.yaml", environ={})


@cache
def _targets(branch: BranchFile) -> tuple[FileTarget | PadTarget, ...]:
    """What costs time, once: profiles are read and files rendered, and nobody's disk is asked for anything."""
    power = Power()
    found = targets_of(branch, FOLDER, FailingDisk(power), FakeField(power))
    return tuple(target for target in found if isinstance(target, FileTarget | PadTarget))


@cache
def changed(branch: BranchFile) -> BranchFile:
    """Another version of a branch in which every program and every pad gets something new."""
    devices = branch.devices
    return branch.model_copy(
        update={
            "server": branch.server.model_copy(update={"url": "http://10.0.0.9:8081"}),
            "devices": devices.model_copy(
                update={
                    key: tuple(
                        item.model_copy(update={"brightness": 2 if item.brightness == 3 else 3})
                        for item in getattr(devices, key)
                    )
                    for key in ("call_pads", "window_screens", "evaluators")
                }
            ),
        }
    )
