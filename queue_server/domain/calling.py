"""Who is next at a counter, and who is passed over by it (C3, C4, J2).

The order is by place (issue time less the head start of the customer's class), within the counter's skills, with one
exception: an ordinary customer who has queued beyond the cap goes before anybody who queued later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from queue_server.domain import events as e
from queue_server.domain.branch import Branch, Counter, CustomerClass
from queue_server.domain.day import Day, Ticket
from queue_server.domain.transitions import CounterState

CLASS_REASONS = {CustomerClass.PRIORITY: "priority", CustomerClass.VIP: "vip"}
AWAY = frozenset({CounterState.CLOSED, CounterState.PAUSED})


def can_call(day: Day, counter: Counter, ticket: Ticket) -> bool:
    """Whether the counter may call the waiting ticket.

    A reservation binds while its counter works; when that counter pauses or closes, everybody with the skill may.
    """
    reserved = ticket.reserved_counter
    if reserved is not None and day.desk(reserved).state not in AWAY:
        return reserved == counter.code
    return reserved == counter.code or (
        ticket.service in counter.services and ticket.customer_class in counter.classes
    )


def callable_tickets(day: Day, counter: Counter) -> Iterator[Ticket]:
    """The waiting tickets the counter may call; by place within a service, services one after another."""
    for service, entries in day.queues.items():
        if service in counter.services:
            for _, number in entries:
                ticket = day.tickets[number]
                if can_call(day, counter, ticket):
                    yield ticket
        else:
            for _, number in entries:
                ticket = day.tickets[number]
                if ticket.reserved_counter == counter.code:
                    yield ticket


def is_capped(branch: Branch, ticket: Ticket, now: datetime) -> bool:
    """An ordinary customer who has queued so long that nobody who came later goes first."""
    return ticket.customer_class is CustomerClass.ORDINARY and now - ticket.queued_at >= timedelta(
        seconds=branch.policy.cap_s
    )


def order(branch: Branch, day: Day, counter: Counter, now: datetime) -> list[Ticket]:
    """Every ticket the counter may call, in the order the policy would call them now."""
    rest = sorted(callable_tickets(day, counter), key=lambda t: (t.place, t.issued.sequence))
    ordered = []
    while rest:
        chosen = _choose(branch, rest, now)
        rest.remove(chosen)
        ordered.append(chosen)
    return ordered


def _choose(branch: Branch, tickets: list[Ticket], now: datetime) -> Ticket:
    """The next of a list sorted by place."""
    first = tickets[0]
    if first.standing in ("resumed", "reinstated", "returned", "moved"):
        return first
    oldest: Ticket | None = None
    for ticket in tickets:
        if (
            ticket.queued_at < first.queued_at
            and (oldest is None or ticket.queued_at < oldest.queued_at)
            and is_capped(branch, ticket, now)
        ):
            oldest = ticket
    return oldest if oldest is not None else first


def next_ticket(branch: Branch, day: Day, counter: Counter, now: datetime) -> Ticket | None:
    """Whom the policy puts first at the counter, or None."""
    # Mostly one queue has a plain head; sorting is needed only for the cap, and lists are short.
    tickets = sorted(callable_tickets(day, counter), key=lambda t: (t.place, t.issued.sequence))
    return _choose(branch, tickets, now) if tickets else None


def precedence(branch: Branch, ticket: Ticket, now: datetime) -> str:
    """Why the policy lets this ticket go before earlier ones."""
    if ticket.standing is not None and ticket.standing != "postponed":
        return ticket.standing
    if is_capped(branch, ticket, now):
        return "cap"
    return CLASS_REASONS.get(ticket.customer_class, "order")


def passed_over(
    branch: Branch, day: Day, counter: Counter, chosen: Ticket, now: datetime, *, is_out_of_order: bool
) -> tuple[e.PassedOver, ...]:
    """The waiting customers who came before `chosen`, whom the counter could have called instead, and why not.

    A ticket counts from when it queued where it stands, so a postponed customer is not passed over by those it let
    go first; and nobody is passed over twice by the same ticket.
    """
    came_at = (chosen.queued_at, chosen.issued.sequence)
    reason = "out_of_order" if is_out_of_order else precedence(branch, chosen, now)
    return tuple(
        e.PassedOver(ticket.number, reason)
        for ticket in callable_tickets(day, counter)
        if ticket.number != chosen.number
        and (ticket.queued_at, ticket.issued.sequence) < came_at
        # Moved up, or called again after a withdrawn call: it overtook this one already.
        and all(overtaken.by != chosen.number for overtaken in ticket.overtaken)
    )
