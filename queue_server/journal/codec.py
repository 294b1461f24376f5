"""Events to and from (type, version, JSON), worked out once per class from its dataclass fields.

Writing is generous: every field is written, so that a default changed later changes no history.  Reading is strict:
an unknown type, an unknown or missing field or a wrong type is `JournalAltered`, naming the position.  Two liberties
only, for journals older than the program: a field with a default may be absent, and `UPCASTS` lifts an older version
of a type to the next one.  `at` is not in the body; it is a column of its own.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from queue_server.domain import events
from queue_server.domain.events import Event
from queue_server.errors import JournalAltered

Body = dict[str, Any]

VERSIONS: Final[dict[type[Event], int]] = {}
"""The version a type is written with now, where it is not 1."""

UPCASTS: Final[dict[tuple[str, int], Callable[[Body], Body]]] = {}
"""(type, version) → how its body becomes that of version + 1."""

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Malformed(ValueError):
    """A body that is not what its type says; the text names the field."""


def _encode_moment(moment: datetime) -> str:
    # Not isoformat(): that would write "+00:00", and microseconds only when there are any.
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def _decode_moment(value: Any) -> datetime:
    if type(value) is not str or _MOMENT.fullmatch(value) is None:
        raise Malformed(f"a time like 2026-01-05T09:00:00.000Z was expected, not {value!r}")
    return datetime.fromisoformat(value)


def _decode_date(value: Any) -> date:
    if type(value) is not str:
        raise Malformed(f"a date was expected, not {value!r}")
    return date.fromisoformat(value)


def _decode_scalar(kind: type) -> Callable[[Any], Any]:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            raise Malformed(f"{kind.__name__} was expected, not {value!r}")
        return value

    return decode


def _same(value: Any) -> Any:
    return value


Coder = Callable[[Any], Any]


def _coders(hint: Any) -> tuple[Coder, Coder]:
    """How a value of that type is written to JSON and read back."""
    if hint in (str, int, float, bool):
        return _same, _decode_scalar(hint)
    if hint is datetime:
        return _encode_moment, _decode_moment
    if hint is date:
        return date.isoformat, _decode_date
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        # A StrEnum is a str to the JSON encoder.
        return _same, hint
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        form = Form(hint)
        return form.to_dict, form.from_dict
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and len(inner) == 2 and type(None) in inner:
        write, read = _coders(next(kind for kind in inner if kind is not type(None)))
        return (
            write if write is _same else lambda value: None if value is None else write(value),
            lambda value: None if value is None else read(value),
        )
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        write, read = _coders(inner[0])
        return (
            _same if write is _same else lambda values: [write(value) for value in values],
            lambda values: tuple([read(value) for value in _a_list(values)]),
        )
    if origin is tuple:
        coders = [_coders(kind) for kind in inner]
        if any(write is not _same for write, _ in coders):
            raise TypeError(f"no way is known to write {hint} to the journal")
        return _same, lambda values: tuple(
            [read(value) for (_, read), value in zip(coders, _a_list(values, len(coders)), strict=True)]
        )
    raise TypeError(f"no way is known to write {hint} to the journal")


def _a_list(value: Any, length: int | None = None) -> list[Any]:
    if type(value) is not list or (length is not None and len(value) != length):
        raise Malformed(f"a list{'' if length is None else f' of {length}'} was expected, not {value!r}")
    return value


class Form:
    """How one dataclass is written and read; `without` names fields that are not in the body."""

    def __init__(self, kind: type[Any], without: Sequence[str] = ()) -> None:
        self.kind = kind
        hints = get_type_hints(kind)
        fields = [field for field in dataclasses.fields(kind) if field.name not in without]
        self.names = tuple(field.name for field in fields)
        coders = [_coders(hints[name]) for name in self.names]
        self._names = frozenset(self.names)
        self._required = frozenset(f.name for f in fields if f.default is dataclasses.MISSING)
        self._defaults = {f.name: f.default for f in fields if f.default is not dataclasses.MISSING}
        self._reads = tuple(read for _, read in coders)
        self._writes = tuple(
            (name, write) for name, (write, _) in zip(self.names, coders, strict=True) if write is not _same
        )
        self._values = _values_of(self.names)
        # Values whose types are all scalars need no look at each: their types together were seen to be right.
        self._scalar = tuple(_is_scalar(hints[name]) for name in self.names)
        self._complex = tuple(index for index, scalar in enumerate(self._scalar) if not scalar)
        self._seen: set[tuple[type, ...]] = set()

    def to_dict(self, value: Any) -> Body:
        """The fields of `value`, ready for JSON."""
        body = dict(zip(self.names, self._values(value), strict=True))
        for name, write in self._writes:
            body[name] = write(body[name])
        return body

    def from_dict(self, body: Any) -> Any:
        """The value of `body`; raises Malformed naming the field."""
        return self.kind(*self.fields_of(body))

    def fields_of(self, body: Any) -> list[Any]:
        """The field values of `body` in order; raises Malformed naming the field."""
        if type(body) is not dict:
            raise Malformed(f"an object was expected, not {body!r}")
        if tuple(body) == self.names:
            # As it was written, unless the class or the row has changed since.
            values = list(body.values())
        else:
            self._refuse_strangers(body)
            body = {**self._defaults_as_written(), **body}
            values = [body[name] for name in self.names]
        kinds = tuple(map(type, values))
        if kinds in self._seen:
            for index in self._complex:
                values[index] = self._read(index, values[index])
            return values
        values = [self._read(index, value) for index, value in enumerate(values)]
        self._seen.add(kinds)
        return values

    def _read(self, index: int, value: Any) -> Any:
        try:
            return self._reads[index](value)
        except ValueError as error:
            raise Malformed(f"{self.names[index]}: {error}") from None

    def _refuse_strangers(self, body: Body) -> None:
        if strange := body.keys() - self._names:
            raise Malformed(f"unknown field {sorted(strange)[0]}")
        if missing := self._required - body.keys():
            raise Malformed(f"field {sorted(missing)[0]} is missing")

    def _defaults_as_written(self) -> Body:
        written = dict(self._defaults)
        for name, write in self._writes:
            if name in written:
                written[name] = write(written[name])
        return {name: list(value) if type(value) is tuple else value for name, value in written.items()}


def _is_scalar(hint: Any) -> bool:
    return hint in (str, int, float, bool) or (
        get_origin(hint) in (Union, types.UnionType)
        and all(kind in (str, int, float, bool, type(None)) for kind in get_args(hint))
    )


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda value: ()
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda value: (one(value),)
    return attrgetter(*names)


def type_name(kind: type[Event]) -> str:
    """The code of an event type in the journal: its class name in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


