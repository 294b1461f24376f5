"""The door under gevent as in production, measured in turns with the bare disk; a program of its own for `bench_door`.

Every writer is a counter: it issues a ticket, has its slip reported, calls, starts and finishes it.  Prints JSON.
"""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import itertools  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from dataclasses import replace  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from queue_server.clock import BranchClock  # noqa: E402
from queue_server.domain import commands as c  # noqa: E402
from queue_server.domain import events as e  # noqa: E402
from queue_server.domain.actors import Actor, Role  # noqa: E402
from queue_server.domain.branch import Branch, Counter  # noqa: E402
from queue_server.records.project import project  # noqa: E402
from queue_server.service import BranchService, open_journal  # noqa: E402
from queue_server.settings import load_branch  # noqa: E402
from queue_server.transport.commit_thread import CommitThread  # noqa: E402
from tests.branch_server import VIRTUAL  # noqa: E402

WRITERS = 16
TURNS = 15
RAW_WRITES, ONE_WRITERS, SIXTEEN_WRITERS = 400, 500, 2400
BLOCK = b"x" * 194
KIOSK = Actor("kiosk_1", Role.KIOSK)


def sixteen_counters() -> Branch:
    """The virtual branch with sixteen counters that serve everything, and numbers for a very long day."""
    branch = load_branch(VIRTUAL, environ={}).branch
    every = frozenset(service.code for service in branch.services)
    counters = tuple(Counter(str(n), branch.counters[0].name, every) for n in range(1, WRITERS + 1))
    return replace(branch, counters=counters, rules=replace(branch.rules, number_digits=6))


class Writers:
    """Tellers at their counters, and a kiosk."""

    def __init__(self, folder: Path) -> None:
        self.branch = sixteen_counters()
        self.journal = open_journal(self.branch, folder)
        clock = BranchClock()
        self.service = BranchService(
            self.branch, self.journal, clock, CommitThread(), partial(project, self.branch)
        )
        self.ids = itertools.count()
        for counter in self.branch.counters:
            teller = Actor(f"teller_{counter.code}", Role.TELLER, counter.code)
            self.service.dispatch(c.OpenCounter(counter.code, teller.id), f"open-{counter.code}", teller)

    def serve(self, counter: str, visits: int) -> None:
        """So many visits at one counter, five commands each."""
        dispatch, teller = self.service.dispatch, Actor(f"teller_{counter}", Role.TELLER, counter)
        for _ in range(visits):
            visit = f"{counter}-{next(self.ids)}"
            issued = dispatch(c.IssueTicket("cash", visit, kiosk="kiosk_1"), f"{visit}-issue", KIOSK).events[
                -1
            ]
            assert isinstance(issued, e.TicketIssued)
            dispatch(c.ReportPrint(issued.job_id or "", "printed"), f"{visit}-print", KIOSK)
            dispatch(c.CallNext(counter), f"{visit}-call", teller)
            dispatch(c.StartService(counter), f"{visit}-start", teller)
            dispatch(c.FinishService(counter), f"{visit}-finish", teller)

    def commands_per_s(self, writers: int, commands: int) -> float:
        """How many commands so many writers get done in a second."""
        visits = commands // writers // 5
        began = time.perf_counter()
        gevent.joinall(
            [gevent.spawn(self.serve, str(n + 1), visits) for n in range(writers)], raise_error=True
        )
        return writers * visits * 5 / (time.perf_counter() - began)


def raw_per_s(folder: Path) -> float:
    """How often the bare disk can be waited for."""
    file = os.open(folder / "raw", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        began = time.perf_counter()
        for _ in range(RAW_WRITES):
            os.write(file, BLOCK)
            os.fdatasync(file)
        return RAW_WRITES / (time.perf_counter() - began)
    finally:
        os.close(file)


def main() -> None:
    """Measure in turns, because the disk is not equally fast all the time; medians count."""
    folder = Path(sys.argv[1])
    writers = Writers(folder / "data")
    # As the server does once it has started.
    gc.collect()
    gc.freeze()
    turns = []
    for _ in range(TURNS + 1):
        raw = raw_per_s(folder)
        turns.append(
            (raw, writers.commands_per_s(1, ONE_WRITERS), writers.commands_per_s(WRITERS, SIXTEEN_WRITERS))
        )
    turns = turns[1:]
    raw, one, sixteen = (statistics.median(column) for column in zip(*turns, strict=True))
    figures = {
        "raw_fdatasync_per_s": round(raw),
        "commands_per_s_1_writer": round(one),
        "commands_per_s_16_writers": round(sixteen),
        "ratio_1_writer": round(statistics.median(turn[1] / turn[0] for turn in turns), 2),
        "ratio_16_writers": round(statistics.median(turn[2] / turn[0] for turn in turns), 2),
    }
    writers.journal.close()
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main()
