"""The whole virtual branch as its users start it: `python -m queue_server virtual` on free ports.  For tests only."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from tests.branch_server import LOBBY, ROOT
from tests.waiting import until

STARTED_WITHIN_S = 60.0
ALL = ("server", "kiosk", "display", "printer", "pads", "line")
NAMES = {
    "queue_server serve": "server",
    "queue_server.pads simulate": "pads",
    "queue_server.pads run": "line",
}


class VirtualBranch:
    """One virtual branch; `stop` ends it as Ctrl-C does."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "queue_server", "virtual", "--port", "0", "--server-port", "0"),
                *("--data", str(data), *options),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, f"{said}{self.process.stdout.read()}"
        self.port = int(found[1])
        self.children: dict[str, psutil.Process] = {}

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.port}/"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """One request to the supervisor: status, and the body read as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        content = None if body is None else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        told = answer.read()
        connection.close()
        is_json = (answer.getheader("Content-Type") or "").startswith("application/json")
        return answer.status, json.loads(told) if is_json else told

    def switch(self, name: str, is_on: bool) -> dict[str, bool]:
        """Throw a switch; all switches as they are then."""
        status, answer = self.ask("POST", f"/switches/{name}", {"is_on": is_on})
        assert status == 200, answer
        return dict(answer["switches"])

    def api(self, path: str) -> Any:
        """What the server tells the lobby manager."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server_port, timeout=20)
        connection.request("GET", f"/api/v1/{path}", None, {"Authorization": f"Bearer {LOBBY}"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    @property
    def server_port(self) -> int:
        """The port of the queue server, as its command line says."""
        words = self.programs()["server"].cmdline()
        return int(words[words.index("--port") + 1])

    def programs(self) -> dict[str, psutil.Process]:
        """The programs that run now, by name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                module, verb = child.cmdline()[2:4]
                found[NAMES.get(f"{module} {verb}", module)] = child
        return found

    def until_all_there(self) -> VirtualBranch:
        """Wait until every program runs and the server answers."""
        until(lambda: self.ask("GET", "/healthz")[0] == 200, STARTED_WITHIN_S, "the server's answer")
        until(lambda: set(self.programs()) == set(ALL), STARTED_WITHIN_S, "every program")
        for screen in ("kiosk", "display"):
            until(
                lambda screen=screen: self.ask("GET", f"/screens/{screen}.jpg")[0] == 200,  # type: ignore[misc]
                STARTED_WITHIN_S,
                f"the picture of the {screen}",
            )
        return self

    @contextlib.contextmanager
    def events(self) -> Iterator[list[tuple[str, Any]]]:
        """What the supervisor tells a page, as it comes: (kind, facts)."""
        told: list[tuple[str, Any]] = []
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/events")
        stream = connection.getresponse()

        def read() -> None:
            kind = ""
            with contextlib.suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
                while line := stream.readline().decode():
                    if line.startswith("event: "):
                        kind = line[7:].strip()
                    elif line.startswith("data: "):
                        told.append((kind, json.loads(line[6:])))

        threading.Thread(target=read, daemon=True).start()
        yield told
        connection.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it with a signal; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code
