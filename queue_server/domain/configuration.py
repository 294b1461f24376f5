"""Another configuration under a running day (F1): whoever is in the branch is served to the end."""

from __future__ import annotations

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.question import Question, answers
from queue_server.domain.transitions import CounterState


@answers(c.LoadConfiguration)
def load_configuration(q: Question, command: c.LoadConfiguration) -> list[e.Event]:
    """In force from now on, unless it is already; idle counters that are no longer there close."""
    known = q.day.configuration
    if known is not None and known.version == command.version:
        return []
    loaded = e.ConfigurationLoaded(
        q.now,
        command.version,
        command.changed,
        tuple(service.code for service in q.branch.services),
        tuple(counter.code for counter in q.branch.counters),
        tuple(device.code for device in q.branch.devices),
    )
    idle = [
        e.CounterClosed(q.now, desk.counter, desk.teller or "", "counter_removed")
        for desk in sorted(q.day.desks.values(), key=lambda desk: desk.counter)
        if desk.counter not in q.branch.counter_by_code
        and desk.state in (CounterState.FREE, CounterState.PAUSED)
    ]
    return [loaded, *idle]
