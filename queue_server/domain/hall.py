"""What staff and devices say about tickets and the hall (C4, C7, D3, I1, J1, N2, T6)."""

from __future__ import annotations

from datetime import timedelta

from queue_server.domain import calling, missed, ratings
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.incidents import MANUAL_KINDS, recorded_incident
from queue_server.domain.question import Question, answers, require_reason
from queue_server.domain.timing import limit_of
from queue_server.domain.transitions import TicketState
from queue_server.errors import (
    DayAlreadyOpen,
    InvalidRequest,
    NotReinstatable,
    TicketAlreadyFirst,
    UnknownAnnouncement,
    UnknownNotice,
)


@answers(c.ResumeTicket)
def resume_ticket(q: Question, command: c.ResumeTicket) -> list[e.Event]:
    """The held customer is ready: first at the counter that holds the place."""
    ticket = q.ticket(command.number, TicketState.ON_HOLD)
    return [e.TicketResumed(q.now, ticket.number, ticket.reserved_counter or "")]


@answers(c.ReinstateTicket)
def reinstate_ticket(q: Question, command: c.ReinstateTicket) -> list[e.Event]:
    """A missed customer is here after all."""
    ticket = q.ticket(command.number, TicketState.NO_SHOW, TicketState.WAITING)
    if not missed.can_reinstate(ticket, q.now) or ticket.requeued_as is not None:
        raise NotReinstatable(number=ticket.number)
    return [e.TicketReinstated(q.now, ticket.number)]


@answers(c.UndoNoShow)
def undo_no_show(q: Question, command: c.UndoNoShow) -> list[e.Event]:
    """The no-show was a mistake."""
    ticket = q.ticket(command.number, TicketState.NO_SHOW, TicketState.WAITING)
    if ticket.last_miss is None or ticket.requeued_as is not None:
        raise NotReinstatable(number=ticket.number)
    return [e.NoShowUndone(q.now, ticket.number, require_reason(command.reason))]


@answers(c.MoveTicket)
def move_ticket(q: Question, command: c.MoveTicket) -> list[e.Event]:
    """To the head, out of order, with a reason."""
    reason = require_reason(command.reason)
    ticket = q.ticket(command.number, TicketState.WAITING)
    before = calling.stands_before(q.branch, q.day, ticket)
    if not before:
        raise TicketAlreadyFirst(number=ticket.number)
    overtaken = tuple(e.PassedOver(number, "out_of_order") for number in before)
    return [e.TicketMoved(q.now, ticket.number, reason, overtaken)]


@answers(c.CancelTicket)
def cancel_ticket(q: Question, command: c.CancelTicket) -> list[e.Event]:
    """Given back.  A called ticket cancelled frees its counter."""
    ticket = q.ticket(command.number)
    if ticket.state is not TicketState.CALLED:
        q.ticket(command.number, TicketState.WAITING, TicketState.ON_HOLD)
    return [e.TicketCancelled(q.now, ticket.number, require_reason(command.reason))]


@answers(c.MarkWalkedOut)
def mark_walked_out(q: Question, command: c.MarkWalkedOut) -> list[e.Event]:
    """Left without ever having been called."""
    ticket = q.ticket(command.number, TicketState.WAITING)
    if ticket.first_called_at is not None:
        raise InvalidRequest(where="number", expected="a ticket that was never called")
    return [e.TicketWalkedOut(q.now, ticket.number)]


@answers(c.CorrectTransaction)
def correct_transaction(q: Question, command: c.CorrectTransaction) -> list[e.Event]:
    """What a finished transaction was; its times stand."""
    reason = require_reason(command.reason)
    ticket = q.ticket(command.number)
    if not 0 <= command.index < len(ticket.transactions):
        raise InvalidRequest(where="index", expected=f"0 to {len(ticket.transactions) - 1}")
    service, band = q.service(command.service), q.amount_band(command.amount_band)
    limit_s, version = limit_of(q.branch, q.date, service, band, ticket.customer_class)
    return [
        e.TransactionCorrected(q.now, ticket.number, command.index, service, band, limit_s, version, reason)
    ]


