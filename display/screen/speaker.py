"""The sound device, through pygame's mixer: one sound at a time, 16 bit, one channel.

A machine without a sound device raises NoSoundDevice, and whoever asked decides what to do without.
SDL_AUDIODRIVER=disk with SDL_DISKAUDIOFILE records what would be heard, at the pace of a real device.
"""

from __future__ import annotations

import os
from pathlib import Path

import pygame

# Samples per buffer: at 22,050 Hz 46 ms, so that an idle mixer wakes 22 times a second and no more.
_BUFFER = 1024


class NoSoundDevice(Exception):
    """There is nothing to play on, or it refused the format."""


class Speaker:
    """Plays samples at `rate_hz`; a new sound replaces the one playing."""

    def __init__(self, rate_hz: int) -> None:
        try:
            pygame.mixer.init(frequency=rate_hz, size=-16, channels=1, buffer=_BUFFER, allowedchanges=0)
        except pygame.error as problem:
            raise NoSoundDevice(str(problem)) from problem
        self.rate_hz = rate_hz
        self.latency_s = _BUFFER / rate_hz
        self._channel = pygame.mixer.Channel(0)
        # Kept while it plays: the mixer reads its memory.
        self._sound: pygame.mixer.Sound | None = None

    def start(self, samples: bytes) -> None:
        """Begin to play little-endian 16 bit samples; returns at once."""
        self._sound = pygame.mixer.Sound(buffer=samples)
        self._channel.play(self._sound)

    @property
    def is_playing(self) -> bool:
        """Whether the mixer still takes samples from the sound; the last ones are heard `latency_s` later."""
        return bool(self._channel.get_busy())

    def stop(self) -> None:
        """Be silent now."""
        self._channel.stop()

    def close(self) -> None:
        """Give the device back."""
        # The mixer's own quit can wait for a device that is gone; what was started is stopped first.
        self._channel.stop()
        pygame.mixer.quit()


def record_to(path: Path) -> None:
    """From now on the "device" is a file that receives the samples; to be called before a Speaker is made."""
    os.environ["SDL_AUDIODRIVER"] = "disk"
    os.environ["SDL_DISKAUDIOFILE"] = os.fspath(path)
