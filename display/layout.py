"""Where everything on the lobby display is: `(board, size, moment) -> shapes`.  Pure.

What one must read from 8 m is at least 40 pixels high on 1080 lines (glyph height on a 55-inch screen: 10 minutes of
arc); English and captions may be smaller (D1).  Every part has its place whether it has content or not, so that
nothing jumps when a number changes.
"""

from __future__ import annotations

from datetime import datetime

from display import panels, strip
from display.board import Board
from display.screen.shapes import Box, Fill, Shape
from display.screen.theme import NIGHT, Theme
from display.sheet import Sheet, Wording


def layout(
    board: Board,
    size: tuple[int, int],
    moment: datetime,
    now: float,
    wording: Wording,
    theme: Theme = NIGHT,
) -> tuple[Shape, ...]:
    """The picture of `board` at local time `moment` and monotonic `now` (for flashes and pages)."""
    sheet = Sheet(board, size, moment, now, wording, theme)
    px = sheet.px
    whole = Box(0, 0, *size)
    sheet.add(Fill(whole, theme.ground, theme.ground_low))
    header, rest = whole.take_top(px(108))
    panels.header(sheet, header)
    body = rest.inset(px(32), px(18))
    if board.branch is None:
        panels.nothing_yet(sheet, body)
        return tuple(sheet.drawn)
    footer, body = body.take_bottom(px(92), px(14))
    missed, body = body.take_bottom(px(80), px(14))
    left, right = body.take_left(round(body.width * 0.615), px(18))
    waiting, left = left.take_bottom(px(210), px(14))
    ready, large = left.take_bottom(px(104), px(14))
    panels.large(sheet, large)
    panels.ready(sheet, ready)
    panels.waiting(sheet, waiting)
    panels.recent(sheet, right)
    panels.missed(sheet, missed)
    strip.footer(sheet, footer)
    return tuple(sheet.drawn)


def next_page(board: Board, now: float) -> float | None:
    """When the notice or the page of waiting groups changes; None if there is only one of each."""
    if len(strip.notice_pages(board)) > 1 or len(board.waiting) > panels.GROUPS_PER_PAGE:
        return (now // panels.PAGE_S + 1) * panels.PAGE_S
    return None
