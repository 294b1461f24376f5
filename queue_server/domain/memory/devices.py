"""Remembering devices: how each of them stands, and the spans in which it was out of order (H1, H2)."""

from __future__ import annotations

from collections.abc import Iterable

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.day import Day, KnownDevice, Outage, Ticket
from queue_server.domain.memory import outages
from queue_server.domain.memory.steps import after, remembers
from queue_server.domain.values import Draft, changed, draft, frozen

WORKING_FAULTS = frozenset({"near_end", "config_drift", "low_voltage", "tamper"})
"""Faults with which a device still does its work."""


@remembers(e.DeviceReported)
def _device_reported(day: Day, event: e.DeviceReported) -> Day:
    device = event.device
    known: KnownDevice | None = day.devices.get(device)
    later = after(day, event)
    later.devices = day.devices.set(device, _known(known, event))
    if event.state == "online":
        later.covered = day.covered - {device}
        later.outages = tuple(one for one in day.outages if one.device != device)
        if device in day.device_incidents:
            later.device_incidents = day.device_incidents.delete(device)
        return frozen(later)
    works = event.fault in WORKING_FAULTS and event.state == "fault"
    own = next((one for one in day.outages if one.device == device), None)
    if own is None and is_covered(day, event):
        later.covered = day.covered | {device}
        return frozen(later)
    later.covered = day.covered - {device}
    begun = own or Outage(device, event.kind, event.at, event.part_of)
    begins = not works and (own is None or own.works)
    begun = changed(begun, works=works, counters=event.counters)
    later.outages = (*(one for one in day.outages if one.device != device), begun)
    if begins:
        _touch(day, later, begun)
    return frozen(later)


def is_covered(day: Day, event: e.DeviceReported) -> bool:
    """Whether the device cannot be reached because what it hangs on cannot: no fault of its own."""
    if event.state != "offline" or event.part_of is None:
        return False
    return not day.is_reachable(event.part_of)


def _known(known: KnownDevice | None, event: e.DeviceReported) -> KnownDevice:
    is_same = known is not None and (known.state, known.fault) == (event.state, event.fault)
    last_fault = known.last_fault if known is not None else None
    last_fault_at = known.last_fault_at if known is not None else None
    if event.state != "online" and not is_same:
        last_fault, last_fault_at = event.fault or event.state, event.at
    return KnownDevice(
        event.device,
        event.kind,
        event.state,
        event.fault,
        event.detail,
        event.at,
        known.since if known is not None and is_same else event.at,
        event.firmware,
        event.config,
        event.part_of,
        event.counters,
        last_fault,
        last_fault_at,
    )


def _touch(day: Day, later: Draft[Day], begun: Outage) -> None:
    """Those who were in the middle of it when the device failed."""
    for number in sorted({*_at_desks(day), *day.pending_slips.values()}):
        ticket = day.tickets[number]
        if outages.is_on_its_way(begun, ticket):
            marked = draft(ticket)
            touch = outages.called if begun.kind in outages.AT_CALLS else _issued
            later.outages = touch(later.outages, marked)
            later.tickets = later.tickets.set(number, frozen(marked))
    for desk in day.desks.values():
        if desk.number is None or not outages.runs_at(begun, desk):
            continue
        ticket = day.tickets[desk.number]
        running = ticket.transaction
        if running is not None and running.since is not None:
            later.outages, running = outages.served(later.outages, desk.counter, desk.number, running)
            transactions = (*ticket.transactions[:-1], running)
            later.tickets = later.tickets.set(desk.number, changed(ticket, transactions=transactions))


def _issued(those: outages.Outages, ticket: Draft[Ticket]) -> outages.Outages:
    return outages.issued(those, ticket, ticket.issued.kiosk)


def _at_desks(day: Day) -> Iterable[str]:
    return (desk.number for desk in day.desks.values() if desk.number is not None)


def taken_over(event: e.DayOpened) -> tuple[Map[str, KnownDevice], tuple[Outage, ...], frozenset[str]]:
    """(devices, their outages, those covered) as a new business day takes them over from the one before."""
    carried = [*(e.CarriedDevice(one, one.at) for one in event.devices), *event.carried]
    devices = {
        one.reported.device: changed(
            _known(None, one.reported),
            since=one.since,
            last_fault=one.last_fault,
            last_fault_at=one.last_fault_at,
        )
        for one in carried
    }
    begun = {one.device: one.opened.at for one in event.incidents}
    lasting = tuple(
        Outage(
            code,
            known.kind,
            begun[code],
            known.part_of,
            known.counters,
            works=known.state == "fault" and known.fault in WORKING_FAULTS,
        )
        for code, known in devices.items()
        if code in begun
    )
    covered = frozenset(
        code for code, known in devices.items() if known.state != "online" and code not in begun
    )
    return Map(devices), lasting, covered
