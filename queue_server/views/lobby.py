"""What the lobby manager's page is sent (L1): the hall, its incidents with evidence, its devices."""

from __future__ import annotations

from queue_server.domain.branch import RATINGS
from queue_server.domain.day import Incident, Ticket
from queue_server.views.devices import device_views
from queue_server.views.display import notices
from queue_server.views.hall import (
    announced,
    counter_view,
    everybody_waiting,
    held_tickets,
    missed_list,
    services_waiting,
    supervisor_calls,
)
from queue_server.views.scene import Scene, text
from queue_server.views.teller import service_choices
from queue_server.wire.hall import BandChoice
from queue_server.wire.lobby import (
    DayFigures,
    IncidentView,
    LobbyBranch,
    LobbySections,
    PassedOverView,
    PauseRequestView,
)


def sections(scene: Scene) -> LobbySections:
    """The whole page."""
    branch = scene.branch
    return LobbySections(
        branch=LobbyBranch(
            bank=text(branch.bank),
            branch=text(branch.name),
            zone=branch.zone,
            business_date=scene.day.date.isoformat() if scene.day.date is not None else None,
            services=service_choices(scene),
            kiosks=list(scene.offer.kiosks),
            amount_bands=[
                BandChoice(amount_band=one.code, name=text(one.name)) for one in branch.amount_bands
            ],
            is_day_closed=is_day_closed(scene),
        ),
        services=services_waiting(scene),
        counters=[counter_view(scene, counter.code) for counter in branch.counters],
        waiting=everybody_waiting(scene),
        held=held_tickets(scene),
        missed=missed_list(scene),
        incidents=newest_incidents(scene),
        alerts=list(scene.lately.alerts),
        devices=device_views(scene),
        notices=notices(scene),
        unprinted=unprinted(scene),
        pauses=_pauses(scene),
        supervisors=supervisor_calls(scene),
        today=_figures(scene),
    )


def is_day_closed(scene: Scene) -> bool:
    """Today was closed by hand; a day that has not begun is not closed."""
    return scene.day.date == scene.now.astimezone(scene.branch.timezone).date() and not scene.day.is_open


def newest_incidents(scene: Scene) -> list[IncidentView]:
    """The newest incidents, newest first."""
    found = (scene.day.incidents.get(incident_id) for incident_id in scene.lately.incidents)
    return [incident_view(scene, incident) for incident in found if incident is not None]


def incident_view(scene: Scene, incident: Incident) -> IncidentView:
    """One potential complaint with its evidence (I2, I4)."""
    opened = incident.opened
    return IncidentView(
        incident_id=opened.incident_id,
        kind=opened.kind,
        cause=opened.cause,
        attribution=opened.attribution,
        severity=opened.severity,
        severity_reasons=list(opened.severity_reasons),
        opened_at=opened.at,
        number=opened.number,
        counter=opened.counter,
        teller=opened.teller,
        teller_name=scene.name(opened.teller),
        announcements=[announced(evidence) for evidence in opened.announcements],
        passed_over=[PassedOverView(number=one.number, reason=one.reason) for one in opened.passed_over],
        facts=dict(opened.facts),
        note=opened.note,
        amendments=list(incident.amendments),
        closed_at=incident.closed_at,
        numbers=list(incident.numbers),
    )


def unprinted(scene: Scene) -> list[str]:
    """Numbers that wait and whose last slip did not come out, or may not have (P4)."""
    entries = sorted(entry for queue in scene.day.queues.values() for entry in queue)
    return [number for _, number in entries if _is_unprinted(scene.day.tickets[number])]


def _is_unprinted(ticket: Ticket) -> bool:
    return bool(ticket.slips) and ticket.slips[-1].state in ("failed", "unknown")


def _pauses(scene: Scene) -> list[PauseRequestView]:
    asked = [scene.day.desk(counter.code).pause_requested for counter in scene.branch.counters]
    return [
        PauseRequestView(
            counter=one.counter,
            teller=one.teller,
            teller_name=scene.name(one.teller),
            reason=one.reason,
            waiting=one.waiting,
            asked_at=one.at,
        )
        for one in asked
        if one is not None
    ]


def _figures(scene: Scene) -> DayFigures:
    outcomes = scene.day.outcomes
    return DayFigures(
        issued=scene.day.issued_count,
        served=outcomes.get("served", 0),
        waiting=scene.day.waiting_count,
        no_show=outcomes.get("no_show", 0),
        walked_out=outcomes.get("walked_out", 0),
        diverted=outcomes.get("diverted", 0),
        cancelled=outcomes.get("cancelled", 0),
        over_standard=scene.lately.over_standard,
        incidents=sum(scene.day.opened_by_kind.values()),
        ratings={rating.value: scene.lately.ratings.get(rating, 0) for rating in RATINGS},
        not_rated=scene.lately.not_rated,
    )
