"""What people who work in the hall see: pieces shared by the teller page and the lobby page.

All durations are milliseconds up to the snapshot's `now`; a page counts on from there by its own monotonic clock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from queue_server.wire.pads import Rating
from queue_server.wire.shapes import Shape, Text, WaitBand

CounterStateName = Literal["closed", "free", "calling", "serving", "paused", "no_ticket"]
PhaseName = Literal["wait", "way", "service", "hold", "seat_away", "wrap_up"]


class ServiceChoice(Shape):
    """A service as a button or a line names it."""

    service: str
    name: Text
    series: str


class CounterChoice(Shape):
    """A counter as a transfer target."""

    counter: str
    name: Text
    is_open: bool


class BandChoice(Shape):
    """An amount band."""

    amount_band: str
    name: Text


class Announced(Shape):
    """One announcement of a ticket: "was I called?" in one line."""

    announcement_id: int
    at: datetime
    shown_at: datetime | None
    spoken_at: datetime | None
    is_unheard: bool


class RunningTransaction(Shape):
    """The transaction now at a counter.  `level` 0, 80, 100, 150, 200: the last level of the standard reached."""

    index: int
    service: str
    service_name: Text
    amount_band: str | None
    started_at: datetime
    spent_ms: int
    limit_s: int | None
    standard_version: str | None
    level: int


class TicketAtCounter(Shape):
    """The ticket a counter has.

    `no_show_in_ms`: how long until a no-show may be marked, 0 = now, None = not called.
    `announcements_left`: how many counted announcements are missing for it (N1).
    `is_unheard`: the last announcement was acknowledged by no display: call out (D3).
    """

    number: str
    service: str
    service_name: Text
    customer_class: str
    issued_at: datetime
    phase: PhaseName
    phase_since: datetime
    times_ms: dict[PhaseName, int]
    misses: int
    is_device_affected: bool
    announcements: list[Announced]
    announcements_left: int
    no_show_in_ms: int | None
    is_unheard: bool
    away_at: str | None
    transaction: RunningTransaction | None
    transactions_done: int


class SupervisorCallView(Shape):
    """A teller's call for the supervisor that is not over (C8): answered by nobody yet, or somebody is on the way.

    `call_id` is the journal position of the call.  `waited_ms`: until now, or until it was answered.  `is_escalated`:
    nobody had answered in time, and the branch head was told as well.
    """

    call_id: int
    counter: str
    counter_name: Text
    teller: str
    teller_name: Text | None
    number: str | None
    called_at: datetime
    waited_ms: int
    is_escalated: bool
    answered_at: datetime | None
    answered_by: str | None
    answered_by_name: Text | None
    response_ms: int | None


class RatingView(Shape):
    """The last rating that was asked for at a counter (H4): open, given, or (neither) not given."""

    number: str
    asked_at: datetime
    is_open: bool
    rating: Rating | None


class CounterView(Shape):
    """A counter as everybody who works in the hall sees it.

    `supervisor`: the call that is not over.  `rating`: of the last visit that was asked about.
    """

    counter: str
    name: Text
    state: CounterStateName
    teller: str | None
    teller_name: Text | None
    since: datetime | None
    reason: str | None
    pause_requested: str | None
    services: list[str]
    ticket: TicketAtCounter | None
    supervisor: SupervisorCallView | None = None
    rating: RatingView | None = None


class WaitingTicket(Shape):
    """A waiting ticket.  `reasons`: why it stands where it stands (priority, vip, resumed, reinstated, postponed,
    reserved, cap); `overtaken` how often later customers went before it."""

    number: str
    service: str
    service_name: Text
    customer_class: str
    issued_at: datetime
    waited_ms: int
    reasons: list[str]
    overtaken: int
    is_beyond_quote: bool
    wait_level: int
    misses: int
    reserved_counter: str | None
    print_state: str | None


class HeldTicket(Shape):
    """A customer who stepped aside (filling in a form) and has kept the place."""

    number: str
    service_name: Text
    counter: str
    held_ms: int
    reason: str


class MissedTicket(Shape):
    """A missed number that can still come back, or has been told to requeue."""

    number: str
    service_name: Text
    counter: str
    missed_at: datetime
    outcome: str
    attribution: str
    can_reinstate: bool
    can_reissue: bool
    held_until: datetime | None


class ServiceWaiting(Shape):
    """How a service stands: the lobby page's first look."""

    service: str
    name: Text
    group: str
    waiting: int
    longest_wait_ms: int
    counters_open: int
    wait: WaitBand | None
    issued: int
    served: int
