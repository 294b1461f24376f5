"""Icons as strokes and shapes on a 24 × 24 grid, so that they are sharp at every size and need no files.

Each icon is a list of steps: ("line", points, width), ("poly", points), ("disc", (x, y), radius),
("ring", (x, y), radius, width), ("box", x, y, width, height, radius), ("frame", x, y, width, height, radius, width),
("arc", (x, y), radius, from_degrees, to_degrees, width).  A step whose name starts with "cut-" erases instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pygame

from display.screen.shapes import Colour

_STROKE = 1.8
# Drawn this many times larger and scaled down: the edges become smooth.
_OVERSAMPLE = 4

Step = tuple[Any, ...]

_ICONS: dict[str, list[Step]] = {
    "person": [
        ("disc", (12, 8), 4.2),
        ("poly", [(4, 21), (4.6, 17.4), (7, 14.9), (12, 14), (17, 14.9), (19.4, 17.4), (20, 21)]),
    ],
    "people": [
        ("disc", (9, 8.5), 3.6),
        ("poly", [(2, 20), (2.5, 16.8), (4.8, 14.4), (9, 13.6), (13.2, 14.4), (15.5, 16.8), (16, 20)]),
        ("disc", (17, 9.5), 2.8),
        (
            "poly",
            [(17.6, 20), (17.2, 16.4), (15.6, 13.9), (17.4, 13.5), (20.4, 14.2), (22, 16.6), (22.2, 20)],
        ),
    ],
    "card": [
        ("frame", 2.5, 5, 19, 14, 2.2, _STROKE),
        ("box", 2.5, 8.2, 19, 3, 0),
        ("box", 5.5, 14.2, 5, 1.8, 0.6),
    ],
    "cash": [
        ("frame", 2.5, 6, 19, 12, 1.6, _STROKE),
        ("ring", (12, 12), 3, _STROKE),
        ("disc", (5.8, 12), 1),
        ("disc", (18.2, 12), 1),
    ],
    "building": [
        ("poly", [(12, 2.5), (22, 8), (22, 9.6), (2, 9.6), (2, 8)]),
        ("box", 4, 11, 2.6, 7, 0),
        ("box", 8.4, 11, 2.6, 7, 0),
        ("box", 13, 11, 2.6, 7, 0),
        ("box", 17.4, 11, 2.6, 7, 0),
        ("box", 2, 19, 20, 2.4, 0.4),
    ],
    "briefcase": [
        ("frame", 2.5, 7.5, 19, 12, 2, _STROKE),
        ("line", [(8.5, 7.5), (8.5, 4.5), (15.5, 4.5), (15.5, 7.5)], _STROKE),
        ("line", [(3, 13), (21, 13)], _STROKE),
    ],
    "chart": [
        ("box", 4, 13, 3.4, 7, 0.5),
        ("box", 10.3, 8.5, 3.4, 11.5, 0.5),
        ("box", 16.6, 4, 3.4, 16, 0.5),
    ],
    "globe": [
        ("ring", (12, 12), 9.4, _STROKE),
        ("line", [(2.8, 12), (21.2, 12)], _STROKE),
        ("ellipse", 8, 2.8, 8, 18.4, _STROKE),
    ],
    "paper": [
        (
            "line",
            [(14, 2.8), (5, 2.8), (5, 21.2), (19, 21.2), (19, 7.8), (14, 2.8), (14, 7.8), (19, 7.8)],
            _STROKE,
        ),
        ("line", [(8.2, 12), (15.8, 12)], _STROKE),
        ("line", [(8.2, 16), (15.8, 16)], _STROKE),
    ],
    "form": [
        ("frame", 4, 4, 13, 17, 1.6, _STROKE),
        ("line", [(7, 9), (13, 9)], _STROKE),
        ("line", [(7, 13), (11, 13)], _STROKE),
        ("line", [(12.4, 17.6), (20.6, 9.4)], 2.6),
    ],
    "ticket": [
        ("frame", 2.5, 6, 19, 12, 1.8, _STROKE),
        ("line", [(15, 8.6), (15, 10.4)], _STROKE),
        ("line", [(15, 13.6), (15, 15.4)], _STROKE),
        ("line", [(6, 10.4), (11, 10.4)], _STROKE),
        ("line", [(6, 13.8), (9.6, 13.8)], _STROKE),
    ],
    "printer": [
        ("frame", 2.8, 8.4, 18.4, 8.6, 1.6, _STROKE),
        ("line", [(6.6, 8.4), (6.6, 3.4), (17.4, 3.4), (17.4, 8.4)], _STROKE),
        ("box", 6.2, 13.6, 11.6, 7.6, 0.6),
        ("cut-box", 7.9, 15.2, 8.2, 4.4, 0),
        ("disc", (18, 11.2), 0.9),
    ],
    "key": [
        ("ring", (8, 8), 4.6, 2),
        ("line", [(11.4, 11.4), (20.4, 20.4)], 2.2),
        ("line", [(16.4, 16.4), (19, 13.8)], 2.2),
    ],
    "clock": [("ring", (12, 12), 9.4, _STROKE), ("line", [(12, 6.4), (12, 12), (16, 14.4)], _STROKE)],
    "phone": [
        (
            "poly",
            [
                (6.2, 2.8),
                (9.6, 3.6),
                (10.6, 8),
                (8.4, 9.8),
                (14.2, 15.6),
                (16, 13.4),
                (20.4, 14.4),
                (21.2, 17.8),
                (18.6, 21.2),
                (13, 19.4),
                (7.6, 15.2),
                (4.2, 10.6),
                (2.8, 5.4),
            ],
        )
    ],
    "speaker": [
        ("poly", [(3, 9.2), (7, 9.2), (12.2, 4.6), (12.2, 19.4), (7, 14.8), (3, 14.8)]),
        ("arc", (12.4, 12), 4.6, -48, 48, _STROKE),
        ("arc", (12.4, 12), 8.4, -48, 48, _STROKE),
    ],
    "bell": [
        (
            "poly",
            [
                (12, 3),
                (15.6, 4.4),
                (17.6, 7.6),
                (18, 13.4),
                (20.4, 17.2),
                (3.6, 17.2),
                (6, 13.4),
                (6.4, 7.6),
                (8.4, 4.4),
            ],
        ),
        ("disc", (12, 19.6), 2.2),
    ],
    "warning": [
        ("poly", [(12, 2.6), (22.6, 21), (1.4, 21)]),
        ("cut-box", 11, 9, 2, 6.6, 0.8),
        ("cut-disc", (12, 17.9), 1.2),
    ],
    "info": [("disc", (12, 12), 10), ("cut-disc", (12, 7.2), 1.4), ("cut-box", 10.9, 10.2, 2.2, 7.6, 0.8)],
    "offline": [
        ("arc", (12, 18), 12.4, -135, -45, 2),
        ("arc", (12, 18), 7.8, -135, -45, 2),
        ("disc", (12, 18), 2),
        ("cut-line", [(5.6, 2.6), (20.4, 19.4)], 4),
        ("line", [(4.4, 3.2), (19.6, 20.4)], 2),
    ],
    "check": [("line", [(4, 12.6), (9.6, 18.2), (20, 6.4)], 2.8)],
    "cross": [("line", [(5.4, 5.4), (18.6, 18.6)], 2.6), ("line", [(18.6, 5.4), (5.4, 18.6)], 2.6)],
    "back": [("line", [(14.6, 4.6), (7.2, 12), (14.6, 19.4)], 2.4)],
    "forward": [("line", [(9.4, 4.6), (16.8, 12), (9.4, 19.4)], 2.4)],
    "arrow": [("line", [(3.4, 12), (19.4, 12)], 2.4), ("line", [(13, 5.4), (19.8, 12), (13, 18.6)], 2.4)],
    "home": [
        ("poly", [(12, 2.6), (22.4, 12), (19.4, 12), (19.4, 21), (4.6, 21), (4.6, 12), (1.6, 12)]),
        ("cut-box", 9.8, 14.4, 4.4, 6.6, 0.4),
    ],
    "finger": [
        ("line", [(9.4, 14), (9.4, 4.6)], 3.2),
        (
            "poly",
            [
                (7.8, 10.6),
                (14.4, 10.4),
                (19.2, 12),
                (18.6, 17.4),
                (16.8, 21.6),
                (10, 21.6),
                (5, 16),
                (4.4, 13.6),
                (6, 13.2),
            ],
        ),
    ],
    "wheelchair": [
        ("disc", (10.4, 3.8), 2.2),
        ("line", [(10.4, 7), (10.8, 13), (16, 13), (18.6, 19.2), (21, 18.4)], 2.2),
        ("line", [(10.6, 9.6), (15.2, 9.6)], 2),
        ("arc", (10.4, 16), 5.4, 20, 235, 2),
    ],
    "heart": [
        ("disc", (7.6, 8.6), 4.8),
        ("disc", (16.4, 8.6), 4.8),
        ("poly", [(3.7, 11.4), (12, 21), (20.3, 11.4), (12, 6.8)]),
    ],
    "star": [
        (
            "poly",
            [
                (12, 2.2),
                (15, 8.6),
                (22, 9.4),
                (16.8, 14.2),
                (18.2, 21.2),
                (12, 17.6),
                (5.8, 21.2),
                (7.2, 14.2),
                (2, 9.4),
                (9, 8.6),
            ],
        )
    ],
    "atm": [
        ("frame", 3, 3, 18, 18, 2, _STROKE),
        ("frame", 6.4, 6.4, 11.2, 6, 0.6, _STROKE),
        ("box", 6.4, 15, 11.2, 2.2, 0.8),
    ],
    "contrast": [("ring", (12, 12), 9.4, _STROKE), ("half", (12, 12), 9.0)],
    "text-size": [
        ("line", [(2.6, 19.6), (8.6, 4.4), (14.6, 19.6)], 2.2),
        ("line", [(4.8, 14.6), (12.4, 14.6)], 2),
        ("line", [(16, 19.6), (19, 11.6), (22, 19.6)], 1.8),
        ("line", [(17, 16.8), (21, 16.8)], 1.6),
    ],
    "dot": [("disc", (12, 12), 6)],
}

NAMES = frozenset(_ICONS)


def draw(name: str, side: int, colour: Colour) -> pygame.Surface:
    """The icon `name`, `side` × `side` pixels with transparency.  An unknown name is drawn as a dot."""
    big = pygame.Surface((side * _OVERSAMPLE, side * _OVERSAMPLE), pygame.SRCALPHA)
    big.fill((*colour, 0))
    pen = _Pen(big, side * _OVERSAMPLE / 24)
    for step in _ICONS.get(name, _ICONS["dot"]):
        word = str(step[0])
        if word.startswith("cut-"):
            pen.draw(word[4:], step[1:], (*colour, 0))
        else:
            pen.draw(word, step[1:], (*colour, 255))
    return pygame.transform.smoothscale(big, (side, side))


class _Pen:
    def __init__(self, surface: pygame.Surface, scale: float) -> None:
        self.surface = surface
        self.scale = scale
        self._steps: dict[str, Callable[..., None]] = {
            "line": self._line, "poly": self._poly, "disc": self._disc, "ring": self._ring, "box": self._box,
            "frame": self._frame, "arc": self._arc, "ellipse": self._ellipse, "half": self._half,
        }  # fmt: skip

    def draw(self, word: str, values: tuple[Any, ...], colour: tuple[int, int, int, int]) -> None:
        self._steps[word](colour, *values)

    def _at(self, point: tuple[float, float]) -> tuple[float, float]:
        return point[0] * self.scale, point[1] * self.scale

    def _line(self, colour: Any, points: list[tuple[float, float]], width: float) -> None:
        # pygame's own wide lines have slanted ends: a stroke is a quadrangle per part and a disc per corner.
        half = width * self.scale / 2
        at = [self._at(p) for p in points]
        for (ax, ay), (bx, by) in pairwise(at):
            length = math.hypot(bx - ax, by - ay) or 1.0
            nx, ny = -(by - ay) / length * half, (bx - ax) / length * half
            quad = [(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)]
            pygame.draw.polygon(self.surface, colour, quad)
        for point in at:
            pygame.draw.circle(self.surface, colour, point, half)

    def _poly(self, colour: Any, points: list[tuple[float, float]]) -> None:
        pygame.draw.polygon(self.surface, colour, [self._at(p) for p in points])
        self._line(colour, [*points, points[0]], 1.0)

    def _disc(self, colour: Any, centre: tuple[float, float], radius: float) -> None:
        pygame.draw.circle(self.surface, colour, self._at(centre), radius * self.scale)

    def _ring(self, colour: Any, centre: tuple[float, float], radius: float, width: float) -> None:
        pygame.draw.circle(
            self.surface, colour, self._at(centre), radius * self.scale, round(width * self.scale)
        )

    def _box(self, colour: Any, x: float, y: float, width: float, height: float, radius: float) -> None:
        rect = [round(v * self.scale) for v in (x, y, width, height)]
        pygame.draw.rect(self.surface, colour, rect, border_radius=round(radius * self.scale))

    def _frame(
        self, colour: Any, x: float, y: float, width: float, height: float, radius: float, line: float
    ) -> None:
        rect = [round(v * self.scale) for v in (x, y, width, height)]
        pygame.draw.rect(
            self.surface, colour, rect, round(line * self.scale), border_radius=round(radius * self.scale)
        )

    def _ellipse(self, colour: Any, x: float, y: float, width: float, height: float, line: float) -> None:
        rect = [round(v * self.scale) for v in (x, y, width, height)]
        pygame.draw.ellipse(self.surface, colour, rect, round(line * self.scale))

    def _arc(
        self, colour: Any, centre: tuple[float, float], radius: float, start: float, end: float, width: float
    ) -> None:
        steps = max(8, int(abs(end - start) / 4))
        angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
        points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]
        self._line(colour, points, width)

    def _half(self, colour: Any, centre: tuple[float, float], radius: float) -> None:
        angles = [math.radians(-90 + 180 * i / 40) for i in range(41)]
        points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles]
        pygame.draw.polygon(self.surface, colour, [self._at(p) for p in points])
