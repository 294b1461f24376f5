"""What a service needs, asks, and what could do it instead, before a number is taken (K2, K5, K7)."""

from __future__ import annotations

from display.screen.shapes import Align, Box, Icon, Panel, Valign, Weight
from kiosk.frame import LEAST_TARGET, THEME, Pen, draw_frame
from kiosk.happenings import AnswerQuestion, GoBack, SetPriority, TakeDiversion, TakeTicket
from kiosk.scene import Page, Scene, queue_words
from kiosk.screens import Needs
from queue_server.wire.kiosk import Diversion, KioskService, Question
from queue_server.wire.shapes import Text

# No more papers than a customer can read standing.
_MOST_PAPERS = 6


def draw_needs(scene: Scene, needs: Needs) -> Page:
    """The chosen service; the buttons at the bottom take the number."""
    pen = Pen(scene)
    body = draw_frame(pen)
    service = scene.kiosk.service(needs.service)
    if service is None:
        return pen.page()
    gap = scene.px(28 if scene.is_portrait else 22)
    bar, body = body.take_bottom(max(LEAST_TARGET, scene.px(176 if scene.is_portrait else 128)), gap)
    body = _draw_title(pen, body, service)
    if service.closed is not None:
        _draw_closed(pen, body, service.closed)
        pen.button(
            Box(bar.x, bar.y, scene.px(330), bar.height), scene.say("Back"), GoBack(), "plain", 44, "back"
        )
        return pen.page()
    if scene.is_portrait or not (service.question or service.papers):
        left = right = body
    else:
        left, right = body.columns(2, gap)
    rest = left
    if service.question is not None:
        rest = _draw_question(pen, rest, service.question, needs, gap)
    if service.papers:
        rest = _draw_papers(pen, rest, service.papers, gap)
    if left is right:
        right = rest
    right = _draw_priority(pen, right, needs.is_priority, gap)
    if service.diversion is not None:
        _draw_diversion(pen, right, service.diversion)
    _draw_bar(pen, bar, service.question, needs)
    return pen.page()


