"""One button and nothing but time: `(button, pressed at) -> press, long or double`.

For pads that send the same frame whatever one does, again and again while the button is held.  Pads that tell the
three apart themselves are not asked to pass through here.  Pure: `now` comes in, `due_at` says when to ask again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

HELD_GAP_S = 0.25
"""Frames closer than this are one touch: a bounce, a repeat, or a button held down."""

Gesture = Literal["press", "long", "double"]


@dataclass(frozen=True, slots=True)
class Button:
    """A button with its times; `began_at`, `last_at`: of the touch that goes on, None at rest.

    `is_told`: what it means has been told, and only its end is awaited.
    """

    long_s: float
    double_s: float
    began_at: float | None = None
    last_at: float = 0.0
    is_told: bool = False

    @property
    def due_at(self) -> float | None:
        """When `passed` has something to say, None at rest."""
        if self.began_at is None:
            return None
        return self.last_at + (HELD_GAP_S if self.is_told else max(HELD_GAP_S, self.double_s))


def touched(button: Button, now: float) -> tuple[Button, Gesture | None]:
    """A frame of the button came."""
    button, before = passed(button, now)
    if button.began_at is None:
        return replace(button, began_at=now, last_at=now), before
    gesture: Gesture | None = None
    if not button.is_told:
        if now - button.last_at >= HELD_GAP_S:
            gesture = "double"
        elif now - button.began_at >= button.long_s:
            gesture = "long"
    return replace(button, last_at=now, is_told=button.is_told or gesture is not None), gesture


def passed(button: Button, now: float) -> tuple[Button, Gesture | None]:
    """Time went by without a frame: a single press is certain once it can become nothing else."""
    due_at = button.due_at
    if due_at is None or now < due_at:
        return button, None
    return replace(button, began_at=None, is_told=False), None if button.is_told else "press"
