"""The start screen and the services of a group: at most two levels, large tiles (K1)."""

from __future__ import annotations

from display.screen.shapes import Box, Icon, Panel, Valign, Weight
from kiosk.frame import LEAST_TARGET, THEME, Pen, draw_frame, text_width
from kiosk.happenings import ChooseGroup, ChooseService, GoBack
from kiosk.scene import Page, Scene, queue_words
from queue_server.wire.kiosk import KioskService, ServiceGroup

# Words a branch's codes are made of, and the icon that goes with them; anything else is a form.
_ICONS = (
    (("personal", "retail", "private_customer"), "person"),
    (("corporate", "company", "business", "enterprise"), "briefcase"),
    (("vip", "wealth", "invest", "fund", "finance"), "chart"),
    (("cash", "deposit", "withdraw", "exchange_notes"), "cash"),
    (("foreign", "fx", "currency", "abroad"), "globe"),
    (("card", "loss"), "card"),
    (("password", "mobile", "internet", "ebank", "sign"), "key"),
    (("account", "open"), "form"),
    (("loan", "credit", "mortgage"), "paper"),
    (("transfer", "remit", "settle", "payment"), "arrow"),
    (("consult", "enquir", "inquir", "info", "other"), "info"),
)


def icon_for(code: str) -> str:
    """The icon for a group or service, guessed from its code: decoration, never the only sign."""
    return next((icon for words, icon in _ICONS if any(word in code for word in words)), "form")


def draw_start(scene: Scene) -> Page:
    """The groups; where there is one group only, its services."""
    offer = scene.kiosk.offer
    groups = offer.groups if offer else []
    _ = scene.say
    pen = Pen(scene)
    body = draw_frame(pen)
    if len(groups) == 1:
        _draw_services(pen, body, groups[0], _("Welcome. What would you like to do?"), None)
        return pen.page()
    body = _draw_title(
        pen, body, _("Welcome. What would you like to do?"), _("Touch a button to take a number")
    )
    columns = 1 if scene.is_portrait and len(groups) <= 5 else 2
    tall = scene.px(400 if scene.is_portrait else 340)
    for group, box in zip(groups, _tiles(scene, body, len(groups), columns, tall), strict=True):
        _draw_group(pen, box, group)
    return pen.page()


def draw_services(scene: Scene, code: str) -> Page:
    """The services of one group, with how many wait for each."""
    pen = Pen(scene)
    body = draw_frame(pen)
    group = scene.kiosk.group(code)
    if group is not None:
        _draw_services(pen, body, group, scene.read(group.name), scene.say("Please choose a service"))
    return pen.page()


def _draw_services(pen: Pen, body: Box, group: ServiceGroup, title: str, hint: str | None) -> None:
    scene = pen.scene
    if hint is not None:
        back, body = body.take_bottom(max(LEAST_TARGET, scene.px(136)), scene.px(28))
        pen.button(
            Box(back.x, back.y, scene.px(330), back.height), scene.say("Back"), GoBack(), "plain", 44, "back"
        )
    body = _draw_title(pen, body, title, hint)
    count = len(group.services)
    gap = scene.px(28)
    columns = 1 if scene.is_portrait and count <= 5 else 2
    # More columns only when the tiles would get too low to hit.
    while columns < count and (body.height + gap) // -(-count // columns) - gap < LEAST_TARGET:
        columns += 1
    tall = scene.px(230 if scene.is_portrait else 190)
    for service, box in zip(group.services, _tiles(scene, body, count, columns, tall), strict=True):
        _draw_service(pen, box, service)


def _draw_title(pen: Pen, body: Box, title: str, hint: str | None) -> Box:
    scene = pen.scene
    line, body = body.take_top(scene.px(96 if scene.is_portrait else 76))
    pen.text(title, line, 64 if scene.is_portrait else 54, THEME.text, Weight.BOLD)
    if hint is not None:
        line, body = body.take_top(scene.px(60 if scene.is_portrait else 48))
        pen.text(hint, line, 36 if scene.is_portrait else 32, THEME.soft)
    return body.take_top(scene.px(28 if scene.is_portrait else 16))[1]


def _tiles(scene: Scene, body: Box, count: int, columns: int, tall: int) -> list[Box]:
    """Equal tiles, no taller than `tall`, from the top: a short list does not stretch over the whole screen."""
    if count == 0:
        return []
    rows = -(-count // columns)
    gap = scene.px(28)
    height = min(body.height, rows * tall + (rows - 1) * gap)
    return Box(body.x, body.y, body.width, height).grid(columns, rows, gap)[:count]


def _draw_group(pen: Pen, box: Box, group: ServiceGroup) -> None:
    scene = pen.scene
    open_services = [service for service in group.services if service.closed is None]
    closed = next((service.closed for service in group.services if service.closed is not None), None)
    if open_services or closed is None:
        waiting = sum(service.waiting for service in open_services)
        words, is_closed = scene.say("{count} waiting").format(count=waiting), False
    else:
        words, is_closed = scene.read(closed), True
    inner = _draw_tile(pen, box, icon_for(group.group), is_closed)
    _draw_lines(pen, inner, scene.read(group.name), words, 68 if scene.is_portrait else 56, is_closed)
    pen.target(box, ChooseGroup(group.group))


def _draw_service(pen: Pen, box: Box, service: KioskService) -> None:
    scene = pen.scene
    if service.closed is None:
        words = queue_words(service, scene.say)
    else:
        words = scene.read(service.closed)
    is_closed = service.closed is not None
    inner = _draw_tile(pen, box, icon_for(service.service), is_closed)
    _draw_lines(pen, inner, scene.read(service.name), words, 52 if scene.is_portrait else 44, is_closed)
    pen.target(box, ChooseService(service.service))


def _draw_tile(pen: Pen, box: Box, icon: str, is_quiet: bool) -> Box:
    """The card of a tile, its icon and its arrow; returns the room between them."""
    scene = pen.scene
    pen.add(Panel(box, THEME.ground if is_quiet else THEME.panel, scene.px(28), THEME.faint, 2))
    inner = box.inset(scene.px(32), scene.px(12))
    side = min(inner.height, scene.px(150), box.width // 6)
    badge, inner = inner.take_left(side, scene.px(28))
    pen.badge(badge, icon, is_quiet)
    # A narrow tile needs its room for the words; it is a button without the arrow, too.
    if not is_quiet and box.width >= scene.px(700):
        arrow, inner = inner.take_right(scene.px(44), scene.px(12))
        pen.add(Icon("forward", arrow, THEME.accent))
    return inner


def _draw_lines(pen: Pen, box: Box, name: str, words: str, size: int, is_closed: bool) -> None:
    """A name, on two lines if it is long, and a line of facts under it."""
    scene = pen.scene
    px = scene.px(size)
    lines = 2 if text_width(name, px) > box.width and box.height > 3 * px else 1
    first, second = round(px * (1.25 if lines == 1 else 2.65)), round(px * 0.85)
    top = box.y + max(0, (box.height - first - second) // 2)
    upper = Box(box.x, top, box.width, min(first, box.height - second))
    lower = Box(box.x, upper.bottom, box.width, second)
    pen.prose(name, upper, size, THEME.soft if is_closed else THEME.text, Weight.BOLD, valign=Valign.MIDDLE)
    pen.text(words, lower, max(30, size * 5 // 8), THEME.warn if is_closed else THEME.soft)
