"""Who is next at a counter, and who is passed over by it (C3, C4, J2).

The order is by place (issue time less the head start of the customer's class), within the counter's skills, with one
exception: an ordinary customer who has queued beyond the cap goes before anybody who queued later.

A place never counts from later than the moment its ticket queued there, for a head start only moves it forward.  So
whoever queued before a ticket stands in the part of a queue that counts from no later than that ticket's queueing:
a call looks at this part alone, however many wait behind it.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from queue_server.domain import events as e
from queue_server.domain.branch import Branch, Counter, CustomerClass
from queue_server.domain.day import Day, Entry, Place, Ticket, instant_ms
from queue_server.domain.transitions import CounterState

CLASS_REASONS = {CustomerClass.PRIORITY: "priority", CustomerClass.VIP: "vip"}
AWAY = frozenset({CounterState.CLOSED, CounterState.PAUSED})
UP_FRONT = frozenset({"resumed", "reinstated", "returned", "moved"})
"""Standings that even the cap does not go before."""


def can_call(day: Day, counter: Counter, ticket: Ticket) -> bool:
    """Whether the counter may call the waiting ticket.

    A reservation binds while its counter works; when that counter pauses, closes or is no longer there, everybody with
    the skill may.  A service that is no longer there needs no skill: its last customers are served like any others.
    """
    reserved, gone = ticket.reserved_counter, day.configuration
    if reserved is not None:
        if reserved == counter.code:
            return True
        if day.desk(reserved).state not in AWAY and (gone is None or reserved not in gone.counters_gone):
            return False
    if ticket.service in counter.services:
        return ticket.issued.customer_class in counter.classes
    return gone is not None and ticket.service in gone.services_gone


def callable_tickets(day: Day, counter: Counter, until_ms: int | None = None) -> list[Ticket]:
    """The waiting tickets the counter may call; by place within a service, services one after another.

    `until_ms`: only those whose place counts from no later than that.
    """
    found = []
    for entries in _queues(day, counter):
        for place, number in entries:
            if until_ms is not None and place[0] > until_ms:
                break
            ticket = day.tickets[number]
            if can_call(day, counter, ticket):
                found.append(ticket)
    return found


def _queues(day: Day, counter: Counter) -> list[tuple[Entry, ...]]:
    """The queues that can hold somebody for the counter: of its own services and of those nobody has the skill for any
    more; of others only by a reservation."""
    skills, others = counter.services, day.reserved
    if day.configuration is not None:
        others |= day.configuration.services_gone
    return [entries for service, entries in day.queues.items() if entries and (service in skills or others)]


def is_capped(branch: Branch, ticket: Ticket, now: datetime) -> bool:
    """An ordinary customer who has queued so long that nobody who came later goes first."""
    return ticket.customer_class is CustomerClass.ORDINARY and now - ticket.queued_at >= timedelta(
        seconds=branch.policy.cap_s
    )


def order(branch: Branch, day: Day, counter: Counter, now: datetime) -> list[Ticket]:
    """Every ticket the counter may call, in the order the policy would call them now."""
    by_place = sorted(callable_tickets(day, counter), key=_rank)
    capped = deque(ticket for ticket in sorted(by_place, key=_age) if is_capped(branch, ticket, now))
    ordered: dict[str, Ticket] = {}
    for first in by_place:
        while first.number not in ordered:
            while capped and capped[0].number in ordered:
                capped.popleft()
            chosen = _choose(first, capped[0] if capped else None)
            ordered[chosen.number] = chosen
    return list(ordered.values())


def next_ticket(branch: Branch, day: Day, counter: Counter, now: datetime) -> Ticket | None:
    """Whom the policy puts first at the counter, or None."""
    first = _first_by_place(day, counter)
    if first is None:
        return None
    return _chosen(branch, first, _came_before(day, counter, first), now)


def next_call(
    branch: Branch, day: Day, counter: Counter, now: datetime
) -> tuple[Ticket, tuple[e.PassedOver, ...]] | None:
    """(whom the policy puts first at the counter, whom that passes over), or None."""
    first = _first_by_place(day, counter)
    if first is None:
        return None
    before = _came_before(day, counter, first)
    if not before:
        return first, ()
    chosen = _chosen(branch, first, before, now)
    if chosen is not first:
        before = [ticket for ticket in before if _came(ticket) < _came(chosen)]
    return chosen, _passed_over(before, chosen, precedence(branch, chosen, now))


def passed_over(
    branch: Branch, day: Day, counter: Counter, chosen: Ticket, now: datetime, *, is_out_of_order: bool
) -> tuple[e.PassedOver, ...]:
    """The waiting customers who came before `chosen`, whom the counter could have called instead, and why not.

    A ticket counts from when it queued where it stands, so a postponed customer is not passed over by those it let
    go first; and nobody is passed over twice by the same ticket.  Out of order, those who wait for the chosen one's
    own service are passed over as well, also where this counter could not have served them.
    """
    before = _came_before(day, counter, chosen)
    if not is_out_of_order:
        return _passed_over(before, chosen, precedence(branch, chosen, now))
    known = {ticket.number for ticket in before}
    own = (day.tickets[number] for _, number in day.queue(chosen.service) if number not in known)
    before += [ticket for ticket in own if _came(ticket) < _came(chosen)]
    return _passed_over(before, chosen, "out_of_order")


def stands_before(branch: Branch, day: Day, ticket: Ticket) -> list[str]:
    """Numbers of the waiting tickets before this one at any counter that serves it, in the policy's order."""
    rivals = {ticket.service}
    for counter in branch.counters_by_service.get(ticket.service, ()):
        rivals |= branch.counter_by_code[counter].services
    entry = (ticket.place, ticket.number)
    before = [other for service in rivals for other in day.queue(service) if other < entry]
    return [number for _, number in sorted(before)]


