"""Says one announcement after the other, and tells when each was really over (D2, D3).

A queue and one thread: announcements never overlap and are said in the order they came.  The queue holds
`WAITING_LIMIT`; one more, and the oldest that waits is left out: it is given to `on_left_out`, logged by its number,
and, being never reported as spoken, counts as unheard at the server.  Without a sound device the pace stays (someone
may listen through the stream) but nothing is reported as spoken, and `on_sound` is told why.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import structlog

from display.voice.pack import Utterance, VoicePack
from display.voice.phrase import Language, Reading, phrase, unsaid
from queue_server.wire.display import Announcement

WAITING_LIMIT = 40
PAUSE_BETWEEN_S = 0.4
# A device that was pulled out never says it is finished.
_GRACE_S = 3.0
_LOOK_S = 0.01

Silence = Literal["no_sound_device", "sound_stopped"]

log = structlog.get_logger("display.announcer")


class Player(Protocol):
    """A sound device; `display.screen.speaker.Speaker` is one."""

    latency_s: float

    def start(self, samples: bytes) -> None: ...

    @property
    def is_playing(self) -> bool: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How this display speaks.  `languages` and `times` None: as each announcement asks."""

    languages: tuple[Language, ...] | None = None
    times: int | None = None
    reading: Reading = field(default_factory=Reading)


def compose(pack: VoicePack, announcement: Announcement, manner: Manner) -> Utterance:
    """Chime and words of one announcement.

    Words the pack lacks (a language it was not loaded for, a character nobody recorded) are left out and logged; a
    pack without any words gives the chime alone.
    """
    clips = phrase(
        announcement.number,
        announcement.counter,
        manner.languages or announcement.languages,
        manner.times or announcement.times,
        announcement.kind == "recall",
        manner.reading,
        pack.clips,
    )
    said = [clip for clip in clips if clip in pack.clips]
    missing = sorted(set(clips) - set(said)) if pack.clips else []
    strange = unsaid(announcement.number) + unsaid(announcement.counter)
    if missing or strange:
        log.warning("not said", number=announcement.number, clips=missing, characters=strange)
    return pack.utter(said)


class Announcer:
    """The voice of one display.  The listeners are called on the announcer's own thread, the first time in `start`."""

    def __init__(
        self,
        pack: VoicePack,
        open_player: Callable[[], Player | None],
        now: Callable[[], datetime],
        manner: Manner | None = None,
    ) -> None:
        self.on_started: Callable[[Announcement, Utterance], None] = lambda announcement, utterance: None
        self.on_spoken: Callable[[Announcement, datetime], None] = lambda announcement, at: None
        self.on_left_out: Callable[[Announcement], None] = lambda announcement: None
        self.on_sound: Callable[[Silence | None], None] = lambda silence: None
        self._silence: Silence | Literal["unknown"] | None = "unknown"
        self._pack = pack
        self._open_player = open_player
        self._player: Player | None = None
        self._now = now
        self._manner = manner or Manner()
        self._waiting: deque[Announcement] = deque()
        self._wake = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        """Open the device, if there is one, and begin to listen for announcements."""
        self._open()
        self._thread.start()

    def say(self, announcements: Sequence[Announcement]) -> None:
        """Announce these after everything that waits already; returns at once."""
        left_out: list[Announcement] = []
        with self._wake:
            for announcement in announcements:
                if len(self._waiting) >= WAITING_LIMIT:
                    left_out.append(self._waiting.popleft())
                self._waiting.append(announcement)
            self._wake.notify()
        for announcement in left_out:
            log.error(
                "left out, too many waiting", number=announcement.number, id=announcement.announcement_id
            )
            self.on_left_out(announcement)

    @property
    def is_alive(self) -> bool:
        """Whether anybody is left to speak; a bug that ends the thread silences the hall."""
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """How many announcements wait for their turn."""
        return len(self._waiting)

    def close(self) -> None:
        """Be silent now and end the thread; what waits is not said."""
        self._closing.set()
        with self._wake:
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self._player is not None:
            self._player.stop()

    def _run(self) -> None:
        while (announcement := self._next()) is not None:
            try:
                self._speak(announcement)
            except Exception:
                # One announcement that cannot be said must not silence those after it.
                log.exception("not spoken", number=announcement.number)
                self._player = None
                self._sounds("sound_stopped")

    def _open(self) -> None:
        self._player = self._open_player()
        if self._player is None:
            self._sounds("no_sound_device")
        elif self._silence != "sound_stopped":
            # A device that stopped opens again without a complaint: it is believed when it was heard to the end.
            self._sounds(None)

    def _sounds(self, silence: Silence | None) -> None:
        if silence != self._silence:
            self._silence = silence
            self.on_sound(silence)

    def _next(self) -> Announcement | None:
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self._closing.is_set())
            return None if self._closing.is_set() else self._waiting.popleft()

    def _speak(self, announcement: Announcement) -> None:
        utterance = compose(self._pack, announcement, self._manner)
        if self._player is None:
            # Perhaps the loudspeaker was plugged in again.
            self._open()
        self.on_started(announcement, utterance)
        if self._player is None:
            log.warning("no sound device", number=announcement.number)
            self._closing.wait(utterance.sound.duration_s + PAUSE_BETWEEN_S)
            return
        if self._play(self._player, utterance):
            self._sounds(None)
            self.on_spoken(announcement, self._now())
        self._closing.wait(PAUSE_BETWEEN_S)

    def _play(self, player: Player, utterance: Utterance) -> bool:
        """Whether the sound was heard to its end."""
        player.start(utterance.sound.to_bytes())
        looks = int((utterance.sound.duration_s + _GRACE_S) / _LOOK_S)
        for _ in range(looks):
            if self._closing.wait(_LOOK_S):
                player.stop()
                return False
            if not player.is_playing:
                # What was mixed last is still in the device's buffer.
                self._closing.wait(player.latency_s)
                return True
        log.warning("the sound device does not come to an end")
        player.stop()
        self._player = None
        self._sounds("sound_stopped")
        return False
