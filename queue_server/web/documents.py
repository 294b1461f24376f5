"""What the API's documents say about every route: the error shape, the token, the tags."""

from __future__ import annotations

from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag

from queue_server.web.answers import CommandAnswer
from queue_server.wire.shapes import ErrorShape

INFO = Info(
    title="Jiaohao 叫号",
    version="1",
    description=(
        "Queue server of one branch. Every command carries the client's own `command_id`: the same id acts once "
        "and gets the same answer. Every error has one shape: `ErrorShape`; `code` is for programs and never changes, "
        "`message` is for people, Chinese by default, English with `Accept-Language: en` or `?lang=en`."
    ),
)

SECURITY_SCHEMES: Any = {"token": {"type": "http", "scheme": "bearer"}}
WITH_TOKEN: list[dict[str, list[str]]] = [{"token": []}]

REFUSALS: Any = {
    "400": ErrorShape,
    "413": ErrorShape,
    "422": ErrorShape,
    "500": ErrorShape,
    "503": ErrorShape,
}
IDENTIFIED: Any = {**REFUSALS, "401": ErrorShape, "403": ErrorShape, "404": ErrorShape}
COMMAND: Any = {"200": CommandAnswer, "409": ErrorShape}

TICKETS = Tag(name="tickets", description="Numbers: issued, moved, missed and come back, cancelled")
COUNTERS = Tag(name="counters", description="Everything a teller's keys do")
PRINTS = Tag(name="prints", description="What became of slips")
DEVICES = Tag(name="devices", description="The state of devices")
INCIDENTS = Tag(name="incidents", description="Potential complaints")
NOTICES = Tag(name="notices", description="Lines on the lobby displays")
REPORTS = Tag(name="reports", description="The day's figures and its end")
BRANCH = Tag(name="branch", description="Who am I, and what is this branch")
PUBLIC = Tag(name="public", description="The customer's own ticket; the link is the token")
HEALTH = Tag(name="health", description="Alive? Writable?")
