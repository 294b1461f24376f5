"""What the API's documents say about every route: the error shape, the token, the tags."""

from __future__ import annotations

from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.schema import Schema
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from queue_server.web.answers import CommandAnswer
from queue_server.wire.pads import KeyAnswer
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


def _told_as(model: type[BaseModel], description: str) -> dict[str, Any]:
    """An answer by the name of its model.

    A model given itself is turned into a schema anew for each answer of each route: 0.3 s of every start.
    """
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


REFUSALS: Any = {
    "400": _told_as(ErrorShape, "Not JSON"),
    "413": _told_as(ErrorShape, "Too large"),
    "422": _told_as(ErrorShape, "A field is wrong, missing or unknown; its path is in the message"),
    "500": _told_as(ErrorShape, "Our mistake"),
    "503": _told_as(ErrorShape, "The world is broken: nothing was recorded"),
}
IDENTIFIED: Any = {
    **REFUSALS,
    "401": _told_as(ErrorShape, "No known token"),
    "403": _told_as(ErrorShape, "The role may not"),
    "404": _told_as(ErrorShape, "There is no such thing"),
}
PUBLIC_TICKET: Any = {**REFUSALS, "404": _told_as(ErrorShape, "There is no such ticket today")}
CONFLICT: Any = {"409": _told_as(ErrorShape, "The rules say no, and nothing has happened")}
COMMAND: Any = {"200": _told_as(CommandAnswer, "Done, or done before"), **CONFLICT}

KEY: Any = {"200": _told_as(KeyAnswer, "Done, or done before"), **CONFLICT}

NAMED_ONLY: tuple[type[BaseModel], ...] = (ErrorShape, CommandAnswer, KeyAnswer)
"""Models the answers name: the document must hold their schemas."""


def schemas_of(model: type[BaseModel]) -> dict[str, Schema]:
    """The schema of a model and of those inside it, by name."""
    whole = model.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    inner = whole.pop("$defs", {})
    return {name: Schema(**schema) for name, schema in {**inner, model.__name__: whole}.items()}


TICKETS = Tag(name="tickets", description="Numbers: issued, moved, missed and come back, cancelled")
COUNTERS = Tag(name="counters", description="Everything a teller's keys do")
PRINTS = Tag(name="prints", description="What became of slips")
DEVICES = Tag(name="devices", description="The state of devices")
PADS = Tag(name="pads", description="Keys of call pads and scores of evaluators, told by their line")
CONFIG = Tag(name="config", description="The branch file while it is served")
INCIDENTS = Tag(name="incidents", description="Potential complaints")
NOTICES = Tag(name="notices", description="Lines on the lobby displays")
REPORTS = Tag(name="reports", description="The day's figures and its end")
BRANCH = Tag(name="branch", description="Who am I, and what is this branch")
PUBLIC = Tag(name="public", description="The customer's own ticket; the link is the token")
HEALTH = Tag(name="health", description="Alive? Writable?")
