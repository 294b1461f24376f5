"""`/api/v1/reports` and `/day`: the day's figures, and its end (B2, B4)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.web import documents as doc
from queue_server.web.answers import ReportAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.identity import SUPERVISORS, readable_by
from queue_server.web.requests import Asked, DayQuery


def reports_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "reports",
        __name__,
        url_prefix="/api/v1",
        abp_tags=[doc.REPORTS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.get("/reports/day", responses={"200": ReportAnswer})
    @readable_by(SUPERVISORS, "read reports")
    def day(query: DayQuery) -> Response:
        """The figures of one business day; today's when no date is given."""
        scene = door.scene()
        date = query.date or scene.now.astimezone(scene.branch.timezone).date()
        return shaped(ReportAnswer.model_validate(door.day_report(date)))

    @api.post("/day/close", responses=doc.COMMAND)
    def close_day(body: Asked) -> Response:
        """End the business day: open tickets expire with a reason, counters close."""
        return door.ask(c.CloseDay(), body.command_id)

    @api.post("/day/reopen", responses=doc.COMMAND)
    def reopen_day(body: Asked) -> Response:
        """Today was closed by mistake: numbers are issued again; those that expired stay expired."""
        return door.ask(c.ReopenDay(), body.command_id)

    return api
