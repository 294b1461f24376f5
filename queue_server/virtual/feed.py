"""What happens in the virtual branch, to every open page: server-sent events from bounded queues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gevent.queue import Empty, Full, Queue

QUEUE_LENGTH = 200
KEEP_ALIVE_S = 15.0


class Feed:
    """Events to pages.  A page that does not read loses its stream, not the others theirs."""

    def __init__(self) -> None:
        self._pages: set[Queue[str | None]] = set()

    def tell(self, kind: str, facts: dict[str, Any]) -> None:
        """Send one event to every page."""
        line = f"event: {kind}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n"
        for page in list(self._pages):
            try:
                page.put_nowait(line)
            except Full:
                self._pages.discard(page)

    def follow(self, first: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
        """The stream of one page, beginning with what is true now."""
        page: Queue[str | None] = Queue(QUEUE_LENGTH)
        self._pages.add(page)
        try:
            for kind, facts in first:
                yield f"event: {kind}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n"
            while page in self._pages:
                try:
                    line = page.get(timeout=KEEP_ALIVE_S)
                except Empty:
                    # Tells a page that is gone from one that is only quiet.
                    line = ": still here\n\n"
                if line is None:
                    return
                yield line
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """End every page's stream."""
        for page in list(self._pages):
            self._pages.discard(page)
            page.put(None)
