"""One byte stream, two protocols: FF 68 frames at any time, a Modbus answer only while one is expected.

A Modbus answer has no start of its own; it is found because the address, the function and the length asked for are
known, and believed because of its CRC.  Whichever begins first and is whole wins, so a frame's bytes inside an answer
(a configuration block may hold any) make no key, and neither do an answer's bytes inside a frame.
"""

from __future__ import annotations

from typing import NamedTuple

from queue_server.pads import ff68
from queue_server.pads.ff68 import Frame
from queue_server.pads.modbus import REFUSED_BYTES, Answer, Question


class Sifter:
    """Bytes in, messages out, in their order; `noise` counts the bytes that were part of nothing."""

    def __init__(self) -> None:
        self._buffer = b""
        self._question: Question | None = None
        self.noise = 0

    @property
    def is_midway(self) -> bool:
        """Whether something has begun and not ended."""
        return bool(self._buffer)

    def expect(self, question: Question | None) -> list[Frame | Answer]:
        """Look for answers to `question` from now on, for none with None; gives what the old question held back."""
        self._question = question
        return self.feed(b"")

    def feed(self, data: bytes) -> list[Frame | Answer]:
        """The messages completed by `data`.  A question answered twice gives two answers."""
        buffer = self._buffer + data
        messages: list[Frame | Answer] = []
        used = taken = 0
        frames, kept_from = ff68.find(buffer)
        candidate = _candidate(buffer, 0, self._question)
        while True:
            for start, end, frame in frames:
                if start >= candidate.start:
                    break
                messages.append(frame)
                used, taken = used + end - start, end
                if candidate.start < end:
                    candidate = _candidate(buffer, end, self._question)
            if candidate.answer is None:
                break
            messages.append(candidate.answer)
            used, taken = used + candidate.end - candidate.start, candidate.end
            # What lies inside the answer is no frame, and may have hidden one that begins behind it.
            found, unfinished = ff68.find(buffer[taken:])
            frames = [(start + taken, end + taken, frame) for start, end, frame in found]
            kept_from = taken + unfinished
            candidate = _candidate(buffer, taken, self._question)
        # A candidate that is not whole yet holds back what lies behind its start, until it is whole or given up.
        kept_from = min(kept_from, candidate.start)
        self._buffer = buffer[kept_from:]
        self.noise += kept_from - used
        return messages

    def quiet(self) -> None:
        """Nothing came for longer than a byte takes to follow another: what is unfinished stays so."""
        self.noise += len(self._buffer)
        self._buffer = b""


class _Candidate(NamedTuple):
    """What looks like an answer: whole with `answer`, else perhaps one that begins at `start`, the buffer's end if none."""

    start: int
    end: int
    answer: Answer | None = None


def _candidate(buffer: bytes, at: int, question: Question | None) -> _Candidate:
    """The first answer from `at` on, or the first place where one may have begun."""
    while question is not None and (start := _start(buffer, at, question)) < len(buffer):
        end = start + (REFUSED_BYTES if buffer[start : start + 2] == question.refuses else question.size)
        if end > len(buffer):
            return _Candidate(start, end)
        answer = question.answer(buffer[start:end])
        if answer is not None:
            return _Candidate(start, end, answer)
        at = start + 1
    return _Candidate(len(buffer), len(buffer))


def _start(buffer: bytes, at: int, question: Question) -> int:
    """Where the next thing that looks like an answer starts, also when the buffer ends within its first bytes."""
    starts = [buffer.find(question.begins, at), buffer.find(question.refuses, at)]
    for length in range(min(len(question.begins) - 1, len(buffer) - at), 0, -1):
        if question.begins.startswith(buffer[-length:]):
            starts.append(len(buffer) - length)
            break
    return min((start for start in starts if start >= 0), default=len(buffer))
