"""One namespace per role: who may come in, what it is shown, what it may say (S2, D3, D4).

Rooms are joined after authentication only, and in the same breath as the snapshot: nothing can fall between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import gevent
import structlog
from gevent.event import Event as Signal
from pydantic import BaseModel

from queue_server.domain.actors import Actor, Role
from queue_server.domain.commands import Command, ReportShown, ReportSpoken
from queue_server.domain.day import Day
from queue_server.errors import Fault, InvalidRequest, NotPermitted, Refusal, Unidentified
from queue_server.service import Outcome
from queue_server.sockets.presence import Presence
from queue_server.sockets.relay import (
    DISPLAY,
    KIOSK,
    LOBBY,
    PADS,
    TELLER,
    TICKET,
    Relay,
    Room,
    RoomKind,
    View,
)
from queue_server.transport import Admission, Client, Hello, RoomNamespace
from queue_server.views import display, kiosk, lobby, pads, teller, ticket_page
from queue_server.views.language import Language, preferred
from queue_server.views.problems import told
from queue_server.views.scene import Scene
from queue_server.wire.display import ShownReport, SpokenReport
from queue_server.wire.shapes import Accepted, Delta, ErrorShape, Resume
from queue_server.wire.ticket_page import TicketPageView

log = structlog.get_logger("queue_server.sockets")

REPORT_ID_LENGTH = 80
OLDEST_REPORT_MS = 3_600_000
"""A report that waited in a display's outbox for longer says nothing about when."""

Dispatch = Callable[[Command, str, Actor], Outcome]


class Tokens(Protocol):
    """Who holds which token."""

    def identify(self, token: str) -> Actor | None:
        """The actor who holds `token`, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is in: the actor (a customer for a ticket's page), the room it follows, the language it reads."""

    actor: Actor
    kind: RoomKind
    room: str
    key: str
    language: Language


class FollowerNamespace(RoomNamespace[Visitor]):
    """Whoever follows one room: snapshot or nothing new when it comes, deltas after, a snapshot when it asks."""

    kind: RoomKind

    def __init__(self, relay: Relay) -> None:
        super().__init__(self.kind.namespace)
        self._relay = relay
        self._rooms: dict[str, Room] = {}

    def view(self, visitor: Visitor) -> View:
        """How the visitor's room is computed."""
        raise NotImplementedError

    def welcome(self, client: Client[Visitor]) -> None:
        """Into the room with what it holds now, before anything else can be sent to it."""
        who = client.identity
        room = self._relay.join(who.kind, who.room, who.key, self.view(who), client.id)
        self._rooms[client.id] = room
        self.enter_room(client.id, who.room)
        have = client.auth.get("have")
        # A position from before this process started may belong to another branch file: not taken at its word.
        if type(have) is int and have == room.position and have > room.born_at:
            self.tell(client, "delta", Delta(position=have, previous=have))
        else:
            self._tell_all(client, room)
        log.info("client in", namespace=self.namespace, room=who.room, actor=who.actor.id)

    def farewell(self, client: Client[Visitor], reason: str) -> None:
        """Out of the room."""
        who = client.identity
        self._rooms.pop(client.id, None)
        self._relay.leave(who.kind, who.room, client.id)
        log.info("client out", namespace=self.namespace, room=who.room, actor=who.actor.id, reason=reason)

    def on_resume(self, client: Client[Visitor], payload: Resume) -> BaseModel:
        """The client noticed a gap, or came back: everything, as it is now."""
        room = self._rooms[client.id]
        self._relay.refreshed(room)
        self._tell_all(client, room)
        return Accepted(position=room.position)

    def explain(self, error: Refusal | Fault, identity: Visitor | None) -> ErrorShape:
        """The error shape in the visitor's language."""
        return told(error, identity.language if identity is not None else "zh")

    def _tell_all(self, client: Client[Visitor], room: Room) -> None:
        self.tell(client, "snapshot", dict(self._relay.snapshot(room)))


