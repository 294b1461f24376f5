"""Remembering missed numbers and tickets put back to the head (N2, C7)."""

from __future__ import annotations

from typing import Any

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Phase,
    Place,
    Ticket,
    add_phase,
    elapsed_ms,
    instant_ms,
)
from queue_server.domain.memory.steps import (
    HEAD_MS,
    close,
    leave,
    overtake,
    put_back,
    remembers,
    ticket_of,
    turn,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed


@remembers(e.TicketMissed)
def _ticket_missed(day: Day, event: e.TicketMissed) -> Day:
    waits = event.outcome in ("postponed", "to_tail", "returned_to_head")
    ticket = ticket_of(day, event.number, event, TicketState.WAITING if waits else TicketState.NO_SHOW)
    misses = event.misses
    if not waits:
        return close(
            day, changed(ticket, misses=misses, last_miss=event), event, TicketState.NO_SHOW, event.outcome
        )
    sequence = ticket.issued.sequence
    place = ticket.place
    standing: str | None = "postponed"
    queued_at = event.at
    if event.outcome == "returned_to_head":
        place, standing, queued_at = (HEAD_MS, sequence, 0), "returned", ticket.queued_at
    elif event.behind is not None:
        ahead = day.tickets[event.behind].place
        place = (ahead[0], ahead[1], ahead[2] + 1)
    else:
        place = _tail(day, ticket.service, event, sequence)
    back = turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        counter=None,
        place=place,
        standing=standing,
        queued_at=queued_at,
        misses=misses,
        last_miss=event,
        is_device_affected=ticket.is_device_affected or event.attribution == "device",
    )
    return put_back(day, back, event, day.desk(event.counter))


def _tail(day: Day, service: str, event: e.Event, sequence: int) -> Place:
    """Behind everybody who waits for the service now, whatever head start they have."""
    now_ms = instant_ms(event.at)
    entries = day.queue(service)
    if entries:
        last = entries[-1][0]
        if last[0] >= now_ms:
            return (last[0], last[1], last[2] + 1)
    return (now_ms, sequence, 0)


def _to_head(day: Day, ticket: Ticket, event: e.Event, standing: str, **changes: Any) -> Day:
    """To the head of its queue, whether it waits (postponed) or had been given up (no-show)."""
    place: Place = (HEAD_MS, ticket.issued.sequence, 0)
    if ticket.state is TicketState.WAITING:
        queues, reserved = leave(day, ticket)
        day = changed(day, queues=queues, reserved=reserved)
        back = changed(ticket, place=place, standing=standing, **changes)
    else:
        # The time between the miss and the return was spent waiting: it belongs to the stay.
        gap = elapsed_ms(ticket.phase_since, event.at)
        back = changed(
            ticket,
            times=add_phase(ticket.times, Phase.WAIT, gap),
            phase=Phase.WAIT,
            phase_since=event.at,
            state=TicketState.WAITING,
            place=place,
            standing=standing,
            closed_at=None,
            reason=None,
            **changes,
        )
        outcome = TicketState.NO_SHOW.value
        day = changed(day, outcomes=day.outcomes.set(outcome, day.outcomes[outcome] - 1))
    return put_back(day, back, event, None)


@remembers(e.TicketReinstated)
def _ticket_reinstated(day: Day, event: e.TicketReinstated) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    return _to_head(day, ticket, event, "reinstated")


@remembers(e.NoShowUndone)
def _no_show_undone(day: Day, event: e.NoShowUndone) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    return _to_head(day, ticket, event, "reinstated", misses=max(0, ticket.misses - 1), last_miss=None)


@remembers(e.TicketMoved)
def _ticket_moved(day: Day, event: e.TicketMoved) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    day = changed(day, tickets=overtake(day.tickets, event.passed_over, event.number, event.at))
    return _to_head(day, ticket, event, "moved")
