"""A window (or a picture nobody sees), its taps, and a loop that sleeps until something changes.

The loop draws only when the shapes differ from those on the screen, at most 20 times a second, and wakes for a tap,
for something another thread posted, and for the moment the program itself named.  Idle it uses no processor time.
It knows nothing of tickets, servers or layouts.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import pygame

from display.screen.canvas import Canvas, png
from display.screen.fonts import Fonts
from display.screen.shapes import Shape
from display.screen.stream import StreamSender

FRAMES_PER_SECOND = 20
# Even a program that names no moment is asked again now and then, so that a forgotten wake-up cannot freeze it.
_LONGEST_SLEEP_S = 30.0


class Program(Protocol):
    """What runs on a screen.  All three are called on the loop's thread, with monotonic seconds."""

    def picture(self, now: float) -> Sequence[Shape]:
        """What should be on the screen at `now`."""
        ...

    def next_change(self, now: float) -> float | None:
        """When the picture changes by itself (flash, clock, idle return); None if only something from outside can."""
        ...

    def tapped(self, x: int, y: int, now: float) -> None:
        """A finger, a mouse or a remote tap at (x, y) pixels."""
        ...


class Screen:
    """A window of `size` pixels, or of the whole desktop when `fullscreen` and `size` is None.

    With SDL_VIDEODRIVER=dummy there is no window, and `stream` (if given) is how it is seen and tapped.
    """

    def __init__(
        self,
        size: tuple[int, int] | None,
        title: str,
        fullscreen: bool = False,
        stream: StreamSender | None = None,
        frames_per_second: int = FRAMES_PER_SECOND,
        show_cursor: bool = False,
    ) -> None:
        pygame.display.init()
        pygame.display.set_caption(title)
        flags = pygame.FULLSCREEN if fullscreen else 0
        self._surface = pygame.display.set_mode(size or (0, 0), flags)
        self._has_window = pygame.display.get_driver() not in ("dummy", "offscreen")
        if self._has_window:
            pygame.mouse.set_visible(show_cursor or not fullscreen)
        self.canvas = Canvas(self._surface, Fonts())
        self.stream = stream
        self.frames_drawn = 0
        self._gap_s = 1 / frames_per_second
        self._shown: tuple[Shape, ...] | None = None
        self._drawn_at = 0.0
        self._posted: deque[Callable[[], None]] = deque()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._stopped = threading.Event()

    @property
    def size(self) -> tuple[int, int]:
        return self._surface.get_size()

    def show(self, shapes: Sequence[Shape]) -> bool:
        """Draw the picture unless it is already there; whether it was drawn."""
        wanted = tuple(shapes)
        if wanted == self._shown:
            return False
        self.canvas.paint(wanted)
        self._shown = wanted
        pygame.display.flip()
        self.frames_drawn += 1
        if self.stream is not None:
            self.stream.offer_frame(self.size, self._bytes())
        return True

    def run(self, program: Program, clock: Callable[[], float] = time.monotonic) -> None:
        """Show `program` until `stop` is called or the window is closed."""
        if self.stream is not None:
            self.stream.on_tap = lambda x, y: self.post(lambda: program.tapped(x, y, clock()))
        while not self._stopped.is_set():
            while self._posted:
                self._posted.popleft()()
            self._window_events(program, clock)
            now = clock()
            too_early_s = self._drawn_at + self._gap_s - now
            if too_early_s > 0:
                self._sleep(too_early_s, posts_wake=False)
                continue
            if self.show(program.picture(now)):
                self._drawn_at = clock()
            if not self._posted:
                change = program.next_change(now)
                sleep_s = _LONGEST_SLEEP_S if change is None else change - clock()
                self._sleep(min(_LONGEST_SLEEP_S, max(0.0, sleep_s)), posts_wake=True)

    def post(self, action: Callable[[], None]) -> None:
        """From any thread: run `action` on the loop's thread, soon."""
        self._posted.append(action)
        # Full: it holds wake-ups enough.  Closed: the loop is over.
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_in.send(b".")
        if self._has_window and pygame.display.get_init():
            pygame.event.post(pygame.event.Event(pygame.USEREVENT))

    def stop(self) -> None:
        """From any thread or a signal handler: leave `run`."""
        self._stopped.set()
        self.post(lambda: None)

    def stop_on_signals(self) -> None:
        """Leave `run` on SIGINT and SIGTERM (main thread only)."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        # The signal may be taken by another thread while this one sleeps: the descriptor wakes it all the same.
        signal.set_wakeup_fd(self._wake_in.fileno(), warn_on_full_buffer=False)

    def save_png(self, path: Path) -> None:
        """Write what is on the screen to a PNG file."""
        path.write_bytes(png(self.canvas))

    def close(self) -> None:
        """Close the window and the stream."""
        if self.stream is not None:
            self.stream.close()
        pygame.display.quit()
        if threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(-1)
        self._wake_in.close()
        self._wake_out.close()

    def _bytes(self) -> bytes:
        surface = self._surface
        if surface.get_bytesize() == 4 and surface.get_masks()[:3] == (0xFF0000, 0xFF00, 0xFF):
            return surface.get_buffer().raw
        return pygame.image.tobytes(surface.convert(32), "BGRA")

    def _window_events(self, program: Program, clock: Callable[[], float]) -> None:
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                self._stopped.set()
            elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
                program.tapped(event.pos[0], event.pos[1], clock())
            elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED):
                self._shown = None

    def _sleep(self, seconds: float, posts_wake: bool) -> None:
        if seconds <= 0:
            return
        if not posts_wake:
            time.sleep(seconds)
            return
        if self._has_window:
            # SDL waits in the window system, so a touch wakes it at once.
            event = pygame.event.wait(max(1, int(seconds * 1000)))
            if event.type != pygame.NOEVENT:
                pygame.event.post(event)
        else:
            # Without a window SDL would poll 1,000 times a second; the socket pair does not.
            select.select([self._wake_out], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            while self._wake_out.recv(4096):
                pass


def use_headless_unless_told() -> None:
    """Choose SDL's dummy video when there is neither a desktop nor an explicit choice in the environment."""
    if not any(os.environ.get(name) for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY")):
        os.environ["SDL_VIDEODRIVER"] = "dummy"
