"""`/api/v1/prints` and `/devices`: what devices report about slips and about themselves (P2, H1)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.web import documents as doc
from queue_server.web.door import Door
from queue_server.wire.kiosk import DeviceReport, PrintReport


def prints_api(door: Door) -> APIBlueprint:
    """The blueprint of slips."""
    api = APIBlueprint(
        "prints",
        __name__,
        url_prefix="/api/v1/prints",
        abp_tags=[doc.PRINTS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.post("", responses=doc.COMMAND)
    def report(body: PrintReport) -> Response:
        """What became of one slip: printed, failed or unknown (P2)."""
        return door.ask(c.ReportPrint(body.job_id, body.state, body.cause, body.detail), body.command_id)

    return api


def devices_api(door: Door) -> APIBlueprint:
    """The blueprint of devices."""
    api = APIBlueprint(
        "devices",
        __name__,
        url_prefix="/api/v1/devices",
        abp_tags=[doc.DEVICES],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )

    @api.post("/state", responses=doc.COMMAND)
    def state(body: DeviceReport) -> Response:
        """A device's own word about itself, or about what hangs on it."""
        command = c.ReportDevice(body.device, body.kind, body.state, body.fault, body.detail)
        return door.ask(command, body.command_id)

    return api
