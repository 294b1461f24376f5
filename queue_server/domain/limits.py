"""What becomes due by itself: waits, promises, standards, calls nobody showed, slips nobody reported (I1, T3, D3).

One list of deadlines serves both questions: `next_deadline` for the timer, `due` for CheckLimits.  Each deadline is
passed exactly once, because the event it becomes is remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, Ticket
from queue_server.domain.question import Question, answers
from queue_server.domain.timing import level_deadlines
from queue_server.domain.transitions import CounterState

Deadline = tuple[datetime, e.Event]
"""When, and the event it becomes, complete but for the time it is passed at."""


def deadlines(branch: Branch, day: Day, now: datetime) -> Iterator[Deadline]:
    """Everything that will become due, in no order but per ticket; events carry `now` as their time."""
    if not day.is_open:
        return
    for entries in day.queues.values():
        for _, number in entries:
            yield from _of_waiting(branch, day.tickets[number], now)
    for desk in day.desks.values():
        if desk.number is None:
            continue
        ticket = day.tickets[desk.number]
        if desk.state is CounterState.CALLING:
            yield from _of_called(branch, ticket, now)
        else:
            yield from _of_serving(branch, ticket, now)
    for job_id, number in sorted(day.pending_slips.items()):
        ticket = day.tickets[number]
        slip = next(s for s in ticket.slips if s.job_id == job_id)
        yield (
            slip.asked_at + timedelta(seconds=branch.rules.print_report_s),
            e.PrintReported(now, ticket.number, job_id, "unknown", "no_report"),
        )


def _of_waiting(branch: Branch, ticket: Ticket, now: datetime) -> Iterator[Deadline]:
    # The wait ends with the first call (B2): later returns to the queue have their own incidents.
    if ticket.first_called_at is not None:
        return
    issued_at = ticket.issued.at
    levels = branch.rules.wait_levels_min
    for minutes in levels:
        if minutes > ticket.wait_level_min:
            yield (
                issued_at + timedelta(minutes=minutes),
                e.WaitLimitReached(now, ticket.number, minutes, is_incident=minutes == levels[-1]),
            )
    quote = ticket.issued.quote_hi_min
    if quote is not None and not ticket.is_beyond_quote:
        yield issued_at + timedelta(minutes=quote), e.QuoteExceeded(now, ticket.number, quote)


def _of_called(branch: Branch, ticket: Ticket, now: datetime) -> Iterator[Deadline]:
    for announcement in ticket.calls_since:
        if announcement.shown_at is None and not announcement.is_unheard:
            yield (
                announcement.at + timedelta(seconds=branch.rules.unheard_after_s),
                e.CallUnheard(now, announcement.announcement_id, ticket.number, announcement.counter),
            )


def _of_serving(branch: Branch, ticket: Ticket, now: datetime) -> Iterator[Deadline]:
    running = ticket.transaction
    if running is None or running.limit_s is None:
        return
    for when, percent in level_deadlines(branch, running):
        if percent < 100:
            yield when, e.StandardNeared(now, ticket.number, running.counter, running.limit_s, percent)
        else:
            yield (
                when,
                e.StandardExceeded(
                    now, ticket.number, running.counter, running.teller, running.limit_s, percent
                ),
            )


def next_deadline(branch: Branch, day: Day) -> datetime | None:
    """When CheckLimits will next have something to say, or None; the day's own end included."""
    if not day.is_open or day.at is None or day.date is None:
        return None
    midnight = datetime.combine(
        day.date + timedelta(days=1), datetime.min.time(), tzinfo=branch.timezone
    ).astimezone(day.at.tzinfo)
    return min((midnight, *(when for when, _ in deadlines(branch, day, day.at))))


@answers(c.CheckLimits)
def check_limits(q: Question, command: c.CheckLimits) -> list[e.Event]:
    """Everything due by now, in the order it became due."""
    passed = [(when, event) for when, event in deadlines(q.branch, q.day, q.now) if when <= q.now]
    passed.sort(key=lambda deadline: deadline[0])
    return [event for _, event in passed]
