"""Has a section changed, or has only time passed?  Pure.

A section carries durations ("ends in _ms") up to its own moment; a client counts on from there by itself.  A section
in which nothing but running durations grew, or counted down, is not news.
"""

from __future__ import annotations

from typing import Any

Section = Any
"""A section as JSON: lists, dicts and scalars."""


def is_same(old: Section, new: Section, passed_ms: int) -> bool:
    """Whether a client that has `old`, which is `passed_ms` old, would see anything new in `new`."""
    return bool(old == new) or _same(old, new, passed_ms, is_duration=False)


def _same(old: Section, new: Section, passed_ms: int, is_duration: bool) -> bool:
    kind = type(new)
    if kind is not type(old):
        return False
    if kind is dict:
        if old.keys() != new.keys():
            return False
        return all(
            _same(old[key], value, passed_ms, is_duration or key.endswith("_ms"))
            for key, value in new.items()
        )
    if kind is list:
        return len(old) == len(new) and all(
            _same(before, after, passed_ms, is_duration) for before, after in zip(old, new, strict=True)
        )
    if old == new:
        return True
    return is_duration and kind is int and (new - old == passed_ms or new == max(0, old - passed_ms))
