"""The kiosk room's gettext catalogue: English text in, the language on the screen out.  Nothing else reads it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.support import Translations

Say = Callable[[str], str]
"""Turns an English message into the same message in one language."""

_LOCALE = Path(__file__).parent / "locale"
_CATALOGUES = {"zh": "zh_CN", "en": "en"}


@cache
def say_in(language: str) -> Say:
    """The words of `language` ("zh" or "en"); the messages themselves are the English ones."""
    catalogue = Translations.load(str(_LOCALE), [_CATALOGUES[language]], domain="kiosk")
    return catalogue.gettext
