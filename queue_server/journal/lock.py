"""One server per data folder: a lock file that the kernel lets go of when its process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from queue_server.errors import JournalNotWritable

LOCK_NAME = "lock"


class FolderLock:
    """Holds the folder for this process; the file tells the process id of who holds it.

    Raises the fault JournalNotWritable naming the folder when it cannot be made or another process has it.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise JournalNotWritable(cause=f"{folder}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._file, 20, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise JournalNotWritable(cause=f"{folder} is in use by process {holder or 'unknown'}") from None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._file)
            raise JournalNotWritable(cause=f"{folder / LOCK_NAME}: {error.strerror}") from error

    def release(self) -> None:
        """Let the folder go.  The file stays: removing it would let two processes lock two files."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
