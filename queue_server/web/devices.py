"""`/api/v1/prints` and `/devices`: what devices report about slips and about themselves, and how they stand (P2, H1)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.domain.actors import Actor, require_permission
from queue_server.domain.branch import Branch
from queue_server.errors import NotPermitted, UnknownDevice
from queue_server.views.devices import device_views
from queue_server.web import documents as doc
from queue_server.web.answers import DevicesAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.identity import STAFF, actor, readable_by
from queue_server.wire.devices import DeviceReport, HeardAnswer, HeardReport
from queue_server.wire.kiosk import PrintReport


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
        command = c.ReportDevice(
            body.device, body.kind, body.state, body.fault, body.detail, body.firmware, body.config
        )
        answer = door.ask(command, body.command_id)
        door.health.reported(body.device)
        return answer

    @api.post("/heard", responses={"200": HeardAnswer})
    def heard(body: HeardReport) -> Response:
        """Heartbeats: these devices answered just now.  Nothing is recorded; missing ones are, after 30 s (a line: 5 s)."""
        _require_speaker(door.service.branch, actor(), body.devices)
        return shaped(HeardAnswer(at=door.health.heard(body.devices)))

    @api.get("", responses={"200": DevicesAnswer})
    @readable_by(STAFF, "read devices")
    def devices() -> Response:
        """Every device of the branch: how it stands, what it runs and should run, what was last wrong with it."""
        return shaped(DevicesAnswer(device_views(door.scene(), door.health.last_heard)))

    return api


def _require_speaker(branch: Branch, who: Actor, devices: Iterable[str]) -> None:
    """Who may report the state of a device may say that it lives: itself, and what hangs on it."""
    for code in devices:
        device = branch.device_by_code.get(code)
        if device is None:
            raise UnknownDevice(device=code)
        require_permission(who, c.ReportDevice(code, device.kind, "online"))
        if who.id not in (device.code, device.part_of):
            raise NotPermitted(role=f"{who.role.value} {who.id}", command=f"ReportDevice({code})")
