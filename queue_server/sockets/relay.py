"""From the journal to the rooms: after a commit, each room with somebody in it is told what changed and what happened.

Numbered by position: a delta says which position it starts from, so that a client notices a gap.  Bursts of changes
are put together, happenings never wait and are never dropped.  Everything here runs on the hub's thread, and nothing
between reading the day and sending switches greenlets: that is what keeps positions in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import gevent
import structlog
from gevent.event import Event as Signal
from pydantic import BaseModel

from queue_server.domain import events as e
from queue_server.journal.port import Recorded
from queue_server.sockets.changes import is_same
from queue_server.views import display, lobby, teller
from queue_server.views.lately import alert_of
from queue_server.views.scene import Scene
from queue_server.wire.shapes import Delta, Snapshot

log = structlog.get_logger("queue_server.sockets")

REFRESH_S = 15.0
"""How often rooms are looked at although nothing happened: expected waits and opening hours change with time alone."""

CACHED_S = 1.0
"""How old a computed room may be for a newcomer: thirty displays that come back together cost one look."""

Happening = dict[str, Any]


class Emitter(Protocol):
    """Sends to the members of a room."""

    def emit(self, namespace: str, room: str, event: str, payload: BaseModel | Mapping[str, Any]) -> int:
        """Send `event`; returns to how many."""
        ...


@dataclass(frozen=True, slots=True)
class RoomKind:
    """What rooms of a kind have in common.  `gap_s`: changes closer together than this are sent as one.

    `has_durations`: its sections count milliseconds, so a newcomer gets them fresh.
    """

    namespace: str
    gap_s: float
    has_durations: bool = False


DISPLAY = RoomKind("/display", 0.05)
KIOSK = RoomKind("/kiosk", 0.25)
TELLER = RoomKind("/teller", 0.05, has_durations=True)
LOBBY = RoomKind("/lobby", 0.2, has_durations=True)
PADS = RoomKind("/pads", 0.02)
TICKET = RoomKind("/ticket", 1.0)

ROOM_KINDS = (PADS, DISPLAY, KIOSK, TELLER, LOBBY, TICKET)

View = Callable[[Scene], BaseModel]


@dataclass(slots=True)
class Room:
    """One room with members.  `key` tells what it is about: a counter, a kiosk, a ticket number.

    `position`, `sections` and `sent` are what its members have; `sent` says when each section was true.
    """

    kind: RoomKind
    name: str
    key: str
    view: View
    born_at: int
    position: int
    members: set[str] = field(default_factory=set)
    sections: dict[str, Any] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    is_dirty: bool = False
    is_urgent: bool = False
    due: float = 0.0
    looked_at: float = 0.0


class Relay:
    """Tells rooms.  `scene` makes the newest scene; `heard` is the service's listener."""

    def __init__(self, scene: Callable[[], Scene], emitter: Emitter) -> None:
        self._scene = scene
        self._emitter = emitter
        self._rooms: dict[tuple[str, str], Room] = {}
        self._pending: deque[Recorded] = deque()
        self._signal = Signal()
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def start(self) -> None:
        """Begin to relay."""
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        """Relay no more."""
        if self._greenlet is not None:
            self._greenlet.kill()
            self._greenlet = None

    def heard(self, recorded: Sequence[Recorded]) -> None:
        """The service's listener: remembers, and lets the greenlet do the work."""
        if self._rooms:
            self._pending.extend(recorded)
            self._signal.set()

    # --- members ---------------------------------------------------------------------------------------------------

    def join(self, kind: RoomKind, name: str, key: str, view: View, member: str) -> Room:
        """Put `member` in a room that is up to date.  The caller sends it `snapshot` before anything else."""
        self._distribute()
        room = self._rooms.get((kind.namespace, name))
        if room is None:
            position = self._scene().day.position
            room = Room(kind, name, key, view, born_at=position, position=position)
            self._rooms[kind.namespace, name] = room
            self._look(room)
        else:
            self._bring_up_to_date(room)
        room.members.add(member)
        return room

    def leave(self, kind: RoomKind, name: str, member: str) -> None:
        """`member` is gone; an empty room is forgotten, and costs nothing."""
        room = self._rooms.get((kind.namespace, name))
        if room is not None:
            room.members.discard(member)
            if not room.members:
                del self._rooms[kind.namespace, name]

    def snapshot(self, room: Room) -> Snapshot:
        """All of a room, as its members have it."""
        return Snapshot(position=room.position, sections=room.sections)

    def refreshed(self, room: Room) -> Snapshot:
        """All of a room, after telling its members what is new: the answer to `resume`."""
        self._distribute()
        self._bring_up_to_date(room)
        return self.snapshot(room)

    def counts(self) -> dict[str, int]:
        """How many clients are in rooms, by namespace."""
        found = {kind.namespace: 0 for kind in ROOM_KINDS}
        for (namespace, _), room in self._rooms.items():
            found[namespace] += len(room.members)
        return found

    # --- after a commit --------------------------------------------------------------------------------------------

    def look_again(self) -> None:
        """The branch is another one: every room may have changed."""
        for room in self._rooms.values():
            room.is_dirty = room.is_urgent = True
        self._signal.set()

    def _run(self) -> None:
        refresh_at = monotonic() + REFRESH_S
        while True:
            self._signal.wait(timeout=max(0.0, min(refresh_at, self._next_due()) - monotonic()))
            self._signal.clear()
            try:
                if monotonic() >= refresh_at:
                    refresh_at = monotonic() + REFRESH_S
                    for room in self._rooms.values():
                        room.is_dirty = True
                self._distribute()
                self._tell_rooms()
            except Exception:
                # The rooms stay dirty or are asked to resume; a relay that died would leave the hall in the dark.
                log.exception("relay failed")
                gevent.sleep(0.5)

    def _next_due(self) -> float:
        return min((room.due for room in self._rooms.values() if room.is_dirty), default=float("inf"))

    def _tell_rooms(self) -> None:
        # Displays and tellers first: they are who a call is for.
        for room in sorted(self._rooms.values(), key=lambda one: one.kind.gap_s):
            now = monotonic()
            if room.happenings or room.is_urgent or (room.is_dirty and now >= room.due):
                if self._rooms.get((room.kind.namespace, room.name)) is room:
                    self._look(room)
                # A hall of phones must not keep a call from its displays.
                gevent.sleep(0)

    def _distribute(self) -> None:
        """Hand what happened to the rooms it concerns."""
        if not self._pending:
            return
        taken, self._pending = self._pending, deque()
        rooms = self._rooms
        for room in rooms.values():
            room.is_dirty = True
        scene = self._scene()
        displays = rooms.get((DISPLAY.namespace, "display"))
        lobbies = rooms.get((LOBBY.namespace, "lobby"))
        for one in taken:
            if displays is not None and isinstance(one.event, (e.TicketCalled, e.TicketRecalled)):
                call = display.announcement(scene, one.position, one.event)
                displays.happenings.append(call.model_dump(mode="json"))
            if lobbies is not None:
                lobbies.happenings.extend(lobby_happenings(scene, one))
            told = teller.happening(one.position, one.event)
            if told is not None and (page := rooms.get((TELLER.namespace, told[0]))) is not None:
                page.happenings.append(told[1])
        numbers = {getattr(one.event, "number", None) for one in taken}
        for room in rooms.values():
            if room.kind is TICKET and room.key in numbers:
                room.is_urgent = True

    def _bring_up_to_date(self, room: Room) -> None:
        is_old = room.kind.has_durations or monotonic() - room.looked_at > CACHED_S
        if room.is_dirty or room.happenings or is_old:
            self._look(room)

    def _look(self, room: Room) -> None:
        """Compute the room, and send its members what they do not have.

        Happenings first: the day must not be told without what happened on the way to it.
        """
        self._distribute()
        scene = self._scene()
        now_ms = int(scene.now.timestamp() * 1000)
        sections: dict[str, Any] = room.view(scene).model_dump(mode="json")
        changed = {
            name: section
            for name, section in sections.items()
            if name not in room.sections
            or not is_same(room.sections[name], section, now_ms - room.sent[name])
        }
        position, happenings = scene.day.position, room.happenings
        room.sections = sections
        room.sent = dict.fromkeys(sections, now_ms)
        room.happenings = []
        room.is_dirty = room.is_urgent = False
        room.looked_at = monotonic()
        room.due = room.looked_at + room.kind.gap_s
        if not changed and not happenings:
            return
        previous, room.position = room.position, position
        if not room.members:
            return
        if position == previous:
            # Time alone changed it: there is no new position a delta could carry.
            self._send(room, "snapshot", self.snapshot(room))
        else:
            delta = Delta(position=position, previous=previous, sections=changed, happenings=happenings)
            self._send(room, "delta", delta)

    def _send(self, room: Room, event: str, message: Snapshot | Delta) -> None:
        # The sections are JSON already: as a mapping they are not looked through again.
        self._emitter.emit(room.kind.namespace, room.name, event, dict(message))


def lobby_happenings(scene: Scene, recorded: Recorded) -> list[Happening]:
    """What the lobby manager is told at once about one event: its alert, its incident."""
    found: list[Happening] = []
    alert = alert_of(recorded.position, recorded.event)
    if alert is not None:
        found.append({"kind": "alert", **alert.model_dump(mode="json")})
    if isinstance(recorded.event, e.IncidentOpened):
        incident = scene.day.incidents.get(recorded.event.incident_id)
        if incident is not None:
            # An incident has a kind of its own; the envelope's says what sort of happening it is.
            view = lobby.incident_view(scene, incident).model_dump(mode="json")
            found.append({**view, "kind": "incident", "incident_kind": view["kind"]})
    return found
