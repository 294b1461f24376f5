"""kill -9 of the server under load, a hundred times: what was lost, what was doubled.  Both must be nothing (S5).

`python -m tests.bench.bench_kill` prints the table; `run()` returns its figures.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.branch_server import VIRTUAL
from tests.integration.kill_crowd import kill_again_and_again

ROUNDS = 100


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Kill it so often; raises AssertionError when anything was lost or doubled."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        began = time.perf_counter()
        found = kill_again_and_again(root / "data", root / "log", VIRTUAL, rounds)
        found["round_s"] = round((time.perf_counter() - began) / rounds, 2)
    assert not found["lost"], found
    assert not found["doubled"], found
    return found


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS).items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
