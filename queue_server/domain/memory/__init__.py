"""`evolve`: what a day looks like after an event.  Pure, free of configuration, and never refuses.

An event that the transition table does not allow in this state is a bug in `decide` or an altered journal, and is
raised as `ImpossibleEvent`, so it can never reach the journal.
"""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import Day
from queue_server.domain.memory import (
    calling,
    configuration,
    counters,
    devices,
    hall,
    issuing,
    missed,
    outcomes,
    ratings,
    transactions,
)
from queue_server.domain.memory.steps import MEMORY, ImpossibleEvent

__all__ = ["ImpossibleEvent", "evolve"]

# The memories register themselves; naming their rooms here is what brings them in.
ROOMS = (calling, configuration, counters, devices, hall, issuing, missed, outcomes, ratings, transactions)


def evolve(day: Day, event: e.Event) -> Day:
    """The day after `event`.  Raises ImpossibleEvent when the transition table does not know the way."""
    return MEMORY[type(event)](day, event)
