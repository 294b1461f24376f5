"""Which language somebody reads, and the words of refusals and notices in it.

English is in the code, Chinese in the catalogues; a catalogue that is missing leaves the English words.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from babel.support import NullTranslations, Translations

Language = Literal["zh", "en"]

_LOCALE = Path(__file__).resolve().parent.parent / "locale"
_CATALOGUE = {"zh": "zh_CN", "en": "en"}


@lru_cache(maxsize=2)
def refusal_words(language: Language) -> NullTranslations:
    """The catalogue of refusals in one language."""
    return Translations.load(str(_LOCALE), [_CATALOGUE[language]], domain="refusals")


@lru_cache(maxsize=2)
def notice_words(language: Language) -> NullTranslations:
    """The catalogue of what the displays say by themselves, in one language."""
    return Translations.load(str(_LOCALE), [_CATALOGUE[language]], domain="notices")


def preferred(accept_language: str | None, asked: str | None = None) -> Language:
    """The language to answer in: `asked` (of `?lang=`) first, then the header by its weights, Chinese otherwise."""
    if asked:
        return "en" if asked.lower().startswith("en") else "zh"
    best: tuple[float, Language] = (0.0, "zh")
    for part in (accept_language or "").split(","):
        tag, _, options = part.strip().lower().partition(";")
        weight = _weight(options)
        for language in ("zh", "en"):
            if tag.startswith(language) and weight > best[0]:
                best = (weight, language)
    return best[1]


def _weight(options: str) -> float:
    if not options.strip().startswith("q="):
        return 1.0
    try:
        return float(options.strip()[2:])
    except ValueError:
        return 0.0
