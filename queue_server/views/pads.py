"""What a pad line is sent (C1, C8, D5, H4): the counters its devices stand at, and nothing about anybody's person."""

from __future__ import annotations

from typing import Literal

from queue_server.domain import calling
from queue_server.domain.day import Desk, Ticket
from queue_server.views.hall import is_unheard, supervisor_state
from queue_server.views.scene import Scene
from queue_server.wire.pads import PadConfiguration, PadCounterView, PadSections, RatingAsked

Level = Literal[0, 1, 2, 3]

_LEVELS: tuple[tuple[int, Level], ...] = ((150, 3), (100, 2), (80, 1))
"""From so many percent of the standard on, a lamp shows this."""


def sections(scene: Scene, line: str) -> PadSections:
    """Everything one line may see."""
    known = scene.branch.counter_by_code
    return PadSections(
        counters=[
            pad_counter(scene, counter) for counter in scene.branch.counters_of(line) if counter in known
        ],
        configuration=PadConfiguration(version=scene.offer.version),
    )


def pad_counter(scene: Scene, counter: str) -> PadCounterView:
    """One counter, as little as a pad, a window screen and an evaluator show of it."""
    desk = scene.day.desk(counter)
    ticket = scene.day.tickets[desk.number] if desk.number is not None else None
    return PadCounterView(
        counter=counter,
        name=scene.counter_name(counter),
        state=desk.state.value,
        number=desk.number,
        waiting=len(calling.callable_tickets(scene.day, scene.branch.counter_by_code[counter])),
        level=_level(ticket),
        reason=desk.reason,
        is_pause_requested=desk.pause_requested is not None,
        is_unheard=ticket is not None and is_unheard(ticket),
        rating=_rating(desk),
        supervisor=supervisor_state(desk),
    )


def _rating(desk: Desk) -> RatingAsked | None:
    return None if desk.rating is None else RatingAsked(number=desk.rating)


def _level(ticket: Ticket | None) -> Level:
    running = ticket.transaction if ticket is not None else None
    percent = running.level if running is not None else 0
    return next((level for reached, level in _LEVELS if percent >= reached), 0)
