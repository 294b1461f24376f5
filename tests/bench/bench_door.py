"""The door: durable commands per second at 1 and 16 writers against the bare disk, pure steps per second, reading a day.

`python -m tests.bench.bench_door` prints the table; `run()` returns its figures.  Targets: ratio ≥ 0.5 with one
writer, ≥ 1.5 with sixteen; ≥ 100,000 decide + evolve steps per second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, new_day
from queue_server.domain.decide import decide
from queue_server.service import fold, load_day, open_journal
from queue_server.settings import load_branch
from tests.bench.hall_branch import branch_file, fill, today
from tests.branch_server import ROOT, VIRTUAL

VISITS = 4000
TICKETS = 10_000
KIOSK = Actor("kiosk_1", Role.KIOSK)
TELLER = Actor("teller", Role.TELLER, "1")


def _pure_steps() -> dict[str, Any]:
    """A visit of five commands over and over, by the rules alone: what decide with its evolve takes, and evolve alone."""
    branch: Branch = load_branch(VIRTUAL, environ={}).branch
    now = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    happened: list[e.Event] = []

    def step(day: Day, command: c.Command, actor: Actor) -> Day:
        events, after = decide(branch, day, command, now, actor)
        happened.extend(events)
        return after

    start = day = step(new_day(), c.OpenCounter("1", "teller"), TELLER)
    happened.clear()
    began = time.perf_counter()
    for number in range(VISITS):
        if number % 900 == 0:
            # A new day before the three digits of the numbers are used up.
            day = start
        day = step(day, c.IssueTicket("cash", f"link-{number}", kiosk="kiosk_1"), KIOSK)
        issued = happened[-1]
        assert isinstance(issued, e.TicketIssued)
        now += timedelta(milliseconds=1)
        day = step(day, c.ReportPrint(issued.job_id or "", "printed"), KIOSK)
        day = step(day, c.CallNext("1"), TELLER)
        day = step(day, c.StartService("1"), TELLER)
        day = step(day, c.FinishService("1"), TELLER)
    decided_s = time.perf_counter() - began
    one_day = happened[: 900 * 5]
    began = time.perf_counter()
    fold(start, one_day)
    folded_s = time.perf_counter() - began
    return {
        "decide_and_evolve_per_s": round(5 * VISITS / decided_s),
        "evolve_alone_per_s": round(len(one_day) / folded_s),
    }


def _reading_a_day(root: Path) -> dict[str, Any]:
    """How long a door takes to know a day of so many tickets, five commands each."""
    path = branch_file(root)
    position = fill(root / "full", path, [today()], TICKETS)
    journal = open_journal(load_branch(path, environ={}).branch, root / "full", is_read_only=True)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        day = load_day(journal)
        took.append(time.perf_counter() - began)
    journal.close()
    assert day.position == position
    return {
        "day_tickets": TICKETS,
        "day_events": position,
        "day_read_and_folded_s": round(sorted(took)[1], 2),
    }


def run() -> dict[str, Any]:
    """All of it; the writers in a process of their own, because they need gevent's monkey-patch."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "tests.bench.door_writers", folder]
        said = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True)
        return {**json.loads(said.stdout), **_pure_steps(), **_reading_a_day(Path(folder))}


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
