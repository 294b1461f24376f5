"""`RoomNamespace`: what every role's namespace has in common.

Who may come in is asked first and rooms are joined after; payloads arrive as checked models; every event is answered,
also an unknown one; a refusal, a fault and a bug all go out in the one error shape.  It has no events of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Generic, TypeVar, get_type_hints

import structlog
from flask_socketio import Namespace
from pydantic import BaseModel, ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused

from queue_server.errors import Fault, InvalidRequest, Refusal
from queue_server.transport.inbound import ACK_WANTED
from queue_server.wire.shapes import ErrorShape

log = structlog.get_logger("queue_server.transport")

Identity = TypeVar("Identity")

#: The event that tells of an error when the client did not ask for an acknowledgement.
REFUSED_EVENT = "refused"


@dataclass(frozen=True, slots=True)
class Hello:
    """What a client says when it connects: `auth` as sent, cookies, and where it comes from."""

    auth: Mapping[str, Any]
    cookies: Mapping[str, str]
    remote_address: str


@dataclass(frozen=True, slots=True)
class Admission(Generic[Identity]):
    """The client may come in: who it is, and the rooms it joins once it has been told so."""

    identity: Identity
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client(Generic[Identity]):
    """A client that is in.  `id` is also the name of a room with only this client in it."""

    id: str
    identity: Identity
    auth: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Event:
    handle: Callable[[Any, Any], Any]
    model: type[BaseModel]


class RoomNamespace(Namespace, Generic[Identity]):  # type: ignore[misc]
    """Subclass it once per role.

    Say in `admit` who may come in.  A method `on_print_reported(self, client: Client[...], payload: PrintReported)`
    handles the event `print_reported`: `payload` is a pydantic model made from the event's one argument, and what is
    returned (a model, a mapping or None) is the acknowledgement, with `"ok": true`.  Events of one client are
    handled one after another in their order; a handler that must wait for the disk uses `thread_pool_call`.
    """

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self._events = dict(self._find_events())
        self._coming: dict[str, tuple[Admission[Identity], Hello]] = {}
        self.clients: dict[str, Client[Identity]] = {}

    # --- for the subclass -----------------------------------------------------------------------------------------

    def admit(self, hello: Hello) -> Admission[Identity]:
        """Let the client in, or raise a Refusal, which it gets as `connect_error` with the error shape as `data`."""
        raise NotImplementedError(f"{type(self).__name__} does not say who may come in")

    def welcome(self, client: Client[Identity]) -> None:
        """The client is in and has been told so: the place to send it a snapshot."""

    def farewell(self, client: Client[Identity], reason: str) -> None:
        """The client is gone; `reason` is Socket.IO's word for why."""

    def explain(self, error: Refusal | Fault, identity: Identity | None) -> ErrorShape:
        """The error shape of a refusal or fault; the place to translate its message for `identity`."""
        return ErrorShape(code=error.code, message=error.message, details=error.details)

    def tell(self, client: Client[Identity], event: str, payload: BaseModel | Mapping[str, Any]) -> None:
        """Send `event` to this client only."""
        data = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)
        self.socketio.server.emit(event, data, to=client.id, namespace=self.namespace)

    # --- called by the libraries ----------------------------------------------------------------------------------

    def trigger_event(self, event: str, *arguments: Any) -> Any:
        """Called by python-socketio for everything that happens to a client of this namespace."""
        sid: str = arguments[0]
        if event == "connect":
            return self._connect(sid, arguments[1], arguments[2] if len(arguments) > 2 else None)
        if event == "disconnect":
            return self._disconnect(sid, str(arguments[1]) if len(arguments) > 1 else "")
        client = self.clients.get(sid)
        if client is None:
            return None
        # The flag belongs to this packet; a handler may be the one to handle the next.
        ack_wanted = ACK_WANTED.get()
        answer = self._answer(client, event, arguments[1:])
        if not ack_wanted and answer.get("ok") is False:
            self.tell(client, REFUSED_EVENT, {**answer, "event": event})
        return answer

    def joined(self, sid: str) -> None:
        """Called by the room manager when the client knows that it is connected."""
        admission, hello = self._coming.pop(sid)
        client = Client(sid, admission.identity, hello.auth)
        self.clients[sid] = client
        for room in admission.rooms:
            self.enter_room(sid, room)
        try:
            self.welcome(client)
        except Exception:
            # Without its snapshot it would show nothing for ever: let it come again.
            log.exception("welcome failed", namespace=self.namespace)
            self.disconnect(sid)

    def forget(self, sid: str) -> None:
        """Called by the room manager for a client that went away while it was being admitted."""
        self._coming.pop(sid, None)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _connect(self, sid: str, environ: Mapping[str, Any], auth: Any) -> bool:
        hello = Hello(
            auth=auth if isinstance(auth, dict) else {},
            cookies=_cookies(environ.get("HTTP_COOKIE", "")),
            remote_address=str(environ.get("REMOTE_ADDR", "")),
        )
        try:
            self._coming[sid] = (self.admit(hello), hello)
        except Exception as error:
            shape = self._shape(error, None, "connect")
            raise Refused(shape.message, shape.model_dump(mode="json")) from None
        return True

    def _disconnect(self, sid: str, reason: str) -> None:
        client = self.clients.pop(sid, None)
        if client is not None:
            try:
                self.farewell(client, reason)
            except Exception:
                log.exception("farewell failed", namespace=self.namespace)

    def _answer(self, client: Client[Identity], name: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        event = self._events.get(name)
        if event is None:
            return ErrorShape(
                code="unknown_event", message=f"There is no event {name[:80]!r} here"
            ).model_dump(mode="json")
        try:
            if len(arguments) > 1:
                raise InvalidRequest(where=name, expected="one object")
            payload = event.model.model_validate(arguments[0] if arguments else {})
            result = event.handle(client, payload)
        except Exception as error:
            return self._shape(error, client.identity, name).model_dump(mode="json")
        if isinstance(result, BaseModel):
            return result.model_dump(mode="json")
        return {"ok": True, **(result or {})}

    def _shape(self, error: Exception, identity: Identity | None, event: str) -> ErrorShape:
        if isinstance(error, ValidationError):
            error = _invalid_request(error)
        if isinstance(error, (Refusal, Fault)):
            return self.explain(error, identity)
        log.error("event failed", namespace=self.namespace, socket_event=event, exc_info=error)
        return ErrorShape(code="internal", message="Something went wrong here; it has been logged")

    def _find_events(self) -> list[tuple[str, _Event]]:
        """Raises TypeError at start for a handler whose payload is not a pydantic model."""
        found = []
        for name, method in inspect.getmembers(self, inspect.ismethod):
            if not name.startswith("on_") or hasattr(RoomNamespace, name):
                continue
            parameters = list(inspect.signature(method).parameters)
            model = get_type_hints(method).get(parameters[1]) if len(parameters) == 2 else None
            if not (inspect.isclass(model) and issubclass(model, BaseModel)):
                raise TypeError(
                    f"{type(self).__name__}.{name} takes a client and a payload with a pydantic model"
                )
            found.append((name.removeprefix("on_"), _Event(method, model)))
        return found


def _invalid_request(error: ValidationError) -> InvalidRequest:
    problems = [
        {"where": ".".join(str(step) for step in problem["loc"]) or "payload", "expected": problem["msg"]}
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return InvalidRequest(**problems[0], problems=problems[:20])


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
