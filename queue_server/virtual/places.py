"""Where the virtual branch keeps its things: folders, sockets, ports, tokens.  Values only."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and sockets of one virtual branch.

    `data` outlives a restart (journal, kiosk ledger, paper, logs); `sockets` is a short path of its own, because the
    name of a unix socket may not be longer than about 100 bytes wherever the project was cloned.
    """

    data: Path
    sockets: Path
    voice: Path

    @classmethod
    def in_folder(cls, data: Path, voice: Path) -> Places:
        """Make the folders below `data`, and one for the sockets."""
        for name in ("journal", "kiosk", "paper", "logs", "ports"):
            (data / name).mkdir(parents=True, exist_ok=True)
        return cls(data.resolve(), Path(tempfile.mkdtemp(prefix="jiaohao-")), voice.resolve())

    @property
    def journal(self) -> Path:
        """The server's data folder."""
        return self.data / "journal"

    @property
    def kiosk(self) -> Path:
        """What the kiosk must not forget."""
        return self.data / "kiosk"

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

    def screen(self, name: str) -> Path:
        """The socket a screen streams to."""
        return self.sockets / name

    def log(self, name: str) -> Path:
        """The log of a program."""
        return self.data / "logs" / f"{name}.log"
