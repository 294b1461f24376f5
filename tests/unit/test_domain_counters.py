"""Counters, pauses with consent, tickets issued, the business day (C1, C5, K2, K3, K6, K7, B2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.day import Phase
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import (
    ConsentNeeded,
    CounterAlreadyOpen,
    CounterBusy,
    CustomerHasTicket,
    DayAlreadyOpen,
    DayNotOpen,
    InvalidRequest,
    NotPermitted,
    OutsideTicketHours,
    PauseAlreadyRequested,
    PauseNotRequested,
    QuotaReached,
    ReasonNeeded,
    SeriesExhausted,
    UnknownDevice,
    UnknownPrintJob,
    UnknownService,
)
from tests.hall import DISPLAY, KIOSK, LOBBY, MORNING, Hall, incidents, of, small_branch, teller


def issued(happened: list[e.Event]) -> e.TicketIssued:
    found = of(e.TicketIssued, happened)
    assert isinstance(found[0], e.TicketIssued)
    return found[0]


def test_the_first_command_of_a_day_opens_it() -> None:
    hall = Hall()
    hall.issue()
    assert isinstance(hall.events[0], e.DayOpened)
    assert hall.events[0].date.isoformat() == "2026-11-23"


def test_04_the_business_date_is_the_branches_own() -> None:
    # 23:59 in Shanghai is 15:59 UTC; a minute later it is tomorrow there and still today in UTC.
    services = tuple(replace(s, opens=time(0), closes=time(23, 59, 59)) for s in small_branch().services)
    hall = Hall(small_branch(services=services), now=datetime(2026, 11, 23, 15, 58, tzinfo=UTC))
    assert hall.issue() == "A001"
    hall.after(minutes=3)
    assert hall.issue() == "A001"
    assert [x.date.day for x in hall.events if isinstance(x, e.DayOpened)] == [23, 24]


def test_04_a_day_ends_at_midnight_of_the_branch_to_the_millisecond() -> None:
    services = tuple(
        replace(s, opens=time(0), closes=time(23, 59, 59, 999999)) for s in small_branch().services
    )
    hall = Hall(small_branch(services=services), now=datetime(2026, 11, 23, 15, 59, 59, 999000, tzinfo=UTC))
    hall.issue()
    hall.after(0.001).issue()
    assert [x.date.day for x in hall.events if isinstance(x, e.DayOpened)] == [23, 24]


def test_04_numbers_are_counted_by_the_series_and_never_wrap() -> None:
    hall = Hall(small_branch(rules=replace(small_branch().rules, number_digits=1)))
    assert [hall.issue() for _ in range(9)] == [f"A{n}" for n in range(1, 10)]
    with pytest.raises(SeriesExhausted):
        hall.issue()
    assert hall.issue("account") == "B1"


def test_a_ticket_says_how_many_are_ahead_and_when() -> None:
    hall = Hall()
    closed = issued(hall.do(c.IssueTicket("cash", "l0"), KIOSK))
    assert (closed.ahead, closed.quote_lo_min, closed.quote_hi_min) == (0, None, None)
    hall.open("1", "2")
    for index in range(4):
        hall.do(c.IssueTicket("cash", f"x{index}"), KIOSK)
    later = issued(hall.do(c.IssueTicket("cash", "l9"), KIOSK))
    # Five ahead at five minutes each for two counters: 12.5 minutes, told as a band.
    assert (later.ahead, later.quote_lo_min, later.quote_hi_min) == (5, 10, 20)


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"), [(8, 59, False), (9, 0, True), (16, 59, True), (17, 0, False)]
)
def test_tickets_are_issued_in_the_services_hours(hour: int, minute: int, is_open: bool) -> None:
    hall = Hall(now=datetime(2026, 11, 23, hour - 8, minute, tzinfo=UTC))
    if is_open:
        assert hall.issue() == "A001"
    else:
        with pytest.raises(OutsideTicketHours) as refusal:
            hall.issue()
        assert refusal.value.details == {"service": "cash", "opens": "09:00", "closes": "17:00"}


def test_a_quota_is_kept() -> None:
    hall = Hall()
    for _ in range(3):
        hall.issue("fx")
    with pytest.raises(QuotaReached):
        hall.issue("fx")


def test_an_identified_customer_holds_one_ticket_per_service() -> None:
    hall = Hall()
    number = hall.issue(customer="hash-1")
    with pytest.raises(CustomerHasTicket) as refusal:
        hall.issue(customer="hash-1")
    assert refusal.value.details == {"number": number}
    hall.issue("account", customer="hash-1")


def test_a_diversion_takes_no_number() -> None:
    hall = Hall()
    hall.do(c.DivertCustomer("cash", "atm"), KIOSK)
    assert hall.day.outcomes["diverted"] == 1
    assert hall.issue() == "A001"


def test_05_a_slip_that_failed_leaves_the_ticket_valid_and_opens_an_incident() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    job = hall.ticket(number).slips[0].job_id
    happened = hall.do(c.ReportPrint(job, "failed", "paper_out", "no paper"), KIOSK)
    assert incidents(happened) == [("ticket_not_printed", "paper_out", "device")]
    assert hall.do(c.ReportPrint(job, "failed", "paper_out"), KIOSK) == []
    hall.do(c.RequestReprint(number, "kiosk-1"), LOBBY)
    second = hall.ticket(number).slips[1]
    assert (second.job_id, second.is_reprint, second.state) == ("20261123-A001-2", True, "pending")
    assert hall.call("1") == number
    with pytest.raises(UnknownPrintJob):
        hall.do(c.ReportPrint("nothing", "printed"), KIOSK)


def test_a_counter_may_not_pause_with_a_called_ticket_open() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    with pytest.raises(CounterBusy):
        hall.at("1", c.PauseCounter, reason="午餐")
    with pytest.raises(CounterBusy):
        hall.at("1", c.CloseCounter)


def test_pausing_while_many_wait_needs_consent() -> None:
    hall = Hall().open("1", "2")
    for _ in range(6):
        hall.issue()
    assert of(e.PauseRequested, hall.at("1", c.PauseCounter, reason="午餐"))
    assert hall.day.desk("1").state is CounterState.FREE
    with pytest.raises(PauseAlreadyRequested):
        hall.at("1", c.PauseCounter, reason="午餐")
    with pytest.raises(NotPermitted):
        hall.do(c.GrantPause("1"), teller("2"))
    paused = of(e.CounterPaused, hall.do(c.GrantPause("1"), LOBBY))[0]
    assert isinstance(paused, e.CounterPaused)
    assert (paused.is_consented, paused.reason) == (True, "午餐")
    hall.at("1", c.ResumeCounter)
    hall.at("1", c.PauseCounter, reason="午餐")
    hall.do(c.DeclinePause("1"), LOBBY)
    with pytest.raises(PauseNotRequested):
        hall.do(c.GrantPause("1"), LOBBY)


def test_pausing_on_the_next_in_line_whom_nobody_else_serves_is_an_incident() -> None:
    hall = Hall().open("1", "2")
    account = hall.issue("account")
    happened = hall.at("1", c.PauseCounter, reason="离柜")
    assert incidents(happened) == [("counter_paused_on_customer", "next_in_line", "teller")]
    opened = of(e.IncidentOpened, happened)[0]
    assert isinstance(opened, e.IncidentOpened)
    assert opened.number == account
    hall.issue()
    hall.at("1", c.ResumeCounter)
    hall.do(c.CancelTicket(account, "离开"), LOBBY)
    assert incidents(hall.at("1", c.PauseCounter, reason="离柜")) == []


def test_a_reason_is_a_reason() -> None:
    hall = Hall().open("1")
    with pytest.raises(ReasonNeeded):
        hall.at("1", c.PauseCounter, reason="  ")


def test_a_counter_is_opened_by_one_teller_at_a_time() -> None:
    hall = Hall().open("1")
    assert hall.at("1", c.OpenCounter, teller="teller-1") == []
    with pytest.raises(CounterAlreadyOpen):
        hall.at("1", c.OpenCounter, teller="somebody")


def test_a_walk_out_is_not_a_no_show() -> None:
    hall = Hall().open("1")
    gone, called = hall.issue(), hall.issue()
    happened = hall.do(c.MarkWalkedOut(gone), LOBBY)
    assert incidents(happened) == [("walk_out", "never_called", "branch")]
    hall.call("1")
    hall.at("1", c.WithdrawCall, reason="given_back")
    with pytest.raises(InvalidRequest):
        hall.do(c.MarkWalkedOut(called), LOBBY)


def test_cancelling_a_called_ticket_frees_its_counter() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    hall.do(c.CancelTicket(number, "客户放弃"), LOBBY)
    assert hall.day.desk("1").state is CounterState.FREE
    assert hall.day.desk("1").number is None


def test_09_the_day_end_closes_open_tickets_with_their_own_outcome() -> None:
    hall = Hall().open("1", "2")
    served, calling, waiting, held = (hall.issue() for _ in range(4))
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    hall.call("1")
    hall.do(c.CallTicket("2", held, "先填单"), teller("2"))
    hall.at("2", c.HoldTicket, reason="填单")
    hall.do(c.CloseDay(), LOBBY)
    states = [hall.ticket(n).state for n in (served, calling, waiting, held)]
    assert states == [TicketState.SERVED] + [TicketState.EXPIRED] * 3
    assert dict(hall.day.outcomes) == {"served": 1, "expired": 3}
    assert all(desk.state is CounterState.CLOSED for desk in hall.day.desks.values())
    with pytest.raises(DayNotOpen):
        hall.issue()


def test_09_the_next_day_closes_the_one_before() -> None:
    hall = Hall().open("1")
    old = hall.issue()
    hall.call("1")
    hall.now = MORNING + timedelta(days=1)
    hall.check()
    assert [type(x).__name__ for x in hall.events[-3:]] == ["TicketExpired", "CounterClosed", "DayClosed"]
    assert hall.ticket(old).state is TicketState.EXPIRED
    assert sum(hall.ticket(old).times) == 24 * 3_600_000
    assert hall.ticket(old).times[Phase.WAY] == 24 * 3_600_000
    assert hall.issue() == "A001"
    assert hall.day.date is not None
    assert hall.day.date.day == 24


def test_a_device_fault_opens_one_incident_and_its_return_closes_it() -> None:
    hall = Hall()
    hall.do(c.ReportDevice("lobby-1", "lobby_display", "online"), DISPLAY)
    happened = hall.do(c.ReportDevice("lobby-1", "lobby_display", "offline", "disconnected"), DISPLAY)
    assert incidents(happened) == [("device_fault", "disconnected", "device")]
    assert hall.do(c.ReportDevice("lobby-1", "lobby_display", "offline", "disconnected"), DISPLAY) == []
    happened = hall.do(c.ReportDevice("lobby-1", "lobby_display", "online"), DISPLAY)
    assert [type(x).__name__ for x in happened] == ["DeviceReported", "IncidentClosed"]


def test_a_recorded_incident_says_who_saw_what() -> None:
    hall = Hall()
    hall.issue()
    happened = hall.do(c.RecordIncident("cash_van_late", "晚到 20 分钟"), LOBBY)
    assert incidents(happened) == [("cash_van_late", "recorded_by_staff", "branch")]
    with pytest.raises(InvalidRequest):
        hall.do(c.RecordIncident("queue_jump", "x"), LOBBY)


def test_an_unknown_service_is_named() -> None:
    with pytest.raises(UnknownService):
        Hall().issue("nothing")


def test_closing_is_no_way_around_the_consent_to_a_pause() -> None:
    hall = Hall().open("1", "2")
    for _ in range(6):
        hall.issue()
    with pytest.raises(ConsentNeeded) as refusal:
        hall.at("1", c.CloseCounter)
    assert refusal.value.details == {"counter": "1", "waiting": 6}
    hall.do(c.CloseCounter("1", "设备故障"), LOBBY)
    assert hall.day.desk("1").state is CounterState.CLOSED


def test_closing_on_the_next_in_line_whom_nobody_else_serves_is_an_incident() -> None:
    hall = Hall().open("1", "2")
    hall.issue("account")
    assert incidents(hall.at("1", c.CloseCounter)) == [
        ("counter_paused_on_customer", "next_in_line", "teller")
    ]


def test_a_pause_asked_for_is_taken_when_the_hall_is_empty_and_can_be_given_up() -> None:
    hall = Hall().open("1", "2")
    for _ in range(6):
        hall.issue()
    hall.at("1", c.PauseCounter, reason="午餐")
    hall.at("1", c.WithdrawPauseRequest)
    with pytest.raises(PauseNotRequested):
        hall.at("1", c.WithdrawPauseRequest)
    hall.at("1", c.PauseCounter, reason="午餐")
    hall.call("2")
    assert of(e.CounterPaused, hall.at("1", c.PauseCounter, reason="午餐"))
    assert hall.day.desk("1").pause_requested is None


def test_a_day_closed_by_mistake_is_reopened_by_the_branch_head_alone() -> None:
    hall = Hall()
    hall.issue()
    hall.do(c.CloseDay(), LOBBY)
    with pytest.raises(NotPermitted):
        hall.do(c.ReopenDay(), LOBBY)
    head = Actor("liu", Role.BRANCH_HEAD)
    hall.do(c.ReopenDay(), head)
    assert hall.issue() == "A002"
    with pytest.raises(DayAlreadyOpen):
        hall.do(c.ReopenDay(), head)


def test_unknown_devices_and_foreign_ones_are_refused() -> None:
    hall = Hall()
    number = hall.issue()
    unknown: list[tuple[c.Command, Actor]] = [
        (c.ReportDevice("nosuch", "kiosk", "fault"), KIOSK),
        (c.RequestReprint(number, "nosuch"), LOBBY),
        (c.RequestReprint(number, "lobby-1"), LOBBY),
        (c.DivertCustomer("cash", "nonsense"), KIOSK),
        (c.DivertCustomer("account", "atm"), KIOSK),
    ]
    for command, actor in unknown:
        with pytest.raises(UnknownDevice):
            hall.do(command, actor)
    with pytest.raises(NotPermitted):
        hall.do(c.ReportDevice("lobby-1", "lobby_display", "offline"), KIOSK)
    assert hall.do(c.ReportDevice("printer-1", "ticket_printer", "fault", "paper_out"), KIOSK)


def test_09_a_transaction_the_day_end_cut_off_counts_in_no_average() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(100)
    hall.do(c.CloseDay(), LOBBY)
    (cut_off,) = hall.ticket(number).transactions
    assert (cut_off.finished_at, cut_off.spent_ms) == (None, 100_000)
    assert dict(hall.day.paces) == {}


def test_a_pause_that_was_asked_for_and_given_up_is_not_one_that_was_declined() -> None:
    hall = Hall().open("1", "2")
    for _ in range(6):
        hall.issue()
    hall.at("1", c.PauseCounter, reason="午餐")
    assert hall.at("1", c.WithdrawPauseRequest) == [e.PauseRequestWithdrawn(hall.now, "1")]
    hall.at("1", c.PauseCounter, reason="午餐")
    assert hall.do(c.DeclinePause("1"), LOBBY) == [e.PauseDeclined(hall.now, "1")]
    assert hall.day.desk("1").pause_requested is None
