"""What the lobby display knows and shows: `(board, what came) -> board`, and what is due to be announced.

Positions seen are ignored, a gap is reported, an announcement is due once in its life however often it is told
(D2, D4).  Pure: no socket, no clock (moments come in as monotonic seconds), no pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from queue_server.wire.display import Announcement, BranchSection, CallRow, GroupWaiting, Notice
from queue_server.wire.follow import Follower, Step
from queue_server.wire.shapes import Delta, Snapshot, Text

FLASH_S = 8.0
# One inversion a second: seen from the corner of the eye, and far below the three a second that can harm (A1).
FLASH_PERIOD_S = 1.0
# Ids of announcements kept to recognise repeats; a branch makes some 2,000 a day.
_IDS_KEPT = 20_000
_UNSEEN_KEPT = 100


class Connection(Enum):
    """Whether what is shown can be trusted to be now."""

    CONNECTING = "connecting"
    LIVE = "live"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Flash:
    """An announcement that draws the eye, since a monotonic moment."""

    announcement: Announcement
    since: float

    def is_on(self, now: float) -> bool:
        """Whether the colours are inverted at `now`; it begins inverted."""
        age = now - self.since
        return 0 <= age < FLASH_S and age % FLASH_PERIOD_S < FLASH_PERIOD_S / 2


@dataclass(frozen=True, slots=True)
class Call:
    """A called ticket as a line of the board."""

    number: str
    counter_name: Text
    is_open: bool
    flash: Flash | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board.

    `announced`: every id that was ever due; `due`: to be spoken; `unseen`: not on the screen yet;
    `problems`: parts of the last message that were not understood, for the log.
    """

    position: int | None = None
    connection: Connection = Connection.CONNECTING
    branch: BranchSection | None = None
    calls: tuple[CallRow, ...] = ()
    missed: tuple[str, ...] = ()
    get_ready: tuple[str, ...] = ()
    waiting: tuple[GroupWaiting, ...] = ()
    notices: tuple[Notice, ...] = ()
    announced: frozenset[int] = frozenset()
    latest: Announcement | None = None
    flashes: tuple[Flash, ...] = ()
    due: tuple[Announcement, ...] = ()
    unseen: tuple[Announcement, ...] = ()
    problems: tuple[str, ...] = ()


_SECTIONS: Mapping[str, TypeAdapter[Any]] = {
    "branch": TypeAdapter(BranchSection),
    "calls": TypeAdapter(tuple[CallRow, ...]),
    "missed": TypeAdapter(tuple[str, ...]),
    "get_ready": TypeAdapter(tuple[str, ...]),
    "waiting": TypeAdapter(tuple[GroupWaiting, ...]),
    "notices": TypeAdapter(tuple[Notice, ...]),
}
_ANNOUNCEMENT: TypeAdapter[Announcement] = TypeAdapter(Announcement)


def take(board: Board, message: Snapshot | Delta, now: float) -> tuple[Board, Step]:
    """The board after a message, and whether it was applied, seen before, or showed a gap.

    A section or happening that is not understood (a newer server, an unknown kind) leaves the old one standing and
    is named in `problems`; the board goes on.
    """
    follower = Follower(board.position)
    if isinstance(message, Snapshot):
        if board.connection is not Connection.LIVE:
            # The first word after (re)connecting is the truth even if its position is lower: the server was
            # restored from a backup, and positions after it will be given out a second time.
            follower.restart()
            board = replace(board, announced=frozenset(i for i in board.announced if i <= message.position))
        step = follower.snapshot(message)
        happenings: list[Any] = []
    else:
        step = follower.delta(message)
        happenings = list(message.happenings)
    if step is Step.REPEAT and board.connection is not Connection.LIVE:
        board = replace(board, connection=Connection.LIVE)
    if step is not Step.APPLIED:
        return board, step
    problems: list[str] = []
    known = _understood(message.sections, problems)
    announcements = _announcements([*_list(message.sections.get("pending", [])), *happenings], problems)
    board = replace(
        board, position=message.position, connection=Connection.LIVE, problems=tuple(problems), **known
    )
    return _announce(board, announcements, now), step


def lost(board: Board) -> Board:
    """The connection is gone; what is shown stays, marked as perhaps out of date."""
    return replace(board, connection=Connection.LOST if board.branch else Connection.CONNECTING)


def refused(board: Board) -> Board:
    """The server does not know this display: it was never enrolled, or its token was revoked."""
    return replace(board, connection=Connection.REFUSED)


