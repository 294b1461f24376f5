"""Counters, waiting, held and missed tickets: what teller page and lobby page have in common (C1, D3, T3, N1)."""

from __future__ import annotations

from queue_server.domain import calling, missed
from queue_server.domain.day import (
    Announcement,
    Desk,
    Phase,
    SupervisorCall,
    Ticket,
    Times,
    Transaction,
    elapsed_ms,
)
from queue_server.domain.events import AnnouncementEvidence
from queue_server.domain.transitions import TicketState
from queue_server.views.scene import Scene
from queue_server.wire.hall import (
    Announced,
    CounterView,
    HeldTicket,
    MissedTicket,
    PhaseName,
    RatingView,
    RunningTransaction,
    ServiceWaiting,
    SupervisorCallView,
    TicketAtCounter,
    WaitingTicket,
)
from queue_server.wire.pads import SupervisorState

PHASE_NAMES: dict[Phase, PhaseName] = {
    Phase.WAIT: "wait",
    Phase.WAY: "way",
    Phase.SERVICE: "service",
    Phase.HOLD: "hold",
    Phase.SEAT_AWAY: "seat_away",
    Phase.WRAP_UP: "wrap_up",
}


def times_by_name(times: Times) -> dict[PhaseName, int]:
    """Milliseconds by the phase's name; together they are the stay (T1)."""
    return {name: times[phase] for phase, name in PHASE_NAMES.items()}


def announced(announcement: Announcement | AnnouncementEvidence) -> Announced:
    """One announcement, as far as it is known."""
    return Announced(
        announcement_id=announcement.announcement_id,
        at=announcement.at,
        shown_at=announcement.shown_at,
        spoken_at=announcement.spoken_at,
        is_unheard=announcement.is_unheard,
    )


def counter_view(scene: Scene, counter: str) -> CounterView:
    """One counter with the ticket it has."""
    desk = scene.day.desk(counter)
    skills = scene.branch.counter_by_code[counter].services
    ticket = scene.day.tickets[desk.number] if desk.number is not None else None
    request = desk.pause_requested
    return CounterView(
        counter=counter,
        name=scene.counter_name(counter),
        state=desk.state.value,
        supervisor=supervisor_call(scene, desk),
        rating=_rating(scene, desk),
        teller=desk.teller,
        teller_name=scene.name(desk.teller),
        since=desk.since,
        reason=desk.reason,
        pause_requested=request.reason if request is not None else None,
        services=[service.code for service in scene.branch.services if service.code in skills],
        ticket=_at_counter(scene, ticket) if ticket is not None else None,
    )


def supervisor_call(scene: Scene, desk: Desk) -> SupervisorCallView | None:
    """The counter's call for the supervisor that is not over, or None."""
    if desk.supervisor is None:
        return None
    call: SupervisorCall = scene.day.supervisor_calls[desk.supervisor]
    waited_ms = elapsed_ms(call.called_at, call.answered_at or scene.now)
    return SupervisorCallView(
        call_id=desk.supervisor,
        counter=desk.counter,
        counter_name=scene.counter_name(desk.counter),
        teller=call.teller,
        teller_name=scene.name(call.teller),
        number=call.number,
        called_at=call.called_at,
        waited_ms=waited_ms,
        is_escalated=call.escalated_at is not None,
        answered_at=call.answered_at,
        answered_by=call.answered_by,
        answered_by_name=scene.name(call.answered_by),
        response_ms=None if call.answered_at is None else waited_ms,
    )


def supervisor_calls(scene: Scene) -> list[SupervisorCallView]:
    """Those of every counter, the oldest first."""
    desks = sorted(
        (desk for desk in scene.day.desks.values() if desk.supervisor is not None),
        key=lambda desk: desk.supervisor or 0,
    )
    return [call for desk in desks if (call := supervisor_call(scene, desk)) is not None]


def _rating(scene: Scene, desk: Desk) -> RatingView | None:
    """The rating that is open here, what the customer who is here has said, or what the one before said."""
    for number in (desk.rating, desk.number, desk.last_visit):
        rated = scene.day.tickets[number].rating if number is not None else None
        if number is not None and rated is not None and rated.counter == desk.counter:
            return RatingView(
                number=number,
                asked_at=rated.asked_at,
                is_open=rated.is_open,
                rating=rated.rating.value if rated.rating is not None else None,
            )
    return None


def _at_counter(scene: Scene, ticket: Ticket) -> TicketAtCounter:
    is_called = ticket.state is TicketState.CALLED
    rules = scene.branch.rules
    running = ticket.transaction
    calls = ticket.calls_since
    return TicketAtCounter(
        number=ticket.number,
        service=ticket.service,
        service_name=scene.service_name(ticket.service),
        customer_class=ticket.customer_class.value,
        issued_at=ticket.issued.at,
        phase=PHASE_NAMES[ticket.phase],
        phase_since=ticket.phase_since,
        times_ms=times_by_name(ticket.times_at(scene.now)),
        misses=ticket.misses,
        is_device_affected=ticket.is_device_affected,
        announcements=[announced(announcement) for announcement in calls],
        announcements_left=missed.announcements_left(rules, ticket) if is_called else 0,
        no_show_in_ms=missed.no_show_wait_ms(rules, ticket, scene.now) if is_called else None,
        is_unheard=is_unheard(ticket),
        away_at=ticket.away_device,
        transaction=_running(scene, running, len(ticket.transactions) - 1) if running is not None else None,
        transactions_done=sum(1 for t in ticket.transactions if t.finished_at is not None),
    )


