"""A pad's memory: two banks for its configuration and the one word that says which of them counts.

A bank is written word by word while the other one is in force; then the switch word is written, and a word is
written whole or not at all.  So the power may go at any write and the pad afterwards has its old configuration or its
new one.  Where there is a file, it *is* the flash, word for word: killing the simulator is a power cut like any other.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from queue_server.pads.simulator.modbus_frames import crc16
from queue_server.pads.simulator.settings_block import BLOCK_BYTES

_BANK_BYTES = BLOCK_BYTES + 2
_SWITCH_AT = 2 * _BANK_BYTES
_ERASED = b"\xff"


class PowerCut(Exception):
    """The power went at this very write."""


class Flash:
    """The configuration a pad keeps; `file` None keeps it in memory, as long as this object lives.

    `write` is called before every word that is written; what it raises leaves that word unwritten.
    """

    def __init__(self, file: Path | None, factory: bytes, write: Callable[[], None]) -> None:
        assert len(factory) == BLOCK_BYTES
        self._file = file
        self._factory = factory
        self._write = write
        self._crc: int | None = None
        self._words = bytearray(_ERASED * (_SWITCH_AT + 2))
        if file is not None:
            with contextlib.suppress(FileNotFoundError):
                kept = file.read_bytes()[: len(self._words)]
                self._words[: len(kept)] = kept

    @property
    def active(self) -> bytes:
        """The block in force: the bank the switch names, the other one if that is damaged, else as it left the factory."""
        chosen = self._chosen
        for bank in (chosen, 1 - chosen) if chosen is not None else ():
            kept = bytes(self._words[bank * _BANK_BYTES : (bank + 1) * _BANK_BYTES])
            if crc16(kept[:BLOCK_BYTES]) == int.from_bytes(kept[BLOCK_BYTES:], "big"):
                return kept[:BLOCK_BYTES]
        return self._factory

    @property
    def active_crc(self) -> int:
        """The checksum of the block in force."""
        if self._crc is None:
            self._crc = crc16(self.active)
        return self._crc

    def commit(self, block: bytes) -> None:
        """Keep `block` instead of the one in force.  Raises PowerCut; then one of the two is in force."""
        assert len(block) == BLOCK_BYTES
        bank = 1 - (self._chosen or 0)
        whole = block + crc16(block).to_bytes(2, "big")
        for place in range(0, _BANK_BYTES, 2):
            self._write_word(bank * _BANK_BYTES + place, whole[place : place + 2])
        # Only now does it count.
        self._write_word(_SWITCH_AT, bank.to_bytes(2, "big"))

    @property
    def _chosen(self) -> int | None:
        switch = int.from_bytes(self._words[_SWITCH_AT:], "big")
        return switch if switch in (0, 1) else None

    def _write_word(self, place: int, word: bytes) -> None:
        self._write()
        self._words[place : place + 2] = word
        self._crc = None
        if self._file is not None:
            if not self._file.exists():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_bytes(_ERASED * len(self._words))
            descriptor = os.open(self._file, os.O_WRONLY)
            try:
                os.pwrite(descriptor, word, place)
            finally:
                os.close(descriptor)


class Notebook:
    """A few values that outlive a power cut, written whole or not at all."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._kept: dict[str, Any] = {}
        if file is not None:
            with contextlib.suppress(FileNotFoundError, ValueError):
                self._kept = dict(json.loads(file.read_text("utf-8")))

    def read(self) -> dict[str, Any]:
        """What was written last; empty for a new pad."""
        return dict(self._kept)

    def write(self, values: dict[str, Any]) -> None:
        """Keep `values`."""
        self._kept = dict(values)
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps(values), "utf-8")
            part.replace(self._file)
