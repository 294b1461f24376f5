"""Thirty displays do not come back in step, and each comes back within the 2 s it has (D4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queue_server.feed.connection import LONGEST_PAUSE_S, pause_s


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_07_a_display_tries_again_within_the_2_s_it_has_and_never_at_once(
    attempt: int, chance: float
) -> None:
    assert 0.05 < pause_s(attempt, chance) <= LONGEST_PAUSE_S < 2


def test_07_thirty_displays_spread_over_half_the_pause() -> None:
    pauses = sorted(pause_s(9, i / 29) for i in range(30))
    assert pauses[-1] - pauses[0] >= LONGEST_PAUSE_S / 2
