"""What follows from an event: the table of consequences, and what each of them is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day
from queue_server.domain.values import value

AnyEvent = TypeVar("AnyEvent", bound=e.Event)


@value
class Happening:
    """An event with the day before and after it."""

    branch: Branch
    before: Day
    after: Day


Consequence = Callable[[Happening, AnyEvent], Sequence[e.Event]]
_CONSEQUENCES: dict[type[e.Event], Callable[[Happening, Any], Sequence[e.Event]]] = {}


def follows(kind: type[AnyEvent]) -> Callable[[Consequence[AnyEvent]], Consequence[AnyEvent]]:
    """Register what follows from events of a kind."""

    def register(consequence: Consequence[AnyEvent]) -> Consequence[AnyEvent]:
        _CONSEQUENCES[kind] = consequence
        return consequence

    return register


def consequences(branch: Branch, before: Day, event: e.Event, after: Day) -> Sequence[e.Event]:
    """What follows from an event at once.  Consequences have none of their own."""
    consequence = _CONSEQUENCES.get(type(event))
    return consequence(Happening(branch, before, after), event) if consequence is not None else ()
