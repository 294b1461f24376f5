"""Reports survive a lost connection, leave in order, and thirty displays do not come back in step (D3, D4)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.client import LONGEST_PAUSE_S, pause_s
from display.outbox import LIMIT, Outbox, Report


def report(number: int) -> Report:
    return Report(str(number), "shown", {"announcement_id": number})


def test_a_report_stays_until_it_is_settled_and_keeps_its_place() -> None:
    outbox = Outbox()
    for number in range(4):
        outbox.put(report(number))
    outbox.settled("1")
    outbox.settled("1")
    outbox.settled("never seen")
    assert [r.report_id for r in outbox.open()] == ["0", "2", "3"]


def test_beyond_a_days_reports_the_oldest_goes() -> None:
    outbox = Outbox()
    for number in range(LIMIT + 2):
        outbox.put(report(number))
    assert len(outbox.open()) == LIMIT
    assert outbox.open()[0].report_id == "2"


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_07_a_display_tries_again_within_the_2_s_it_has_and_never_at_once(
    attempt: int, chance: float
) -> None:
    assert 0.05 < pause_s(attempt, chance) <= LONGEST_PAUSE_S < 2


def test_07_thirty_displays_spread_over_half_the_pause() -> None:
    pauses = sorted(pause_s(9, i / 29) for i in range(30))
    assert pauses[-1] - pauses[0] >= LONGEST_PAUSE_S / 2
