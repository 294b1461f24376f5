"""One ticket in full, as staff read it over HTTP.  Pure."""

from __future__ import annotations

from queue_server.domain.day import Ticket, VisitRating
from queue_server.views.hall import announced, times_by_name
from queue_server.views.lobby import incident_view
from queue_server.views.scene import Scene, quote
from queue_server.web.answers import (
    OvertakenAnswer,
    RatingAnswer,
    SlipAnswer,
    TicketAnswer,
    TransactionAnswer,
)


def ticket_answer(scene: Scene, ticket: Ticket) -> TicketAnswer:
    """The ticket with its announcements, transactions, slips and incidents."""
    return TicketAnswer(
        number=ticket.number,
        service=ticket.service,
        service_name=scene.service_name(ticket.service),
        customer_class=ticket.customer_class.value,
        state=ticket.state.value,
        issued_at=ticket.issued.at,
        closed_at=ticket.closed_at,
        quoted=quote(ticket),
        counter=ticket.counter,
        standing=ticket.standing,
        misses=ticket.misses,
        times_ms=times_by_name(ticket.times_at(scene.now)),
        announcements=[announced(announcement) for announcement in ticket.announcements],
        transactions=[
            TransactionAnswer(
                index=index,
                service=one.service,
                amount_band=one.amount_band,
                counter=one.counter,
                teller=one.teller,
                started_at=one.started_at,
                finished_at=one.finished_at,
                spent_ms=one.spent_at(scene.now),
                seat_away_ms=one.seat_away_ms,
                limit_s=one.limit_s,
                standard_version=one.standard_version,
                level=one.level,
                is_assumed=one.is_assumed,
                devices=list(one.devices),
            )
            for index, one in enumerate(ticket.transactions)
        ],
        slips=[
            SlipAnswer(
                job_id=slip.job_id,
                kiosk=slip.kiosk,
                is_reprint=slip.is_reprint,
                state=slip.state,
                cause=slip.cause,
            )
            for slip in ticket.slips
        ],
        overtaken=[OvertakenAnswer(by=one.by, at=one.at, reason=one.reason) for one in ticket.overtaken],
        requeue_of=ticket.issued.requeue_of,
        requeued_as=ticket.requeued_as,
        is_device_affected=ticket.is_device_affected,
        devices=list(ticket.devices),
        rating=_rating(ticket.rating),
        incidents=[
            incident_view(scene, incident)
            for incident in sorted(scene.day.incidents.values(), key=lambda one: one.opened.at)
            if incident.opened.number == ticket.number
        ],
    )


def _rating(rating: VisitRating | None) -> RatingAnswer | None:
    if rating is None:
        return None
    return RatingAnswer(
        counter=rating.counter,
        teller=rating.teller,
        asked_at=rating.asked_at,
        rating=rating.rating.value if rating.rating is not None else None,
        evaluator=rating.evaluator,
        rated_at=rating.rated_at,
        is_open=rating.is_open,
    )
