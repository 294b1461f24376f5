"""What the day's views need and the day itself does not remember by itself: missed numbers, alerts, newest incidents.

A small fold beside the day's own: `after` per event, `of_day` once at a start.  Its lists are bounded, so that a view
never walks through ten thousand tickets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from heapq import nlargest
from typing import Any, Final

from queue_server.domain import events as e
from queue_server.domain.branch import Rating
from queue_server.domain.day import Day, Ticket
from queue_server.domain.transitions import TicketState
from queue_server.wire.lobby import AlertView

KEPT_ALERTS = 60
KEPT_INCIDENTS = 60
KEPT_MISSED = 60


@dataclass(frozen=True, slots=True)
class Lately:
    """`missed` and `incidents` are newest first, as are `alerts`; `over_standard` counts transactions, `ratings` and
    `not_rated` visits."""

    missed: tuple[str, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    incidents: tuple[str, ...] = ()
    over_standard: int = 0
    ratings: Mapping[Rating, int] = field(default_factory=dict)
    not_rated: int = 0


def of_day(day: Day) -> Lately:
    """What can still be known of a day that was only folded: everything but the alerts of before."""
    missed: list[tuple[Any, str]] = []
    over = not_rated = 0
    ratings: dict[Rating, int] = {}
    for number, ticket in day.tickets.items():
        if ticket.last_miss is not None:
            missed.append((ticket.last_miss.at, number))
        over += sum(1 for transaction in ticket.transactions if transaction.level >= 100)
        if ticket.rating is not None:
            not_rated += ticket.rating.is_expired
            if ticket.rating.rating is not None:
                ratings[ticket.rating.rating] = ratings.get(ticket.rating.rating, 0) + 1
    newest = nlargest(KEPT_INCIDENTS, day.incidents.values(), key=lambda incident: incident.opened.at)
    return Lately(
        missed=tuple(number for _, number in nlargest(KEPT_MISSED, missed)),
        incidents=tuple(incident.opened.incident_id for incident in newest),
        over_standard=over,
        ratings=ratings,
        not_rated=not_rated,
    )


def after(lately: Lately, day: Day, position: int, event: e.Event) -> Lately:
    """`lately` after one event; `day` is the day after it (or later)."""
    match event:
        case e.DayOpened():
            # Devices that are still out of order bring their incidents along.
            return Lately(incidents=tuple(day.device_incidents.values()))
        case e.TicketMissed():
            others = tuple(number for number in lately.missed if number != event.number)
            lately = replace(lately, missed=(event.number, *others)[:KEPT_MISSED])
        case e.IncidentOpened() if event.incident_id not in lately.incidents:
            lately = replace(lately, incidents=(event.incident_id, *lately.incidents)[:KEPT_INCIDENTS])
        case e.StandardExceeded() if _is_first_excess(day, event):
            lately = replace(lately, over_standard=lately.over_standard + 1)
        case e.VisitRated():
            count = lately.ratings.get(event.rating, 0) + 1
            lately = replace(lately, ratings={**lately.ratings, event.rating: count})
        case e.RatingExpired():
            lately = replace(lately, not_rated=lately.not_rated + 1)
        case _:
            pass
    alert = alert_of(position, event)
    return lately if alert is None else replace(lately, alerts=(alert, *lately.alerts)[:KEPT_ALERTS])


def _is_first_excess(day: Day, event: e.StandardExceeded) -> bool:
    # A transaction passes 100, 150 and 200 %, but is over the standard once; a late check may skip the first.
    return event.percent <= 100


def missed_tickets(day: Day, lately: Lately) -> list[Ticket]:
    """Missed tickets that are not back yet, newest first: postponed ones that wait, and the no-shows of today."""
    tickets = (day.tickets.get(number) for number in lately.missed)
    return [ticket for ticket in tickets if ticket is not None and _is_missed(ticket)]


def _is_missed(ticket: Ticket) -> bool:
    if ticket.last_miss is None or ticket.requeued_as is not None:
        return False
    if ticket.state is TicketState.WAITING:
        return ticket.standing == "postponed"
    return ticket.state is TicketState.NO_SHOW


# --- alerts --------------------------------------------------------------------------------------------------------

AnyFacts = Mapping[str, object]


def alert_of(position: int, event: e.Event) -> AlertView | None:
    """The alert the lobby manager gets for an event, or None (L1, T3, D3, P3, J3)."""
    describe = _ALERTS.get(type(event))
    found = describe(event) if describe is not None else None
    if found is None:
        return None
    code, facts = found
    details = {name: str(value) for name, value in facts.items() if value is not None}
    return AlertView(
        position=position,
        code=code,
        at=event.at,
        number=getattr(event, "number", None),
        counter=getattr(event, "counter", None),
        details=details,
    )


def _not_printed(event: e.PrintReported) -> tuple[str, AnyFacts] | None:
    return None if event.state == "printed" else ("not_printed", {"state": event.state, "cause": event.cause})


def _device(event: e.DeviceReported) -> tuple[str, AnyFacts] | None:
    if event.state == "online":
        return None
    return "device", {"device": event.device, "kind": event.kind, "state": event.state, "fault": event.fault}


_ALERTS: Final[dict[type[e.Event], Callable[[Any], tuple[str, AnyFacts] | None]]] = {
    e.WaitLimitReached: lambda event: ("wait_level", {"minutes": event.minutes}),
    e.QuoteExceeded: lambda event: ("beyond_quote", {"quote_hi_min": event.quote_hi_min}),
    e.OvertakenAlerted: lambda event: ("overtaken", {"overtaken": event.overtaken}),
    e.StandardExceeded: lambda event: ("standard", {"percent": event.percent, "limit_s": event.limit_s}),
    e.CallUnheard: lambda event: ("unheard", {"announcement_id": event.announcement_id}),
    e.PauseRequested: lambda event: ("pause_requested", {"reason": event.reason, "waiting": event.waiting}),
    e.SupervisorCalled: lambda event: ("supervisor_called", {"teller": event.teller}),
    e.SupervisorEscalated: lambda event: ("supervisor_escalated", {"waited_s": event.waited_s}),
    e.PrintReported: _not_printed,
    e.DeviceReported: _device,
}
