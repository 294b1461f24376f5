"""The number itself: being asked for, on paper, or large on the screen when the paper failed (P4)."""

from __future__ import annotations

from display.screen.shapes import Align, Box, Icon, Line, Panel, Qr, Text, Valign, Weight
from kiosk.frame import LEAST_TARGET, THEME, Pen, draw_frame
from kiosk.happenings import GoHome
from kiosk.scene import Page, Scene, wait_words
from kiosk.screens import Issuing, Ticket
from queue_server.wire.kiosk import TicketFaceData


def draw_issuing(scene: Scene, issuing: Issuing) -> Page:
    """Wait a moment; when it takes longer, say so (K8)."""
    _ = scene.say
    pen = Pen(scene)
    inner = pen.card(draw_frame(pen))
    # The middle stays where it is when the words under it change.
    inner = inner.take_top(inner.height // 6 if scene.is_portrait else scene.px(40))[1]
    badge, inner = inner.take_top(scene.px(300 if scene.is_portrait else 220), scene.px(48))
    pen.badge(badge, "ticket")
    head, inner = inner.take_top(scene.px(110), scene.px(16))
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
    head, body = body.take_top(scene.px(130 if scene.is_portrait else 92))
    if ticket.outcome == "printed":
        pen.headline("check", _("Please take your slip below"), head, 58, THEME.good)
    else:
        pen.headline("printer", _("Printing your slip …"), head, 58, THEME.accent)
    inner = pen.card(body)
    face = ticket.order.face
    if scene.is_portrait:
        number, inner = inner.take_top(inner.height * 11 // 20)
        _draw_number(pen, number, face, 300)
        _draw_rule(pen, inner)
        _draw_facts(pen, inner.take_top(scene.px(40))[1], face, 56)
    else:
        number, inner = inner.take_left(inner.width // 2, scene.px(40))
        _draw_number(pen, number, face, 220)
        _draw_facts(pen, inner.take_top(inner.height // 5)[1], face, 46)


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
        code, inner = inner.take_bottom(inner.height * 2 // 5, scene.px(20))
        number, inner = inner.take_top(inner.height * 3 // 5, scene.px(12))
        _draw_number(pen, number, face, 340)
        _draw_facts(pen, inner, face, 44)
    else:
        code, inner = inner.take_right(inner.width * 4 // 10, scene.px(36))
        number, inner = inner.take_top(inner.height * 23 // 40, scene.px(8))
        _draw_number(pen, number, face, 260)
        _draw_facts(pen, inner, face, 34)
    _draw_code(pen, code)


def _draw_rule(pen: Pen, box: Box) -> None:
    pen.add(Line((box.x, box.y), (box.right, box.y), THEME.faint, 2))


def _draw_number(pen: Pen, box: Box, face: TicketFaceData, size: int) -> None:
    """The number, the largest thing on the page, with its label and its mark above."""
    scene = pen.scene
    _ = scene.say
    words, colour = _("Your number"), THEME.soft
    if face.customer_class != "ordinary":
        mark = _("Priority care") if face.customer_class == "priority" else "VIP"
        words, colour = f"{words} · {mark}", THEME.accent
    label = scene.px(60)
    tall = min(round(scene.px(size) * 0.9), box.height - label)
    top = box.y + (box.height - tall - label) // 2
    pen.text(words, Box(box.x, top, box.width, label), 40, colour, Weight.MEDIUM, Align.CENTRE)
    px = round(tall / 0.9)
    place = Box(box.x, top + label, box.width, tall)
    pen.add(Text(face.number, place, px, THEME.accent, Weight.BOLD, Align.CENTRE, min_size=px // 3))


def _draw_code(pen: Pen, box: Box) -> None:
    scene = pen.scene
    if scene.code is None:
        return
    words, square = box.take_bottom(scene.px(56))
    pen.add(Qr(scene.code, square, dark=THEME.text, light=THEME.panel))
    pen.text(scene.say("Scan to see your place in the queue"), words, 34, THEME.soft, align=Align.CENTRE)


def _draw_facts(pen: Pen, box: Box, face: TicketFaceData, size: int) -> None:
    """Service, people ahead, expected wait, and the branch's own words about missed numbers (K4)."""
    scene = pen.scene
    _ = scene.say
    tall = round(scene.px(size) * 1.6)
    line, box = box.take_top(tall)
    pen.text(scene.read(face.service), line, size, THEME.text, Weight.BOLD, Align.CENTRE)
    ahead = _("{count} ahead of you").format(count=face.ahead) if face.ahead else _("You are next")
    line, box = box.take_top(tall, scene.px(size // 4))
    pen.text(f"{ahead} · {wait_words(face.wait, _)}", line, size - 4, THEME.text, Weight.MEDIUM, Align.CENTRE)
    pen.prose(scene.read(face.missed_rule), box, max(30, size * 2 // 3), THEME.soft, align=Align.CENTRE)
