"""What a line does in one turn, and the interface every driver offers it.

Values and one Protocol: the line asks a driver what it has to say, says it, and tells it what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from queue_server.pads.faces import Face
from queue_server.pads.ff68 import Frame
from queue_server.pads.heard import Heard, Installed, Verdict
from queue_server.pads.modbus import Answer, Question

Purpose = Literal["poll", "settle", "show", "job"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Bytes to send and what to wait for: the answer to `question`, the `echo`, or nothing at all."""

    purpose: Purpose
    data: bytes
    question: Question | None = None
    echo: Frame | None = None

    @property
    def answer_bytes(self) -> int:
        """How long the answer is."""
        if self.question is not None:
            return self.question.size
        return len(self.data) if self.echo is not None else 0


def asking(purpose: Purpose, question: Question) -> Exchange:
    """The exchange that asks `question`."""
    return Exchange(purpose, question.request, question)


Outcome = Literal["answered", "silent", "garbled", "collided"]
"""`garbled`: bytes came and no answer · `collided`: they began as the answer does."""


class Driver(Protocol):
    """One device on the line.  Times are monotonic seconds; nothing here blocks."""

    @property
    def installed(self) -> Installed:
        """Which device it is."""

    @property
    def is_offline(self) -> bool:
        """Whether it has stopped answering."""

    @property
    def is_there(self) -> bool:
        """Whether it answered when it was last asked, as far as anybody can know."""

    @property
    def is_dark(self) -> bool:
        """Whether it has never been shown something of what it should show."""

    def is_awaited(self, now: float) -> bool:
        """Whether somebody just pressed a key and looks at it."""

    def show(self, face: Face) -> None:
        """What it is to show from now on."""

    def settle(self, press_id: str, verdict: Verdict) -> None:
        """What became of a press of this device."""

    def due_at(self, now: float) -> float:
        """When it wants to be polled next."""

    def poll(self, now: float) -> Exchange:
        """Ask whether it is there, and what was pressed."""

    def settling(self, now: float) -> Exchange | None:
        """The answer to a press, if one is to be given."""

    def showing(self, now: float) -> Exchange | None:
        """What it does not show yet, if anything."""

    def happened(
        self, exchange: Exchange, outcome: Outcome, answers: tuple[Answer, ...], now: float
    ) -> list[Heard]:
        """What came of an exchange of this driver's."""

    def heard(self, frame: Frame, now: float) -> list[Heard]:
        """A frame from its address that nobody asked for."""

    def passed(self, now: float) -> list[Heard]:
        """Time went by."""

    def suspect(self, fault: Literal["duplicate_address"] | None, detail: str) -> list[Heard]:
        """What the line thinks of the address, seen beside the others."""

    def lost(self) -> None:
        """The port went away: what the device shows and acknowledges is not known any more."""
