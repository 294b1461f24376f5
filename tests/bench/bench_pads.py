"""A key on a pad line: from the finger to the committed call and back on the pad's own display, at true speed.

`python -m tests.bench.bench_pads` prints the table; `run()` returns its figures.  The limit is what twenty polls take on
the wire alone: 8 bytes asked, 13 answered, and a silence of 3.5 bytes (at least 1.75 ms) before each of the two.  A key
is told, on average, half a cycle after it was pressed, and at worst a whole one.  The raw reference asks the same
twenty questions with nothing but `write` and `read` of the same port, without pause, thread or check.
"""

from __future__ import annotations

import re
import select
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import serial

from firmware_config.printer_profile import SerialLine
from queue_server.pads import ff68
from queue_server.pads.faces import Face
from queue_server.pads.ff68 import Decoder, Frame
from queue_server.pads.heard import Accepted, Heard, Installed, Pressed
from queue_server.pads.line import Line
from queue_server.pads.modbus import read_input
from queue_server.pads.registers import POLL
from tests.bench.pad_hall import PADS, pad_hall
from tests.pad_branch import PadBranch
from tests.pads import PadControl, device, simulator_program
from tests.waiting import until

BAUDS = (9600, 38400)
PRESSES = 80
CALLS = 60
SILENT = (3, 4, 20)
MEGABYTES = 8
NUMBER = re.compile(r"[A-Z]\d{3}")


def limit_ms(pads: int, baud: int) -> float:
    """A poll cycle on the wire alone."""
    byte_s = 10 / baud
    return 1000 * pads * (21 * byte_s + 2 * max(3.5 * byte_s, 0.00175))


