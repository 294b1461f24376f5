"""Kiosk, printer and display, started as `make run` starts them, on the real server: each says what it runs (H1, F1, F3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from display.voice.make import make_voice
from firmware_config.load import load_branch_file
from firmware_config.running import PROGRAM_VERSION
from firmware_config.ticket_layout import load_ticket_layout
from queue_server.settings import understand
from queue_server.virtual.command import tokens_of
from queue_server.virtual.places import Places
from queue_server.virtual.roster import Command, roster
from tests.branch_server import TECHNICIAN, BranchServer, write_branch
from tests.conftest import ROOT
from tests.waiting import until

PROGRAMS = ("printer", "kiosk", "display")
WORDS = """
ticket:
  below: {zh: 欢迎再来, en: See you again}
voice:
  folder: FOLDER
  one: 幺
"""


class Hall:
    """A server and the programs of its hall, from one branch file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.voice = folder / "voice"
        make_voice(self.voice)
        self.branch = write_branch(folder)
        with self.branch.open("a", encoding="utf-8") as file:
            file.write(WORDS.replace("FOLDER", str(self.voice)))
        self.server = BranchServer(folder / "journal", folder / "server.log", branch=self.branch)
        self.file = load_branch_file(self.branch)
        self.places = Places.in_folder(folder / "data", self.voice)
        self.commands = self.roster()
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def roster(self) -> dict[str, Command]:
        cables = dict.fromkeys(("kiosk", "display", "counters"), self.server.port)
        tokens = tokens_of(self.file)
        return roster(self.branch, understand(self.file), tokens, self.places, 1, "http://here", cables)

    def start(self, program: str, *more: str) -> None:
        command = self.commands[program]
        with self.places.log(program).open("ab") as log:
            self.running[program] = subprocess.Popen(
                [sys.executable, "-m", *command.words, *more],
                cwd=ROOT,
                env={**os.environ, **command.environment},
                stdout=log,
                stderr=log,
            )

    def stop(self, *programs: str) -> None:
        for name in programs or tuple(self.running):
            process = self.running.pop(name)
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)

    def device(self, code: str) -> dict[str, Any]:
        listed = self.server.get("/api/v1/devices", TECHNICIAN).body
        return next(one for one in listed if one["device"] == code)

    def close(self) -> None:
        self.stop()
        self.server.stop()
        self.places.leave()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    yield hall
    hall.close()


def test_each_says_what_it_runs_and_that_is_what_the_branch_file_says(hall: Hall) -> None:
    for program in PROGRAMS:
        hall.start(program)
    codes = ("kiosk_1", "printer_1", "display_1", "display_1-speaker")

    def all_tell() -> bool:
        found = [hall.device(code) for code in codes]
        return all(one["firmware"] and one["config"] and one["last_heard_at"] for one in found)

    until(all_tell, 60, "firmware, configuration and a heartbeat of all four")
    found = {code: hall.device(code) for code in codes}
    assert {code: one["state"] for code, one in found.items()} == dict.fromkeys(codes, "online")
    assert found["kiosk_1"]["firmware"] == found["display_1"]["firmware"] == PROGRAM_VERSION
    assert found["printer_1"]["firmware"] == "Simulated 1.05"
    assert found["display_1-speaker"]["firmware"].startswith("espeak-ng 1.")
    for code in codes[:3]:
        assert found[code]["config"] == found[code]["expected_config"], code
    # Which sounds a voice consists of, no branch file says.
    assert found["display_1-speaker"]["expected_config"] is None


def test_printer_and_speaker_are_heard_of_again_and_again(hall: Hall) -> None:
    for program in PROGRAMS:
        hall.start(program)
    began_at = datetime.now(UTC)

    def was_heard(code: str, after: datetime) -> bool:
        one = hall.device(code)
        at = one["last_heard_at"]
        # A heartbeat may come before the first word of how it stands.
        return at is not None and datetime.fromisoformat(at) > after and one["since"] is not None

    for code in ("printer_1", "display_1-speaker"):
        until(lambda code=code: was_heard(code, began_at), 60, f"{code} heard of")  # type: ignore[misc]
    first = {code: hall.device(code) for code in ("printer_1", "display_1-speaker")}
    for code, one in first.items():
        at = datetime.fromisoformat(one["last_heard_at"])
        until(lambda code=code, at=at: was_heard(code, at), 30, f"{code} heard of again")  # type: ignore[misc]
        # Only a sign of life: nothing was recorded.
        assert hall.device(code)["since"] == one["since"]


def test_a_display_that_speaks_otherwise_than_the_branch_file_says_is_seen(hall: Hall) -> None:
    hall.start("display", "--one", "一")
    until(lambda: hall.device("display_1")["config"], 60, "the display's configuration")
    one = hall.device("display_1")
    assert one["config"] != one["expected_config"]


def test_the_virtual_branch_hands_over_the_ticket_and_the_voice_of_its_branch_file(hall: Hall) -> None:
    kiosk, display = hall.commands["kiosk"].words, hall.commands["display"].words
    layout = load_ticket_layout(Path(kiosk[kiosk.index("--ticket-layout") + 1]))
    assert layout == hall.file.ticket.composed()
    assert [piece.text.zh for piece in layout.pieces if piece.text is not None] == ["欢迎再来"]
    told = dict(zip(display[2::2], display[3::2], strict=True))
    assert (told["--voice"], told["--one"], told["--counters"]) == (str(hall.voice), "幺", "number")
    assert "--languages" not in told