class TokenNamespace(FollowerNamespace):
    """Those who come with a token; the role must fit the namespace."""

    roles: frozenset[Role]

    def __init__(self, relay: Relay, tokens: Tokens) -> None:
        super().__init__(relay)
        self._tokens = tokens

    def admit(self, hello: Hello) -> Admission[Visitor]:
        """A known token of a fitting role, or a refusal that tells nothing."""
        token = hello.auth.get("token")
        actor = self._tokens.identify(token) if isinstance(token, str) else None
        if actor is None:
            raise Unidentified()
        if actor.role not in self.roles:
            raise NotPermitted(role=actor.role.value, command=f"connect to {self.namespace}")
        room, key = self.place(actor)
        language = hello.auth.get("lang")
        visitor = Visitor(
            actor, self.kind, room, key, preferred(None, language if type(language) is str else None)
        )
        return Admission(visitor, rooms=())

    def place(self, actor: Actor) -> tuple[str, str]:
        """(the room the actor follows, what it is about)."""
        raise NotImplementedError

    def strangers(self) -> list[str]:
        """Ids of the clients whose token is nobody's any more, or somebody else's."""
        return [
            client.id
            for client in self.clients.values()
            if self._tokens.identify(str(client.auth.get("token"))) != client.identity.actor
        ]

    def turn_out(self, clients: Iterable[str]) -> None:
        """Out of their rooms at once, then hang up: they may come again and say who they are now."""
        for client in [self.clients.pop(one) for one in clients if one in self.clients]:
            self.leave_room(client.id, client.identity.room)
            self.farewell(client, "the token is nobody's any more")
            gevent.spawn(self.disconnect, client.id)


class ForeignNamespace(RoomNamespace[None]):
    """`/`: python-socketio lets everybody in there.  Nobody has anything to do in it."""

    def __init__(self) -> None:
        super().__init__("/")

    def admit(self, hello: Hello) -> Admission[None]:
        """Nobody."""
        raise Unidentified()


class DisplayNamespace(TokenNamespace):
    """`/display`: the board, and the displays' word that a call was shown and spoken."""

    kind = DISPLAY
    roles = frozenset({Role.LOBBY_DISPLAY})

    def __init__(
        self,
        relay: Relay,
        tokens: Tokens,
        presence: Presence,
        dispatch: Dispatch,
        now: Callable[[], datetime],
        day: Callable[[], Day],
    ):
        super().__init__(relay, tokens)
        self._presence = presence
        self._dispatch = dispatch
        self._now = now
        self._day = day
        self._under_way: dict[tuple[str, int], Signal] = {}

    def place(self, actor: Actor) -> tuple[str, str]:
        """All displays of a branch show the same."""
        return "display", ""

    def view(self, visitor: Visitor) -> View:
        """The board."""
        return display.sections

    def welcome(self, client: Client[Visitor]) -> None:
        """The display is online."""
        super().welcome(client)
        self._presence.came(client.identity.actor.id, "lobby_display")

    def farewell(self, client: Client[Visitor], reason: str) -> None:
        """The display may be offline."""
        super().farewell(client, reason)
        self._presence.went(client.identity.actor.id, "lobby_display")

    def on_shown(self, client: Client[Visitor], payload: ShownReport) -> BaseModel:
        """The display drew a call (D3)."""
        who = client.identity.actor
        command = ReportShown(payload.announcement_id, who.id, self._age_ms(payload.shown_at))
        return self._report("shown", payload.report_id, payload.announcement_id, command, who)

    def on_spoken(self, client: Client[Visitor], payload: SpokenReport) -> BaseModel:
        """The display's voice finished an announcement (D3)."""
        who = client.identity.actor
        command = ReportSpoken(payload.announcement_id, who.id, self._age_ms(payload.spoken_at))
        return self._report("spoken", payload.report_id, payload.announcement_id, command, who)

    def _report(
        self, what: str, report_id: str, announcement_id: int, command: Command, who: Actor
    ) -> BaseModel:
        """Dispatch the first report of an announcement; the other displays of the hall wait for its commit.

        Only the first is news to the rules.  One that was not committed leaves the door to the next.
        """
        if not 0 < len(report_id) <= REPORT_ID_LENGTH:
            raise InvalidRequest(where="report_id", expected=f"1 to {REPORT_ID_LENGTH} characters")
        key = (what, announcement_id)
        while not self._is_known(what, announcement_id):
            under_way = self._under_way.get(key)
            if under_way is None:
                signal = self._under_way[key] = Signal()
                try:
                    outcome = self._dispatch(command, f"{what}:{who.id}:{report_id}", who)
                finally:
                    del self._under_way[key]
                    signal.set()
                return Accepted(position=outcome.position)
            under_way.wait()
        return Accepted(position=self._day().position)

    def _is_known(self, what: str, announcement_id: int) -> bool:
        day = self._day()
        number = day.calls.get(announcement_id)
        if number is None:
            return False
        for announcement in day.tickets[number].announcements:
            if announcement.announcement_id == announcement_id:
                at = announcement.shown_at if what == "shown" else announcement.spoken_at
                return at is not None
        return False

    def _age_ms(self, at: datetime) -> int:
        # The display's clock is its own: an age is taken only as far as it can be true.
        aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        age_ms = int((self._now() - aware).total_seconds() * 1000)
        return age_ms if 0 <= age_ms <= OLDEST_REPORT_MS else 0


