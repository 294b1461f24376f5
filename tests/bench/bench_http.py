"""Whole visits over HTTP (issue, call, start, finish), every one durable: one client and eight, an empty and a full database.

`python -m tests.bench.bench_http` prints the table; `run()` returns its figures.  Raw reference of the same run: a
loop of `fdatasync` on the same disk, four of which a visit cannot do without.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.bench_transport import Worker
from tests.bench.hall_branch import branch_file, fill, today
from tests.branch_server import BranchServer

SECONDS = 6.0
WARM_S = 1.5
PAST_DAYS, PAST_TICKETS = 20, 5_000
ROUNDS = 3
"""The two databases are measured in turns, because the machine is not equally fast all the time."""


def _fdatasync_per_s(folder: Path) -> float:
    """How often the disk can be waited for."""
    count, block = 0, b"x" * 200
    with (folder / "raw").open("wb", buffering=0) as file:
        began = time.perf_counter()
        while time.perf_counter() - began < 1.0:
            file.write(block)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)


def _figures(answers: list[dict[str, Any]]) -> dict[str, float]:
    cycles = sorted(cycle for answer in answers for cycle in answer["cycles"])
    took_s = sum(answer["took_s"] for answer in answers)
    return {
        "visits_per_s": round(len(cycles) / took_s, 1),
        "visit_p50_ms": round(cycles[len(cycles) // 2] * 1000, 2),
        "visit_p99_ms": round(cycles[len(cycles) * 99 // 100] * 1000, 2),
    }


def run() -> dict[str, Any]:
    """Fill one database with 100,000 tickets of past days, leave one empty, and send both the same visits."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        branch = branch_file(root)
        past = [today() - timedelta(days=back) for back in range(PAST_DAYS, 0, -1)]
        figures["fdatasync_per_s"] = round(_fdatasync_per_s(root))
        fill(root / "full", branch, past, PAST_TICKETS)
        servers, crowds = {}, {}
        try:
            for name in ("empty", "full"):
                servers[name] = BranchServer(root / name, root / f"{name}.log", branch)
                crowds[name] = Worker("http_crowd", servers[name].port)
                crowds[name].ask(clients=8, seconds=WARM_S, run=f"warm-{name}")
            answers: dict[tuple[str, int], list[dict[str, Any]]] = {}
            for turn in range(ROUNDS):
                for clients in (1, 8):
                    for name in ("empty", "full"):
                        answer = crowds[name].ask(
                            clients=clients, seconds=SECONDS / ROUNDS, run=f"turn-{turn}-{clients}"
                        )
                        answers.setdefault((name, clients), []).append(answer)
        finally:
            _all(lambda one: one.close(), crowds)
            _all(lambda one: one.stop(), servers)
    for (name, clients), told in answers.items():
        for key, value in _figures(told).items():
            figures[f"{name}_{clients}_clients_{key}"] = value
    for clients in (1, 8):
        empty, full = (figures[f"{name}_{clients}_clients_visits_per_s"] for name in ("empty", "full"))
        figures[f"slower_with_100k_tickets_{clients}_clients"] = round(empty / full, 3)
    figures["durable_commands_to_fdatasync_8_clients"] = round(
        4 * figures["empty_8_clients_visits_per_s"] / figures["fdatasync_per_s"], 3
    )
    return figures


def _all(end: Callable[[Any], Any], ones: dict[str, Any]) -> None:
    for one in ones.values():
        end(one)


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<48}{figure:>12}\n")


if __name__ == "__main__":
    main()
