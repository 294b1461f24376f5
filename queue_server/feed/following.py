"""A copy of the sections a namespace sends, kept up to date: snapshot, deltas, a gap asked again.

Nothing is drawn or decided here; what the sections mean is known by whoever listens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from queue_server.feed.connection import Connection
from queue_server.wire.follow import Follower, Step
from queue_server.wire.shapes import Delta, Snapshot


class Following:
    """Set the listeners, then `start`.  They are called on the connection's threads, never two at a time.

    `on_sections` gets all sections after each change, and once after each connecting.  `on_lost` also after each
    vain attempt.
    Always begins with a snapshot, which is small, and which also tells that the server is really there.
    """

    def __init__(self, url: str, namespace: str, token: str) -> None:
        self.on_sections: Callable[[Mapping[str, Any]], None] = lambda sections: None
        self.on_lost: Callable[[], None] = lambda: None
        self._follower = Follower()
        self._connection = Connection(url, namespace, token, have=lambda: None)
        self._connection.on_message = self._take
        self._connection.on_lost = self._lose
        self._connection.on_refused = self._lose

    def start(self) -> None:
        """Begin to follow."""
        self._connection.start()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _lose(self) -> None:
        # Not at connecting: a server may send its snapshot before it says that we are connected.
        self._follower.restart()
        self.on_lost()

    def _take(self, message: Snapshot | Delta) -> None:
        if isinstance(message, Snapshot):
            step = self._follower.snapshot(message)
        elif self._follower.position is None:
            # Before the first snapshot there is nothing to resume: it is on its way.
            return
        else:
            step = self._follower.delta(message)
        if step is Step.APPLIED:
            self.on_sections(self._follower.sections)
        elif step is Step.GAP:
            self._connection.resume(self._follower.position)