class KioskNamespace(TokenNamespace):
    """`/kiosk`: what one kiosk offers, and the slips it owes an account of."""

    kind = KIOSK
    roles = frozenset({Role.KIOSK})

    def __init__(self, relay: Relay, tokens: Tokens, presence: Presence) -> None:
        super().__init__(relay, tokens)
        self._presence = presence

    def place(self, actor: Actor) -> tuple[str, str]:
        """Each kiosk has slips of its own."""
        return actor.id, actor.id

    def view(self, visitor: Visitor) -> View:
        """The kiosk's services and slips."""
        return lambda scene: kiosk.sections(scene, visitor.key)

    def welcome(self, client: Client[Visitor]) -> None:
        """The kiosk is online."""
        super().welcome(client)
        self._presence.came(client.identity.actor.id, "kiosk")

    def farewell(self, client: Client[Visitor], reason: str) -> None:
        """The kiosk may be offline."""
        super().farewell(client, reason)
        self._presence.went(client.identity.actor.id, "kiosk")


class PadsNamespace(TokenNamespace):
    """`/pads`: the counters with a device on one line, the one whose token it is."""

    kind = PADS
    roles = frozenset({Role.PAD_LINE})

    def __init__(self, relay: Relay, tokens: Tokens, presence: Presence) -> None:
        super().__init__(relay, tokens)
        self._presence = presence

    def place(self, actor: Actor) -> tuple[str, str]:
        """Each line has counters of its own."""
        return actor.id, actor.id

    def view(self, visitor: Visitor) -> View:
        """The line's counters."""
        return lambda scene: pads.sections(scene, visitor.key)

    def welcome(self, client: Client[Visitor]) -> None:
        """The line's program is online."""
        super().welcome(client)
        self._presence.came(client.identity.actor.id, "pad_line")

    def farewell(self, client: Client[Visitor], reason: str) -> None:
        """The line's program may be offline."""
        super().farewell(client, reason)
        self._presence.went(client.identity.actor.id, "pad_line")


class TellerNamespace(TokenNamespace):
    """`/teller`: one counter, the one its token says."""

    kind = TELLER
    roles = frozenset({Role.TELLER})

    def place(self, actor: Actor) -> tuple[str, str]:
        """The teller's own counter and no other."""
        if actor.counter is None:
            raise NotPermitted(role=actor.role.value, command="connect without a counter")
        return actor.counter, actor.counter

    def view(self, visitor: Visitor) -> View:
        """The counter's page."""
        return lambda scene: teller.sections(scene, visitor.key)


class LobbyNamespace(TokenNamespace):
    """`/lobby`: the whole hall."""

    kind = LOBBY
    roles = frozenset({Role.LOBBY_MANAGER, Role.BRANCH_HEAD})

    def place(self, actor: Actor) -> tuple[str, str]:
        """All who may see the hall see the same."""
        return "lobby", ""

    def view(self, visitor: Visitor) -> View:
        """The hall."""
        return lobby.sections


class _TicketSections(BaseModel):
    """The one section of a ticket's page."""

    ticket: TicketPageView | None


class TicketNamespace(FollowerNamespace):
    """`/ticket`: a customer's own ticket.  No token: the link is it, and it cannot be guessed."""

    kind = TICKET

    def __init__(self, relay: Relay, scene: Callable[[], Scene]) -> None:
        super().__init__(relay)
        self._scene = scene

    def admit(self, hello: Hello) -> Admission[Visitor]:
        """A link of today's, or a refusal."""
        link = hello.auth.get("link")
        ticket = ticket_page.by_link(self._scene(), link) if isinstance(link, str) else None
        if ticket is None or not isinstance(link, str):
            raise ticket_page.UnknownLink()
        language = hello.auth.get("lang")
        visitor = Visitor(
            Actor(f"customer:{ticket.number}", Role.CUSTOMER),
            self.kind,
            link,
            ticket.number,
            preferred(None, language if type(language) is str else None),
        )
        return Admission(visitor, rooms=())

    def view(self, visitor: Visitor) -> View:
        """The ticket; nothing of it once its day is over and gone."""

        def sections(scene: Scene) -> BaseModel:
            ticket = ticket_page.by_link(scene, visitor.room)
            return _TicketSections(ticket=ticket_page.view(scene, ticket) if ticket is not None else None)

        return sections