def take_due(board: Board) -> tuple[Board, tuple[Announcement, ...]]:
    """What is to be spoken, in the order of the calls, and the board without it."""
    return replace(board, due=()), board.due


def settle(board: Board, now: float) -> Board:
    """Without the flashes that are over."""
    flashes = tuple(flash for flash in board.flashes if now - flash.since < FLASH_S)
    return board if len(flashes) == len(board.flashes) else replace(board, flashes=flashes)


def newest(board: Board) -> Call | None:
    """The call to show large: the last one announced or, after a restart, the last one made."""
    row = board.calls[0] if board.calls else None
    latest = board.latest
    if latest is not None and (row is None or latest.announcement_id >= row.position):
        listed = next((r for r in board.calls if _same(r, latest)), None)
        flash = _flash(board, latest.number, latest.counter)
        return Call(
            latest.number, latest.counter_name, listed.is_open if listed else flash is not None, flash
        )
    return None if row is None else _call(board, row)


def recent(board: Board, keep: int) -> tuple[Call, ...]:
    """The calls before the newest one, newest first."""
    large = newest(board)
    rows = [row for row in board.calls if large is None or (row.number, row.counter_name) != _key(large)]
    return tuple(_call(board, row) for row in rows[:keep])


def take_shown(board: Board, keep: int) -> tuple[Board, tuple[int, ...]]:
    """The announcements whose call is on the screen now for the first time (D3), and the board without them.

    `keep` is how many recent calls the screen has room for.  A call that is not visible yet is told later.
    """
    if not board.unseen:
        return board, ()
    keys = {_key(call) for call in (newest(board), *recent(board, keep)) if call is not None}
    shown = [a for a in board.unseen if (a.number, a.counter_name) in keys]
    rest = tuple(a for a in board.unseen if a not in shown)
    return replace(board, unseen=rest), tuple(a.announcement_id for a in shown)


def next_flash_change(board: Board, now: float) -> float | None:
    """When the next flash turns on, off or ends."""
    moments = []
    for flash in board.flashes:
        age = now - flash.since
        if age < FLASH_S:
            half = FLASH_PERIOD_S / 2
            moments.append(flash.since + min(FLASH_S, (int(age / half) + 1) * half))
    return min(moments, default=None)


def _understood(sections: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, adapter in _SECTIONS.items():
        if name in sections:
            try:
                known[name] = adapter.validate_python(sections[name])
            except ValidationError as problem:
                problems.append(_told(name, problem))
    return known


def _announcements(raw: list[Any], problems: list[str]) -> list[Announcement]:
    announcements = []
    for value in raw:
        try:
            announcements.append(_ANNOUNCEMENT.validate_python(value))
        except ValidationError as problem:
            problems.append(_told("announcement", problem))
    return announcements


def _announce(board: Board, announcements: list[Announcement], now: float) -> Board:
    fresh: dict[int, Announcement] = {}
    for announcement in announcements:
        if announcement.announcement_id not in board.announced:
            fresh.setdefault(announcement.announcement_id, announcement)
    if not fresh:
        return board
    ordered = [fresh[i] for i in sorted(fresh)]
    latest = ordered[-1]
    if board.latest is not None and board.latest.announcement_id > latest.announcement_id:
        latest = board.latest
    announced = board.announced | fresh.keys()
    if len(announced) > _IDS_KEPT:
        announced = frozenset(sorted(announced)[_IDS_KEPT // 2 :])
    # A recall takes over from the flash of the call it repeats.
    again = {(a.number, a.counter) for a in ordered}
    older = [f for f in board.flashes if (f.announcement.number, f.announcement.counter) not in again]
    return replace(
        board,
        announced=announced,
        latest=latest,
        flashes=(*older, *(Flash(a, now) for a in ordered)),
        due=(*board.due, *ordered),
        unseen=(*board.unseen, *ordered)[-_UNSEEN_KEPT:],
    )


def _call(board: Board, row: CallRow) -> Call:
    return Call(row.number, row.counter_name, row.is_open, _flash(board, row.number, row.counter))


def _flash(board: Board, number: str, counter: str) -> Flash | None:
    found = [f for f in board.flashes if (f.announcement.number, f.announcement.counter) == (number, counter)]
    return found[-1] if found else None


def _same(row: CallRow, announcement: Announcement) -> bool:
    return (row.number, row.counter) == (announcement.number, announcement.counter)


def _key(call: Call) -> tuple[str, Text]:
    return call.number, call.counter_name


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _told(name: str, problem: ValidationError) -> str:
    first = problem.errors()[0]
    return f"{name}.{'.'.join(map(str, first['loc']))}: {first['msg']}"
