"""Where the virtual branch keeps its things: its folders, its sockets, and whose they are at the moment."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SOCKETS_PREFIX = "jiaohao-"


class PlaceTaken(Exception):
    """Another virtual branch works in this folder."""


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and sockets of one virtual branch.

    `data` outlives a restart (journal, kiosk ledger, paper, logs); `sockets` is a short path of its own, because the
    name of a unix socket may not be longer than about 100 bytes wherever the project was cloned.
    """

    data: Path
    sockets: Path
    voice: Path
    _lock: IO[str] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def in_folder(cls, data: Path, voice: Path) -> Places:
        """Make the folders below `data`, and one for the sockets.  Raises PlaceTaken, and OSError for a bad folder.

        `data/sockets` leads to the sockets' folder, so that one left behind by a kill −9 is found and removed.
        """
        for name in ("journal", "kiosk", "line", "pads", "paper", "logs", "ports"):
            (data / name).mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            lock.close()
            raise PlaceTaken(str(data)) from problem
        link = data / "sockets"
        _remove_sockets(link)
        sockets = Path(tempfile.mkdtemp(prefix=SOCKETS_PREFIX))
        link.symlink_to(sockets)
        return cls(data.resolve(), sockets, voice.resolve(), lock)

    def leave(self) -> None:
        """Remove the sockets and let others have the folder."""
        _remove_sockets(self.data / "sockets")
        if self._lock is not None:
            self._lock.close()

    @property
    def journal(self) -> Path:
        """The server's data folder."""
        return self.data / "journal"

    @property
    def kiosk(self) -> Path:
        """What the kiosk must not forget."""
        return self.data / "kiosk"

    @property
    def ticket_layout(self) -> Path:
        """What stands where on a ticket, as the branch file says it."""
        return self.data / "kiosk" / "ticket.yaml"

    @property
    def paper(self) -> Path:
        """Pictures of the tickets the printer put out."""
        return self.data / "paper"

    @property
    def printer_port(self) -> Path:
        """The name under which the simulator publishes its pseudo-terminal."""
        return self.data / "ports" / "printer_1"

    @property
    def printer_control(self) -> Path:
        """The simulator's switches."""
        return self.sockets / "printer"

    @property
    def line(self) -> Path:
        """What the program of the pad line must not forget."""
        return self.data / "line"

    @property
    def pads(self) -> Path:
        """The memory of the simulated pads: a real one keeps its configuration without power too."""
        return self.data / "pads"

    @property
    def line_port(self) -> Path:
        """The name under which the line's simulator publishes its pseudo-terminal."""
        return self.data / "ports" / "line_1"

    @property
    def pads_control(self) -> Path:
        """The switches and keys of the simulated line."""
        return self.sockets / "pads"

    def screen(self, name: str) -> Path:
        """The socket a screen streams to."""
        return self.sockets / name

    def log(self, name: str) -> Path:
        """The log of a program."""
        return self.data / "logs" / f"{name}.log"


def _remove_sockets(link: Path) -> None:
    """Remove the folder the link leads to, if it is one of ours, and the link."""
    if link.is_symlink():
        folder = Path(os.readlink(link))
        if folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith(SOCKETS_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        link.unlink()
