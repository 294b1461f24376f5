"""What is said of each event in a ticket's story: one sentence per type, and a type without one is not told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from queue_server.domain import events as e
from queue_server.domain.branch import Branch, Text
from queue_server.domain.day import Ticket, elapsed_ms
from queue_server.story.vocabulary import Words

NameOf = Callable[[str], Text | None]
"""A member of staff's id → the name, or None for somebody it does not know."""


def nobody(_staff_id: str) -> Text | None:
    """Knows no names."""
    return None


@dataclass(frozen=True, slots=True)
class Telling:
    """What a sentence may look at: the ticket as it became, its branch, and the words of a language."""

    ticket: Ticket
    branch: Branch
    words: Words
    name_of: NameOf

    def say(self, words: str, /, **details: object) -> str:
        return self.words.say(words, **details)

    def service(self, code: str, amount_band: str | None = None) -> str:
        known = self.branch.service_by_code.get(code)
        name = code if known is None else self.text(known.name)
        bands = [band for band in self.branch.amount_bands if band.code == amount_band]
        return name if not bands else f"{name} ({self.text(bands[0].name)})"

    def person(self, staff_id: str) -> str:
        name = self.name_of(staff_id)
        return staff_id if name is None else self.text(name)

    def text(self, text: Text) -> str:
        return text.zh if self.words.is_chinese else text.en

    def others(self, passed_over: Sequence[e.PassedOver]) -> str:
        if not passed_over:
            return ""
        told = [f"{passed.number} ({self.words.code(passed.reason)})" for passed in passed_over]
        return self.say("; before {others}", others=self.words.list(told))

    def announcement(self, which: int | datetime) -> tuple[int, datetime]:
        """Which of the ticket's announcements it is, by its id or its time: counted from 1, and when it was made."""
        for index, announced in enumerate(self.ticket.announcements, start=1):
            if which in (announced.announcement_id, announced.at):
                return index, announced.at
        return 0, self.ticket.issued.at

    def delay(self, start: datetime, end: datetime) -> str:
        """A short time, to the tenth of a second."""
        return self.say("{seconds} s", seconds=f"{elapsed_ms(start, end) / 1000:.1f}")

    def allowed(self, limit_s: int | None, version: str | None) -> str:
        if limit_s is None:
            return self.say("no time standard")
        return self.say(
            "{time} allowed, standard {version}", time=self.words.time(limit_s * 1000), version=version
        )


AnyEvent = TypeVar("AnyEvent", bound=e.Event)
_SENTENCES: dict[type[e.Event], Callable[[Telling, Any], str]] = {}


def _told(
    kind: type[AnyEvent],
) -> Callable[[Callable[[Telling, AnyEvent], str]], Callable[[Telling, AnyEvent], str]]:
    def register(sentence: Callable[[Telling, AnyEvent], str]) -> Callable[[Telling, AnyEvent], str]:
        _SENTENCES[kind] = sentence
        return sentence

    return register


def sentences(t: Telling, event: e.Event) -> Iterator[str]:
    """What is told of one event: nothing of an event that is not about this ticket."""
    number = t.ticket.number
    if getattr(event, "number", None) == number or isinstance(event, e.IncidentAmended):
        sentence = _SENTENCES.get(type(event))
        if sentence is not None:
            yield sentence(t, event)
    elif isinstance(event, e.IncidentClosed):
        if number in event.numbers:
            yield t.say(
                "The device that failed meanwhile: {note}, after {time} (incident {incident})",
                note=t.words.code(event.note),
                time=t.words.time(event.span_ms),
                incident=event.incident_id,
            )
    elif isinstance(event, e.TicketIssued) and event.requeue_of == number:
        yield t.say("A new number was taken instead: {number}", number=event.number)
    elif isinstance(event, (e.TicketCalled, e.ServiceStarted, e.TicketMoved)):
        for passed in event.passed_over:
            if passed.number == number:
                why = t.words.code(passed.reason)
                yield t.say("{number} went first: {reason}", number=event.number, reason=why)


# --- the ticket ----------------------------------------------------------------------------------------------------


@_told(e.TicketIssued)
def _issued(t: Telling, event: e.TicketIssued) -> str:
    if event.quote_lo_min is None:
        quote = t.say("no counter open for this service yet")
    else:
        quote = t.say("expected wait {lo}–{hi} min", lo=event.quote_lo_min, hi=event.quote_hi_min)
    again = t.say(", again after {number}", number=event.requeue_of) if event.requeue_of else ""
    return t.say(
        "{number} issued{again}: {service}, {customer}, {ahead} ahead, {quote}",
        number=event.number,
        again=again,
        service=t.service(event.service),
        customer=t.words.code(event.customer_class.value),
        ahead=event.ahead,
        quote=quote,
    )


@_told(e.PrintReported)
def _printed(t: Telling, event: e.PrintReported) -> str:
    is_reprint = any(slip.is_reprint for slip in t.ticket.slips if slip.job_id == event.job_id)
    cause = t.words.code(event.cause or event.state)
    if event.state == "printed":
        return t.say("The slip marked as a reprint was printed" if is_reprint else "The slip was printed")
    if event.state == "failed":
        return t.say("The slip was not printed: {cause}", cause=cause)
    return t.say("Nobody knows whether the slip was printed: {cause}", cause=cause)


