"""Configurations kept beside the running ones: the previous one to go back to, and the next one while it is written.

Whole contents, tokens included, so every file here is as secret as what it was copied from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from firmware_config.rollout import disk as disks
from firmware_config.rollout.disk import Disk

Slot = Literal["previous", "next"]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where they are kept: `NAME.previous` and `NAME.next`."""

    disk: Disk

    def keep(self, name: Path, slot: Slot, content: bytes, is_secret: bool) -> None:
        """`content` is in that slot, durable, when this returns."""
        disks.replace(self.disk, self._path(name, slot), content, disks.SECRET if is_secret else disks.PUBLIC)

    def kept(self, name: Path, slot: Slot) -> bytes | None:
        """What is in that slot."""
        return self.disk.read(self._path(name, slot))

    def drop(self, name: Path, slot: Slot) -> None:
        """Empty that slot."""
        if self.kept(name, slot) is not None:
            self.disk.remove(self._path(name, slot))

    def _path(self, name: Path, slot: Slot) -> Path:
        return name.with_name(f"{name.name}.{slot}")
