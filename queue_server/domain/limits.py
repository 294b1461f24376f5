"""What becomes due by itself: waits, promises, standards, calls nobody showed, slips nobody reported (I1, T3, D3).

One list of deadlines serves both questions: `next_deadline` for the timer, `due` for CheckLimits.  Each deadline is
passed exactly once, because the event it becomes is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from queue_server.domain import commands as c
from queue_server.domain import devices, ratings, supervisors
from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import MILLISECOND, Day, Desk, Phase, Ticket
from queue_server.domain.question import Question, answers
from queue_server.domain.serving import arrival_assumed_at, assumed_start
from queue_server.domain.timing import level_deadlines
from queue_server.domain.transitions import CounterState

MINUTE = timedelta(minutes=1)
WAIT = int(Phase.WAIT)

Deadline = tuple[datetime, type[e.Event], tuple[Any, ...]]
"""When, and the event it becomes: its kind and its fields but for `at`, the moment it is passed."""


def deadlines(branch: Branch, day: Day, now: datetime) -> Iterator[Deadline]:
    """All that is due by `now`, and what will be due next, in no order but per ticket."""
    if not day.is_open:
        return
    levels = [(minutes, minutes * MINUTE) for minutes in branch.rules.wait_levels_min]
    for entries in day.queues.values():
        for _, number in entries:
            yield from _of_waiting(levels, day.tickets[number], now)
    for desk in day.desks.values():
        if desk.rating is not None or desk.supervisor is not None:
            yield from _of_desk(branch, day, desk)
        if desk.number is None:
            continue
        ticket = day.tickets[desk.number]
        if desk.state is CounterState.CALLING:
            yield from _of_called(branch, ticket)
            if desk.counter in branch.implied_starts:
                yield (
                    arrival_assumed_at(branch.rules, ticket),
                    e.ServiceStarted,
                    assumed_start(branch, day, desk),
                )
        else:
            yield from _of_serving(branch, ticket)
    if day.covered:
        yield from devices.deadlines(day)
    unreported_after = timedelta(seconds=branch.rules.print_report_s)
    for job_id, number in sorted(day.pending_slips.items()):
        slip = next(s for s in day.tickets[number].slips if s.job_id == job_id)
        yield (
            slip.asked_at + unreported_after,
            e.PrintReported,
            (number, job_id, "unknown", "no_report"),
        )


def _of_desk(branch: Branch, day: Day, desk: Desk) -> Iterator[Deadline]:
    """A rating nobody gives, a supervisor who does not answer."""
    asked = day.open_rating(desk)
    if asked is not None:
        number, rating = asked
        yield (
            ratings.closes_at(branch.rules, rating),
            e.RatingExpired,
            (number, rating.counter, rating.teller),
        )
    call = supervisors.open_call(day, desk)
    if call is not None and call.escalated_at is None:
        waited_s = branch.rules.supervisor_escalates_s
        when = call.called_at + timedelta(seconds=waited_s)
        yield when, e.SupervisorEscalated, (desk.counter, waited_s, call.number)


def _of_waiting(levels: Sequence[tuple[int, timedelta]], ticket: Ticket, now: datetime) -> Iterator[Deadline]:
    # What the customer has waited so far, also when a call was undone or the ticket was put back in between: the
    # report's wait (B2) ends with the first call, the customer's does not.
    waited_ms = ticket.times[WAIT]
    waited_from = ticket.phase_since - waited_ms * MILLISECOND if waited_ms else ticket.phase_since
    issued, reached_min = ticket.issued, ticket.wait_level_min
    for minutes, wait in levels:
        if minutes > reached_min:
            when = waited_from + wait
            yield when, e.WaitLimitReached, (issued.number, minutes, minutes == levels[-1][0])
            # The levels rise: the others are later still.
            if when > now:
                break
    quote_min = issued.quote_hi_min
    # Who missed the own call is not promised the first quote any more.
    if quote_min is not None and not ticket.is_beyond_quote and not ticket.misses:
        yield waited_from + quote_min * MINUTE, e.QuoteExceeded, (issued.number, quote_min)


def _of_called(branch: Branch, ticket: Ticket) -> Iterator[Deadline]:
    unheard_after = timedelta(seconds=branch.rules.unheard_after_s)
    for call in ticket.calls_since:
        if call.shown_at is None and not call.is_unheard:
            yield call.at + unheard_after, e.CallUnheard, (call.announcement_id, ticket.number, call.counter)


def _of_serving(branch: Branch, ticket: Ticket) -> Iterator[Deadline]:
    running = ticket.transaction
    if running is None or running.limit_s is None:
        return
    for when, percent in level_deadlines(branch, running):
        if percent < 100:
            yield when, e.StandardNeared, (ticket.number, running.counter, running.limit_s, percent)
        else:
            teller = running.teller
            yield when, e.StandardExceeded, (ticket.number, running.counter, teller, running.limit_s, percent)


def next_deadline(branch: Branch, day: Day) -> datetime | None:
    """When CheckLimits will next have something to say, or None; the day's own end included."""
    if not day.is_open or day.at is None or day.date is None:
        return None
    midnight = branch.span_of(day.date)[1]
    return min(midnight, min((when for when, _, _ in deadlines(branch, day, day.at)), default=midnight))


@answers(c.CheckLimits)
def check_limits(q: Question, command: c.CheckLimits) -> list[e.Event]:
    """Everything due by now, in the order it became due."""
    passed = [deadline for deadline in deadlines(q.branch, q.day, q.now) if deadline[0] <= q.now]
    passed.sort(key=lambda deadline: deadline[0])
    due: list[e.Event] = []
    started: set[str] = set()
    for _, kind, fields in passed:
        event = kind(q.now, *fields)
        if isinstance(event, e.ServiceStarted):
            started.add(event.counter)
        elif isinstance(event, e.RatingExpired) and event.counter in started:
            # The next customer's start has ended it already.
            continue
        due.append(event)
    return due
