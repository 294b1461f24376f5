"""`/api/v1/pads` and `/api/v1/evaluators`: keys and scores, as the line they came over tells them (C1, C5, C6, C8, H4).

Only the line a device hangs on may speak for it.  What a key means by what the counter is doing is the domain's.
"""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import Device, Rating
from queue_server.errors import NotPermitted, UnknownDevice
from queue_server.web import documents as doc
from queue_server.web.door import Door, answered
from queue_server.web.identity import actor
from queue_server.web.requests import EvaluatorPath, PadPath
from queue_server.wire.pads import PressRequest, RateRequest


def pads_api(door: Door) -> APIBlueprint:
    """The blueprint of call pads."""
    api = _blueprint("pads")

    @api.post("/<string:pad>/press", responses=doc.KEY)
    def press(path: PadPath, body: PressRequest) -> Response:
        """A key of a call pad, with the digits typed before it."""
        who, device = _speaking(door, path.pad, "call_pad", "PressKey")
        command = c.PressKey(path.pad, _counter(device), body.key, body.argument)
        return answered(door.dispatch(command, body.command_id, who))

    return api


def evaluators_api(door: Door) -> APIBlueprint:
    """The blueprint of evaluators."""
    api = _blueprint("evaluators")

    @api.post("/<string:evaluator>/rate", responses=doc.KEY)
    def rate(path: EvaluatorPath, body: RateRequest) -> Response:
        """The customer's score of the visit that is being rated."""
        who, device = _speaking(door, path.evaluator, "evaluator", "RateVisit")
        command = c.RateVisit(_counter(device), path.evaluator, Rating(body.rating))
        return answered(door.dispatch(command, body.command_id, who))

    return api


def _blueprint(name: str) -> APIBlueprint:
    return APIBlueprint(
        name,
        __name__,
        url_prefix=f"/api/v1/{name}",
        abp_tags=[doc.PADS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )


def _speaking(door: Door, code: str, kind: str, command: str) -> tuple[Actor, Device]:
    """(the device as the one who acts, what it is), when the request's token is its line's.

    A role that is no line's is passed on as it is, for the domain's table to refuse.
    """
    who = actor()
    device = door.service.branch.device_by_code.get(code)
    if who.role is not Role.PAD_LINE:
        return who, device or Device(code, kind)
    if device is None or device.kind != kind:
        raise UnknownDevice(device=code)
    if device.part_of != who.id:
        raise NotPermitted(role=f"{who.role.value} {who.id}", command=f"{command}({code})")
    return Actor(device.code, Role.PAD_LINE, device.counter), device


def _counter(device: Device) -> str:
    return device.counter or ""
