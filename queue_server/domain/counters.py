"""Counters open, pause and close; a pause in a crowded hall needs consent (C1, C5)."""

from __future__ import annotations

from queue_server.domain import calling
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import Counter
from queue_server.domain.day import Desk
from queue_server.domain.question import Question, answers, require_reason
from queue_server.domain.transitions import CounterState
from queue_server.errors import (
    ConsentNeeded,
    CounterAlreadyOpen,
    CounterBusy,
    CounterNotOpen,
    NotPaused,
    PauseAlreadyRequested,
    PauseNotRequested,
)

CONSENTING = frozenset({"lobby_manager", "branch_head"})
"""Roles whose own pausing or closing of a counter is the consent to it."""


@answers(c.OpenCounter)
def open_counter(q: Question, command: c.OpenCounter) -> list[e.Event]:
    """A teller sits down; the same teller opening again is no news."""
    q.counter(command.counter)
    desk = q.desk(command.counter)
    if desk.state is not CounterState.CLOSED:
        if desk.teller == command.teller:
            return []
        raise CounterAlreadyOpen(counter=command.counter, teller=desk.teller)
    return [e.CounterOpened(q.now, command.counter, command.teller)]


def _left_waiting(q: Question, counter: Counter) -> str | None:
    """The customer who would be next here and whom no other open counter can take (I1)."""
    following = calling.next_ticket(q.branch, q.day, counter, q.now)
    if following is None:
        return None
    others = (
        other
        for other in q.branch.counters
        if other.code != counter.code and q.day.desk(other.code).state not in calling.AWAY
    )
    if any(calling.can_call(q.day, other, following) for other in others):
        return None
    return following.number


def _paused(q: Question, desk: Desk, reason: str, *, is_consented: bool) -> e.CounterPaused:
    return e.CounterPaused(
        q.now,
        desk.counter,
        desk.teller or "",
        reason,
        is_consented=is_consented,
        left_waiting=_left_waiting(q, q.counter(desk.counter)),
    )


@answers(c.PauseCounter)
def pause_counter(q: Question, command: c.PauseCounter) -> list[e.Event]:
    """Paused at once, or asked for when many wait: then a lobby manager or branch head has to agree.

    The lobby manager pausing a counter is the consent.
    """
    reason = require_reason(command.reason)
    desk = q.free_desk(command.counter)
    if q.actor.role in CONSENTING:
        return [_paused(q, desk, reason, is_consented=True)]
    waiting = _waiting_for(q, command.counter)
    if waiting <= q.branch.rules.pause_consent_waiting:
        # Also when it was asked for: those who waited then have been served meanwhile.
        return [_paused(q, desk, reason, is_consented=False)]
    if desk.pause_requested is not None:
        raise PauseAlreadyRequested(counter=command.counter)
    return [e.PauseRequested(q.now, command.counter, desk.teller or "", reason, waiting)]


def _waiting_for(q: Question, counter: str) -> int:
    return sum(1 for _ in calling.callable_tickets(q.day, q.counter(counter)))


@answers(c.GrantPause)
def grant_pause(q: Question, command: c.GrantPause) -> list[e.Event]:
    """The consent; refused while the counter has somebody, and then given again."""
    desk = q.desk(command.counter)
    if desk.pause_requested is None:
        raise PauseNotRequested(counter=command.counter)
    q.free_desk(command.counter)
    return [_paused(q, desk, desk.pause_requested.reason, is_consented=True)]


@answers(c.DeclinePause)
def decline_pause(q: Question, command: c.DeclinePause) -> list[e.Event]:
    """No consent."""
    desk = q.desk(command.counter)
    if desk.pause_requested is None:
        raise PauseNotRequested(counter=command.counter)
    return [e.PauseDeclined(q.now, command.counter)]


@answers(c.WithdrawPauseRequest)
def withdraw_pause_request(q: Question, command: c.WithdrawPauseRequest) -> list[e.Event]:
    """The teller goes on working instead."""
    if q.desk(command.counter).pause_requested is None:
        raise PauseNotRequested(counter=command.counter)
    return [e.PauseRequestWithdrawn(q.now, command.counter)]


@answers(c.ResumeCounter)
def resume_counter(q: Question, command: c.ResumeCounter) -> list[e.Event]:
    """Calling again."""
    desk = q.desk(command.counter)
    if desk.state is not CounterState.PAUSED:
        raise NotPaused(counter=command.counter)
    return [e.CounterResumed(q.now, command.counter, desk.teller or "")]


@answers(c.CloseCounter)
def close_counter(q: Question, command: c.CloseCounter) -> list[e.Event]:
    """The teller leaves; never with a customer, and no way around the consent to a pause."""
    desk = q.desk(command.counter)
    if desk.number is not None:
        raise CounterBusy(counter=command.counter, number=desk.number)
    if desk.state not in (CounterState.FREE, CounterState.PAUSED):
        raise CounterNotOpen(counter=command.counter, state=desk.state.value)
    left_waiting = None
    # A counter the configuration no longer has leaves nobody behind.
    if command.counter in q.branch.counter_by_code:
        waiting = _waiting_for(q, command.counter)
        if q.actor.role not in CONSENTING and waiting > q.branch.rules.pause_consent_waiting:
            raise ConsentNeeded(counter=command.counter, waiting=waiting)
        if desk.state is CounterState.FREE:
            left_waiting = _left_waiting(q, q.counter(command.counter))
    return [e.CounterClosed(q.now, command.counter, desk.teller or "", command.reason.strip(), left_waiting)]


@answers(c.StartNoTicketService)
def start_no_ticket_service(q: Question, command: c.StartNoTicketService) -> list[e.Event]:
    """Somebody without a number is served: recorded, for the others wait."""
    desk = q.free_desk(command.counter)
    service, reason = q.service(command.service), require_reason(command.reason)
    return [e.NoTicketServiceStarted(q.now, command.counter, desk.teller or "", service, reason)]


@answers(c.FinishNoTicketService)
def finish_no_ticket_service(q: Question, command: c.FinishNoTicketService) -> list[e.Event]:
    """Free again."""
    desk = q.desk(command.counter)
    if desk.state is not CounterState.NO_TICKET:
        raise CounterNotOpen(counter=command.counter, state=desk.state.value)
    return [e.NoTicketServiceFinished(q.now, command.counter, desk.teller or "")]
