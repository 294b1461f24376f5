"""How many are ahead, and how long it will take: promises as bands (K4, D1).

The estimate is deliberately plain: the work ahead of a ticket at the open counters that can do it, at today's pace
blended with the service's usual time, told as a band of whole five minutes.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime

from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, Desk, Place, Ticket, elapsed_ms
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.domain.values import value

PRIOR_TRANSACTIONS = 5
"""How many transactions of today weigh as much as the service's usual time."""

BAND_MIN = 5
BUSY = frozenset({CounterState.CALLING, CounterState.SERVING, CounterState.NO_TICKET})
OPEN = frozenset({CounterState.FREE, *BUSY})


@value
class Band:
    """An expected wait in minutes."""

    lo_min: int
    hi_min: int


def open_desks(branch: Branch, day: Day, service: str) -> list[Desk]:
    """The desks of the counters that are open (not paused) and have the skill."""
    desks = [day.desk(counter) for counter in branch.counters_by_service.get(service, ())]
    return [desk for desk in desks if desk.state in OPEN]


def pace_ms(branch: Branch, day: Day, service: str) -> int:
    """Milliseconds one transaction of the service takes: today's mean, with the usual time as a prior."""
    configured = branch.service_by_code.get(service)
    typical_ms = (configured.typical_s if configured is not None else 300) * 1000
    pace = day.paces.get(service)
    if pace is None:
        return typical_ms
    return (typical_ms * PRIOR_TRANSACTIONS + pace.total_ms) // (PRIOR_TRANSACTIONS + pace.count)


def _ahead_by_service(
    branch: Branch, day: Day, service: str, desks: list[Desk], place: Place | None
) -> list[tuple[str, int]]:
    """Waiting tickets before `place` (None = the end), by service, that these desks will call."""
    by_code = branch.counter_by_code
    rivals = {service}.union(*[by_code[desk.counter].services for desk in desks])
    return [
        (rival, len(entries) if place is None else bisect_left(entries, (place, "")))
        for rival, entries in day.queues.items()
        if rival in rivals and entries
    ]


def people_ahead(branch: Branch, day: Day, service: str, place: Place | None = None) -> int:
    """How many waiting customers will be called before a ticket at `place`, or before a new one."""
    desks = open_desks(branch, day, service)
    return sum(count for _, count in _ahead_by_service(branch, day, service, desks, place))


def band_of(expected_ms: int) -> Band:
    """A band of whole five minutes around an expected wait."""
    minutes = expected_ms / 60_000
    lo = int(minutes * 0.8 // BAND_MIN) * BAND_MIN
    hi = -int(-minutes * 1.25 // BAND_MIN) * BAND_MIN
    return Band(lo, max(hi, lo + BAND_MIN))


def outlook(
    branch: Branch, day: Day, service: str, now: datetime, place: Place | None = None
) -> tuple[int, Band | None]:
    """(customers called before a ticket at `place`, its wait); place None = a new ticket.

    The wait is None while no open counter has the skill (K4).
    """
    desks = open_desks(branch, day, service)
    ahead = work_ms = 0
    for rival, count in _ahead_by_service(branch, day, service, desks, place):
        ahead += count
        work_ms += count * pace_ms(branch, day, rival)
    if not desks:
        return ahead, None
    for desk in desks:
        if desk.state in BUSY:
            work_ms += _remaining_ms(branch, day, desk, now)
    return ahead, band_of(work_ms // len(desks))


def expected_wait(
    branch: Branch, day: Day, service: str, now: datetime, place: Place | None = None
) -> Band | None:
    """The wait of a ticket at `place` (None = a new one), or None while no open counter has the skill (K4)."""
    return outlook(branch, day, service, now, place)[1]


def _remaining_ms(branch: Branch, day: Day, desk: Desk, now: datetime) -> int:
    """What a busy counter probably still needs for the customer it has."""
    service = desk.no_ticket_service
    spent_ms = 0
    if desk.number is not None:
        ticket = day.tickets[desk.number]
        service = ticket.service
        running = ticket.transaction
        spent_ms = running.spent_at(now) if running is not None else 0
    elif desk.since is not None:
        spent_ms = elapsed_ms(desk.since, now)
    usual_ms = pace_ms(branch, day, service or "")
    # A transaction beyond its usual time is expected to end soon, never at once.
    return max(usual_ms - spent_ms, usual_ms // 5)


def wait_of(branch: Branch, day: Day, ticket: Ticket, now: datetime) -> Band | None:
    """The expected rest of the wait of a waiting ticket; None when it does not wait or nobody can serve it."""
    if ticket.state is not TicketState.WAITING:
        return None
    return expected_wait(branch, day, ticket.service, now, ticket.place)
