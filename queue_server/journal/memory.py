"""A journal in memory: a fake for unit tests of what stands above the journal.  Nothing survives it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from queue_server.clock import at_ms
from queue_server.domain.events import DayOpened
from queue_server.journal import chain, codec
from queue_server.journal.port import (
    DayStart,
    Entry,
    Head,
    JournalMoved,
    KnownCommand,
    Recorded,
    RecordRows,
    RunBlocking,
    direct_call,
)


class MemoryJournal:
    """The same promises as `SqlJournal`, save durability.  `fault`, when set, is raised by the next appends."""

    def __init__(self, branch: str = "branch") -> None:
        self.branch = branch
        self.events: list[Recorded] = []
        self.commands: dict[str, KnownCommand] = {}
        self.rows: dict[str, list[tuple[Any, ...]]] = {}
        self.appends = 0
        self.fault: Exception | None = None
        self._hash = chain.GENESIS

    def append(
        self,
        expected: int,
        entries: Sequence[Entry],
        records: RecordRows,
        run_blocking: RunBlocking = direct_call,
    ) -> list[Recorded]:
        """See `Journal.append`."""
        run_blocking(lambda: None)
        if self.fault is not None:
            raise self.fault
        position = len(self.events)
        if position != expected or any(entry.command_id in self.commands for entry in entries):
            raise JournalMoved(f"the journal is at {position}, not at {expected}")
        recorded: list[Recorded] = []
        known: dict[str, KnownCommand] = {}
        previous = self._hash
        for entry in entries:
            first = position + 1
            by_id, by_role, command_id = entry.by.id, entry.by.role.value, entry.command_id
            for event in entry.events:
                position += 1
                kind, version, body = codec.encode(event)
                previous = chain.link(
                    previous,
                    self.branch,
                    position,
                    at_ms(event.at),
                    kind,
                    version,
                    body,
                    by_id,
                    by_role,
                    command_id,
                )
                recorded.append(Recorded(position, event, by_id, by_role, command_id))
            known[command_id] = KnownCommand(entry.digest, first, position)
        self._hash = previous
        self.events += recorded
        self.commands |= known
        self.appends += 1
        for name, rows in records.items():
            self.rows.setdefault(name, []).extend(rows)
        return recorded

    def head(self) -> Head:
        """See `Journal.head`."""
        return Head(len(self.events), self.events[-1].event.at if self.events else None, self._hash)

    def find(self, command_id: str) -> KnownCommand | None:
        """See `Journal.find`."""
        return self.commands.get(command_id)

    def read(
        self, after: int = 0, until: int | None = None, mention: str | None = None
    ) -> Iterator[Recorded]:
        """See `Journal.read`."""
        for recorded in self.events[after:until]:
            if mention is None or json.dumps(mention, ensure_ascii=False) in codec.encode(recorded.event)[2]:
                yield recorded

    def days(self) -> list[DayStart]:
        """See `Journal.days`."""
        return [
            DayStart(recorded.event.date, recorded.position)
            for recorded in self.events
            if isinstance(recorded.event, DayOpened)
        ]

    def close(self) -> None:
        """See `Journal.close`."""
