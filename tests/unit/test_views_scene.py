"""What each role sees: a day goes on command by command, and the sections of its views are looked at. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import CustomerClass, HallRules, Text
from queue_server.views import display, kiosk, lobby, teller, ticket_page
from queue_server.views.hall import counter_view, everybody_waiting, held_tickets, missed_list
from queue_server.views.lately import Lately, after, of_day
from queue_server.views.scene import Offer, Scene
from tests.hall import DISPLAY, KIOSK, LOBBY, Hall, small_branch

NAMES = {"teller-1": Text("王芳", "Wang Fang")}
OFFER = Offer(public_url="http://branch.example", kiosks=("kiosk-1",))


def lately_of(hall: Hall) -> Lately:
    """The memory beside the day, event by event, as the server keeps it."""
    first = hall.day.position - len(hall.events) + 1
    return reduce(
        lambda known, one: after(known, hall.day, first + one[0], one[1]), enumerate(hall.events), Lately()
    )


def scene(hall: Hall) -> Scene:
    """The hall as it is now."""
    return Scene(hall.branch, hall.day, hall.now, NAMES, lately_of(hall), OFFER)


@pytest.fixture
def hall() -> Hall:
    """Two open counters and nobody waiting."""
    return Hall().open("1", "2")


# --- the display ---------------------------------------------------------------------------------------------------


def test_the_board_shows_each_called_number_once_newest_first(hall: Hall) -> None:
    first, second = hall.issue(), hall.issue()
    hall.call("1")
    hall.after(1).call("2")
    hall.after(1).at("1", c.Recall)
    board = display.sections(scene(hall))
    assert [(row.number, row.counter, row.is_open) for row in board.calls] == [
        (first, "1", True),
        (second, "2", True),
    ]


def test_a_served_call_stays_on_the_board_and_is_no_longer_open(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    [row] = display.sections(scene(hall)).calls
    assert row.is_open is False


def test_pending_holds_the_last_announcement_of_each_open_call_until_it_is_spoken(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.after(1).at("1", c.Recall)
    [pending] = display.sections(scene(hall)).pending
    assert (pending.kind, pending.announcement_id) == ("recall", hall.day.position)
    hall.do(c.ReportSpoken(pending.announcement_id, "lobby-1"), DISPLAY)
    assert display.sections(scene(hall)).pending == []


def test_missed_numbers_leave_the_board_when_they_are_back(hall: Hall) -> None:
    number = hall.issue()
    hall.issue()
    hall.call("1")
    hall.miss("1")
    assert display.sections(scene(hall)).missed == [number]
    hall.do(c.ReinstateTicket(number), LOBBY)
    assert display.sections(scene(hall)).missed == []


def test_waiting_is_counted_by_group_and_a_group_without_a_counter_has_no_wait(hall: Hall) -> None:
    hall.issue()
    hall.issue("company")
    personal, company = display.sections(scene(hall)).waiting
    assert (personal.waiting, company.waiting) == (1, 1)
    assert personal.wait is not None
    assert company.wait is None


def test_who_gets_ready_is_whom_the_open_counters_call_next(hall: Hall) -> None:
    hall.issue("company")
    ordinary = [hall.issue() for _ in range(4)]
    vip = hall.issue("cash", CustomerClass.VIP)
    ready = display.sections(scene(hall)).get_ready
    assert ready == [vip, *ordinary[:2]]
    assert ready[0] == hall.call("1")


def test_the_display_is_told_nothing_about_people(hall: Hall) -> None:
    hall.issue(customer="hash-of-a-card")
    hall.call("1")
    told = display.sections(scene(hall)).model_dump_json()
    for secret in ("hash-of-a-card", "teller-1", "王芳", "link"):
        assert secret not in told


def test_14_a_counter_or_service_that_is_no_longer_configured_is_shown_by_its_code(hall: Hall) -> None:
    hall.issue("account")
    hall.call("1")
    kept = tuple(x for x in hall.branch.counters if x.code != "1")
    services = tuple(x for x in hall.branch.services if x.code != "account")
    hall.branch = small_branch(counters=kept, services=services)
    board = display.sections(scene(hall))
    assert board.calls[0].counter_name.zh == "1"
    assert lobby.sections(scene(hall)).today.issued == 1


# --- teller and lobby ----------------------------------------------------------------------------------------------


def test_the_counter_says_when_a_no_show_may_be_marked(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    called = counter_view(scene(hall.after(10)), "1").ticket
    assert called is not None
    assert (called.announcements_left, called.no_show_in_ms) == (2, 30_000)
    hall.after(5).at("1", c.Recall)
    hall.after(15).at("1", c.Recall)
    ready = counter_view(scene(hall.after(10)), "1").ticket
    assert ready is not None
    assert (ready.announcements_left, ready.no_show_in_ms) == (0, 0)


def test_the_times_of_a_ticket_at_a_counter_add_up_to_its_stay(hall: Hall) -> None:
    hall.issue()
    hall.after(60).call("1")
    hall.after(20).at("1", c.StartService)
    hall.after(30).at("1", c.LeaveSeat, device="copier")
    at_counter = counter_view(scene(hall.after(40)), "1").ticket
    assert at_counter is not None
    assert at_counter.times_ms == {
        "wait": 60_000,
        "way": 20_000,
        "service": 30_000,
        "hold": 0,
        "seat_away": 40_000,
        "wrap_up": 0,
    }
    assert at_counter.transaction is not None
    assert (at_counter.transaction.spent_ms, at_counter.transaction.limit_s) == (70_000, 300)
    assert at_counter.away_at == "copier"


def test_a_teller_is_named_and_a_stranger_is_not(hall: Hall) -> None:
    named, unnamed = (counter_view(scene(hall), counter) for counter in ("1", "2"))
    assert named.teller_name is not None
    assert named.teller_name.zh == "王芳"
    assert (unnamed.teller, unnamed.teller_name) == ("teller-2", None)


def test_the_teller_s_list_is_the_policy_s_order_and_holds_only_own_skills(hall: Hall) -> None:
    hall.issue("company")
    ordinary = hall.issue()
    account = hall.issue("account")
    vip = hall.issue("cash", CustomerClass.VIP)
    one = teller.sections(scene(hall), "1")
    two = teller.sections(scene(hall), "2")
    assert [ticket.number for ticket in one.waiting] == [vip, ordinary, account]
    assert [ticket.number for ticket in two.waiting] == [vip, ordinary]
    assert one.waiting[0].reasons == ["vip"]


def test_everybody_who_waits_is_on_the_lobby_page_with_reasons(hall: Hall) -> None:
    old = hall.issue()
    hall.after(minutes=21)
    priority = hall.issue("cash", CustomerClass.PRIORITY)
    waiting = {ticket.number: ticket for ticket in everybody_waiting(scene(hall))}
    assert waiting[old].reasons == ["cap"]
    assert waiting[old].waited_ms == 21 * 60_000
    assert waiting[priority].reasons == ["priority"]


def test_a_held_customer_keeps_counter_and_reason(hall: Hall) -> None:
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.HoldTicket, reason="form_filling")
    [held] = held_tickets(scene(hall.after(5)))
    assert (held.number, held.counter, held.held_ms, held.reason) == (number, "1", 5000, "form_filling")


def test_a_missed_number_says_what_can_be_done(hall: Hall) -> None:
    hall.issue("account")
    hall.call("1")
    hall.miss("1")
    [held] = missed_list(scene(hall))
    assert (held.outcome, held.can_reinstate, held.can_reissue) == ("held", True, False)
    late = missed_list(scene(hall.after(minutes=30)))
    assert late[0].can_reinstate is False


def test_a_number_that_must_be_drawn_anew_can_be_reissued_once() -> None:
    hall = Hall().open("3")
    number = hall.issue("company")
    hall.call("3")
    hall.miss("3")
    [missed] = missed_list(scene(hall))
    assert (missed.number, missed.outcome, missed.can_reissue) == (number, "to_requeue", True)
    hall.do(c.ReissueTicket(number, "another-link"), LOBBY)
    assert missed_list(scene(hall)) == []


def test_an_unheard_call_is_at_the_teller_and_among_the_alerts(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.after(3).check()
    at_counter = counter_view(scene(hall), "1").ticket
    assert at_counter is not None
    assert at_counter.is_unheard
    assert [alert.code for alert in scene(hall).lately.alerts] == ["unheard"]


def test_alerts_and_incidents_stand_newest_first(hall: Hall) -> None:
    hall.issue()
    hall.after(minutes=10).check()
    hall.after(minutes=20).check()
    page = lobby.sections(scene(hall))
    levels = [alert.details["minutes"] for alert in page.alerts if alert.code == "wait_level"]
    assert levels == ["30", "20", "15", "10"]
    assert page.incidents[0].number == "A001"


def test_the_day_s_figures_keep_outcomes_apart(hall: Hall) -> None:
    numbers = [hall.issue() for _ in range(4)]
    hall.do(c.DivertCustomer("cash", "atm"), KIOSK)
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    hall.do(c.CancelTicket(numbers[1], "given back"), LOBBY)
    hall.do(c.MarkWalkedOut(numbers[2]), LOBBY)
    today = lobby.sections(scene(hall)).today
    assert (today.issued, today.served, today.cancelled, today.walked_out, today.diverted, today.waiting) == (
        4,
        1,
        1,
        1,
        1,
        1,
    )


def test_a_transaction_is_over_the_standard_once(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    for minutes in (5, 3, 3):
        hall.after(minutes=minutes).check()
    assert lobby.sections(scene(hall)).today.over_standard == 1
    assert of_day(hall.day).over_standard == 1


def test_a_check_that_came_late_counts_the_overrun_too(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(minutes=11).check()
    assert lobby.sections(scene(hall)).today.over_standard == 1


def test_a_slip_that_did_not_come_out_is_listed_while_its_customer_waits(hall: Hall) -> None:
    number = hall.issue()
    job = hall.ticket(number).slips[0].job_id
    hall.do(c.ReportPrint(job, "failed", "paper_out"), KIOSK)
    assert lobby.unprinted(scene(hall)) == [number]
    hall.do(c.RequestReprint(number, "kiosk-1"), LOBBY)
    assert lobby.unprinted(scene(hall)) == []


def test_the_memory_of_a_start_is_the_memory_of_the_day_but_for_alerts(hall: Hall) -> None:
    for _ in range(3):
        hall.issue()
    hall.call("1")
    hall.miss("1")
    hall.after(1).call("1")
    hall.at("1", c.StartService)
    hall.after(minutes=6).check()
    followed, started = lately_of(hall), of_day(hall.day)
    assert started.missed == followed.missed
    assert set(started.incidents) == set(followed.incidents)
    assert started.over_standard == followed.over_standard


# --- kiosk and ticket page -----------------------------------------------------------------------------------------


def test_the_kiosk_says_why_a_service_is_closed_in_both_languages(hall: Hall) -> None:
    for _ in range(3):
        hall.issue("fx")
    services = {
        one.service: one for group in kiosk.sections(scene(hall), "kiosk-1").groups for one in group.services
    }
    assert services["cash"].closed is None
    assert services["fx"].closed_code == "quota_reached"
    assert services["fx"].closed is not None
    assert services["fx"].closed.en == "Today's 3 tickets for this service have all been issued"
    # Eight hours on it is evening.
    evening = kiosk.sections(scene(hall.after(minutes=480)), "kiosk-1").groups[0].services[0]
    assert evening.closed_code == "outside_ticket_hours"


def test_a_closed_day_closes_every_service_until_tomorrow(hall: Hall) -> None:
    hall.do(c.CloseDay(), LOBBY)
    services = [one for group in kiosk.sections(scene(hall), "kiosk-1").groups for one in group.services]
    assert {one.closed_code for one in services} == {"day_not_open"}
    assert services[0].closed is not None
    assert services[0].closed.zh == "营业日未开始或已结束"
    assert services[0].closed.en == "The business day is not open"
    assert lobby.sections(scene(hall)).branch.is_day_closed
    hall.after(minutes=24 * 60)
    assert not lobby.sections(scene(hall)).branch.is_day_closed
    tomorrow = [one for group in kiosk.sections(scene(hall), "kiosk-1").groups for one in group.services]
    assert {one.closed_code for one in tomorrow} == {None}


def test_the_branch_head_s_reopened_day_is_open_to_kiosks(hall: Hall) -> None:
    hall.do(c.CloseDay(), LOBBY)
    hall.do(c.ReopenDay(), Actor("head", Role.BRANCH_HEAD))
    services = [one for group in kiosk.sections(scene(hall), "kiosk-1").groups for one in group.services]
    assert {one.closed_code for one in services} == {None}
    assert not lobby.sections(scene(hall)).branch.is_day_closed


def test_yesterday_s_quota_does_not_close_the_service_this_morning(hall: Hall) -> None:
    for _ in range(3):
        hall.issue("fx")
    tomorrow = kiosk.sections(scene(hall.after(minutes=24 * 60)), "kiosk-1")
    assert [one.closed for one in tomorrow.groups[0].services if one.service == "fx"] == [None]


def test_a_kiosk_owes_an_account_of_its_own_slips_only(hall: Hall) -> None:
    number = hall.issue()
    [owed] = kiosk.sections(scene(hall), "kiosk-1").print_orders
    assert (owed.kind, owed.face.number) == ("issue", number)
    assert owed.face.link == "http://branch.example/t/link1"
    assert kiosk.sections(scene(hall), "kiosk-2").print_orders == []
    hall.do(c.ReportPrint(owed.job_id, "printed"), KIOSK)
    assert kiosk.sections(scene(hall), "kiosk-1").print_orders == []


def test_the_slip_is_made_from_the_event_alone(hall: Hall) -> None:
    hall.issue()
    issued = next(event for event in hall.events if isinstance(event, e.TicketIssued))
    first = kiosk.issue_order(hall.branch, OFFER, issued)
    hall.after(minutes=5)
    hall.call("1")
    assert kiosk.issue_order(hall.branch, OFFER, issued) == first


def test_a_ticket_page_knows_its_place_and_then_its_counter(hall: Hall) -> None:
    hall.issue()
    number = hall.issue()
    link = hall.ticket(number).issued.link
    ticket = ticket_page.by_link(scene(hall), link)
    assert ticket is not None
    waiting = ticket_page.view(scene(hall), ticket)
    assert (waiting.state, waiting.ahead, waiting.counter) == ("waiting", 1, None)
    hall.call("1")
    hall.call("2")
    called = ticket_page.view(scene(hall), hall.ticket(number))
    assert (called.state, called.ahead, called.counter) == ("called", None, "2")
    assert called.now_serving == ["A001", "A002"]
    assert ticket_page.by_link(scene(hall), "nobody") is None


def test_a_missed_ticket_s_page_says_so(hall: Hall) -> None:
    number = hall.issue()
    hall.call("1")
    hall.miss("1")
    page = ticket_page.view(scene(hall), hall.ticket(number))
    assert (page.was_missed, page.misses) == (True, 1)


# --- all of them ---------------------------------------------------------------------------------------------------


def _everything(hall: Hall) -> Iterator[Any]:
    now = scene(hall)
    yield display.sections(now)
    yield lobby.sections(now)
    yield kiosk.sections(now, "kiosk-1")
    for counter in hall.branch.counters:
        yield teller.sections(now, counter.code)
    for ticket in hall.day.tickets.values():
        yield ticket_page.view(now, ticket)


def test_every_view_of_an_empty_and_of_a_busy_day_is_json(hall: Hall) -> None:
    for one in (Hall(), hall):
        for view in _everything(one):
            json.dumps(view.model_dump(mode="json"), allow_nan=False)
    for service in ("cash", "account", "company", "fx", "cash"):
        hall.issue(service)
    hall.call("1")
    hall.miss("1")
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(minutes=31).check()
    for view in _everything(hall):
        json.dumps(view.model_dump(mode="json"), allow_nan=False)


def test_a_figure_of_the_rules_is_a_setting(hall: Hall) -> None:
    hall.branch = small_branch(rules=HallRules(get_ready=1))
    hall.issue()
    hall.issue()
    assert len(display.sections(scene(hall)).get_ready) == 1


def test_a_display_that_comes_back_ends_the_calling_out(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.after(3).check()
    ticket = counter_view(scene(hall), "1").ticket
    assert ticket is not None
    assert ticket.is_unheard
    hall.shown()
    ticket = counter_view(scene(hall), "1").ticket
    assert ticket is not None
    assert not ticket.is_unheard
    assert [a.is_unheard for a in ticket.announcements] == [True]
