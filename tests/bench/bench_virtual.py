"""What the whole virtual branch costs while nobody touches it: CPU of all its processes together, and their memory.

`run()` starts the real command, waits until every program is there and has come to rest, and measures for ten seconds.
`python -m tests.bench.bench_virtual` prints it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.virtual_branch import VirtualBranch
from tests.waiting import until

MEASURED_S = 10.0
AT_REST_S = 1.0
AT_REST_PERCENT = 20.0
SETTLED_WITHIN_S = 60.0

IDLE_CPU_TARGET_PERCENT = 5.0
SERVER_TARGET_MB = 150.0


def run() -> dict[str, Any]:
    """CPU in percent of one core and memory (RSS) in MB, of each process and of all; each beside its target."""
    with tempfile.TemporaryDirectory() as folder:
        branch = VirtualBranch(Path(folder) / "data").until_all_there()
        try:
            processes = {"supervisor": psutil.Process(branch.process.pid), **branch.programs()}
            until(lambda: _is_at_rest(processes), SETTLED_WITHIN_S, "the branch at rest")
            percent = _cpu_percent(processes, MEASURED_S)
            memory = {name: process.memory_info().rss / 1e6 for name, process in processes.items()}
        finally:
            branch.stop()
    total = sum(percent.values())
    return {
        "idle_cpu_percent_of_a_core": round(total, 2),
        "idle_cpu_target_percent": IDLE_CPU_TARGET_PERCENT,
        "idle_cpu_of_target": round(total / IDLE_CPU_TARGET_PERCENT, 2),
        "idle_cpu_percent": {name: round(share, 2) for name, share in percent.items()},
        "memory_mb": {name: round(used, 1) for name, used in memory.items()},
        "memory_all_mb": round(sum(memory.values()), 1),
        "server_memory_target_mb": SERVER_TARGET_MB,
        "measured_s": MEASURED_S,
    }


def _is_at_rest(processes: dict[str, psutil.Process]) -> bool:
    return sum(_cpu_percent(processes, AT_REST_S).values()) < AT_REST_PERCENT


def _cpu_percent(processes: dict[str, psutil.Process], seconds: float) -> dict[str, float]:
    """Share of one core each process used in so many seconds; with its children, should it have any."""
    before, begun = _used_s(processes), time.monotonic()
    # Waits that long; what the rest of the machine does meanwhile is not looked at.
    psutil.cpu_percent(interval=seconds)
    after, took = _used_s(processes), time.monotonic() - begun
    return {name: 100 * (after[name] - before[name]) / took for name in processes}


def _used_s(processes: dict[str, psutil.Process]) -> dict[str, float]:
    times = {name: process.cpu_times() for name, process in processes.items()}
    return {name: used.user + used.system for name, used in times.items()}


if __name__ == "__main__":
    for figure, value in run().items():
        print(f"{figure:28} {value}")
