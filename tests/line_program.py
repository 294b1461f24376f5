"""The program of a pad line as a process of its own, and its control socket.  For tests only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from queue_server.pads.control import ask
from tests.branch_server import ROOT, VIRTUAL

TOKEN = "example-virtual-pad-line-1"


class LineProgram:
    """`python -m queue_server.pads run` for line_1 of a branch file; switched on at once."""

    def __init__(
        self, state: Path, server: str, port: Path, *, branch: Path = VIRTUAL, options: tuple[str, ...] = ()
    ) -> None:
        self.state, self.log = state, state.with_suffix(".log")
        self.control = state / "line_1.sock"
        self._command = [
            *(sys.executable, "-m", "queue_server.pads", "run", "--branch", str(branch), "--line", "line_1"),
            *("--server", server, "--port", str(port), "--state-dir", str(state), *options),
        ]
        self.start()

    def start(self) -> None:
        """Switch it on, and wait until it says that it runs."""
        with self.log.open("ab") as log:
            environment = {key: value for key, value in os.environ.items() if key != "PAD_LINE_TOKEN"}
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert " devices at " in said, f"{said}{self.log.read_text()}"

    def stop(self) -> int:
        """Ask it to stop, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def ask(self, **order: Any) -> dict[str, Any]:
        """One order over the control socket."""
        return ask(self.control, order)

    def status(self) -> dict[str, Any]:
        """What it says of itself."""
        return self.ask(do="status")

    def device(self, name: str) -> dict[str, Any]:
        """What it says of one device."""
        found: dict[str, Any] = next(one for one in self.status()["devices"] if one["device"] == name)
        return found

    @property
    def presses(self) -> dict[str, Any]:
        """What it keeps on the disk about presses."""
        kept: dict[str, Any] = json.loads((self.state / "line_1.presses.json").read_text())
        return kept
