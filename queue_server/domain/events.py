"""What has happened.  Past tense, frozen, in the journal for ever: a field is added with a default or not at all.

`at` is aware UTC, whole milliseconds, and never earlier than the event before it.  Who did it is in the journal's
envelope (`by`); events name the teller as well where a report or a customer will ask for one.
"""

from __future__ import annotations

from datetime import date, datetime

from queue_server.domain.branch import CustomerClass, Rating
from queue_server.domain.values import value


@value
class Event:
    """Something that happened."""

    at: datetime


# --- the day -------------------------------------------------------------------------------------------------------


@value
class DayOpened(Event):
    """The first event of a business day; numbers begin again.

    What outlives the night stands in it, so that a day can be told from its own events alone: the devices as they
    were last reported (`carried`; journals before there were pads have `devices` instead), the notices that hang, the
    incidents of devices that are not back yet, and which configuration is served.
    """

    date: date
    devices: tuple[DeviceReported, ...] = ()
    notices: tuple[NoticePosted, ...] = ()
    incidents: tuple[CarriedIncident, ...] = ()
    carried: tuple[CarriedDevice, ...] = ()
    configuration: str | None = None


@value
class DayClosed(Event):
    """No command touches this day any more.  `reason`: closed_by_staff or next_day."""

    reason: str


@value
class DayReopened(Event):
    """Today had been closed by mistake and goes on; what expired with it stays expired."""


@value
class ConfigurationLoaded(Event):
    """Another configuration of the branch is in force (F1); `changed` names its parts that differ.

    `services`, `counters`, `devices`: what the branch has now, so that what it no longer has is known.
    """

    version: str
    changed: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


# --- the ticket ----------------------------------------------------------------------------------------------------


@value
class TicketIssued(Event):
    """A number exists.  `sequence` counts the day's tickets, `ahead` people are before it, the wait is a band.

    `quote_lo_min` and `quote_hi_min` are None when no counter was open for the service.  `head_start_s` is what the
    calling policy of the moment gave to the customer's class.  `job_id` names the slip, None when nothing is printed.
    """

    number: str
    sequence: int
    service: str
    customer_class: CustomerClass
    link: str
    language: str
    ahead: int
    quote_lo_min: int | None
    quote_hi_min: int | None
    head_start_s: int = 0
    job_id: str | None = None
    kiosk: str | None = None
    customer: str | None = None
    requeue_of: str | None = None


@value
class CustomerDiverted(Event):
    """A customer took the self-service device; no number was taken."""

    service: str
    device: str


@value
class PrintReported(Event):
    """What became of a slip: printed, failed or unknown."""

    number: str
    job_id: str
    state: str
    cause: str | None = None
    detail: str = ""


@value
class ReprintRequested(Event):
    """Staff asked for another slip, which carries the mark 补打."""

    number: str
    job_id: str
    kiosk: str


@value
class PassedOver:
    """One waiting customer a call went past, and why that was in the policy, or was not.

    `reason`: priority, vip, resumed, reinstated, postponed, cap, reserved, or out_of_order.
    """

    number: str
    reason: str


@value
class TicketCalled(Event):
    """A counter calls a ticket.  The journal position of this event is the call's announcement id.

    `reason`: policy, or the words of a specific call; `is_out_of_order`: the policy would have called another.
    """

    number: str
    counter: str
    teller: str
    policy: str
    reason: str = "policy"
    passed_over: tuple[PassedOver, ...] = ()
    is_out_of_order: bool = False


@value
class TicketRecalled(Event):
    """The called ticket is announced again; its position is the announcement id."""

    number: str
    counter: str
    teller: str


@value
class CallWithdrawn(Event):
    """The call was undone; the ticket waits at its old place."""

    number: str
    counter: str
    teller: str
    reason: str


@value
class ServiceStarted(Event):
    """The customer is at the counter, the first transaction of this sitting runs.

    `was_called`: False when the counter took a waiting ticket without calling it.  `limit_s` None: the standard
    in force (`standard_version`) says nothing about this transaction.  `is_assumed`: nobody said so; the counter's pad
    has no key for it, and the call was long enough ago.
    """

    number: str
    counter: str
    teller: str
    service: str
    amount_band: str | None
    limit_s: int | None
    standard_version: str | None
    was_called: bool = True
    passed_over: tuple[PassedOver, ...] = ()
    is_assumed: bool = False


@value
class StartRetracted(Event):
    """The arrival was only assumed, and wrong: the ticket is still called, and the time since was way time."""

    number: str
    counter: str
    teller: str


