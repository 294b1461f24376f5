"""From what happened to the rows that changed: folded inside the transaction that records the events.

Cheap, because every press of a key waits for it: only entities an event names are looked at, and only those that are
another value than before give rows, one each, however many commands of the batch touched them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, Ticket
from queue_server.domain.decide import evolve
from queue_server.records import rows, tables

Rows = dict[str, list[rows.Row]]

COUNTER_CHANGES: dict[type[e.Event], str] = {
    e.CounterOpened: "counter_opened",
    e.CounterClosed: "counter_closed",
    e.CounterPaused: "counter_paused",
    e.CounterResumed: "counter_resumed",
    e.NoTicketServiceStarted: "no_ticket_service_started",
    e.NoTicketServiceFinished: "no_ticket_service_finished",
}
_OWN_ROW = frozenset({e.TicketCalled, e.CustomerDiverted, *COUNTER_CHANGES})
_OF_RATINGS = frozenset({e.RatingAsked, e.VisitRated, e.RatingExpired})
_OF_SUPERVISORS = frozenset({e.SupervisorCalled, e.SupervisorAnswered, e.SupervisorEscalated})
_ASIDE = (
    frozenset({e.PrintReported, e.ReprintRequested, e.AnnouncementShown, e.AnnouncementSpoken})
    | _OF_RATINGS
    | _OF_SUPERVISORS
)
"""Events that change what hangs on a ticket, and nothing in the ticket's own row."""
_OF_INCIDENTS = frozenset({e.IncidentOpened, e.IncidentAmended, e.IncidentClosed})
_PASSING = frozenset({e.TicketCalled, e.ServiceStarted, e.TicketMoved})
# Plain strings: the names of SQLAlchemy's tables are their own kind of string, and slower keys.
(
    _TICKET,
    _TRANSACTION,
    _ANNOUNCEMENT,
    _OVERTAKING,
    _SLIP,
    _RATING,
    _INCIDENT,
    _CALL,
    _COUNTER_CHANGE,
    _DIVERSION,
    _SUPERVISOR_CALL,
) = (
    str(table.name)
    for table in (
        tables.ticket,
        tables.transaction,
        tables.announcement,
        tables.overtaking,
        tables.slip,
        tables.rating,
        tables.incident,
        tables.call,
        tables.counter_change,
        tables.diversion,
        tables.supervisor_call,
    )
)


class Step(Protocol):
    """One command's part of a batch: the day before, what happened, the day after."""

    @property
    def before(self) -> Day:
        """The day it was decided on."""
        ...

    @property
    def events(self) -> Sequence[e.Event]:
        """What happened."""
        ...

    @property
    def after(self) -> Day:
        """The day with that folded in."""
        ...


def project(branch: Branch, steps: Sequence[Step]) -> Rows:
    """The rows that these steps, one after another, leave changed."""
    found: Rows = {}
    start = steps[0].before
    events: list[e.Event] = []
    for step in steps:
        if step.before.date == step.after.date:
            events += step.events
            continue
        # The new day has forgotten the tickets of the old one: write those as they are before it turns.
        day = step.before
        for event in step.events:
            if type(event) is e.DayOpened:
                _changes(branch, start, events, day, found)
                start, events = day, []
            day = evolve(day, event)
            events.append(event)
    _changes(branch, start, events, steps[-1].after, found)
    return found


def _changes(branch: Branch, before: Day, events: Sequence[e.Event], after: Day, found: Rows) -> None:
    code, day = branch.code, _date(after)
    numbers: dict[str, bool] = {}  # touched tickets, and whether their own row may have changed
    incidents: dict[str, None] = {}
    calls_supervisor = False
    position = before.position
    for event in events:
        position += 1
        kind = type(event)
        number = getattr(event, "number", None)
        if number is not None:
            numbers[number] = kind not in _ASIDE or numbers.get(number, False)
        if kind in _PASSING:
            for passed in event.passed_over:  # type: ignore[attr-defined]
                numbers[passed.number] = True
        elif kind in _OF_INCIDENTS:
            incidents[event.incident_id] = None  # type: ignore[attr-defined]
        elif kind is e.DeviceReported:
            # A device that fails marks those who are in the middle of it; whoever comes later has an event of its own.
            numbers.update(dict.fromkeys(_in_the_middle(before), True))
        elif kind in _OF_SUPERVISORS:
            calls_supervisor = True
        if kind in _OWN_ROW:
            _own_row(code, day, position, event, found)
    old = before.tickets if before.date == after.date else None
    for number, is_changed in numbers.items():
        ticket = after.tickets.get(number)
        was = None if old is None else old.get(number)
        if ticket is not None and ticket is not was:
            if is_changed or was is None:
                _add(found, _TICKET, rows.ticket(code, day, ticket))
            _hanging_rows(code, day, was, ticket, found)
    for incident_id in incidents:
        _add(found, _INCIDENT, rows.incident(branch, after.incidents[incident_id]))
    if calls_supervisor:
        known = before.supervisor_calls if old is not None else {}
        for position, call in after.supervisor_calls.items():
            if known.get(position) is not call:
                _add(found, _SUPERVISOR_CALL, rows.supervisor_call(code, day, position, call))