@_told(e.ReprintRequested)
def _reprint(t: Telling, event: e.ReprintRequested) -> str:
    return t.say("Staff asked for another slip, marked as a reprint")


@_told(e.TicketCalled)
def _called(t: Telling, event: e.TicketCalled) -> str:
    index, _ = t.announcement(event.at)
    text = t.say(
        "Announcement {index}: called to counter {counter} by {teller}, policy {policy}",
        index=index,
        counter=event.counter,
        teller=t.person(event.teller),
        policy=event.policy,
    )
    if event.is_out_of_order:
        text += t.say("; out of order: {reason}", reason=t.words.code(event.reason))
    return text + t.others(event.passed_over)


@_told(e.TicketRecalled)
def _recalled(t: Telling, event: e.TicketRecalled) -> str:
    index, _ = t.announcement(event.at)
    return t.say(
        "Announcement {index}: called again to counter {counter}", index=index, counter=event.counter
    )


@_told(e.AnnouncementShown)
def _shown(t: Telling, event: e.AnnouncementShown) -> str:
    index, at = t.announcement(event.announcement_id)
    return t.say(
        "Announcement {index} was shown on {display} after {delay}",
        index=index,
        display=event.display,
        delay=t.delay(at, event.shown_at),
    )


@_told(e.AnnouncementSpoken)
def _spoken(t: Telling, event: e.AnnouncementSpoken) -> str:
    index, at = t.announcement(event.announcement_id)
    return t.say(
        "Announcement {index} was spoken by {display} after {delay}",
        index=index,
        display=event.display,
        delay=t.delay(at, event.spoken_at),
    )


@_told(e.CallUnheard)
def _unheard(t: Telling, event: e.CallUnheard) -> str:
    index, _ = t.announcement(event.announcement_id)
    return t.say("Announcement {index} was shown on no display in time: unheard", index=index)


@_told(e.CallWithdrawn)
def _withdrawn(t: Telling, event: e.CallWithdrawn) -> str:
    return t.say(
        "The call was withdrawn by {teller}: {reason}",
        teller=t.person(event.teller),
        reason=t.words.code(event.reason),
    )


# --- the visit -----------------------------------------------------------------------------------------------------


@_told(e.ServiceStarted)
def _started(t: Telling, event: e.ServiceStarted) -> str:
    text = t.say(
        "Service began at counter {counter} with {teller}",
        counter=event.counter,
        teller=t.person(event.teller),
    )
    if not event.was_called:
        text += t.say("; without having been called")
    if event.is_assumed:
        text += t.say("; nobody said so, the call was long enough ago")
    return text + t.others(event.passed_over)


@_told(e.StartRetracted)
def _retracted(t: Telling, event: e.StartRetracted) -> str:
    return t.say("The customer was not there after all, and is still called")


@_told(e.TransactionSet)
def _set(t: Telling, event: e.TransactionSet) -> str:
    return t.say(
        "The transaction is {service}: {allowed}",
        service=t.service(event.service, event.amount_band),
        allowed=t.allowed(event.limit_s, event.standard_version),
    )


@_told(e.TransactionStarted)
def _next(t: Telling, event: e.TransactionStarted) -> str:
    return t.say(
        "Next transaction, {service}: {allowed}",
        service=t.service(event.service, event.amount_band),
        allowed=t.allowed(event.limit_s, event.standard_version),
    )


@_told(e.TransactionCorrected)
def _corrected(t: Telling, event: e.TransactionCorrected) -> str:
    return t.say(
        "Transaction {index} was corrected to {service}: {reason}",
        index=event.index + 1,
        service=t.service(event.service, event.amount_band),
        reason=t.words.code(event.reason),
    )


@_told(e.SeatLeft)
def _seat_left(t: Telling, event: e.SeatLeft) -> str:
    return t.say("The teller left the seat for: {device}", device=t.words.code(event.device))


@_told(e.SeatTaken)
def _seat_taken(t: Telling, event: e.SeatTaken) -> str:
    return t.say("The teller was back at the seat")


@_told(e.WrapUpStarted)
def _wrap_up(t: Telling, event: e.WrapUpStarted) -> str:
    return t.say("The customer left the counter; wrap-up began")


@_told(e.ServiceFinished)
def _finished(t: Telling, event: e.ServiceFinished) -> str:
    return t.say(
        "Served at counter {counter} by {teller}", counter=event.counter, teller=t.person(event.teller)
    )


@_told(e.TicketHeld)
def _held(t: Telling, event: e.TicketHeld) -> str:
    return t.say(
        "On hold by {teller}: {reason}", teller=t.person(event.teller), reason=t.words.code(event.reason)
    )


@_told(e.TicketResumed)
def _resumed(t: Telling, event: e.TicketResumed) -> str:
    return t.say("Ready again, first for counter {counter}", counter=event.counter)


