"""A disk that loses its power: in memory, with everything a file system may and may not have kept.

What was not synced may be there, be gone, or be there in part; a name may be new while what it names is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


class PowerCut(BaseException):
    """The power is gone: nothing of the program may catch this."""


class Power:
    """Counts every step that can be cut; `left` steps from now it cuts, None = never."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.steps = 0

    def step(self) -> bool:
        """One more step; True when the power goes in the middle of it."""
        self.steps += 1
        if self.left is None:
            return False
        self.left -= 1
        return self.left < 0


@dataclass
class _File:
    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    mode: int = 0


@dataclass
class FailingDisk:
    """The `Disk` of a roll-out on paper.

    `names`: what programs see.  `kept`: the names a power cut leaves when none but the synced ones survive.
    """

    power: Power
    names: dict[Path, _File] = field(default_factory=dict)
    kept: dict[Path, _File] = field(default_factory=dict)
    handles: dict[int, _File] = field(default_factory=dict)
    next_handle: int = 3

    def read(self, path: Path) -> bytes | None:
        found = self.names.get(path)
        return None if found is None else bytes(found.data)

    def mode(self, path: Path) -> int:
        return self.names[path].mode

    def make_folder(self, path: Path) -> None:
        if self.power.step():
            raise PowerCut

    def create(self, path: Path, mode: int) -> int:
        file = _File(mode=mode)
        if self.power.step():
            raise PowerCut
        self.names[path] = file
        self.next_handle += 1
        self.handles[self.next_handle] = file
        return self.next_handle

    def write(self, handle: int, piece: bytes) -> None:
        cut = self.power.step()
        self.handles[handle].data += piece[: len(piece) // 2] if cut else piece
        if cut:
            raise PowerCut

    def sync(self, handle: int) -> None:
        if self.power.step():
            raise PowerCut
        self.handles[handle].synced = bytes(self.handles[handle].data)

    def close(self, handle: int) -> None:
        # No step: after a cut it is called by a `finally` that no real cut would run.
        del self.handles[handle]

    def rename(self, path: Path, to: Path) -> None:
        if self.power.step():
            raise PowerCut
        self.names[to] = self.names.pop(path)

    def remove(self, path: Path) -> None:
        if self.power.step():
            raise PowerCut
        self.names.pop(path, None)

    def sync_folder(self, path: Path) -> None:
        if self.power.step():
            raise PowerCut
        for name in {*self.names, *self.kept}:
            if name.parent == path:
                if name in self.names:
                    self.kept[name] = self.names[name]
                else:
                    self.kept.pop(name, None)

    def start_again(self, keeps_names: bool, keeps_data: bool) -> None:
        """Power is back: new names survived or not, and so did data nobody synced."""
        names = self.names if keeps_names else self.kept
        found = {path: bytes(file.data if keeps_data else file.synced) for path, file in names.items()}
        modes = {path: file.mode for path, file in names.items()}
        self.names = {path: _File(bytearray(data), data, modes[path]) for path, data in found.items()}
        self.kept = dict(self.names)
        self.handles.clear()
        self.power.left = None
