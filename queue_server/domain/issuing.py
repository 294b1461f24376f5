"""Tickets come into the world: numbers, quotas, hours, slips (K2, K3, K6, K7, P2, P4)."""

from __future__ import annotations

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import CustomerClass, Service
from queue_server.domain.day import Day, instant_ms
from queue_server.domain.question import Question, answers
from queue_server.domain.transitions import TicketState
from queue_server.domain.waiting import outlook
from queue_server.errors import (
    CustomerHasTicket,
    CustomerLimitReached,
    DayNotOpen,
    NotReinstatable,
    OutsideTicketHours,
    QuotaReached,
    Refusal,
    SeriesExhausted,
    UnknownDevice,
    UnknownPrintJob,
)


def issue_refusal(q: Question, service: Service) -> Refusal | None:
    """Why no ticket is issued for the service now (K7), or None; also what the kiosk shows beforehand."""
    here = q.now.astimezone(q.branch.timezone)
    if q.day.date == here.date() and not q.day.is_open:
        return DayNotOpen()
    local = here.time()
    if not service.opens <= local < service.closes:
        return OutsideTicketHours(
            service=service.code, opens=f"{service.opens:%H:%M}", closes=f"{service.closes:%H:%M}"
        )
    if service.quota is not None and q.day.issued.get(service.code, 0) >= service.quota:
        return QuotaReached(service=service.code, quota=service.quota)
    return None


def _number(q: Question, series: str) -> str:
    """The next number of the series; one day, one meaning: never wrapped, never reused (K3)."""
    following = str(q.day.series.get(series, 0) + 1)
    digits = q.branch.rules.number_digits
    if len(following) > digits:
        raise SeriesExhausted(series=series)
    return series + following.zfill(digits)


def _issued(
    q: Question,
    service: Service,
    *,
    link: str,
    customer_class: CustomerClass,
    language: str,
    kiosk: str | None,
    customer: str | None = None,
    requeue_of: str | None = None,
) -> e.TicketIssued:
    number = _number(q, service.series)
    sequence = q.day.issued_count + 1
    head_start_s = q.branch.policy.head_start_s.get(customer_class, 0)
    place = (instant_ms(q.now) - head_start_s * 1000, sequence, 0)
    ahead, wait = outlook(q.branch, q.day, service.code, q.now, place)
    return e.TicketIssued(
        q.now,
        number,
        sequence,
        service.code,
        customer_class,
        link,
        language,
        ahead,
        wait.lo_min if wait is not None else None,
        wait.hi_min if wait is not None else None,
        head_start_s,
        _job_id(q.day, number, 1) if kiosk is not None else None,
        kiosk,
        customer,
        requeue_of,
    )


def _job_id(day: Day, number: str, slip: int) -> str:
    assert day.date is not None
    return f"{day.date.isoformat().replace('-', '')}-{number}-{slip}"


@answers(c.IssueTicket)
def issue_ticket(q: Question, command: c.IssueTicket) -> list[e.Event]:
    """A number for the service, unless hours, quota or the customer's own tickets say no."""
    service = q.branch.service_by_code[q.service(command.service)]
    refusal = issue_refusal(q, service)
    if refusal is not None:
        raise refusal
    if command.customer is not None:
        held = q.day.customers.get(command.customer, ())
        for number in held:
            ticket = q.day.tickets[number]
            if ticket.is_open and ticket.service == service.code:
                raise CustomerHasTicket(number=number)
        if len(held) >= q.branch.rules.tickets_per_customer:
            raise CustomerLimitReached(count=len(held))
    return [
        _issued(
            q,
            service,
            link=command.link,
            customer_class=command.customer_class,
            language=command.language,
            kiosk=command.kiosk,
            customer=command.customer,
        )
    ]


@answers(c.ReissueTicket)
def reissue_ticket(q: Question, command: c.ReissueTicket) -> list[e.Event]:
    """A new number, marked, for a missed one whose rule says so; once."""
    old = q.ticket(command.number, TicketState.NO_SHOW)
    last = old.last_miss
    if old.requeued_as is not None or last is None or last.outcome != "to_requeue":
        raise NotReinstatable(number=old.number)
    if command.kiosk is not None:
        q.device(command.kiosk, "kiosk")
    service = q.branch.service_by_code[q.service(old.service)]
    return [
        _issued(
            q,
            service,
            link=command.link,
            customer_class=old.customer_class,
            language=old.issued.language,
            kiosk=command.kiosk,
            customer=old.issued.customer,
            requeue_of=old.number,
        )
    ]


@answers(c.DivertCustomer)
def divert_customer(q: Question, command: c.DivertCustomer) -> list[e.Event]:
    """Recorded, and no number taken."""
    offered = q.branch.service_by_code[q.service(command.service)].diversion
    if offered is None or offered.device != command.device:
        raise UnknownDevice(device=command.device)
    return [e.CustomerDiverted(q.now, command.service, command.device)]


@answers(c.ReportPrint)
def report_print(q: Question, command: c.ReportPrint) -> list[e.Event]:
    """The slip's fate; one that was reported already stays as it was, save that unknown may become known."""
    number = q.day.slips.get(command.job_id)
    if number is None:
        raise UnknownPrintJob(job_id=command.job_id)
    slip = next(s for s in q.day.tickets[number].slips if s.job_id == command.job_id)
    if slip.state not in ("pending", "unknown") or slip.state == command.state:
        return []
    return [e.PrintReported(q.now, number, command.job_id, command.state, command.cause, command.detail)]


@answers(c.RequestReprint)
def request_reprint(q: Question, command: c.RequestReprint) -> list[e.Event]:
    """Another slip for an open ticket, with its mark."""
    ticket = q.ticket(
        command.number, TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ON_HOLD
    )
    q.device(command.kiosk, "kiosk")
    job_id = _job_id(q.day, ticket.number, len(ticket.slips) + 1)
    return [e.ReprintRequested(q.now, ticket.number, job_id, command.kiosk)]
