"""What the lobby manager's page is sent (first version of L1): the hall, its incidents, its devices.

Sections: `branch` LobbyBranch · `services` list[ServiceWaiting] · `counters` list[CounterView] · `waiting` list[WaitingTicket] · `held` · `missed` ·
`incidents` list[IncidentView], newest first · `alerts` list[AlertView] · `devices` list[DeviceView] · `notices` ·
`unprinted` list[str] · `pauses` list[PauseRequestView] · `supervisors` list[SupervisorCallView], the oldest first ·
`today` DayFigures.
Happenings: every AlertView and IncidentView as it arises, with `kind` "alert" or "incident".
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from queue_server.wire.devices import DeviceView as DeviceView
from queue_server.wire.display import Notice
from queue_server.wire.hall import (
    Announced,
    BandChoice,
    CounterView,
    HeldTicket,
    MissedTicket,
    ServiceChoice,
    ServiceWaiting,
    SupervisorCallView,
    WaitingTicket,
)
from queue_server.wire.pads import Rating
from queue_server.wire.shapes import Shape, Text


class LobbyBranch(Shape):
    """The page's head and menus.  `is_day_closed`: today was closed by hand, no number is issued until tomorrow."""

    bank: Text
    branch: Text
    zone: str
    business_date: str | None
    services: list[ServiceChoice]
    kiosks: list[str]
    amount_bands: list[BandChoice]
    is_day_closed: bool


class PassedOverView(Shape):
    """A customer a call went past, and why."""

    number: str
    reason: str


class IncidentView(Shape):
    """A potential complaint with its evidence.

    `closed_at`: what it was about was over by itself then (a device is back, H2); `numbers`: the tickets it touched.
    """

    incident_id: str
    kind: str
    cause: str
    attribution: str
    severity: int
    severity_reasons: list[str]
    opened_at: datetime
    number: str | None
    counter: str | None
    teller: str | None
    teller_name: Text | None
    announcements: list[Announced]
    passed_over: list[PassedOverView]
    facts: dict[str, str]
    note: str
    amendments: list[str]
    closed_at: datetime | None = None
    numbers: list[str] = Field(default_factory=list)


class AlertView(Shape):
    """Something the lobby manager should look at now.

    `code`: wait_level, beyond_quote, overtaken, standard, unheard, pause_requested, not_printed, device,
    supervisor_called, supervisor_escalated.
    """

    position: int
    code: str
    at: datetime
    number: str | None
    counter: str | None
    details: dict[str, str]


class PauseRequestView(Shape):
    """A teller asks for a pause."""

    counter: str
    teller: str
    teller_name: Text | None
    reason: str
    waiting: int
    asked_at: datetime


class DayFigures(Shape):
    """Today so far (B2).  `ratings`: how many of each; `not_rated`: asked, and no answer came in time (H4)."""

    issued: int
    served: int
    waiting: int
    no_show: int
    walked_out: int
    diverted: int
    cancelled: int
    over_standard: int
    incidents: int
    ratings: dict[Rating, int] = Field(default_factory=dict)
    not_rated: int = 0


class LobbySections(Shape):
    """The whole `/lobby` snapshot."""

    branch: LobbyBranch
    services: list[ServiceWaiting]
    counters: list[CounterView]
    waiting: list[WaitingTicket]
    held: list[HeldTicket]
    missed: list[MissedTicket]
    incidents: list[IncidentView]
    alerts: list[AlertView]
    devices: list[DeviceView]
    notices: list[Notice]
    unprinted: list[str]
    pauses: list[PauseRequestView]
    supervisors: list[SupervisorCallView]
    today: DayFigures
