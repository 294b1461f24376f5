"""What a lobby display is sent, and what it acknowledges (D1–D4, N5).

Sections of the `/display` snapshot: `branch` BranchSection · `calls` list[CallRow], newest first · `missed` list[str] ·
`get_ready` list[str] · `waiting` list[GroupWaiting] · `notices` list[Notice] · `pending` list[Announcement]: open
calls nobody has spoken yet, to be announced by a display that (re)connects, unless it announced them before.
Happenings of a delta: `Announcement`s (`kind` call or recall), each once, in the order of the calls.
Client events: `shown` ShownReport · `spoken` SpokenReport · `resume`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from queue_server.wire.shapes import Shape, Text, WaitBand


class BranchSection(Shape):
    """Who hangs this display up."""

    bank: Text
    branch: Text
    hotline: str
    zone: str
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    announce_times: int = 1


class CallRow(Shape):
    """One line of the recent-calls list.  `is_open`: called and not yet at the counter."""

    number: str
    counter: str
    counter_name: Text
    called_at: datetime
    position: int
    is_open: bool


class GroupWaiting(Shape):
    """How many wait in one service group, and for how long; `wait` None = no counter open for it yet."""

    group: str
    name: Text
    waiting: int
    wait: WaitBand | None


class Notice(Shape):
    """A notice on the board; an apology is a notice with `is_apology`."""

    notice_id: str
    text: Text
    is_apology: bool = False


class Announcement(Shape):
    """One thing to show and say.  `announcement_id` is the journal position of the call: unique for ever."""

    announcement_id: int
    kind: Literal["call", "recall"]
    number: str
    counter: str
    counter_name: Text
    called_at: datetime
    languages: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    times: int = 1


class DisplaySections(Shape):
    """The whole board as a snapshot carries it."""

    branch: BranchSection
    calls: list[CallRow]
    missed: list[str]
    get_ready: list[str]
    waiting: list[GroupWaiting]
    notices: list[Notice]
    pending: list[Announcement]


class ShownReport(Shape):
    """The display drew the call.  `report_id` is the display's own, and a repeat with the same id acts once."""

    report_id: str
    announcement_id: int
    shown_at: datetime


class SpokenReport(Shape):
    """The voice finished the announcement; `spoken_at` is its end."""

    report_id: str
    announcement_id: int
    spoken_at: datetime
