"""When this program was last there, as a file says: the next start asks how long nobody heard the pads (C6)."""

from __future__ import annotations

import time
from pathlib import Path

import structlog

from queue_server.pads.presses import replace_file

NOTED_EVERY_S = 5.0

log = structlog.get_logger("pads.alive")


class AliveMark:
    """The file at `path`, holding the wall clock of the last note.  Not safe against a power cut, and need not be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.due_s = 0.0

    def absent_s(self) -> float | None:
        """How long ago the last note was made, None when there is none to be read."""
        try:
            return max(0.0, time.time() - float(self._path.read_text("ascii")))
        except (OSError, ValueError):
            return None

    def note(self, now_s: float, is_last: bool = False) -> None:
        """Note that we are there, when it is due or never comes again."""
        if now_s < self.due_s and not is_last:
            return
        self.due_s = now_s + NOTED_EVERY_S
        try:
            replace_file(self._path, f"{time.time():.0f}", is_safe=False)
        except OSError as fault:
            log.error("not noted that we live", path=str(self._path), cause=str(fault))
