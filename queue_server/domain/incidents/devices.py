"""Slips that were not printed, devices that fail, calls that no display showed (P2, H5, D3)."""

from __future__ import annotations

from datetime import datetime

from queue_server.domain import events as e
from queue_server.domain.day import elapsed_ms
from queue_server.domain.incidents.evidence import opened
from queue_server.domain.incidents.following import Happening, follows


@follows(e.PrintReported)
def _not_printed(h: Happening, event: e.PrintReported) -> list[e.Event]:
    if event.state == "printed":
        return []
    ticket = h.after.tickets[event.number]
    return [
        opened(
            h,
            event.at,
            "ticket_not_printed",
            event.cause or event.state,
            "device",
            ticket=ticket,
            facts={"job_id": event.job_id, "print_state": event.state},
            note=event.detail,
        )
    ]


@follows(e.DeviceReported)
def _device_reported(h: Happening, event: e.DeviceReported) -> list[e.Event]:
    """One incident per span of being out of order; what hangs on a device that is out of order has none of its own."""
    incident_id = h.before.device_incidents.get(event.device)
    if event.state == "online":
        return [] if incident_id is None else [_closed(h, event.at, incident_id, event.device, "device_back")]
    if event.device in h.after.covered:
        return []
    fault = event.fault or event.state
    if incident_id is not None:
        known = h.before.devices[event.device]
        is_news = (known.state, known.fault) != (event.state, event.fault)
        return [e.IncidentAmended(event.at, incident_id, fault)] if is_news else []
    outage = next(one for one in h.after.outages if one.device == event.device)
    facts: dict[str, object] = {"device": event.device, "device_kind": event.kind}
    if event.part_of is not None:
        facts["part_of"] = event.part_of
    if event.counters:
        facts["counters"] = " ".join(event.counters)
    if outage.numbers:
        facts["touched"] = " ".join(outage.numbers)
    return [
        opened(
            h,
            event.at,
            "device_fault",
            fault,
            "device",
            counter=event.counters[0] if len(event.counters) == 1 else None,
            base=1 if outage.works else 2,
            facts=facts,
            note=event.detail,
        )
    ]


@follows(e.ConfigurationLoaded)
def _configuration_loaded(h: Happening, event: e.ConfigurationLoaded) -> list[e.Event]:
    """Nobody will hear again of a device that was taken out of the configuration."""
    gone = sorted(set(h.before.device_incidents).difference(event.devices))
    return [
        _closed(h, event.at, h.before.device_incidents[device], device, "device_removed") for device in gone
    ]


def _closed(h: Happening, at: datetime, incident_id: str, device: str, note: str) -> e.IncidentClosed:
    """The end of the span, with whom it touched."""
    numbers = next((one.numbers for one in h.before.outages if one.device == device), ())
    opened_at = h.before.incidents[incident_id].opened.at
    return e.IncidentClosed(at, incident_id, note, elapsed_ms(opened_at, at), numbers)


@follows(e.CallUnheard)
def _unheard(h: Happening, event: e.CallUnheard) -> list[e.Event]:
    ticket = h.after.tickets[event.number]
    return [
        opened(
            h,
            event.at,
            "unheard_call",
            "not_shown",
            "device",
            ticket=ticket,
            counter=event.counter,
            teller=h.after.desk(event.counter).teller,
            facts={"announcement_id": event.announcement_id},
        )
    ]
