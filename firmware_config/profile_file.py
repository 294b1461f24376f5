"""One profile of a device model, read from YAML that inherits and overrides.

Every problem is named by file, line, column and key, and all of them at once, because technicians mend these files by
hand.  What a printer or a pad can do is said by its model, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from firmware_config.inherit import merge
from firmware_config.model_problems import model_problems
from firmware_config.problems import BranchFileRefused, Expected, Problem, Spot
from firmware_config.tree import Map, Value, plain, read_tree, tree_of

Model = TypeVar("Model", bound=BaseModel)

INHERITS = "inherits"

ROOM = Path(__file__).parent


class ProfileFault(BranchFileRefused):
    """A profile cannot be used; `problems` says why, each with its place."""

    code = "bad_profile"


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Model]):
    """Profiles of one kind: their model, the folder of those shipped, and how one that is not there is told."""

    model: type[Model]
    shipped: Path
    unknown: Expected

    def names(self, folder: Path | None = None) -> tuple[str, ...]:
        """The profiles in `folder`, those shipped by default, sorted."""
        return tuple(sorted(path.stem for path in (folder or self.shipped).glob("*.yaml")))

    def load(
        self,
        source: str | Path,
        overrides: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> Model:
        """The profile named `source` in `folder`, or in the file `source`; `overrides` come last, nested like the YAML.

        Ancestors are looked for beside the heir, then among those shipped.  Raises ProfileFault with every problem.
        """
        tree, problems = self._tree(source, folder)
        if overrides:
            given = tree_of(overrides, Spot("overrides", 1, 1))
            tree = merge(tree, given) if isinstance(given, Map) else tree
        problems += model_problems(self.model, tree, (INHERITS,))
        if problems:
            raise ProfileFault(problems)
        return self.model.model_validate(plain(tree))

    def _tree(self, source: str | Path, folder: Path | None) -> tuple[Map, list[Problem]]:
        path = Path(source)
        if isinstance(source, str) and not source.endswith(".yaml"):
            path = (folder or self.shipped) / f"{source}.yaml"
            if source not in self.names(folder):
                details = {"found": source, "choices": ", ".join(self.names(folder)) or "-"}
                raise ProfileFault([Problem(Spot(shown(path), 1, 1), "", self.unknown, details)])
        return self._inherited(path, ())

    def _inherited(self, path: Path, heirs: tuple[str, ...]) -> tuple[Map, list[Problem]]:
        """The facts of `path` over those of its ancestors."""
        try:
            tree, problems = read_tree(path, shown(path))
        except BranchFileRefused as refused:
            raise ProfileFault(refused.problems) from None
        entry = tree.entries.pop(INHERITS, None)
        if entry is None:
            return tree, problems
        spot, node = entry.node.spot, entry.node
        parent = node.text if isinstance(node, Value) else None
        if not parent or Path(parent).name != parent or "\0" in parent:
            raise ProfileFault([*problems, Problem(spot, INHERITS, Expected.PROFILE_NAME)])
        if parent in (*heirs, path.stem):
            chain = " -> ".join((*heirs, path.stem, parent))
            raise ProfileFault([*problems, Problem(spot, INHERITS, Expected.NO_CIRCLE, {"chain": chain})])
        ancestor = next(
            (file for place in (path.parent, self.shipped) if (file := place / f"{parent}.yaml").is_file()),
            None,
        )
        if ancestor is None:
            details = {"found": parent, "choices": ", ".join(self.names()) or "-"}
            raise ProfileFault([*problems, Problem(spot, INHERITS, self.unknown, details)])
        inherited, more = self._inherited(ancestor, (*heirs, path.stem))
        return merge(inherited, tree), [*more, *problems]


def shown(path: Path) -> str:
    """How a file is named in problems: from where one stands when it lies below, from our room when it is ours."""
    absolute = path.absolute()
    for root in (Path.cwd(), ROOM.parent):
        if absolute.is_relative_to(root):
            return str(absolute.relative_to(root))
    return str(path)
