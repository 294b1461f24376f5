"""Documents made from code: `make docs` writes them, test_docs.py says when one is no longer current."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from queue_server.domain import transitions
from tests import pad_keys

ROOT = Path(__file__).resolve().parents[1]

_TRANSITIONS = """# What can happen to a ticket and to a counter

Made by `make docs` from `queue_server/domain/transitions.py`: change the table there, not here.
Whatever is not in these tables is refused, and nothing changes.

"""


def _transitions() -> str:
    """The tables, the states of one event in the order of a ticket's life: some come from a set, which has none."""
    states = [state.value for state in (*transitions.TicketState, *transitions.CounterState)]

    def place(row: str) -> int:
        cells = [cell.strip() for cell in row.split("|")]
        return states.index(cells[2]) if len(cells) > 2 and cells[2] in states else -1

    tables = groupby(transitions.document().splitlines(), key=lambda row: row.split("|")[1:2])
    return _TRANSITIONS + "\n".join(row for _, rows in tables for row in sorted(rows, key=place)) + "\n"


GENERATED: dict[Path, Callable[[], str]] = {
    ROOT / "queue_server" / "domain" / "TRANSITIONS.md": _transitions,
    ROOT / "queue_server" / "domain" / "KEYS.md": pad_keys.document,
}
"""Every generated document, and what makes its text."""


def main() -> None:
    """Write them all."""
    for path, make in GENERATED.items():
        path.write_text(make(), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
