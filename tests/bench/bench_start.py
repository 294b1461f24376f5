"""From starting the program to its first answered request, with a business day of 10,000 tickets; and its memory.

`python -m tests.bench.bench_start` prints the table; `run()` returns its figures.  Raw reference of the same run: a
Python that imports what the server imports, and reads the same rows of the journal without understanding them.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from queue_server.journal.place import FILE_NAME
from tests.bench.hall_branch import branch_file, fill, today
from tests.branch_server import ROOT, BranchServer

TICKETS = 10_000
ROUNDS = 5


def _timed(*program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *program], cwd=ROOT, check=True)
    return time.perf_counter() - began


def _raw_read_s(data: Path) -> float:
    began = time.perf_counter()
    connection = sqlite3.connect(f"file:{data / FILE_NAME}?mode=ro", uri=True)
    connection.execute("SELECT * FROM event ORDER BY position").fetchall()
    connection.close()
    return time.perf_counter() - began


def _start_s(data: Path, root: Path, branch: Path) -> tuple[float, float, int]:
    """(seconds to the first answer, resident megabytes then, the position answered)."""
    began = time.perf_counter()
    server = BranchServer(data, root / "log", branch)
    try:
        answer = server.get("/healthz")
        took_s = time.perf_counter() - began
        return took_s, psutil.Process(server.process.pid).memory_info().rss / 1e6, answer.body["position"]
    finally:
        server.stop()


def run() -> dict[str, Any]:
    """Journal the day, then start the server on it several times; the middle one counts."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        branch = branch_file(root)
        position = fill(root / "full", branch, [today()], TICKETS)
        imports = [_timed("-c", "import queue_server.__main__, queue_server.app") for _ in range(ROUNDS)]
        empty = [_start_s(root / "empty", root, branch) for _ in range(ROUNDS)]
        full = [_start_s(root / "full", root, branch) for _ in range(ROUNDS)]
        # The whole day was read, and at the first start a little was added: which branch file is served, and what had
        # become due since the day's last event.
        assert min(one[2] for one in full) > position
        return {
            "tickets": TICKETS,
            "events": position,
            "start_to_first_answer_s": round(statistics.median(one[0] for one in full), 2),
            "start_to_first_answer_empty_day_s": round(statistics.median(one[0] for one in empty), 2),
            "raw_imports_alone_s": round(statistics.median(imports), 2),
            "raw_read_of_the_rows_s": round(_raw_read_s(root / "full"), 2),
            "server_mb_rss": round(statistics.median(one[1] for one in full), 1),
            "server_mb_rss_empty_day": round(statistics.median(one[1] for one in empty), 1),
        }


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
