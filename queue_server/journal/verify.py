"""Whether the journal is what was written: every row against the hash chain, every event readable, no row missing.

A chain cannot tell that its newest rows were cut off together; so the commands and business days must agree with it
too, and `verify` returns the last hash, to be kept elsewhere and compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from queue_server.clock import from_ms
from queue_server.domain.events import DayOpened
from queue_server.errors import JournalAltered
from queue_server.journal import chain, codec, tables
from queue_server.journal.place import Place, fetch


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in order: how many events, and the hash of the last."""

    events: int
    hash: bytes


def branches(place: Place) -> list[str]:
    """The codes of the branches that have a journal in this place."""
    with place.reader() as connection:
        rows = connection.execute(select(tables.event.c.branch).distinct().order_by(tables.event.c.branch))
        return [row[0] for row in rows]


def verify(place: Place, branch: str) -> Verified:
    """Check the whole journal of a branch; raises JournalAltered naming the first altered row."""
    table = tables.event
    query = select(table).where(table.c.branch == branch).order_by(table.c.position)
    expected, previous = 0, chain.GENESIS
    spans: dict[str, tuple[int, int]] = {}
    opened: dict[str, int] = {}
    with place.reader() as connection:
        for row in fetch(connection, query):
            _, position, at, kind, version, body, by_id, by_role, command_id, link = row
            expected += 1
            if position != expected:
                raise JournalAltered(position=expected, cause="the row is missing")
            previous = chain.link(
                previous, branch, position, at, kind, version, body, by_id, by_role, command_id
            )
            if previous != bytes(link):
                raise JournalAltered(position=position, cause=f"{kind}: the row does not match its hash")
            event = codec.decode(position, from_ms(at), kind, version, body)
            first, _ = spans.get(command_id, (position, 0))
            spans[command_id] = (first, position)
            if isinstance(event, DayOpened):
                opened[event.date.isoformat()] = position
        _verify_commands(connection, branch, spans)
        found = {
            row[0]: row[1]
            for row in fetch(
                connection,
                select(tables.day.c.date, tables.day.c.first_position).where(tables.day.c.branch == branch),
            )
        }
    for day in sorted(found.keys() | opened.keys()):
        if found.get(day) != opened.get(day):
            position = opened.get(day) or found[day]
            raise JournalAltered(position=position, cause=f"business day {day} does not match its row")
    return Verified(expected, previous)


def _verify_commands(connection: Connection, branch: str, spans: dict[str, tuple[int, int]]) -> None:
    table = tables.command
    query = (
        select(table.c.command_id, table.c.first_position, table.c.last_position)
        .where(table.c.branch == branch)
        .order_by(table.c.first_position)
    )
    left = dict(spans)
    for command_id, first, last in fetch(connection, query):
        if left.pop(command_id, None) != (first, last):
            raise JournalAltered(position=first, cause=f"command {command_id} does not match its events")
    if left:
        command_id, (first, _) = min(left.items(), key=lambda item: item[1])
        raise JournalAltered(position=first, cause=f"command {command_id} has lost its row")
