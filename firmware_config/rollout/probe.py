"""What answers where: every line asked, every port looked at, nothing written (F2).

Values and the port to the lines; which ports this machine has is read from the names in /dev, without opening one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from firmware_config.adapters import PORTS
from firmware_config.models import BranchFile

NAME_FOLDERS = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"), Path(PORTS))
"""Where names of serial ports stand that stay the same."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something on a line that answered or spoke.

    `device`: what the branch file calls it, None for a stranger.  `firmware`, `config`: None when it does not tell.
    `detail`: what else there is to say.
    """

    address: int
    protocol: Literal["modbus", "ff68"]
    baud: int
    device: str | None = None
    firmware: str | None = None
    config: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LineProbe:
    """One line.  `through`: the running program of the line was asked, or the port was opened; None = neither could be.

    `silent`: devices of the branch file that did not answer.  `mute`: those that speak a protocol without questions and
    were not heard, which says nothing about them.
    """

    line: str
    port: str
    through: Literal["program", "port"] | None
    found: tuple[Found, ...] = ()
    silent: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    detail: str = ""


class LineField(Protocol):
    """The way to the lines of a branch."""

    def probe(
        self, line: str, addresses: Sequence[int] | None, bauds: Sequence[int] | None, listen_s: float
    ) -> LineProbe:
        """Ask at `addresses` (None: those of the branch file) at `bauds` (None: the line's own).  Never writes."""


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A port: by whom the branch file says it is used, its name, and the device file it leads to; None = not there."""

    device: str | None
    port: str
    leads_to: str | None


def ports_seen(
    branch: BranchFile, ports_in: Path, folders: Iterable[Path] = NAME_FOLDERS
) -> tuple[PortSeen, ...]:
    """The ports of the branch file, and those of this machine that nobody in it uses."""
    owners = [(printer.id, printer.port) for printer in branch.devices.printers]
    owners += [(line.id, line.port) for line in branch.devices.lines]
    seen = [PortSeen(owner, port, _leads_to(port, ports_in)) for owner, port in owners]
    used = {port.leads_to for port in seen if port.leads_to is not None}
    for folder in folders:
        for name in sorted(folder.iterdir()) if folder.is_dir() else ():
            leads_to = _leads_to(str(name), ports_in)
            if leads_to is not None and leads_to not in used:
                seen.append(PortSeen(None, str(name), leads_to))
    return tuple(seen)


def _leads_to(port: str, ports_in: Path) -> str | None:
    if "://" in port:
        return port
    path = ports_in / port
    return str(path.resolve()) if path.exists() else None