def _in_the_middle(day: Day) -> Iterator[str]:
    """The tickets at counters, and those whose slip nobody has told about."""
    for desk in day.desks.values():
        if desk.number is not None:
            yield desk.number
    yield from day.pending_slips.values()


def _hanging_rows(code: str, day: str, was: Ticket | None, ticket: Ticket, found: Rows) -> None:
    if ticket.is_start_retracted:
        # Rows are written over and never taken away: what may stand there of it says that it never was.
        _add(found, _TRANSACTION, rows.retracted(code, day, ticket))
    if ticket.rating is not None and (was is None or ticket.rating is not was.rating):
        _add(found, _RATING, rows.rating(code, day, ticket.number, ticket.rating))
    if was is None:
        _each(code, day, ticket.number, (), ticket.transactions, _TRANSACTION, rows.transaction, found)
        _each(code, day, ticket.number, (), ticket.announcements, _ANNOUNCEMENT, rows.announcement, found)
        _each(code, day, ticket.number, (), ticket.overtaken, _OVERTAKING, rows.overtaking, found)
        _each(code, day, ticket.number, (), ticket.slips, _SLIP, rows.slip, found)
        return
    number = ticket.number
    if ticket.transactions is not was.transactions:
        _each(code, day, number, was.transactions, ticket.transactions, _TRANSACTION, rows.transaction, found)
    if ticket.announcements is not was.announcements:
        _each(
            code,
            day,
            number,
            was.announcements,
            ticket.announcements,
            _ANNOUNCEMENT,
            rows.announcement,
            found,
        )
    if ticket.overtaken is not was.overtaken:
        _each(code, day, number, was.overtaken, ticket.overtaken, _OVERTAKING, rows.overtaking, found)
    if ticket.slips is not was.slips:
        _each(code, day, number, was.slips, ticket.slips, _SLIP, rows.slip, found)


def _each(
    code: str,
    day: str,
    number: str,
    known: tuple[Any, ...],
    entities: tuple[Any, ...],
    table: str,
    as_row: Callable[..., rows.Row],
    found: Rows,
) -> None:
    """Rows of the entities that are not the very ones that were known."""
    for index, entity in enumerate(entities):
        if index >= len(known) or known[index] is not entity:
            _add(found, table, as_row(code, day, number, index, entity))


def _own_row(code: str, day: str, position: int, event: e.Event, found: Rows) -> None:
    match event:
        case e.TicketCalled():
            _add(found, _CALL, rows.call(code, day, position, event))
        case e.CustomerDiverted():
            _add(found, _DIVERSION, rows.diversion(code, day, position, event))
        case _:
            change = COUNTER_CHANGES[type(event)]
            _add(found, _COUNTER_CHANGE, rows.counter_change(code, day, position, change, event))


def _add(found: Rows, table: str, row: rows.Row) -> None:
    try:
        found[table].append(row)
    except KeyError:
        found[table] = [row]


def _date(day: Day) -> str:
    # Devices may report before the first business day; nothing of theirs becomes a row with a date.
    return "" if day.date is None else day.date.isoformat()


def rebuilt(branch: Branch, day: Day, events: Iterable[e.Event]) -> Iterator[Rows]:
    """All rows of a journal, a business day at a time, from each day's last state and not from its changes.

    It shares `rows` with `project` and nothing of how that finds what changed, so that the one can prove the other.
    """
    found: Rows = {}
    for event in events:
        if type(event) is e.DayOpened:
            yield _all_rows(branch, day, found)
            found = {}
        day = evolve(day, event)
        if type(event) in _OWN_ROW:
            _own_row(branch.code, _date(day), day.position, event, found)
    yield _all_rows(branch, day, found)


def _all_rows(branch: Branch, day: Day, found: Rows) -> Rows:
    code, date = branch.code, _date(day)
    tickets: Any = day.tickets.values()
    for ticket in tickets:
        _add(found, _TICKET, rows.ticket(code, date, ticket))
        _hanging_rows(code, date, None, ticket, found)
    for incident in day.incidents.values():
        _add(found, _INCIDENT, rows.incident(branch, incident))
    for position, call in day.supervisor_calls.items():
        _add(found, _SUPERVISOR_CALL, rows.supervisor_call(code, date, position, call))
    return found
