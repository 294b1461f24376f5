"""Two configurations, key by key: what would change, in the words of the file it came from.

Pure.  Items of a list are known by their code, id or version, so that a service moved up the list is not a change of
every service below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firmware_config.inherit import IDENTITY_KEYS
from firmware_config.rollout.target import Change

SECRET_KEYS = ("token",)


def is_secret(key: str) -> bool:
    """Whether what stands under `key` is never shown: tokens, as keys of YAML and as variables of an environment."""
    last = key.rsplit(".", 1)[-1].lower()
    return last in SECRET_KEYS or last.endswith("_token")


def flat(value: Any, above: str = "") -> dict[str, str]:
    """Every single value by its dotted key; lists of plain values are one value."""
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            found.update(flat(item, f"{above}.{key}" if above else str(key)))
        return found
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        found = {}
        for index, item in enumerate(value):
            found.update(flat(item, f"{above}[{_identity(item) or index}]"))
        return found
    if isinstance(value, list):
        return {above: ", ".join(map(_text, value))}
    return {above: _text(value)}


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """The changes from the one to the other, in the order of the new one, what is gone last."""
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(
        Change(key, None, None, is_secret=True)
        if is_secret(key)
        else Change(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )


def _identity(item: Any) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((str(item[key]) for key in IDENTITY_KEYS if key in item), None)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