def is_unheard(ticket: Ticket) -> bool:
    """Nobody showed the last announcement of the called ticket: the teller has to call out (D3).

    Shown late, by a display that came back: nobody has to call out any more; the evidence keeps both.
    """
    last = ticket.open_call
    return last is not None and last.is_unheard and last.shown_at is None


def supervisor_state(desk: Desk) -> SupervisorState:
    """Whether the counter waits for the supervisor, or somebody is on the way (C8)."""
    if desk.supervisor is None:
        return "none"
    return "answered" if desk.is_supervisor_coming else "called"


def _running(scene: Scene, transaction: Transaction, index: int) -> RunningTransaction:
    return RunningTransaction(
        index=index,
        service=transaction.service,
        service_name=scene.service_name(transaction.service),
        amount_band=transaction.amount_band,
        started_at=transaction.started_at,
        spent_ms=transaction.spent_at(scene.now),
        limit_s=transaction.limit_s,
        standard_version=transaction.standard_version,
        level=transaction.level,
    )


def waiting_ticket(scene: Scene, ticket: Ticket) -> WaitingTicket:
    """One waiting ticket and why it stands where it stands."""
    return WaitingTicket(
        number=ticket.number,
        service=ticket.service,
        service_name=scene.service_name(ticket.service),
        customer_class=ticket.customer_class.value,
        issued_at=ticket.issued.at,
        waited_ms=ticket.times_at(scene.now)[Phase.WAIT],
        reasons=_reasons(scene, ticket),
        overtaken=len(ticket.overtaken),
        is_beyond_quote=ticket.is_beyond_quote,
        wait_level=ticket.wait_level_min,
        misses=ticket.misses,
        reserved_counter=ticket.reserved_counter,
        print_state=ticket.slips[-1].state if ticket.slips else None,
    )


def _reasons(scene: Scene, ticket: Ticket) -> list[str]:
    reasons = []
    if ticket.standing is not None:
        reasons.append(ticket.standing)
    elif ticket.reserved_counter is not None:
        reasons.append("reserved")
    class_reason = calling.CLASS_REASONS.get(ticket.customer_class)
    if class_reason is not None:
        reasons.append(class_reason)
    if calling.is_capped(scene.branch, ticket, scene.now):
        reasons.append("cap")
    return reasons


def everybody_waiting(scene: Scene) -> list[WaitingTicket]:
    """All waiting tickets by place: about the order they will be called in."""
    entries = sorted(entry for queue in scene.day.queues.values() for entry in queue)
    return [waiting_ticket(scene, scene.day.tickets[number]) for _, number in entries]


def held_tickets(scene: Scene) -> list[HeldTicket]:
    """Customers who stepped aside, longest first."""
    tickets = sorted((scene.day.tickets[number] for number in scene.day.held), key=lambda t: t.phase_since)
    return [
        HeldTicket(
            number=ticket.number,
            service_name=scene.service_name(ticket.service),
            counter=ticket.reserved_counter or "",
            held_ms=elapsed_ms(ticket.phase_since, scene.now),
            reason=ticket.held_reason or "",
        )
        for ticket in tickets
    ]


def missed_list(scene: Scene) -> list[MissedTicket]:
    """Missed numbers, newest first, with what can still be done for them (N2, C7)."""
    found = []
    for ticket in scene.missed:
        last = ticket.last_miss
        if last is None:
            continue
        found.append(
            MissedTicket(
                number=ticket.number,
                service_name=scene.service_name(ticket.service),
                counter=last.counter,
                missed_at=last.at,
                outcome=last.outcome,
                attribution=last.attribution,
                can_reinstate=missed.can_reinstate(ticket, scene.now),
                can_reissue=ticket.state is TicketState.NO_SHOW and last.outcome == "to_requeue",
                held_until=last.held_until,
            )
        )
    return found


def services_waiting(scene: Scene) -> list[ServiceWaiting]:
    """How each service stands."""
    found = []
    for service in scene.branch.services:
        tickets = [scene.day.tickets[number] for _, number in scene.day.queue(service.code)]
        pace = scene.day.paces.get(service.code)
        found.append(
            ServiceWaiting(
                service=service.code,
                name=scene.service_name(service.code),
                group=service.group,
                waiting=len(tickets),
                longest_wait_ms=max((t.times_at(scene.now)[Phase.WAIT] for t in tickets), default=0),
                counters_open=sum(1 for counter in scene.open_counters if service.code in counter.services),
                wait=scene.bands[service.code],
                issued=scene.day.issued.get(service.code, 0),
                served=pace.count if pace is not None else 0,
            )
        )
    return found
