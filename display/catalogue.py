"""The words of the display in each language: English is the key, the catalogue has the Chinese.

Reads the compiled catalogue or, where set-up has not compiled it, the written one.  Knows no layout.
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LOCALES = {"zh": "zh_CN", "en": "en"}
FOLDER = Path(__file__).parent / "locale"


class Catalogue:
    """Texts and dates by language ("zh" or "en"); an untranslated text comes out in English."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._translations = {language: _load(folder, locale) for language, locale in LOCALES.items()}

    def text(self, language: str, english: str, **values: object) -> str:
        """`english` in `language`, its {names} filled with `values`."""
        known = self._translations.get(language)
        return (known.gettext(english) if known else english).format(**values)

    def date(self, language: str, day: date) -> str:
        """The day in full: 2025年11月24日 星期一, Monday 24 November 2025."""
        if language == "zh":
            return format_date(day, "y年M月d日 EEEE", locale="zh_CN")
        return format_date(day, "EEEE d MMMM y", locale="en")


def _load(folder: Path, locale: str) -> NullTranslations:
    compiled = Translations.load(folder, [locale], domain="display")
    written = folder / locale / "LC_MESSAGES" / "display.po"
    if isinstance(compiled, Translations) or not written.exists():
        return compiled
    out = io.BytesIO()
    with written.open("rb") as file:
        write_mo(out, read_po(file, locale=locale))
    out.seek(0)
    return Translations(out, domain="display")
