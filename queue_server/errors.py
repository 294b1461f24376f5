"""Refusals, faults, bugs: the three ways a thing can go wrong, and every refusal there is.

* A **refusal** is a rule saying no.  It has a code that outlives its message, a template in English (the catalogue
  has it in Chinese) and details that fill the template.
* A **fault** is the world being broken: a full disk, a folder that cannot be written.
* Anything else that is raised is a **bug**.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """The rules say no, and nothing has changed.  `details` fill `template` and go out in the error shape."""

    code: ClassVar[str] = "refused"
    template: ClassVar[str] = "Not allowed"
    status: ClassVar[int] = 409

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.template.format(**details))

    @property
    def message(self) -> str:
        """The template filled in, in English."""
        return str(self)


class Fault(Exception):
    """The world is broken; `code` says where, `details` say what.  The same command may be tried again."""

    code: ClassVar[str] = "fault"
    template: ClassVar[str] = "Something is broken"
    status: ClassVar[int] = 503

    def __init__(self, **details: Any) -> None:
        self.details = details
        super().__init__(self.template.format(**details))

    @property
    def message(self) -> str:
        """The template filled in, in English."""
        return str(self)


# --- who and what --------------------------------------------------------------------------------------------------


class Unidentified(Refusal):
    code, status = "unidentified", 401
    template = "Not known here: a valid token is needed"


class NotPermitted(Refusal):
    code, status = "not_permitted", 403
    template = "The role {role} may not do {command}"


class InvalidRequest(Refusal):
    code, status = "invalid_request", 422
    template = "{where}: {expected}"


class CommandIdReused(Refusal):
    code = "command_id_reused"
    template = "Command id {command_id} was used before for something else"


class UnknownService(Refusal):
    code, status = "unknown_service", 404
    template = "There is no service {service}"


class UnknownAmountBand(Refusal):
    code, status = "unknown_amount_band", 404
    template = "There is no amount band {amount_band}"


class UnknownCounter(Refusal):
    code, status = "unknown_counter", 404
    template = "There is no counter {counter}"


class UnknownTicket(Refusal):
    code, status = "unknown_ticket", 404
    template = "There is no ticket {number} today"


class UnknownIncident(Refusal):
    code, status = "unknown_incident", 404
    template = "There is no incident {incident_id}"


class UnknownDevice(Refusal):
    code, status = "unknown_device", 404
    template = "There is no device {device}"


class UnknownPrintJob(Refusal):
    code, status = "unknown_print_job", 404
    template = "There is no print job {job_id}"


class UnknownAnnouncement(Refusal):
    code, status = "unknown_announcement", 404
    template = "There is no call {announcement_id} today"


class UnknownNotice(Refusal):
    code, status = "unknown_notice", 404
    template = "There is no notice {notice_id}"


# --- issuing -------------------------------------------------------------------------------------------------------


class OutsideTicketHours(Refusal):
    code = "outside_ticket_hours"
    template = "Tickets for this service are issued from {opens} to {closes}"


class QuotaReached(Refusal):
    code = "quota_reached"
    template = "Today's {quota} tickets for this service have all been issued"


class CustomerLimitReached(Refusal):
    code = "customer_limit_reached"
    template = "This customer already has {count} tickets today"


class CustomerHasTicket(Refusal):
    code = "customer_has_ticket"
    template = "This customer already holds ticket {number} for this service"


class SeriesExhausted(Refusal):
    code = "series_exhausted"
    template = "Series {series} has no number left today"


# --- calling -------------------------------------------------------------------------------------------------------


class CounterBusy(Refusal):
    code = "counter_busy"
    template = "Counter {counter} still has ticket {number}"


class CounterNotOpen(Refusal):
    code = "counter_not_open"
    template = "Counter {counter} is {state}"


class CounterAlreadyOpen(Refusal):
    code = "counter_already_open"
    template = "Counter {counter} is already open for {teller}"


class CounterWithoutTicket(Refusal):
    code = "counter_without_ticket"
    template = "Counter {counter} has no ticket"


class NoTicketWaiting(Refusal):
    code = "no_ticket_waiting"
    template = "Nobody is waiting for counter {counter}"


class TicketElsewhere(Refusal):
    code = "ticket_elsewhere"
    template = "Ticket {number} is at counter {counter} ({teller})"


class WrongTicketState(Refusal):
    code = "wrong_ticket_state"
    template = "Ticket {number} is {state}"


class TooFewAnnouncements(Refusal):
    code = "too_few_announcements"
    template = "Ticket {number} was called {announced} of {required} times; wait {wait_s} s"


class TooSoonForNoShow(Refusal):
    code = "too_soon_for_no_show"
    template = "Ticket {number} may be marked no-show in {wait_s} s"


class TicketAlreadyFirst(Refusal):
    code = "ticket_already_first"
    template = "Nobody stands before ticket {number}"


class NotReinstatable(Refusal):
    code = "not_reinstatable"
    template = "Ticket {number} can no longer be reinstated"


class SeatNotLeft(Refusal):
    code = "seat_not_left"
    template = "Counter {counter} has not left the seat"


class SeatAway(Refusal):
    code = "seat_away"
    template = "Counter {counter} is away from the seat"


class NotPaused(Refusal):
    code = "not_paused"
    template = "Counter {counter} is not paused"


class ConsentNeeded(Refusal):
    code = "consent_needed"
    template = "{waiting} customers wait for counter {counter}: the lobby manager has to agree"


class PauseNotRequested(Refusal):
    code = "pause_not_requested"
    template = "Counter {counter} has not asked for a pause"


class PauseAlreadyRequested(Refusal):
    code = "pause_already_requested"
    template = "Counter {counter} has already asked for a pause"


class ReasonNeeded(Refusal):
    code = "reason_needed"
    template = "A reason is needed"


# --- pads, supervisors, ratings ------------------------------------------------------------------------------------


class WrongKeyArgument(Refusal):
    code = "wrong_key_argument"
    template = "What was typed ({argument}) does not fit: {expected}"


class AmbiguousNumber(Refusal):
    code = "ambiguous_number"
    template = "{argument} may be any of {numbers}"


class NotServedHere(Refusal):
    code = "not_served_here"
    template = "Counter {counter} does not serve ticket {number}"


class NobodyOnHold(Refusal):
    code = "nobody_on_hold"
    template = "Counter {counter} has nobody on hold"


class NoUsualTeller(Refusal):
    code = "no_usual_teller"
    template = "Counter {counter} is nobody's usual counter: open it on the teller page"


class SupervisorAlreadyCalled(Refusal):
    code = "supervisor_already_called"
    template = "Counter {counter} has called the supervisor already"


class SupervisorNotCalled(Refusal):
    code = "supervisor_not_called"
    template = "Counter {counter} is not waiting for the supervisor"


class NoEvaluator(Refusal):
    code = "no_evaluator"
    template = "Counter {counter} has no evaluator"


class NoVisitToRate(Refusal):
    code = "no_visit_to_rate"
    template = "Counter {counter} has nobody to ask for a rating"


class AlreadyRated(Refusal):
    code = "already_rated"
    template = "Ticket {number} has been rated"


class RatingNotOpen(Refusal):
    code = "rating_not_open"
    template = "Counter {counter} is not asking for a rating"


# --- the day -------------------------------------------------------------------------------------------------------


class DayAlreadyOpen(Refusal):
    code = "day_already_open"
    template = "The business day is open"


class DayNotOpen(Refusal):
    code = "day_not_open"
    template = "The business day is not open"


# --- the world -----------------------------------------------------------------------------------------------------


class JournalNotWritable(Fault):
    code = "journal_not_writable"
    template = "The journal cannot be written ({cause}): nothing was recorded"


class JournalAltered(Fault):
    code = "journal_altered"
    template = "The journal was altered at position {position}: {cause}"


class TooBusy(Fault):
    code = "too_busy"
    template = "Too many commands are waiting"
