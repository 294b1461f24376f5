"""Whom a device that fails touches: tickets issued or called meanwhile, transactions running at its counter (H2).

Nothing of this is an event.  While no device is out of order, which is nearly always, it costs one look at an empty
tuple.
"""

from __future__ import annotations

from queue_server.domain.day import Desk, Outage, Ticket, Transaction
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import Draft, changed

AT_CALLS = frozenset({"lobby_display", "speaker"})
"""A call made while one of these is out of order may not have been seen or heard."""

AT_ISSUES = frozenset({"kiosk", "ticket_printer"})
"""A number taken while one of these is out of order may not have come out of it."""

Outages = tuple[Outage, ...]


def called(outages: Outages, ticket: Draft[Ticket]) -> Outages:
    """A call or recall of the ticket: it is marked, and the outages remember it."""
    touching = [one for one in outages if one.kind in AT_CALLS and not one.works]
    return _marked(outages, touching, ticket)


def issued(outages: Outages, ticket: Draft[Ticket], kiosk: str | None) -> Outages:
    """A number taken at a kiosk, or by hand (None), which any kiosk out of order may be the reason of."""
    touching = [
        one
        for one in outages
        if one.kind in AT_ISSUES and not one.works and kiosk in (None, one.device, one.part_of)
    ]
    return _marked(outages, touching, ticket)


def served(
    outages: Outages, counter: str, number: str, transaction: Transaction
) -> tuple[Outages, Transaction]:
    """A transaction of the ticket runs at the counter."""
    touching = [one for one in outages if counter in one.counters and not one.works]
    if not touching:
        return outages, transaction
    marked = changed(transaction, devices=_joined(transaction.devices, touching))
    return _remembered(outages, touching, number), marked


def is_on_its_way(outage: Outage, ticket: Ticket) -> bool:
    """Whether an outage that begins touches the ticket: called already, or its slip not reported yet."""
    if outage.kind in AT_CALLS:
        return ticket.state is TicketState.CALLED
    if outage.kind in AT_ISSUES:
        return any(
            slip.state == "pending" and slip.kiosk in (outage.device, outage.part_of) for slip in ticket.slips
        )
    return False


def runs_at(outage: Outage, desk: Desk) -> bool:
    """Whether the outage is at this desk's counter."""
    return desk.counter in outage.counters


def _marked(outages: Outages, touching: list[Outage], ticket: Draft[Ticket]) -> Outages:
    if not touching:
        return outages
    ticket.devices = _joined(ticket.devices, touching)
    ticket.is_device_affected = True
    return _remembered(outages, touching, ticket.issued.number)


def _joined(devices: tuple[str, ...], touching: list[Outage]) -> tuple[str, ...]:
    return (*devices, *(one.device for one in touching if one.device not in devices))


def _remembered(outages: Outages, touching: list[Outage], number: str) -> Outages:
    return tuple(
        changed(one, numbers=(*one.numbers, number)) if one in touching and not _has(one, number) else one
        for one in outages
    )


def _has(outage: Outage, number: str) -> bool:
    # A number is taken once; a printer that is out of paper all day touches thousands of them.
    return outage.kind not in AT_ISSUES and number in outage.numbers
