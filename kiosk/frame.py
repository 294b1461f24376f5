"""What all pages share: the header, the footer, and the pen that draws buttons and cards.  Pure."""

from __future__ import annotations

import math
from typing import Literal

from display.screen.shapes import (
    Align,
    Box,
    Colour,
    Fill,
    Icon,
    Panel,
    Paragraph,
    Shape,
    Text,
    Valign,
    Weight,
)
from display.screen.theme import DAY
from kiosk.happenings import Choice, Language, SetLanguage
from kiosk.scene import Page, Scene, Target
from kiosk.screens import Issuing, Ticket
from kiosk.step import COUNTDOWN_S, leaves_s

THEME = DAY

# Nothing one has to hit is smaller than this, whatever the size of the screen (K1).
LEAST_TARGET = 120

Look = Literal["primary", "plain", "quiet"]

_LOOKS: dict[Look, tuple[Colour, Colour, Colour | None]] = {
    "primary": (THEME.accent, THEME.on_accent, None),
    "plain": (THEME.panel, THEME.accent, THEME.accent),
    "quiet": (THEME.panel, THEME.soft, THEME.faint),
}

_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}


class Pen:
    """Collects the shapes and targets of one page."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._shapes: list[Shape] = [Fill(Box(0, 0, *scene.size), THEME.ground, THEME.ground_low)]
        self._targets: list[Target] = []

    def page(self) -> Page:
        """What was drawn."""
        return Page(tuple(self._shapes), tuple(self._targets))

    def add(self, *shapes: Shape) -> None:
        """Draw shapes over what is there."""
        self._shapes += shapes

    def headline(
        self, icon: str, words: str, box: Box, size: int, colour: Colour, weight: Weight = Weight.BOLD
    ) -> None:
        """An icon and a line, side by side in the middle of the box."""
        side, gap = self.scene.px(size + 6), self.scene.px(20)
        wide = min(box.width, side + gap + text_width(words, self.scene.px(size)))
        place = Box(box.x + (box.width - wide) // 2, box.y, side, box.height)
        left = place.right + gap
        self.add(Icon(icon, place, colour))
        self.text(words, Box(left, box.y, box.right - left, box.height), size, colour, weight)

    def target(self, box: Box, choice: Choice) -> None:
        """Make a place to tap."""
        self._targets.append(Target(box, choice))

    def text(
        self,
        words: str,
        box: Box,
        size: int,
        colour: Colour = THEME.text,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
    ) -> None:
        """One line; `size` is a measure of the design.  It may shrink to two thirds before it is cut."""
        px = self.scene.px(size)
        self.add(Text(words, box, px, colour, weight, align, Valign.MIDDLE, min_size=px * 2 // 3))

    def prose(
        self,
        words: str,
        box: Box,
        size: int,
        colour: Colour = THEME.text,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
        valign: Valign = Valign.TOP,
        leading: float = 1.4,
    ) -> None:
        """Wrapped lines; they may shrink to 60 % before they are cut."""
        px = self.scene.px(size)
        self.add(Paragraph(words, box, px, colour, weight, align, valign, leading, min_size=px * 3 // 5))

    def card(self, box: Box, colour: Colour = THEME.panel, border: Colour = THEME.faint) -> Box:
        """A card; returns the room inside."""
        self.add(Panel(box, colour, self.scene.px(24), border, 2))
        return box.inset(self.scene.px(36), self.scene.px(28))

    def button(
        self,
        box: Box,
        words: str,
        choice: Choice | None,
        look: Look = "plain",
        size: int = 44,
        icon: str | None = None,
    ) -> None:
        """A button; without a choice it is drawn but cannot be tapped."""
        fill, ink, border = _LOOKS[look]
        self.add(Panel(box, fill, self.scene.px(24), border, 3))
        inner = box.inset(self.scene.px(24), self.scene.px(12))
        if icon is not None:
            self.headline(icon, words, inner, size, ink, Weight.MEDIUM)
        else:
            self.prose(words, inner, size, ink, Weight.MEDIUM, Align.CENTRE, Valign.MIDDLE, leading=1.2)
        if choice is not None:
            self.target(box, choice)

    def badge(self, box: Box, icon: str, is_quiet: bool = False) -> None:
        """An icon on a soft disc."""
        square = box.square()
        ground = THEME.ground_low if is_quiet else THEME.panel_high
        self.add(Panel(square, ground, square.width // 2))
        self.add(Icon(icon, square.inset(square.width // 4), THEME.soft if is_quiet else THEME.accent))


def text_width(words: str, size: int) -> int:
    """About how wide a line is, in the unit of `size`: good enough to put an icon beside it."""
    return math.ceil(sum(_ems(letter) for letter in words) * size)


def _ems(letter: str) -> float:
    if ord(letter) > 0x2000:
        return 1.0
    if letter in " .,:;'!ijl|":
        return 0.28
    return 0.66 if letter.isupper() or letter in "mw" else 0.55


def draw_frame(pen: Pen) -> Box:
    """Header and footer; returns the room between them."""
    scene = pen.scene
    whole = Box(0, 0, *scene.size)
    header, rest = whole.take_top(max(LEAST_TARGET + 16, scene.px(176 if scene.is_portrait else 140)))
    footer, body = rest.take_bottom(scene.px(96 if scene.is_portrait else 64))
    _draw_header(pen, header)
    _draw_footer(pen, footer)
    return body.inset(scene.px(56), scene.px(32 if scene.is_portrait else 20))


def _draw_header(pen: Pen, box: Box) -> None:
    scene = pen.scene
    pen.add(Fill(box, THEME.panel), Fill(Box(0, box.bottom - 2, box.width, 2), THEME.faint))
    inner = box.inset(scene.px(56), 0)
    language: Language = "en" if scene.kiosk.language == "zh" else "zh"
    height = max(LEAST_TARGET, scene.px(LEAST_TARGET))
    switch, inner = inner.take_right(scene.px(220), scene.px(28))
    switch = Box(switch.x, box.y + (box.height - height) // 2, switch.width, height)
    pen.button(switch, _NAMES[language], SetLanguage(language), "plain", 40)
    clock, inner = inner.take_right(scene.px(150), scene.px(20))
    pen.text(scene.clock, clock, 50, THEME.text, Weight.MEDIUM, Align.RIGHT)
    if scene.kiosk.offer is None:
        return
    branch = scene.kiosk.offer.branch
    mark, inner = inner.take_left(scene.px(92), scene.px(24))
    square = mark.square()
    pen.add(
        Panel(square, THEME.accent, scene.px(22)),
        Icon("building", square.inset(scene.px(18)), THEME.on_accent),
    )
    upper, lower = inner.inset(0, box.height // 5).rows(2)
    pen.text(scene.read(branch.bank), upper, 44, THEME.text, Weight.BOLD)
    pen.text(scene.read(branch.branch), lower, 32, THEME.soft)


def _draw_footer(pen: Pen, box: Box) -> None:
    scene = pen.scene
    _ = scene.say
    inner = box.inset(scene.px(56), 0)
    kiosk = scene.kiosk
    leaves_at_s = leaves_s(kiosk)
    left_s = None if leaves_at_s is None else math.ceil(leaves_at_s - scene.now_s)
    if left_s is not None and 0 < left_s <= COUNTDOWN_S:
        words = _("Back to the start in {seconds} s").format(seconds=left_s)
        pen.text(words, inner, 32, THEME.warn, Weight.MEDIUM, Align.CENTRE)
    elif kiosk.printer_fault is not None and not isinstance(kiosk.screen, Issuing | Ticket) and kiosk.offer:
        words = _("The ticket printer is out of order: your number will be shown on the screen")
        pen.text(words, inner, 30, THEME.warn, Weight.MEDIUM, Align.CENTRE)
    elif kiosk.offer is not None and kiosk.offer.branch.hotline:
        words = _("Complaints and suggestions: {hotline}").format(hotline=kiosk.offer.branch.hotline)
        pen.text(words, inner, 30, THEME.soft, align=Align.CENTRE)
