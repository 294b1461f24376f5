"""`/api/v1/tickets`, `/diversions` and `/waiting`: numbers from their issue to their story (K2, K3, N2, C4, C7, T6)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Role
from queue_server.domain.branch import CustomerClass
from queue_server.errors import UnknownTicket
from queue_server.views.hall import everybody_waiting
from queue_server.views.kiosk import issue_order
from queue_server.web import documents as doc
from queue_server.web.answers import StoryAnswer, StoryLine, TicketAnswer, WaitingAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.identity import STAFF, actor, readable_by
from queue_server.web.problems import language
from queue_server.web.requests import (
    Asked,
    CorrectionAsked,
    LanguageQuery,
    ReissueAsked,
    ReprintAsked,
    TicketPath,
    TransactionPath,
    WithReason,
)
from queue_server.web.ticket_answer import ticket_answer
from queue_server.wire.kiosk import DiversionRequest, TicketIssuedAnswer, TicketRequest

LINK_BYTES = 12
"""96 bits: nobody finds a ticket page by trying."""


def tickets_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "tickets",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[doc.TICKETS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )
    _issuing(api, door)
    _changing(api, door)
    _reading(api, door)
    return api


def _issuing(api: APIBlueprint, door: Door) -> None:
    @api.post("/tickets", responses=_ISSUED)
    def issue(body: TicketRequest) -> Response:
        """A number for a service: a kiosk gets the slip to print with it.  A repeat gets the same ticket."""
        who = actor()
        command = c.IssueTicket(
            service=body.service,
            link=secrets.token_urlsafe(LINK_BYTES),
            customer_class=CustomerClass(body.customer_class),
            customer=body.customer,
            language=body.language,
            kiosk=who.id if who.role is Role.KIOSK else None,
        )
        outcome = door.dispatch(command, body.command_id, who)
        issued = next(event for event in outcome.events if isinstance(event, e.TicketIssued))
        scene = door.scene()
        order = issue_order(scene.branch, scene.offer, issued)
        return shaped(TicketIssuedAnswer(position=outcome.position, order=order), status=201)

    @api.post("/diversions", responses=doc.COMMAND)
    def divert(body: DiversionRequest) -> Response:
        """The customer took the self-service device instead; no number is taken (K2)."""
        return door.ask(c.DivertCustomer(body.service, body.device), body.command_id)

    @api.post("/tickets/<string:number>/reissue", responses=doc.COMMAND)
    def reissue(path: TicketPath, body: ReissueAsked) -> Response:
        """A new number, marked 过号重排, for a missed one whose rule says so (N2)."""
        link = secrets.token_urlsafe(LINK_BYTES)
        return door.ask(c.ReissueTicket(path.number, link, body.kiosk), body.command_id)

    @api.post("/tickets/<string:number>/reprint", responses=doc.COMMAND)
    def reprint(path: TicketPath, body: ReprintAsked) -> Response:
        """Another slip, with the mark 补打 (P4)."""
        return door.ask(c.RequestReprint(path.number, body.kiosk), body.command_id)


def _changing(api: APIBlueprint, door: Door) -> None:
    @api.post("/tickets/<string:number>/resume", responses=doc.COMMAND)
    def resume(path: TicketPath, body: Asked) -> Response:
        """A held customer is ready again: first at the holding counter (C4)."""
        return door.ask(c.ResumeTicket(path.number), body.command_id)

    @api.post("/tickets/<string:number>/reinstate", responses=doc.COMMAND)
    def reinstate(path: TicketPath, body: Asked) -> Response:
        """A missed customer is here after all: to the head (N2)."""
        return door.ask(c.ReinstateTicket(path.number), body.command_id)

    @api.post("/tickets/<string:number>/undo-no-show", responses=doc.COMMAND)
    def undo_no_show(path: TicketPath, body: WithReason) -> Response:
        """The no-show was marked by mistake (C7)."""
        return door.ask(c.UndoNoShow(path.number, body.reason), body.command_id)

    @api.post("/tickets/<string:number>/move", responses=doc.COMMAND)
    def move(path: TicketPath, body: WithReason) -> Response:
        """To the head, with a reason; it is a queue jump (J1)."""
        return door.ask(c.MoveTicket(path.number, body.reason), body.command_id)

    @api.post("/tickets/<string:number>/cancel", responses=doc.COMMAND)
    def cancel(path: TicketPath, body: WithReason) -> Response:
        """The customer gives the number back."""
        return door.ask(c.CancelTicket(path.number, body.reason), body.command_id)

    @api.post("/tickets/<string:number>/walked-out", responses=doc.COMMAND)
    def walked_out(path: TicketPath, body: Asked) -> Response:
        """The customer left without ever having been called (I1)."""
        return door.ask(c.MarkWalkedOut(path.number), body.command_id)

    @api.post("/tickets/<string:number>/transactions/<int:index>/correct", responses=doc.COMMAND)
    def correct(path: TransactionPath, body: CorrectionAsked) -> Response:
        """What a transaction was; its times stand (T6)."""
        command = c.CorrectTransaction(path.number, path.index, body.service, body.amount_band, body.reason)
        return door.ask(command, body.command_id)


def _reading(api: APIBlueprint, door: Door) -> None:
    @api.get("/tickets/<string:number>", responses={"200": TicketAnswer})
    @readable_by(STAFF, "read tickets")
    def ticket(path: TicketPath) -> Response:
        """One ticket of today in full."""
        scene = door.scene()
        found = scene.day.tickets.get(path.number)
        if found is None:
            raise UnknownTicket(number=path.number)
        return shaped(ticket_answer(scene, found))

    @api.get("/tickets/<string:number>/story", responses={"200": StoryAnswer})
    @readable_by(STAFF, "read tickets")
    def story(path: TicketPath, query: LanguageQuery) -> Response:
        """One ticket's life in words (B1)."""
        if path.number not in door.service.day.tickets:
            raise UnknownTicket(number=path.number)
        lines = [
            StoryLine(at=at, text=told) for at, told in door.story(path.number, query.lang or language())
        ]
        return shaped(StoryAnswer(lines=lines))

    @api.get("/waiting", responses={"200": WaitingAnswer})
    @readable_by(STAFF, "read the queue")
    def waiting() -> Response:
        """Everybody who waits."""
        return shaped(WaitingAnswer(everybody_waiting(door.scene())))


_ISSUED: Any = {"201": TicketIssuedAnswer, **doc.CONFLICT}
