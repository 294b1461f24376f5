"""Power goes at every write of `apply` to a simulated pad, in the pad or in the PC: it runs old or new, `verify` says which (F3).

The whole way is real: branch file, targets, ledger and kept blocks on a disk, Modbus over a pseudo-terminal, and a pad
that keeps its configuration word by word and forgets the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_config.models import BranchFile
from firmware_config.rollout.disk import RealDisk
from firmware_config.rollout.ledger import Step, open_ledger
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.standing import State, standing
from firmware_config.rollout.target import Target
from firmware_config.rollout.targets import BLOCKS, targets_of
from firmware_config.rollout.work import Outcome, Result, apply, restore
from printer.transport import SerialPort
from queue_server.pads import jobs
from queue_server.pads.field import PadLines
from queue_server.pads.modbus import Answer, Question
from queue_server.pads.simulator import LineSimulator
from tests.pads import device, simulated_line
from tests.rollout_hall import small


class PadHall:
    """One pad on a simulated line, and a PC that rolls out to it.  `boot_s` is short: the tests cut a lot."""

    def __init__(self, folder: Path, simulator: LineSimulator) -> None:
        self.folder = folder
        self.simulator = simulator
        line = (
            small()
            .devices.lines[0]
            .model_copy(update={"port": str(simulator.port_link), "baud": simulator.baud})
        )
        self.branch = self._with(lines=(line,), call_pads=small().devices.call_pads[:1])
        RealDisk().make_folder(folder / BLOCKS)

    def _with(self, **changes: object) -> BranchFile:
        return small().model_copy(update={"devices": small().devices.model_copy(update=changes)})

    def want(self, brightness: int) -> None:
        """Another branch file."""
        pad = self.branch.devices.call_pads[0].model_copy(update={"brightness": brightness})
        devices = self.branch.devices.model_copy(update={"call_pads": (pad,)})
        self.branch = self.branch.model_copy(update={"devices": devices})

    def target(self, field: PadLines) -> Target:
        found = targets_of(self.branch, self.folder, RealDisk(), field)
        return next(target for target in found if target.device == "pad_1")

    def apply(self) -> Outcome:
        """What became of the pad."""
        field = PadLines(self.branch, self.folder, self.folder)
        try:
            (outcome,) = apply(
                [self.target(field)], open_ledger(self.folder, RealDisk()), Shelf(RealDisk()), lambda: "now"
            )
        finally:
            field.close()
        return outcome

    def restore(self) -> Outcome:
        """Likewise."""
        field = PadLines(self.branch, self.folder, self.folder)
        try:
            (outcome,) = restore(
                [self.target(field)], open_ledger(self.folder, RealDisk()), Shelf(RealDisk()), lambda: "now"
            )
        finally:
            field.close()
        return outcome

    def verify(self) -> tuple[State, str | None]:
        """What `verify` says, and the checksum."""
        field = PadLines(self.branch, self.folder, self.folder)
        try:
            found = standing(self.target(field), open_ledger(self.folder, RealDisk()))
        finally:
            field.close()
        return found.state, found.running

    def runs(self) -> str:
        """The checksum the pad really runs, asked of the simulator and not through any wire."""
        return str(self.simulator.shown("pad_1")["config_crc"])


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[PadHall]:
    """A pad that was given a configuration."""
    pad = device("modbus_16key", 1, "pad_1")
    with simulated_line(tmp_path, [pad], state_dir=tmp_path / "flash", boot_s=0.01) as simulator:
        hall = PadHall(tmp_path / "etc", simulator)
        hall.want(3)
        assert hall.apply().result is Result.WRITTEN
        yield hall


def test_power_cut_in_the_pad_at_every_write(hall: PadHall) -> None:
    seen: set[State] = set()
    brightness, write, was_cut = 3, 0, True
    while was_cut:
        write += 1
        old = hall.runs()
        brightness = 4 if brightness == 3 else 3
        hall.want(brightness)
        hall.simulator.fault("power_cut", "pad_1", amount=write)
        outcome = hall.apply()
        # Still waiting for its write: there are no more.
        was_cut = "power_cut" not in hall.simulator.shown("pad_1")["faults"]
        hall.simulator.fault("power_cut", "pad_1", on=False)
        state, running = hall.verify()
        new = outcome.after
        assert running == hall.runs(), f"write {write}"
        assert running in (old, new), f"write {write}"
        assert state is (State.NEW if running == new else State.OLD), f"write {write}"
        assert outcome.result is not Result.WRITTEN or state is State.NEW, f"write {write}"
        seen.add(state)
        hall.apply()
        assert hall.verify()[0] is State.NEW
    # 63 registers sent, the same and their checksum kept for ever, and the word that makes them count.
    assert write > 63 + 64 + 1
    assert seen == {State.OLD, State.NEW}


def test_power_cut_in_the_pc_at_every_frame_and_in_the_middle_of_every_frame(hall: PadHall) -> None:
    brightness, seen = 3, set()
    for frame in range(20):
        for part in (0.5, 1.0):
            old = hall.runs()
            brightness = 4 if brightness == 3 else 3
            hall.want(brightness)
            is_over = send_until(hall, frame, part)
            state, running = hall.verify()
            assert running == hall.runs(), f"frame {frame}"
            assert state in (State.OLD, State.NEW), f"frame {frame}"
            assert (state is State.OLD) == (running == old), f"frame {frame}"
            seen.add(state)
            hall.apply()
            assert hall.verify()[0] is State.NEW
            hall.restore()
            assert hall.runs() == old, f"restored after frame {frame}"
            hall.apply()
        if is_over:
            break
    assert is_over
    assert seen == {State.OLD, State.NEW}


def send_until(hall: PadHall, last: int, part: float) -> bool:
    """What the PC had sent when it lost power: every frame before the one numbered `last`, and so much of that one.

    True when the whole job had been done before that.  The ledger was begun, as `apply` does before the first frame.
    """
    field = PadLines(hall.branch, hall.folder, hall.folder)
    target = hall.target(field)
    running, wanted = target.read(), target.wanted
    field.close()
    assert running is not None
    assert wanted is not None
    assert wanted.content is not None
    assert running.content is not None
    ledger = open_ledger(hall.folder, RealDisk())
    shelf = Shelf(RealDisk())
    ledger.begin("apply", ledger.last_run + 1, "now", [Step("pad_1", running.checksum, wanted.checksum)])
    shelf.keep(target.file, "next", wanted.content, False)
    shelf.keep(target.file, "previous", running.content, False)
    port = SerialPort(str(hall.simulator.port_link), hall.branch.devices.lines[0].serial)
    port.open()
    try:
        steps = jobs.configure(1, wanted.content)
        question = next(steps)
        for number in range(last + 1):
            if number == last:
                port.write(question.request[: int(len(question.request) * part)])
                # Until it has left the wire, as the last bytes before a cut have.
                port.pause(0.02)
                return False
            port.write(question.request)
            try:
                question = steps.send(answer_to(port, question))
            except StopIteration:
                return True
    finally:
        port.discard()
    return False


def answer_to(port: SerialPort, question: Question) -> Answer:
    """The pad's answer."""
    heard = b""
    while len(heard) < question.size:
        data = port.read(5.0)
        assert data, "the pad does not answer"
        heard += data
    answer = question.answer(heard)
    assert answer is not None
    return answer