def _draw_title(pen: Pen, body: Box, service: KioskService) -> Box:
    """The service and its queue: two lines on a standing screen, one on a lying one, which has less height."""
    scene = pen.scene
    queue = queue_words(service, scene.say) if service.closed is None else ""
    if scene.is_portrait:
        line, body = body.take_top(scene.px(96))
        pen.text(scene.read(service.name), line, 64, THEME.text, Weight.BOLD)
        line, body = body.take_top(scene.px(60), scene.px(28))
        pen.text(queue, line, 38, THEME.soft)
        return body
    line, body = body.take_top(scene.px(76), scene.px(16))
    right, left = line.take_right(line.width * 2 // 5, scene.px(24))
    pen.text(scene.read(service.name), left, 54, THEME.text, Weight.BOLD)
    pen.text(queue, right, 34, THEME.soft, align=Align.RIGHT)
    return body


def _draw_closed(pen: Pen, body: Box, closed: Text) -> None:
    scene = pen.scene
    box, _rest = body.take_top(scene.px(420))
    inner = pen.card(box)
    icon, inner = inner.take_top(scene.px(130), scene.px(20))
    pen.badge(icon, "clock", is_quiet=True)
    pen.prose(scene.read(closed), inner, 48, THEME.warn, Weight.MEDIUM, Align.CENTRE, Valign.MIDDLE)


def _draw_question(pen: Pen, body: Box, question: Question, needs: Needs, gap: int) -> Box:
    scene = pen.scene
    is_no = needs.answer is False
    high = scene.px((330 if is_no else 220) if scene.is_portrait else (250 if is_no else 160))
    box, body = body.take_top(high, gap)
    pen.add(Panel(box, THEME.panel_high, scene.px(24), THEME.accent, 3))
    inner = box.inset(scene.px(36), scene.px(24))
    icon, inner = inner.take_left(scene.px(72), scene.px(28))
    pen.add(Icon("info", Box(icon.x, icon.y, icon.width, scene.px(72)), THEME.accent))
    if is_no:
        upper, lower = inner.take_top(inner.height * 2 // 5, scene.px(10))
        pen.prose(scene.read(question.text), upper, 38, THEME.soft, valign=Valign.MIDDLE)
        pen.prose(scene.read(question.advice), lower, 42, THEME.warn, Weight.MEDIUM)
    else:
        pen.prose(scene.read(question.text), inner, 50, THEME.text, Weight.BOLD, valign=Valign.MIDDLE)
    return body


def _draw_papers(pen: Pen, body: Box, papers: list[Text], gap: int) -> Box:
    scene = pen.scene
    shown = papers[:_MOST_PAPERS]
    row = scene.px(76 if scene.is_portrait else 58)
    box, body = body.take_top(scene.px(56 + 72) + row * len(shown), gap)
    inner = pen.card(box)
    head, inner = inner.take_top(scene.px(60), scene.px(12))
    icon, words = head.take_left(scene.px(48), scene.px(20))
    pen.add(Icon("paper", icon, THEME.accent))
    pen.text(scene.say("Please have ready"), words, 38, THEME.soft, Weight.MEDIUM)
    for paper, line in zip(shown, inner.rows(len(shown)), strict=True):
        tick, words = line.take_left(scene.px(48), scene.px(20))
        pen.add(Icon("check", tick.inset(scene.px(6)), THEME.good))
        size = 46 if scene.is_portrait else 40
        pen.prose(scene.read(paper), words, size, weight=Weight.MEDIUM, valign=Valign.MIDDLE, leading=1.1)
    return body


def _draw_priority(pen: Pen, body: Box, is_priority: bool, gap: int) -> Box:
    """One card to tap if it applies: whoever it does not concern has nothing to do (K5)."""
    scene = pen.scene
    _ = scene.say
    box, body = body.take_top(max(LEAST_TARGET, scene.px(176 if scene.is_portrait else 170)), gap)
    ground, edge = (THEME.panel_high, THEME.accent) if is_priority else (THEME.panel, THEME.faint)
    inner = pen.card(box, ground, edge)
    mark, inner = inner.take_right(scene.px(64), scene.px(24))
    square = mark.square()
    if is_priority:
        pen.add(
            Panel(square, THEME.accent, scene.px(14)),
            Icon("check", square.inset(scene.px(10)), THEME.on_accent),
        )
    else:
        pen.add(Panel(square, THEME.panel, scene.px(14), THEME.soft, 3))
    badge, inner = inner.take_left(scene.px(96 if scene.is_portrait else 72), scene.px(24))
    pen.badge(badge, "heart")
    upper, lower = inner.take_top(inner.height * (10 if scene.is_portrait else 8) // 20)
    pen.text(_("I need priority care"), upper, 46 if scene.is_portrait else 40, THEME.text, Weight.BOLD)
    pen.prose(
        _("Elderly · disabled · pregnant · servicemen"),
        lower,
        32,
        THEME.soft,
        valign=Valign.MIDDLE,
        leading=1.15,
    )
    pen.target(box, SetPriority(not is_priority))
    return body


def _draw_diversion(pen: Pen, body: Box, diversion: Diversion) -> None:
    scene = pen.scene
    _ = scene.say
    box, _rest = body.take_top(scene.px(380 if scene.is_portrait else 360))
    inner = pen.card(box)
    act, inner = inner.take_bottom(max(LEAST_TARGET, scene.px(124)), scene.px(16))
    side = scene.px(96 if scene.is_portrait else 72)
    badge, inner = inner.take_left(side, scene.px(24))
    pen.badge(Box(badge.x, badge.y, side, side), "atm")
    upper, lower = inner.take_top(scene.px(64 if scene.is_portrait else 56), scene.px(8))
    title = _("Also possible at: {device}").format(device=scene.read(diversion.name))
    pen.text(title, upper, 46 if scene.is_portrait else 40, THEME.text, Weight.BOLD)
    # On a small screen the device and the button say enough.
    if lower.height >= scene.px(34):
        pen.prose(scene.read(diversion.advice), lower, 34 if scene.is_portrait else 32, THEME.soft)
    pen.button(act, _("Use self-service, no number"), TakeDiversion(), "plain", 42)


def _draw_bar(pen: Pen, bar: Box, question: Question | None, needs: Needs) -> None:
    scene = pen.scene
    _ = scene.say
    gap = scene.px(28)
    back, rest = bar.take_left(scene.px(250 if scene.is_portrait else 280), gap)
    pen.button(back, _("Back"), GoBack(), "plain", 44, "back")
    if question is not None and needs.answer is None:
        no, yes = rest.columns(2, gap)
        pen.button(no, _("No"), AnswerQuestion(False), "plain", 56)
        pen.button(yes, _("Yes, take a number"), AnswerQuestion(True), "primary", 52)
    elif question is not None:
        pen.button(rest, _("Take a number all the same"), TakeTicket(), "primary", 56, "ticket")
    else:
        pen.button(rest, _("Take a number"), TakeTicket(), "primary", 64, "ticket")
