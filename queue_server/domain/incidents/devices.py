"""Slips that were not printed, devices that fail, calls that no display showed (P2, H5, D3)."""

from __future__ import annotations

from queue_server.domain import events as e
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
    open_incident = h.before.device_incidents.get(event.device)
    if event.state == "online":
        if open_incident is None:
            return []
        return [e.IncidentAmended(event.at, open_incident, "device_back")]
    fault = event.fault or event.state
    if open_incident is not None:
        return [e.IncidentAmended(event.at, open_incident, fault)]
    return [
        opened(
            h,
            event.at,
            "device_fault",
            fault,
            "device",
            base=2,
            facts={"device": event.device, "device_kind": event.kind},
            note=event.detail,
        )
    ]


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
