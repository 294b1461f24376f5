"""The quick call and the plain rule agree: whatever happens in a hall, nobody is overlooked by looking at fewer (C3, J2).

A call looks only at the part of the queues where those who came before can stand.  Here the rule is written down
without that: everybody who waits is looked at, and asked about everybody else.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis.stateful import invariant

from queue_server.domain import calling
from queue_server.domain import commands as c
from queue_server.domain.branch import Branch, CallingPolicy, Counter, CustomerClass
from queue_server.domain.day import Day, Ticket, instant_ms
from queue_server.domain.transitions import TicketState
from tests.hall import LOBBY, Hall, small_branch, teller
from tests.unit.test_domain_machine import WholeDay

NEVER_OVERTAKEN = ("resumed", "reinstated", "returned", "moved")


def waiting(day: Day, counter: Counter) -> list[Ticket]:
    """Everybody the counter may call."""
    return [
        ticket
        for ticket in day.tickets.values()
        if ticket.state is TicketState.WAITING and calling.can_call(day, counter, ticket)
    ]


def plainly_next(branch: Branch, hall: Hall, tickets: list[Ticket]) -> Ticket | None:
    """The policy in its own words, for a list of everybody who can be called."""
    if not tickets:
        return None
    first = min(tickets, key=lambda ticket: (ticket.place, ticket.issued.sequence))
    if first.standing in NEVER_OVERTAKEN:
        return first
    capped = [
        ticket
        for ticket in tickets
        if ticket.customer_class is CustomerClass.ORDINARY
        and hall.now - ticket.queued_at >= timedelta(seconds=branch.policy.cap_s)
        and ticket.queued_at < first.queued_at
    ]
    return min(capped, key=lambda ticket: (ticket.queued_at, ticket.place), default=first)


def plainly_passed_over(tickets: list[Ticket], chosen: Ticket) -> set[str]:
    """Who came before the chosen one and has not been told of it yet."""
    return {
        ticket.number
        for ticket in tickets
        if (ticket.queued_at, ticket.issued.sequence) < (chosen.queued_at, chosen.issued.sequence)
        and chosen.number not in {overtaken.by for overtaken in ticket.overtaken}
    }


class EveryCall(WholeDay):
    """Any day, in a hall where the cap is reached soon."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall(small_branch(policy=CallingPolicy(cap_s=130)))

    @invariant()
    def the_next_call_is_what_the_plain_rule_says(self) -> None:
        hall = self.hall
        for counter in hall.branch.counters:
            tickets = waiting(hall.day, counter)
            expected = plainly_next(hall.branch, hall, tickets)
            found = calling.next_call(hall.branch, hall.day, counter, hall.now)
            assert calling.next_ticket(hall.branch, hall.day, counter, hall.now) == expected
            if found is None:
                assert expected is None
                continue
            chosen, passed_over = found
            assert chosen == expected
            assert {passed.number for passed in passed_over} == plainly_passed_over(tickets, chosen)

    @invariant()
    def the_whole_order_is_call_after_call(self) -> None:
        hall = self.hall
        for counter in hall.branch.counters:
            rest = waiting(hall.day, counter)
            for ticket in calling.order(hall.branch, hall.day, counter, hall.now):
                assert ticket == plainly_next(hall.branch, hall, rest)
                rest.remove(ticket)
            assert not rest

    @invariant()
    def nobody_stands_where_only_a_later_arrival_may(self) -> None:
        day = self.hall.day
        reserved = set()
        for ticket in day.tickets.values():
            if ticket.state is TicketState.WAITING:
                assert ticket.place[0] <= instant_ms(ticket.queued_at)
                if ticket.reserved_counter is not None:
                    reserved.add(ticket.number)
        assert day.reserved == reserved


TestEveryCall = EveryCall.TestCase
TestEveryCall.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)


def test_a_reservation_is_seen_by_a_counter_without_the_skill() -> None:
    hall = Hall().open("1", "3")
    number = hall.issue("cash")
    hall.call("1")
    hall.do(c.TransferTicket("1", None, "3"), teller("1"))
    assert hall.call("3") == number


def test_a_customer_who_was_on_hold_goes_before_one_beyond_the_cap() -> None:
    hall = Hall(small_branch(policy=CallingPolicy(cap_s=130))).open("1")
    hall.issue()
    held = hall.after(1).issue()
    hall.at("1", c.CallTicket, number=held, reason="客户要求")
    hall.at("1", c.HoldTicket, reason="填单")
    hall.after(300).do(c.ResumeTicket(held), LOBBY)
    assert hall.call("1") == held
