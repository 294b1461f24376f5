"""A pad line's side of the queue server, for one token: the feed, the presses on their way, reports, doubts.

Threads only; what they learn is told to `Told`, which takes it to the thread that decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queue_server.feed.client import Client
from queue_server.feed.devices import DeviceReports
from queue_server.feed.following import Following
from queue_server.pads.asking import Asking, Outcome, Question
from queue_server.pads.doubts import Doubts
from queue_server.wire.devices import DeviceReport

NAMESPACE = "/pads"

HEARD_EVERY_S = 2.0
"""A line is missed after 5 s: two beats may be lost."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what; called on the threads of this room, and must not block."""

    sections: Callable[[Mapping[str, Any]], None]
    lost: Callable[[], None]
    settled: Callable[[Question, Outcome], None]
    fate_known: Callable[[str, bool], None]


class ServerSide:
    """`new_id` makes a command id nobody used; `answering` names line and devices that are there now."""

    def __init__(
        self,
        server: str,
        token: str,
        told: Told,
        new_id: Callable[[], str],
        answering: Callable[[], Sequence[str]],
    ) -> None:
        self._server, self._token = server, token
        self._told = told
        self._following = Following(server, NAMESPACE, token)
        self._following.on_sections = told.sections
        self._following.on_lost = told.lost
        self._reports = DeviceReports(self._new_client(), new_id, answering, HEARD_EVERY_S)
        self._doubts = Doubts(self._new_client(), told.fate_known)
        self._asking: dict[str, Asking] = {}

    def _new_client(self) -> Client:
        return Client(self._server, self._token)

    def start(self) -> None:
        """Connect."""
        self._following.start()
        self._reports.start()
        self._doubts.start()

    def ask(self, question: Question) -> None:
        """Bring a press or a rating to the server; no device waits for another."""
        found = self._asking.get(question.device)
        if found is None:
            found = self._asking[question.device] = Asking(self._new_client(), self._told.settled)
            found.start()
        found.ask(question)

    def tell(self, report: DeviceReport) -> None:
        """Tell how a device stands."""
        self._reports.tell(report)

    def doubt(self, device: str, command_id: str) -> None:
        """Find out whether a press that was given up was acted upon."""
        self._doubts.add(device, command_id)

    @property
    def in_doubt(self) -> int:
        """How many presses were given up whose fate is not known yet."""
        return len(self._doubts)

    def reconnected(self) -> None:
        """The server is there (again): tell it everything, and ask at once what waits."""
        self._reports.reconnected()
        for one in self._asking.values():
            one.nudge()

    def stop(self) -> None:
        """Hang up; waits for presses that are being asked right now."""
        self._following.close()
        self._reports.stop()
        self._doubts.stop()
        for one in self._asking.values():
            one.stop()
        for one in self._asking.values():
            one.join()