@value
class TransactionSet(Event):
    """The running transaction is another service or amount band than thought, and judged by that limit."""

    number: str
    counter: str
    service: str
    amount_band: str | None
    limit_s: int | None
    standard_version: str | None


@value
class TransactionStarted(Event):
    """The transaction before is over, the next one of the same visit runs."""

    number: str
    counter: str
    service: str
    amount_band: str | None
    limit_s: int | None
    standard_version: str | None


@value
class SeatLeft(Event):
    """The teller went to a device for the running transaction."""

    number: str
    counter: str
    device: str


@value
class SeatTaken(Event):
    """The teller is back."""

    number: str
    counter: str


@value
class WrapUpStarted(Event):
    """The customer has left the counter; the transaction is over, the visit is being wrapped up."""

    number: str
    counter: str


@value
class ServiceFinished(Event):
    """The visit is over: served."""

    number: str
    counter: str
    teller: str


@value
class TicketHeld(Event):
    """The customer stepped aside with the place kept; the counter is free."""

    number: str
    counter: str
    teller: str
    reason: str


@value
class TicketResumed(Event):
    """The held customer is ready and goes first to the holding counter."""

    number: str
    counter: str


@value
class TicketTransferred(Event):
    """The ticket waits for another service or counter with its waiting time kept."""

    number: str
    counter: str
    teller: str
    to_service: str
    to_counter: str | None


@value
class TicketMissed(Event):
    """The customer did not come (N2–N4).

    `outcome`: postponed, held, to_tail, void, to_requeue, or returned_to_head for a miss a device caused.
    `behind`: the ticket it now waits behind, None = at the tail (or not waiting).  `misses` counts the misses that
    weigh on the customer, this one included.  `attribution`: customer, teller, device or rule.
    """

    number: str
    counter: str
    teller: str
    outcome: str
    attribution: str
    misses: int
    behind: str | None = None
    held_until: datetime | None = None


@value
class TicketReinstated(Event):
    """A missed customer is back at the head of the queue."""

    number: str


@value
class NoShowUndone(Event):
    """The no-show was a mistake: back at the head, and the miss does not count."""

    number: str
    reason: str


@value
class TicketMoved(Event):
    """Staff moved a waiting ticket to the head."""

    number: str
    reason: str
    passed_over: tuple[PassedOver, ...] = ()


@value
class TicketCancelled(Event):
    """The customer gave the number back."""

    number: str
    reason: str


@value
class TicketWalkedOut(Event):
    """The customer left without ever having been called."""

    number: str


@value
class TicketExpired(Event):
    """The day ended with the ticket still open."""

    number: str
    reason: str


@value
class TransactionCorrected(Event):
    """A supervisor's correction of what a transaction was; its times stand."""

    number: str
    index: int
    service: str
    amount_band: str | None
    limit_s: int | None
    standard_version: str | None
    reason: str


# --- the counter ---------------------------------------------------------------------------------------------------


@value
class CounterOpened(Event):
    """A teller sits at the counter."""

    counter: str
    teller: str


@value
class PauseRequested(Event):
    """A pause needs the lobby manager's or branch head's consent: `waiting` customers wait."""

    counter: str
    teller: str
    reason: str
    waiting: int


@value
class PauseDeclined(Event):
    """The consent was not given."""

    counter: str


@value
class PauseRequestWithdrawn(Event):
    """The teller does not want the pause any more."""

    counter: str


@value
class CounterPaused(Event):
    """The counter calls nobody.  `is_consented`: somebody agreed, as the rule asked.

    `left_waiting`: the next-in-line customer no other open counter can take, or None (I1).
    """

    counter: str
    teller: str
    reason: str
    is_consented: bool = False
    left_waiting: str | None = None


@value
class CounterResumed(Event):
    """The counter calls again."""

    counter: str
    teller: str


@value
class CounterClosed(Event):
    """The teller has left.

    `left_waiting`: the next-in-line customer no other open counter can take, or None (I1).
    """

    counter: str
    teller: str
    reason: str = ""
    left_waiting: str | None = None


@value
class NoTicketServiceStarted(Event):
    """The counter serves somebody without a number."""

    counter: str
    teller: str
    service: str
    reason: str


@value
class NoTicketServiceFinished(Event):
    """The counter is free again."""

    counter: str
    teller: str


@value
class SupervisorCalled(Event):
    """The teller wants the lobby manager (C8); `number`: the ticket at the counter, if any."""

    counter: str
    teller: str
    number: str | None = None


