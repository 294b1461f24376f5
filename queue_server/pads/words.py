"""The pad line's gettext catalogue: English text in, the language on the devices out.  Nothing else reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

Say = Callable[[str], str]
"""Turns an English message into the same message in one language."""

PAUSES: Mapping[str, str] = {
    "lunch": "Lunch",
    "balancing": "Balancing",
    "leave_seat": "Leaving the seat",
    "meeting": "Meeting",
    "shift_change": "Change of shift",
    "equipment_fault": "Equipment fault",
}
"""Reasons of a pause that have short words of their own; a branch may have others."""

LOCALE = Path(__file__).resolve().parent.parent / "locale"
_CATALOGUES = {"zh": "zh_CN", "en": "en"}


@cache
def say_in(language: str) -> Say:
    """The words of `language` ("zh" or "en"); the messages themselves are the English ones."""
    name = _CATALOGUES[language]
    catalogue: NullTranslations = Translations.load(str(LOCALE), [name], domain="pads")
    source = LOCALE / name / "LC_MESSAGES" / "pads.po"
    if not isinstance(catalogue, Translations) and source.exists():
        # A checkout whose catalogues were not compiled yet must not show English over a counter in Beijing.
        compiled = BytesIO()
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=name))
        compiled.seek(0)
        catalogue = Translations(compiled, domain="pads")
    return catalogue.gettext


def pause_words(reason: str, say: Say) -> str:
    """The short words of a pause's reason; none for a reason of the branch's own, which customers need not read."""
    return say(PAUSES[reason]) if reason in PAUSES else ""
