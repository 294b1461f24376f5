"""A branch for benches: the virtual one with eight counters and four digits, and data folders with a past.

`branch_file(folder)` writes it, `fill(folder, …)` journals whole days as the server would have, only without waiting
for each of them: the same `decide`, the same records, the same hash chain, a few hundred commands per transaction.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from queue_server.domain import commands as c
from queue_server.domain.actors import Actor, Role
from queue_server.domain.decide import decide
from queue_server.journal.place import SqlitePlace
from queue_server.journal.port import Entry
from queue_server.journal.sql import SqlJournal
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.service import Step, digest_of, load_day
from queue_server.settings import load_branch
from tests.branch_server import VIRTUAL

COUNTERS = 8
KIOSK_ID = "kiosk_1"
SERVICES = ("cash", "corporate_settlement", "foreign_exchange")
TOGETHER = 400


def teller_token(counter: int) -> str:
    """The token of the teller at a counter (1 to 8)."""
    return f"example-bench-teller-{counter}"


def branch_file(folder: Path) -> Path:
    """Write the bench's branch file into `folder`."""
    every = "[cash, transfer, card_replacement, account_opening, foreign_exchange, corporate_settlement, corporate_opening]"
    counters = "".join(
        f'  - {{code: "{n}", name: {{zh: {n} 号窗口, en: Counter {n}}}, services: {every}}}\n'
        for n in range(1, COUNTERS + 1)
    )
    staff = "".join(
        f'  - {{id: teller_{n}, name: {{zh: 柜员{n}, en: Teller {n}}}, role: teller, counter: "{n}",'
        f" token: {teller_token(n)}}}\n"
        for n in range(1, COUNTERS + 1)
    )
    # A branch file inherits from one file beside it and no further: this is the virtual one with more counters.
    shutil.copy(VIRTUAL.with_name("example.yaml"), folder / "example.yaml")
    text = VIRTUAL.read_text(encoding="utf-8")
    text = text.replace("code: virtual", "code: bench").replace("quota: 999}", "quota: 9999}")
    text = text.replace("staff:\n", f"counters:\n{counters}\nrules: {{number_digits: 4}}\n\nstaff:\n{staff}")
    path = folder / "bench.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def fill(data: Path, branch_path: Path, days: list[date], tickets_per_day: int) -> int:
    """Journal `days`, each with so many tickets issued, called and served; returns the last position."""
    branch = load_branch(branch_path, environ={}).branch
    journal = SqlJournal(SqlitePlace(data), branch.code, tables.metadata)
    try:
        day = load_day(journal)
        entries: list[Entry] = []
        steps: list[Step] = []
        for count, (command, actor, at) in enumerate(_commands(days, tickets_per_day)):
            events, after = decide(branch, day, command, at, actor)
            command_id = f"past-{count:09d}"
            entries.append(Entry(command_id, digest_of(command, actor), actor, tuple(events)))
            steps.append(Step(day, tuple(events), after))
            day = after
            if len(entries) == TOGETHER:
                journal.append(steps[0].before.position, entries, project(branch, steps))
                entries, steps = [], []
        if entries:
            journal.append(steps[0].before.position, entries, project(branch, steps))
        return day.position
    finally:
        journal.close()


def _commands(days: list[date], tickets_per_day: int) -> Iterator[tuple[c.Command, Actor, datetime]]:
    kiosk = Actor(KIOSK_ID, Role.KIOSK)
    tellers = [Actor(f"teller_{n}", Role.TELLER, str(n)) for n in range(1, COUNTERS + 1)]
    serial = 0
    for day in days:
        # Midnight in Shanghai: the whole day fits behind it, also when the bench runs in the small hours there.
        at = datetime.combine(day, time(16, 0), tzinfo=UTC) - timedelta(days=1)
        for teller in tellers:
            yield c.OpenCounter(teller.counter or "", teller.id), teller, at
        for number in range(tickets_per_day):
            serial += 1
            teller = tellers[number % COUNTERS]
            counter = teller.counter or ""
            at += timedelta(milliseconds=1)
            yield c.IssueTicket(SERVICES[number % 3], f"past-link-{serial}", kiosk=KIOSK_ID), kiosk, at
            yield c.ReportPrint(_job_id(day, number), "printed"), kiosk, at
            yield c.CallNext(counter), teller, at
            yield c.StartService(counter), teller, at
            yield c.FinishService(counter), teller, at
        for teller in tellers:
            yield c.CloseCounter(teller.counter or ""), teller, at


def _job_id(day: date, number: int) -> str:
    """The slip of the n-th ticket of a day: series A, B and C take turns."""
    return f"{day:%Y%m%d}-{'ABC'[number % 3]}{number // 3 + 1:04d}-1"


def today() -> date:
    """The business date of the branch now."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()
