"""What the answers say about the wire: two devices on one address, everybody at another speed.  Pure.

*Two on one address*: both answer.  Where they say the same at the same moment nobody notices; where they differ the
answer is garbled though it begins right, or two answers come to one question, or the serial number changes to and fro
(which the driver sees).  So an address is suspected when most of its last answers were garbage, or always those to
one and the same question (the one that tells the two apart), and the other addresses' far less often: noise on the
wire hits everybody.

*Another speed*: nothing that comes is ever a message.  Devices that are asked at the wrong speed do not understand and
stay silent, so with nobody answering at all the line asks at other speeds as well (`Line`); pads that speak unasked are
heard as garbage, which is enough when it is all that comes.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from queue_server.pads.exchange import Outcome

WINDOW: Final = 24
_GARBLED: Final = 16
_CLEARED: Final = 3
_ALWAYS: Final = 8
_WORSE: Final = 3.0
_COMPARABLE: Final = 8
_DOUBLED: Final = 2
_SPEED_WINDOW: Final = 12
_SPEED_GARBLED: Final = 4
_GARBAGE: Final = ("garbled", "collided")


class AddressWatch:
    """The last answers of one address."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque(maxlen=WINDOW)
        self._by_size: dict[int, deque[Outcome]] = {}
        self._doubled: deque[bool] = deque(maxlen=WINDOW)
        self._words = ""

    def forget(self) -> None:
        """The port went away, and what was seen before says nothing."""
        self._outcomes.clear()
        self._by_size.clear()
        self._doubled.clear()
        self._words = ""

    def saw(self, outcome: Outcome, answers: int, size: int) -> None:
        """What came of one question; `size` of the answer stands for the question.

        After a miss a second answer may be the late one to the question before.
        """
        if not self._outcomes or self._outcomes[-1] == "answered":
            self._doubled.append(answers > 1)
        self._outcomes.append(outcome)
        self._by_size.setdefault(size, deque(maxlen=_ALWAYS)).append(outcome)

    def verdict(self, others: list[AddressWatch]) -> str:
        """Why two devices seem to be on this address; "" when they do not."""
        garbled = _garbled(self._outcomes)
        if not garbled and not self._words and not any(self._doubled):
            return ""
        always = [
            size
            for size, outcomes in self._by_size.items()
            if len(outcomes) == _ALWAYS and _garbled(outcomes) == _ALWAYS
        ]
        is_full = len(self._outcomes) == WINDOW
        is_mostly = garbled >= _GARBLED and _are_fine([other._outcomes for other in others], garbled / WINDOW)
        # Like with like: the longer an answer, the more noise it meets.
        is_always = any(
            _are_fine([other._by_size.get(size, deque()) for other in others], 0.5) for size in always
        )
        if sum(self._doubled) >= _DOUBLED:
            self._words = "two answers come to one question"
        elif (is_mostly or is_always) and "collided" in self._outcomes:
            self._words = "its answers are garbled, and others' are not"
        elif is_full and garbled <= _CLEARED and not always:
            self._words = ""
        return self._words


def _garbled(outcomes: deque[Outcome]) -> int:
    return sum(outcomes.count(garbage) for garbage in _GARBAGE)


def _are_fine(others: list[deque[Outcome]], share: float) -> bool:
    """Whether the others' answers are garbled much less often than `share`; not when there is nobody to compare with."""
    seen = sum(map(len, others))
    return seen >= _COMPARABLE and _WORSE * sum(map(_garbled, others)) < share * seen


class SpeedWatch:
    """Whether anything sensible comes through the line."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque(maxlen=_SPEED_WINDOW)
        self._asked: str | None = None
        self._repeated = 0
        self._strays = 0

    @property
    def is_sound(self) -> bool:
        """Whether a message came lately."""
        return "answered" in self._outcomes

    @property
    def is_silent(self) -> bool:
        """Whether nobody answered for a whole window."""
        return len(self._outcomes) == _SPEED_WINDOW and not self.is_sound

    @property
    def is_garbage(self) -> bool:
        """Whether garbage is all that comes: from questions, or from pads that speak unasked."""
        if not self.is_silent:
            return False
        return self._strays + sum(outcome in _GARBAGE for outcome in self._outcomes) >= _SPEED_GARBLED

    def saw(self, outcome: Outcome, device: str | None = None) -> None:
        """What came of one question; a message nobody asked for is an answer too."""
        if outcome == "answered":
            self._strays = 0
        elif device is not None and device == self._asked and self._outcomes:
            # Asking one device again and again says no more than asking it once; unless it is the only one.
            self._repeated += 1
            if self._repeated < _SPEED_WINDOW:
                self._outcomes[-1] = outcome
                return
        self._repeated = 0
        self._asked = device
        self._outcomes.append(outcome)

    def strayed(self, count: int) -> None:
        """So many bytes came that belong to no message."""
        self._strays += count
