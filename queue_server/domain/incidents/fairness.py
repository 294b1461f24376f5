"""Queue jumps, overtaken customers, service without a number, pauses before a customer (J1–J3, C5)."""

from __future__ import annotations

from datetime import datetime

from queue_server.domain import events as e
from queue_server.domain import ratings
from queue_server.domain.incidents.evidence import opened
from queue_server.domain.incidents.following import Happening, follows

DISPLAY_STUCK_AFTER = 2
"""So many calls of a counter in a row shown by no display, and then a service: the display stands still (J1)."""


def _overtaken_alerts(h: Happening, at: datetime, passed_over: tuple[e.PassedOver, ...]) -> list[e.Event]:
    limit = h.branch.rules.overtaken_alert
    return [
        e.OvertakenAlerted(at, passed.number, limit)
        for passed in passed_over
        if len(h.after.tickets[passed.number].overtaken) == limit
    ]


@follows(e.TicketCalled)
def _called(h: Happening, event: e.TicketCalled) -> list[e.Event]:
    if not event.passed_over and not event.is_out_of_order:
        return []
    follows = _overtaken_alerts(h, event.at, event.passed_over)
    if event.is_out_of_order:
        follows.append(
            opened(
                h,
                event.at,
                "queue_jump",
                "specific_call",
                "teller",
                ticket=h.after.tickets[event.number],
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                passed_over=event.passed_over,
                facts={"policy": event.policy},
                note=event.reason,
            )
        )
    return follows


@follows(e.TicketMoved)
def _moved(h: Happening, event: e.TicketMoved) -> list[e.Event]:
    follows = _overtaken_alerts(h, event.at, event.passed_over)
    return [
        *follows,
        opened(
            h,
            event.at,
            "queue_jump",
            "moved_up",
            "lobby_manager",
            ticket=h.after.tickets[event.number],
            base=2,
            position=h.after.position + len(follows),
            passed_over=event.passed_over,
            note=event.reason,
        ),
    ]


@follows(e.ServiceStarted)
def _started(h: Happening, event: e.ServiceStarted) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    follows: list[e.Event] = []
    asked = h.after.desk(event.counter)
    if asked.rating is not None and asked.rating != event.number:
        # The next customer stands there now, and would rate the one before.
        follows += ratings.expiring(h.after, event.at, asked)
    if not event.was_called:
        follows.extend(_overtaken_alerts(h, event.at, event.passed_over))
        follows.append(
            opened(
                h,
                event.at,
                "queue_jump",
                "served_uncalled",
                "teller",
                ticket=ticket,
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                passed_over=event.passed_over,
            )
        )
    desk = h.before.desk(event.counter)
    if desk.unheard_streak >= DISPLAY_STUCK_AFTER and not desk.is_stuck_told:
        follows.append(
            opened(
                h,
                event.at,
                "queue_jump",
                "display_stuck",
                "device",
                ticket=ticket,
                counter=event.counter,
                teller=event.teller,
                base=2,
                position=h.after.position + len(follows),
                facts={"unheard_calls": desk.unheard_streak},
            )
        )
    return follows


@follows(e.NoTicketServiceStarted)
def _no_ticket(h: Happening, event: e.NoTicketServiceStarted) -> list[e.Event]:
    return [
        opened(
            h,
            event.at,
            "no_ticket_service",
            "served_without_number",
            "teller",
            counter=event.counter,
            teller=event.teller,
            base=2 if h.after.waiting_count else 1,
            facts={"service": event.service, "waiting": h.after.waiting_count},
            note=event.reason,
        )
    ]


@follows(e.CounterPaused)
def _paused(h: Happening, event: e.CounterPaused) -> list[e.Event]:
    return _left(h, event, "paused", is_consented=event.is_consented)


@follows(e.CounterClosed)
def _closed(h: Happening, event: e.CounterClosed) -> list[e.Event]:
    return _left(h, event, "closed", is_consented=False)


def _left(
    h: Happening, event: e.CounterPaused | e.CounterClosed, how: str, *, is_consented: bool
) -> list[e.Event]:
    """The counter stopped while the next in line has nobody else to go to."""
    if event.left_waiting is None:
        return []
    return [
        opened(
            h,
            event.at,
            "counter_paused_on_customer",
            "next_in_line",
            "teller",
            ticket=h.after.tickets[event.left_waiting],
            counter=event.counter,
            teller=event.teller,
            facts={"how": how, "is_consented": is_consented},
            note=event.reason,
        )
    ]
