"""What a pydantic model says about a tree, in our words and with the place of each.

Shared by branch files and profiles.  It reads no file, and what values mean to each other is looked at elsewhere.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from firmware_config.problems import Expected, Problem
from firmware_config.tree import List, Map, join_path, node_at, plain, spot_at

Step = str | int

_OF_KEY = "[key]"
"""How pydantic marks that a key of a dictionary, not what it is set to, was refused."""

_SHAPES = {
    "missing": Expected.KEY,
    "model_type": Expected.MAP,
    "model_attributes_type": Expected.MAP,
    "dict_type": Expected.MAP,
    "tuple_type": Expected.LIST,
}

_KINDS = {
    "int_parsing": Expected.WHOLE_NUMBER,
    "int_type": Expected.WHOLE_NUMBER,
    "int_from_float": Expected.WHOLE_NUMBER,
    "float_parsing": Expected.ANY_NUMBER,
    "float_type": Expected.ANY_NUMBER,
    "bool_parsing": Expected.TRUTH,
    "bool_type": Expected.TRUTH,
    "string_type": Expected.VALUE,
}

_BOUNDS = {
    "greater_than_equal": ("ge", Expected.AT_LEAST),
    "greater_than": ("gt", Expected.MORE_THAN),
    "less_than_equal": ("le", Expected.AT_MOST),
    "multiple_of": ("multiple_of", Expected.MULTIPLE),
}


def model_problems(model: type[BaseModel], tree: Map, root_keys: Collection[str] = ()) -> list[Problem]:
    """Everything `model` refuses in `tree`; `root_keys`: what else may stand at the top, to be offered as nearest."""
    try:
        model.model_validate(plain(tree))
    except ValidationError as fault:
        errors = [dict(error) for error in fault.errors()]
        return [_problem(model, tree, error, root_keys) for error in errors if not _is_echo(tree, error)]
    return []


def _is_echo(tree: Map, error: dict[str, Any]) -> bool:
    """pydantic counts only good items: a list with one bad item is not too short as well."""
    node = node_at(tree, error["loc"]) if error["type"] == "too_short" else None
    return isinstance(node, List) and len(node.items) >= error["ctx"]["min_length"]


def _problem(model: type[BaseModel], tree: Map, error: dict[str, Any], root_keys: Collection[str]) -> Problem:
    kind: str = error["type"]
    path: tuple[Step, ...] = error["loc"]
    of_key = bool(path) and path[-1] == _OF_KEY
    path = path[:-1] if of_key else path
    where = join_path(*path)
    if kind == "extra_forbidden":
        known = [*_known_keys(model, path[:-1]), *(root_keys if len(path) == 1 else ())]
        nearest = get_close_matches(str(path[-1]), known, n=1)
        spot = spot_at(tree, path, of_key=True)
        if nearest:
            return Problem(spot, where, Expected.KNOWN_KEY_NEAR, {"nearest": nearest[0]})
        return Problem(spot, where, Expected.KNOWN_KEY)
    context: dict[str, Any] = dict(error.get("ctx", {}))
    if (key := context.pop("at", None)) is not None:
        # What several keys mean together is told at the one that must change.
        path = (*path, key)
        where = join_path(*path)
    expected, details = _expectation(kind, context, error["input"])
    return Problem(spot_at(tree, path, of_key), where, expected, details)


def _expectation(kind: str, context: dict[str, Any], found: object) -> tuple[Expected, dict[str, object]]:
    """One of our sentences for a kind of error, pydantic's own or ours."""
    if kind in _SHAPES:
        return _SHAPES[kind], {}
    shown = {"found": '""' if found == "" else found}
    if kind in _KINDS and not isinstance(found, dict | list):
        return (Expected.VALUE, {}) if found is None else (_KINDS[kind], shown)
    if kind in _KINDS:
        return Expected.VALUE, {}
    if kind in _BOUNDS:
        name, expected = _BOUNDS[kind]
        return expected, {"limit": f"{context[name]:g}", **shown}
    match kind:
        case "literal_error":
            # pydantic writes 'a', 'b' or 'c'.
            choices = context["expected"].replace("' or '", "', '").replace("'", "")
            return (
                (Expected.CHOICE, {"choices": choices, **shown})
                if isinstance(found, str)
                else (
                    Expected.VALUE,
                    {},
                )
            )
        case "too_short" if context["min_length"] == 1:
            return Expected.SOME, {"count": 1}
        case "too_short" | "too_long":
            count = context.get("min_length", context.get("max_length"))
            return Expected.EXACTLY, {"count": count, "found": context["actual_length"]}
    context.pop("said", None)
    return Expected[kind], context


def _known_keys(model: type[BaseModel], path: tuple[Step, ...]) -> list[str]:
    """The keys a map at `path` may have, found by walking the models along it."""
    for step in path:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel]:
    """The model inside `Model | None`, `tuple[Model, ...]` and their like."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation
    return next(
        model
        for argument in typing.get_args(annotation)
        if argument not in (type(None), Ellipsis) and issubclass(model := _model_in(argument), BaseModel)
    )
