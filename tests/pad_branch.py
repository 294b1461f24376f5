"""A branch with its pad line: the real server, a simulated line, and the line's program between them.  For tests only."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.branch_server import TECHNICIAN, BranchServer, write_branch
from tests.line_program import LineProgram
from tests.pads import PadControl, simulator_program
from tests.waiting import until


class PadBranch:
    """Server, simulated line and its program; every device of the virtual branch."""

    def __init__(self, folder: Path, server: BranchServer, pads: PadControl, line: LineProgram) -> None:
        self.folder, self.server, self.pads, self.line = folder, server, pads, line

    def is_ready(self) -> bool:
        """Whether pads and server have been heard."""
        status = self.line.status()
        return bool(status["is_connected"] and self.line.device("pad_1")["state"] == "online")

    def happened(self, kind: str) -> list[str]:
        """The command ids of all events of a kind, as the journal has them."""
        with contextlib.closing(
            sqlite3.connect(f"file:{self.folder}/data/branch.db?mode=ro", uri=True)
        ) as db:
            rows = db.execute("select command_id from event where type = ? order by position", (kind,))
            return [row[0] for row in rows]

    def shows(self, device: str, **facts: Any) -> None:
        """Wait until a device shows this."""
        until(
            lambda: all(self.pads.shown(device)[name] == value for name, value in facts.items()),
            within_s=20,
            what=f"{device} showing {facts}, it shows {self.pads.shown(device)}",
        )

    def press(self, key: str, device: str = "pad_1") -> None:
        """A key that is accepted before this returns."""
        self.pads.press(device, key)
        until(lambda: self.pads.shown(device)["latched"] is None, 20, f"{key} being acknowledged")
        assert self.pads.shown(device)["beep"] == "accepted", self.pads.shown(device)

    def freeze(self) -> None:
        """The server hangs: it takes connections and says nothing."""
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self.server.process.send_signal(signal.SIGCONT)

    def press_unanswered(self, key: str) -> None:
        """A key whose request is on its way and stays unanswered."""
        self.pads.press("pad_1", key)
        until(lambda: self.line.status()["unanswered"] == 1, 20, "the press being on its way")

    def device(self, name: str) -> dict[str, Any]:
        """What the server says of a device."""
        devices = self.server.get("/api/v1/devices", TECHNICIAN).body
        found: dict[str, Any] = next(one for one in devices if one["device"] == name)
        return found


@contextlib.contextmanager
def pad_branch(folder: Path, *changes: tuple[str, str], baud: int = 9600) -> Iterator[PadBranch]:
    """Everything started, every device heard; stopped at the end.  `changes`: words of the branch file."""
    file = write_branch(folder, *changes)
    server = BranchServer(folder / "data", folder / "server.log", file)
    arguments = ("--branch", str(file), "--line", "line_1", "--baud", str(baud))
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        _, pads = stack.enter_context(simulator_program(folder, *arguments))
        line = LineProgram(folder / "line", server.url, folder / "port", branch=file)
        stack.callback(lambda: line.kill() if line.process.poll() is None else None)
        branch = PadBranch(folder, server, pads, line)
        # A server that was frozen does not hear that it shall stop.
        stack.callback(branch.thaw)
        until(branch.is_ready, 30, "line and server heard")
        yield branch
        if line.process.poll() is None:
            assert line.stop() == 0, line.log.read_text()
        assert "Traceback" not in line.log.read_text()
