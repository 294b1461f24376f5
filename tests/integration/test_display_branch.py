"""The real lobby display on the real queue server: a call is shown, spoken and remembered as heard; or as unheard.

Tests 6 and 7 of "What others got wrong" and "Must show" 6, as far as the display has a part in them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from display.voice.make import make_voice
from tests.branch_server import DISPLAY, LOBBY, TELLERS, BranchServer, Feed
from tests.waiting import until


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    make_voice(folder)
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    server = BranchServer(tmp_path / "data", tmp_path / "server.log")
    server.key("open")
    yield server
    server.stop()


@pytest.fixture
def teller(server: BranchServer) -> Iterator[Feed]:
    feed = Feed(server.url, "/teller", {"token": TELLERS["1"], "have": None}).connect()
    yield feed
    feed.close()


class Display:
    """The program, switched on and off."""

    def __init__(
        self,
        folder: Path,
        url: str,
        voice: Path,
        *options: str,
        driver: str | None = None,
        is_awaited: bool = True,
    ) -> None:
        self.log = folder / "display.log"
        command = [sys.executable, "-m", "display", "run", "--server", url, "--token", DISPLAY]
        command += ["--display-id", "display_1", "--size", "1280x720", "--voice", str(voice)]
        command += options if options or driver else ["--sound-record", str(folder / "sound.pcm")]
        # The recording "device" takes a buffer every 2 ms instead of every 46, so that nobody waits for speech.
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_DISKAUDIODELAY": "2"}
        if driver is not None:
            environment["SDL_AUDIODRIVER"] = driver
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=environment, stderr=log)
        if is_awaited:
            until(lambda: "connected" in self.log.read_text(), 30, "the display's connection")

    def off(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0

    def unplug(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)


def announcements(teller: Feed) -> list[dict[str, Any]]:
    """Every announcement the teller's own page knows of, wherever in its sections it stands."""
    found: list[dict[str, Any]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if "spoken_at" in value:
                found.append(value)
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(teller.sections)
    return found


def is_unheard(teller: Feed) -> bool:
    return '"is_unheard": true' in json.dumps(teller.sections)


@pytest.fixture
def lobby(server: BranchServer) -> Iterator[Feed]:
    feed = Feed(server.url, "/lobby", {"token": LOBBY, "have": None}).connect()
    yield feed
    feed.close()


def loudspeaker(lobby: Feed) -> tuple[str, str | None] | None:
    """(state, fault) of the display's loudspeaker as the lobby manager sees it."""
    for device in lobby.sections["devices"]:
        if device["device"] == "display_1-speaker":
            return device["state"], device["fault"]
    return None


def test_a_display_without_a_sound_device_says_so_and_that_it_is_back(
    tmp_path: Path, server: BranchServer, lobby: Feed, voice: Path
) -> None:
    mute = Display(tmp_path, server.url, voice, driver="alsa")
    until(lambda: loudspeaker(lobby) == ("fault", "no_sound_device"), 30, "the fault at the lobby manager")
    mute.off()
    loud = Display(tmp_path, server.url, voice)
    until(lambda: loudspeaker(lobby) == ("online", None), 30, "the loudspeaker back")
    loud.off()


def test_a_display_whose_sound_is_switched_off_says_that_it_was_wanted_so(
    tmp_path: Path, server: BranchServer, lobby: Feed, voice: Path
) -> None:
    display = Display(tmp_path, server.url, voice, "--no-sound")
    until(lambda: loudspeaker(lobby) == ("offline", "switched_off"), 30, "the word at the lobby manager")
    display.off()


def test_a_loudspeaker_that_was_found_while_the_server_was_away_is_told_when_it_is_back(
    tmp_path: Path, server: BranchServer, voice: Path
) -> None:
    server.kill()
    display = Display(tmp_path, server.url, voice, is_awaited=False)
    until(lambda: "running" in display.log.read_text(), 30, "the display's start")
    server.start()
    lobby = Feed(server.url, "/lobby", {"token": LOBBY, "have": None}).connect()
    until(lambda: loudspeaker(lobby) == ("online", None), 30, "the loudspeaker told")
    lobby.close()
    display.off()


def test_a_call_is_shown_and_spoken_and_the_teller_is_not_warned(
    tmp_path: Path, server: BranchServer, teller: Feed, voice: Path
) -> None:
    display = Display(tmp_path, server.url, voice)
    server.issue()
    assert server.key("call-next").status == 200
    until(lambda: announcements(teller) and announcements(teller)[-1]["spoken_at"], 30, "the call heard")
    assert announcements(teller)[-1]["shown_at"] <= announcements(teller)[-1]["spoken_at"]
    assert not is_unheard(teller)
    display.off()


def test_a_call_made_while_the_display_was_unplugged_is_unheard_then_announced_when_it_is_back(
    tmp_path: Path, server: BranchServer, teller: Feed, voice: Path
) -> None:
    Display(tmp_path, server.url, voice).unplug()
    server.issue()
    assert server.key("call-next").status == 200
    until(lambda: is_unheard(teller), 30, "the warning at the teller")
    display = Display(tmp_path, server.url, voice)
    until(lambda: announcements(teller)[-1]["spoken_at"], 30, "the open call announced after coming back")
    assert announcements(teller)[-1]["shown_at"]
    display.off()


def test_the_display_outlives_the_server_and_announces_what_it_calls_after_its_return(
    tmp_path: Path, server: BranchServer, voice: Path
) -> None:
    display = Display(tmp_path, server.url, voice)
    server.kill()
    until(lambda: "disconnected" in display.log.read_text(), 30, "the loss noticed")
    server.start()
    server.issue()
    assert server.key("call-next").status == 200
    teller = Feed(server.url, "/teller", {"token": TELLERS["1"], "have": None}).connect()
    until(lambda: announcements(teller) and announcements(teller)[-1]["spoken_at"], 30, "the call heard")
    assert "Traceback" not in display.log.read_text()
    teller.close()
    display.off()
