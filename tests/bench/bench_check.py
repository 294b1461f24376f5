"""`python -m firmware_config check` of a branch with 60 devices, from starting the process to its last word.

Target: at most 1 s.  Raw references of the same run: a Python that imports what the check imports and does nothing,
and PyYAML composing the same file alone.

`python -m tests.bench.bench_check` prints the table; `run()` returns its figures.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.many_devices import branch_text

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
LIMIT_S = 1.0


def _timed(*program: str) -> tuple[float, float]:
    """(seconds by the wall clock, seconds the processor worked for it)."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *program], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    took_s, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _median(timed: list[tuple[float, float]]) -> float:
    return statistics.median(wall_s for wall_s, _ in timed)


def _compose_alone(path: Path) -> str:
    return f"import yaml; yaml.compose(open({str(path)!r}, encoding='utf-8'), Loader=yaml.SafeLoader)"


def run() -> dict[str, Any]:
    """Check the branch several times; the middle one counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "branch.yaml"
        text, devices = branch_text()
        path.write_text(text, encoding="utf-8")
        checks, imports, composes = [], [], []
        # In turns: a machine that is busy for a while must not make only one of them look slow.
        for _ in range(ROUNDS):
            checks.append(_timed("-m", "firmware_config", "check", str(path)))
            imports.append(_timed("-c", "import firmware_config.__main__, firmware_config.commands.check"))
            composes.append(_timed("-c", _compose_alone(path)))
        median = _median(checks)
        return {
            "devices": devices,
            "bytes": len(text.encode("utf-8")),
            "check_s": round(median, 3),
            "check_worst_s": round(max(wall_s for wall_s, _ in checks), 3),
            "check_processor_s": round(statistics.median(processor_s for _, processor_s in checks), 3),
            "limit_s": LIMIT_S,
            "within_limit": median <= LIMIT_S,
            "raw_imports_alone_s": round(_median(imports), 3),
            "raw_yaml_compose_alone_s": round(_median(composes), 3),
        }


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure!s:>12}\n")


if __name__ == "__main__":
    main()