@_told(e.TicketTransferred)
def _transferred(t: Telling, event: e.TicketTransferred) -> str:
    text = t.say(
        "Transferred by {teller} to {service}",
        teller=t.person(event.teller),
        service=t.service(event.to_service),
    )
    if event.to_counter is not None:
        text += t.say(", counter {counter}", counter=event.to_counter)
    return text


# --- supervisor and rating -----------------------------------------------------------------------------------------


@_told(e.SupervisorCalled)
def _supervisor_called(t: Telling, event: e.SupervisorCalled) -> str:
    return t.say(
        "{teller} called the supervisor to counter {counter}",
        teller=t.person(event.teller),
        counter=event.counter,
    )


@_told(e.SupervisorAnswered)
def _supervisor_answered(t: Telling, event: e.SupervisorAnswered) -> str:
    return t.say(
        "{supervisor} answered the call to counter {counter} after {time}",
        supervisor=t.person(event.supervisor),
        counter=event.counter,
        time=t.words.time(event.response_ms),
    )


@_told(e.SupervisorEscalated)
def _supervisor_escalated(t: Telling, event: e.SupervisorEscalated) -> str:
    return t.say(
        "Nobody answered the call to counter {counter} for {time}: the branch head was told",
        counter=event.counter,
        time=t.words.time(event.waited_s * 1000),
    )


@_told(e.RatingAsked)
def _rating_asked(t: Telling, event: e.RatingAsked) -> str:
    return t.say("Asked for a rating at counter {counter}", counter=event.counter)


@_told(e.VisitRated)
def _rated(t: Telling, event: e.VisitRated) -> str:
    return t.say(
        "Rated at counter {counter}: {rating}", counter=event.counter, rating=t.words.code(event.rating.value)
    )


@_told(e.RatingExpired)
def _not_rated(t: Telling, event: e.RatingExpired) -> str:
    return t.say("Not rated at counter {counter}", counter=event.counter)


# --- misses and ends -----------------------------------------------------------------------------------------------


@_told(e.TicketMissed)
def _missed(t: Telling, event: e.TicketMissed) -> str:
    return t.say(
        "Missed at counter {counter}: attributed to {attribution}; {outcome}",
        counter=event.counter,
        attribution=t.words.code(event.attribution),
        outcome=t.words.code(event.outcome),
    )


@_told(e.TicketReinstated)
def _reinstated(t: Telling, event: e.TicketReinstated) -> str:
    return t.say("Reinstated at the head of the queue")


@_told(e.NoShowUndone)
def _undone(t: Telling, event: e.NoShowUndone) -> str:
    return t.say("The no-show was undone: {reason}", reason=t.words.code(event.reason))


@_told(e.TicketMoved)
def _moved(t: Telling, event: e.TicketMoved) -> str:
    return t.say("Moved to the head by staff: {reason}", reason=t.words.code(event.reason)) + t.others(
        event.passed_over
    )


@_told(e.TicketCancelled)
def _cancelled(t: Telling, event: e.TicketCancelled) -> str:
    return t.say("Cancelled: {reason}", reason=t.words.code(event.reason))


@_told(e.TicketWalkedOut)
def _walked_out(t: Telling, event: e.TicketWalkedOut) -> str:
    return t.say("Left without having been called")


@_told(e.TicketExpired)
def _expired(t: Telling, event: e.TicketExpired) -> str:
    return t.say("Expired: {reason}", reason=t.words.code(event.reason))


# --- limits and incidents ------------------------------------------------------------------------------------------


@_told(e.StandardNeared)
def _neared(t: Telling, event: e.StandardNeared) -> str:
    return t.say("{percent} percent of the time allowed is used", percent=event.percent)


@_told(e.StandardExceeded)
def _exceeded(t: Telling, event: e.StandardExceeded) -> str:
    allowed = t.words.time(event.limit_s * 1000)
    return t.say(
        "{percent} percent of the {allowed} allowed: over the standard",
        percent=event.percent,
        allowed=allowed,
    )


@_told(e.WaitLimitReached)
def _waited(t: Telling, event: e.WaitLimitReached) -> str:
    return t.say("Has waited {minutes} min", minutes=event.minutes)


@_told(e.QuoteExceeded)
def _beyond_quote(t: Telling, event: e.QuoteExceeded) -> str:
    return t.say("Has waited longer than the {hi} min promised", hi=event.quote_hi_min)


@_told(e.OvertakenAlerted)
def _overtaken(t: Telling, event: e.OvertakenAlerted) -> str:
    return t.say("Overtaken {count} times: the lobby manager was alerted", count=event.overtaken)


@_told(e.IncidentOpened)
def _incident(t: Telling, event: e.IncidentOpened) -> str:
    text = t.say(
        "Incident {incident}: {kind}, severity {severity}, attributed to {attribution}",
        incident=event.incident_id,
        kind=t.words.code(event.kind),
        severity=event.severity,
        attribution=t.words.code(event.attribution),
    )
    return f"{text} ({event.note})" if event.note else text


@_told(e.IncidentAmended)
def _amended(t: Telling, event: e.IncidentAmended) -> str:
    return t.say("Incident {incident}: {note}", incident=event.incident_id, note=t.words.code(event.note))
