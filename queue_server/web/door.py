"""What the blueprints are given: the one door for commands, and the day to read.  Thin; no rule lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from flask import Response, jsonify
from pydantic import BaseModel

from queue_server.domain.actors import Actor
from queue_server.domain.commands import Command
from queue_server.domain.events import Event
from queue_server.journal import codec
from queue_server.reload import Loaded
from queue_server.service import BranchService, Outcome
from queue_server.views.language import Language
from queue_server.views.scene import Scene
from queue_server.web.identity import actor

Dispatch = Callable[[Command, str, Actor], Outcome]
Story = Callable[[str, Language], Sequence[tuple[Any, str]]]
DayReport = Callable[[date], dict[str, Any]]
Reload = Callable[[str, Actor, Language], Loaded]


class Health(Protocol):
    """Signs of life of devices."""

    def heard(self, devices: Iterable[str]) -> datetime:
        """Heartbeats came in; returns the branch's time."""
        ...

    def reported(self, device: str) -> None:
        """Somebody told of the device."""
        ...

    def last_heard(self, device: str) -> datetime | None:
        """The last sign of life since the start, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """`dispatch` is the service's, measured; `scene` makes the day as it is now; `story` and `day_report` read records.

    `health` knows the devices' signs of life; `reload` lets the branch file take effect that lies there now.
    """

    service: BranchService
    dispatch: Dispatch
    scene: Callable[[], Scene]
    story: Story
    day_report: DayReport
    health: Health
    reload: Reload

    def ask(self, command: Command, command_id: str) -> Response:
        """Dispatch for the actor of the running request, and answer with what happened."""
        return answered(self.dispatch(command, command_id, actor()))


def answered(outcome: Outcome) -> Response:
    """A command's outcome as JSON: `CommandAnswer`."""
    return jsonify(
        ok=True,
        position=outcome.position,
        is_repeat=outcome.is_repeat,
        events=events_json(outcome),
    )


def events_json(outcome: Outcome) -> list[dict[str, Any]]:
    """What happened, each event with its position."""
    return [event_json(event, outcome.first_position + offset) for offset, event in enumerate(outcome.events)]


_FORMS = {kind: codec.Form(kind) for kind in codec.EVENT_TYPES.values()}


def event_json(event: Event, position: int) -> dict[str, Any]:
    """One event with its class name, its position and its fields as the journal writes them."""
    return {"type": type(event).__name__, "position": position, **_FORMS[type(event)].to_dict(event)}


def shaped(model: BaseModel, status: int = 200) -> Response:
    """A model as the answer."""
    return Response(model.model_dump_json(), status=status, mimetype="application/json")
