"""Reading a body: JSON that is an object, or a refusal that says what else it was."""

from __future__ import annotations

import json

from flask import Flask, request
from pydantic import ValidationError
from werkzeug.exceptions import BadRequest

from queue_server.errors import InvalidRequest
from queue_server.views.problems import invalid
from queue_server.web.problems import MalformedJson, NotJson


def require_objects(app: Flask) -> None:
    """Look at every body before the models do: the models are only ever given an object.

    Without it a malformed body would be told as "body: must be an object", and a body that is a JSON text *holding*
    JSON would be read a second time.
    """

    @app.before_request
    def look() -> None:
        if request.method not in ("POST", "PUT", "PATCH") or request.routing_exception:
            return
        if not request.path.startswith("/api/"):
            return
        if not request.is_json:
            # The length first: a body nobody reads must not pass for a media type nobody asked about.
            request.get_data(cache=True)
            raise NotJson()
        try:
            body = request.get_json()
        except (BadRequest, RecursionError):
            raise MalformedJson() from None
        if b"\\u" in request.get_data() and not _is_unicode(body):
            raise MalformedJson()
        if not isinstance(body, dict):
            raise InvalidRequest(where="body", expected="an object")


def _is_unicode(body: object) -> bool:
    """Whether the text in it can be written: half of a surrogate pair is JSON, and no text."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse(error: ValidationError) -> None:
    """flask-openapi3's callback for a body, path or query that its model does not take."""
    raise invalid(error)
