"""What the page of one counter is sent (C1–C7, D3, T3).

Connect `auth`: `{"token": …, "have": …}`; the token's counter is the page's counter.
Sections: `counter` CounterView · `waiting` list[WaitingTicket] (those this counter could call, in the policy's order) ·
`held` list[HeldTicket] · `missed` list[MissedTicket] · `choices` Choices · `devices` list[DeviceView], those of the
counter and the line they hang on.
Happenings: `{"kind": "unheard", "number", "counter", "announcement_id"}` · `{"kind": "standard", "level", …}` ·
`{"kind": "pause_granted" | "pause_declined"}` · `{"kind": "supervisor_answered", "counter", "supervisor",
"response_ms"}` · `{"kind": "rating_asked", "number", "counter"}` · `{"kind": "visit_rated", "number", "counter",
"rating"}`.
Commands are HTTP: `POST /api/v1/counters/<counter>/<verb>`; see the API.
"""

from __future__ import annotations

from queue_server.wire.devices import DeviceView
from queue_server.wire.hall import (
    BandChoice,
    CounterChoice,
    CounterView,
    HeldTicket,
    MissedTicket,
    ServiceChoice,
    WaitingTicket,
)
from queue_server.wire.shapes import Shape, Text


class Choices(Shape):
    """What the page offers in its menus."""

    bank: Text
    branch: Text
    zone: str
    services: list[ServiceChoice]
    counters: list[CounterChoice]
    amount_bands: list[BandChoice]
    kiosks: list[str]
    pause_reasons: list[str]
    hold_reasons: list[str]
    call_reasons: list[str]
    devices: list[str]


class TellerSections(Shape):
    """The whole `/teller` snapshot."""

    counter: CounterView
    waiting: list[WaitingTicket]
    held: list[HeldTicket]
    missed: list[MissedTicket]
    choices: Choices
    devices: list[DeviceView]
