"""Documents made from code: `make docs` writes them, test_docs.py says when one is no longer current."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from queue_server.domain import transitions

ROOT = Path(__file__).resolve().parents[1]

_TRANSITIONS = """# What can happen to a ticket and to a counter

Made by `make docs` from `queue_server/domain/transitions.py`: change the table there, not here.
Whatever is not in these tables is refused, and nothing changes.

"""

GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "queue_server" / "domain" / "TRANSITIONS.md": lambda: _TRANSITIONS + transitions.document(),
}
"""Every generated document, and what makes its text."""


def main() -> None:
    """Write them all."""
    for path, make in GENERATED.items():
        path.write_text(make(), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
