"""Whose request this is: the bearer token, looked up once, before anything else of the request is read.

What the actor may do is the domain's table; which pages of the day a role may read is the table here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import Flask, g, request

from queue_server.domain.actors import Actor, Role
from queue_server.errors import NotPermitted, Unidentified

View = TypeVar("View", bound=Callable[..., Any])

STAFF = frozenset({Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN})
SUPERVISORS = frozenset({Role.LOBBY_MANAGER, Role.BRANCH_HEAD})
WATCHERS = SUPERVISORS | {Role.TECHNICIAN}

_PREFIX = "/api/v1/"
_WITHOUT_TOKEN = "/api/v1/public/"


class Tokens(Protocol):
    """Who holds which token."""

    def identify(self, token: str) -> Actor | None:
        """The actor who holds `token`, or None."""
        ...


def require_tokens(app: Flask, tokens: Tokens) -> None:
    """Refuse every request to the API without a known token; a path that does not exist stays a 404."""

    @app.before_request
    def identify() -> None:
        path = request.path
        if not path.startswith(_PREFIX) or path.startswith(_WITHOUT_TOKEN) or request.routing_exception:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = tokens.identify(token.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise Unidentified()
        g.actor = actor


def actor() -> Actor:
    """Who sent the running request."""
    found: Actor = g.actor
    return found


def readable_by(roles: frozenset[Role], what: str) -> Callable[[View], View]:
    """Only these roles may read the route; `what` names it in the refusal."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            if actor().role not in roles:
                raise NotPermitted(role=actor().role.value, command=what)
            return view(*arguments, **named)

        return guarded  # type: ignore[return-value]

    return guard
