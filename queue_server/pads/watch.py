"""What the answers say about the wire: two devices on one address, everybody at another speed.  Pure.

*Two on one address*: both answer.  Where they say the same at the same moment nobody notices; where they differ the
answer is garbled though it begins right, or two answers come to one question, or the serial number changes to and fro
(which the driver sees).  So an address is suspected when at least half of its last questions were answered with garbage,
and of the other addresses' far fewer: noise on the wire hits everybody.

*Another speed*: nothing that comes is ever a message.  Devices that are asked at the wrong speed do not understand and
stay silent, so with nobody answering at all the line asks at other speeds as well (`Line`); garbage alone is enough
when it is all that comes.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from queue_server.pads.exchange import Outcome

WINDOW: Final = 8
_GARBLED: Final = 4
_CLEARED: Final = 1
_DOUBLED: Final = 2
_SPEED_WINDOW: Final = 12
_SPEED_GARBLED: Final = 4


class AddressWatch:
    """The last answers of one address."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque(maxlen=WINDOW)
        self._doubled: deque[bool] = deque(maxlen=4 * WINDOW)
        self.is_suspected = False

    @property
    def garbled(self) -> int:
        """How many of the last answers were garbage."""
        return sum(outcome in ("garbled", "collided") for outcome in self._outcomes)

    @property
    def garbled_share(self) -> float:
        """The same as a share of all."""
        return self.garbled / len(self._outcomes) if self._outcomes else 0.0

    def forget(self) -> None:
        """The port went away, and what was seen before says nothing."""
        self._outcomes.clear()
        self._doubled.clear()

    def saw(self, outcome: Outcome, answers: int) -> None:
        """What came of one question.  After a miss a second answer may be the late one to the question before."""
        if not self._outcomes or self._outcomes[-1] == "answered":
            self._doubled.append(answers > 1)
        self._outcomes.append(outcome)

    def verdict(self, others: list[AddressWatch]) -> str:
        """Why two devices seem to be on this address; "" when they do not."""
        if sum(self._doubled) >= _DOUBLED:
            self.is_suspected = True
            return "two answers come to one question"
        is_worse = (
            bool(others)
            and self.garbled_share >= 3 * sorted(o.garbled_share for o in others)[len(others) // 2]
        )
        if self.garbled >= _GARBLED and "collided" in self._outcomes and is_worse:
            self.is_suspected = True
            return f"{self.garbled} of {len(self._outcomes)} answers garbled, others' are not"
        if self.is_suspected and self.garbled <= _CLEARED and len(self._outcomes) == WINDOW:
            self.is_suspected = False
        return "the answers were garbled" if self.is_suspected else ""


class SpeedWatch:
    """Whether anything sensible comes through the line."""

    def __init__(self) -> None:
        self._outcomes: deque[Outcome] = deque(maxlen=_SPEED_WINDOW)
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
        if self.is_sound:
            return False
        garbled = sum(outcome != "silent" for outcome in self._outcomes)
        return garbled >= _SPEED_GARBLED or (self.is_silent and self._strays >= _SPEED_GARBLED)

    def saw(self, outcome: Outcome) -> None:
        """What came of one question; a message nobody asked for is an answer too."""
        self._outcomes.append(outcome)
        if outcome == "answered":
            self._strays = 0

    def strayed(self, count: int) -> None:
        """So many bytes came that belong to no message."""
        self._strays += count

    def forget(self) -> None:
        """Begin anew."""
        self._outcomes.clear()
        self._strays = 0
