"""One program to a line, and one to a port: the second is refused before it sends a byte."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path


class TakenAlready(Exception):
    """Another program has this line or this port; the message says which."""

    code = "taken_already"


def own(lock: Path) -> int:
    """Be the only one who holds `lock` until this process ends; gives its descriptor.  Raises TakenAlready, OSError."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        os.close(descriptor)
        raise TakenAlready(
            f"another program holds {lock}: is this line's program running already?"
        ) from taken
    return descriptor


def require_free(port: str) -> None:
    """Raises TakenAlready when another program has the port open for itself; a port that is not there is free."""
    descriptor = None
    with contextlib.suppress(OSError):
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor is None:
        return
    try:
        # The same lock that opening a serial port for oneself takes.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise TakenAlready(f"another program has {port} open") from taken
    finally:
        os.close(descriptor)
