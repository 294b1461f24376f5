"""The kiosk as a process of its own: seen and tapped through its stream, killed and started again (P2, P4, S5)."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from display.screen.stream import Message, StreamReceiver, encode_tap
from firmware_config.printer_profile import load_printer_profile
from kiosk.happenings import Choice, ChooseGroup, ChooseService, TakeTicket
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Kiosk, Needs, Screen, Services, Start
from printer.simulator import PrinterSimulator
from tests import kiosk_offer as offer
from tests.integration.kiosk_stand_in import TOKEN, StandIn
from tests.waiting import until

SIZE = (1280, 1024)
TAPS: list[tuple[Screen, Choice]] = [
    (Start(), ChooseGroup("personal")),
    (Services("personal"), ChooseService("card")),
    (Needs("personal", "card"), TakeTicket()),
]


class Supervisor:
    """Listens where the kiosk streams to; a kiosk that was killed connects again."""

    def __init__(self, path: Path) -> None:
        self.messages: list[Message] = []
        self._line: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def screens(self) -> list[str]:
        return [str(m.header["screen"]) for m in self.messages if m.type == "note"]

    def tap(self, x: int, y: int) -> None:
        assert self._line is not None
        self._line.sendall(encode_tap(x, y))

    def close(self) -> None:
        self._listener.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._line, _ = self._listener.accept()
                receiver = StreamReceiver()
                while data := self._line.recv(65536):
                    self.messages += receiver.feed(data)


class Lobby:
    """A server, a printer and a supervisor, and the kiosk's process between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = StandIn().start()
        profile = load_printer_profile("generic_80mm")
        self.printer = PrinterSimulator(profile, folder / "port", folder / "paper")
        self.printer.start()
        self.supervisor = Supervisor(folder / "stream")
        self.kiosk = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "kiosk", "run", "--server", self.server.url, "--token", TOKEN]
        command += ["--printer-port", str(self.folder / "port"), "--state-dir", str(self.folder / "state")]
        command += ["--size", "1280x1024", "--stream", str(self.folder / "stream")]
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
        return subprocess.Popen(command, env=environment, stderr=(self.folder / "log").open("ab"))

    def kill(self) -> None:
        self.kiosk.send_signal(signal.SIGKILL)
        self.kiosk.wait()
        self.supervisor.messages.clear()

    def remembered(self) -> list[tuple[str, str]]:
        """What the kiosk has on disk about slips."""
        with contextlib.closing(sqlite3.connect(self.folder / "state" / "kiosk.db")) as db:
            return db.execute("select job_id, state from slip").fetchall()

    def close(self) -> int:
        self.kiosk.terminate()
        code = self.kiosk.wait(timeout=20)
        self.supervisor.close()
        self.printer.stop()
        self.server.stop()
        return code

    def shows(self, screen: str) -> None:
        until(lambda: screen in self.supervisor.screens[-1:], within_s=20, what=f"the kiosk shows {screen}")

    def take_ticket(self) -> None:
        """Tap the three buttons until each screen has changed: a real finger repeats a tap that did nothing."""
        self.shows("start")
        for (screen, choice), after in zip(TAPS, ("services", "needs", "ticket"), strict=True):
            place = self._place(screen, choice)

            def has_changed(place: tuple[int, int] = place, after: str = after) -> bool:
                if after in self.supervisor.screens[-1:]:
                    return True
                self.supervisor.tap(*place)
                return False

            until(has_changed, within_s=20, what=f"the kiosk shows {after}")

    def _place(self, screen: Screen, choice: Choice) -> tuple[int, int]:
        page = draw(Scene(Kiosk("", screen, offer.sections(), None), SIZE, 0.0, "", str))
        return next(target.box.centre for target in page.targets if target.choice == choice)


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    lobby = Lobby(tmp_path)
    yield lobby
    assert lobby.close() == 0, (tmp_path / "log").read_text()


def test_a_ticket_taken_through_the_stream_with_a_hammering_finger(lobby: Lobby) -> None:
    lobby.take_ticket()
    report = until(lambda: lobby.server.prints, what="the report")[0]
    assert (report.job_id, report.state) == ("A001-1", "printed")
    assert len(lobby.server.requests) == 1
    frame = until(lambda: [m for m in lobby.supervisor.messages if m.type == "frame"], what="a picture")[-1]
    assert Image.open(io.BytesIO(frame.payload)).size == SIZE


def test_05_a_kiosk_killed_while_it_prints_reports_unknown_and_never_prints_again(lobby: Lobby) -> None:
    lobby.printer.fault("silent")
    lobby.take_ticket()
    order = next(iter(lobby.server.orders.values()))
    until(lambda: lobby.remembered() == [("A001-1", "begun")], what="the slip is begun")
    lobby.kill()
    lobby.printer.fault("silent", on=False)
    # The server still waits to hear about the slip.
    lobby.server.sections = offer.sections(print_orders=(order,))
    before = len(lobby.printer.tickets)
    lobby.kiosk = lobby.start()
    report = until(lambda: lobby.server.prints, within_s=20, what="the report")[0]
    assert (report.job_id, report.state, report.cause) == ("A001-1", "unknown", "kiosk_restarted")
    # A second slip of the same number would come out before the next customer's.
    lobby.server.sections = offer.sections()
    lobby.take_ticket()
    until(lambda: len(lobby.server.prints) == 2, what="the next customer's report")
    slips = lobby.printer.tickets[before:]
    assert [line for slip in slips for line in slip.lines if "A001" in line] == []


def test_a_wrong_token_is_out_of_service_and_not_a_crash(tmp_path: Path) -> None:
    lobby = Lobby(tmp_path)
    lobby.kill()
    command = [sys.executable, "-m", "kiosk", "run", "--server", lobby.server.url, "--token", "wrong"]
    command += ["--printer-port", str(tmp_path / "port"), "--state-dir", str(tmp_path / "state")]
    command += ["--stream", str(tmp_path / "stream")]
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
    lobby.kiosk = subprocess.Popen(command, env=environment, stderr=(tmp_path / "log").open("wb"))
    until(lambda: [m for m in lobby.supervisor.messages if m.type == "frame"], within_s=20, what="a picture")
    until(lambda: b"not connected" in (tmp_path / "log").read_bytes(), what="the refused connection")
    assert lobby.supervisor.screens == []
    assert lobby.close() == 0


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--size", "10x10", "1080x1920"),
        ("--kiosk-id", "kiosk 1", "letters, digits"),
        ("--printer-profile", "no-such-printer", "no-such-printer"),
        ("--state-dir", "/dev/null/state", "/dev/null/state"),
    ],
)
def test_a_wrong_option_is_told_and_nothing_starts(
    option: str, value: str, problem: str, tmp_path: Path
) -> None:
    given = {"--server": "http://127.0.0.1:9", "--token": "t", "--printer-port": "/dev/null"}
    given |= {"--state-dir": str(tmp_path), option: value}
    command = [sys.executable, "-m", "kiosk", "run", *(part for pair in given.items() for part in pair)]
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode != 0
    assert problem in ran.stderr
    assert "Traceback" not in ran.stderr
