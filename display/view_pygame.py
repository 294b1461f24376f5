"""The display as a program on a screen: messages in, picture and voice out, acknowledgements home.

All of it runs on the screen's own thread; the client and the announcer post to it.  The decisions are elsewhere:
`board` says what is known, `layout` where it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from display import board as boards
from display.announcer import Announcer
from display.board import Board
from display.catalogue import Catalogue
from display.client import Client
from display.layout import layout, next_page
from display.panels import RECENT_ROWS
from display.screen.shapes import Shape
from display.screen.stream import StreamSender, encode
from display.screen.window import Screen
from display.voice import pcm
from display.voice.pack import Utterance
from queue_server.wire.display import Announcement
from queue_server.wire.follow import Step
from queue_server.wire.shapes import Delta, Snapshot

log = structlog.get_logger("display")


class LobbyDisplay:
    """Binds client, announcer, stream and screen together; `run` returns when the screen is stopped."""

    def __init__(
        self,
        screen: Screen,
        client: Client,
        announcer: Announcer,
        stream: StreamSender | None,
        utc_now: Callable[[], datetime],
        zone: tzinfo | None = None,
    ) -> None:
        self.board = Board()
        self.on_live: Callable[[], None] = lambda: None
        self._screen = screen
        self._client = client
        self._announcer = announcer
        self._stream = stream
        self._utc_now = utc_now
        self._zone = zone
        self._branch_zone: tuple[str, tzinfo | None] = ("", None)
        self._wording = Catalogue()
        client.on_message = lambda message: screen.post(lambda: self.received(message))
        client.on_lost = lambda: screen.post(self.lost)
        client.on_refused = lambda: screen.post(self.refused)
        announcer.on_started = self._sound_started
        announcer.on_spoken = lambda announcement, at: client.spoken(announcement.announcement_id, at)

    def run(self) -> None:
        """Show, speak and report until stopped."""
        self._announcer.start()
        self._client.start()
        try:
            self._screen.run(self)
        finally:
            self._announcer.close()
            self._client.close()

    # --- what comes in ---------------------------------------------------------------------------------------------

    def received(self, message: Snapshot | Delta) -> None:
        """A message of the server, in the order it came."""
        board, step = boards.take(self.board, message, time.monotonic())
        self._become(board)
        if step is Step.GAP:
            log.warning("gap", have=self.board.position, got=message.position)
            self._client.resume(self.board.position)
        elif step is Step.APPLIED:
            for problem in self.board.problems:
                log.error("part not understood", part=problem, position=message.position)
        # Picture first, voice second: the draw follows in the same turn of the loop.
        self.board, due = boards.take_due(self.board)
        self._announcer.say(due)

    def lost(self) -> None:
        """The connection is gone."""
        self._become(boards.lost(self.board))

    def refused(self) -> None:
        """The server does not want this display."""
        self._become(boards.refused(self.board))

    def _become(self, board: Board) -> None:
        if board.connection is not self.board.connection:
            if self._stream is not None:
                self._stream.offer(encode("note", connection=board.connection.value))
            if board.connection is boards.Connection.LIVE:
                self.on_live()
        self.board = board

    def _sound_started(self, announcement: Announcement, utterance: Utterance) -> None:
        if self._stream is not None:
            where = announcement.counter_name.zh
            self._stream.offer_sound(
                pcm.write_wav(utterance.sound),
                str(announcement.announcement_id),
                f"{announcement.number} → {where}",
                utterance.sound.duration_s,
            )

    # --- the screen's program --------------------------------------------------------------------------------------

    def picture(self, now: float) -> Sequence[Shape]:
        """The board as it is now."""
        self.board = boards.settle(self.board, now)
        return layout(self.board, self._screen.size, self._local(), now, self._wording)

    def next_change(self, now: float) -> float | None:
        """The next flash, page or minute.  Called when the picture is on the screen: the moment to report it."""
        self._report_shown()
        local = self._local()
        minute = now + 60 - local.second - local.microsecond / 1e6
        others = (boards.next_flash_change(self.board, now), next_page(self.board, now))
        return min([minute, *(moment for moment in others if moment is not None)])

    def tapped(self, x: int, y: int, now: float) -> None:
        """A lobby display is not for touching."""

    def _report_shown(self) -> None:
        self.board, shown = boards.take_shown(self.board, RECENT_ROWS)
        for announcement_id in shown:
            self._client.shown(announcement_id, self._utc_now())

    def _local(self) -> datetime:
        # A tenth of a second ahead, so that a wake-up just before the minute shows the new one.
        return (self._utc_now() + timedelta(seconds=0.1)).astimezone(self._zone or self._zone_of_branch())

    def _zone_of_branch(self) -> tzinfo | None:
        """The branch's zone; None, the machine's own, before it is known or when the machine does not know it."""
        name = self.board.branch.zone if self.board.branch else ""
        if name != self._branch_zone[0]:
            try:
                self._branch_zone = name, ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                log.error("unknown time zone", zone=name)
                self._branch_zone = name, None
        return self._branch_zone[1]
