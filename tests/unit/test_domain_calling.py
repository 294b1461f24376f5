"""Who is called, in which order, and what is remembered of those passed over (C2, C3, C4, J1–J3)."""

from __future__ import annotations

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import CustomerClass
from queue_server.domain.calling import order
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import (
    CounterBusy,
    CounterNotOpen,
    NoTicketWaiting,
    NotPermitted,
    TicketAlreadyFirst,
    TicketElsewhere,
    UnknownTicket,
    WrongTicketState,
)
from tests.hall import DISPLAY, LOBBY, Hall, incidents, of, teller


def called(happened: list[e.Event]) -> e.TicketCalled:
    found = of(e.TicketCalled, happened)
    assert len(found) == 1
    assert isinstance(found[0], e.TicketCalled)
    return found[0]


def test_ordinary_customers_are_called_in_the_order_they_came() -> None:
    hall = Hall().open("1", "2")
    numbers = [hall.issue() for _ in range(4)]
    assert [hall.call("1"), hall.call("2")] == numbers[:2]


@pytest.mark.parametrize(
    ("customer_class", "minutes_later", "is_first"),
    [
        (CustomerClass.VIP, 7.9, True),
        (CustomerClass.VIP, 8.1, False),
        (CustomerClass.PRIORITY, 4.9, True),
        (CustomerClass.PRIORITY, 5.1, False),
    ],
)
def test_a_class_goes_before_those_who_came_within_its_head_start(
    customer_class: CustomerClass, minutes_later: float, is_first: bool
) -> None:
    hall = Hall().open("1")
    ordinary = hall.issue()
    special = hall.after(minutes=minutes_later).issue(customer_class=customer_class)
    assert hall.call("1") == (special if is_first else ordinary)


def test_nobody_ordinary_waits_beyond_the_cap_behind_later_arrivals() -> None:
    hall = Hall().open("1")
    ordinary = hall.issue()
    vips = []
    for _ in range(3):
        vips.append(hall.after(minutes=6.7).issue(customer_class=CustomerClass.VIP))
    # 20.1 minutes after the ordinary ticket: 6.7 minutes ago a VIP came, whose head start is 8.
    assert hall.call("1") == ordinary
    call = of(e.TicketCalled, hall.events)[-1]
    assert isinstance(call, e.TicketCalled)
    assert call.passed_over == ()


def test_a_counter_calls_only_what_it_can_serve() -> None:
    hall = Hall().open("2", "3")
    hall.issue("account")
    company = hall.issue("company")
    with pytest.raises(NoTicketWaiting):
        hall.call("2")
    assert hall.call("3") == company


def test_13_every_call_carries_teller_counter_policy_version_and_who_was_passed_over() -> None:
    hall = Hall().open("1")
    early = hall.issue()
    vip = hall.after(minutes=1).issue(customer_class=CustomerClass.VIP)
    call = called(hall.at("1", c.CallNext))
    assert call == e.TicketCalled(
        hall.now,
        vip,
        "1",
        "teller-1",
        "head-start-with-cap@1",
        passed_over=(e.PassedOver(early, "vip"),),
    )
    assert [(o.by, o.reason) for o in hall.ticket(early).overtaken] == [(vip, "vip")]


def test_a_customer_overtaken_three_times_raises_an_alert_once() -> None:
    hall = Hall().open("1", "2")
    early = hall.issue()
    for _ in range(4):
        hall.after(seconds=5).issue(customer_class=CustomerClass.VIP)
    alerts = []
    for counter in ("1", "2", "1", "2"):
        if hall.day.desk(counter).number is not None:
            hall.at(counter, c.StartService)
            hall.at(counter, c.FinishService)
        alerts += of(e.OvertakenAlerted, hall.at(counter, c.CallNext))
    assert alerts == [e.OvertakenAlerted(alerts[0].at, early, 3)]
    assert len(hall.ticket(early).overtaken) == 4


def test_calling_a_specific_number_out_of_order_is_a_queue_jump_at_once() -> None:
    hall = Hall().open("1")
    first, second, third = (hall.issue() for _ in range(3))
    happened = hall.at("1", c.CallTicket, number=third, reason="熟人")
    assert called(happened).is_out_of_order
    assert called(happened).passed_over == (
        e.PassedOver(first, "out_of_order"),
        e.PassedOver(second, "out_of_order"),
    )
    assert incidents(happened) == [("queue_jump", "specific_call", "teller")]


def test_calling_the_specific_number_that_is_next_anyway_is_in_order() -> None:
    hall = Hall().open("1")
    first = hall.issue()
    hall.issue()
    happened = hall.at("1", c.CallTicket, number=first, reason="应答")
    assert not called(happened).is_out_of_order
    assert incidents(happened) == []


def test_serving_a_waiting_ticket_nobody_called_is_a_queue_jump() -> None:
    hall = Hall().open("1")
    first, second = hall.issue(), hall.issue()
    happened = hall.at("1", c.StartService, number=second)
    assert incidents(happened) == [("queue_jump", "served_uncalled", "teller")]
    assert [o.reason for o in hall.ticket(first).overtaken] == ["out_of_order"]


def test_moving_a_ticket_up_is_a_queue_jump_and_puts_it_first() -> None:
    hall = Hall().open("1")
    first, second = hall.issue(), hall.issue()
    happened = hall.do(c.MoveTicket(second, "急事"), LOBBY)
    assert incidents(happened) == [("queue_jump", "moved_up", "lobby_manager")]
    assert hall.call("1") == second
    assert [o.by for o in hall.ticket(first).overtaken] == [second]


