"""Oddities of the busy hour come by the clock, each kind by its own."""

from __future__ import annotations

import random

from queue_server.virtual.habits import Every, Habit, Oddities


class Clock:
    """A clock that is told the time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def oddities(clock: Clock) -> Oddities:
    habit = Habit(stays_away=Every(10, 100), jumps_the_queue=Every(0, 50), takes_too_long=Every(0, 400))
    one = Oddities(habit, random.Random(1), clock)
    one.begin(clock.now)
    return one


def test_nothing_odd_happens_before_the_busy_hour() -> None:
    assert not Oddities(Habit(), random.Random(1), Clock()).is_due("stays_away")


def test_the_first_comes_at_its_time_and_the_next_about_as_long_after_it_as_said() -> None:
    clock = Clock()
    odd = oddities(clock)
    clock.now = 9.9
    assert not odd.is_due("stays_away")
    clock.now = 10
    assert odd.is_due("stays_away")
    clock.now = 10 + 69
    assert not odd.is_due("stays_away")
    clock.now = 10 + 131
    assert odd.is_due("stays_away")


def test_looking_does_not_use_it_up() -> None:
    odd = oddities(Clock())
    assert odd.is_wanted("jumps_the_queue")
    assert odd.is_wanted("jumps_the_queue")
    assert odd.is_due("jumps_the_queue")
    assert not odd.is_wanted("jumps_the_queue")


def test_the_kinds_do_not_wait_for_each_other() -> None:
    odd = oddities(Clock())
    assert odd.is_due("jumps_the_queue")
    assert odd.is_due("takes_too_long")
