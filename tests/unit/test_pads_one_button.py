"""One button and time: a press, a long press and a double press, told once each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.one_button import HELD_GAP_S, Button, Gesture, passed, touched

BUTTON = Button(long_s=1.0, double_s=0.5)


def told(touches: list[float]) -> list[Gesture]:
    """What touches at these times mean, asked again whenever the button wants to be."""
    button, gestures = BUTTON, []
    for at in [*touches, 1e9]:
        while (due_at := button.due_at) is not None and due_at <= at:
            button, gesture = passed(button, due_at)
            gestures += [gesture] if gesture else []
        if at < 1e9:
            button, gesture = touched(button, at)
            gestures += [gesture] if gesture else []
    return gestures


def held(since: float, for_s: float) -> list[float]:
    """Frames of a button held down, ten a second."""
    return [since + n / 10 for n in range(int(for_s * 10) + 1)]


@pytest.mark.parametrize(
    ("touches", "gestures"),
    [
        ([0.0], ["press"]),
        ([0.0, 0.05, 0.15], ["press"]),
        ([0.0, 0.4], ["double"]),
        ([0.0, 0.05, 0.4, 0.45], ["double"]),
        ([0.0, 0.6], ["press", "press"]),
        ([0.0, 0.4, 1.0], ["double", "press"]),
        (held(0.0, 1.5), ["long"]),
        (held(0.0, 30.0), ["long"]),
        (held(0.0, 0.8), ["press"]),
        ([*held(0.0, 1.2), 2.0], ["long", "press"]),
        ([0.0, *held(0.4, 2.0)], ["double"]),
    ],
)
def test_a_button_is_understood(touches: list[float], gestures: list[Gesture]) -> None:
    assert told(touches) == gestures


@given(st.lists(st.floats(0.001, 3.0), max_size=30))
def test_every_touch_is_told_once_and_none_is_made_up(gaps: list[float]) -> None:
    touches, at = [], 0.0
    for gap in gaps:
        at += gap
        touches.append(at)
    groups = sum(1 for n, gap in enumerate(gaps) if n == 0 or gap >= HELD_GAP_S)
    gestures = told(touches)
    assert (len(gestures) > 0) == bool(gaps)
    assert len(gestures) <= groups


def test_nothing_is_due_at_rest() -> None:
    assert BUTTON.due_at is None
    assert passed(BUTTON, 5.0) == (BUTTON, None)
