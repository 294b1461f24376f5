"""What a program says it runs: one version for all of them, and a checksum that both sides compute alike (H1, F3)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from firmware_config.models import Ticket, Voice, Words
from firmware_config.printer_profile import load_printer_profile, printer_profile_names
from firmware_config.resolved import model_yaml
from firmware_config.running import (
    PROGRAM_VERSION,
    checksum,
    display_checksum,
    kiosk_checksum,
    printer_checksum,
    voice_checksum,
)
from firmware_config.ticket_layout import load_ticket_layout
from tests.conftest import ROOT


def test_the_programs_are_as_old_as_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == PROGRAM_VERSION


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.booleans())))
def test_a_checksum_is_eight_hex_digits_whatever_the_order(facts: dict[str, object]) -> None:
    found = checksum(facts)
    assert re.fullmatch(r"[0-9a-f]{8}", found)
    assert checksum(dict(reversed(facts.items()))) == found


def test_a_ticket_read_from_its_file_is_the_one_the_server_expects(tmp_path: Path) -> None:
    ticket = Ticket(below=Words(zh="欢迎再来", en="See you again")).composed()
    file = tmp_path / "ticket.yaml"
    file.write_text(model_yaml(ticket), encoding="utf-8")
    assert kiosk_checksum(load_ticket_layout(file)) == kiosk_checksum(ticket)
    assert kiosk_checksum(ticket) != kiosk_checksum(Ticket().composed())


def test_every_printer_profile_has_a_checksum_of_its_own_and_an_override_changes_it(tmp_path: Path) -> None:
    found = {name: printer_checksum(load_printer_profile(name)) for name in printer_profile_names()}
    assert len(set(found.values())) == len(found)
    slower = load_printer_profile("generic_80mm", {"serial": {"baud": 19200}})
    assert printer_checksum(slower) not in found.values()
    file = tmp_path / "mine.yaml"
    file.write_text(model_yaml(load_printer_profile("kiosk_58mm")), encoding="utf-8")
    assert printer_checksum(load_printer_profile(file)) == found["kiosk_58mm"]


def test_a_display_told_what_the_branch_file_says_has_the_checksum_the_server_expects() -> None:
    voice = Voice(one="幺").composed()
    expected = voice_checksum(voice)
    assert display_checksum("var/voice", None, "幺", "number") == expected
    assert display_checksum("var/voice", ("zh", "en"), "幺", "number") == expected
    for other in (
        display_checksum("var/voice", None, "一", "number"),
        display_checksum("var/voice", None, "幺", "digits"),
        display_checksum("elsewhere", None, "幺", "number"),
        display_checksum("var/voice", ("zh",), "幺", "number"),
        display_checksum(None, None, "幺", "number"),
    ):
        assert other != expected
