"""What is answered over HTTP: models for the documents, and events as JSON.  Shapes only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, RootModel

from queue_server.wire.devices import DeviceView
from queue_server.wire.hall import Announced, CounterView, PhaseName, WaitingTicket
from queue_server.wire.lobby import IncidentView
from queue_server.wire.pads import Rating
from queue_server.wire.shapes import Shape, Text, WaitBand


class Happened(Shape):
    """One event of the journal, with the fields of its type."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    position: int


class CommandAnswer(Shape):
    """The command was carried out, or had been: `is_repeat`.  `position`: the journal's, afterwards."""

    ok: Literal[True] = True
    position: int
    is_repeat: bool
    events: list[Happened]


class Me(Shape):
    """Whose token this is."""

    id: str
    name: Text
    role: str
    counter: str | None


class ServiceAnswer(Shape):
    """A service of the branch; `counters` have the skill for it."""

    service: str
    name: Text
    group: str
    series: str
    opens: str
    closes: str
    quota: int | None
    counters: list[str]


class CounterAnswer(Shape):
    """A counter of the branch."""

    counter: str
    name: Text
    services: list[str]
    classes: list[str]


class NamedAnswer(Shape):
    """Something with a code and a name."""

    code: str
    name: Text


class LimitAnswer(Shape):
    """One row of the standard; None means any."""

    service: str
    amount_band: str | None
    customer_class: str | None
    limit_s: int


class StandardAnswer(Shape):
    """The time standard in force; `is_example`: not any bank's rule."""

    version: str
    valid_from: date
    document: Text
    is_example: bool
    limits: list[LimitAnswer]


class PolicyAnswer(Shape):
    """How the next ticket is chosen."""

    name: str
    version: str
    head_start_s: dict[str, int]
    cap_s: int


class BranchAnswer(Shape):
    """The branch as it is configured; `rules` are the hall's figures by name."""

    branch: str
    bank: Text
    name: Text
    zone: str
    hotline: str
    groups: list[NamedAnswer]
    services: list[ServiceAnswer]
    counters: list[CounterAnswer]
    amount_bands: list[NamedAnswer]
    standard: StandardAnswer | None
    policy: PolicyAnswer
    rules: dict[str, Any]


class CountersAnswer(RootModel[list[CounterView]]):
    """Every counter."""


class WaitingAnswer(RootModel[list[WaitingTicket]]):
    """Everybody who waits, in the order of each service."""


class IncidentsAnswer(RootModel[list[IncidentView]]):
    """Today's incidents, newest first."""


class DevicesAnswer(RootModel[list[DeviceView]]):
    """Every device of the branch, by kind and id; what hangs on a line right after it."""


class ReloadAnswer(Shape):
    """The branch file in force now.

    `changed`: keys of the file that are new, gone or different.  `restarts`: kiosks and displays whose own part of the
    file changed; they are given it when they start.
    """

    ok: Literal[True] = True
    position: int
    is_repeat: bool
    version: str
    changed: list[str]
    restarts: list[str]
    events: list[Happened]


class TransactionAnswer(Shape):
    """One transaction of a visit.

    `is_assumed`: nobody pressed start, the arrival was assumed.  `devices`: those of the counter that failed meanwhile.
    """

    index: int
    service: str
    amount_band: str | None
    counter: str
    teller: str
    started_at: datetime
    finished_at: datetime | None
    spent_ms: int
    seat_away_ms: int
    limit_s: int | None
    standard_version: str | None
    level: int
    is_assumed: bool
    devices: list[str]


class SlipAnswer(Shape):
    """One slip of a number; `state`: pending, printed, failed, unknown."""

    job_id: str
    kiosk: str
    is_reprint: bool
    state: str
    cause: str | None


class OvertakenAnswer(Shape):
    """Somebody went before this ticket: who, when, and why (J3)."""

    by: str
    at: datetime
    reason: str


class RatingAnswer(Shape):
    """What the customer was asked, and said (H4); `rating` None: not said (yet, while `is_open`)."""

    counter: str
    teller: str
    asked_at: datetime
    rating: Rating | None
    evaluator: str | None
    rated_at: datetime | None
    is_open: bool


class TicketAnswer(Shape):
    """One ticket in full, for staff.  `times_ms` add up to the stay.

    `devices`: those that failed when it was issued or called (H2); `rating`: None when nobody asked.
    """

    number: str
    service: str
    service_name: Text
    customer_class: str
    state: str
    issued_at: datetime
    closed_at: datetime | None
    quoted: WaitBand | None
    counter: str | None
    standing: str | None
    misses: int
    times_ms: dict[PhaseName, int]
    announcements: list[Announced]
    transactions: list[TransactionAnswer]
    slips: list[SlipAnswer]
    overtaken: list[OvertakenAnswer]
    requeue_of: str | None
    requeued_as: str | None
    is_device_affected: bool
    devices: list[str]
    rating: RatingAnswer | None
    incidents: list[IncidentView]


class StoryLine(Shape):
    """One moment of a ticket's life, in words."""

    at: datetime
    text: str


class StoryAnswer(Shape):
    """A ticket's life, oldest first."""

    lines: list[StoryLine]


class DurationsAnswer(Shape):
    """How long something took, in milliseconds; all null when there was none of it.  Percentiles are nearest-rank."""

    count: int
    average_ms: int | None
    p50_ms: int | None
    p90_ms: int | None
    p95_ms: int | None
    longest_ms: int | None


class RatingFiguresAnswer(Shape):
    """What customers said: of `asked`, so many each; `not_rated`: the time was over.  The rest may still rate (H4)."""

    asked: int
    very_satisfied: int
    satisfied: int
    neutral: int
    dissatisfied: int
    not_rated: int


class SupervisorFiguresAnswer(Shape):
    """Tellers' calls for the lobby manager, and how soon they were answered (C8)."""

    calls: int
    escalated: int
    unanswered: int
    response: DurationsAnswer


class ServiceFiguresAnswer(Shape):
    """One service, or all together (`service` null); `open`: tickets without an outcome yet."""

    service: str | None
    issued: int
    served: int
    no_show: int
    walked_out: int
    diverted: int
    cancelled: int
    expired: int
    open: int
    missed: int
    no_show_rate: float | None
    transactions: int
    over_standard: int
    over_standard_rate: float | None
    wait: DurationsAnswer
    service_time: DurationsAnswer
    device_affected: int
    transactions_device_affected: int
    ratings: RatingFiguresAnswer


class DeskFiguresAnswer(Shape):
    """One teller, or one counter; `missed`: no-shows marked there."""

    code: str
    calls: int
    served: int
    missed: int
    transactions: int
    over_standard: int
    over_standard_rate: float | None
    seat_away_ms: int
    service_time: DurationsAnswer
    transactions_device_affected: int
    ratings: RatingFiguresAnswer


class ReportAnswer(Shape):
    """The figures of a span of business days, both ends included, by the definitions of B2.

    `arrivals`: ("09:30", tickets issued in that half hour of branch time); `incidents`: (kind, how many).
    """

    first: date
    last: date
    total: ServiceFiguresAnswer
    services: list[ServiceFiguresAnswer]
    tellers: list[DeskFiguresAnswer]
    counters: list[DeskFiguresAnswer]
    arrivals: list[tuple[str, int]]
    incidents: list[tuple[str, int]]
    unheard_calls: int
    overtakings: int
    supervisor: SupervisorFiguresAnswer


class HealthAnswer(Shape):
    """How the server is; `journal_writable` was tried just now."""

    ok: bool
    alive: bool
    journal_writable: bool
    position: int
    branch: str
