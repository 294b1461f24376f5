"""Reports survive a lost connection and leave in order (D3)."""

from __future__ import annotations

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
