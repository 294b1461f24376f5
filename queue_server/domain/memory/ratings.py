"""Remembering who was asked for a rating and what was said; supervisors called to a counter (H4, C8)."""

from __future__ import annotations

from typing import Any

from queue_server.domain import events as e
from queue_server.domain.day import Day, SupervisorCall, VisitRating
from queue_server.domain.memory.steps import ImpossibleEvent, after, remembers
from queue_server.domain.values import changed, frozen


@remembers(e.RatingAsked)
def _rating_asked(day: Day, event: e.RatingAsked) -> Day:
    before = day.tickets[event.number].rating
    if before is not None and before.is_open and before.counter != event.counter:
        # Transferred with the question open: from now on the other counter asks.
        desk = changed(day.desk(before.counter), rating=None)
        day = changed(day, desks=day.desks.set(before.counter, desk))
    asked = VisitRating(event.counter, event.teller, event.at)
    return _rating(day, event, asked, open_number=event.number)


@remembers(e.VisitRated)
def _visit_rated(day: Day, event: e.VisitRated) -> Day:
    asked = _open(day, event)
    given = changed(asked, rating=event.rating, evaluator=event.evaluator, rated_at=event.at)
    return _rating(day, event, given, open_number=None)


@remembers(e.RatingExpired)
def _rating_expired(day: Day, event: e.RatingExpired) -> Day:
    return _rating(day, event, changed(_open(day, event), is_expired=True), open_number=None)


def _open(day: Day, event: e.VisitRated | e.RatingExpired) -> VisitRating:
    rating = day.tickets[event.number].rating
    if rating is None or not rating.is_open:
        raise ImpossibleEvent(f"{type(event).__name__}: nobody asks ticket {event.number}")
    return rating


def _rating(
    day: Day,
    event: e.RatingAsked | e.VisitRated | e.RatingExpired,
    rating: VisitRating,
    *,
    open_number: str | None,
) -> Day:
    later = after(day, event)
    later.tickets = day.tickets.set(event.number, changed(day.tickets[event.number], rating=rating))
    later.desks = day.desks.set(event.counter, changed(day.desk(event.counter), rating=open_number))
    return frozen(later)


@remembers(e.SupervisorCalled)
def _supervisor_called(day: Day, event: e.SupervisorCalled) -> Day:
    later = after(day, event)
    called = SupervisorCall(event.counter, event.teller, event.number, event.at)
    later.supervisor_calls = day.supervisor_calls.set(later.position, called)
    desk = changed(day.desk(event.counter), supervisor=later.position, is_supervisor_coming=False)
    later.desks = day.desks.set(event.counter, desk)
    return frozen(later)


@remembers(e.SupervisorAnswered)
def _supervisor_answered(day: Day, event: e.SupervisorAnswered) -> Day:
    day = _supervisor(day, event, answered_at=event.at, answered_by=event.supervisor)
    desk = changed(day.desk(event.counter), is_supervisor_coming=True)
    return changed(day, desks=day.desks.set(event.counter, desk))


@remembers(e.SupervisorEscalated)
def _supervisor_escalated(day: Day, event: e.SupervisorEscalated) -> Day:
    return _supervisor(day, event, escalated_at=event.at)


def _supervisor(day: Day, event: e.SupervisorAnswered | e.SupervisorEscalated, **changes: Any) -> Day:
    position = day.desk(event.counter).supervisor
    if position is None:
        raise ImpossibleEvent(f"{type(event).__name__}: counter {event.counter} has not called")
    later = after(day, event)
    known = day.supervisor_calls[position]
    later.supervisor_calls = day.supervisor_calls.set(position, changed(known, **changes))
    return frozen(later)
