"""The Chinese of the pages: their whole catalogue, English to Chinese, as a page carries it along."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.support import Translations

_LOCALE = Path(__file__).resolve().parent.parent / "locale"


@cache
def chinese() -> dict[str, str]:
    """Every sentence of the pages; empty without a compiled catalogue, and the pages speak English then."""
    found = Translations.load(str(_LOCALE), ["zh_CN"], domain="pages")
    catalogue: dict[object, str] = getattr(found, "_catalog", {})
    return {key: told for key, told in catalogue.items() if isinstance(key, str) and key}
