"""Configuration blocks between polls: read, written, committed, and never half of one; presses go on meanwhile."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from firmware_config.devices import CallPad
from firmware_config.pad_block import block_of, encode
from queue_server.pads import jobs, modbus
from queue_server.pads.jobs import BLOCK_BYTES, Job, NoAnswer, NotTaken
from tests.pads_wire import PadLine, line_of, told_at, wire_limit_s


def begun(line: PadLine, device: str, steps: jobs.Steps) -> Future[Any]:
    """A job of this device, waiting for its turn: the first begins, the session begins each that follows."""
    job = Job(device, steps)
    line.session.jobs.append(job)
    if len(line.session.jobs) == 1:
        job.begin()
    return job.future


def block(address: int, brightness: int) -> bytes:
    """A block that differs by its brightness."""
    line = line_of("modbus_16key")
    pad = CallPad(
        id="pad", line="line", address=address, profile="modbus_16key", counter="1", brightness=brightness
    )
    return encode(block_of(pad, line.devices[0].profile))


def test_a_block_is_written_read_back_committed_and_told_of() -> None:
    line = line_of("modbus_16key", "ff68_pad")
    line.run(2)
    new = block(1, 3)
    written = begun(line, "device_1", jobs.configure(1, new))
    line.run(10)
    assert written.result(0) == modbus.checksum(new)
    assert line.wire.shown("device_1")["config_crc"] == f"{modbus.checksum(new):04X}"
    read = begun(line, "device_1", jobs.read_config(1))
    line.run(10)
    assert read.result(0) == new
    assert line.seen("device_1")[-1].config == f"{modbus.checksum(new):04x}"


def test_presses_are_told_while_a_block_travels() -> None:
    line = line_of(*("modbus_16key",) * 20)
    line.run(5)
    read = begun(line, "device_1", jobs.read_config(1))
    presses = []
    for after_s in (0.1, 0.3, 0.5):
        line.at(after_s, lambda: presses.append((line.wire.now, line.wire.press("device_9", "call_next"))))
    line.run(10)
    assert read.done()
    for made_at, press in presses:
        assert told_at(line, press, "told") - made_at <= 3 * wire_limit_s(20, 9600)


def test_a_device_that_goes_away_in_the_middle_says_no_answer_and_the_others_go_on() -> None:
    line = line_of("modbus_16key", "modbus_16key")
    line.run(2)
    before = line.wire.shown("device_1")["config_crc"]
    written = begun(line, "device_1", jobs.configure(1, block(1, 3)))
    line.at(0.2, lambda: line.wire.fault("silence", "device_1"))
    line.run(10)
    with pytest.raises(NoAnswer):
        written.result(0)
    assert line.wire.shown("device_1")["config_crc"] == before
    line.wire.press("device_2", "call_next")
    line.run(2)
    assert [press.device for press in line.presses()] == ["device_2"]


@pytest.mark.parametrize("write", range(1, 70, 7))
def test_a_power_cut_at_any_write_leaves_the_old_block_or_the_new_one(write: int) -> None:
    line = line_of("modbus_16key")
    line.run(2)
    old, new = line.wire.shown("device_1")["config_crc"], block(1, 3)
    line.wire.fault("power_cut", "device_1", True, write)
    written = begun(line, "device_1", jobs.configure(1, new))
    line.run(20)
    assert line.wire.shown("device_1")["config_crc"] in (old, f"{modbus.checksum(new):04X}")
    assert written.done()


def test_noise_between_the_pieces_is_asked_through() -> None:
    line = line_of("modbus_16key")
    line.run(2)
    line.wire.fault("noise", None, True, 0.003)
    new = block(1, 4)
    written = begun(line, "device_1", jobs.configure(1, new))
    line.run(30)
    assert written.result(0) == modbus.checksum(new)


def test_a_block_of_the_wrong_length_is_not_sent() -> None:
    line = line_of("modbus_16key")
    said = len(line.wire.said)
    with pytest.raises(NotTaken):
        begun(line, "device_1", jobs.configure(1, b"short")).result(0)
    assert len(line.wire.said) == said


def test_a_device_that_refuses_the_commit_has_not_taken_it() -> None:
    steps = jobs.configure(1, bytes(BLOCK_BYTES))
    job = Job("pad", steps)
    job.begin()
    while (question := job.question) is not None:
        answer = modbus.Answer(1)
        if question.request[1] == 3:
            answer = replace(answer, registers=(0,) * ((question.size - 5) // 2))
        elif question.request[2:4] == (319).to_bytes(2, "big"):
            answer = replace(answer, refused=3)
        job.answered(answer)
    with pytest.raises(NotTaken, match="does not commit"):
        job.future.result(0)


def test_a_job_nobody_waits_for_any_more_asks_nothing() -> None:
    job = Job("pad", jobs.read_config(1))
    job.future.cancel()
    job.begin()
    assert job.question is None


def test_two_jobs_at_once_are_done_one_after_the_other() -> None:
    line = line_of("modbus_16key", "modbus_16key")
    line.run(2)
    new = block(1, 6)
    jobs_at_once = [
        begun(line, "device_1", jobs.configure(1, new)),
        begun(line, "device_2", jobs.read_config(2)),
    ]
    line.run(10)
    assert jobs_at_once[0].result(0) == modbus.checksum(new)
    assert len(jobs_at_once[1].result(0)) == BLOCK_BYTES
