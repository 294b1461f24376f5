"""`/api/v1/notices`: lines on the lobby displays (D1, L3)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.web import documents as doc
from queue_server.web.door import Door
from queue_server.web.requests import Asked, NoticeAsked, NoticePath


def notices_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "notices",
        __name__,
        url_prefix="/api/v1/notices",
        abp_tags=[doc.NOTICES],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.post("", responses=doc.COMMAND)
    def post(body: NoticeAsked) -> Response:
        """Put a notice up."""
        return door.ask(c.PostNotice(body.zh, body.en), body.command_id)

    @api.post("/<string:notice_id>/withdraw", responses=doc.COMMAND)
    def withdraw(path: NoticePath, body: Asked) -> Response:
        """Take a notice down."""
        return door.ask(c.WithdrawNotice(path.notice_id), body.command_id)

    return api
