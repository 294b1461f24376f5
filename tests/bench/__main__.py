"""`make bench`: every benchmark beside its raw reference, as a table and as `var/bench.json`, with the machine.

`python -m tests.bench door http` runs only those; a benchmark is a module `bench_<name>` with `run() -> dict`.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import psutil

import tests.bench

RESULT = Path("var/bench.json")


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(
        module.name.removeprefix("bench_")
        for module in pkgutil.iter_modules(tests.bench.__path__)
        if module.name.startswith("bench_")
    )


def machine() -> dict[str, Any]:
    """What it was measured on; no figure means anything without it."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
    }


def flat(figures: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Figures of nested groups, one line each."""
    lines: list[tuple[str, Any]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += flat(value, f"{prefix}{name}.")
        else:
            lines.append((f"{prefix}{name}", value))
    return lines


def told(value: Any) -> str:
    """A figure as a person reads it."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def main(wanted: list[str]) -> int:
    """Run the benchmarks, all or the wanted ones; the exit status counts those that could not be run."""
    unknown = set(wanted) - set(names())
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names())}")
        return 2
    result: dict[str, Any] = {"machine": machine(), "benchmarks": {}}
    print("  ".join(f"{key}: {value}" for key, value in result["machine"].items()))
    failed = 0
    for name in wanted or names():
        began = time.perf_counter()
        print(f"\n{name}", flush=True)
        try:
            figures: dict[str, Any] = importlib.import_module(f"tests.bench.bench_{name}").run()
        except Exception as problem:
            # One benchmark that cannot run here must not hide the others; it is counted and named.
            print(f"  could not be run: {problem!r}")
            result["benchmarks"][name] = {"could_not_be_run": repr(problem)}
            failed += 1
            continue
        result["benchmarks"][name] = figures
        for label, value in flat(figures):
            print(f"  {label:<58} {told(value):>14}")
        print(f"  {'(took)':<58} {time.perf_counter() - began:>12.1f} s", flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"\n{RESULT}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
