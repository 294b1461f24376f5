"""A branch as it counts, written out: what it inherits and what it leaves out included, secrets left out.

YAML again, in the order of the models, and where every value came from.  It reads no file and prints nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from firmware_config.glyphs import cells
from firmware_config.models import BranchFile
from firmware_config.parts import Bearer
from firmware_config.scalars import END_OF_DAY
from firmware_config.tree import List, Map, Node
from firmware_config.version import SECRET_KEYS, version_of

DEFAULT = "default"
"""Where a value came from that no file says."""

MAX_WIDTH = 110
ORIGINS_AT = 60

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff/](?:[\w\u4e00-\u9fff./@+%（）、，。；？！·¥-]| (?=\S)|:(?=\S))*")
_WORDS_OF_YAML = re.compile(r"(?i)null|true|false|yes|no|on|off|y|n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and where its values came from: `file:line`, `default`, or "" for a line that only opens a map."""

    text: str
    origin: str = ""


def resolved_yaml(branch: BranchFile, tree: Map, origins: bool = False) -> str:
    """The branch as YAML; with `origins` every line says where it came from."""
    lines = [Line(f"# version {version_of(branch)}; tokens are not shown"), *_map(branch, tree, "")]
    if not origins:
        return "".join(f"{line.text}\n" for line in lines)
    return "".join(
        f"{line.text}{' ' * (ORIGINS_AT - cells(line.text))}  # {line.origin}\n"
        if line.origin
        else f"{line.text}\n"
        for line in lines
    )


def model_yaml(model: BaseModel) -> str:
    """A profile or any other map as YAML that loads as the same again, such as a ticket layout with a branch's words."""
    return "".join(f"{line.text}\n" for line in _map(model, None, ""))


def _map(model: BaseModel, node: Node | None, indent: str) -> Iterator[Line]:
    for key in type(model).model_fields:
        value = getattr(model, key)
        below = node.get(key) if isinstance(node, Map) else None
        if value is None or key in SECRET_KEYS:
            continue
        yield from _entry(key, value, below, indent)
    if isinstance(model, Bearer):
        yield _secret(model, node, indent)


def _entry(key: str, value: Any, node: Node | None, indent: str) -> Iterator[Line]:
    inline = _inline(value, node)
    if inline is not None and cells(f"{indent}{key}: {inline}") <= MAX_WIDTH:
        yield Line(f"{indent}{key}: {inline}", _origin(node))
    elif isinstance(value, BaseModel):
        yield Line(f"{indent}{key}:")
        yield from _map(value, node, indent + "  ")
    else:
        yield Line(f"{indent}{key}:")
        items = node.items if isinstance(node, List) else ()
        for index, item in enumerate(value):
            yield from _item(item, items[index] if index < len(items) else None, indent + "  ")


def _item(item: Any, node: Node | None, indent: str) -> Iterator[Line]:
    inline = _inline(item, node)
    if inline is not None and cells(f"{indent}- {inline}") <= MAX_WIDTH:
        yield Line(f"{indent}- {inline}", _origin(node))
        return
    first, *others = _map(item, node, indent + "  ")
    yield Line(f"{indent}- {first.text.lstrip()}", first.origin)
    yield from others


def _secret(bearer: Bearer, node: Node | None, indent: str) -> Line:
    """The variable that holds the token, or a remark where it is written: never the token."""
    written = node if isinstance(node, Map) else None
    if bearer.token_env is not None:
        return Line(f"{indent}token_env: {bearer.token_env}", _origin(written and written.get("token_env")))
    return Line(f"{indent}# token: not shown", _origin(written and written.get("token")))


def _inline(value: Any, node: Node | None) -> str | None:
    """A value on one line: a single one, or a list or map of single ones that all came from one place."""
    match value:
        case Bearer():
            return None
        case BaseModel():
            parts = {key: getattr(value, key) for key in type(value).model_fields}
            said = {key: _scalar(part) for key, part in parts.items() if part is not None}
            if not said:
                return "{}"
            origins = {_origin(node.get(key) if isinstance(node, Map) else None) for key in said}
            if any(text is None for text in said.values()) or len(origins) > 1:
                return None
            return "{" + ", ".join(f"{key}: {_flow(text)}" for key, text in said.items()) + "}"
        case tuple():
            texts = [_scalar(item) for item in value]
            if any(text is None for text in texts):
                return None
            return "[" + ", ".join(_flow(text) for text in texts) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str | None:
    match value:
        case str():
            return scalar_text(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case time():
            return "24:00" if value == END_OF_DAY else f"{value:%H:%M}"
        case date():
            return value.isoformat()
    return None


def scalar_text(text: str) -> str:
    """A text as a YAML value: plain where every reader takes it for a text, else in quotes."""
    if _PLAIN.fullmatch(text) and not _WORDS_OF_YAML.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _flow(text: str | None) -> str:
    """A scalar inside [] or {}, where a comma or bracket would end it."""
    said = text or ""
    return said if said[:1] == '"' or not set(said) & set(",[]{}") else json.dumps(said, ensure_ascii=False)


def _origin(node: Node | None) -> str:
    return node.spot.place if node is not None else DEFAULT
