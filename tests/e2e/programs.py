"""The programs of a branch as processes: server, printer on a serial line, kiosk, display; seen and touched through
their own streams, as a person would.  For tests only."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from display.screen.stream import Message, StreamReceiver, encode_tap
from kiosk.happenings import AnswerQuestion, Choice, ChooseGroup, ChooseService, TakeTicket
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Kiosk, Needs, Screen, Services, Start
from queue_server.virtual.cables import Cable
from queue_server.wire.kiosk import KioskSections
from tests.branch_server import DISPLAY, KIOSK, ROOT, BranchServer, Feed
from tests.waiting import until

KIOSK_SIZE = (1080, 1920)
LANGUAGES = "zh,en"


class Stream:
    """Listens where a screen program streams to; the program may go and come back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: list[Message] = []
        self._line: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._run, daemon=True).start()

    def of(self, kind: str) -> list[Message]:
        """The messages of one kind, in order."""
        return [message for message in self.messages if message.type == kind]

    @property
    def screen(self) -> str:
        """The name of the screen a kiosk shows now."""
        names = [str(note.header["screen"]) for note in self.of("note") if "screen" in note.header]
        return names[-1] if names else ""

    def picture(self) -> Image.Image:
        """What the program shows now."""
        return Image.open(io.BytesIO(self.of("frame")[-1].payload))

    def tap(self, x: int, y: int) -> None:
        """Touch the screen."""
        assert self._line is not None
        with contextlib.suppress(OSError):
            self._line.sendall(encode_tap(x, y))

    def close(self) -> None:
        """Hang up."""
        self._listener.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._line, _ = self._listener.accept()
                receiver = StreamReceiver()
                while data := self._line.recv(65536):
                    self.messages += receiver.feed(data)


class Programs:
    """One branch with everything in it.  `stop` ends every process by its pid."""

    def __init__(self, folder: Path, voice: Path, branch: Path) -> None:
        self.folder = folder
        self.server = BranchServer(folder / "data", folder / "server.log", branch=branch)
        self.kiosk_stream = Stream(folder / "k.sock")
        self.display_stream = Stream(folder / "d.sock")
        self.pcm = folder / "lobby.pcm"
        self._voice = voice
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.start_printer()
        self.start_kiosk()
        self.start_display()

    # --- processes -------------------------------------------------------------------------------------------------

    def start_printer(self) -> None:
        """The simulator on a pty at the true baud of its profile."""
        self._start(
            "printer",
            ["printer", "simulate", "--profile", "generic_80mm", "--port-link", str(self.folder / "port")],
            ["--paper-dir", str(self.folder / "paper"), "--control", str(self.folder / "p.sock")],
        )
        until(lambda: (self.folder / "port").exists(), what="the printer's port")

    def start_kiosk(self) -> None:
        """The kiosk, its screen on a stream."""
        self._start(
            "kiosk",
            ["kiosk", "run", "--server", self.server.url, "--token", KIOSK, "--kiosk-id", "kiosk_1"],
            ["--printer-id", "printer_1"],
            ["--printer-port", str(self.folder / "port"), "--state-dir", str(self.folder / "kiosk")],
            ["--size", "1080x1920", "--stream", str(self.kiosk_stream.path)],
        )
        until(lambda: self.kiosk_stream.screen == "start", 30, "the kiosk's first screen")

    def start_display(self, through: Cable | None = None) -> None:
        """The lobby display; its sound goes to a file of PCM, faster than speech so that nobody waits for it."""
        url = self.server.url if through is None else f"http://127.0.0.1:{through.port}"
        self._start(
            "display",
            ["display", "run", "--server", url, "--token", DISPLAY, "--display-id", "display_1"],
            ["--size", "1280x720", "--voice", str(self._voice), "--languages", LANGUAGES],
            ["--sound-record", str(self.pcm), "--stream", str(self.display_stream.path)],
        )
        log = self.folder / "display.log"
        until(lambda: "connected" in log.read_text(), 30, "the display's connection")

    def end(self, name: str) -> None:
        """kill −9 one program."""
        process = self._processes.pop(name)
        process.kill()
        process.wait(timeout=20)

    def stop(self) -> None:
        """End them all."""
        for name in list(self._processes):
            self.end(name)
        self.server.stop()
        self.kiosk_stream.close()
        self.display_stream.close()

    def _start(self, name: str, *words: Sequence[str]) -> None:
        environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_DISKAUDIODELAY": "2"}
        command = [sys.executable, "-m", *(word for part in words for word in part)]
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, cwd=ROOT
            )

    # --- what a person does ----------------------------------------------------------------------------------------

    def take_ticket(self, group: str, service: str) -> None:
        """Tap the three buttons, each until the screen has changed, as a finger does."""
        sections = self.kiosk_sections()
        offered = next(s for g in sections.groups for s in g.services if s.service == service)
        has_question = offered.question is not None
        taps: list[tuple[Screen, Choice, str]] = [
            (Start(), ChooseGroup(group), "services"),
            (Services(group), ChooseService(service), "needs"),
            (Needs(group, service), AnswerQuestion(True) if has_question else TakeTicket(), "ticket"),
        ]
        for screen, choice, after in taps:
            page = draw(Scene(Kiosk("", screen, sections, None), KIOSK_SIZE, 0.0, "", str))
            place = next(target.box.centre for target in page.targets if target.choice == choice)

            def has_changed(place: tuple[int, int] = place, after: str = after) -> bool:
                if self.kiosk_stream.screen == after:
                    return True
                self.kiosk_stream.tap(*place)
                return False

            until(has_changed, 20, f"the kiosk shows {after}")

    def kiosk_sections(self) -> KioskSections:
        """What the kiosk is shown by the server."""
        feed = Feed(self.server.url, "/kiosk", {"token": KIOSK, "have": None}).connect()
        sections = KioskSections.model_validate(feed.sections)
        feed.close()
        return sections

    def printer_fault(self, name: str, is_on: bool) -> None:
        """Throw a switch of the printer."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
            control.connect(str(self.folder / "p.sock"))
            control.sendall(json.dumps({"cmd": "fault", "name": name, "on": is_on}).encode() + b"\n")
            with control.makefile("rb") as lines:
                until(lambda: b'"ok": true' in lines.readline(), what="the printer's answer")

    def papers(self) -> list[Path]:
        """The tickets the printer cut off."""
        return sorted((self.folder / "paper").glob("ticket-*.png"))

    def tool(self, *words: str) -> str:
        """Run a tool of the server's command line on the stopped or running server's data."""
        done = subprocess.run(
            [sys.executable, "-m", "queue_server", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def journal(self) -> list[dict[str, Any]]:
        """Every event as it stands in the database: position, at (milliseconds since 1970), type, who, its fields."""
        place = f"file:{self.folder / 'data' / 'branch.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(place, uri=True)) as db:
            rows = db.execute(
                "select position, at, type, body, by_id from event order by position"
            ).fetchall()
        return [
            {"position": position, "at": at, "type": kind, "by": by, **json.loads(body)}
            for position, at, kind, body, by in rows
        ]

    def freeze(self, name: str, is_frozen: bool) -> None:
        """Stop a program where it stands, as a pulled cable does: its connection is there and says nothing."""
        self._processes[name].send_signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def happened(self, event_type: str, /, **facts: Any) -> list[dict[str, Any]]:
        """The events of one type with these fields."""
        return [
            event
            for event in self.journal()
            if event["type"] == event_type and all(event.get(key) == value for key, value in facts.items())
        ]
