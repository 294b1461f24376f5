"""A YAML file as a tree in which everything knows its line and column.

Every plain value stays the text that stands in the file: YAML's own guesses (`17:00` = 1020, `no` = false) help nobody
who configures a bank branch.  Aliases and tags are refused, so a small file is a small tree.  It knows nothing of
what the keys mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from firmware_config.problems import BranchFileRefused, Expected, Problem, Spot

T = TypeVar("T")

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12

_STR, _MAP, _SEQ = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))


@dataclass(frozen=True, slots=True)
class Value:
    """A single value; `text` is None where the file says nothing, `~` or `null`."""

    spot: Spot
    text: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its own place, and what it is set to."""

    spot: Spot
    node: Node


@dataclass(frozen=True, slots=True)
class Map:
    """Keys and values, in the order of the file."""

    spot: Spot
    entries: dict[str, Entry] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        """What `key` is set to, or None when it is not written."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def text(self, key: str) -> str | None:
        """The text of a single value, or None when it is missing, empty or no single value."""
        node = self.get(key)
        return node.text if isinstance(node, Value) else None

    def maps(self, key: str) -> Iterator[tuple[int, Map]]:
        """The maps in the list under `key` with their index; whatever else stands there is left to the models."""
        node = self.get(key)
        for index, item in enumerate(node.items if isinstance(node, List) else ()):
            if isinstance(item, Map):
                yield index, item

    def values(self, key: str) -> Iterator[tuple[int, Value]]:
        """The single values in the list under `key` with their index."""
        node = self.get(key)
        for index, item in enumerate(node.items if isinstance(node, List) else ()):
            if isinstance(item, Value):
                yield index, item

    def spot_of(self, key: str) -> Spot:
        """Where the value of `key` stands; where the map begins when it is not written."""
        node = self.get(key)
        return node.spot if node is not None else self.spot


@dataclass(frozen=True, slots=True)
class List:
    """Items in the order of the file."""

    spot: Spot
    items: tuple[Node, ...] = ()


Node = Value | Map | List


def read_tree(path: Path, name: str) -> tuple[Map, list[Problem]]:
    """The tree of the file at `path`, shown as `name` in problems, and the problems that leave a tree to look at.

    Raises BranchFileRefused when there is no tree at all: no file, not UTF-8, not YAML, not keys and values.
    """
    text = _read_text(path, name)
    try:
        loader = _PlainLoader(text)
    except yaml.reader.ReaderError as fault:
        before = text[: fault.position]
        spot = Spot(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise _refusal(spot, Expected.YAML, cause=f"character 0x{fault.character:04x}") from None
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        spot = Spot(name, mark.line + 1, mark.column + 1) if mark else Spot(name, 1, 1)
        raise _refusal(spot, Expected.YAML, cause=fault.problem or fault.context) from None
    except _TooDeep as fault:
        raise _refusal(Spot(name, fault.line, fault.column), Expected.SHALLOW, limit=MAX_DEPTH) from None
    except (ValueError, OverflowError):
        # PyYAML turns "\UFFFFFFFF" straight into a character, and Python has none with that number.
        spot = Spot(name, loader.line + 1, loader.column + 1)
        raise _refusal(spot, Expected.YAML, cause="no such character") from None
    problems: list[Problem] = []
    tree = _grow(root, name, "", problems, loader.aliases) if root else Value(Spot(name, 1, 1), None)
    if not isinstance(tree, Map):
        raise _refusal(tree.spot, Expected.MAP)
    return tree, problems


def plain(node: Node) -> Any:
    """The tree without its places: dicts, lists, texts and None."""
    match node:
        case Value(_, text):
            return text
        case List(_, items):
            return [plain(item) for item in items]
        case Map(_, entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def tree_of(value: Any, spot: Spot) -> Node:
    """The tree a file with this in it would have, all of it at one place; the opposite of `plain`."""
    match value:
        case Mapping():
            return Map(spot, {str(key): Entry(spot, tree_of(item, spot)) for key, item in value.items()})
        case list() | tuple():
            return List(spot, tuple(tree_of(item, spot) for item in value))
        case bool():
            return Value(spot, "true" if value else "false")
        case _:
            return Value(spot, None if value is None else str(value))


def spot_at(tree: Map, path: tuple[str | int, ...], of_key: bool = False) -> Spot:
    """Where the value at `path` stands (`of_key`: its key), or the nearest thing around it that is written."""
    node: Node = tree
    spot = tree.spot
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if isinstance(node, Map) and str(step) in node.entries:
            entry = node.entries[str(step)]
            spot, node = (entry.spot if of_key and last else entry.node.spot), entry.node
        elif isinstance(node, List) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            spot = node.spot
        else:
            break
    return spot


def node_at(tree: Map, path: tuple[str | int, ...]) -> Node | None:
    """What is written at `path`, or None."""
    node: Node | None = tree
    for step in path:
        if isinstance(node, Map):
            node = node.get(str(step))
        elif isinstance(node, List) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def listed(tree: Map, path: tuple[str, ...]) -> Iterator[tuple[str, Map]]:
    """The maps of the list at `path`, each with its own path."""
    holder: Node | None = tree
    for step in path[:-1]:
        holder = holder.get(step) if isinstance(holder, Map) else None
    if isinstance(holder, Map):
        for index, item in holder.maps(path[-1]):
            yield join_path(*path, index), item


def text_codes(tree: Map, path: tuple[str, ...], key: str) -> tuple[str, ...]:
    """What stands under `key` in every map of the list at `path`."""
    return tuple(code for _, item in listed(tree, path) if (code := item.text(key)) is not None)


def unknown_reference(
    item: Map, key: str, where: str, known: tuple[str, ...], expected: Expected
) -> Iterator[Problem]:
    """A reference to nothing under `key`; what is not written refers to nothing either, but harmlessly."""
    found = item.text(key)
    if found is not None and found not in known:
        details = {"found": found or '""', "choices": ", ".join(known) or "-"}
        yield Problem(item.spot_of(key), f"{where}.{key}", expected, details)


def parsed(parse: Callable[[str], T], text: str) -> T | None:
    """What `parse` makes of a text, or None where it refuses it: that is told elsewhere."""
    try:
        return parse(text)
    except ValueError:
        return None


def join_path(*steps: str | int) -> str:
    """`services[2].group`: keys by dots, list items by index from 0."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


