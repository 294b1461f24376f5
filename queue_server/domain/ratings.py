"""Ratings after a service: asked for, given, or not (H4).  Not rated is its own outcome, never satisfied."""

from __future__ import annotations

from datetime import datetime, timedelta

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import RATINGS, Branch, HallRules, Rating
from queue_server.domain.day import Day, Desk, Ticket, VisitRating
from queue_server.domain.question import Question, answers
from queue_server.domain.transitions import TicketState
from queue_server.errors import (
    AlreadyRated,
    InvalidRequest,
    NoEvaluator,
    NotPermitted,
    NoVisitToRate,
    RatingNotOpen,
)


def can_ask(branch: Branch, day: Day, counter: str) -> bool:
    """Whether the counter has an evaluator that can be reached; one nobody heard of yet is taken to be there."""
    for code in branch.evaluators_by_counter.get(counter, ()):
        known = day.devices.get(code)
        if known is None:
            return True
        if known.state != "offline" and day.is_reachable(known.part_of):
            return True
    return False


def closes_at(rules: HallRules, rating: VisitRating) -> datetime:
    """Until when an open rating may be given."""
    return rating.asked_at + _open_for(rules)


def _open_for(rules: HallRules) -> timedelta:
    return timedelta(seconds=rules.rating_open_s)


def is_low(rules: HallRules, rating: Rating) -> bool:
    """Whether a rating is so low that it opens an incident (I1)."""
    return RATINGS.index(rating) >= RATINGS.index(rules.low_rating)


def asking(day: Day, at: datetime, number: str, counter: str, teller: str) -> list[e.Event]:
    """The question to the customer of `number`; who was asked before at this counter has had the time."""
    asked = [] if day.desk(counter).rating == number else expiring(day, at, day.desk(counter))
    return [*asked, e.RatingAsked(at, number, counter, teller)]


def expiring(day: Day, at: datetime, desk: Desk) -> list[e.Event]:
    """The end of the rating that is open at the counter, if any."""
    asked = day.open_rating(desk)
    if asked is None:
        return []
    number, rating = asked
    return [e.RatingExpired(at, number, rating.counter, rating.teller)]


@answers(c.AskRating)
def ask_rating(q: Question, command: c.AskRating) -> list[e.Event]:
    """The customer being served, or the one who has just left."""
    desk = q.desk(command.counter)
    if not can_ask(q.branch, q.day, command.counter):
        raise NoEvaluator(counter=command.counter)
    number, teller = _visit(q, desk)
    rating = q.day.tickets[number].rating
    if rating is not None and rating.rating is not None:
        raise AlreadyRated(number=number)
    return asking(q.day, q.now, number, command.counter, teller)


def _visit(q: Question, desk: Desk) -> tuple[str, str]:
    """(number, teller) of the visit that can be rated at the counter now."""
    if desk.number is not None and q.day.tickets[desk.number].state is TicketState.SERVING:
        return desk.number, desk.teller or ""
    last: Ticket | None = None if desk.last_visit is None else q.day.tickets[desk.last_visit]
    if last is None or last.closed_at is None or q.now - last.closed_at > _open_for(q.branch.rules):
        raise NoVisitToRate(counter=desk.counter)
    return last.number, last.transactions[-1].teller


@answers(c.RateVisit)
def rate_visit(q: Question, command: c.RateVisit) -> list[e.Event]:
    """The rating of the visit this counter asks about, in time and once."""
    if command.rating not in RATINGS:
        raise InvalidRequest(where="rating", expected=f"one of {', '.join(RATINGS)}")
    evaluator = q.device(command.evaluator, "evaluator")
    if evaluator.counter != command.counter:
        raise NotPermitted(role=q.actor.role.value, command=f"RateVisit({command.counter})")
    desk = q.desk(command.counter)
    asked = q.day.open_rating(desk)
    if asked is None:
        last = None if desk.last_visit is None else q.day.tickets[desk.last_visit].rating
        if last is not None and last.rating is not None:
            raise AlreadyRated(number=desk.last_visit)
        raise RatingNotOpen(counter=command.counter)
    number, open_rating = asked
    if q.now > closes_at(q.branch.rules, open_rating):
        raise RatingNotOpen(counter=command.counter)
    rating = Rating(command.rating)
    return [e.VisitRated(q.now, number, command.counter, open_rating.teller, rating, evaluator.code)]