def spread(values: list[float]) -> dict[str, float]:
    """Half of them are below the one, all but one in a hundred below the other."""
    ordered = sorted(values)
    return {
        "p50_ms": round(ordered[len(ordered) // 2], 1),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


def decode_megabytes_s(data: bytes, piece: int = 512) -> float:
    """FF 68 frames out of `data`, in pieces as a port gives them."""
    decoder = Decoder()
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    began_at = time.perf_counter()
    for each in pieces:
        decoder.feed(each)
    return len(data) / 1e6 / (time.perf_counter() - began_at)


def _decode() -> dict[str, float]:
    chance = Random(68)
    key = [ff68.encode(Frame(chance.randrange(1, 255), ff68.KEY, b"\x0c")) for _ in range(1000)]
    rounds = MEGABYTES * 100_000 // len(key)
    frames = b"".join(key * rounds)
    noise = chance.randbytes(MEGABYTES << 20)
    return {
        "frames_mb_s": round(decode_megabytes_s(frames), 1),
        "noise_mb_s": round(decode_megabytes_s(noise), 1),
    }


def _wait(for_s: float) -> None:
    end = time.monotonic() + for_s
    until(lambda: time.monotonic() >= end, for_s + 5, "a moment")


class _Desk:
    """A line whose server judges at once; its pads are simulated by a process of their own, as they have a processor."""

    def __init__(self, folder: Path, pads: PadControl, baud: int, devices: list[Installed]) -> None:
        self.pads = pads
        self._calls = 0
        serial = SerialLine.model_validate({"baud": baud})
        self.line = Line(str(folder / "port"), serial, devices, self._hear)
        self.line.start()
        until(lambda: len(self.line.answering()) == len(devices), 60, "every pad answering")

    def _hear(self, heard: Heard) -> None:
        if isinstance(heard, Pressed):
            self._calls += 1
            self.line.settle(heard.press_id, Accepted())
            self.line.show(heard.device, Face(line1=f"A{self._calls:03d}", line2="等候 7", lamp="on"))

    def cycle_ms(self, for_s: float) -> float:
        """The mean time between two questions to one pad on a quiet line."""
        asked, began_at = self.line.asked("pad_7"), time.monotonic()
        _wait(for_s)
        return 1000 * (time.monotonic() - began_at) / (self.line.asked("pad_7") - asked)


def _raw_cycle_ms(link: Path, baud: int, devices: list[Installed]) -> float:
    """The same questions, bare."""
    silence_s = max(35 / baud, 0.00175)
    port = serial.Serial(str(link), baud, exclusive=True, timeout=1)
    raw: list[float] = []
    for _ in range(3):
        began_at = time.monotonic()
        for each in devices:
            question = read_input(each.address, *POLL)
            port.write(question.request)
            port.read(question.size)
            select.select([], [], [], silence_s)
        raw.append(1000 * (time.monotonic() - began_at))
    port.close()
    return min(raw)


def _line(baud: int) -> dict[str, Any]:
    """Twenty pads and a server that judges at once."""
    limit = limit_ms(PADS, baud)
    devices = [device("modbus_16key", n, f"pad_{n}") for n in range(1, PADS + 1)]
    words = [word for each in devices for word in ("--device", f"modbus_16key:{each.address}:{each.id}")]
    chance = Random(baud)
    with (
        tempfile.TemporaryDirectory() as name,
        simulator_program(Path(name), *words, "--baud", str(baud)) as (_, pads),
    ):
        raw_ms = _raw_cycle_ms(Path(name) / "port", baud, devices)
        desk = _Desk(Path(name), pads, baud, devices)
        cycle = desk.cycle_ms(10 * limit / 1000)
        told, shown = [], []
        for _ in range(PRESSES):
            # Not in step with the polls.
            _wait(chance.uniform(0, 1.5 * limit / 1000))
            told_ms, _, shown_ms = _pressed(pads, f"pad_{chance.randint(1, PADS)}")
            told.append(told_ms)
            shown.append(shown_ms)
        for n in SILENT:
            pads.ask({"cmd": "fault", "name": "silence", "device": f"pad_{n}", "on": True})
        until(lambda: len(desk.line.answering()) == PADS - len(SILENT), 30, "the silent pads being offline")
        silent = desk.cycle_ms(20 * limit / 1000)
        desk.line.stop()
    return {
        "limit_ms": round(limit, 1),
        "cycle_ms": round(cycle, 1),
        "cycle_to_limit": round(cycle / limit, 3),
        "raw_cycle_to_limit": round(raw_ms / limit, 3),
        "press_to_told": spread(told),
        "press_to_shown": spread(shown),
        "press_to_shown_p50_to_limit": round(spread(shown)["p50_ms"] / limit, 3),
        "press_to_shown_p99_to_limit": round(spread(shown)["p99_ms"] / limit, 3),
        "cycle_with_3_silent_to_without": round(silent / cycle, 3),
    }


def _numbers(event: dict[str, Any]) -> set[str]:
    return set(NUMBER.findall(" ".join(event["lines"])))


def _pressed(pads: PadControl, pad: str) -> tuple[float, float, float]:
    """Press *next*: ms until it was told, until the pad beeped for it, and until the pad shows the number."""
    had = _numbers(pads.shown(pad))
    pads.events.clear()
    began_at = time.monotonic()
    press = pads.press(pad, "call_next")
    told_at = accepted_at = shown_at = None
    waiting = list(pads.events)
    while accepted_at is None or shown_at is None:
        event = waiting.pop(0) if waiting else pads.next()
        now = time.monotonic()
        if event.get("event") == "press" and event["press"] == press:
            assert event["fate"] != "rejected", pads.shown(pad)
            told_at = now if event["fate"] == "told" else told_at
            accepted_at = now if event["fate"] == "accepted" else accepted_at
        elif event.get("event") == "device" and event["device"] == pad and _numbers(event) - had:
            shown_at = shown_at or now
    assert told_at is not None
    return 1000 * (told_at - began_at), 1000 * (accepted_at - began_at), 1000 * (shown_at - began_at)


def _settled(hall: PadBranch, pad: str, key: str) -> None:
    press = hall.pads.press(pad, key)
    hall.pads.event("press", press=press, fate="accepted")


def _hall(baud: int) -> dict[str, Any]:
    """Twenty pads, the real server and the real program: every call is journaled before the pad hears of it."""
    limit = limit_ms(PADS, baud)
    chance = Random(baud)
    pads = [f"pad_{n}" for n in range(1, PADS + 1)]
    committed, shown = [], []
    with tempfile.TemporaryDirectory() as name, pad_hall(Path(name), baud) as hall:
        until(lambda: len(hall.line.status()["devices"]) == PADS, 30, "every pad")
        for pad in pads:
            _settled(hall, pad, "open")
        for _ in range(CALLS):
            hall.server.issue()
        for turn in range(CALLS):
            pad = pads[turn % PADS]
            if turn >= PADS:
                _settled(hall, pad, "start")
                _settled(hall, pad, "finish")
            _wait(chance.uniform(0.5, 0.5 + 2 * limit / 1000))
            _, committed_ms, shown_ms = _pressed(hall.pads, pad)
            committed.append(committed_ms)
            shown.append(shown_ms)
        called = len(hall.happened("ticket_called"))
    assert called == CALLS, f"{CALLS} presses made {called} calls"
    return {
        "press_to_committed_and_beep": spread(committed),
        "press_to_number_on_the_pad": spread(shown),
        "press_to_number_p50_to_limit": round(spread(shown)["p50_ms"] / limit, 3),
        "press_to_number_p99_to_limit": round(spread(shown)["p99_ms"] / limit, 3),
    }


def run() -> dict[str, Any]:
    """Decode, then twenty pads at each speed, first with a server that judges at once, then with the real one."""
    return {
        "ff68_decode": _decode(),
        **{f"line_{baud}": _line(baud) for baud in BAUDS},
        **{f"hall_{baud}": _hall(baud) for baud in BAUDS},
    }


def main() -> None:
    """Print the figures as a table."""
    for group, figures in run().items():
        for name, figure in figures.items():
            sys.stdout.write(f"{group + '.' + name:<52}{figure!s:>34}\n")


if __name__ == "__main__":
    main()
