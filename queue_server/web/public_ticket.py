"""`/api/v1/public/tickets`: the customer's own ticket.  No token: the link is it, and it cannot be guessed (S3)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.domain.actors import Actor, Role
from queue_server.domain.day import Ticket
from queue_server.views.scene import Scene
from queue_server.views.ticket_page import UnknownLink, by_link, view
from queue_server.web import documents as doc
from queue_server.web.door import Door, answered, shaped
from queue_server.web.requests import Asked, LinkPath
from queue_server.wire.ticket_page import TicketPageView

REASON = "given_back_by_customer"


def public_ticket_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "public_ticket",
        __name__,
        url_prefix="/api/v1/public/tickets",
        abp_tags=[doc.PUBLIC],
        abp_responses=doc.PUBLIC_TICKET,
    )

    @api.get("/<string:link>", responses={"200": TicketPageView})
    def ticket(path: LinkPath) -> Response:
        """The ticket as its customer may see it."""
        scene = door.scene()
        return shaped(view(scene, _found(scene, path.link)))

    @api.post("/<string:link>/cancel", responses=doc.COMMAND)
    def cancel(path: LinkPath, body: Asked) -> Response:
        """The customer gives the number back."""
        ticket = _found(door.scene(), path.link)
        customer = Actor(f"customer:{ticket.number}", Role.CUSTOMER)
        return answered(door.dispatch(c.CancelTicket(ticket.number, REASON), body.command_id, customer))

    return api


def _found(scene: Scene, link: str) -> Ticket:
    ticket = by_link(scene, link)
    if ticket is None:
        raise UnknownLink()
    return ticket
