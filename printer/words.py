"""The printer room's gettext catalogue: English text in, the wanted language out.

It reads catalogues and nothing else; who speaks which language is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

Say = Callable[[str], str]
"""Turns an English message into the same message in one language."""

_LOCALE = Path(__file__).parent / "locale"


@cache
def say_in(language: str) -> Say:
    """The words of `language` ('zh_CN' or 'en'); a language without a catalogue speaks English."""
    catalogue: NullTranslations = Translations.load(str(_LOCALE), [language], domain="printer")
    source = _LOCALE / language / "LC_MESSAGES" / "printer.po"
    if not isinstance(catalogue, Translations) and source.exists():
        # A checkout whose catalogues were not compiled yet must not print English tickets in Beijing.
        compiled = BytesIO()
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language))
        compiled.seek(0)
        catalogue = Translations(compiled, domain="printer")
    return catalogue.gettext