def precedence(branch: Branch, ticket: Ticket, now: datetime) -> str:
    """Why the policy lets this ticket go before earlier ones."""
    if ticket.standing is not None and ticket.standing != "postponed":
        return ticket.standing
    if is_capped(branch, ticket, now):
        return "cap"
    return CLASS_REASONS.get(ticket.customer_class, "order")


def _rank(ticket: Ticket) -> tuple[Place, int]:
    return ticket.place, ticket.issued.sequence


def _age(ticket: Ticket) -> tuple[datetime, Place, int]:
    return ticket.queued_at, ticket.place, ticket.issued.sequence


def _came(ticket: Ticket) -> tuple[datetime, int]:
    return ticket.queued_at, ticket.issued.sequence


def _first_by_place(day: Day, counter: Counter) -> Ticket | None:
    first: Ticket | None = None
    for entries in _queues(day, counter):
        for place, number in entries:
            if first is not None and place > first.place:
                break
            ticket = day.tickets[number]
            if can_call(day, counter, ticket) and (first is None or _rank(ticket) < _rank(first)):
                first = ticket
    return first


def _came_before(day: Day, counter: Counter, ticket: Ticket) -> list[Ticket]:
    """Those the counter may call who queued before the ticket."""
    candidates = callable_tickets(day, counter, until_ms=instant_ms(ticket.queued_at))
    came = _came(ticket)
    return [other for other in candidates if _came(other) < came]


def _chosen(branch: Branch, first: Ticket, before: list[Ticket], now: datetime) -> Ticket:
    """The first by place, or who of those that came before it has queued beyond the cap."""
    capped = [ticket for ticket in before if is_capped(branch, ticket, now)]
    return _choose(first, min(capped, key=_age) if capped else None)


def _choose(first: Ticket, oldest_capped: Ticket | None) -> Ticket:
    """The rule of the cap."""
    if oldest_capped is None or first.standing in UP_FRONT or oldest_capped.queued_at >= first.queued_at:
        return first
    return oldest_capped


def _passed_over(before: list[Ticket], chosen: Ticket, reason: str) -> tuple[e.PassedOver, ...]:
    return tuple(
        e.PassedOver(ticket.number, reason)
        for ticket in before
        # Moved up, or called again after a withdrawn call: it overtook this one already.
        if all(overtaken.by != chosen.number for overtaken in ticket.overtaken)
    )
