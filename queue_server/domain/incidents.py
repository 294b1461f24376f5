"""Consequences: which events open an incident (= potential complaint), and with what evidence (I1, I2, I4, N3, J1, J3).

Called by `decide` after every event, on the day with the event remembered; what comes back joins the same batch, so
an incident exists exactly when its cause does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import Announcement, Day, Phase, Ticket, elapsed_ms
from queue_server.domain.question import Question
from queue_server.domain.values import value

MANUAL_KINDS = ("cash_van_late", "special_request", "manual_entry")
LONG_WAIT_MS = 15 * 60_000
VERY_LONG_WAIT_MS = 30 * 60_000
GRAVEST = 4
DISPLAY_STUCK_AFTER = 2
"""So many calls of a counter in a row shown by no display, and then a service: the display stands still (J1)."""

AnyEvent = TypeVar("AnyEvent", bound=e.Event)


@value
class Happening:
    """An event with the day before and after it."""

    branch: Branch
    before: Day
    after: Day


Consequence = Callable[[Happening, AnyEvent], Sequence[e.Event]]
_CONSEQUENCES: dict[type[e.Event], Callable[[Happening, Any], Sequence[e.Event]]] = {}


def _follows(kind: type[AnyEvent]) -> Callable[[Consequence[AnyEvent]], Consequence[AnyEvent]]:
    def register(consequence: Consequence[AnyEvent]) -> Consequence[AnyEvent]:
        _CONSEQUENCES[kind] = consequence
        return consequence

    return register


def consequences(branch: Branch, before: Day, event: e.Event, after: Day) -> Sequence[e.Event]:
    """What follows from an event at once.  Consequences have none of their own."""
    consequence = _CONSEQUENCES.get(type(event))
    return consequence(Happening(branch, before, after), event) if consequence is not None else ()


# --- evidence ------------------------------------------------------------------------------------------------------


def evidence_of(announcements: Sequence[Announcement]) -> tuple[e.AnnouncementEvidence, ...]:
    """The announcements as an incident keeps them."""
    return tuple(
        e.AnnouncementEvidence(a.announcement_id, a.at, a.shown_at, a.spoken_at, a.is_unheard)
        for a in announcements
    )


def _facts(ticket: Ticket, at: datetime, **more: object) -> tuple[tuple[str, str], ...]:
    times = ticket.times_at(at)
    facts: dict[str, object] = {
        "service": ticket.service,
        "customer_class": ticket.customer_class.value,
        "wait_ms": elapsed_ms(ticket.issued.at, ticket.first_called_at or at),
        "way_ms": times[Phase.WAY],
        "overtaken": len(ticket.overtaken),
        "misses": ticket.misses,
    }
    if ticket.issued.quote_hi_min is not None:
        facts["quote_hi_min"] = ticket.issued.quote_hi_min
    calls = ticket.calls_since
    if len(calls) > 1:
        gaps = [elapsed_ms(a.at, b.at) for a, b in pairwise(calls)]
        facts["gaps_ms"] = " ".join(str(gap) for gap in gaps)
    facts.update(more)
    return tuple((key, str(value)) for key, value in facts.items())


def severity_of(ticket: Ticket | None, at: datetime, base: int = 1) -> tuple[int, tuple[str, ...]]:
    """How grave it is, 1 to 4, with the reasons (I4): waits, overtakes, unheard calls, repeats."""
    if ticket is None:
        return base, ()
    reasons = []
    points = base
    wait_ms = elapsed_ms(ticket.issued.at, ticket.first_called_at or at)
    if wait_ms >= VERY_LONG_WAIT_MS:
        points += 2
        reasons.append("very_long_wait")
    elif wait_ms >= LONG_WAIT_MS:
        points += 1
        reasons.append("long_wait")
    if any(o.reason == "out_of_order" for o in ticket.overtaken):
        points += 1
        reasons.append("overtaken_out_of_order")
    if any(a.is_unheard for a in ticket.announcements):
        points += 1
        reasons.append("unheard_call")
    if ticket.misses > 1:
        points += 1
        reasons.append("missed_again")
    return min(points, GRAVEST), tuple(reasons)


def _opened(
    h: Happening,
    at: datetime,
    kind: str,
    cause: str,
    attribution: str,
    *,
    ticket: Ticket | None = None,
    counter: str | None = None,
    teller: str | None = None,
    base: int = 1,
    position: int | None = None,
    passed_over: tuple[e.PassedOver, ...] = (),
    facts: dict[str, object] | None = None,
    note: str = "",
) -> e.IncidentOpened:
    severity, reasons = severity_of(ticket, at, base)
    plain = tuple((key, str(value)) for key, value in (facts or {}).items())
    return e.IncidentOpened(
        at=at,
        incident_id=f"I{(h.after.position if position is None else position) + 1}",
        kind=kind,
        cause=cause,
        attribution=attribution,
        severity=severity,
        severity_reasons=reasons,
        number=ticket.number if ticket is not None else None,
        counter=counter,
        teller=teller,
        announcements=evidence_of(ticket.announcements) if ticket is not None else (),
        passed_over=passed_over,
        facts=(_facts(ticket, at) + plain) if ticket is not None else plain,
        note=note,
    )


def recorded_incident(q: Question, command: c.RecordIncident) -> e.IncidentOpened:
    """An incident written down by hand (I1)."""
    ticket = q.day.tickets[command.number] if command.number is not None else None
    return _opened(
        Happening(q.branch, q.day, q.day),
        q.now,
        command.kind,
        "recorded_by_staff",
        "branch",
        ticket=ticket,
        counter=command.counter,
        note=command.note.strip(),
    )


# --- printing and devices ------------------------------------------------------------------------------------------


@_follows(e.PrintReported)
def _not_printed(h: Happening, event: e.PrintReported) -> list[e.Event]:
    if event.state == "printed":
        return []
    ticket = h.after.tickets[event.number]
    return [
        _opened(
            h,
            event.at,
            "ticket_not_printed",
            event.cause or event.state,
            "device",
            ticket=ticket,
            facts={"job_id": event.job_id, "print_state": event.state},
            note=event.detail,
        )
    ]


@_follows(e.DeviceReported)
def _device_reported(h: Happening, event: e.DeviceReported) -> list[e.Event]:
    open_incident = h.before.device_incidents.get(event.device)
    if event.state == "online":
        if open_incident is None:
            return []
        return [e.IncidentAmended(event.at, open_incident, "device_back")]
    fault = event.fault or event.state
    if open_incident is not None:
        return [e.IncidentAmended(event.at, open_incident, fault)]
    return [
        _opened(
            h,
            event.at,
            "device_fault",
            fault,
            "device",
            base=2,
            facts={"device": event.device, "device_kind": event.kind},
            note=event.detail,
        )
    ]


@_follows(e.CallUnheard)
def _unheard(h: Happening, event: e.CallUnheard) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    return [
        _opened(
            h,
            event.at,
            "unheard_call",
            "not_shown",
            "device",
            ticket=ticket,
            counter=event.counter,
            teller=h.after.desk(event.counter).teller,
            facts={"announcement_id": event.announcement_id},
        )
    ]


# --- fairness ------------------------------------------------------------------------------------------------------


def _overtaken_alerts(h: Happening, at: datetime, passed_over: tuple[e.PassedOver, ...]) -> list[e.Event]:
    limit = h.branch.rules.overtaken_alert
    return [
        e.OvertakenAlerted(at, passed.number, limit)
        for passed in passed_over
        if len(h.after.tickets[passed.number].overtaken) == limit
    ]


@_follows(e.TicketCalled)
def _called(h: Happening, event: e.TicketCalled) -> list[e.Event]:
    if not event.passed_over and not event.is_out_of_order:
        return []
    follows = _overtaken_alerts(h, event.at, event.passed_over)
    if event.is_out_of_order:
        follows.append(
            _opened(
                h,
                event.at,
                "queue_jump",
                "specific_call",
                "teller",
                ticket=h.after.tickets[event.number],
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                passed_over=event.passed_over,
                facts={"policy": event.policy},
                note=event.reason,
            )
        )
    return follows


@_follows(e.TicketMoved)
def _moved(h: Happening, event: e.TicketMoved) -> list[e.Event]:
    follows = _overtaken_alerts(h, event.at, event.passed_over)
    return [
        *follows,
        _opened(
            h,
            event.at,
            "queue_jump",
            "moved_up",
            "lobby_manager",
            ticket=h.after.tickets[event.number],
            base=2,
            position=h.after.position + len(follows),
            passed_over=event.passed_over,
            note=event.reason,
        ),
    ]


@_follows(e.ServiceStarted)
def _started(h: Happening, event: e.ServiceStarted) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    follows: list[e.Event] = []
    if not event.was_called:
        follows.extend(_overtaken_alerts(h, event.at, event.passed_over))
        follows.append(
            _opened(
                h,
                event.at,
                "queue_jump",
                "served_uncalled",
                "teller",
                ticket=ticket,
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                passed_over=event.passed_over,
            )
        )
    desk = h.before.desk(event.counter)
    if desk.unheard_streak >= DISPLAY_STUCK_AFTER and not desk.is_stuck_told:
        follows.append(
            _opened(
                h,
                event.at,
                "queue_jump",
                "display_stuck",
                "device",
                ticket=ticket,
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                facts={"unheard_calls": desk.unheard_streak},
            )
        )
    return follows


@_follows(e.NoTicketServiceStarted)
def _no_ticket(h: Happening, event: e.NoTicketServiceStarted) -> list[e.Event]:
    return [
        _opened(
            h,
            event.at,
            "no_ticket_service",
            "served_without_number",
            "teller",
            counter=event.counter,
            teller=event.teller,
            base=2 if h.after.waiting_count else 1,
            facts={"service": event.service, "waiting": h.after.waiting_count},
            note=event.reason,
        )
    ]


@_follows(e.CounterPaused)
def _paused(h: Happening, event: e.CounterPaused) -> list[e.Event]:
    if event.left_waiting is None:
        return []
    return [
        _opened(
            h,
            event.at,
            "counter_paused_on_customer",
            "next_in_line",
            "teller",
            ticket=h.after.tickets[event.left_waiting],
            counter=event.counter,
            teller=event.teller,
            facts={"is_consented": event.is_consented},
            note=event.reason,
        )
    ]


# --- missed, walked out, too long ----------------------------------------------------------------------------------


@_follows(e.TicketMissed)
def _missed(h: Happening, event: e.TicketMissed) -> list[e.Event]:
    # The evidence is the ticket as the teller saw it, before the policy put it elsewhere.
    ticket = h.before.tickets[event.number]
    return [
        _opened(
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


@_follows(e.NoShowUndone)
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


@_follows(e.TicketWalkedOut)
def _walked_out(h: Happening, event: e.TicketWalkedOut) -> list[e.Event]:
    ticket = h.before.tickets[event.number]
    return [_opened(h, event.at, "walk_out", "never_called", "branch", ticket=ticket, base=2)]


@_follows(e.WaitLimitReached)
def _waited(h: Happening, event: e.WaitLimitReached) -> list[e.Event]:
    if not event.is_incident:
        return []
    ticket = h.after.tickets[event.number]
    return [
        _opened(
            h,
            event.at,
            "wait_over_limit",
            "waiting",
            "branch",
            ticket=ticket,
            facts={"limit_min": event.minutes},
        )
    ]


@_follows(e.QuoteExceeded)
def _beyond_quote(h: Happening, event: e.QuoteExceeded) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    return [_opened(h, event.at, "wait_beyond_quote", "waiting", "branch", ticket=ticket)]


@_follows(e.StandardExceeded)
def _over_standard(h: Happening, event: e.StandardExceeded) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    running = ticket.transactions[-1]
    if event.percent > 100:
        last = _last_incident(h.after, "service_over_standard", event.number)
        return [e.IncidentAmended(event.at, last, f"{event.percent}%")] if last is not None else []
    return [
        _opened(
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
