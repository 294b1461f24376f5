"""Frozen values that are quick to make: `@value` for the class, `changed` or a `draft` for a copy that differs.

A value is a frozen, slotted dataclass like any other: same fields, equality, hash, repr, pickle.  Only the way it comes
into the world is its own.  A frozen dataclass writes each field through a checked call; here the fields are written
while the object is still a draft, a twin of the class that is not frozen, and then it becomes what it is.  This takes a
fifth of the time, and making values is most of what a step of the day costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True)
def value(kind: type[Value]) -> type[Value]:
    """Make the class a frozen, slotted dataclass; its fields may have defaults, but no default factories."""
    made: type[Any] = dataclass(init=False, frozen=True, slots=True)(kind)
    # Same slots after the same parents: an object can pass from the one to the other.
    draft = type(
        f"{kind.__name__}Draft",
        made.__bases__,
        {
            "__slots__": made.__slots__,
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
            "__frozen__": made,
        },
    )
    made.__new__, made.__draft__ = _written(made, draft)
    made.__reduce__ = _reduce  # type: ignore[assignment]
    return made


class Draft(Generic[Value]):
    """A copy of a value that is still written: it has the fields of the value, and raises AttributeError for others.

    Whoever makes a draft freezes it before anybody else sees it.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


def draft(value: Value) -> Draft[Value]:
    """A copy of the value to be written and then `frozen`."""
    copy: Draft[Value] = value.__draft__()  # type: ignore[attr-defined]
    return copy


def frozen(draft: Draft[Value]) -> Value:
    """The value that the draft has become; it is the same object, and cannot be written any more."""
    draft.__class__ = draft.__frozen__
    return draft  # type: ignore[return-value]


def changed(value: Value, **changes: Any) -> Value:
    """A copy of the value with some fields changed; raises AttributeError for a field it does not have."""
    copy = draft(value)
    for name in changes:
        setattr(copy, name, changes[name])
    return frozen(copy)


def _reduce(value: Any) -> tuple[type[Any], tuple[Any, ...]]:
    """How a value is copied and pickled: made again of its fields."""
    return type(value), tuple(getattr(value, field.name) for field in fields(value))


def _written(made: type[Any], draft: type[Any]) -> tuple[Callable[..., Any], Callable[[Any], Any]]:
    """The class's `__new__`, and `__draft__`, which copies a value to a draft; written out, as dataclasses do it."""
    names = [field.name for field in fields(made)]
    defaults = {
        f"default_{field.name}": field.default for field in fields(made) if field.default is not MISSING
    }
    parameters = [f"{name}=default_{name}" if f"default_{name}" in defaults else name for name in names]
    # Underscores keep our own names apart from the fields.
    lines = [
        f"def __new__({', '.join(['_made', *parameters])}):",
        "    _new = _blank(_draft)",
        *(f"    _new.{name} = {name}" for name in names),
        "    _new.__class__ = _made",
        "    return _new",
        "def __draft__(_old):",
        "    _new = _blank(_draft)",
        *(f"    _new.{name} = _old.{name}" for name in names),
        "    return _new",
    ]
    scope: dict[str, Any] = {"_blank": object.__new__, "_draft": draft, **defaults}
    exec("\n".join(lines), scope)
    scope["__new__"].__qualname__ = f"{made.__qualname__}.__new__"
    return scope["__new__"], scope["__draft__"]
