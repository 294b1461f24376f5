"""Remembering which configuration is in force, and what of the running day it no longer has (F1)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import Configuration, Day
from queue_server.domain.memory.steps import after, remembers
from queue_server.domain.transitions import CounterState
from queue_server.domain.values import frozen


@remembers(e.ConfigurationLoaded)
def _configuration_loaded(day: Day, event: e.ConfigurationLoaded) -> Day:
    later = after(day, event)
    in_use = {ticket.service for ticket in day.tickets.values() if ticket.is_open}
    open_counters = {desk.counter for desk in day.desks.values() if desk.state is not CounterState.CLOSED}
    later.configuration = Configuration(
        event.version,
        frozenset(in_use.difference(event.services)),
        frozenset(open_counters.difference(event.counters)),
    )
    for device in set(day.devices).difference(event.devices):
        later.devices = later.devices.delete(device)
        if device in later.device_incidents:
            later.device_incidents = later.device_incidents.delete(device)
    later.outages = tuple(one for one in day.outages if one.device in event.devices)
    later.covered = day.covered.intersection(event.devices)
    return frozen(later)
