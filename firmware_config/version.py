"""Which configuration this is, in twelve letters and digits: the same everywhere a branch file means the same.

What a file inherits or leaves out counts as what it is; where it stands, its comments and its secrets do not.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from firmware_config.models import BranchFile

SECRET_KEYS = frozenset({"token", "token_env"})
"""Neither a secret nor the name of the variable that holds it is in the version: changing one changes no rule."""


def version_of(branch: BranchFile) -> str:
    """The version of a checked branch file, 12 hex digits."""
    # Without defaults: a program that learns a new key does not find every old file changed.
    facts = without_secrets(branch.model_dump(mode="json", exclude_defaults=True))
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("utf-8"), digest_size=6).hexdigest()


def without_secrets(facts: Any) -> Any:
    """The same lists and maps without tokens and the names of their variables."""
    match facts:
        case dict():
            return {key: without_secrets(value) for key, value in facts.items() if key not in SECRET_KEYS}
        case list() | tuple():
            return [without_secrets(value) for value in facts]
        case _:
            return facts
