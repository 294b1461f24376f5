"""From the teller's key to fifty displays' acknowledged "shown", and what a thousand connected clients cost.

`python -m tests.bench.bench_display_fanout` prints the table; `run()` returns its figures.  The displays and the
teller are processes of their own.  Raw reference of the same run: the same call without any display connected.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from tests.bench.bench_transport import Worker
from tests.bench.hall_branch import branch_file
from tests.branch_server import BranchServer

DISPLAYS = 50
CALLS = 200
WARM = 20
CROWD = 1000


def _percentile(values: list[float], percent: int) -> float:
    return round(sorted(values)[min(len(values) - 1, len(values) * percent // 100)], 2)


def run() -> dict[str, Any]:
    """Connect fifty displays and call; then a thousand, and look at the server's memory."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        server = BranchServer(root / "data", root / "log", branch_file(root))
        workers: list[Worker] = []
        try:
            crowd = Worker("display_crowd", server.port, DISPLAYS)
            workers.append(crowd)
            crowd.answer()
            crowd.ask(calls=WARM)
            told = crowd.ask(calls=CALLS)
            figures["displays"] = DISPLAYS
            for name in ("told_ms", "acknowledged_ms"):
                figures[f"call_to_all_{name[:-3]}_p50_ms"] = _percentile(told[name], 50)
                figures[f"call_to_all_{name[:-3]}_p99_ms"] = _percentile(told[name], 99)
            process = psutil.Process(server.process.pid)
            figures["server_mb_rss_50_displays"] = round(process.memory_info().rss / 1e6, 1)
            before = process.memory_full_info().uss
            many = Worker("display_crowd", server.port, CROWD)
            workers.append(many)
            many.answer()
            after = process.memory_full_info().uss
            figures["clients_added"] = CROWD
            figures["server_kb_per_client"] = round((after - before) / CROWD / 1024, 1)
            figures["server_mb_rss_1050_clients"] = round(process.memory_info().rss / 1e6, 1)
        finally:
            for worker in workers:
                worker.close()
            server.stop()
    return figures


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<48}{figure:>12}\n")


if __name__ == "__main__":
    main()
