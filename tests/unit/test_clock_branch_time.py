"""The branch's clock: never back, never a jump, whole milliseconds, slewed towards the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.clock import SLEW, BranchClock, at_ms, from_ms

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECOND = 1_000_000_000


class Hands:
    """A wall clock and a steady clock a test can turn."""

    def __init__(self, start: datetime = START) -> None:
        self.wall = at_ms(start) * 1_000_000
        self.steady = 77 * SECOND

    def pass_s(self, seconds: float) -> None:
        self.wall += int(seconds * SECOND)
        self.steady += int(seconds * SECOND)

    def clock(self, not_before: datetime | None = None) -> BranchClock:
        return BranchClock(not_before, lambda: self.wall, lambda: self.steady)


def test_it_says_the_wall_time_in_whole_milliseconds_utc() -> None:
    hands = Hands()
    hands.wall += 1_999_999
    now = hands.clock().now()
    assert now == START + timedelta(milliseconds=1)
    assert now.tzinfo is UTC


def test_a_wall_set_back_an_hour_does_not_move_it_back_and_hardly_slows_it() -> None:
    hands = Hands()
    clock = hands.clock()
    before = clock.now()
    hands.wall -= 3600 * SECOND
    assert clock.now() == before
    hands.pass_s(600)
    assert clock.now() == before + timedelta(seconds=600 - 600 / SLEW)


def test_a_wall_that_jumped_ahead_is_followed_slowly_until_they_agree() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += SECOND
    hands.pass_s(100)
    assert clock.now() == START + timedelta(seconds=100.5)
    hands.pass_s(100)
    hands.pass_s(100)
    assert clock.now() == START + timedelta(seconds=301)
    assert clock.behind_wall_s == 0


def test_it_steps_to_the_wall_only_when_told() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += 3600 * SECOND
    assert clock.behind_wall_s == 3600
    clock.take_over_wall()
    assert clock.now() == START + timedelta(hours=1)
    hands.wall -= 7200 * SECOND
    clock.take_over_wall()
    assert clock.now() == START + timedelta(hours=1)


def test_it_starts_no_earlier_than_the_last_event() -> None:
    last = START + timedelta(minutes=30)
    assert Hands().clock(last).now() == last
    assert Hands().clock(START - timedelta(days=1)).now() == START


@given(
    st.lists(
        st.tuples(st.integers(0, 10**12), st.integers(-(10**13), 10**13)),
        max_size=30,
    )
)
def test_no_turning_of_the_wall_moves_it_back_or_changes_a_duration_by_more_than_the_slew(
    turns: list[tuple[int, int]],
) -> None:
    hands = Hands()
    clock = hands.clock()
    before, steady = clock.now(), hands.steady
    for passed, turned in turns:
        hands.steady += passed
        hands.wall += passed + turned
        now = clock.now()
        said = (now - before) / timedelta(milliseconds=1)
        really = (hands.steady - steady) / 1e6
        assert now >= before
        assert abs(said - really) <= really / SLEW + 2
        before, steady = now, hands.steady


@given(st.integers(0, 4_100_000_000_000), st.sampled_from([0, 1, 499, 500, 998, 999]))
def test_milliseconds_and_times_are_each_others_inverse(milliseconds: int, more_us: int) -> None:
    moment = from_ms(milliseconds)
    assert moment == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    assert at_ms(moment) == milliseconds
    assert at_ms(moment + timedelta(microseconds=more_us)) == milliseconds
