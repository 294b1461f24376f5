"""What the program of a pad line is sent and what it asks: keys of call pads, scores of evaluators (C1, C5, C8, D5, H4).

Sections of the `/pads` snapshot: `counters` list[PadCounterView], those with a device on the line · `configuration`
PadConfiguration.  Connect `auth`: `{"token": …, "have": …}`; the token is the line's.
Commands go over HTTP, each with an id of the line's own; a retry carries the same id and gets the same answer:
`POST /api/v1/pads/<pad>/press` PressRequest · `POST /api/v1/evaluators/<evaluator>/rate` RateRequest, both → KeyAnswer,
or the one error shape.  What devices are and run is in `devices.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from queue_server.wire.devices import COMMAND_ID_PATTERN
from queue_server.wire.shapes import Shape, Text

PadKey = Literal[
    "open",
    "close",
    "call_next",
    "recall",
    "start",
    "finish",
    "no_show",
    "hold",
    "resume",
    "transfer",
    "pause",
    "ask_rating",
    "leave_seat",
    "call_supervisor",
    "call_number",
    "press",
    "long",
    "double",
]
"""The keys of every pad; `press`, `long` and `double` are what a pad of one button can say."""

Rating = Literal["very_satisfied", "satisfied", "neutral", "dissatisfied"]

PadCounterState = Literal["closed", "free", "calling", "serving", "paused", "no_ticket"]

SupervisorState = Literal["none", "called", "answered"]


class PressRequest(Shape):
    """A key was pressed.  `argument`: the digits typed before it, "" for none."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    key: PadKey
    argument: str = Field(default="", pattern=r"^[0-9]*$", max_length=8)


class RateRequest(Shape):
    """The customer gave a score."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    rating: Rating


class KeyAnswer(Shape):
    """The key was acted upon, or had been (`is_repeat`); `events`: what happened, each with its `type`."""

    ok: Literal[True] = True
    position: int
    is_repeat: bool
    events: list[dict[str, Any]]


class RatingAsked(Shape):
    """A customer is asked for a rating; `number`: whose visit is rated, None for one without a number."""

    number: str | None


class PadCounterView(Shape):
    """A counter as its pad, window screen and evaluator show it.

    `number`: the ticket it has.  `waiting`: how many it could call.  `level` of the standard: 0 within, 1 from 80 %,
    2 from 100 %, 3 from 150 %.  `reason`: the code of a pause.  `is_unheard`: no display acknowledged the last call.
    `rating`: open until it is given or expires.
    """

    counter: str
    name: Text
    state: PadCounterState
    number: str | None
    waiting: int
    level: Literal[0, 1, 2, 3]
    reason: str | None
    is_pause_requested: bool
    is_unheard: bool
    rating: RatingAsked | None
    supervisor: SupervisorState


class PadConfiguration(Shape):
    """Which branch file the server runs: `version` is a checksum of it."""

    version: str


class PadSections(Shape):
    """The whole `/pads` snapshot."""

    counters: list[PadCounterView]
    configuration: PadConfiguration
