"""What the customer's own page is sent (K4): the live place of one ticket, and nothing about anybody else."""

from __future__ import annotations

from queue_server.domain.day import Ticket
from queue_server.domain.transitions import TicketState
from queue_server.domain.waiting import people_ahead, wait_of
from queue_server.errors import UnknownTicket
from queue_server.views.scene import Scene, band, quote, text
from queue_server.wire.ticket_page import TicketPageView


class UnknownLink(UnknownTicket):
    """No ticket of today has this link.  The link itself is a secret and is not repeated."""

    template = "This ticket is not known here; it may be from another day"


def by_link(scene: Scene, link: str) -> Ticket | None:
    """Today's ticket with that link, or None."""
    number = scene.day.links.get(link)
    return scene.day.tickets.get(number) if number is not None else None


def view(scene: Scene, ticket: Ticket) -> TicketPageView:
    """The whole page."""
    branch, day = scene.branch, scene.day
    waits = ticket.state is TicketState.WAITING
    counter = ticket.counter if ticket.state in (TicketState.CALLED, TicketState.SERVING) else None
    service = branch.service_by_code.get(ticket.service)
    return TicketPageView(
        bank=text(branch.bank),
        branch=text(branch.name),
        number=ticket.number,
        service=scene.service_name(ticket.service),
        state=ticket.state.value,
        issued_at=ticket.issued.at,
        zone=branch.zone,
        ahead=people_ahead(branch, day, ticket.service, ticket.place) if waits else None,
        wait=band(wait_of(branch, day, ticket, scene.now)),
        quoted=quote(ticket),
        counter=counter,
        counter_name=scene.counter_name(counter) if counter is not None else None,
        called_at=ticket.called_at if counter is not None else None,
        was_missed=ticket.last_miss is not None
        and ticket.state in (TicketState.WAITING, TicketState.NO_SHOW),
        misses=ticket.misses,
        missed_rule=text(branch.missed_rule_of(ticket.service)),
        papers=[text(paper) for paper in service.papers] if service is not None else [],
        hotline=branch.hotline,
        requeued_as=ticket.requeued_as,
        now_serving=_now_serving(scene, ticket.service),
    )


def _now_serving(scene: Scene, service: str) -> list[str]:
    """The numbers at the counters that can do the service."""
    desks = (scene.day.desk(counter) for counter in scene.branch.counters_by_service.get(service, ()))
    return [desk.number for desk in desks if desk.number is not None]
