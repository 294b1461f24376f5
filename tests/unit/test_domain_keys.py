"""Keys of call pads: each of them in everything a counter may be doing, typed digits, pads without a start key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import CustomerClass, HallRules
from queue_server.domain.day import Phase
from queue_server.domain.keys import PAD_KEYS, PadKey
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import (
    AmbiguousNumber,
    CommandIdReused,
    ConsentNeeded,
    CounterBusy,
    InvalidRequest,
    NobodyOnHold,
    NotPermitted,
    NotServedHere,
    NoUsualTeller,
    PauseAlreadyRequested,
    Refusal,
    TicketElsewhere,
    TooFewAnnouncements,
    UnknownCounter,
    UnknownDevice,
    UnknownService,
    UnknownTicket,
    WrongKeyArgument,
    WrongTicketState,
)
from queue_server.journal.memory import MemoryJournal
from queue_server.service import BranchService
from tests import pad_keys
from tests.hall import LOBBY, MORNING, Hall, incidents, names, of, pad, pad_branch, small_branch, teller

# What the page of the same counter would do: key → verb.  Only where a key is exactly one verb in every state.
PLAIN_VERBS: dict[PadKey, type[c.Command]] = {
    PadKey.CLOSE: c.CloseCounter,
    PadKey.CALL_NEXT: c.CallNext,
    PadKey.RECALL: c.Recall,
    PadKey.NO_SHOW: c.MarkNoShow,
    PadKey.ASK_RATING: c.AskRating,
    PadKey.CALL_SUPERVISOR: c.CallSupervisor,
}


def a_hall(**changes: object) -> Hall:
    """A hall with a pad at each counter: full, without a start key, one button."""
    return Hall(pad_branch(**changes))


@pytest.mark.parametrize("key", PAD_KEYS)
@pytest.mark.parametrize("state", pad_keys.IMPLIED_STATES)
@pytest.mark.parametrize("counter", [pad_keys.FULL, pad_keys.NO_START])
def test_every_key_in_every_state_acts_or_is_refused_and_nothing_between(
    counter: str, state: str, key: PadKey
) -> None:
    hall = pad_keys.hall_in(state, counter)
    before = hall.day
    try:
        happened = pad_keys.press(hall, counter, key)
    except Refusal:
        happened = []
    assert hall.day.position == before.position + len(happened)
    assert happened or hall.day is before


@pytest.mark.parametrize("key", PLAIN_VERBS)
@pytest.mark.parametrize("state", pad_keys.STATES)
def test_a_key_does_what_the_teller_page_does_with_the_same_events_and_refusals(
    state: str, key: PadKey
) -> None:
    counter = pad_keys.FULL
    by_key, by_page = pad_keys.hall_in(state, counter), pad_keys.hall_in(state, counter)
    told: list[object] = []
    for hall, press in (
        (by_key, lambda h: pad_keys.press(h, counter, key)),
        (by_page, lambda h: h.at(counter, PLAIN_VERBS[key])),
    ):
        try:
            told.append(press(hall))
        except Refusal as refusal:
            told.append((refusal.code, refusal.details))
    assert told[0] == told[1]


def test_a_whole_visit_by_keys_alone_names_the_usual_teller() -> None:
    hall = a_hall()
    number = hall.issue()
    assert names(hall.press("1", "open")) == ["CounterOpened"]
    called = of(e.TicketCalled, hall.press("1", "call_next"))[0]
    assert isinstance(called, e.TicketCalled)
    assert (called.number, called.teller) == (number, "teller-1")
    hall.after(5).press("1", "start")
    hall.after(60).press("1", "leave_seat", "2")
    assert hall.ticket(number).away_device == "fx_terminal"
    hall.after(30).press("1", "leave_seat")
    assert hall.ticket(number).away_device is None
    assert names(hall.press("1", "finish")) == ["ServiceFinished", "RatingAsked"]
    assert hall.ticket(number).times[Phase.SEAT_AWAY] == 30_000


def test_opening_takes_the_usual_teller_and_without_one_the_page() -> None:
    hall = Hall(replace(pad_branch(), counters=small_branch().counters))
    with pytest.raises(NoUsualTeller):
        hall.press("1", "open")
    hall.at("1", c.OpenCounter, teller="somebody")
    assert hall.press("1", "open") == []


def test_pausing_by_key_chooses_the_reason_that_was_typed() -> None:
    hall = a_hall()
    hall.press("1", "pause")
    assert hall.day.desk("1").state is CounterState.FREE
    hall.press("1", "pause")
    assert hall.day.desk("1").reason == "lunch"
    hall.press("1", "pause")
    hall.press("1", "pause", "3")
    assert hall.day.desk("1").reason == "leave_seat"
    hall.press("1", "resume")
    for typed in ("0", "7", "99"):
        with pytest.raises(WrongKeyArgument) as refusal:
            hall.press("1", "pause", typed)
        assert refusal.value.details["expected"] == "1–6"


def test_a_pause_by_key_in_a_crowded_hall_needs_consent_as_well() -> None:
    hall = a_hall().open("1", "2")
    for _ in range(6):
        hall.issue()
    assert names(hall.press("1", "pause")) == ["PauseRequested"]
    with pytest.raises(PauseAlreadyRequested):
        hall.press("1", "pause")
    with pytest.raises(ConsentNeeded):
        hall.press("1", "close")
    hall.do(c.GrantPause("1"), LOBBY)
    assert hall.day.desk("1").state is CounterState.PAUSED


def test_a_counter_with_a_called_customer_is_not_paused_by_key() -> None:
    hall = a_hall().open("1")
    hall.issue()
    hall.call("1")
    with pytest.raises(CounterBusy):
        hall.press("1", "pause")


def test_transfer_takes_counters_below_100_and_services_from_there() -> None:
    hall = a_hall().open("1", "2")
    first, second = hall.issue(), hall.issue()
    hall.call("1")
    hall.press("1", "transfer", "02")
    assert hall.ticket(first).reserved_counter == "2"
    hall.call("1")
    hall.press("1", "start")
    hall.press("1", "transfer", "102")
    assert hall.ticket(second).service == "account"
    hall.call("1")
    wrong: list[tuple[str, type[Refusal]]] = [
        ("", WrongKeyArgument),
        ("0", WrongKeyArgument),
        ("9", UnknownCounter),
        ("999", UnknownService),
        ("1", InvalidRequest),
    ]
    for typed, refused in wrong:
        with pytest.raises(refused):
            hall.press("1", "transfer", typed)


def test_a_number_is_typed_by_its_digits_with_or_without_zeros() -> None:
    hall = a_hall().open("1", "2")
    hall.issue()
    late = hall.issue()
    called = hall.press("1", "call_number", "002")
    assert of(e.TicketCalled, called)[0].number == late  # type: ignore[attr-defined]
    assert incidents(called) == [("queue_jump", "specific_call", "teller")]
    assert hall.press("2", "call_number", "1")


def test_a_typed_number_that_may_be_several_is_not_guessed() -> None:
    hall = a_hall().open("1")
    hall.issue("cash")
    hall.issue("account")
    with pytest.raises(AmbiguousNumber) as refusal:
        hall.press("1", "call_number", "1")
    assert refusal.value.details == {"argument": "1", "numbers": "A001, B001"}


def test_a_typed_number_that_cannot_be_called_here_says_why() -> None:
    hall = a_hall().open("1", "2")
    with pytest.raises(WrongKeyArgument):
        hall.press("1", "call_number")
    with pytest.raises(UnknownTicket):
        hall.press("1", "call_number", "1")
    hall.issue("account")
    with pytest.raises(NotServedHere):
        hall.press("2", "call_number", "1")
    hall.call("1")
    with pytest.raises(TicketElsewhere) as refusal:
        hall.press("2", "call_number", "1")
    assert refusal.value.details["teller"] == "teller-1"


def test_resume_brings_back_whom_this_counter_has_longest_on_hold_or_who_was_typed() -> None:
    hall = a_hall().open("1", "2")
    numbers = [hall.issue() for _ in range(3)]
    for number in numbers:
        assert hall.call("1") == number
        hall.press("1", "hold")
        hall.after(5)
    with pytest.raises(NobodyOnHold):
        hall.press("2", "resume")
    hall.press("1", "resume")
    assert hall.ticket(numbers[0]).standing == "resumed"
    hall.press("1", "resume", "3")
    assert hall.ticket(numbers[2]).standing == "resumed"
    assert hall.call("1") == numbers[0]


def test_start_after_start_is_a_repeat_and_no_news() -> None:
    hall = a_hall().open("1")
    hall.issue()
    hall.call("1")
    assert names(hall.press("1", "start")) == ["ServiceStarted"]
    assert hall.press("1", "start") == []


# --- pads without a start key --------------------------------------------------------------------------------------


def test_next_finishes_whom_the_counter_has_and_calls_the_next_in_one_batch() -> None:
    hall = a_hall().open("2")
    first, second = hall.issue(), hall.issue()
    hall.press("2", "call_next")
    hall.after(31).check()
    assert hall.ticket(first).state is TicketState.SERVING
    happened = hall.after(60).press("2", "call_next")
    assert names(happened) == ["ServiceFinished", "RatingAsked", "TicketCalled"]
    assert hall.day.desk("2").number == second


def test_next_with_nobody_waiting_still_finishes() -> None:
    hall = a_hall().open("2")
    hall.issue()
    hall.press("2", "call_next")
    hall.after(31).check()
    assert "ServiceFinished" in names(hall.press("2", "call_next"))
    assert hall.day.desk("2").state is CounterState.FREE


def test_a_called_customer_counts_as_arrived_a_while_after_the_last_announcement() -> None:
    hall = a_hall().open("2")
    number = hall.issue()
    hall.press("2", "call_next")
    hall.shown().after(20).press("2", "recall")
    hall.shown()
    assert of(e.ServiceStarted, hall.after(29.999).check()) == []
    started = of(e.ServiceStarted, hall.after(0.001).check())[0]
    assert isinstance(started, e.ServiceStarted)
    assert started.is_assumed
    assert hall.ticket(number).times[Phase.WAY] == 50_000
    assert of(e.ServiceStarted, hall.after(100).check()) == []


def test_a_counter_with_a_start_key_assumes_nothing() -> None:
    hall = a_hall().open("1")
    hall.issue()
    hall.call("1")
    assert of(e.ServiceStarted, hall.after(300).check()) == []


def test_a_press_before_the_timer_looked_counts_by_the_clock_all_the_same() -> None:
    hall = a_hall().open("3")
    first = hall.issue("company")
    hall.issue("company")
    hall.press("3", "press")
    happened = hall.after(30).press("3", "press")
    assert names(happened) == ["ServiceStarted", "ServiceFinished", "RatingAsked", "TicketCalled"]
    assert hall.ticket(first).state is TicketState.SERVED


def test_a_second_press_soon_after_the_call_says_that_nobody_came() -> None:
    hall = a_hall().open("2")
    first, second = hall.issue(), hall.issue()
    hall.press("2", "call_next")
    hall.shown()
    with pytest.raises(TooFewAnnouncements) as refusal:
        hall.after(2).press("2", "call_next")
    assert refusal.value.details["wait_s"] == 38
    for _ in range(2):
        hall.after(15).press("2", "recall")
        hall.shown()
    happened = hall.after(15).press("2", "call_next")
    assert names(happened) == ["TicketMissed", "IncidentOpened", "TicketCalled"]
    assert (hall.ticket(first).misses, hall.day.desk("2").number) == (1, second)


def test_who_did_not_come_is_not_called_again_by_the_same_press() -> None:
    rules = HallRules(announcements_required=1, no_show_after_s=0)
    hall = a_hall(rules=rules).open("2")
    number = hall.issue()
    hall.press("2", "call_next")
    hall.shown()
    assert names(hall.after(15).press("2", "call_next")) == ["TicketMissed", "IncidentOpened"]
    assert hall.ticket(number).state is TicketState.WAITING
    assert hall.day.desk("2").state is CounterState.FREE


@pytest.mark.parametrize(("key", "event"), [("no_show", "TicketMissed"), ("double", "TicketMissed")])
def test_an_arrival_that_was_only_assumed_can_be_taken_back_by_the_no_show_key(key: str, event: str) -> None:
    hall = pad_keys.hall_in("assumed to be served", pad_keys.NO_START)
    assert hall.day.desk("2").number is not None
    number = hall.day.desk("2").number or ""
    assert names(hall.press("2", key))[:2] == ["StartRetracted", event]
    ticket = hall.ticket(number)
    assert (ticket.started_at, ticket.transactions) == (None, ())
    # Nobody was served in that time: it was all on the way.
    assert ticket.times[Phase.SERVICE] == 0
    assert ticket.times[Phase.WAY] == 72_000


def test_an_arrival_that_was_only_assumed_can_be_taken_back_by_recalling() -> None:
    hall = pad_keys.hall_in("assumed to be served", pad_keys.NO_START)
    assert names(hall.press("2", "long")) == ["StartRetracted", "TicketRecalled"]
    assert hall.day.desk("2").state is CounterState.CALLING
    assert of(e.ServiceStarted, hall.after(30).check())


def test_a_service_that_has_gone_on_for_a_while_is_no_no_show_any_more() -> None:
    hall = pad_keys.hall_in("assumed to be served", pad_keys.NO_START)
    hall.after(20)
    with pytest.raises(WrongTicketState):
        hall.press("2", "no_show")


def test_a_service_in_which_something_was_done_is_no_no_show_any_more() -> None:
    hall = pad_keys.hall_in("assumed to be served", pad_keys.NO_START)
    hall.at("2", c.SetTransaction, service="fx")
    with pytest.raises(WrongTicketState):
        hall.press("2", "no_show")


def test_a_held_customer_called_back_keeps_the_transaction_when_the_start_is_taken_back() -> None:
    hall = a_hall().open("2")
    number = hall.issue()
    hall.call("2")
    hall.at("2", c.StartService)
    hall.after(100).press("2", "hold")
    hall.press("2", "resume")
    hall.press("2", "call_next")
    hall.after(30).check()
    hall.after(5).press("2", "recall")
    (stopped,) = hall.ticket(number).transactions
    assert (stopped.spent_ms, stopped.since) == (100_000, None)
    assert sum(hall.ticket(number).times_at(hall.now)) == 135_000


def test_one_button_opens_goes_on_and_resumes() -> None:
    hall = a_hall()
    number = hall.issue("company")
    assert names(hall.press("3", "press")) == ["CounterOpened"]
    assert names(hall.press("3", "press")) == ["TicketCalled"]
    hall.after(31).check()
    assert hall.ticket(number).state is TicketState.SERVING
    hall.press("3", "press")
    hall.do(c.PauseCounter("3", "meeting"), LOBBY)
    assert names(hall.press("3", "press")) == ["CounterResumed"]


# --- who may press -------------------------------------------------------------------------------------------------


def test_a_pad_presses_for_its_own_counter_only() -> None:
    hall = a_hall().open("1", "2")
    wrong: list[tuple[c.Command, Actor, type[Refusal]]] = [
        (c.PressKey("pad-1", "2", "call_next"), pad("1"), NotPermitted),
        (c.PressKey("pad-2", "1", "call_next"), pad("1"), NotPermitted),
        (c.PressKey("window-1", "1", "call_next"), pad("1"), UnknownDevice),
        (c.PressKey("nosuch", "1", "call_next"), pad("1"), UnknownDevice),
        (c.PressKey("pad-1", "1", "call_next"), teller("1"), NotPermitted),
        (c.PressKey("pad-1", "1", "call_next"), Actor("line-1", Role.PAD_LINE), NotPermitted),
        (c.PressKey("pad-1", "1", "explode"), pad("1"), InvalidRequest),
        (c.PressKey("pad-1", "1", "pause", "1x"), pad("1"), WrongKeyArgument),
        (c.PressKey("pad-1", "1", "pause", "٣"), pad("1"), WrongKeyArgument),
        (c.CallNext("1"), pad("1"), NotPermitted),
    ]
    for command, actor, refused in wrong:
        before = hall.day
        with pytest.raises(refused):
            hall.do(command, actor)
        assert hall.day is before


def test_a_priority_customer_goes_first_by_key_as_well() -> None:
    hall = a_hall().open("1")
    hall.issue()
    first = hall.after(10).issue(customer_class=CustomerClass.PRIORITY)
    called = of(e.TicketCalled, hall.press("1", "call_next"))[0]
    assert isinstance(called, e.TicketCalled)
    assert called.number == first
    assert [passed.reason for passed in called.passed_over] == ["priority"]


def test_a_press_that_is_told_again_acts_once() -> None:
    journal = MemoryJournal("b1")
    door = BranchService(pad_branch(), journal, SetClock(MORNING))
    for n in range(3):
        door.dispatch(c.IssueTicket("cash", f"l{n}"), f"issue-{n}", LOBBY)
    door.dispatch(c.PressKey("pad-2", "2", "pause"), "press-1", pad("2"))
    first = door.dispatch(c.PressKey("pad-2", "2", "call_next"), "press-2", pad("2"))
    again = door.dispatch(c.PressKey("pad-2", "2", "call_next"), "press-2", pad("2"))
    assert again.is_repeat
    assert again.events == first.events
    # After a restart the journal knows it all the same.
    door = BranchService(pad_branch(), journal, SetClock(MORNING))
    assert door.dispatch(c.PressKey("pad-2", "2", "call_next"), "press-2", pad("2")).is_repeat
    assert door.day.desk("2").number == "A001"
    assert journal.events[-1].by_id == "pad-2"
    assert journal.events[-1].by_role == "pad_line"
    with pytest.raises(CommandIdReused):
        door.dispatch(c.PressKey("pad-2", "2", "recall"), "press-2", pad("2"))
