"""What is news and what is only time: running durations are no news, everything else is."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.sockets.changes import is_same

OLD: dict[str, Any] = {
    "number": "A001",
    "waited_ms": 1000,
    "no_show_in_ms": 400,
    "times_ms": {"wait": 1000, "way": 0},
    "reasons": ["vip"],
    "ticket": None,
}


def after(passed_ms: int, **changes: Any) -> dict[str, Any]:
    """OLD when time has passed, with changes."""
    grown = {
        **deepcopy(OLD),
        "waited_ms": 1000 + passed_ms,
        "no_show_in_ms": max(0, 400 - passed_ms),
        "times_ms": {"wait": 1000 + passed_ms, "way": 0},
    }
    return {**grown, **changes}


@given(st.integers(min_value=0, max_value=10_000_000))
def test_time_alone_is_no_news(passed_ms: int) -> None:
    assert is_same(OLD, after(passed_ms), passed_ms)
    assert is_same([OLD, OLD], [after(passed_ms)] * 2, passed_ms)


@pytest.mark.parametrize(
    "changed",
    [
        after(500, number="A002"),
        after(500, waited_ms=1501),
        after(500, waited_ms=999),
        after(500, no_show_in_ms=100),
        after(500, times_ms={"wait": 1500, "way": 3}),
        after(500, times_ms={"wait": 1500}),
        after(500, reasons=["vip", "cap"]),
        after(500, reasons=[]),
        after(500, ticket={}),
        {key: value for key, value in after(500).items() if key != "ticket"},
        after(500, more=1),
    ],
)
def test_everything_else_is_news(changed: dict[str, Any]) -> None:
    assert not is_same(OLD, changed, 500)


def test_a_figure_that_is_no_duration_may_not_grow_unnoticed() -> None:
    assert not is_same({"position": 1000}, {"position": 1500}, 500)


def test_a_row_more_is_news() -> None:
    assert not is_same([1], [1, 2], 0)
