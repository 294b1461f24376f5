"""What every device of a line shows now: the counters as the server tells them, and what lasts a few seconds beside.

Pure: the time comes in with the call; whoever holds this asks again at `next_change_s`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from queue_server.pads.faces import Beep, Face, Place, Refused, face_of, lost_face
from queue_server.pads.refusals import CODES, NO_SERVER
from queue_server.pads.words import Say
from queue_server.wire.pads import PadCounterView

CODE_SHOWN_S = 4.0
THANKS_SHOWN_S = 5.0
LOST_AFTER_S = 2.0
"""A server that restarts is back before anybody could read that it was gone."""

_UNANSWERED = frozenset({CODES[NO_SERVER], CODES["fault"]})


@dataclass(frozen=True, slots=True)
class Stand:
    """A device: where it stands, and at which counter."""

    place: Place
    counter: str


class Showing:
    """`stands`: every device of the line by its id.  Begins without a server."""

    def __init__(self, stands: Mapping[str, Stand], say: Say, now_s: float) -> None:
        self._stands = dict(stands)
        self._say = say
        self._views: Mapping[str, PadCounterView] | None = None
        self._lost_s: float | None = now_s
        self._refused: dict[str, tuple[Refused, float]] = {}
        self._thanked: dict[str, float] = {}
        self._beeps: dict[str, Beep] = {}

    def install(self, stands: Mapping[str, Stand]) -> None:
        """Other devices hang on the line from now on."""
        self._stands = dict(stands)

    def tell(self, views: Mapping[str, PadCounterView]) -> None:
        """How the counters are."""
        if self._lost_s is not None:
            # What was refused because nobody answered is answered by what is shown now.
            self._refused = {
                device: one for device, one in self._refused.items() if one[0].code not in _UNANSWERED
            }
        self._views, self._lost_s = views, None

    def lose(self, now_s: float) -> None:
        """Nobody tells any more."""
        if self._lost_s is None:
            self._lost_s = now_s

    def refuse(self, device: str, refused: Refused, now_s: float) -> None:
        """A key was refused a moment ago."""
        self._refused[device] = (refused, now_s + CODE_SHOWN_S)

    def accept(self, device: str, now_s: float) -> None:
        """A key or a rating was accepted."""
        self._refused.pop(device, None)
        stand = self._stands.get(device)
        if stand is not None and stand.place.role == "evaluator":
            self._thanked[device] = now_s + THANKS_SHOWN_S

    def accept_late(self, device: str, now_s: float) -> None:
        """A key that had been given up was accepted after all: the pad says so with its own sound."""
        self._refused.pop(device, None)
        self._beeps[device] = "accepted"

    def faces(self, now_s: float) -> Mapping[str, Face]:
        """What each device shows at this moment; nothing in the first moments of a start.  A beep is in one answer only."""
        self._refused = {device: one for device, one in self._refused.items() if now_s < one[1]}
        self._thanked = {device: until for device, until in self._thanked.items() if now_s < until}
        is_lost = self._lost_s is not None and now_s >= self._lost_s + LOST_AFTER_S
        if self._views is None and not is_lost:
            return {}
        beeps, self._beeps = self._beeps, {}
        shown: dict[str, Face] = {}
        for device, stand in self._stands.items():
            refused = self._refused[device][0] if device in self._refused else None
            if is_lost or self._views is None:
                face = lost_face(stand.place, self._say, refused)
            else:
                view = self._views.get(stand.counter)
                is_thanking = device in self._thanked
                face = face_of(stand.place, view, self._say, refused=refused, is_thanking=is_thanking)
            shown[device] = replace(face, beep=beeps.get(device, "none"))
        return shown

    def next_change_s(self, now_s: float) -> float | None:
        """When something will be shown differently by time alone."""
        times = [until for _, until in self._refused.values()] + list(self._thanked.values())
        if self._lost_s is not None and now_s < self._lost_s + LOST_AFTER_S:
            times.append(self._lost_s + LOST_AFTER_S)
        return min(times, default=None)
