"""What people of the busy hour do, and how often something out of the ordinary happens.  Chance and a clock's reading
come from outside."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Every:
    """An oddity comes first after `first_s` and then about every `again_s` real seconds, whatever the speed."""

    first_s: float
    again_s: float


@dataclass(frozen=True, slots=True)
class Habit:
    """How people are: shares of all customers, and the pace of what a visitor should get to see.

    `mean_arrival_s` in the crowd's time, the first `rush` customers come faster; who sees `full_hall` people waiting
    goes away again; a matter takes `briskness` of what its service usually takes; `patience_s` is the longest real limit a teller of the crowd sits through to exceed it.
    """

    mean_arrival_s: float = 75.0
    rush: int = 6
    full_hall: int = 18
    briskness: float = 0.5
    is_priority: float = 0.12
    fills_in_a_form: float = 0.05
    has_a_second_matter: float = 0.1
    patience_s: float = 330.0
    stays_away: Every = field(default=Every(20, 150))
    jumps_the_queue: Every = field(default=Every(45, 110))
    takes_too_long: Every = field(default=Every(0, 900))


class Oddities:
    """Says when the next one of each kind is due.

    By the clock and not by the dice: a visitor who looks for a few minutes must find each kind, at any speed.
    """

    def __init__(
        self, habit: Habit, chance: random.Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._every = {
            "stays_away": habit.stays_away,
            "jumps_the_queue": habit.jumps_the_queue,
            "takes_too_long": habit.takes_too_long,
        }
        self._chance = chance
        self._clock = clock
        self._due_at: dict[str, float] = {}

    def begin(self, now: float) -> None:
        """The busy hour begins."""
        self._due_at = {kind: now + every.first_s for kind, every in self._every.items()}

    def is_wanted(self, kind: str) -> bool:
        """Whether one is due."""
        return self._clock() >= self._due_at.get(kind, float("inf"))

    def is_due(self, kind: str) -> bool:
        """Whether one is due; if so it counts as done, and the next is due later."""
        if not self.is_wanted(kind):
            return False
        self._due_at[kind] = self._clock() + self._every[kind].again_s * self._chance.uniform(0.7, 1.3)
        return True
