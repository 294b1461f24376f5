"""Sleeps until something becomes due and asks the door to look: waits, promises, standards, unheard calls, midnight.

It also tells the clock when nobody is in the branch: only then may the branch's time step forward to the wall (T6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import uuid4

import gevent
import structlog
from gevent.event import Event as Signal

from queue_server.domain.actors import SYSTEM
from queue_server.domain.commands import CheckLimits
from queue_server.domain.day import Day
from queue_server.domain.decide import next_deadline
from queue_server.errors import Fault, Refusal
from queue_server.journal.port import Recorded
from queue_server.service import BranchService

log = structlog.get_logger("queue_server.sockets")

SETTLE_S = 0.25
"""After a commit the deadlines are worked out again, but not for each event of a burst: nothing is due so soon."""

LONGEST_S = 60.0
"""The branch's time may be slewed while this sleeps: it looks again at least so often."""

AGAIN_S = 1.0
"""A check that could not be recorded is tried again after this."""


def is_empty(day: Day) -> bool:
    """Nobody is in the branch: no ticket is open, and no counter serves somebody without one."""
    is_served = any(
        desk.number is not None or desk.no_ticket_service is not None for desk in day.desks.values()
    )
    return not (day.waiting_count or day.held or is_served)


class Timers:
    """One greenlet of one branch.  `take_over_wall` is the clock's."""

    def __init__(self, service: BranchService, take_over_wall: Callable[[], None]) -> None:
        self._service = service
        self._take_over_wall = take_over_wall
        self._signal = Signal()
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def start(self) -> None:
        """Begin to watch the deadlines."""
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        """Watch no more."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None

    def heard(self, recorded: Sequence[Recorded]) -> None:
        """The service's listener: a deadline may have come or gone."""
        self._signal.set()

    def _run(self) -> None:
        while True:
            self._signal.clear()
            service = self._service
            if is_empty(service.day):
                self._take_over_wall()
            due = next_deadline(service.branch, service.day)
            left_s = LONGEST_S if due is None else (due - service.now()).total_seconds()
            if left_s <= 0:
                self._check()
            elif self._signal.wait(timeout=min(left_s, LONGEST_S)):
                gevent.sleep(min(SETTLE_S, left_s))

    def _check(self) -> None:
        try:
            outcome = self._service.dispatch(CheckLimits(), f"timer:{uuid4().hex}", SYSTEM)
            if not outcome.events:
                # Somebody else was quicker, or the deadline is not the check's: either way not again at once.
                gevent.sleep(SETTLE_S)
        except (Refusal, Fault) as no:
            log.error("limits not checked", code=no.code, cause=no.message)
            gevent.sleep(AGAIN_S)
        except Exception:
            log.exception("limits not checked")
            gevent.sleep(AGAIN_S)