class _TooDeep(Exception):
    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.line, self.column = line, column


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes; resolves nothing, follows no alias, goes MAX_DEPTH levels deep."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the name and shape PyYAML looks for

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.aliases: set[int] = set()
        # Nodes are kept, so that an id in `aliases` is never that of another node.
        self.kept: list[yaml.Node] = []

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            node = yaml.ScalarNode(_STR, "", event.start_mark, event.end_mark)
            self.aliases.add(id(node))
            self.kept.append(node)
            return node
        self.depth += 1
        if self.depth > MAX_DEPTH:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _TooDeep(mark.line + 1, mark.column + 1)
        composed = super().compose_node(parent, index)
        self.depth -= 1
        return composed


def _grow(node: yaml.Node, file: str, path: str, problems: list[Problem], aliases: set[int]) -> Node:
    spot = Spot(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in aliases:
        problems.append(Problem(spot, path, Expected.NO_ALIAS))
    elif node.tag not in (_STR, _MAP, _SEQ):
        problems.append(Problem(spot, path, Expected.NO_TAG, {"tag": node.tag}))
    if isinstance(node, yaml.SequenceNode):
        items = tuple(
            _grow(item, file, f"{path}[{index}]", problems, aliases) for index, item in enumerate(node.value)
        )
        return List(spot, items)
    if isinstance(node, yaml.MappingNode):
        return _grow_map(node, spot, path, problems, aliases)
    is_nothing = isinstance(node, yaml.ScalarNode) and node.style is None and node.value in ("", "~", "null")
    return Value(spot, None if is_nothing else _characters(str(node.value), spot, path, problems))


def _characters(text: str, spot: Spot, path: str, problems: list[Problem]) -> str:
    """The text with halves of characters put together, as JSON writes them; a lone half is a problem."""
    if text.isascii():
        return text
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        problems.append(Problem(spot, path, Expected.YAML, {"cause": "no such character"}))
        return "?"


def _grow_map(
    node: yaml.MappingNode, spot: Spot, path: str, problems: list[Problem], aliases: set[int]
) -> Map:
    grown = Map(spot)
    for key_node, value_node in node.value:
        key_spot = Spot(spot.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value or id(key_node) in aliases:
            problems.append(Problem(key_spot, path, Expected.PLAIN_KEY))
            continue
        key = _characters(key_node.value, key_spot, path, problems)
        key_path = f"{path}.{key}" if path else key
        if key in grown.entries:
            first = grown.entries[key].spot.place
            problems.append(Problem(key_spot, key_path, Expected.ONE_KEY, {"place": first}))
            continue
        grown.entries[key] = Entry(key_spot, _grow(value_node, spot.file, key_path, problems, aliases))
    return grown


def _read_text(path: Path, name: str) -> str:
    start = Spot(name, 1, 1)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _refusal(start, Expected.FILE) from None
    except (OSError, ValueError) as fault:
        cause = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise _refusal(start, Expected.READABLE, cause=cause) from None
    if len(raw) > MAX_BYTES:
        raise _refusal(start, Expected.SMALL_FILE, limit=MAX_BYTES, size=f"> {MAX_BYTES}")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        spot = Spot(name, before.count(b"\n") + 1, column)
        raise _refusal(spot, Expected.UTF8, byte=f"{raw[fault.start]:02x}") from None


def _refusal(spot: Spot, expected: Expected, **details: object) -> BranchFileRefused:
    return BranchFileRefused([Problem(spot, "", expected, details)])
