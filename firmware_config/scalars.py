"""Kinds of single values in a branch file: each takes the text that stands there, or says what it expected.

Types for the models, nothing else: what values mean to each other is looked at elsewhere.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, GetJsonSchemaHandler, SecretStr
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from firmware_config.problems import Expected

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")
END_OF_DAY = time(23, 59, 59, 999999)
"""What `24:00` means as a closing time: the whole last minute counts."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COUNTER = re.compile(r"[A-Za-z0-9]{1,4}")
_SERIES = re.compile(r"[A-Z]{1,2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOTLINE = re.compile(r"[0-9+][0-9 -]{2,19}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,79}")
_PORT = re.compile(r"(/|\./|socket://|loop://)?[A-Za-z0-9._:/@+-]{1,200}")
_FOLDER = re.compile(r"[A-Za-z0-9._/+-]{1,200}")
_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,200}")
_USB_ID = re.compile(r"[0-9a-f]{4}")
_USB_SERIAL = re.compile(r"[A-Za-z0-9._-]{1,64}")
_USB_PATH = re.compile(r"[0-9]{1,3}-[0-9]{1,3}(\.[0-9]{1,3}){0,6}(:[0-9]{1,2}\.[0-9]{1,2})?")
_UNSTABLE_PORT = re.compile(r"/dev/tty(USB|ACM)[0-9]+")


@dataclass(frozen=True, slots=True)
class Kind(BeforeValidator):
    """A check with what an editor's schema can say of it, such as a pattern or the ends of a range."""

    facts: tuple[tuple[str, Any], ...] = ()

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of the value's type, with the facts."""
        return {**handler(core_schema), **dict(self.facts)}


def refused(expected: Expected, **details: object) -> PydanticCustomError:
    """The error a value raises; its template is found again by name.  `at`: the key within the value it is told at."""
    return PydanticCustomError(expected.name, "{said}", {"said": expected.value, **details})


def parse_time(text: str) -> time:
    """A time of day `HH:MM`; `24:00` is the end of the day.  Raises ValueError."""
    if text == "24:00":
        return END_OF_DAY
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return time(int(match[1]), int(match[2]))


def parse_date(text: str) -> date:
    """A date `YYYY-MM-DD`.  Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def parse_whole(text: str) -> int:
    """A whole number.  Raises ValueError."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _text_of(given: Any) -> str:
    """The text of a single value; a file knows nothing else, programs may give numbers and truths as they are."""
    match given:
        case str():
            return given
        case bool():
            return "true" if given else "false"
        case int() | float():
            return str(given)
    raise refused(Expected.VALUE)


def _matching(pattern: re.Pattern[str], expected: Expected, *types: str) -> Kind:
    """Text of a pattern; `types`: how it may stand in a file besides, such as a number without quotes."""

    def check(given: Any) -> str:
        text = _text_of(given)
        if not pattern.fullmatch(text):
            raise refused(expected, found=text or '""')
        return text

    facts: tuple[tuple[str, Any], ...] = (("pattern", f"^(?:{pattern.pattern})$"),)
    return Kind(check, facts=(*facts, ("type", ("string", *types))) if types else facts)


def words(limit: int) -> Kind:
    """Text people read: one line, at most `limit` characters, nothing a printer or screen would choke on."""

    def check(given: Any) -> str:
        text = _text_of(given)
        if not text.strip() or len(text) > limit or not text.isprintable():
            raise refused(Expected.WORDS, limit=limit, found=f"{len(text)}: {text[:40]}" if text else "0")
        return text

    return Kind(check, facts=(("minLength", 1), ("maxLength", limit), ("type", ("string", "number"))))


