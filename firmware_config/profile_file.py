"""One profile of a device model, read from YAML that inherits and overrides.

Every problem is named by file, line, column and key, and all of them at once, because technicians mend these files by
hand.  What a printer or a pad can do is said by its model, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class ProfileFault(Exception):
    """A profile cannot be used; `problems` says why, one sentence per problem with its place."""

    code = "bad_profile"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_Path = tuple[str, ...]


def profile_names(folder: Path) -> tuple[str, ...]:
    """The profiles in `folder`, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def load_profile(
    model: type[Model],
    kind: str,
    source: str | Path,
    folder: Path,
    shipped: Path,
    overrides: Mapping[str, Any] | None = None,
) -> Model:
    """The profile named `source` in `folder`, or in the file `source`, as a `model`; `overrides` come last.

    `kind` names such profiles in sentences ("printer", "pad"); ancestors are looked for beside the heir, then among
    the `shipped`.  Raises ProfileFault naming file, line, column and key of every problem.
    """
    path = source if isinstance(source, Path) else _named(source, folder, kind)
    facts, places = _inherited(path, (), shipped, kind)
    if overrides:
        facts = _merged(facts, overrides)
    try:
        return model.model_validate(facts)
    except ValidationError as fault:
        problems = []
        for error in fault.errors():
            key = tuple(str(part) for part in error["loc"])
            place = _place_of(key, places, path)
            given = "" if error["type"] == "missing" else f" (given: {error['input']!r:.60})"
            problems.append(f"{place}: {'.'.join(key) or 'profile'}: {error['msg']}{given}")
        raise ProfileFault(sorted(problems)) from None


def _named(name: str, folder: Path, kind: str) -> Path:
    if name.endswith(".yaml"):
        return Path(name)
    if name not in profile_names(folder):
        known = ", ".join(profile_names(folder)) or "none"
        raise ProfileFault([f"{folder}: there is no {kind} profile {name!r}; known: {known}"])
    return folder / f"{name}.yaml"


def _inherited(
    path: Path, heirs: tuple[str, ...], shipped: Path, kind: str
) -> tuple[dict[str, Any], dict[_Path, _Place]]:
    """The facts of `path` over those of its ancestors, and where each key was written."""
    facts, places = _read(path)
    parent = facts.pop("inherits", None)
    if parent is None:
        return facts, places
    where = places[("inherits",)]
    if not isinstance(parent, str):
        raise ProfileFault([f"{where}: inherits: expected the name of a profile (given: {parent!r:.60})"])
    if parent in (*heirs, path.stem):
        raise ProfileFault([f"{where}: inherits: {' -> '.join((*heirs, path.stem, parent))} is a circle"])
    ancestor = next(
        (p for p in (path.parent / f"{parent}.yaml", shipped / f"{parent}.yaml") if p.exists()), None
    )
    if ancestor is None:
        raise ProfileFault([f"{where}: inherits: there is no {kind} profile {parent!r}"])
    inherited, inherited_places = _inherited(ancestor, (*heirs, path.stem), shipped, kind)
    return _merged(inherited, facts), inherited_places | places


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return merged


def _read(path: Path) -> tuple[dict[str, Any], dict[_Path, _Place]]:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as fault:
        raise ProfileFault([f"{path}: cannot be read: {fault}"]) from None
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        place = _Place(path.name, mark.line + 1, mark.column + 1) if mark else path.name
        raise ProfileFault([f"{place}: not YAML: {fault.problem}"]) from None
    except yaml.YAMLError as fault:
        raise ProfileFault([f"{path.name}: not YAML: {fault}"]) from None
    if not isinstance(root, yaml.MappingNode):
        raise ProfileFault([f"{path.name}:1:1: profile: expected keys and values"])
    places: dict[_Path, _Place] = {}
    problems: list[str] = []
    _mark(root, (), path.name, places, problems)
    if problems:
        raise ProfileFault(problems)
    facts = yaml.safe_load(text)
    return {str(key): value for key, value in facts.items()}, places


def _mark(
    node: yaml.MappingNode, above: _Path, file: str, places: dict[_Path, _Place], problems: list[str]
) -> None:
    """Note where every key stands; a key written twice is a problem YAML itself would swallow."""
    for key_node, value_node in node.value:
        key = (*above, str(key_node.value))
        place = _Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in places:
            problems.append(f"{place}: {'.'.join(key)}: written twice, first at line {places[key].line}")
        places[key] = place
        if isinstance(value_node, yaml.MappingNode):
            _mark(value_node, key, file, places, problems)


def _place_of(key: _Path, places: Mapping[_Path, _Place], path: Path) -> _Place:
    """Where `key` stands, or the nearest key above it; a missing top-level key belongs to the file's first line."""
    for length in range(len(key), 0, -1):
        if key[:length] in places:
            return places[key[:length]]
    return _Place(path.name, 1, 1)
