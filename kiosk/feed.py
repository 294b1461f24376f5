"""What the branch offers, as the server sends it: the sections read, or the server lost (K1, K7, K8).

Nothing is drawn or decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from pydantic import ValidationError

from kiosk.happenings import Happening, OfferCame, ServerLost
from queue_server.feed.following import Following
from queue_server.wire.kiosk import KioskSections

log = structlog.get_logger()

NAMESPACE = "/kiosk"


class Feed:
    """`tell` is called with OfferCame and ServerLost, on threads of this object."""

    def __init__(self, server: str, token: str, tell: Callable[[Happening], None]) -> None:
        self._tell = tell
        self._following = Following(server, NAMESPACE, token)
        self._following.on_sections = self._read
        self._following.on_lost = lambda: tell(ServerLost())

    def start(self) -> None:
        """Start following."""
        self._following.start()

    def stop(self) -> None:
        """Disconnect and end the threads."""
        self._following.close()

    def _read(self, sections: Mapping[str, Any]) -> None:
        try:
            offer = KioskSections.model_validate(sections)
        except ValidationError as fault:
            # A newer server: what was offered before is shown until it offers something readable.
            log.error("offer unreadable", cause=str(fault))
            return
        self._tell(OfferCame(offer))