@value
class SupervisorAnswered(Event):
    """Somebody is on the way, `response_ms` after the key (C8)."""

    counter: str
    supervisor: str
    response_ms: int
    number: str | None = None


@value
class SupervisorEscalated(Event):
    """Nobody answered for `waited_s`: the branch head is told as well (C8)."""

    counter: str
    waited_s: int
    number: str | None = None


@value
class RatingAsked(Event):
    """The customer of this visit is asked for a rating (H4)."""

    number: str
    counter: str
    teller: str


@value
class VisitRated(Event):
    """What the customer said of the visit (H4)."""

    number: str
    counter: str
    teller: str
    rating: Rating
    evaluator: str


@value
class RatingExpired(Event):
    """Asked and not rated: which is not satisfied (H4)."""

    number: str
    counter: str
    teller: str


# --- the hall ------------------------------------------------------------------------------------------------------


@value
class AnnouncementShown(Event):
    """A display drew the call at `shown_at`."""

    announcement_id: int
    number: str
    display: str
    shown_at: datetime


@value
class AnnouncementSpoken(Event):
    """A voice finished the announcement at `spoken_at`."""

    announcement_id: int
    number: str
    display: str
    spoken_at: datetime


@value
class CallUnheard(Event):
    """No display showed the call in time (D3)."""

    announcement_id: int
    number: str
    counter: str


@value
class DeviceReported(Event):
    """A device changed its state, or what it runs (H1).

    `part_of` and `counters`: what it hung on and which counters it worked for then, whatever the configuration says
    later (H2).
    """

    device: str
    kind: str
    state: str
    fault: str | None = None
    detail: str = ""
    firmware: str | None = None
    config: str | None = None
    part_of: str | None = None
    counters: tuple[str, ...] = ()


@value
class CarriedDevice:
    """A device that a new business day takes over: its last report, since when it is so, and its last fault."""

    reported: DeviceReported
    since: datetime
    last_fault: str | None = None
    last_fault_at: datetime | None = None


@value
class StandardNeared(Event):
    """80 % of the time for the running transaction is used (T3)."""

    number: str
    counter: str
    limit_s: int
    percent: int


@value
class StandardExceeded(Event):
    """The running transaction is at or over its limit: 100, 150, 200 % (T3)."""

    number: str
    counter: str
    teller: str
    limit_s: int
    percent: int


@value
class WaitLimitReached(Event):
    """A waiting customer waits `minutes` now; `is_incident` at the last level (I1)."""

    number: str
    minutes: int
    is_incident: bool


@value
class QuoteExceeded(Event):
    """A customer waits longer than the ticket promised."""

    number: str
    quote_hi_min: int


@value
class OvertakenAlerted(Event):
    """A waiting customer has been overtaken so often that the lobby manager must know (J3)."""

    number: str
    overtaken: int


@value
class NoticePosted(Event):
    """A notice for the lobby displays."""

    notice_id: str
    zh: str
    en: str


@value
class NoticeWithdrawn(Event):
    """The notice is down."""

    notice_id: str


# --- incidents -----------------------------------------------------------------------------------------------------


@value
class AnnouncementEvidence:
    """One announcement as evidence: whether and when it was shown and spoken.  Answers "was I called?"."""

    announcement_id: int
    at: datetime
    shown_at: datetime | None
    spoken_at: datetime | None
    is_unheard: bool


@value
class IncidentOpened(Event):
    """A potential complaint (I1, I2, I4), opened in the same batch as the event that caused it.

    `severity` 1 (note) to 4 (grave), with `severity_reasons`; `cause` is a stable code under the `kind`.
    `facts` are plain figures of the moment, such as wait_ms, way_ms, gaps_ms, overtaken, limit_s, percent, device.
    """

    incident_id: str
    kind: str
    cause: str
    attribution: str
    severity: int
    severity_reasons: tuple[str, ...]
    number: str | None = None
    counter: str | None = None
    teller: str | None = None
    announcements: tuple[AnnouncementEvidence, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""


@value
class CarriedIncident:
    """An incident of a device that a new business day takes over, with what became known of it so far."""

    device: str
    opened: IncidentOpened
    amendments: tuple[str, ...] = ()


@value
class IncidentClosed(Event):
    """What it was about is over by itself, after `span_ms`: the device is back (H2).  The incident stays.

    `numbers`: the tickets that it touched, in the order it did.
    """

    incident_id: str
    note: str
    span_ms: int
    numbers: tuple[str, ...] = ()


@value
class IncidentAmended(Event):
    """What became known later: the no-show was undone, the device has another fault now.  The incident stays."""

    incident_id: str
    note: str
