"""The number itself: being asked for, on paper, or large on the screen when the paper failed (P4)."""

from __future__ import annotations

from display.screen.shapes import Align, Box, Icon, Panel, Qr, Valign, Weight
from display.screen.theme import DAY
from kiosk.frame import LEAST_TARGET, THEME, Pen, draw_frame, text_width
from kiosk.happenings import GoHome
from kiosk.scene import Page, Scene, wait_words
from kiosk.screens import Issuing, Ticket
from queue_server.wire.kiosk import TicketFaceData


def draw_issuing(scene: Scene, issuing: Issuing) -> Page:
    """Wait a moment; when it takes longer, say so (K8)."""
    _ = scene.say
    pen = Pen(scene)
    body = draw_frame(pen)
    inner = pen.card(body.take_top(scene.px(900 if scene.is_portrait else 600))[0])
    badge, inner = inner.take_top(scene.px(300 if scene.is_portrait else 220), scene.px(48))
    pen.badge(badge, "ticket")
    head, inner = inner.take_top(scene.px(110))
    pen.text(_("Taking your number …"), head, 68, THEME.text, Weight.BOLD, Align.CENTRE)
    if issuing.is_slow:
        words = _(
            "The connection is slow. We keep trying; please do not leave yet. The lobby manager can help you too."
        )
        pen.prose(words, inner, 42, THEME.warn, align=Align.CENTRE)
    else:
        pen.prose(_("Please wait a moment"), inner, 42, THEME.soft, align=Align.CENTRE)
    return pen.page()


def draw_ticket(scene: Scene, ticket: Ticket) -> Page:
    """The committed number and what became of its slip."""
    pen = Pen(scene)
    body = draw_frame(pen)
    bar, body = body.take_bottom(max(LEAST_TARGET, scene.px(150 if scene.is_portrait else 128)), scene.px(28))
    if ticket.outcome in ("failed", "unknown"):
        _draw_unprinted(pen, body, ticket)
    else:
        _draw_printed(pen, body, ticket)
    if ticket.outcome != "printing":
        words = scene.say("Done") if ticket.outcome == "printed" else scene.say("I have noted my number")
        # On the right: where a finger that still hammers on the bar of the page before finds it last.
        wide = scene.px(420 if ticket.outcome == "printed" else 620)
        pen.button(Box(bar.right - wide, bar.y, wide, bar.height), words, GoHome(), "plain", 46, "check")
    return pen.page()


def _draw_printed(pen: Pen, body: Box, ticket: Ticket) -> None:
    scene = pen.scene
    _ = scene.say
    is_out = ticket.outcome == "printed"
    head, body = body.take_top(scene.px(120 if scene.is_portrait else 84))
    words = _("Please take your slip below") if is_out else _("Printing your slip …")
    side = scene.px(64)
    wide = min(head.width, side + scene.px(20) + text_width(words, scene.px(58)))
    icon, line = Box(head.x + (head.width - wide) // 2, head.y, wide, head.height).take_left(
        side, scene.px(20)
    )
    pen.add(Icon("check" if is_out else "printer", icon, THEME.good if is_out else THEME.accent))
    rest = Box(line.x, line.y, head.right - line.x, line.height)
    pen.text(words, rest, 58, THEME.good if is_out else THEME.accent, Weight.BOLD)
    inner = pen.card(body)
    face = ticket.order.face
    if scene.is_portrait:
        number, inner = inner.take_top(scene.px(480))
        _draw_number(pen, number, face, 280)
    else:
        number, inner = inner.take_left(inner.width // 2, scene.px(36))
        _draw_number(pen, number, face, 210)
    _draw_facts(pen, inner, face)


def _draw_unprinted(pen: Pen, body: Box, ticket: Ticket) -> None:
    """As large as the screen allows, with the QR code: it is the only ticket this customer has."""
    scene = pen.scene
    _ = scene.say
    face = ticket.order.face
    head, body = body.take_top(scene.px(150 if scene.is_portrait else 104), scene.px(24))
    pen.add(Panel(head, THEME.bad, scene.px(24)))
    icon, line = head.inset(scene.px(36), scene.px(12)).take_left(scene.px(72), scene.px(28))
    pen.add(Icon("warning", icon, THEME.on_bad))
    if ticket.outcome == "failed":
        words = _("Printer out of order: please write down or photograph your number")
    else:
        words = _("No slip? Please write down or photograph your number")
    pen.prose(words, line, 46, THEME.on_bad, Weight.BOLD, valign=Valign.MIDDLE)
    inner = pen.card(body)
    if scene.is_portrait:
        number, inner = inner.take_top(scene.px(440))
        _draw_number(pen, number, face, 340)
        code, inner = inner.take_top(min(scene.px(430), inner.height // 2), scene.px(16))
        _draw_code(pen, code)
    else:
        number, inner = inner.take_left(inner.width * 11 // 20, scene.px(36))
        _draw_number(pen, number, face, 250)
        code, inner = inner.take_top(min(scene.px(330), inner.height * 3 // 5), scene.px(12))
        _draw_code(pen, code)
    _draw_facts(pen, inner, face, is_short=True)


def _draw_number(pen: Pen, box: Box, face: TicketFaceData, size: int) -> None:
    scene = pen.scene
    _ = scene.say
    label, box = box.take_top(scene.px(60))
    pen.text(_("Your number"), label, 40, THEME.soft, align=Align.CENTRE)
    mark: Box | None = None
    if face.customer_class == "priority":
        mark, box = box.take_bottom(scene.px(72))
    pen.text(face.number, box, size, THEME.accent, Weight.BOLD, Align.CENTRE)
    if mark is not None:
        wide = scene.px(300)
        pill = Box(mark.x + (mark.width - wide) // 2, mark.y, wide, mark.height)
        pen.add(Panel(pill, THEME.panel_high, pill.height // 2))
        pen.text(_("Priority care"), pill, 36, THEME.accent, Weight.MEDIUM, Align.CENTRE)


def _draw_code(pen: Pen, box: Box) -> None:
    scene = pen.scene
    if scene.code is None:
        return
    square, words = box.take_top(box.height - scene.px(56))
    pen.add(Qr(scene.code, square, dark=DAY.text, light=DAY.panel))
    pen.text(scene.say("Scan to see your place in the queue"), words, 34, THEME.soft, align=Align.CENTRE)


def _draw_facts(pen: Pen, box: Box, face: TicketFaceData, is_short: bool = False) -> None:
    """Service, people ahead, expected wait, and the branch's own words about missed numbers (K4)."""
    scene = pen.scene
    _ = scene.say
    ahead = _("{count} ahead of you").format(count=face.ahead) if face.ahead else _("You are next")
    rule = scene.read(face.missed_rule)
    tall = scene.px(84 if not is_short else 64)
    size = 50 if not is_short else 40
    lines = [
        (scene.read(face.service), size, THEME.text, Weight.BOLD),
        (f"{ahead} · {wait_words(face.wait, _)}", size - 4, THEME.text, Weight.MEDIUM),
    ]
    space = max(0, box.height - tall * len(lines) - (0 if is_short else scene.px(150))) // 2
    box = box.take_top(space if not is_short else 0)[1]
    for words, points, colour, weight in lines:
        line, box = box.take_top(tall)
        pen.text(words, line, points, colour, weight, Align.CENTRE)
    pen.prose(rule, box.inset(0, scene.px(10)), 36 if not is_short else 30, THEME.soft, align=Align.CENTRE)
