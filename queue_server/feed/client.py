"""A client's half of the HTTP API: post a command, tell an answer from a refusal from no answer.

Every call blocks, so only worker threads call it; it never tries again by itself, that is for those who know the
command ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from pydantic import ValidationError

from queue_server.wire.shapes import ErrorShape

# A branch's own network: a server that has not answered by then is in trouble.
CONNECT_TIMEOUT_S = 2.0
ANSWER_TIMEOUT_S = 5.0

# "Try again": the server is busy, starting, or its disk is full.  Nothing was done.
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Answered:
    """The server did it; `body` is its JSON text."""

    body: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server says no, for good."""

    status: int
    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody knows whether the server did it: the same command id may be sent again.

    `is_unsent`: it certainly did not, for no server was there to hear it.
    """

    cause: str
    is_unsent: bool = False


class Client:
    """One thread's connection to the server.  `post` gives up after a few seconds, whatever happens."""

    def __init__(self, server: str, token: str) -> None:
        self._base = server.rstrip("/") + "/api/v1/"
        self._session = requests.Session()
        # A proxy somebody set for the operating system has no business between a device and its server.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["Content-Type"] = "application/json"

    def post(self, path: str, body: str, within_s: float = ANSWER_TIMEOUT_S) -> Answered | Refusal | NoAnswer:
        """Post a JSON text to `path` under the API."""
        try:
            answer = self._session.post(
                self._base + path,
                data=body.encode(),
                timeout=(min(CONNECT_TIMEOUT_S, within_s), within_s),
                allow_redirects=False,
            )
        except requests.RequestException as fault:
            return NoAnswer(type(fault).__name__, _is_unsent(fault))
        if 200 <= answer.status_code < 300:
            return Answered(answer.text)
        if answer.status_code >= 500 or answer.status_code in _TRY_AGAIN:
            return NoAnswer(f"http_{answer.status_code}", answer.status_code in _TRY_AGAIN)
        try:
            error = ErrorShape.model_validate_json(answer.text)
        except ValidationError:
            return Refusal(answer.status_code, f"http_{answer.status_code}")
        return Refusal(answer.status_code, error.code, error.details)

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()


def _is_unsent(fault: requests.RequestException) -> bool:
    """Whether there was no connection to send anything over."""
    if isinstance(fault, requests.ConnectTimeout):
        return True
    cause = fault.args[0] if fault.args else None
    return isinstance(getattr(cause, "reason", None), urllib3.exceptions.NewConnectionError)
