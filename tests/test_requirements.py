"""REQUIREMENTS.md is kept: every id once, every place exists, every test it names is there."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from tests.conftest import ROOT

IDS = {
    "K": 9, "P": 5, "C": 8, "D": 5, "T": 6, "N": 5, "J": 5, "I": 4, "L": 4, "R": 9, "B": 4, "H": 5, "F": 3, "S": 5, "X": 3, "A": 2,
}  # fmt: skip
"""How many requirements there are of each letter."""

LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: its links to what was built and to what keeps it, as (text, path)."""

    id: str
    built: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    missing: str


def rows() -> list[Row]:
    """The rows of every table, in order."""
    found = []
    for line in (ROOT / "REQUIREMENTS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if re.fullmatch(r"[A-Z]\d+", cells[0]) and len(cells) == 5:
            built, kept = (tuple(LINK.findall(cell)) for cell in cells[2:4])
            found.append(Row(cells[0], built, kept, cells[4]))
    return found


def test_every_requirement_stands_there_once_and_in_order() -> None:
    assert [row.id for row in rows()] == [
        f"{letter}{n}" for letter, last in IDS.items() for n in range(1, last + 1)
    ]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_what_a_requirement_points_at_is_there(row: Row) -> None:
    for text, path in row.built:
        assert (ROOT / path).exists(), path
        assert text == path
    for name, path in row.kept:
        assert (ROOT / path).is_file(), path
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(?:async )?(?:def|class) {re.escape(name)}\b", source, re.MULTILINE), name


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_requirement_is_built_somewhere_or_said_to_be_later(row: Row) -> None:
    assert bool(row.built) != (row.missing == "later")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_requirement_is_kept_by_a_test_or_says_what_is_missing(row: Row) -> None:
    assert row.kept or row.missing not in ("", "–")
