"""One ticket's life in words: what the branch can answer when somebody asks months later (B1).

Was I called, how often, was it shown and spoken, who was served before me and why?  `tell` turns recorded events into
lines and adds nothing to them; `story_of` finds the events of a ticket in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, Ticket, elapsed_ms, new_day
from queue_server.domain.decide import evolve
from queue_server.errors import UnknownTicket
from queue_server.journal.port import Journal, Recorded
from queue_server.story.sentences import NameOf, Telling, nobody, sentences
from queue_server.story.vocabulary import Words

PHASE_WORDS = ("wait", "way", "service", "hold", "seat away", "wrap-up")
"""The phases of a stay in the order of `Phase`."""


class Line(NamedTuple):
    """One sentence of a story and when it happened."""

    at: datetime
    text: str


def story_of(
    journal: Journal,
    branch: Branch,
    number: str,
    language: str,
    day: Day | None = None,
    on: date | None = None,
    name_of: NameOf | None = None,
) -> list[Line]:
    """The story of a ticket of the business day `on`, or of `day`, the present one, which need not be read then.

    `name_of` turns a member of staff's id into a name; without it, or for strangers to it, the id is told.
    Raises UnknownTicket when there was no such ticket on that day.
    """
    days = journal.days()
    wanted = on or (day.date if day is not None else days[-1].date if days else None)
    ends = [*(following.first_position - 1 for following in days[1:]), None]
    spans = [
        (start.first_position, last) for start, last in zip(days, ends, strict=False) if start.date == wanted
    ]
    if not spans:
        raise UnknownTicket(number=number)
    first, last = spans[-1]
    if day is None or day.date != wanted:
        day = new_day(first - 1)
        for recorded in journal.read(first - 1, last):
            day = evolve(day, recorded.event)
    ticket = day.tickets.get(number)
    if ticket is None:
        raise UnknownTicket(number=number)
    recorded_of_it = list(journal.read(first - 1, last, mention=number))
    incidents = [
        one.event.incident_id
        for one in recorded_of_it
        if isinstance(one.event, e.IncidentOpened) and one.event.number == number
    ]
    for incident_id in incidents:
        recorded_of_it += [
            recorded
            for recorded in journal.read(first - 1, last, mention=incident_id)
            if isinstance(recorded.event, e.IncidentAmended)
        ]
    recorded_of_it.sort(key=lambda recorded: recorded.position)
    return tell(ticket, recorded_of_it, branch, language, name_of)


def tell(
    ticket: Ticket,
    recorded: Iterable[Recorded],
    branch: Branch,
    language: str,
    name_of: NameOf | None = None,
) -> list[Line]:
    """The lines of a ticket's story: what happened, one by one, then its transactions and how the stay adds up.

    `recorded` may hold events of other tickets: those that went before this one are told, the rest is left out.
    `language` is "zh" or "en".
    """
    telling = Telling(ticket, branch, Words(language), name_of or nobody)
    lines = [Line(one.event.at, text) for one in recorded for text in sentences(telling, one.event)]
    last = lines[-1].at if lines else ticket.issued.at
    # A ticket that is still open is summed up to the last thing that happened to it.
    return [*lines, *(Line(last, text) for text in _summary(telling, ticket.closed_at or last))]


def _summary(telling: Telling, end: datetime) -> Iterable[str]:
    """The transactions against their standard, who overtook, and the stay as a sum."""
    ticket, words = telling.ticket, telling.words
    for index, done in enumerate(ticket.transactions, start=1):
        spent_ms = done.spent_at(end)
        text = telling.say(
            "Transaction {index}: {service} at counter {counter} with {teller}: {time} ({allowed})",
            index=index,
            service=telling.service(done.service, done.amount_band),
            counter=done.counter,
            teller=telling.person(done.teller),
            time=words.time(spent_ms),
            allowed=telling.allowed(done.limit_s, done.standard_version),
        )
        if done.limit_s is not None and spent_ms > done.limit_s * 1000:
            over = words.time(spent_ms - done.limit_s * 1000)
            text += telling.say("; over by {time}", time=over)
        yield text
    failed = dict.fromkeys([*ticket.devices, *(code for one in ticket.transactions for code in one.devices)])
    if failed:
        yield telling.say("Out of order meanwhile: {devices}", devices=words.list(list(failed)))
    if ticket.overtaken:
        by = [f"{o.by} ({words.code(o.reason)})" for o in ticket.overtaken]
        yield telling.say("Overtaken {count} times: {others}", count=len(by), others=words.list(by))
    parts = [
        f"{words.say(name)} {words.time(spent)}"
        for name, spent in zip(PHASE_WORDS, _whole_seconds(ticket.times_at(end)), strict=True)
        if spent
    ] or [f"{words.say(PHASE_WORDS[0])} {words.time(0)}"]
    stay = words.time(elapsed_ms(ticket.issued.at, end))
    if ticket.closed_at is None:
        yield telling.say("In the branch for {stay} so far: {parts}", stay=stay, parts=" + ".join(parts))
    else:
        yield telling.say("Stay {stay} = {parts}", stay=stay, parts=" + ".join(parts))


def _whole_seconds(times: Sequence[int]) -> list[int]:
    """The times in whole seconds (as milliseconds) that still add up to their sum in whole seconds."""
    ends = [end // 1000 * 1000 for end in accumulate(times)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
