"""Every cause that any room can send stands in words on the pages and in the story, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

import kiosk.printing
from printer.status import Condition, Contact
from printer.transport import PortLost, PortStalled
from queue_server.story.vocabulary import CODES
from tests.conftest import ROOT

STATIC = ROOT / "queue_server" / "web" / "static"
FINE = {Condition.OK, Contact.NOT_ASKED, Contact.ANSWERING}
# Where a report has no cause, its state is the cause.
STATES = {"failed", "unknown", "fault", "offline"}


def read(path: str) -> str:
    """A file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


def literals_of_incidents() -> Iterator[str]:
    """The causes the rules write down: the fourth thing `opened` is told, the third of an amendment, the fifth of an end."""
    place_of = {"opened": 3, "IncidentAmended": 2, "IncidentOpened": 3, "_closed": 4}
    for path in sorted((ROOT / "queue_server" / "domain").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                said = call.args[place_of[name]] if len(call.args) > place_of.get(name, 99) else None
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    yield said.value


def causes() -> set[str]:
    """Every cause a printer, a kiosk, the presence of a device and the rules can send."""
    kiosks = {
        value for name, value in vars(kiosk.printing).items() if name.isupper() and isinstance(value, str)
    }
    return {
        *(str(one) for one in (*Condition, *Contact) if one not in FINE),
        *(PortLost.code, PortStalled.code),
        *re.findall(r'_refuse_all\("(\w+)"', read("printer/driver.py")),
        *(kiosks - {kiosk.printing.PRINTS}),
        *re.findall(r'"offline", "(\w+)"', read("queue_server/sockets/presence.py")),
        *re.findall(r'"unknown", "(\w+)"', read("queue_server/domain/limits.py")),
        *literals_of_incidents(),
        *STATES,
    }


def table(name: str) -> dict[str, str]:
    """A table of codes of the pages: code to English."""
    text = (
        STATIC / ("codes.js" if name in ("FAULT", "MISSED_OUTCOME", "RATING") else "incident_codes.js")
    ).read_text("utf-8")
    block = re.search(rf"export const {name} = {{(.*?)\n}};", text, re.DOTALL)
    assert block is not None, name
    found = dict(re.findall(r'(\w+): word\("([^"]+)"\)', block[1]))
    for other in re.findall(r"\.\.\.(\w+)", block[1]):
        found |= table(other)
    return found


def chinese(domain: str) -> dict[str, str]:
    """A catalogue: Chinese by English."""
    path = ROOT / "queue_server" / "locale" / "zh_CN" / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="zh_CN")}


def test_the_causes_of_every_room_are_found() -> None:
    assert causes() >= {
        *("jammed", "garbled", "unplugged", "cancelled", "kiosk_restarted", "not_taken"),
        *("no_connection", "no_report", "specific_call", "device_back"),
    }


@pytest.mark.parametrize("cause", sorted(causes()))
def test_a_cause_has_words_on_the_pages_and_in_the_story(cause: str) -> None:
    page = (table("CAUSE") | table("AMENDMENT"))[cause]
    assert chinese("pages")[page]
    assert chinese("story")[CODES[cause]]
