"""The evidence of an incident: announcements, plain figures, and how grave it is (I2, I4, N3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from queue_server.domain import events as e
from queue_server.domain.day import Announcement, Phase, Ticket, elapsed_ms
from queue_server.domain.incidents.following import Happening

LONG_WAIT_MS = 15 * 60_000
VERY_LONG_WAIT_MS = 30 * 60_000
GRAVEST = 4


def evidence_of(announcements: Sequence[Announcement]) -> tuple[e.AnnouncementEvidence, ...]:
    """The announcements as an incident keeps them."""
    return tuple(
        e.AnnouncementEvidence(a.announcement_id, a.at, a.shown_at, a.spoken_at, a.is_unheard)
        for a in announcements
    )


def facts_of(ticket: Ticket, at: datetime) -> tuple[tuple[str, str], ...]:
    """The plain figures of the moment that every incident about a ticket keeps."""
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
    failed = dict.fromkeys([*ticket.devices, *(one for t in ticket.transactions for one in t.devices)])
    if failed:
        facts["failed_devices"] = " ".join(failed)
    calls = ticket.calls_since
    if len(calls) > 1:
        gaps = [elapsed_ms(a.at, b.at) for a, b in pairwise(calls)]
        facts["gaps_ms"] = " ".join(str(gap) for gap in gaps)
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


def opened(
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
    """The incident with all its evidence.

    `base`: its severity before what happened to the ticket.  `position`: of the event before it, when that is not
    the one it follows from.  `facts`: what is particular to the kind.
    """
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
        facts=(facts_of(ticket, at) + plain) if ticket is not None else plain,
        note=note,
    )