def _announced_number(q: Question, announcement_id: int) -> str:
    number: str | None = q.day.calls.get(announcement_id)
    if number is None:
        raise UnknownAnnouncement(announcement_id=announcement_id)
    return number


@answers(c.ReportShown)
def report_shown(q: Question, command: c.ReportShown) -> list[e.Event]:
    """A display drew the call.  Only the first report of an announcement is news."""
    number = _announced_number(q, command.announcement_id)
    known = next(
        a for a in q.day.tickets[number].announcements if a.announcement_id == command.announcement_id
    )
    if known.shown_at is not None:
        return []
    shown_at = max(known.at, q.now - timedelta(milliseconds=max(0, command.shown_ms_ago)))
    return [e.AnnouncementShown(q.now, command.announcement_id, number, command.display, shown_at)]


@answers(c.ReportSpoken)
def report_spoken(q: Question, command: c.ReportSpoken) -> list[e.Event]:
    """A voice finished the announcement.  Only the first report is news."""
    number = _announced_number(q, command.announcement_id)
    known = next(
        a for a in q.day.tickets[number].announcements if a.announcement_id == command.announcement_id
    )
    if known.spoken_at is not None:
        return []
    spoken_at = max(known.at, q.now - timedelta(milliseconds=max(0, command.spoken_ms_ago)))
    return [e.AnnouncementSpoken(q.now, command.announcement_id, number, command.display, spoken_at)]


@answers(c.RecordIncident)
def record_incident(q: Question, command: c.RecordIncident) -> list[e.Event]:
    """What people saw and no machine can."""
    if command.kind not in MANUAL_KINDS:
        raise InvalidRequest(where="kind", expected=f"one of {', '.join(MANUAL_KINDS)}")
    if command.number is not None:
        q.ticket(command.number)
    if command.counter is not None:
        q.counter(command.counter)
    require_reason(command.note)
    return [recorded_incident(q, command)]


@answers(c.PostNotice)
def post_notice(q: Question, command: c.PostNotice) -> list[e.Event]:
    """A line for the displays."""
    zh = require_reason(command.zh)
    notice_id = f"{q.date:%Y%m%d}-n{q.day.notice_count + 1}"
    return [e.NoticePosted(q.now, notice_id, zh, command.en.strip() or zh)]


@answers(c.WithdrawNotice)
def withdraw_notice(q: Question, command: c.WithdrawNotice) -> list[e.Event]:
    """The notice comes down."""
    if command.notice_id not in q.day.notices:
        raise UnknownNotice(notice_id=command.notice_id)
    return [e.NoticeWithdrawn(q.now, command.notice_id)]


def ends_of_open_tickets(q: Question, reason: str) -> list[e.Event]:
    """Every open ticket expires and every counter closes: the end of a business day (test 9)."""
    ends: list[e.Event] = []
    for number in sorted(q.day.tickets):
        if q.day.tickets[number].is_open:
            ends.append(e.TicketExpired(q.now, number, reason))
    for code in sorted(q.day.desks):
        desk = q.day.desks[code]
        if desk.no_ticket_service is not None:
            ends.append(e.NoTicketServiceFinished(q.now, code, desk.teller or ""))
        if desk.state not in ("closed",):
            ends.append(e.CounterClosed(q.now, code, desk.teller or ""))
        ends += ratings.expiring(q.day, q.now, desk)
    return ends


@answers(c.ReopenDay)
def reopen_day(q: Question, command: c.ReopenDay) -> list[e.Event]:
    """Today was closed by mistake; the tickets that expired with it stay expired."""
    if q.day.is_open:
        raise DayAlreadyOpen()
    return [e.DayReopened(q.now)]


@answers(c.CloseDay)
def close_day(q: Question, command: c.CloseDay) -> list[e.Event]:
    """The business day ends by hand."""
    return [*ends_of_open_tickets(q, "day_closed"), e.DayClosed(q.now, "closed_by_staff")]
