"""What the door needs of a journal, and the words for it.  No SQL here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar

from queue_server.domain.actors import Actor
from queue_server.domain.events import Event

T = TypeVar("T")

RecordRows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Rows to be written with the events, whole, by record table: a row with the same key is replaced."""


class Recorded(NamedTuple):
    """One event as the journal holds it: where, what, by whom, and the command it came from."""

    # Not a frozen dataclass: a start reads a whole day of them, and a tuple is made in a quarter of the time.

    position: int
    event: Event
    by_id: str
    by_role: str
    command_id: str


class Entry(NamedTuple):
    """What one command leads to, ready to be appended.  `digest` tells the command from others with its id."""

    command_id: str
    digest: bytes
    by: Actor
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class KnownCommand:
    """A command the journal has: its digest and the positions of its events."""

    digest: bytes
    first_position: int
    last_position: int


@dataclass(frozen=True, slots=True)
class DayStart:
    """A business day and the position of its first event."""

    date: date
    first_position: int


@dataclass(frozen=True, slots=True)
class Head:
    """The last event: its position (0 in an empty journal), time and link of the hash chain."""

    position: int
    at: datetime | None
    hash: bytes


class JournalMoved(Exception):
    """Somebody else appended first, or the command id is taken: nothing was written; catch up and decide again."""


class RunBlocking(Protocol):
    """Runs what blocks where it stalls nobody, and returns what it returned; what it is given never raises."""

    def __call__(self, function: Callable[[], T], /) -> T:
        """Run it and wait for it."""
        ...


def direct_call(function: Callable[[], T], /) -> T:
    """Run it here: for plain threads and tests."""
    return function()


class Journal(Protocol):
    """The events of one branch.  `append`, `find` and `head` are for one caller at a time, `read` for anybody."""

    def append(
        self,
        expected: int,
        entries: Sequence[Entry],
        records: RecordRows,
        run_blocking: RunBlocking = direct_call,
    ) -> list[Recorded]:
        """Write the events of all entries and the record rows, all or nothing, durable on return.

        What waits for the disk or the network goes through `run_blocking`.  `expected` is the position of the last event the caller knows.  Raises JournalMoved when it is not the last
        one any more, and the fault JournalNotWritable; after that fault only `head` tells what was written.
        """
        ...

    def head(self) -> Head:
        """The last event there is, read afresh."""
        ...

    def find(self, command_id: str) -> KnownCommand | None:
        """The command of that id, if the journal has it."""
        ...

    def read(
        self, after: int = 0, until: int | None = None, mention: str | None = None
    ) -> Iterator[Recorded]:
        """Events with `after` < position ≤ `until`, in order; with `mention`, those with a field of that text.

        Raises JournalAltered.
        """
        ...

    def days(self) -> list[DayStart]:
        """Every business day in the journal, in order."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...
