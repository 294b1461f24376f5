"""`/api/v1/incidents`: today's potential complaints, and those that people report (I1, I2)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.domain.actors import Role
from queue_server.views.lobby import incident_view
from queue_server.web import documents as doc
from queue_server.web.answers import IncidentsAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.identity import WATCHERS, actor, readable_by
from queue_server.web.requests import IncidentAsked


def incidents_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "incidents",
        __name__,
        url_prefix="/api/v1/incidents",
        abp_tags=[doc.INCIDENTS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.get("", responses={"200": IncidentsAnswer})
    @readable_by(WATCHERS, "read incidents")
    def incidents() -> Response:
        """Today's incidents with their evidence, newest first; a technician is shown those of devices only."""
        scene = door.scene()
        shown = scene.day.incidents.values()
        if actor().role is Role.TECHNICIAN:
            shown = [one for one in shown if one.opened.kind == "device_fault"]
        newest = sorted(shown, key=lambda one: one.opened.at, reverse=True)
        return shaped(IncidentsAnswer([incident_view(scene, one) for one in newest]))

    @api.post("", responses=doc.COMMAND)
    def record(body: IncidentAsked) -> Response:
        """Something people saw and no machine can."""
        return door.ask(c.RecordIncident(body.kind, body.note, body.number, body.counter), body.command_id)

    return api
