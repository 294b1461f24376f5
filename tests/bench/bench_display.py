"""How long the lobby display takes for a picture, a phrase and its sound, each next to something raw.

`run()` returns milliseconds and ratios; `python -m tests.bench.bench_display` prints them.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from display import board as boards
from display.board import Board, take
from display.catalogue import Catalogue
from display.layout import layout
from display.screen.canvas import offscreen
from display.screen.shapes import Box, Fill
from display.screen.stream import _jpeg
from display.voice import pack as packs
from display.voice.make import make_voice
from display.voice.phrase import phrase
from queue_server.wire.shapes import Delta, Snapshot

NOW = datetime(2025, 11, 24, 2, 0, tzinfo=UTC)
SIZE = (1920, 1080)


def _median_ms(action: Callable[[], object], times: int) -> float:
    action()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken), 3)


def _call(position: int) -> dict[str, object]:
    counter = str(position % 9 + 1)
    return {
        "number": f"A{position % 1000:03}",
        "counter": counter,
        "counter_name": {"zh": f"{counter}号窗口", "en": f"Counter {counter}"},
        "called_at": NOW,
    }


def _board() -> Board:
    sections = {
        "branch": {
            "bank": {"zh": "示例银行", "en": "Example Bank"},
            "branch": {"zh": "城中支行", "en": "City Centre Branch"},
            "hotline": "95500",
            "zone": "Asia/Shanghai",
        },
        "calls": [_call(i) | {"position": i, "is_open": i > 97} for i in range(100, 92, -1)],
        "missed": ["A001", "A002"],
        "get_ready": ["A101", "A102"],
        "waiting": [
            {
                "group": str(i),
                "name": {"zh": "个人业务", "en": "Personal"},
                "waiting": 9,
                "wait": {"lo_min": 5, "hi_min": 9},
            }
            for i in range(3)
        ],
        "notices": [
            {"notice_id": "1", "text": {"zh": "请保管好随身物品", "en": "Look after your belongings"}}
        ],
    }
    return take(Board(), Snapshot(position=100, sections=sections), 0.0)[0]


def _delta(board: Board) -> Board:
    position = (board.position or 0) + 1
    happening = _call(position) | {"announcement_id": position, "kind": "call"}
    message = Delta(position=position, previous=position - 1, happenings=[happening])
    return take(board, message, 0.0)[0]


def run() -> dict[str, float]:
    """Medians on this machine: a 1080p frame against a plain fill of it, layout, delta, phrase, sound, JPEG."""
    board, canvas, catalogue = _board(), offscreen(SIZE), Catalogue()
    shapes = layout(board, SIZE, NOW, 0.0, catalogue)
    fill_ms = _median_ms(lambda: canvas.paint([Fill(Box(0, 0, *SIZE), (9, 24, 48))]), 50)
    draw_ms = _median_ms(lambda: canvas.paint(shapes), 50)
    pixels = canvas.surface.get_buffer().raw
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        make_voice(Path(folder))
        voice_ms = (time.perf_counter() - start) * 1000
        pack = packs.load(Path(folder), ["zh", "en"])
    clips = phrase("A012", "3", ["zh", "en"])
    return {
        "frame_draw_ms": draw_ms,
        "frame_fill_raw_ms": fill_ms,
        "frame_over_raw": round(draw_ms / fill_ms, 1),
        "layout_ms": _median_ms(lambda: layout(board, SIZE, NOW, 0.0, catalogue), 200),
        "delta_ms": _median_ms(lambda: _delta(board), 200),
        "frame_jpeg_ms": _median_ms(lambda: _jpeg(SIZE, pixels, 85), 20),
        "phrase_ms": _median_ms(lambda: phrase("A012", "3", ["zh", "en"]), 500),
        "sound_ms": _median_ms(lambda: pack.utter(clips), 100),
        "make_voice_ms": round(voice_ms, 1),
        "shapes": float(len(shapes)),
        "flashing": float(len(boards.settle(board, 0.0).flashes)),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
