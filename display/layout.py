"""Where everything on the lobby display is: `(board, size, moment) -> shapes`.  Pure.

What one must read from 8 m is at least 40 pixels high on 1080 lines (glyph height on a 55-inch screen: 10 minutes of
arc); English and captions may be smaller (D1).  Every part has its place whether it has content or not, so that
nothing jumps when a number changes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from display.board import Board, Call, Connection, newest, recent
from display.screen.shapes import (
    Align,
    Box,
    Fill,
    Icon,
    Panel,
    Paragraph,
    Shape,
    Text,
    Valign,
    Weight,
)
from display.screen.theme import NIGHT, Theme
from queue_server.wire.display import GroupWaiting, Notice
from queue_server.wire.shapes import Text as Words

RECENT_ROWS = 7
GROUPS_PER_PAGE = 4
READY_SHOWN = 5
MISSED_SHOWN = 10
PAGE_S = 8.0


class Wording(Protocol):
    """What is written, by language ("zh" or "en")."""

    def text(self, language: str, english: str, **values: object) -> str:
        """The catalogue's translation of `english`, filled with `values`."""
        ...

    def date(self, language: str, day: date) -> str:
        """The day in full, with its weekday."""
        ...


def layout(
    board: Board,
    size: tuple[int, int],
    moment: datetime,
    now: float,
    wording: Wording,
    theme: Theme = NIGHT,
) -> tuple[Shape, ...]:
    """The picture of `board` at local time `moment` and monotonic `now` (for flashes and pages)."""
    return _Sheet(board, size, moment, now, wording, theme).shapes()


