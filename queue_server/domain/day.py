"""One business day of one branch, as far as the rules need to remember it.

Values only: `evolve` (in `memory.py`) makes the next one from an event, `decide` reads it.  Nothing here reads a
clock, a file or the configuration, so a journal folds to the same day for ever.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import IntEnum

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.branch import CustomerClass, Rating
from queue_server.domain.transitions import OPEN_STATES, CounterState, TicketState
from queue_server.domain.values import value

MILLISECOND = timedelta(milliseconds=1)

Place = tuple[int, int, int]
"""Where a ticket stands: (milliseconds it counts from, its sequence in the day, a nudge for "behind that one")."""

Entry = tuple[Place, str]
"""A place and the number that holds it: what the queues are sorted by."""


def elapsed_ms(start: datetime, end: datetime) -> int:
    """Whole milliseconds from `start` to `end`; exact, because every `at` is a whole millisecond."""
    return (end - start) // MILLISECOND


def instant_ms(at: datetime) -> int:
    """Milliseconds since 1970: what places count from."""
    return int(at.timestamp() * 1000)


class Phase(IntEnum):
    """What a stay is made of; at every moment exactly one, so they add up to the stay (T1)."""

    WAIT = 0
    WAY = 1
    SERVICE = 2
    HOLD = 3
    SEAT_AWAY = 4
    WRAP_UP = 5


PHASES = tuple(Phase)
Times = tuple[int, int, int, int, int, int]
"""Milliseconds spent in each phase, by `Phase`."""

NO_TIME: Times = (0, 0, 0, 0, 0, 0)


@value
class Announcement:
    """One call or recall and what became of it (D3).  `announcement_id`: the journal position of the call."""

    announcement_id: int
    at: datetime
    counter: str
    shown_at: datetime | None = None
    spoken_at: datetime | None = None
    is_unheard: bool = False


@value
class Transaction:
    """One service inside a visit, timed apart (T1).

    `spent_ms`: what was used up to `since`; while `since` is not None it is running.  Time away for a device counts
    in it and is kept apart as `seat_away_ms` (T5).  `level`: the last level of the standard that was reached, percent.
    `is_assumed`: nobody said that the customer is here.  `devices`: those of the counter that failed meanwhile (H2).
    """

    service: str
    amount_band: str | None
    counter: str
    teller: str
    started_at: datetime
    limit_s: int | None
    standard_version: str | None
    since: datetime | None
    spent_ms: int = 0
    seat_away_ms: int = 0
    level: int = 0
    finished_at: datetime | None = None
    is_assumed: bool = False
    devices: tuple[str, ...] = ()

    def spent_at(self, now: datetime) -> int:
        """Milliseconds used by `now`."""
        return self.spent_ms if self.since is None else self.spent_ms + elapsed_ms(self.since, now)


@value
class Overtaken:
    """This waiting ticket was passed over: by whom, when and why (J3)."""

    by: str
    at: datetime
    reason: str


@value
class Slip:
    """One printed (or not printed) slip of a number.  `state`: pending, printed, failed, unknown (P2)."""

    job_id: str
    kiosk: str
    asked_at: datetime
    is_reprint: bool
    state: str = "pending"
    cause: str | None = None


@value
class VisitRating:
    """What the customer of a visit was asked, and said (H4): open until rated or expired."""

    counter: str
    teller: str
    asked_at: datetime
    rating: Rating | None = None
    evaluator: str | None = None
    rated_at: datetime | None = None
    is_expired: bool = False

    @property
    def is_open(self) -> bool:
        """Asked, and neither rated nor given up."""
        return self.rating is None and not self.is_expired


@value
class Ticket:
    """A customer's place and, once it begins, the visit.

    `standing`: why it stands elsewhere than its issue time says (resumed, reinstated, returned, moved, postponed,
    reserved) or None.  `queued_at`: since when it queues where it is: the issue, or the last time it was put back.
    `devices`: those that failed when it was issued or called (H2); `is_device_affected` also when no display showed a
    call of it.  `is_start_retracted`: its last transaction was taken back with the arrival that was only assumed.
    """

    issued: e.TicketIssued
    state: TicketState
    service: str
    place: Place
    queued_at: datetime
    phase: Phase
    phase_since: datetime
    times: Times = NO_TIME
    standing: str | None = None
    counter: str | None = None
    reserved_counter: str | None = None
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    announcements: tuple[Announcement, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    overtaken: tuple[Overtaken, ...] = ()
    misses: int = 0
    last_miss: e.TicketMissed | None = None
    held_reason: str | None = None
    away_device: str | None = None
    wait_level_min: int = 0
    is_beyond_quote: bool = False
    is_device_affected: bool = False
    slips: tuple[Slip, ...] = ()
    requeued_as: str | None = None
    closed_at: datetime | None = None
    reason: str | None = None
    rating: VisitRating | None = None
    devices: tuple[str, ...] = ()
    is_start_retracted: bool = False

    @property
    def number(self) -> str:
        """The number on the paper."""
        return self.issued.number

    @property
    def customer_class(self) -> CustomerClass:
        """Ordinary, priority or VIP."""
        return self.issued.customer_class

    @property
    def is_open(self) -> bool:
        """Still in the queue, at a counter or on hold."""
        return self.state in OPEN_STATES

    @property
    def open_call(self) -> Announcement | None:
        """The last announcement while the ticket is called."""
        return self.announcements[-1] if self.state is TicketState.CALLED else None

    @property
    def calls_since(self) -> tuple[Announcement, ...]:
        """The announcements of the present call: those since `called_at`."""
        called_at = self.called_at
        if called_at is None:
            return ()
        return tuple(a for a in self.announcements if a.at >= called_at)

    @property
    def transaction(self) -> Transaction | None:
        """The transaction that is not finished, if any."""
        if self.transactions and self.transactions[-1].finished_at is None:
            return self.transactions[-1]
        return None

    def times_at(self, now: datetime) -> Times:
        """Milliseconds in each phase by `now`, the running one included."""
        if self.closed_at is not None:
            return self.times
        return add_phase(self.times, self.phase, elapsed_ms(self.phase_since, now))


def add_phase(times: Times, phase: Phase, spent_ms: int) -> Times:
    """`times` with `spent_ms` more in `phase`."""
    grown = list(times)
    grown[phase] += spent_ms
    wait, way, service, hold, seat_away, wrap_up = grown
    return wait, way, service, hold, seat_away, wrap_up


@value
class Desk:
    """A counter today: its state, its teller, the one ticket it may have (C2).

    `unheard_streak`: calls in a row that no display showed; `is_stuck_told`: the incident about it is open (J1).
    `last_visit`: the number served here last; `rating`: the number whose rating is open here (H4).  `supervisor`: the
    key in `supervisor_calls` of the call that is not over yet; `is_supervisor_coming`: it was answered, and stays until
    the customer leaves (C8).
    """

    counter: str
    state: CounterState = CounterState.CLOSED
    since: datetime | None = None
    teller: str | None = None
    number: str | None = None
    reason: str | None = None
    pause_requested: e.PauseRequested | None = None
    no_ticket_service: str | None = None
    unheard_streak: int = 0
    is_stuck_told: bool = False
    last_visit: str | None = None
    rating: str | None = None
    supervisor: int | None = None
    is_supervisor_coming: bool = False


@value
class SupervisorCall:
    """A teller asked for the lobby manager: when, and when who answered (C8)."""

    counter: str
    teller: str
    number: str | None
    called_at: datetime
    answered_at: datetime | None = None
    answered_by: str | None = None
    escalated_at: datetime | None = None


@value
class Incident:
    """A potential complaint and what became known of it later.

    `closed_at`: when what it was about was over by itself; `numbers`: the tickets that it touched until then (H2).
    """

    opened: e.IncidentOpened
    amendments: tuple[str, ...] = ()
    closed_at: datetime | None = None
    numbers: tuple[str, ...] = ()


@value
class KnownDevice:
    """A device as it is: the last report, since when state and fault are so, and the newest fault, also when over (H1)."""

    device: str
    kind: str
    state: str
    fault: str | None
    detail: str
    at: datetime
    since: datetime
    firmware: str | None = None
    config: str | None = None
    part_of: str | None = None
    counters: tuple[str, ...] = ()
    last_fault: str | None = None
    last_fault_at: datetime | None = None


@value
class Outage:
    """A device that is out of order now: one span, one incident (H2).

    `works`: it has a fault and does its work all the same, so nobody is touched.  `numbers`: the tickets it touched.
    """

    device: str
    kind: str
    since: datetime
    part_of: str | None = None
    counters: tuple[str, ...] = ()
    works: bool = False
    numbers: tuple[str, ...] = ()


@value
class Configuration:
    """Which configuration is in force, and what of the day it no longer has: services and counters still in use."""

    version: str
    services_gone: frozenset[str] = frozenset()
    counters_gone: frozenset[str] = frozenset()


@value
class Pace:
    """Finished transactions of a service today: how many, and their milliseconds together."""

    count: int = 0
    total_ms: int = 0


@value
class Day:
    """Everything the rules remember.  `position`: the journal position of the last event folded in.

    By number: `tickets`, `held` (on hold), `reserved` (waiting for one counter).  By service: `queues`, `issued`,
    `paces`.  By job id: `slips` and, as long as nobody told what became of them, `pending_slips`.  By the position of
    the call: `supervisor_calls`.  By device: `devices`, `device_incidents` (those still open), and `covered`, which are
    offline only because what they hang on is.
    """

    position: int = 0
    at: datetime | None = None
    date: date | None = None
    is_open: bool = False
    tickets: Map[str, Ticket] = Map()
    queues: Map[str, tuple[Entry, ...]] = Map()
    desks: Map[str, Desk] = Map()
    series: Map[str, int] = Map()
    issued: Map[str, int] = Map()
    customers: Map[str, tuple[str, ...]] = Map()
    calls: Map[int, str] = Map()
    slips: Map[str, str] = Map()
    links: Map[str, str] = Map()
    incidents: Map[str, Incident] = Map()
    opened_by_kind: Map[str, int] = Map()
    devices: Map[str, KnownDevice] = Map()
    device_incidents: Map[str, str] = Map()
    notices: Map[str, e.NoticePosted] = Map()
    paces: Map[str, Pace] = Map()
    outcomes: Map[str, int] = Map()
    held: frozenset[str] = frozenset()
    reserved: frozenset[str] = frozenset()
    pending_slips: Map[str, str] = Map()
    outages: tuple[Outage, ...] = ()
    covered: frozenset[str] = frozenset()
    supervisor_calls: Map[int, SupervisorCall] = Map()
    configuration: Configuration | None = None
    issued_count: int = 0
    notice_count: int = 0
    recent_calls: tuple[int, ...] = ()

    def desk(self, counter: str) -> Desk:
        """The counter's desk; one nobody opened yet is closed."""
        desk: Desk = self.desks.get(counter) or Desk(counter)
        return desk

    def is_reachable(self, device: str | None) -> bool:
        """Whether what hangs on this device can be reached; also when there is none, or none was heard of."""
        known: KnownDevice | None = None if device is None else self.devices.get(device)
        return known is None or known.state == "online"

    def open_rating(self, desk: Desk) -> tuple[str, VisitRating] | None:
        """(number, rating) of the visit the counter asks its customer about, or None (H4)."""
        if desk.rating is None:
            return None
        rating = self.tickets[desk.rating].rating
        return None if rating is None else (desk.rating, rating)

    def queue(self, service: str) -> tuple[Entry, ...]:
        """The waiting tickets of a service in the policy's order."""
        entries: tuple[Entry, ...] = self.queues.get(service, ())
        return entries

    @property
    def waiting_count(self) -> int:
        """How many customers wait."""
        return sum(len(entries) for entries in self.queues.values())


def new_day(position: int = 0) -> Day:
    """The day before anything happened; `position`: how many events of earlier days the journal holds."""
    return Day(position=position)