def whole(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`."""

    def check(given: Any) -> int:
        text = _text_of(given)
        try:
            number = parse_whole(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise refused(Expected.WHOLE, low=low, high=high, found=text or '""')
        return number

    return Kind(check, facts=(("minimum", low), ("maximum", high)))


def whole_of(*choices: int) -> Kind:
    """One of a few whole numbers."""

    def check(given: Any) -> int:
        text = _text_of(given)
        if text not in map(str, choices):
            raise refused(Expected.CHOICE, choices=", ".join(map(str, choices)), found=text or '""')
        return int(text)

    return Kind(check, facts=(("enum", choices),))


def number(low: float, high: float) -> Kind:
    """A number from `low` to `high`, with a point for fractions."""

    def check(given: Any) -> float:
        text = _text_of(given)
        if not _NUMBER.fullmatch(text) or not low <= float(text) <= high:
            raise refused(Expected.NUMBER, low=f"{low:g}", high=f"{high:g}", found=text or '""')
        return float(text)

    return Kind(check, facts=(("minimum", low), ("maximum", high)))


def choice(*choices: str) -> Kind:
    """One of a few codes."""

    def check(given: Any) -> str:
        text = _text_of(given)
        if text not in choices:
            raise refused(Expected.CHOICE, choices=", ".join(choices), found=text or '""')
        return text

    return Kind(check, facts=(("enum", choices),))


def _check_truth(given: Any) -> bool:
    text = _text_of(given)
    if text not in ("true", "false"):
        raise refused(Expected.TRUTH, found=text or '""')
    return text == "true"


def _check_time(given: Any) -> time:
    text = _text_of(given)
    try:
        return parse_time(text)
    except ValueError:
        raise refused(Expected.TIME, found=text or '""') from None


def _check_date(given: Any) -> date:
    text = _text_of(given)
    try:
        return parse_date(text)
    except ValueError:
        raise refused(Expected.DATE, found=text or '""') from None


def _check_zone(given: Any) -> str:
    text = _text_of(given)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refused(Expected.ZONE, found=text or '""') from None
    return text


def _check_token(given: Any) -> SecretStr:
    text = _text_of(given)
    if not TOKEN.fullmatch(text):
        raise refused(Expected.TOKEN)  # what was found stays unsaid: it may be most of a secret
    return SecretStr(text)


def _check_port(given: Any) -> str:
    text = _text_of(given)
    if _UNSTABLE_PORT.fullmatch(text):
        raise refused(Expected.STABLE_PORT, found=text)
    if not _PORT.fullmatch(text):
        raise refused(Expected.PORT, found=text or '""')
    return os.path.normpath(text) if "://" not in text else text


Code = Annotated[str, _matching(_CODE, Expected.CODE)]
CounterCode = Annotated[str, _matching(_COUNTER, Expected.COUNTER_CODE, "integer")]
Series = Annotated[str, _matching(_SERIES, Expected.SERIES)]
"""Letters only: digits follow, so numbers of two series can never be the same, whoever shares a series."""
Hotline = Annotated[str, _matching(_HOTLINE, Expected.HOTLINE, "integer")]
Variable = Annotated[str, _matching(_VARIABLE, Expected.VARIABLE)]
Folder = Annotated[str, _matching(_FOLDER, Expected.FOLDER)]
Url = Annotated[str, _matching(_URL, Expected.URL)]
Name = Annotated[str, words(40)]
Sentence = Annotated[str, words(200)]
Truth = Annotated[bool, BeforeValidator(_check_truth)]
TimeOfDay = Annotated[
    time, Kind(_check_time, facts=(("format", "hour-minute"), ("pattern", f"^({_TIME.pattern}|24:00)$")))
]
Date = Annotated[date, BeforeValidator(_check_date)]
Zone = Annotated[str, BeforeValidator(_check_zone)]
Token = Annotated[SecretStr, Kind(_check_token, facts=(("pattern", f"^{TOKEN.pattern}$"),))]
UsbId = Annotated[str, _matching(_USB_ID, Expected.USB_ID)]
UsbSerial = Annotated[str, _matching(_USB_SERIAL, Expected.USB_SERIAL)]
UsbPath = Annotated[str, _matching(_USB_PATH, Expected.USB_PATH)]
Port = Annotated[str, Kind(_check_port, facts=(("pattern", f"^{_PORT.pattern}$"),))]
