"""Pages that only tell something: refusals, the self-service device, closed, out of service (K2, K7, K8)."""

from __future__ import annotations

from display.screen.shapes import Align, Box, Colour, Valign, Weight
from kiosk.frame import LEAST_TARGET, THEME, Pen, draw_frame
from kiosk.happenings import GoHome
from kiosk.refusals import in_words
from kiosk.scene import Page, Scene
from kiosk.screens import Diverted, Refused


def draw_refused(scene: Scene, refused: Refused) -> Page:
    """Why there is no number, and what to do."""
    words = in_words(refused.code, refused.details, scene.say)
    service = scene.kiosk.service(refused.service)
    title = f"{scene.read(service.name)}" if service is not None else ""
    return _notice(
        scene, "info", words.title, words.advice, over=title, button=scene.say("Back to the start")
    )


def draw_diverted(scene: Scene, diverted: Diverted) -> Page:
    """Where the self-service device is; no number was taken."""
    _ = scene.say
    service = scene.kiosk.service(diverted.service)
    if service is None or service.diversion is None:
        return _notice(scene, "atm", _("Please use the self-service device"), "", button=_("Done"))
    title = _("Please go to: {device}").format(device=scene.read(service.diversion.name))
    advice = scene.read(service.diversion.advice)
    small = _("You need no number. If you would rather go to a counter, take one at any time.")
    return _notice(scene, "atm", title, advice, small=small, over=scene.read(service.name), button=_("Done"))


def draw_unconfirmed(scene: Scene) -> Page:
    """Nobody knows whether a number was issued; nothing was printed."""
    _ = scene.say
    return _notice(
        scene,
        "warning",
        _("We could not confirm your number"),
        _("Nothing was printed. Please go to the lobby manager, who will give you a number."),
        colour=THEME.warn,
        button=_("Back to the start"),
    )


def draw_unreachable(scene: Scene) -> Page:
    """Out of service, who helps, and that the kiosk goes on trying (K8)."""
    _ = scene.say
    return _notice(
        scene,
        "offline",
        _("No numbers at this machine just now"),
        _("Please go to the lobby manager, who will give you a number."),
        small=_("Reconnecting by itself …"),
        colour=THEME.warn,
    )


def draw_closed(scene: Scene) -> Page:
    """No service issues numbers now; when each one does (K7)."""
    _ = scene.say
    pen = Pen(scene)
    body = draw_frame(pen)
    body = body.take_top(body.height // (10 if scene.is_portrait else 40))[1]
    top, body = body.take_top(scene.px(460 if scene.is_portrait else 290), scene.px(28))
    badge, top = top.take_top(scene.px(220 if scene.is_portrait else 130), scene.px(28))
    pen.badge(badge, "clock", is_quiet=True)
    head, top = top.take_top(scene.px(96 if scene.is_portrait else 72))
    pen.text(_("No numbers are issued now"), head, 64, THEME.text, Weight.BOLD, Align.CENTRE)
    pen.text(_("For anything urgent please ask the lobby manager"), top, 38, THEME.soft, align=Align.CENTRE)
    # Services with the same hours share a line.
    names: dict[str, list[str]] = {}
    for _group, service in scene.kiosk.services():
        if service.closed is not None:
            names.setdefault(scene.read(service.closed), []).append(scene.read(service.name))
    tall = scene.px(200 if scene.is_portrait else 130)
    shown = list(names.items())[: max(1, (body.height - scene.px(56)) // tall)]
    if not shown:
        return pen.page()
    lines = pen.card(body.take_top(scene.px(56) + len(shown) * tall)[0]).rows(len(shown))
    between = "、" if scene.kiosk.language == "zh" else ", "
    for (closed, services), line in zip(shown, lines, strict=True):
        left, right = line.take_left(line.width * 2 // 5, scene.px(32))
        pen.prose(
            closed, left, 40 if scene.is_portrait else 36, THEME.warn, Weight.MEDIUM, valign=Valign.MIDDLE
        )
        pen.prose(between.join(services), right, 36 if scene.is_portrait else 32, valign=Valign.MIDDLE)
    return pen.page()


def _notice(
    scene: Scene,
    icon: str,
    title: str,
    advice: str,
    small: str = "",
    over: str = "",
    colour: Colour = THEME.text,
    button: str | None = None,
) -> Page:
    """One card in the middle: an icon, a sentence, what to do."""
    pen = Pen(scene)
    body = draw_frame(pen)
    if button is not None:
        bar, body = body.take_bottom(
            max(LEAST_TARGET, scene.px(150 if scene.is_portrait else 128)), scene.px(28)
        )
        wide = scene.px(520)
        pen.button(
            Box(bar.x + (bar.width - wide) // 2, bar.y, wide, bar.height), button, GoHome(), "plain", 46
        )
    inner = pen.card(body)
    inner = inner.take_top(inner.height // (10 if scene.is_portrait else 20))[1]
    badge, inner = inner.take_top(
        scene.px(280 if scene.is_portrait else 160), scene.px(40 if scene.is_portrait else 16)
    )
    pen.badge(badge, icon)
    if over:
        line, inner = inner.take_top(scene.px(72 if scene.is_portrait else 60))
        pen.text(over, line, 42, THEME.soft, Weight.MEDIUM, Align.CENTRE)
    head, inner = inner.take_top(scene.px(190 if scene.is_portrait else 104), scene.px(12))
    pen.prose(title, head, 64 if scene.is_portrait else 54, colour, Weight.BOLD, Align.CENTRE, Valign.MIDDLE)
    if small:
        foot, inner = inner.take_bottom(scene.px(120 if scene.is_portrait else 84))
        pen.prose(
            small, foot, 36 if scene.is_portrait else 32, THEME.soft, align=Align.CENTRE, valign=Valign.MIDDLE
        )
    pen.prose(advice, inner, 52 if scene.is_portrait else 44, THEME.text, Weight.MEDIUM, Align.CENTRE)
    return pen.page()
