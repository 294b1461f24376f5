"""Frozen values that are quick to make: `@value` for the class, `changed` for a copy that differs.

A value is a frozen, slotted dataclass like any other: same fields, equality, hash, repr, pickle.  Only the way it comes
into the world is its own.  A frozen dataclass writes each field through a checked call; here the fields are written
while the object is still a draft, a twin of the class that is not frozen, and then it becomes what it is.  This takes a
fifth of the time, and making values is most of what a step of the day costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True)
def value(kind: type[Value]) -> type[Value]:
    """Make the class a frozen, slotted dataclass; its fields may have defaults, but no default factories."""
    frozen = dataclass(frozen=True, slots=True)(kind)
    # Same slots after the same parents: an object can pass from the one to the other.
    draft = type(
        f"{kind.__name__}Draft",
        frozen.__bases__,
        {
            "__slots__": frozen.__slots__,  # type: ignore[attr-defined]
            "__setattr__": object.__setattr__,
            "__delattr__": object.__delattr__,
        },
    )
    frozen.__init__, frozen.__draft__ = _written(frozen, draft)  # type: ignore[method-assign, attr-defined]
    return frozen


def changed(value: Value, **changes: Any) -> Value:
    """A copy of a value with some fields changed; raises AttributeError for a field it does not have."""
    copy: Value = value.__draft__()  # type: ignore[attr-defined]
    for name in changes:
        setattr(copy, name, changes[name])
    copy.__class__ = value.__class__
    return copy


def _written(frozen: type[Any], draft: type[Any]) -> tuple[Callable[..., None], Callable[[Any], Any]]:
    """The class's `__init__`, and `__draft__`: a copy that can still be written.  Written out, as dataclasses do."""
    names = [field.name for field in fields(frozen)]
    defaults = {f"_{field.name}": field.default for field in fields(frozen) if field.default is not MISSING}
    parameters = [f"{name}=_{name}" if f"_{name}" in defaults else name for name in names]
    lines = [
        f"def __init__({', '.join(['self', *parameters])}):",
        "    thaw(self, '__class__', draft)",
        *(f"    self.{name} = {name}" for name in names),
        "    self.__class__ = frozen",
        "def __draft__(self):",
        "    copy = new(draft)",
        *(f"    copy.{name} = self.{name}" for name in names),
        "    return copy",
    ]
    scope: dict[str, Any] = {
        "frozen": frozen,
        "draft": draft,
        "thaw": object.__setattr__,
        "new": object.__new__,
        **defaults,
    }
    exec("\n".join(lines), scope)
    return scope["__init__"], scope["__draft__"]
