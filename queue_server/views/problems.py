"""Refusals, faults and bugs as a client is told them: the one error shape, in the reader's language.

Nothing of a bug but its reference goes out; what it was is in the log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from queue_server.domain.branch import Text
from queue_server.errors import Fault, InvalidRequest, Refusal
from queue_server.views.language import Language, refusal_words
from queue_server.wire.shapes import ErrorShape

_EXPECTED: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "string_type": "must be text",
    "string_unicode": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "may have at most {max_length} characters",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "may be at most {le}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a date like 2026-03-31",
    "date_parsing": "must be a date like 2026-03-31",
    "date_from_datetime_parsing": "must be a date like 2026-03-31",
    "datetime_type": "must be a time with its zone",
    "datetime_parsing": "must be a time with its zone",
    "datetime_from_date_parsing": "must be a time with its zone",
    "timezone_aware": "must be a time with its zone",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
}

_STATES: Final = {
    "waiting": "waiting",
    "called": "called",
    "serving": "being served",
    "wrap_up": "being wrapped up",
    "on_hold": "on hold",
    "served": "served",
    "no_show": "a missed number",
    "walked_out": "gone: the customer left",
    "cancelled": "cancelled",
    "expired": "expired",
    "closed": "closed",
    "free": "free",
    "calling": "calling a customer",
    "paused": "paused",
    "no_ticket": "serving somebody without a number",
}

_ROLES: Final = {
    "teller": "teller",
    "lobby_manager": "lobby manager",
    "branch_head": "branch head",
    "technician": "technician",
    "kiosk": "kiosk",
    "lobby_display": "lobby display",
    "pad_line": "pad line",
    "customer": "customer",
    "system": "system",
}


class Bug(Exception):
    """Stands for anything that is neither a refusal nor a fault; `reference` finds it in the log."""

    code = "internal"
    template = "Our mistake, not yours: it was logged as {reference}"
    status = 500

    def __init__(self, reference: str) -> None:
        self.details = {"reference": reference}
        super().__init__(self.template.format(reference=reference))


Names = Mapping[str, Text]
"""What people are called, by their ids."""


def told(problem: Refusal | Fault | Bug, language: Language, names: Names | None = None) -> ErrorShape:
    """The error shape of one problem; the details stay codes, the message has human names for them."""
    words = refusal_words(language)
    human = {key: _human(key, value, language) for key, value in problem.details.items()}
    person = (names or {}).get(str(problem.details.get("teller")))
    if person is not None:
        human["teller"] = person.en if language == "en" else person.zh
    if isinstance(problem.__cause__, ValidationError):
        human["expected"] = _expected(problem.__cause__.errors(include_url=False)[0], language)
    message = str(words.ugettext(problem.template)).format(**human)
    return ErrorShape(code=problem.code, message=message, details=_plain(problem.details))


def invalid(error: ValidationError, part: str = "") -> InvalidRequest:
    """What a model of ours said about a request: the first problem in the message, all of them in the details.

    `part` is where the model was read from (body, path, query); the path of the field follows it with dots.
    """
    problems = [
        {
            "where": ".".join(str(step) for step in (part, *found["loc"]) if step != "") or "request",
            "type": found["type"],
            "expected": _expected(found, "en"),
        }
        for found in error.errors(include_url=False, include_input=False)
    ]
    refusal = InvalidRequest(where=problems[0]["where"], expected=problems[0]["expected"], problems=problems)
    refusal.__cause__ = error
    return refusal


def _expected(found: Any, language: Language) -> str:
    template = _EXPECTED.get(found["type"])
    if template is None:
        return str(found["msg"])
    return str(refusal_words(language).ugettext(template)).format(**found.get("ctx", {}))


def _human(key: str, value: Any, language: Language) -> Any:
    words = refusal_words(language)
    text = str(value)
    if key == "state":
        return words.upgettext("state", _STATES.get(text, text))
    if key == "role":
        role, at, counter = text.partition(" at counter ")
        name = str(words.upgettext("role", _ROLES.get(role, role)))
        return (
            str(words.ugettext("{role} at counter {counter}")).format(role=name, counter=counter)
            if at
            else name
        )
    if key == "command":
        command, bracket, rest = text.partition("(")
        spoken = re.sub(r"(?<!^)(?=[A-Z])", " ", command).lower()
        return f"{words.upgettext('command', spoken)}{bracket}{rest}"
    if key == "expected":
        return words.ugettext(text)
    return value


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """Details as JSON can carry them."""
    kinds = (str, int, float, bool, list, dict, type(None))
    return {key: value if isinstance(value, kinds) else str(value) for key, value in details.items()}
