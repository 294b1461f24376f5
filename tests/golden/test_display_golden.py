"""The lobby board's layout, shape by shape, against a file: a change of look is seen in review.

To accept a new look: run with REWRITE_GOLDEN=1 and read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from display import board as boards
from display.board import Board, take
from display.screen.shapes import Box, Shape
from tests.unit.test_display_board import call, delta, row
from tests.unit.test_display_layout import busy, picture

GOLDEN = Path(__file__).parent / "display_board.txt"


def told(shape: Shape) -> str:
    """One line: kind, box, and what is written or drawn."""
    box = getattr(shape, "box", Box(0, 0, 0, 0))
    words = getattr(shape, "text", "") or getattr(shape, "name", "")
    size = getattr(shape, "size", "")
    colour = "".join(f"{part:02x}" for part in getattr(shape, "colour", ()))
    kind = type(shape).__name__
    return (
        f"{kind:9} {box.x:4} {box.y:4} {box.width:4} {box.height:4}  {colour}  {size!s:3}  {words}".rstrip()
    )


def boards_to_look_at() -> dict[str, Board]:
    ringing, _ = take(
        busy(), delta(21, call(21, "B007", "12"), calls=[row(21, "B007", "12"), row(20, "A020")]), 100.0
    )
    return {"ringing": ringing, "lost": boards.lost(busy()), "connecting": Board()}


def test_the_layout_is_the_one_that_was_looked_at() -> None:
    lines = []
    for name, board in boards_to_look_at().items():
        lines.append(f"== {name}")
        lines += [told(shape) for shape in picture(board, now=100.0)]
    text = "\n".join(lines) + "\n"
    if os.environ.get("REWRITE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")
        pytest.fail("golden file rewritten; look at the difference and run again")
    assert text == GOLDEN.read_text("utf-8")
