"""What the page of one counter is sent (C1–C7, D3, T3, N1)."""

from __future__ import annotations

from typing import Any

from queue_server.domain import calling
from queue_server.domain import events as e
from queue_server.domain.waiting import OPEN
from queue_server.views.devices import device_views
from queue_server.views.hall import counter_view, held_tickets, missed_list, waiting_ticket
from queue_server.views.scene import Scene, text
from queue_server.wire.devices import DeviceView
from queue_server.wire.hall import BandChoice, CounterChoice, ServiceChoice
from queue_server.wire.teller import Choices, TellerSections

KEPT_WAITING = 60
"""A teller picks from the front of a queue; the count of the rest is on the lobby page."""


def sections(scene: Scene, counter: str) -> TellerSections:
    """The whole page of one counter."""
    configured = scene.branch.counter_by_code[counter]
    order = calling.order(scene.branch, scene.day, configured, scene.now)
    return TellerSections(
        counter=counter_view(scene, counter),
        waiting=[waiting_ticket(scene, ticket) for ticket in order[:KEPT_WAITING]],
        held=held_tickets(scene),
        missed=missed_list(scene),
        choices=_choices(scene),
        devices=_devices(scene, counter),
    )


def happening(position: int, event: e.Event) -> tuple[str, dict[str, Any]] | None:
    """(counter, what its page must tell at once), or None."""
    match event:
        case e.CallUnheard():
            return event.counter, {
                "kind": "unheard",
                "number": event.number,
                "counter": event.counter,
                "announcement_id": event.announcement_id,
            }
        case e.StandardNeared() | e.StandardExceeded():
            return event.counter, {
                "kind": "standard",
                "level": event.percent,
                "number": event.number,
                "counter": event.counter,
                "position": position,
            }
        case e.CounterPaused(is_consented=True):
            return event.counter, {"kind": "pause_granted", "counter": event.counter, "position": position}
        case e.PauseDeclined():
            return event.counter, {"kind": "pause_declined", "counter": event.counter, "position": position}
        case e.SupervisorAnswered():
            return event.counter, {
                "kind": "supervisor_answered",
                "counter": event.counter,
                "supervisor": event.supervisor,
                "response_ms": event.response_ms,
                "position": position,
            }
        case e.RatingAsked():
            return event.counter, {
                "kind": "rating_asked",
                "number": event.number,
                "counter": event.counter,
                "position": position,
            }
        case e.VisitRated():
            return event.counter, {
                "kind": "visit_rated",
                "number": event.number,
                "counter": event.counter,
                "rating": event.rating.value,
                "position": position,
            }
        case _:
            return None


def service_choices(scene: Scene) -> list[ServiceChoice]:
    """Every service as a button."""
    return [
        ServiceChoice(service=service.code, name=text(service.name), series=service.series)
        for service in scene.branch.services
    ]


def _devices(scene: Scene, counter: str) -> list[DeviceView]:
    """Those that stand at the counter, and the line they hang on: what the teller can see is wrong."""
    views = device_views(scene)
    lines = {one.part_of for one in views if one.counter == counter}
    return [one for one in views if one.counter == counter or one.device in lines]


def _choices(scene: Scene) -> Choices:
    branch, offer = scene.branch, scene.offer
    return Choices(
        bank=text(branch.bank),
        branch=text(branch.name),
        zone=branch.zone,
        services=service_choices(scene),
        counters=[
            CounterChoice(
                counter=counter.code,
                name=text(counter.name),
                is_open=scene.day.desk(counter.code).state in OPEN,
            )
            for counter in branch.counters
        ],
        amount_bands=[BandChoice(amount_band=one.code, name=text(one.name)) for one in branch.amount_bands],
        kiosks=list(offer.kiosks),
        pause_reasons=list(branch.rules.pause_reasons),
        hold_reasons=list(offer.hold_reasons),
        call_reasons=list(offer.call_reasons),
        devices=list(branch.rules.seat_devices),
    )
