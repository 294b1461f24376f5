"""Errors become answers here, once: refusals, faults, HTTP's own errors and bugs, all in the one shape."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog
from flask import Flask, Response, current_app, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from queue_server.errors import Fault, Refusal
from queue_server.views.language import Language, preferred
from queue_server.views.problems import Bug, Names, invalid, told

_NAMES = "jiaohao.names"

log = structlog.get_logger("queue_server.web")


class MalformedJson(Refusal):
    """The body is not JSON."""

    code, status = "malformed_json", 400
    template = "The body is not valid JSON"


class BadRequest(Refusal):
    """HTTP itself was spoken wrongly."""

    code, status = "bad_request", 400
    template = "The request cannot be understood"


class NotFound(Refusal):
    """No such address."""

    code, status = "not_found", 404
    template = "There is nothing at {path}"


class MethodNotAllowed(Refusal):
    """The address is right, the verb is not."""

    code, status = "method_not_allowed", 405
    template = "{path} does not take {method}"


class TooLarge(Refusal):
    """The body is over the limit."""

    code, status = "too_large", 413
    template = "A request may have {limit} bytes"


class NotJson(Refusal):
    """A body that does not say it is JSON."""

    code, status = "unsupported_media_type", 415
    template = "The body must be application/json"


class OtherHttpError(Refusal):
    """Anything else HTTP has a number for; the number is in the details."""

    code, status = "http_error", 400
    template = "The request was refused: {status} {reason}"


def language() -> Language:
    """What the client of the running request reads: `?lang=`, then Accept-Language, then Chinese."""
    return preferred(request.headers.get("Accept-Language"), request.args.get("lang"))


def answer(problem: Refusal | Fault | Bug) -> Response:
    """The answer to the running request that tells of a problem."""
    names: Callable[[], Names] = current_app.extensions[_NAMES]
    shape = told(problem, language(), names())
    response = Response(shape.model_dump_json(), status=problem.status, mimetype="application/json")
    response.headers["Content-Language"] = language()
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def catch_all(app: Flask, names: Callable[[], Names]) -> None:
    """Put every error of `app` into the one shape; `names` tells who the people are that a message may name."""
    app.extensions[_NAMES] = names
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(Fault, _fault)
    app.register_error_handler(ValidationError, lambda error: answer(invalid(error)))
    app.register_error_handler(HTTPException, lambda error: _http(error))
    app.register_error_handler(Exception, _bug)


def _fault(fault: Fault) -> Response:
    log.error("fault", code=fault.code, path=request.path, cause=fault.message)
    return answer(fault)


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        # Somebody made the whole answer already.
        return error.response  # type: ignore[return-value]
    limit = request.max_content_length
    match error.code:
        case 400:
            return answer(BadRequest())
        case 404:
            return answer(NotFound(path=request.path[:200]))
        case 405:
            response = answer(MethodNotAllowed(path=request.path[:200], method=request.method))
            response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
            return response
        case 413:
            return answer(TooLarge(limit=limit))
        case 415:
            return answer(NotJson())
        case _:
            response = answer(OtherHttpError(status=error.code or 500, reason=error.name))
            response.status_code = error.code or 500
            return response


def _bug(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.error("bug", reference=reference, method=request.method, path=request.path, exc_info=error)
    return answer(Bug(reference))
