"""How fast the rules are: commands decided and remembered, a journal folded, and a hall with 10,000 waiting.

`python -m tests.bench.bench_domain` prints the table; `run()` returns its figures.  Raw references of the same run: the
events made again of their fields, which is what is left when every rule and all memory are taken away, and the copy
of a queue of 10,000, which a persistent queue costs at least.  The best of several rounds counts; the median, and the
best by processor time, tell how busy the machine was with others.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial, reduce
from typing import Any

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, new_day
from queue_server.domain.decide import decide, evolve, next_deadline
from tests.hall import KIOSK, MORNING, small_branch, teller

CYCLES = 1000
ROUNDS = 9
WAITING = 8
CROWD = 10_000
DEADLINES = 500
COUNTERS = ("1", "2", "3")
SERVICES = ("cash", "account")
KIOSK_ID = "kiosk-1"
BETWEEN = timedelta(milliseconds=10)

Asked = tuple[c.Command, Actor]


def hall_branch() -> Branch:
    """Three counters that all do two services, and numbers for a long day."""
    small = small_branch()
    return replace(
        small,
        services=tuple(service for service in small.services if service.code in SERVICES),
        counters=tuple(replace(counter, services=frozenset(SERVICES)) for counter in small.counters),
        rules=replace(small.rules, number_digits=5),
    )


def _opened(
    branch: Branch, waiting: int, services: Sequence[str] = SERVICES, kiosk: str | None = KIOSK_ID
) -> tuple[Day, list[e.Event]]:
    """A day with every counter open and so many customers waiting."""
    day, events = new_day(), list[e.Event]()
    asked: list[Asked] = [(c.OpenCounter(code, f"teller-{code}"), teller(code)) for code in COUNTERS]
    asked += [
        (c.IssueTicket(services[n % len(services)], f"early-{n}", kiosk=kiosk), KIOSK) for n in range(waiting)
    ]
    for n, (command, actor) in enumerate(asked):
        happened, day = decide(branch, day, command, MORNING + n * BETWEEN, actor)
        events += happened
    return day, events


def _visits() -> list[list[Asked]]:
    """What is asked for whole visits, one customer after another: issue, call next, start, finish."""
    visits = []
    for n in range(CYCLES):
        counter = COUNTERS[n % len(COUNTERS)]
        actor = teller(counter)
        visits.append(
            [
                (c.IssueTicket(SERVICES[n % len(SERVICES)], f"link-{n}", kiosk=KIOSK_ID), KIOSK),
                (c.CallNext(counter), actor),
                (c.StartService(counter), actor),
                (c.FinishService(counter), actor),
            ]
        )
    return visits


def _decided(branch: Branch, day: Day, visits: list[list[Asked]]) -> tuple[list[e.Event], Day]:
    events = list[e.Event]()
    now = MORNING + timedelta(minutes=1)
    for visit in visits:
        now += BETWEEN
        for command, actor in visit:
            happened, day = decide(branch, day, command, now, actor)
            events += happened
    return events, day


def _made_again(made: list[tuple[type[e.Event], tuple[Any, ...]]]) -> None:
    for kind, values in made:
        kind(*values)


def _rates(name: str, action: Callable[[], object], count: int) -> dict[str, float]:
    """How many a second: the best round, the middle one, and the best by the processor time the work itself took."""
    by_wall, by_processor = [], []
    for _ in range(ROUNDS):
        # As the server runs: what was there before is not searched for garbage again.
        gc.collect()
        gc.freeze()
        began, began_cpu = time.perf_counter(), time.process_time()
        action()
        by_wall.append(count / (time.perf_counter() - began))
        by_processor.append(count / (time.process_time() - began_cpu))
    gc.unfreeze()
    return {
        f"{name}_per_s": round(max(by_wall)),
        f"{name}_per_s_median": round(statistics.median(by_wall)),
        f"{name}_per_cpu_s": round(max(by_processor)),
    }


def _best_us(action: Callable[[], object], times: int = 100) -> float:
    """Microseconds of the best of so many."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return round(min(taken) * 1e6, 1)


def _crowd_figures(branch: Branch) -> dict[str, float]:
    """One decision with 10,000 customers waiting for one service, for a counter with the skill and one without."""
    day, events = _opened(branch, CROWD, ["cash"])
    now = events[-1].at + BETWEEN
    entries = day.queue("cash")
    other = replace(
        branch,
        counters=tuple(
            replace(counter, services=frozenset({"account"})) if counter.code == "3" else counter
            for counter in branch.counters
        ),
    )
    _, with_one_more = decide(branch, day, c.IssueTicket("account", "one-more"), now, KIOSK)
    issue, call_next = c.IssueTicket("cash", "late", kiosk=KIOSK_ID), c.CallNext("3")
    few, _ = _opened(branch, DEADLINES, kiosk=None)
    return {
        "issue_with_10000_waiting_us": _best_us(partial(decide, branch, day, issue, now, KIOSK)),
        "call_with_10000_waiting_us": _best_us(partial(decide, branch, day, call_next, now, teller("3"))),
        "call_past_10000_of_others_us": _best_us(
            partial(decide, other, with_one_more, call_next, now, teller("3"))
        ),
        "raw_copy_of_10000_us": _best_us(lambda: (*entries, entries[0])),
        "next_deadline_with_500_waiting_us": _best_us(partial(next_deadline, branch, few)),
    }


def run() -> dict[str, float]:
    """Commands and events per second, and microseconds of single decisions in a full hall."""
    branch = hall_branch()
    day, before = _opened(branch, WAITING)
    visits = _visits()
    events, after = _decided(branch, day, visits)
    events = [*before, *events]
    assert reduce(evolve, events, new_day()) == after
    made = [(type(x), tuple(getattr(x, field.name) for field in fields(x))) for x in events]
    return {
        **_rates("decide_evolve", partial(_decided, branch, day, visits), sum(map(len, visits))),
        **_rates("fold_events", partial(reduce, evolve, events, new_day()), len(events)),
        **_rates("raw_events_made", partial(_made_again, made), len(made)),
        **_crowd_figures(branch),
    }


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
