"""Which page belongs to which screen.  Pure: a scene in, shapes and touch targets out."""

from __future__ import annotations

from typing import assert_never

from kiosk.pages import choosing, needs, notice, ticket
from kiosk.scene import Page, Scene
from kiosk.screens import (
    Closed,
    Diverted,
    Issuing,
    Needs,
    Refused,
    Services,
    Start,
    Ticket,
    Unconfirmed,
    Unreachable,
)


def draw(scene: Scene) -> Page:
    """The page a customer sees."""
    match scene.kiosk.screen:
        case Start():
            return choosing.draw_start(scene)
        case Services(group):
            return choosing.draw_services(scene, group)
        case Needs() as screen:
            return needs.draw_needs(scene, screen)
        case Issuing() as screen:
            return ticket.draw_issuing(scene, screen)
        case Ticket() as screen:
            return ticket.draw_ticket(scene, screen)
        case Diverted() as screen:
            return notice.draw_diverted(scene, screen)
        case Refused() as screen:
            return notice.draw_refused(scene, screen)
        case Unconfirmed():
            return notice.draw_unconfirmed(scene)
        case Closed():
            return notice.draw_closed(scene)
        case Unreachable():
            return notice.draw_unreachable(scene)
        case _:
            assert_never(scene.kiosk.screen)