def next_page(board: Board, now: float) -> float | None:
    """When the notice or the page of waiting groups changes; None if there is only one of each."""
    if len(_notices(board)) > 1 or len(board.waiting) > GROUPS_PER_PAGE:
        return (now // PAGE_S + 1) * PAGE_S
    return None


def _notices(board: Board) -> list[Notice]:
    return sorted(board.notices, key=lambda notice: not notice.is_apology)


class _Sheet:
    """One picture in the making; gone when it is made."""

    def __init__(
        self,
        board: Board,
        size: tuple[int, int],
        moment: datetime,
        now: float,
        wording: Wording,
        theme: Theme,
    ) -> None:
        self.board = board
        self.box = Box(0, 0, *size)
        self.moment = moment
        self.now = now
        self.wording = wording
        self.theme = theme
        self.scale = min(size[0] / 1920, size[1] / 1080)
        languages = board.branch.languages if board.branch and board.branch.languages else ("zh", "en")
        self.first = languages[0]
        self.second = languages[1] if len(languages) > 1 else None
        self.drawn: list[Shape] = []

    def px(self, pixels: float) -> int:
        """Pixels of the 1920 × 1080 drawing on this screen."""
        return max(1, round(pixels * self.scale))

    def say(self, english: str, **values: object) -> str:
        return self.wording.text(self.first, english, **values)

    def say_small(self, english: str, **values: object) -> str:
        return self.wording.text(self.second, english, **values) if self.second else ""

    def read(self, words: Words) -> str:
        return words.read(self.first)

    def read_small(self, words: Words) -> str:
        small = words.read(self.second) if self.second else ""
        return small if small != self.read(words) else ""

    def add(self, *shapes: Shape) -> None:
        self.drawn += shapes

    def write(
        self,
        text: str,
        box: Box,
        size: float,
        colour: tuple[int, int, int] | None = None,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
        smallest: float | None = None,
        valign: Valign = Valign.MIDDLE,
    ) -> None:
        least = self.px(size * 0.6 if smallest is None else smallest)
        ink = self.theme.text if colour is None else colour
        self.add(Text(text, box, self.px(size), ink, weight, align, valign, least))

    def shapes(self) -> tuple[Shape, ...]:
        px, theme = self.px, self.theme
        self.add(Fill(self.box, theme.ground, theme.ground_low))
        header, rest = self.box.take_top(px(112))
        self.header(header)
        body = rest.inset(px(32), px(20))
        if self.board.branch is None:
            self.nothing_yet(body)
            return tuple(self.drawn)
        footer, body = body.take_bottom(px(92), px(16))
        self.footer(footer)
        missed, body = body.take_bottom(px(84), px(16))
        self.missed(missed)
        left, right = body.take_left(round(body.width * 0.615), px(20))
        waiting, left = left.take_bottom(px(214), px(16))
        ready, large = left.take_bottom(px(112), px(16))
        self.large(large)
        self.ready(ready)
        self.waiting(waiting)
        self.recent(right)
        return tuple(self.drawn)

    def header(self, box: Box) -> None:
        px, theme, branch = self.px, self.theme, self.board.branch
        self.add(Fill(box, theme.ground_low))
        self.add(Fill(Box(box.x, box.bottom - px(3), box.width, px(3)), theme.faint))
        inner = box.inset(px(32), px(14))
        clock, inner = inner.take_right(px(226), px(24))
        day, inner = inner.take_right(px(430), px(24))
        self.write(f"{self.moment:%H:%M}", clock, 84, weight=Weight.BOLD, align=Align.RIGHT)
        top, bottom = day.rows(2) if self.second else (day, None)
        today = self.moment.date()
        self.write(self.wording.date(self.first, today), top, 34, align=Align.RIGHT)
        if bottom and self.second:
            self.write(self.wording.date(self.second, today), bottom, 26, theme.soft, align=Align.RIGHT)
        mark, names = inner.take_left(px(84), px(22))
        mark = mark.square()
        self.add(Panel(mark, theme.accent, px(18)), Icon("building", mark.inset(px(16)), theme.on_accent))
        if branch is None:
            self.write(self.say("Queue display"), names, 48, weight=Weight.BOLD)
            return
        upper, lower = names.take_top(round(names.height * 0.62)) if self.second else (names, None)
        self.write(f"{self.read(branch.bank)}  {self.read(branch.branch)}", upper, 48, weight=Weight.BOLD)
        if lower:
            small = [self.read_small(branch.bank), self.read_small(branch.branch)]
            self.write("  ·  ".join(filter(None, small)), lower, 26, theme.soft)

    def nothing_yet(self, box: Box) -> None:
        is_refused = self.board.connection is Connection.REFUSED
        english = "This display is not enrolled" if is_refused else "Connecting to the queue server …"
        middle = box.inset(0, box.height // 3)
        icon, words = middle.take_top(self.px(120), self.px(24))
        self.add(
            Icon(
                "warning" if is_refused else "clock", icon, self.theme.warn if is_refused else self.theme.soft
            )
        )
        upper, lower = words.take_top(self.px(80), self.px(8))
        self.write(self.say(english), upper, 60, weight=Weight.MEDIUM, align=Align.CENTRE)
        lower, _ = lower.take_top(self.px(48))
        self.write(self.say_small(english), lower, 34, self.theme.soft, align=Align.CENTRE)

    def caption(self, box: Box, icon: str, english: str, ink: tuple[int, int, int]) -> None:
        """An icon, the words, and the words in the second language on one line."""
        self.caption_marked(box, icon, english, ink, ink)

    def caption_marked(
        self, box: Box, icon: str, english: str, ink: tuple[int, int, int], mark: tuple[int, int, int]
    ) -> None:
        side = self.px(34)
        self.add(Icon(icon, Box(box.x, box.y + (box.height - side) // 2, side, side), mark))
        _, words = box.take_left(side, self.px(14))
        self.titled(words, self.say(english), self.say_small(english), 36, ink)

    def titled(self, box: Box, words: str, small: str, size: float, ink: tuple[int, int, int]) -> None:
        """A title, and the same in the second language after it, as far as there is room."""
        # Ideographs are one em wide, other letters about half: near enough for a title.
        ems = sum(1.0 if ord(c) > 0x2E80 else 0.6 for c in words)
        title, rest = box.take_left(min(box.width, self.px(size * ems + 6)), self.px(14))
        self.write(words, title, size, ink, Weight.MEDIUM)
        self.write(small, rest, 26, ink)

    def large(self, box: Box) -> None:
        px, theme = self.px, self.theme
        call = newest(self.board)
        is_on = call is not None and call.flash is not None and call.flash.is_on(self.now)
        ground = theme.call if is_on else theme.panel
        ink, number_ink, soft = (
            (theme.on_call, theme.on_call, theme.on_call) if is_on else (theme.text, theme.call, theme.soft)
        )
        self.add(Panel(box, ground, px(28), theme.call, px(4)))
        inner = box.inset(px(44), px(26))
        title, inner = inner.take_top(px(48), px(4))
        self.caption_marked(title, "bell", "Now calling", soft, number_ink)
        if call is None:
            self.write(self.say("Welcome"), inner, 120, theme.text, Weight.BOLD, Align.CENTRE)
            return
        if not call.is_open and call.flash is None:
            number_ink = ink = theme.soft
        small, inner = inner.take_bottom(px(50) if self.second else 1)
        number, counter = inner.take_left(round(inner.width * 0.56), px(28))
        self.write(call.number, number, 258, number_ink, Weight.BOLD, smallest=90)
        please, name = counter.take_top(round(counter.height * 0.36))
        self.write(self.say("Please go to"), please, 56, soft, valign=Valign.BOTTOM)
        self.write(_name(call, self.first), name, 132, ink, Weight.BOLD, smallest=56)
        if self.second:
            where = call.counter_name.read(self.second)
            words = self.say_small(
                "Ticket {number}, please go to {counter}", number=call.number, counter=where
            )
            self.write(words, small, 40, soft)

    def ready(self, box: Box) -> None:
        px, theme = self.px, self.theme
        self.add(Panel(box, theme.panel, px(20)))
        inner = box.inset(px(32), px(14))
        title, inner = inner.take_left(px(190), px(16))
        upper, lower = title.take_top(round(title.height * 0.6)) if self.second else (title, None)
        self.write(self.say("Get ready"), upper, 42, theme.good, Weight.MEDIUM)
        if lower:
            self.write(self.say_small("Get ready"), lower, 26, theme.soft)
        for cell, number in zip(inner.columns(READY_SHOWN, px(14)), self.board.get_ready, strict=False):
            self.add(Panel(cell, theme.panel_high, px(14)))
            self.write(number, cell.inset(px(6), 0), 58, theme.text, Weight.MEDIUM, Align.CENTRE, 30)

    def waiting(self, box: Box) -> None:
        groups = self.board.waiting
        pages = max(1, -(-len(groups) // GROUPS_PER_PAGE))
        start = int(self.now // PAGE_S) % pages * GROUPS_PER_PAGE
        columns = max(2, min(GROUPS_PER_PAGE, len(groups)))
        shown = groups[start : start + GROUPS_PER_PAGE]
        for cell, group in zip(box.columns(columns, self.px(16)), shown, strict=False):
            self.group(cell, group)

    def group(self, box: Box, group: GroupWaiting) -> None:
        px, theme = self.px, self.theme
        self.add(Panel(box, theme.panel, px(20)))
        inner = box.inset(px(24), px(14))
        title, inner = inner.take_top(px(48))
        self.write(self.read(group.name), title, 40, theme.accent, Weight.MEDIUM)
        if self.second:
            small, inner = inner.take_top(px(28))
            self.write(self.read_small(group.name), small, 24, theme.soft)
        wait, inner = inner.take_bottom(px(54))
        if group.wait is None:
            words = self.say("No counter open")
        elif group.waiting == 0 and group.wait.hi_min == 0:
            words = self.say("No wait")
        else:
            words = self.say("About {low}–{high} min", low=group.wait.lo_min, high=group.wait.hi_min)
        self.write(words, wait, 40, theme.warn if group.wait is None else theme.text)
        people, count = inner.take_right(px(62))
        self.add(Icon("people", people, theme.soft))
        self.write(self.say("{count} waiting", count=group.waiting), count, 44, theme.text, Weight.MEDIUM)

    def recent(self, box: Box) -> None:
        px, theme = self.px, self.theme
        self.add(Panel(box, theme.panel, px(28)))
        inner = box.inset(px(20), px(22))
        title, inner = inner.take_top(px(48), px(12))
        self.caption(title.inset(px(16), 0), "clock", "Recent calls", theme.soft)
        calls = recent(self.board, RECENT_ROWS)
        for index, row in enumerate(inner.rows(RECENT_ROWS, px(8))):
            if index >= len(calls):
                break
            call = calls[index]
            is_on = call.flash is not None and call.flash.is_on(self.now)
            if is_on:
                self.add(Panel(row, theme.call, px(14)))
            elif index % 2 == 0:
                self.add(Panel(row, theme.panel_high, px(14)))
            self.recent_row(row.inset(px(24), 0), call, is_on)

    def recent_row(self, box: Box, call: Call, is_on: bool) -> None:
        theme = self.theme
        ink = theme.on_call if is_on else theme.text if call.is_open else theme.soft
        number_ink = theme.on_call if is_on else theme.call if call.is_open else theme.soft
        number, rest = box.take_left(round(box.width * 0.46))
        arrow, name = rest.take_left(self.px(44), self.px(8))
        self.write(call.number, number, 64, number_ink, Weight.BOLD, smallest=34)
        self.add(Icon("arrow", arrow.inset(0, self.px(8)), theme.on_call if is_on else theme.faint))
        self.write(_name(call, self.first), name, 58, ink, Weight.MEDIUM, Align.RIGHT, 34)

    def missed(self, box: Box) -> None:
        px, theme = self.px, self.theme
        self.add(Panel(box, theme.panel, px(20)))
        inner = box.inset(px(32), 0)
        title, inner = inner.take_left(px(250), px(16))
        self.caption(title, "info", "Missed", theme.warn)
        if not self.board.missed:
            self.write(self.say("None"), inner, 40, theme.soft)
            return
        advice, inner = inner.take_right(px(520), px(16))
        shown = self.board.missed[-MISSED_SHOWN:]
        for cell, number in zip(inner.columns(MISSED_SHOWN, px(10)), reversed(shown), strict=False):
            self.write(number, cell, 46, theme.text, Weight.MEDIUM, Align.CENTRE, 24)
        upper, lower = advice.take_top(round(box.height * 0.6)) if self.second else (advice, None)
        self.write(self.say("Please see the lobby manager"), upper, 38, theme.soft, align=Align.RIGHT)
        if lower:
            self.write(
                self.say_small("Please see the lobby manager"), lower, 24, theme.soft, align=Align.RIGHT
            )

    def footer(self, box: Box) -> None:
        px, theme, branch = self.px, self.theme, self.board.branch
        hotline, strip = box.take_right(px(560), px(16))
        if branch is not None:
            self.add(Panel(hotline, theme.panel, px(20)))
            inner = hotline.inset(px(26), px(8))
            icon, inner = inner.take_left(px(48), px(16))
            self.add(Icon("phone", icon, theme.accent))
            words, number = inner.take_left(round(inner.width * 0.46), px(10))
            upper, lower = words.take_top(round(words.height * 0.6)) if self.second else (words, None)
            self.write(self.say("Complaint hotline"), upper, 36, theme.soft)
            if lower:
                self.write(self.say_small("Complaint hotline"), lower, 24, theme.soft)
            self.write(branch.hotline, number, 56, theme.text, Weight.BOLD, Align.RIGHT, 28)
        if self.board.connection is not Connection.LIVE:
            is_refused = self.board.connection is Connection.REFUSED
            english = (
                "This display is not enrolled"
                if is_refused
                else "Network interrupted: what is shown may be out of date. Please listen to the staff."
            )
            self.band(strip, "offline", theme.bad, theme.on_bad, self.say(english), self.say_small(english))
            return
        notices = _notices(self.board)
        if not notices:
            self.band(strip, "info", theme.panel, theme.soft, self.say("Welcome"), self.say_small("Welcome"))
            return
        notice = notices[int(self.now // PAGE_S) % len(notices)]
        ground, ink, icon_name = (
            (theme.warn, theme.on_call, "warning") if notice.is_apology else (theme.panel, theme.text, "info")
        )
        self.band(strip, icon_name, ground, ink, self.read(notice.text), self.read_small(notice.text))

    def band(
        self,
        box: Box,
        icon_name: str,
        ground: tuple[int, int, int],
        ink: tuple[int, int, int],
        words: str,
        small: str,
    ) -> None:
        px = self.px
        self.add(Panel(box, ground, px(20)))
        inner = box.inset(px(28), px(8))
        icon, inner = inner.take_left(px(46), px(20))
        self.add(Icon(icon_name, icon, ink))
        upper, lower = inner.take_top(round(inner.height * 0.6)) if small else (inner, None)
        self.write(words, upper, 41, ink, Weight.MEDIUM, smallest=26)
        if lower:
            self.add(Paragraph(small, lower, px(23), ink, valign=Valign.MIDDLE, min_size=px(16)))


def _name(call: Call, language: str) -> str:
    return call.counter_name.read(language) or "—"
