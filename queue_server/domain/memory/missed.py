"""Remembering missed numbers and tickets put back to the head (N2, C7)."""

from __future__ import annotations

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
    after,
    close,
    leave,
    overtake,
    put_back,
    remembers,
    ticket_of,
    turn,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import Draft, changed, draft, frozen


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
    back = turn(ticket, Phase.WAIT, event.at)
    back.state = TicketState.WAITING
    back.counter = None
    back.place = place
    back.standing = standing
    back.queued_at = queued_at
    back.misses = misses
    back.last_miss = event
    back.is_device_affected = ticket.is_device_affected or event.attribution == "device"
    return put_back(after(day, event), frozen(back), event, day.desk(event.counter))


def _tail(day: Day, service: str, event: e.Event, sequence: int) -> Place:
    """Behind everybody who waits for the service now, whatever head start they have."""
    now_ms = instant_ms(event.at)
    entries = day.queue(service)
    if entries:
        last = entries[-1][0]
        if last[0] >= now_ms:
            return (last[0], last[1], last[2] + 1)
    return (now_ms, sequence, 0)


def _to_head(later: Draft[Day], ticket: Ticket, event: e.Event, standing: str) -> Day:
    """To the head of its queue, whether it waits (postponed) or had been given up (no-show)."""
    back = draft(ticket)
    back.place = (HEAD_MS, ticket.issued.sequence, 0)
    back.standing = standing
    if ticket.state is TicketState.WAITING:
        later.queues, later.reserved = leave(later, ticket)
    else:
        # The time between the miss and the return was spent waiting: it belongs to the stay.
        gap_ms = elapsed_ms(ticket.phase_since, event.at)
        back.times = add_phase(ticket.times, Phase.WAIT, gap_ms)
        back.phase = Phase.WAIT
        back.phase_since = event.at
        back.state = TicketState.WAITING
        back.closed_at = None
        back.reason = None
        outcome = TicketState.NO_SHOW.value
        later.outcomes = later.outcomes.set(outcome, later.outcomes[outcome] - 1)
    return put_back(later, frozen(back), event, None)


@remembers(e.TicketReinstated)
def _ticket_reinstated(day: Day, event: e.TicketReinstated) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    return _to_head(after(day, event), ticket, event, "reinstated")


@remembers(e.NoShowUndone)
def _no_show_undone(day: Day, event: e.NoShowUndone) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    forgiven = changed(ticket, misses=max(0, ticket.misses - 1), last_miss=None)
    return _to_head(after(day, event), forgiven, event, "reinstated")


@remembers(e.TicketMoved)
def _ticket_moved(day: Day, event: e.TicketMoved) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    later = after(day, event)
    later.tickets = overtake(day.tickets, event.passed_over, event.number, event.at)
    return _to_head(later, ticket, event, "moved")
