"""Which press is which: one command id for one press, whatever is repeated, restarted or cut off on the way (C6, H3).

A Modbus device counts its presses and keeps the last one until it is acknowledged.  Its count may begin anew: another
device took its place, its memory was lost, 65535 was reached.  So each device has a *life*, a random word that is on
the disk before it is first used, and the id of a press is device, life and count: a press told again, by a program
that was killed or a pad that lost its power in between, has the id it had, and no other press ever has it.

A device that does not count gets an id that nobody had; nothing of it waits in the pad.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import structlog

log = structlog.get_logger("pads.presses")


@dataclass(frozen=True, slots=True)
class Life:
    """A stretch of a device's counting: its word, and the press last seen in it.  `serial` None: it was not told."""

    word: str
    sequence: int
    content: str
    uptime_s: int | None
    serial: int | None = None

    def goes_on(
        self, sequence: int, content: str, uptime_s: int | None, serial: int | None = None
    ) -> Life | None:
        """The same life with this press in it, or None when the counting began anew.

        The same press once more is the same press, also after a power cut: the device has kept it.
        """
        if None not in (serial, self.serial) and serial != self.serial:
            return None
        serial = self.serial if serial is None else serial
        if sequence == self.sequence:
            return replace(self, uptime_s=uptime_s, serial=serial) if content == self.content else None
        has_restarted = uptime_s is not None and self.uptime_s is not None and uptime_s < self.uptime_s
        if sequence < self.sequence or has_restarted:
            return None
        return Life(self.word, sequence, content, uptime_s, serial)


class Lives:
    """The lives of a line's devices, in one small file.  Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._lives = dict(_read(path))

    def command_id(
        self,
        device: str,
        sequence: int | None,
        content: str,
        uptime_s: int | None,
        serial: int | None = None,
    ) -> str:
        """The id of a press; `content` is what was pressed, so that a count that fits by chance is seen through."""
        if sequence is None:
            return f"{device}.{secrets.token_hex(8)}"
        with self._lock:
            known = self._lives.get(device)
            life = known.goes_on(sequence, content, uptime_s, serial) if known else None
            is_new = life is None
            life = life or Life(secrets.token_hex(6), sequence, content, uptime_s, serial)
            if life != known:
                self._lives[device] = life
                # Only a new word must survive a power cut; the count is then read from the device again.
                self._write(is_safe=is_new)
        return f"{device}.{life.word}.{sequence}"

    def _write(self, is_safe: bool) -> None:
        text = json.dumps({device: asdict(life) for device, life in self._lives.items()}, indent=1)
        try:
            replace_file(self._path, text, is_safe)
        except OSError as fault:
            # The teller's key must work on a full disk too; what is lost is the guard against killing this program.
            log.error("lives not saved", path=str(self._path), cause=str(fault))


def replace_file(path: Path, text: str, is_safe: bool) -> None:
    """Put `text` in the place of the file, whole or not at all; `is_safe`: it survives a power cut from here on."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if is_safe:
            os.fsync(file.fileno())
    new.replace(path)
    if is_safe:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _read(path: Path) -> Mapping[str, Life]:
    try:
        return {device: Life(**facts) for device, facts in json.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        # New lives for everybody: at worst the one press a pad still holds acts a second time.
        log.error("lives not readable, begun anew", path=str(path), cause=str(fault))
        return {}
