"""What follows from the end of a visit and from the next one's begin: the question for a rating, low ratings (H4, I1)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain import ratings
from queue_server.domain.day import Ticket
from queue_server.domain.incidents.evidence import opened
from queue_server.domain.incidents.following import Happening, follows


@follows(e.ServiceFinished)
def _finished(h: Happening, event: e.ServiceFinished) -> list[e.Event]:
    """Whoever was served is asked, unless the rating was given before."""
    if not h.branch.evaluators_by_counter or not ratings.can_ask(h.branch, h.after, event.counter):
        return []
    rating = h.after.tickets[event.number].rating
    if rating is not None and rating.rating is not None:
        return []
    return ratings.asking(h.after, event.at, event.number, event.counter, event.teller)


@follows(e.VisitRated)
def _rated(h: Happening, event: e.VisitRated) -> list[e.Event]:
    if not ratings.is_low(h.branch.rules, event.rating):
        return []
    ticket = h.after.tickets[event.number]
    return [
        opened(
            h,
            event.at,
            "low_rating",
            event.rating.value,
            _attribution(ticket),
            ticket=ticket,
            counter=event.counter,
            teller=event.teller,
            base=2,
            facts={"rating": event.rating.value, "evaluator": event.evaluator},
        )
    ]


def _attribution(ticket: Ticket) -> str:
    """Whose doing the evidence says it was: a device that failed, a wait or an overtaking of the branch's, or what
    happened at the counter."""
    if ticket.is_device_affected or any(one.devices for one in ticket.transactions):
        return "device"
    if ticket.is_beyond_quote or any(one.reason == "out_of_order" for one in ticket.overtaken):
        return "branch"
    return "teller"
