"""Ratings: asked for, given once and in time, or not given, which is not satisfied (H4, I1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import HallRules, Rating
from queue_server.errors import (
    AlreadyRated,
    DayNotOpen,
    InvalidRequest,
    NoEvaluator,
    NotPermitted,
    NoVisitToRate,
    RatingNotOpen,
    UnknownDevice,
)
from tests.hall import LOBBY, Hall, evaluator, incidents, names, of, pad_branch, small_branch, teller


def served(**changes: object) -> tuple[Hall, str]:
    """A hall in which counter 1 has just finished a visit: (it, the number)."""
    hall = Hall(pad_branch(**changes)).open("1", "2")
    number = hall.issue()
    hall.serve("1")
    return hall, number


def test_whoever_was_served_is_asked_and_rates_once() -> None:
    hall, number = served()
    assert hall.day.desk("1").rating == number
    rated = of(e.VisitRated, hall.after(10).rate("1", Rating.VERY_SATISFIED))[0]
    assert rated == e.VisitRated(hall.now, number, "1", "teller-1", Rating.VERY_SATISFIED, "evaluator-1")
    rating = hall.ticket(number).rating
    assert rating is not None
    assert (rating.rating, rating.is_open, rating.is_expired) == (Rating.VERY_SATISFIED, False, False)
    with pytest.raises(AlreadyRated):
        hall.rate("1", Rating.DISSATISFIED)
    with pytest.raises(AlreadyRated):
        hall.at("1", c.AskRating)


def test_who_does_not_rate_has_not_rated_and_cannot_any_more() -> None:
    hall, number = served()
    assert of(e.RatingExpired, hall.after(59.999).check()) == []
    assert names(hall.after(0.001).check()) == ["RatingExpired"]
    rating = hall.ticket(number).rating
    assert rating is not None
    assert (rating.rating, rating.is_expired) == (None, True)
    with pytest.raises(RatingNotOpen):
        hall.rate("1", Rating.SATISFIED)


def test_a_late_rating_is_refused_also_before_the_timer_looked() -> None:
    hall, _ = served()
    with pytest.raises(RatingNotOpen):
        hall.after(61).rate("1", Rating.SATISFIED)


def test_nobody_is_asked_where_there_is_no_evaluator() -> None:
    hall = Hall(small_branch()).open("1")
    number = hall.issue()
    hall.serve("1")
    assert hall.ticket(number).rating is None
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    with pytest.raises(NoEvaluator):
        hall.at("1", c.AskRating)


@pytest.mark.parametrize("device", ["evaluator-1", "line-1"])
def test_nobody_is_asked_by_an_evaluator_that_cannot_be_reached(device: str) -> None:
    hall = Hall(pad_branch()).open("1")
    number = hall.issue()
    hall.device("evaluator-1", "online")
    hall.device(device, "offline", "no_answer")
    hall.serve("1")
    assert hall.ticket(number).rating is None


def test_the_key_asks_whom_the_counter_serves_and_the_finish_asks_again_unless_rated() -> None:
    hall = Hall(pad_branch()).open("1")
    first, second = hall.issue(), hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    assert names(hall.press("1", "ask_rating")) == ["RatingAsked"]
    assert names(hall.after(5).at("1", c.FinishService)) == ["ServiceFinished", "RatingAsked"]
    hall.after(58).rate("1", Rating.SATISFIED)
    assert hall.ticket(first).rating is not None
    hall.call("1")
    hall.at("1", c.StartService)
    hall.press("1", "ask_rating")
    hall.rate("1", Rating.NEUTRAL)
    assert names(hall.at("1", c.FinishService)) == ["ServiceFinished"]
    rating = hall.ticket(second).rating
    assert rating is not None
    assert rating.rating is Rating.NEUTRAL


def test_the_key_asks_once_more_whoever_has_just_left_and_nobody_who_left_long_ago() -> None:
    hall, number = served()
    hall.after(50)
    assert names(hall.at("1", c.AskRating)) == ["RatingAsked"]
    hall.after(59).rate("1", Rating.SATISFIED)
    assert hall.ticket(number).rating is not None
    other, _ = served()
    other.after(61).check()
    with pytest.raises(NoVisitToRate):
        other.at("1", c.AskRating)


def test_the_next_customer_at_the_counter_cannot_rate_the_visit_before() -> None:
    hall, number = served()
    hall.issue()
    hall.call("1")
    hall.after(10)
    assert hall.day.desk("1").rating == number
    assert names(hall.at("1", c.StartService)) == ["ServiceStarted", "RatingExpired"]
    with pytest.raises(RatingNotOpen):
        hall.rate("1", Rating.DISSATISFIED)


def test_a_rating_and_an_assumed_start_that_fall_due_together_end_it_once() -> None:
    hall = Hall(pad_branch(rules=HallRules(rating_open_s=32))).open("2")
    hall.issue()
    hall.issue()
    hall.serve("2")
    hall.press("2", "call_next")
    assert names(hall.after(40).check()).count("RatingExpired") == 1


def test_an_evaluator_rates_at_its_own_counter_only() -> None:
    hall, _ = served()
    with pytest.raises(NotPermitted):
        hall.do(c.RateVisit("1", "evaluator-2", Rating.SATISFIED), evaluator("2"))
    with pytest.raises(NotPermitted):
        hall.do(c.RateVisit("1", "evaluator-2", Rating.SATISFIED), evaluator("1"))
    with pytest.raises(UnknownDevice):
        hall.do(c.RateVisit("1", "pad-1", Rating.SATISFIED), evaluator("1"))
    with pytest.raises(NotPermitted):
        hall.do(c.RateVisit("1", "evaluator-1", Rating.SATISFIED), teller("1"))
    with pytest.raises(RatingNotOpen):
        hall.rate("2", Rating.SATISFIED)
    with pytest.raises(InvalidRequest):
        hall.do(c.RateVisit("1", "evaluator-1", "splendid"), evaluator("1"))  # type: ignore[arg-type]


def test_a_transferred_visit_is_rated_where_it_ended() -> None:
    hall = Hall(pad_branch()).open("1", "2")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.press("1", "ask_rating")
    hall.at("1", c.TransferTicket, to_counter="2")
    hall.call("2")
    hall.at("2", c.StartService)
    hall.at("2", c.FinishService)
    rating = hall.ticket(number).rating
    assert rating is not None
    assert (rating.counter, rating.teller) == ("2", "teller-2")
    assert (hall.day.desk("1").rating, hall.day.desk("2").rating) == (None, number)


def test_the_days_end_ends_what_was_asked() -> None:
    hall, number = served()
    assert "RatingExpired" in names(hall.do(c.CloseDay(), LOBBY))
    rating = hall.ticket(number).rating
    assert rating is not None
    assert rating.is_expired
    with pytest.raises(DayNotOpen):
        hall.rate("1", Rating.SATISFIED)


# --- low ratings ---------------------------------------------------------------------------------------------------


def test_a_low_rating_opens_an_incident_in_the_same_batch_with_the_visits_evidence() -> None:
    hall, number = served()
    happened = hall.after(5).rate("1", Rating.DISSATISFIED)
    assert names(happened) == ["VisitRated", "IncidentOpened"]
    assert incidents(happened) == [("low_rating", "dissatisfied", "teller")]
    opened = of(e.IncidentOpened, happened)[0]
    assert isinstance(opened, e.IncidentOpened)
    assert (opened.number, opened.counter, opened.teller) == (number, "1", "teller-1")
    assert len(opened.announcements) == 1
    assert {"rating", "evaluator", "wait_ms"} <= set(dict(opened.facts))


@pytest.mark.parametrize(
    ("rating", "is_low"), [(Rating.SATISFIED, False), (Rating.NEUTRAL, True), (Rating.DISSATISFIED, True)]
)
def test_how_low_is_low_is_a_setting(rating: Rating, is_low: bool) -> None:
    hall, _ = served(rules=HallRules(low_rating=Rating.NEUTRAL))
    assert bool(incidents(hall.rate("1", rating))) == is_low


def test_a_low_rating_after_a_failed_device_or_a_broken_promise_is_not_the_tellers() -> None:
    hall = Hall(pad_branch()).open("1")
    hall.issue()
    hall.device("lobby-1", "offline", "no_connection")
    hall.serve("1")
    happened = hall.rate("1", Rating.DISSATISFIED)
    assert incidents(happened) == [("low_rating", "dissatisfied", "device")]
    opened = of(e.IncidentOpened, happened)[0]
    assert isinstance(opened, e.IncidentOpened)
    assert dict(opened.facts)["failed_devices"] == "lobby-1"
    late = Hall(replace(pad_branch())).open("1")
    late.issue()
    late.after(minutes=40).check()
    late.serve("1")
    assert incidents(late.rate("1", Rating.DISSATISFIED)) == [("low_rating", "dissatisfied", "branch")]
