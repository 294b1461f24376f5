"""Configuration blocks in and out of a device, in pieces that fit between polls (F2, F3).

Pure: a job is a generator that asks questions and is sent their answers; the line asks them when it has a moment.
"""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

from queue_server.pads import modbus
from queue_server.pads.modbus import Answer, Question
from queue_server.pads.registers import CONFIG_REGISTERS, Holding, Input

BLOCK_BYTES: Final = 2 * CONFIG_REGISTERS
_PIECE: Final = 16
"""Registers at a time: 51 ms at 9600 baud, in which no press is heard."""

ATTEMPTS: Final = 4
"""How often one piece is asked before the device counts as not answering."""


class NoAnswer(Exception):
    """The device does not answer; nothing says how far it got, and a block is never half active."""

    code = "no_answer"


class NotTaken(Exception):
    """The device answered and did not take the block."""

    code = "not_taken"


Steps = Generator[Question, Answer, Any]


@dataclass(slots=True)
class Job:
    """Something to do on the line besides polling.  `failed` counts attempts of the question that is open."""

    device: str
    steps: Steps
    future: Future[Any] = field(default_factory=Future)
    question: Question | None = None
    failed: int = 0

    def begin(self) -> None:
        """Have the first question ready; a job nobody waits for any more ends at once."""
        if not self.future.set_running_or_notify_cancel():
            self.steps.close()
            return
        self._go_on(None)

    def answered(self, answer: Answer) -> None:
        """Have the next question ready, or the result."""
        self.failed = 0
        self._go_on(answer)

    def missed(self) -> None:
        """No answer: ask again, but not for ever."""
        self.failed += 1
        if self.failed >= ATTEMPTS:
            self.fail(NoAnswer(f"{self.device} does not answer"))

    def fail(self, fault: Exception) -> None:
        """Give up."""
        self.steps.close()
        self.question = None
        if not self.future.done():
            self.future.set_exception(fault)

    def _go_on(self, answer: Answer | None) -> None:
        try:
            self.question = next(self.steps) if answer is None else self.steps.send(answer)
        except StopIteration as end:
            self.question = None
            self.future.set_result(end.value)
        except NotTaken as fault:
            self.question = None
            self.future.set_exception(fault)


def read_config(address: int) -> Steps:
    """The 126 bytes of the configuration block."""
    words: list[int] = []
    for first in range(0, CONFIG_REGISTERS, _PIECE):
        count = min(_PIECE, CONFIG_REGISTERS - first)
        answer = yield modbus.read_holding(address, Holding.CONFIG + first, count)
        words += _taken(answer, "does not give its configuration").registers
    return b"".join(word.to_bytes(2, "big") for word in words)


def configure(address: int, block: bytes) -> Steps:
    """Write the block, read it back, commit it, and see that it runs; gives its checksum.  Raises NotTaken.

    The address may change with the commit, so what is asked afterwards is asked of the new one (second byte).
    """
    if len(block) != BLOCK_BYTES:
        raise NotTaken(f"a configuration block has {BLOCK_BYTES} bytes, not {len(block)}")
    words = [int.from_bytes(block[at : at + 2], "big") for at in range(0, BLOCK_BYTES, 2)]
    for first in range(0, CONFIG_REGISTERS, _PIECE):
        answer = yield modbus.write(address, Holding.CONFIG + first, words[first : first + _PIECE])
        _taken(answer, "does not take the block")
    written = yield from read_config(address)
    if written != block:
        raise NotTaken("what was written does not read back")
    crc = modbus.checksum(block)
    answer = yield modbus.write(address, Holding.COMMIT, [crc])
    _taken(answer, "does not commit the block")
    answer = yield modbus.read_input(block[1], Input.CONFIG_CRC, 1)
    running = _taken(answer, "does not tell what it runs").registers[0]
    if running != crc:
        raise NotTaken(f"it runs {running:04x} after {crc:04x} was committed")
    return crc


def _taken(answer: Answer, otherwise: str) -> Answer:
    if answer.refused is not None:
        raise NotTaken(f"{otherwise} (exception {answer.refused})")
    return answer
