"""Incidents that people write down (I1)."""

from __future__ import annotations

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.incidents.evidence import opened
from queue_server.domain.incidents.following import Happening
from queue_server.domain.question import Question

MANUAL_KINDS = ("cash_van_late", "special_request", "manual_entry")


def recorded_incident(q: Question, command: c.RecordIncident) -> e.IncidentOpened:
    """An incident written down by hand (I1)."""
    ticket = q.day.tickets[command.number] if command.number is not None else None
    return opened(
        Happening(q.branch, q.day, q.day),
        q.now,
        command.kind,
        "recorded_by_staff",
        "branch",
        ticket=ticket,
        counter=command.counter,
        note=command.note.strip(),
    )