EVENT_TYPES: Final[dict[str, type[Event]]] = {
    type_name(kind): kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}
"""Every event type by its code."""

_FORMS = {name: Form(kind, without=("at",)) for name, kind in EVENT_TYPES.items()}
_WRITERS = {kind: (name, VERSIONS.get(kind, 1), _FORMS[name].to_dict) for name, kind in EVENT_TYPES.items()}


def encode(event: Event) -> tuple[str, int, str]:
    """Type, version and JSON body of an event."""
    name, version, to_dict = _WRITERS[type(event)]
    return name, version, _to_json(to_dict(event))


def decode(position: int, at: datetime, name: str, version: int, body: str) -> Event:
    """The event of a journal row; raises JournalAltered naming `position`."""
    try:
        return decode_body(at, name, version, json.loads(body))
    except (ValueError, RecursionError) as error:
        raise JournalAltered(position=position, cause=f"{name}: {error}") from None


def decode_body(at: datetime, name: str, version: int, body: Any) -> Event:
    """The event of a body that is no longer text; raises Malformed."""
    form = _FORMS.get(name)
    if form is None:
        raise Malformed(f"there is no event type {name!r}")
    current = VERSIONS.get(form.kind, 1)
    if version != current:
        body = _lifted(name, version, current, body)
    event: Event = form.kind(at, *form.fields_of(body))
    return event


def _lifted(name: str, version: int, current: int, body: Any) -> Any:
    while version != current:
        upcast = UPCASTS.get((name, version))
        if upcast is None:
            raise Malformed(f"there is no version {version} of it")
        if type(body) is not dict:
            raise Malformed(f"an object was expected, not {body!r}")
        body, version = upcast(body), version + 1
    return body
