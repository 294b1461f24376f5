"""One branch file built on another: maps are merged by key, lists of coded items by their code, all else is replaced.

One level only: whoever mends a file should have to look into two files at most.
"""

from __future__ import annotations

from firmware_config.tree import Entry, List, Map, Node

IDENTITY_KEYS = ("code", "id", "version")
"""What makes an item of a list the same item in both files."""

REPLACES = {"token": "token_env", "token_env": "token", "port": "adapter"}
"""The heir's own word on one thing ends what was inherited: a token elsewhere, a port that is no adapter's name."""


def merge(under: Map, over: Map) -> Map:
    """`over` on top of `under`; every node keeps the place in the file it came from."""
    merged = Map(over.spot, dict(under.entries))
    for key, entry in over.entries.items():
        before = under.get(key)
        merged.entries[key] = Entry(
            entry.spot, entry.node if before is None else _merge_nodes(before, entry.node)
        )
        replaced = REPLACES.get(key, "")
        if replaced not in over.entries:
            merged.entries.pop(replaced, None)
    return merged


def _merge_nodes(under: Node, over: Node) -> Node:
    if isinstance(under, Map) and isinstance(over, Map):
        return merge(under, over)
    if isinstance(under, List) and isinstance(over, List):
        return _merge_lists(under, over)
    return over


def _merge_lists(under: List, over: List) -> List:
    """Items of the same identity merged where they stood, new ones behind; lists without identities are replaced."""
    before = {identity(item): item for item in under.items}
    after = {identity(item): item for item in over.items}
    if None in before or None in after or not over.items:
        return over
    kept = [_merge_nodes(item, after[code]) if code in after else item for code, item in before.items()]
    return List(over.spot, (*kept, *(item for code, item in after.items() if code not in before)))


def identity(item: Node) -> str | None:
    """The code, id or version of a list item, or None when it has none."""
    if not isinstance(item, Map):
        return None
    return next((text for key in IDENTITY_KEYS if (text := item.text(key)) is not None), None)
