"""What can be wrong with a branch file, in words, each with the place to mend it.

A problem is `file:line:column: path: what was expected`.  The templates are the msgids of the catalogue; a technician
reads them in Chinese or English.  Nothing here reads a file of a branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations

LOCALE = Path(__file__).parent / "locale"


class Expected(StrEnum):
    """Everything a branch file can be told, as English templates."""

    # the file itself
    FILE = "there is no such file"
    READABLE = "cannot be read: {cause}"
    SMALL_FILE = "expected at most {limit} bytes, found {size}"
    UTF8 = "expected UTF-8 text, found byte 0x{byte}"
    YAML = "not YAML: {cause}"
    SHALLOW = "nested too deeply, expected at most {limit} levels"
    NO_ALIAS = "expected the value itself, not an alias"
    NO_TAG = "expected a plain value, without the tag {tag}"
    PLAIN_KEY = "expected a plain word as key"
    ONE_KEY = "written twice, first at {place}"
    BASE_PLAIN = "the inherited file {base} may not inherit from another"
    PROFILE_NAME = "expected the name of a profile"
    NO_CIRCLE = "{chain} is a circle"
    BASE_NAME = "expected the name of a file beside this one"

    # shapes
    KNOWN_KEY = "unknown key"
    KNOWN_KEY_NEAR = "unknown key, did you mean {nearest}?"
    KEY = "missing"
    MAP = "expected keys and values"
    LIST = "expected a list"
    SOME = "expected at least {count} in the list"
    EXACTLY = "expected {count} in the list, found {found}"
    VALUE = "expected a single value"

    # values
    WORDS = "expected text of 1 to {limit} characters on one line, found {found}"
    CODE = "expected a code of small letters, digits and _, found {found}"
    COUNTER_CODE = "expected 1 to 4 letters or digits, found {found}"
    SERIES = "expected one or two capital letters, found {found}"
    WHOLE = "expected a whole number from {low} to {high}, found {found}"
    NUMBER = "expected a number from {low} to {high}, found {found}"
    WHOLE_NUMBER = "expected a whole number, found {found}"
    ANY_NUMBER = "expected a number, found {found}"
    AT_LEAST = "expected at least {limit}, found {found}"
    MORE_THAN = "expected more than {limit}, found {found}"
    AT_MOST = "expected at most {limit}, found {found}"
    MULTIPLE = "expected a multiple of {limit}, found {found}"
    TRUTH = "expected true or false, found {found}"
    TIME = "expected a time of day such as 09:00, found {found}"
    DATE = "expected a date such as 2026-01-31, found {found}"
    ZONE = "expected a time zone such as Asia/Shanghai, found {found}"
    CHOICE = "expected one of {choices}, found {found}"
    HOTLINE = "expected a telephone number, found {found}"
    URL = "expected an address such as http://127.0.0.1:8081, found {found}"
    TOKEN = "expected a token of 16 to 200 letters, digits, - or _"
    VARIABLE = "expected the name of an environment variable, found {found}"
    FOLDER = "expected the path of a folder, found {found}"
    VARIABLE_SET = "the environment variable {variable} is not set"
    VARIABLE_TOKEN = (
        "the environment variable {variable} does not hold a token of 16 to 200 letters, digits, - or _"
    )
    USB_ID = "expected four hex digits such as 1a86, found {found}"
    USB_SERIAL = "expected 1 to 64 letters, digits, points, - or _, found {found}"
    USB_PATH = "expected the path of a USB socket such as 1-1.4, found {found}"
    PORT = "expected a port such as /dev/serial/by-id/... or socket://host:port, found {found}"
    STABLE_PORT = "{found} changes when devices are plugged in again, expected /dev/serial/by-id/..."

    # of a profile
    EVEN_DOTS = "expected an even number of dots for a raster QR code, found {found}"
    DISPLAY_NONE = "a display of kind none has no lines and no characters"
    DISPLAY_ROOM = "a display of kind {kind} needs lines and characters"
    KEYS_OF_PAD = "expected keys for a call_pad and for nothing else"
    SCORES_OF_EVALUATOR = "expected scores for an evaluator and for nothing else"
    SCREEN_SHOWS = "expected a display that shows something for a window_screen"
    CONFIG_OF_MODBUS = "only modbus devices hold a configuration"
    CONFIG_CODES = "a configuration holds keys with codes to 64 and scores with codes to 8"
    ONE_BUTTON_KEYS = "expected press, long and double as the keys of a pad of one_button, and of no other"
    PIECE_NEEDS = "expected {key} for a piece that shows {show}, and for no other"
    PIECES_MISSING = "a ticket must also show {missing}"
    PIECE_ONCE = "shown more than once: {found}"
    KEY_CODE = "expected a code from 1 to 0xFFFF, found {found}"

    # between values
    ONE_CODE = "{code} is already used at {place}"
    ONE_TOKEN = "the same token as {other} at {place}"
    ADAPTER = "expected vid and pid, best with serial, or usb_path"
    ONE_ADAPTER = "the same adapter as {other} at {place}"
    ADAPTER_PORT = "expected {port}, the name this adapter gets, found {found}"
    ONE_PORT = "the same port as {other} at {place}"
    ONE_PRINTER = "printer {printer} already belongs to {other} at {place}"
    ONE_LIMIT = "the same service, amount band and class as at {place}"
    ONE_START = "another standard is already valid from {date}, at {place}"
    LISTED_ONCE = "{found} is already in the list"
    KNOWN_GROUP = "there is no group {found}, expected one of {choices}"
    KNOWN_SERVICE = "there is no service {found}, expected one of {choices}"
    KNOWN_COUNTER = "there is no counter {found}, expected one of {choices}"
    KNOWN_BAND = "there is no amount band {found}, expected one of {choices}"
    KNOWN_PRINTER = "there is no printer {found}, expected one of {choices}"
    KNOWN_PROFILE = "there is no printer profile {found}, expected one of {choices}"
    KNOWN_LINE = "there is no line {found}, expected one of {choices}"
    KNOWN_PAD_PROFILE = "there is no pad profile {found}, expected one of {choices}"
    KNOWN_TICKET_LAYOUT = "there is no ticket layout {found}, expected one of {choices}"
    KNOWN_VOICE = "there is no voice {found}, expected one of {choices}"
    LANGUAGE_SPOKEN = "{voice} speaks {choices} only, found {found}"
    ROOM_FOR_WORDS = "layout {layout} leaves no room for {key}"
    GLYPHS = "no font has {glyphs}: screens would show empty boxes, and no ticket could"
    PAD_GLYPHS = "{device} cannot show {glyphs}, its characters are {charset}"
    PAD_LINE = (
        "expected at most {limit} cells on a line of {device}, a Chinese character takes 2, found {found}"
    )
    LINE_USED = "nothing hangs on line {line}"
    ONE_ADDRESS = "the same address on {line} as {other} at {place}"
    ADDRESS_RANGE = "expected an address from {low} to {high} for {protocol}, found {found}"
    ROLE_FITS = "expected a profile for {role}, {profile} is one for {found}"
    BAUD_FITS = "{line} runs at {baud} baud, {profile} speaks at {choices} only"
    ONE_PAD_CODE = "the same pad code {code} as {other} at {place}"
    SERVED = "no counter serves {service}"
    SERVED_CLASS = "no counter serves {service} for {classes}"
    GROUP_USED = "no service belongs to group {group}"
    HOURS_ORDER = "expected a time after {opens}, found {closes}"
    TOKEN_OR_VARIABLE = "expected either token or token_env"
    TELLER_ONLY = "only a teller sits at a counter"
    CROWDED_BOTH = "expected crowded and crowded_waiting together"
    OF_ANOTHER_RULE = "{key} means nothing for kind {kind}"
    RISING = "expected rising numbers, found {found}"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place in a file; lines and columns count from 1, as editors show them."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def place(self) -> str:
        """File and line, for mentioning another place within a sentence."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: where, which key (dotted, lists by index from 0), and what was expected there."""

    spot: Spot
    path: str
    expected: Expected
    details: Mapping[str, object] = field(default_factory=dict)

    def read(self, language: str = "en") -> str:
        """The whole line, in `language`; English where the catalogue was not compiled."""
        template = _catalogue(language).gettext(self.expected.value)
        said = template.format(
            **{key: _shown(value, _ROOM.get(key, 80)) for key, value in self.details.items()}
        )
        return f"{self.spot}: {_shown(self.path) or catalogue_text(language, 'file')}: {said}"

    def __str__(self) -> str:
        return self.read()


class BranchFileRefused(Exception):
    """A branch file cannot be used; `problems` are all of them, in the order of the file."""

    code = "branch_file_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.spot, problem.path)))
        super().__init__("\n".join(map(str, self.problems)))


def catalogue_text(language: str, text: str) -> str:
    """Any other sentence of this room, such as the verdict of `check`, in `language`."""
    return _catalogue(language).gettext(text)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(LOCALE), [language], domain="firmware_config")


_ROOM = {"choices": 300, "missing": 300}
"""Characters a value may take in a sentence, where 80 are not enough: whoever chooses must see them all."""


def _shown(value: object, limit: int = 80) -> str:
    """A value within a sentence: short, and on one line."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(mark if mark.isprintable() else "?" for mark in text)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
