"""From a branch file to its model, or to the list of everything that is wrong with it.

Reads files and, for tokens kept out of them, an environment that is passed in.  It decides nothing about a branch.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware_config import references
from firmware_config.adapters import check_adapters
from firmware_config.font_coverage import shared_font
from firmware_config.glyphs import check_glyphs
from firmware_config.inherit import merge
from firmware_config.model_problems import model_problems
from firmware_config.models import BranchFile
from firmware_config.problems import BranchFileRefused, Expected, Problem
from firmware_config.profile_file import INHERITS
from firmware_config.profiles_at_hand import check_profiles, profiles_named_in
from firmware_config.tree import Map, Node, Value, plain, read_tree


def load_branch_file(path: Path | str, environ: Mapping[str, str] | None = None) -> BranchFile:
    """The branch file at `path`, checked whole; `token_env` is looked up in `environ` (the process's own by default).

    In the result every bearer has its `token`.  Raises BranchFileRefused with every problem there is.
    """
    return read_branch_file(path, environ)[0]


def read_branch_file(path: Path | str, environ: Mapping[str, str] | None = None) -> tuple[BranchFile, Map]:
    """As `load_branch_file`, and the tree it was made of, in which everything knows where it was written."""
    variables = os.environ if environ is None else environ
    tree, problems, is_whole = _inherited(Path(path), str(path))
    if is_whole:
        problems += check_adapters(tree)
        at_hand = profiles_named_in(tree)
        problems += references.check_references(tree, variables, at_hand)
        problems += check_profiles(tree, at_hand)
        problems += check_glyphs(tree, shared_font(), at_hand.pads.good)
    problems += _model_problems(tree, is_whole)
    if problems:
        raise BranchFileRefused(_once(problems))
    return BranchFile.model_validate(plain(_with_tokens(tree, variables))), tree


def _inherited(path: Path, name: str) -> tuple[Map, list[Problem], bool]:
    """The tree of the file, on top of the one it inherits from; False when that one is not to be had."""
    tree, problems = read_tree(path, name)
    problems += references.duplicate_codes(tree)
    entry = tree.entries.pop(INHERITS, None)
    if entry is None:
        return tree, problems, True
    base_name = entry.node.text if isinstance(entry.node, Value) else None
    if not base_name or Path(base_name).name != base_name or "\0" in base_name:
        return tree, [*problems, Problem(entry.node.spot, INHERITS, Expected.BASE_NAME)], False
    base_path = path.parent / base_name
    if not base_path.is_file():
        return tree, [*problems, Problem(entry.node.spot, INHERITS, Expected.FILE)], False
    base, base_problems = read_tree(base_path, str(Path(name).parent / base_name))
    if INHERITS in base.entries:
        problem = Problem(entry.node.spot, INHERITS, Expected.BASE_PLAIN, {"base": base_name})
        return tree, [*problems, problem], False
    return merge(base, tree), [*problems, *base_problems, *references.duplicate_codes(base)], True


def _model_problems(tree: Map, is_whole: bool) -> list[Problem]:
    """What the models say; of half a branch (its base is not to be had) nothing counts as missing."""
    found = model_problems(BranchFile, tree, (INHERITS,))
    return [problem for problem in found if is_whole or problem.expected is not Expected.KEY]


def _once(problems: list[Problem]) -> list[Problem]:
    """Without what merely follows from another: a value of the wrong kind refers to nothing as well."""
    referring = {
        Expected.KNOWN_GROUP,
        Expected.KNOWN_SERVICE,
        Expected.KNOWN_COUNTER,
        Expected.KNOWN_BAND,
        Expected.KNOWN_PRINTER,
        Expected.KNOWN_PROFILE,
        Expected.KNOWN_LINE,
        Expected.KNOWN_PAD_PROFILE,
        Expected.KNOWN_TICKET_LAYOUT,
        Expected.KNOWN_VOICE,
        Expected.GLYPHS,
        Expected.VARIABLE_SET,
        Expected.ONE_CODE,
        Expected.LISTED_ONCE,
    }
    misshapen = {problem.spot for problem in problems if problem.expected not in referring}
    return [
        problem for problem in problems if problem.expected not in referring or problem.spot not in misshapen
    ]


def _with_tokens(tree: Map, environ: Mapping[str, str]) -> Node:
    """The tree with every `token_env` followed by the token it names."""
    for path in references.BEARER_LISTS:
        holder: Any = tree
        for step in path[:-1]:
            holder = holder.get(step) if isinstance(holder, Map) else None
        for _, item in holder.maps(path[-1]) if isinstance(holder, Map) else ():
            variable = item.text("token_env")
            if variable is not None:
                entry = item.entries["token_env"]
                item.entries["token"] = type(entry)(entry.spot, Value(entry.node.spot, environ[variable]))
    return tree
