"""How quick the kiosk is: a frame, and from a tap to the request on the wire, next to the raw cost of a request.

`run()` returns milliseconds; `python -m tests.bench.bench_kiosk` prints them.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from display.screen.canvas import offscreen
from display.screen.window import Screen
from kiosk.app import Installed, KioskApp
from kiosk.happenings import Choice, ChooseGroup, ChooseService, GoHome, OfferCame, TakeTicket
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Kiosk, Needs, Start, Ticket
from kiosk.screens import Screen as KioskScreen
from kiosk.step import BOUNCE_S
from kiosk.words import say_in
from printer.driver import OnFirmware, OnResult, OnStatus, PrintJob
from tests import kiosk_offer as offer
from tests.waiting import until

SIZE = (1080, 1920)
CODE = tuple(tuple((x * y) % 3 == 0 for x in range(33)) for y in range(33))


class Listener:
    """Takes HTTP requests and notes when the first byte of each ticket request came; refuses them all."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def arrival(self, number: int) -> float:
        """When the request of that number, from 0, arrived; waits for it."""
        until(lambda: len(self.seen) > number, what="the request")
        return self.seen[number]

    def close(self) -> None:
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        refusal = b'{"ok":false,"code":"day_not_open","message":"","details":{}}'
        answer = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\n\r\n%s" % (len(refusal), refusal)
        with line:
            while data := line.recv(65536):
                at = time.perf_counter()
                if data.startswith(b"POST /api/v1/tickets"):
                    self.seen.append(at)
                # Head and body of a POST may come apart; a GET has no body.
                if data.startswith(b"GET") or b"}" in data:
                    line.sendall(answer)


class NoPaper:
    """A printer that is never asked for anything here."""

    def __init__(self, on_result: OnResult, on_status: OnStatus, on_firmware: OnFirmware) -> None:
        del on_result, on_status, on_firmware

    def start(self) -> None:
        return

    def submit(self, job: PrintJob) -> bool:
        del job
        return False

    def has_answered(self, within_s: float) -> bool:
        del within_s
        return False

    def stop(self) -> None:
        return


def _median_ms(action: Callable[[], object], times: int) -> float:
    action()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken), 3)


def _frames() -> dict[str, float]:
    canvas = offscreen(SIZE)
    found = {}
    pages: dict[str, KioskScreen] = {
        "start": Start(),
        "needs": Needs("personal", "cash"),
        "number": Ticket(offer.order(), "failed"),
    }
    for name, screen in pages.items():
        scene = Scene(Kiosk("", screen, offer.sections(), None), SIZE, 0.0, "10:05", say_in("zh"), CODE)
        found[f"layout_{name}_ms"] = _median_ms(partial(draw, scene), 200)
        found[f"frame_{name}_ms"] = _median_ms(partial(canvas.paint, draw(scene).shapes), 50)
    return found


class Finger:
    """Taps a choice where the drawn page has it, once the page is old enough not to take it for a bounce."""

    def __init__(self, app: KioskApp, screen: Screen) -> None:
        self._app = app
        self._screen = screen

    def tap(self, choice: Choice) -> float:
        """Tap; when the tap was handed to the loop."""
        place = until(lambda: self._place(choice), what=f"a place for {choice}")
        assert place is not None
        x, y = place
        at = time.perf_counter()
        self._screen.post(lambda: self._app.program.tapped(x, y, time.monotonic()))
        return at

    def _place(self, choice: Choice) -> tuple[int, int] | None:
        kiosk = self._app.program.kiosk
        if time.monotonic() - kiosk.changed_at_s <= BOUNCE_S:
            return None
        page = draw(Scene(kiosk, SIZE, time.monotonic(), "", str))
        return next((t.box.centre for t in page.targets if t.choice == choice), None)


def _tap_to_request(times: int) -> dict[str, float]:
    """From a tap handed to the loop to the first bytes of the request at the other end of a real connection."""
    listener = Listener()
    screen = Screen(SIZE, "bench")
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        app = KioskApp(
            screen,
            f"http://127.0.0.1:{listener.port}",
            "t",
            Installed("kiosk-1", "printer-1"),
            Path(folder),
            NoPaper,
        )
        finger = Finger(app, screen)
        thread = threading.Thread(target=app.run)
        thread.start()
        for number in range(times):
            # The listener has no WebSocket: the offer comes from here, and again before the kiosk calls it lost.
            screen.post(lambda: app.program.happen(OfferCame(offer.sections()), time.monotonic()))
            finger.tap(ChooseGroup("personal"))
            finger.tap(ChooseService("card"))
            tapped_at = finger.tap(TakeTicket())
            taken.append((listener.arrival(number) - tapped_at) * 1000)
            finger.tap(GoHome())
        screen.stop()
        thread.join()
        screen.close()
    raw_ms = _raw_request_ms(listener, times)
    listener.close()
    return {
        "tap_to_request_p50_ms": round(statistics.median(taken), 3),
        "tap_to_request_worst_ms": round(max(taken), 3),
        "raw_request_ms": raw_ms,
    }


def _raw_request_ms(listener: Listener, times: int) -> float:
    """The same bytes over a bare socket: what the machine needs at least."""
    taken = []
    with socket.create_connection(("127.0.0.1", listener.port)) as line:
        for _ in range(times):
            number = len(listener.seen)
            started = time.perf_counter()
            line.sendall(b"POST /api/v1/tickets HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
            line.recv(65536)
            taken.append((listener.arrival(number) - started) * 1000)
    return round(statistics.median(taken), 3)


def run() -> dict[str, float]:
    """Milliseconds: layout and painting of three pages at 1080 × 1920, and tap → request on the wire."""
    return {**_frames(), **_tap_to_request(20)}


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))
