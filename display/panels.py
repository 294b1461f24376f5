"""The parts of the lobby display, each in the box it is given.  Pure."""

from __future__ import annotations

import re

from display.board import Call, Connection, newest
from display.board import recent as recent_calls
from display.screen.shapes import Align, Box, Fill, Icon, Panel, Paragraph, Valign, Weight
from display.sheet import Sheet, ems
from queue_server.wire.display import GroupWaiting

RECENT_ROWS = 7
GROUPS_PER_PAGE = 4
READY_SHOWN = 5
MISSED_SHOWN = 10
PAGE_S = 8.0


def header(sheet: Sheet, box: Box) -> None:
    """Whose branch this is, the date and the time."""
    px, theme, branch = sheet.px, sheet.theme, sheet.board.branch
    sheet.add(Fill(box, theme.ground_low))
    sheet.add(Fill(Box(box.x, box.bottom - px(3), box.width, px(3)), theme.faint))
    inner = box.inset(px(32), px(14))
    clock, inner = inner.take_right(px(226), px(24))
    day, inner = inner.take_right(px(430), px(24))
    sheet.write(f"{sheet.moment:%H:%M}", clock, 84, weight=Weight.BOLD, align=Align.RIGHT)
    top, bottom = day.rows(2) if sheet.second else (day, None)
    today = sheet.moment.date()
    sheet.write(sheet.wording.date(sheet.first, today), top, 34, align=Align.RIGHT)
    if bottom and sheet.second:
        sheet.write(sheet.wording.date(sheet.second, today), bottom, 26, theme.soft, align=Align.RIGHT)
    mark, names = inner.take_left(px(84), px(22))
    mark = mark.square()
    sheet.add(Panel(mark, theme.accent, px(18)), Icon("building", mark.inset(px(16)), theme.on_accent))
    if branch is None:
        sheet.write(sheet.say("Queue display"), names, 48, weight=Weight.BOLD)
        return
    upper, lower = names.take_top(round(names.height * 0.62)) if sheet.second else (names, None)
    sheet.write(f"{sheet.read(branch.bank)}  {sheet.read(branch.branch)}", upper, 48, weight=Weight.BOLD)
    if lower:
        small = [sheet.read_small(branch.bank), sheet.read_small(branch.branch)]
        sheet.write("  ·  ".join(filter(None, small)), lower, 26, theme.soft)


