"""The printer simulator's side door: its faults, its state, and every ticket it cuts off."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from queue_server.virtual.control import ControlSocket

FAULTS = (
    "near_end",
    "paper_out",
    "paper_out_mid_ticket",
    "cover",
    "cutter",
    "offline",
    "silent",
    "slow",
    "garbage",
    "unplug",
)
"""What can be made to fail; the names are the simulator's."""

SLIPS_KEPT = 6


class PaperDesk:
    """What hangs on the simulator's control socket.

    `slips` are the last tickets as PNG by their name, the newest last.  `on_event(kind, facts)` is told: `cut` {slip,
    codes: what its QR codes say}, `printer` {is_there, and the simulator's state}.
    """

    def __init__(self, control: Path, on_event: Callable[[str, dict[str, Any]], None]) -> None:
        self.state: dict[str, Any] = {"is_there": False}
        self.slips: OrderedDict[str, bytes] = OrderedDict()
        self.cuts: list[dict[str, Any]] = []
        self._on_event = on_event
        self._control = ControlSocket(control, self._take, self._is_gone)

    def fault(self, name: str, is_on: bool) -> bool:
        """Switch one of FAULTS; False when no printer is there to feel it.  Raises ValueError for another name."""
        if name not in FAULTS:
            raise ValueError(f"no such fault: {name}")
        return self._control.send({"cmd": "fault", "name": name, "on": is_on})

    def close(self) -> None:
        """Hang up."""
        self._control.close()

    def _is_gone(self) -> None:
        self.state = {"is_there": False}
        self._on_event("printer", self.state)

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("event") == "cut":
            self._keep(Path(str(message["png"])), message.get("codes", []))
        elif "code" not in message:
            state = {key: value for key, value in message.items() if key not in ("event", "ok")}
            self.state = {"is_there": True, **state}
            self._on_event("printer", self.state)

    def _keep(self, png: Path, codes: list[str]) -> None:
        # Kept here, because a printer that was started anew numbers its pictures from one again.
        slip = f"{png.stem}-{png.stat().st_mtime_ns}"
        self.slips[slip] = png.read_bytes()
        facts = {"slip": slip, "codes": codes}
        self.cuts = [*self.cuts, facts][-SLIPS_KEPT:]
        while len(self.slips) > SLIPS_KEPT:
            self.slips.popitem(last=False)
        self._on_event("cut", {**facts, "is_new": True})
