"""The strip at the foot of the lobby display: apologies, notices, a lost connection; and the complaint hotline.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from display.board import Board, Connection
from display.panels import PAGE_S
from display.screen.shapes import Align, Box, Icon, Panel, Paragraph, Valign, Weight
from display.sheet import Sheet, ems

SHORT_NOTICE_EMS = 28


def footer(sheet: Sheet, box: Box) -> None:
    """Notices, or that the network is down; and whom to call with a complaint."""
    px, theme, branch = sheet.px, sheet.theme, sheet.board.branch
    hotline, strip = box.take_right(px(560), px(16))
    if branch is not None:
        sheet.add(Panel(hotline, theme.panel, px(20)))
        inner = hotline.inset(px(26), px(8))
        icon, inner = inner.take_left(px(48), px(16))
        sheet.add(Icon("phone", icon, theme.accent))
        words, number = inner.take_left(round(inner.width * 0.46), px(10))
        upper, lower = words.take_top(round(words.height * 0.6)) if sheet.second else (words, None)
        sheet.write(sheet.say("Complaint hotline"), upper, 36, theme.soft)
        if lower:
            sheet.write(sheet.say_small("Complaint hotline"), lower, 24, theme.soft)
        sheet.write(branch.hotline, number, 56, theme.text, Weight.BOLD, Align.RIGHT, 28)
    if sheet.board.connection is not Connection.LIVE:
        is_refused = sheet.board.connection is Connection.REFUSED
        english = (
            "This display is not enrolled"
            if is_refused
            else "Network interrupted: what is shown may be out of date. Please listen to the staff."
        )
        band(sheet, strip, "offline", theme.bad, theme.on_bad, sheet.say(english), sheet.say_small(english))
        return
    pages = notice_pages(sheet.board)
    if not pages:
        english = "Please watch the screen and listen for your number"
        band(sheet, strip, "info", theme.panel, theme.soft, sheet.say(english), sheet.say_small(english))
        return
    page = pages[int(sheet.now // PAGE_S) % len(pages)]
    if page.is_apology:
        apology(sheet, strip, page)
    else:
        band(sheet, strip, "info", theme.panel, theme.text, page.words, page.small)


@dataclass(frozen=True, slots=True)
class Page:
    """A notice, or half of a long one, as it stands on the board for a while."""

    words: str
    small: str
    is_apology: bool


def notice_pages(board: Board) -> list[Page]:
    """Apologies first.  A short notice has its translation under it; a long one has a page for each language.

    An apology has both languages on one page however long it is: it stands there as long as the fault does, and what
    stands for an hour must not change under the eye.
    """
    languages = board.branch.languages if board.branch and board.branch.languages else ("zh", "en")
    pages = []
    for notice in sorted(board.notices, key=lambda notice: not notice.is_apology):
        texts = list(dict.fromkeys(filter(None, (notice.text.read(language) for language in languages))))
        if notice.is_apology:
            pages.append(Page(texts[0] if texts else "", texts[1] if len(texts) > 1 else "", True))
        elif len(texts) == 2 and ems(texts[0]) <= SHORT_NOTICE_EMS and ems(texts[1]) <= 2 * SHORT_NOTICE_EMS:
            pages.append(Page(texts[0], texts[1], False))
        else:
            pages += [Page(text, "", False) for text in texts]
    return pages


def apology(sheet: Sheet, box: Box, page: Page) -> None:
    """As large as the strip allows, on the colour of a warning: it says what to do instead, also from far away (H2).

    Thirty ideographs are 40 pixels high here; the places are the same whatever is said.
    """
    px, theme = sheet.px, sheet.theme
    sheet.add(Panel(box, theme.warn, px(20)))
    inner = box.inset(px(18), px(6))
    icon, inner = inner.take_left(px(52), px(14))
    sheet.add(Icon("warning", icon, theme.on_call))
    upper, lower = inner.take_top(round(inner.height * 0.62)) if sheet.second else (inner, None)
    sheet.write(page.words, upper, 44, theme.on_call, Weight.BOLD, smallest=26)
    if lower:
        sheet.write(page.small, lower, 27, theme.on_call, Weight.MEDIUM, smallest=18)


def band(
    sheet: Sheet,
    box: Box,
    icon_name: str,
    ground: tuple[int, int, int],
    ink: tuple[int, int, int],
    words: str,
    small: str,
) -> None:
    """One notice over the width of the strip."""
    px = sheet.px
    sheet.add(Panel(box, ground, px(20)))
    inner = box.inset(px(28), px(8))
    icon, inner = inner.take_left(px(46), px(20))
    sheet.add(Icon(icon_name, icon, ink))
    if not small:
        sheet.add(
            Paragraph(
                words, inner, px(41), ink, Weight.MEDIUM, valign=Valign.MIDDLE, leading=1.15, min_size=px(22)
            )
        )
        return
    upper, lower = inner.take_top(round(inner.height * 0.6))
    sheet.write(words, upper, 41, ink, Weight.MEDIUM, smallest=26)
    sheet.write(small, lower, 25, ink, smallest=16)
