"""Missed numbers, customers who left, and what took too long (N2–N4, I1, T3)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import Day
from queue_server.domain.incidents.evidence import opened
from queue_server.domain.incidents.following import Happening, follows


@follows(e.TicketMissed)
def _missed(h: Happening, event: e.TicketMissed) -> list[e.Event]:
    # The evidence is the ticket as the teller saw it, before the policy put it elsewhere.
    ticket = h.before.tickets[event.number]
    return [
        opened(
            h,
            event.at,
            "missed_number",
            event.outcome,
            event.attribution,
            ticket=ticket,
            counter=event.counter,
            teller=event.teller,
            base=2 if event.attribution in ("device", "teller", "rule") else 1,
            facts={"outcome": event.outcome, "misses_now": event.misses},
        )
    ]


@follows(e.NoShowUndone)
def _no_show_undone(h: Happening, event: e.NoShowUndone) -> list[e.Event]:
    last = _last_incident(h.after, "missed_number", event.number)
    return [e.IncidentAmended(event.at, last, "no_show_undone")] if last is not None else []


def _last_incident(day: Day, kind: str, number: str) -> str | None:
    ids = [
        incident_id
        for incident_id, incident in day.incidents.items()
        if incident.opened.kind == kind and incident.opened.number == number
    ]
    return max(ids, key=lambda incident_id: int(incident_id[1:]), default=None)


@follows(e.TicketWalkedOut)
def _walked_out(h: Happening, event: e.TicketWalkedOut) -> list[e.Event]:
    ticket = h.before.tickets[event.number]
    return [opened(h, event.at, "walk_out", "never_called", "branch", ticket=ticket, base=2)]


@follows(e.WaitLimitReached)
def _waited(h: Happening, event: e.WaitLimitReached) -> list[e.Event]:
    if not event.is_incident:
        return []
    ticket = h.after.tickets[event.number]
    return [
        opened(
            h,
            event.at,
            "wait_over_limit",
            "waiting",
            "branch",
            ticket=ticket,
            facts={"limit_min": event.minutes},
        )
    ]


@follows(e.QuoteExceeded)
def _beyond_quote(h: Happening, event: e.QuoteExceeded) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    return [opened(h, event.at, "wait_beyond_quote", "waiting", "branch", ticket=ticket)]


@follows(e.StandardExceeded)
def _over_standard(h: Happening, event: e.StandardExceeded) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    running = ticket.transactions[-1]
    if event.percent > 100:
        last = _last_incident(h.after, "service_over_standard", event.number)
        return [e.IncidentAmended(event.at, last, f"{event.percent}%")] if last is not None else []
    return [
        opened(
            h,
            event.at,
            "service_over_standard",
            "over_limit",
            "teller",
            ticket=ticket,
            counter=event.counter,
            teller=event.teller,
            facts={
                "limit_s": event.limit_s,
                "standard_version": running.standard_version,
                "transaction_service": running.service,
                "amount_band": running.amount_band or "",
                "seat_away_ms": running.seat_away_ms,
            },
        )
    ]
