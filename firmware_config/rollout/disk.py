"""The few things a roll-out asks of a disk, each a step a power cut may fall behind or into.

Everything durable goes through here, so that a test can cut the power at any step and look at what is left.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

PIECE_BYTES = 4096

PUBLIC = 0o644
SECRET = 0o600


class AnotherAtWork(Exception):
    """Another roll-out holds the folder."""

    code = "another_at_work"


class Disk(Protocol):
    """The steps; every one may raise OSError."""

    def read(self, path: Path) -> bytes | None:
        """The whole file, or None when there is none."""

    def make_folder(self, path: Path) -> None:
        """The folder, unless it is there; folders above it as well."""

    def create(self, path: Path, mode: int) -> int:
        """An empty file open for writing, whatever was there before; the handle."""

    def write(self, handle: int, piece: bytes) -> None:
        """All of `piece` behind what was written before."""

    def sync(self, handle: int) -> None:
        """What was written is on the medium afterwards."""

    def close(self, handle: int) -> None:
        """The end of a handle."""

    def rename(self, path: Path, to: Path) -> None:
        """Another name, in place of whatever had it: whole or not at all."""

    def remove(self, path: Path) -> None:
        """Gone; a file that is not there is gone."""

    def sync_folder(self, path: Path) -> None:
        """The names in the folder are on the medium afterwards."""


def replace(disk: Disk, path: Path, data: bytes, mode: int) -> None:
    """`data` at `path` in place of what stood there; a power cut leaves all of the one or all of the other."""
    beside = path.with_name(f".{path.name}.tmp")
    handle = disk.create(beside, mode)
    try:
        for start in range(0, len(data), PIECE_BYTES):
            disk.write(handle, data[start : start + PIECE_BYTES])
        # Before the rename: a file system may keep the new name and forget what should stand in it.
        disk.sync(handle)
    finally:
        disk.close(handle)
    disk.rename(beside, path)
    disk.sync_folder(path.parent)


class RealDisk:
    """The disk of this machine.

    A file belongs to whom its folder belongs to: root applies, and the server under its own account reads its secrets.
    """

    def read(self, path: Path) -> bytes | None:
        """The whole file, or None."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def make_folder(self, path: Path) -> None:
        """The folder and those above it, 0755."""
        if path.is_dir():
            return
        self.make_folder(path.parent)
        path.mkdir(mode=0o755, exist_ok=True)
        self.sync_folder(path.parent)

    def create(self, path: Path, mode: int) -> int:
        """An empty file, with `mode` from its first moment and never through a link."""
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, SECRET)
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(handle, folder.st_uid, folder.st_gid)
        os.fchmod(handle, mode)
        return handle

    def write(self, handle: int, piece: bytes) -> None:
        """All of it; `os.write` may take less."""
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(handle, rest) :]

    def sync(self, handle: int) -> None:
        """fsync."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """close."""
        os.close(handle)

    def rename(self, path: Path, to: Path) -> None:
        """rename."""
        path.rename(to)

    def remove(self, path: Path) -> None:
        """unlink."""
        path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        """fsync of the folder."""
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else rolls out into `folder` meanwhile.  Raises AnotherAtWork at once instead of waiting."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # On the folder itself: a lock file would be one more thing to leave behind.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AnotherAtWork(str(folder)) from None
    finally:
        os.close(handle)
