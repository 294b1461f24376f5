"""The timers and the wall: a wall that jumped ahead is believed when nobody is in the branch, and not before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import gevent

from queue_server.clock import BranchClock, at_ms
from queue_server.domain import commands as c
from queue_server.domain.actors import Actor
from queue_server.journal.memory import MemoryJournal
from queue_server.service import BranchService
from queue_server.sockets.timers import Timers, is_empty
from tests.hall import KIOSK, MORNING, small_branch, teller

BRANCH = small_branch()


@dataclass
class Hall:
    """A door whose wall can be set, and whose steady clock stands still."""

    wall_ns: int = at_ms(MORNING) * 1_000_000
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = BranchClock(wall_ns=lambda: self.wall_ns, steady_ns=lambda: 0)
        self.service = BranchService(BRANCH, MemoryJournal(BRANCH.code), self.clock)

    def do(self, command: c.Command, actor: Actor) -> None:
        """Ask for it."""
        self.asked.append(f"command-{len(self.asked)}")
        self.service.dispatch(command, self.asked[-1], actor)

    def watched(self) -> None:
        """One look of the timers."""
        timers = Timers(self.service, self.clock.take_over_wall)
        timers.start()
        gevent.sleep(0)
        timers.stop()


def test_t6_the_wall_is_taken_over_when_nobody_is_in_the_branch() -> None:
    hall = Hall()
    hall.wall_ns += 3600 * 1_000_000_000
    hall.watched()
    assert hall.service.now() == MORNING + timedelta(hours=1)


def test_t6_the_wall_waits_while_a_customer_waits() -> None:
    hall = Hall()
    hall.do(c.IssueTicket("cash", "link-1", kiosk="kiosk-1"), KIOSK)
    hall.wall_ns += 3600 * 1_000_000_000
    hall.watched()
    assert hall.service.now() == MORNING


def test_a_branch_is_empty_only_when_every_ticket_is_closed() -> None:
    hall = Hall()
    assert is_empty(hall.service.day)
    hall.do(c.OpenCounter("1", "li"), teller("1"))
    hall.do(c.IssueTicket("cash", "link-1", kiosk="kiosk-1"), KIOSK)
    for command in (c.CallNext("1"), c.StartService("1"), c.StartWrapUp("1")):
        assert not is_empty(hall.service.day)
        hall.do(command, teller("1"))
    assert not is_empty(hall.service.day)
    hall.do(c.FinishService("1"), teller("1"))
    assert is_empty(hall.service.day)
    hall.do(c.StartNoTicketService("1", "cash", "urgent"), teller("1"))
    assert not is_empty(hall.service.day)