def nothing_yet(sheet: Sheet, box: Box) -> None:
    """Before the first word of the server."""
    is_refused = sheet.board.connection is Connection.REFUSED
    english = "This display is not enrolled" if is_refused else "Connecting to the queue server …"
    middle = box.inset(0, box.height // 3)
    icon, words = middle.take_top(sheet.px(120), sheet.px(24))
    sheet.add(
        Icon("warning" if is_refused else "clock", icon, sheet.theme.warn if is_refused else sheet.theme.soft)
    )
    upper, lower = words.take_top(sheet.px(80), sheet.px(8))
    sheet.write(sheet.say(english), upper, 60, weight=Weight.MEDIUM, align=Align.CENTRE)
    lower, _ = lower.take_top(sheet.px(48))
    sheet.write(sheet.say_small(english), lower, 34, sheet.theme.soft, align=Align.CENTRE)


def large(sheet: Sheet, box: Box) -> None:
    """The newest call, readable from the far end of the hall; inverted while it flashes."""
    px, theme = sheet.px, sheet.theme
    call = newest(sheet.board)
    is_on = call is not None and call.flash is not None and call.flash.is_on(sheet.now)
    ground = theme.call if is_on else theme.panel
    ink, number_ink, soft = (
        (theme.on_call, theme.on_call, theme.on_call) if is_on else (theme.text, theme.call, theme.soft)
    )
    sheet.add(Panel(box, ground, px(28), theme.call, px(4)))
    inner = box.inset(px(44), px(26))
    if call is None:
        upper, lower = inner.take_top(round(inner.height * 0.68))
        sheet.write(sheet.say("Welcome"), upper, 150, theme.text, Weight.BOLD, Align.CENTRE)
        sheet.write(sheet.say_small("Welcome"), lower, 60, theme.soft, align=Align.CENTRE, valign=Valign.TOP)
        return
    title, inner = inner.take_top(px(48), px(4))
    sheet.caption_marked(title, "bell", "Now calling", soft, number_ink)
    if not call.is_open and call.flash is None:
        number_ink = ink = theme.soft
    small, inner = inner.take_bottom(px(50) if sheet.second else 1)
    number, counter = inner.take_left(round(inner.width * 0.56), px(28))
    sheet.write(call.number, number, 252, number_ink, Weight.BOLD, smallest=90)
    please, name = counter.take_top(round(counter.height * 0.36))
    sheet.write(sheet.say("Please go to"), please, 56, soft, valign=Valign.BOTTOM)
    words = _name(call, sheet.first)
    if ems(words) <= 7:
        sheet.write(words, name, 132, ink, Weight.BOLD, smallest=60)
    else:
        wrapped = Paragraph(
            words, name, px(84), ink, Weight.BOLD, valign=Valign.MIDDLE, leading=1.15, min_size=px(44)
        )
        sheet.add(wrapped)
    if sheet.second:
        where = call.counter_name.read(sheet.second)
        spelled = sheet.say_small(
            "Ticket {number}, please go to {counter}", number=call.number, counter=where
        )
        sheet.write(spelled, small, 40, soft)


def ready(sheet: Sheet, box: Box) -> None:
    """Who is next, so that they come nearer."""
    px, theme = sheet.px, sheet.theme
    sheet.add(Panel(box, theme.panel, px(20)))
    inner = box.inset(px(32), px(14))
    title, inner = inner.take_left(px(190), px(16))
    upper, lower = title.take_top(round(title.height * 0.6)) if sheet.second else (title, None)
    sheet.write(sheet.say("Get ready"), upper, 42, theme.good, Weight.MEDIUM)
    if lower:
        sheet.write(sheet.say_small("Get ready"), lower, 26, theme.soft)
    for cell, number in zip(inner.columns(READY_SHOWN, px(14)), sheet.board.get_ready, strict=False):
        sheet.add(Panel(cell, theme.panel_high, px(14)))
        sheet.write(number, cell.inset(px(6), 0), 58, theme.text, Weight.MEDIUM, Align.CENTRE, 30)


def waiting(sheet: Sheet, box: Box) -> None:
    """How many wait in each service group, and for how long."""
    groups = sheet.board.waiting
    pages = max(1, -(-len(groups) // GROUPS_PER_PAGE))
    start = int(sheet.now // PAGE_S) % pages * GROUPS_PER_PAGE
    columns = max(2, min(GROUPS_PER_PAGE, len(groups)))
    shown = groups[start : start + GROUPS_PER_PAGE]
    for cell, group in zip(box.columns(columns, sheet.px(16)), shown, strict=False):
        service_group(sheet, cell, group)


def service_group(sheet: Sheet, box: Box, group: GroupWaiting) -> None:
    """One service group."""
    px, theme = sheet.px, sheet.theme
    sheet.add(Panel(box, theme.panel, px(20)))
    inner = box.inset(px(24), px(14))
    title, inner = inner.take_top(px(48))
    sheet.write(sheet.read(group.name), title, 40, theme.accent, Weight.MEDIUM)
    if sheet.second:
        small, inner = inner.take_top(px(28))
        sheet.write(sheet.read_small(group.name), small, 24, theme.soft)
    wait, inner = inner.take_bottom(px(54))
    if group.wait is None:
        words = sheet.say("No counter open")
    elif group.waiting == 0 and group.wait.hi_min == 0:
        words = sheet.say("No wait")
    else:
        words = sheet.say("About {low}–{high} min", low=group.wait.lo_min, high=group.wait.hi_min)
    sheet.write(words, wait, 40, theme.warn if group.wait is None else theme.text)
    people, count = inner.take_right(px(62) if inner.width > px(300) else 1)
    if people.width > 1:
        sheet.add(Icon("people", people, theme.soft))
    sheet.write(sheet.say("{count} waiting", count=group.waiting), count, 44, theme.text, Weight.MEDIUM)


def recent(sheet: Sheet, box: Box) -> None:
    """The calls before the newest one."""
    px, theme = sheet.px, sheet.theme
    sheet.add(Panel(box, theme.panel, px(28)))
    inner = box.inset(px(20), px(22))
    title, inner = inner.take_top(px(48), px(12))
    sheet.caption(title.inset(px(16), 0), "clock", "Recent calls", theme.soft)
    calls = recent_calls(sheet.board, RECENT_ROWS)
    for index, row in enumerate(inner.rows(RECENT_ROWS, px(8))):
        if index >= len(calls):
            break
        call = calls[index]
        is_on = call.flash is not None and call.flash.is_on(sheet.now)
        if is_on:
            sheet.add(Panel(row, theme.call, px(14)))
        elif index % 2 == 0:
            sheet.add(Panel(row, theme.panel_high, px(14)))
        recent_row(sheet, row.inset(px(24), 0), call, is_on)


def recent_row(sheet: Sheet, box: Box, call: Call, is_on: bool) -> None:
    """One call; open ones in colour, those already at the counter subdued."""
    theme = sheet.theme
    ink = theme.on_call if is_on else theme.text if call.is_open else theme.soft
    number_ink = theme.on_call if is_on else theme.call if call.is_open else theme.soft
    number, rest = box.take_left(round(box.width * 0.46))
    arrow, name = rest.take_left(sheet.px(44), sheet.px(8))
    sheet.write(call.number, number, 64, number_ink, Weight.BOLD, smallest=34)
    sheet.add(Icon("arrow", arrow.inset(0, sheet.px(8)), theme.on_call if is_on else theme.soft))
    sheet.write(_short(_name(call, sheet.first)), name, 58, ink, Weight.MEDIUM, Align.RIGHT, 34)


def missed(sheet: Sheet, box: Box) -> None:
    """Missed numbers, as text only (N5)."""
    px, theme = sheet.px, sheet.theme
    sheet.add(Panel(box, theme.panel, px(20)))
    inner = box.inset(px(32), 0)
    title, inner = inner.take_left(px(250), px(16))
    sheet.caption(title, "info", "Missed", theme.warn)
    if not sheet.board.missed:
        sheet.write(sheet.say("None"), inner, 40, theme.soft)
        return
    advice, inner = inner.take_right(px(520), px(16))
    shown = sheet.board.missed[:MISSED_SHOWN]
    for cell, number in zip(inner.columns(MISSED_SHOWN, px(10)), shown, strict=False):
        sheet.write(number, cell, 46, theme.text, Weight.MEDIUM, Align.CENTRE, 24)
    upper, lower = advice.take_top(round(box.height * 0.6)) if sheet.second else (advice, None)
    sheet.write(sheet.say("Please see the lobby manager"), upper, 38, theme.soft, align=Align.RIGHT)
    if lower:
        sheet.write(sheet.say_small("Please see the lobby manager"), lower, 24, theme.soft, align=Align.RIGHT)


def _name(call: Call, language: str) -> str:
    return call.counter_name.read(language) or "—"


def _short(name: str) -> str:
    """A counter's name without what stands in brackets after it: who was called knows the number to look for."""
    return re.split(r"\s*[（(]", name, maxsplit=1)[0] or name
