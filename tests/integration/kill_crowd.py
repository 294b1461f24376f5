"""Kill -9 under load, again and again, and count what was lost or doubled: for the test and for `make bench`.

Kiosks ask a real server over HTTP for tickets.  Whoever gets no answer asks again with the same command id after the
restart, as a kiosk does.  In the end the journal must hold every number that was answered, once, as it was answered.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from queue_server.domain import events as e
from queue_server.journal.verify import verify
from queue_server.service import open_journal, rebuild_records
from queue_server.settings import load_branch
from tests.branch_server import KIOSK, BranchServer
from tests.waiting import until

SERVICES = ("cash", "corporate_settlement", "foreign_exchange")
KIOSKS = 4
NUMBERS_LEFT = 900
"""A series has 999 numbers in the branch file; the crowd stops asking for one before it is used up."""


@dataclass
class Crowd:
    """The kiosks, what they asked for, and what they were told: number by command id."""

    server: BranchServer
    random: Random
    told: dict[str, str] = field(default_factory=dict)
    in_doubt: list[tuple[str, str]] = field(default_factory=list)
    asked_again: int = 0
    refused: list[Any] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    going: bool = False

    def ask(self, command_id: str, service: str) -> bool:
        """Ask for a ticket; False when no answer came."""
        try:
            answer = self.server.post("/tickets", KIOSK, command_id, service=service)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        with self.lock:
            if answer.status in (200, 201):
                self.told[command_id] = str(answer.body["order"]["face"]["number"])
            else:
                self.refused.append(answer)
        return True

    def customers(self) -> None:
        """One kiosk: ticket after ticket until the server is gone."""
        while self.going:
            with self.lock:
                self.asked += 1
                serial = self.asked
            command_id, service = f"kill-{serial:06d}", SERVICES[serial % 3]
            if not self.ask(command_id, service):
                with self.lock:
                    self.in_doubt.append((command_id, service))
                return

    def round(self, answers: int) -> None:
        """Load the server, kill it after so many more answers, start it, and ask again what was in doubt."""
        before = len(self.told)
        self.going = True
        kiosks = [threading.Thread(target=self.customers) for _ in range(KIOSKS)]
        for kiosk in kiosks:
            kiosk.start()
        until(lambda: len(self.told) - before >= answers or self.refused, 30, "answers before the kill")
        self.server.kill()
        self.going = False
        for kiosk in kiosks:
            kiosk.join(30)
        self.server.start()
        doubtful, self.in_doubt = self.in_doubt, []
        self.asked_again += len(doubtful)
        for command_id, service in doubtful:
            assert self.ask(command_id, service), "the restarted server does not answer"


def kill_again_and_again(
    data: Path, log: Path, branch_file: Path, rounds: int, seed: int = 1
) -> dict[str, Any]:
    """Figures: tickets acknowledged, lost, doubled, told otherwise; and the journal's own check."""
    server = BranchServer(data, log, branch_file)
    crowd = Crowd(server, Random(seed))
    # All rounds together must fit into the three series of one day.
    most = max(1, min(40, 3 * NUMBERS_LEFT // rounds - KIOSKS))
    try:
        for _ in range(rounds):
            crowd.round(crowd.random.randint(1, most))
    finally:
        server.stop()
    return {"rounds": rounds, **judged(data, branch_file, crowd)}


def judged(data: Path, branch_file: Path, crowd: Crowd) -> dict[str, Any]:
    """What the journal says against what the kiosks were told."""
    branch = load_branch(branch_file).branch
    journal = open_journal(branch, data)
    try:
        issued = [one for one in journal.read() if isinstance(one.event, e.TicketIssued)]
        by_command = Counter(one.command_id for one in issued)
        number_of = {
            one.command_id: one.event.number for one in issued if isinstance(one.event, e.TicketIssued)
        }
        # The same number may come again after midnight.
        numbers = Counter(
            (one.event.at.astimezone(branch.timezone).date(), number_of[one.command_id]) for one in issued
        )
        rebuild_records(branch, journal)
        return {
            "acknowledged": len(crowd.told),
            "asked_again_after_a_kill": crowd.asked_again,
            "lost": sum(command_id not in by_command for command_id in crowd.told),
            "doubled": sum(count > 1 for count in by_command.values())
            + sum(count > 1 for count in numbers.values()),
            "told_otherwise": sum(number_of.get(key) != number for key, number in crowd.told.items()),
            "refused": len(crowd.refused),
            "never_asked_again": len(crowd.in_doubt),
            "events_verified": verify(journal.place, branch.code).events,
        }
    finally:
        journal.close()