def test_service_without_a_number_is_an_incident_and_occupies_the_counter() -> None:
    hall = Hall().open("1")
    hall.issue()
    happened = hall.at("1", c.StartNoTicketService, service="cash", reason="不取号")
    assert incidents(happened) == [("no_ticket_service", "served_without_number", "teller")]
    with pytest.raises(CounterNotOpen):
        hall.call("1")
    hall.at("1", c.FinishNoTicketService)
    assert hall.day.desk("1").state is CounterState.FREE


def test_01_fifty_counters_cannot_have_the_same_customer() -> None:
    hall = Hall().open("1", "2")
    number = hall.issue()
    assert hall.call("1") == number
    with pytest.raises(NoTicketWaiting):
        hall.call("2")
    with pytest.raises(TicketElsewhere) as refusal:
        hall.at("2", c.CallTicket, number=number, reason="也要")
    assert refusal.value.details == {"number": number, "counter": "1", "teller": "teller-1"}
    with pytest.raises(TicketElsewhere):
        hall.at("2", c.StartService, number=number)


def test_a_counter_has_one_customer_at_a_time() -> None:
    hall = Hall().open("1")
    first, second = hall.issue(), hall.issue()
    hall.call("1")
    with pytest.raises(CounterBusy) as refusal:
        hall.call("1")
    assert refusal.value.details == {"counter": "1", "number": first}
    with pytest.raises(CounterBusy):
        hall.at("1", c.CallTicket, number=second, reason="也要")
    with pytest.raises(CounterBusy):
        hall.at("1", c.StartService, number=second)


def test_a_resumed_customer_goes_first_to_the_holding_counter_and_to_no_other() -> None:
    hall = Hall().open("1", "2")
    held = hall.issue()
    others = [hall.issue() for _ in range(3)]
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.HoldTicket, reason="填单")
    assert hall.day.desk("1").state is CounterState.FREE
    hall.do(c.ResumeTicket(held), teller("1"))
    assert hall.call("2") == others[0]
    assert hall.call("1") == held


def test_a_reservation_ends_when_its_counter_pauses() -> None:
    hall = Hall().open("1", "2")
    held = hall.issue()
    hall.call("1")
    hall.at("1", c.HoldTicket, reason="填单")
    hall.do(c.ResumeTicket(held), LOBBY)
    hall.at("1", c.PauseCounter, reason="午餐")
    assert hall.call("2") == held


def test_a_transfer_keeps_the_waiting_time() -> None:
    hall = Hall().open("1", "2")
    moved = hall.issue()
    hall.after(minutes=1)
    account = hall.issue("account")
    hall.call("2")
    hall.after(minutes=1)
    hall.at("2", c.TransferTicket, to_service="account", to_counter=None)
    assert hall.call("1") == moved
    assert [p.number for p in called(hall.events[-1:]).passed_over] == []
    assert hall.ticket(account).overtaken == ()


def test_a_transfer_to_a_counter_is_called_there_whatever_its_skills() -> None:
    hall = Hall().open("2", "3")
    moved = hall.issue()
    hall.call("2")
    hall.at("2", c.TransferTicket, to_service=None, to_counter="3")
    with pytest.raises(NoTicketWaiting):
        hall.call("2")
    assert hall.call("3") == moved


def test_15_the_order_is_stable_when_only_the_clock_moves() -> None:
    hall = Hall().open("1")
    for index in range(6):
        hall.after(minutes=1).issue(
            customer_class=CustomerClass.VIP if index % 3 == 2 else CustomerClass.ORDINARY
        )
    counter = hall.branch.counter_by_code["1"]
    before = [t.number for t in order(hall.branch, hall.day, counter, hall.now)]
    for _ in range(10):
        hall.after(minutes=1)
        assert [t.number for t in order(hall.branch, hall.day, counter, hall.now)] == before


def test_a_withdrawn_call_gives_the_place_back_and_names_its_reason() -> None:
    hall = Hall().open("1")
    first = hall.issue()
    hall.issue()
    hall.call("1")
    hall.at("1", c.WithdrawCall, reason="called_by_mistake")
    assert hall.ticket(first).state is TicketState.WAITING
    assert hall.call("1") == first


def test_a_teller_presses_only_the_keys_of_the_own_counter() -> None:
    hall = Hall().open("1", "2")
    hall.issue()
    with pytest.raises(NotPermitted):
        hall.do(c.CallNext("2"), teller("1"))


def test_a_display_can_never_call_a_customer() -> None:
    hall = Hall().open("1")
    hall.issue()
    with pytest.raises(NotPermitted):
        hall.do(c.CallNext("1"), DISPLAY)


def test_refusals_name_what_is_not_there() -> None:
    hall = Hall().open("1")
    with pytest.raises(UnknownTicket):
        hall.at("1", c.CallTicket, number="Z999", reason="x")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    with pytest.raises(WrongTicketState):
        hall.at("1", c.CallTicket, number=number, reason="x")


def test_13_a_counter_without_the_skill_passes_over_those_who_wait_for_the_service() -> None:
    hall = Hall().open("1", "3")
    first, second, third = (hall.issue() for _ in range(3))
    happened = hall.at("3", c.CallTicket, number=third, reason="熟人")
    assert [p.number for p in called(happened).passed_over] == [first, second]
    assert [o.by for o in hall.ticket(first).overtaken] == [third]


def test_moving_up_overtakes_everybody_before_it_at_the_counters_that_serve_it() -> None:
    hall = Hall().open("1")
    cash = [hall.issue() for _ in range(3)]
    account = hall.issue("account")
    hall.do(c.MoveTicket(account, "急事"), LOBBY)
    assert all(len(hall.ticket(number).overtaken) == 1 for number in cash)
    assert hall.call("1") == account
    with pytest.raises(TicketAlreadyFirst):
        hall.do(c.MoveTicket(cash[0], "急事"), LOBBY)
