"""`apply` or `restore` of a branch file's programs, killed at its n-th step on a real disk.  A process of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from firmware_config.load import load_branch_file
from firmware_config.rollout.disk import RealDisk
from firmware_config.rollout.ledger import open_ledger
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.targets import targets_of
from firmware_config.rollout.work import apply, restore
from tests.rollout_disk import Power
from tests.rollout_hall import FakeField


class KilledDisk(RealDisk):
    """A real disk; kill −9 at its n-th step, in a write after half of the piece."""

    def __init__(self, left: int) -> None:
        self.power = Power()
        self.power.left = left

    def make_folder(self, path: Path) -> None:
        self._step()
        super().make_folder(path)

    def create(self, path: Path, mode: int) -> int:
        self._step()
        return super().create(path, mode)

    def write(self, handle: int, piece: bytes) -> None:
        if self.power.step():
            super().write(handle, piece[: len(piece) // 2])
            _die()
        super().write(handle, piece)

    def sync(self, handle: int) -> None:
        self._step()
        super().sync(handle)

    def rename(self, path: Path, to: Path) -> None:
        self._step()
        super().rename(path, to)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)

    def sync_folder(self, path: Path) -> None:
        self._step()
        super().sync_folder(path)

    def _step(self) -> None:
        if self.power.step():
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(verb: str, file: Path, folder: Path, devices: tuple[str, ...]) -> None:
    """A child for every step, until one comes to its end.

    Each child begins from a copy of `folder` named by its step, which is left as the kill left it.
    """
    branch = load_branch_file(file, environ={})
    step = 0
    while True:
        place = folder.with_name(f"{folder.name}-{step}")
        _copy(folder, place)
        disk = KilledDisk(step)
        found = targets_of(branch, place, disk, FakeField(disk.power))
        targets = [target for target in found if target.device in devices]
        child = os.fork()
        if child == 0:
            work = apply if verb == "apply" else restore
            for _ in work(targets, open_ledger(place, disk), Shelf(disk), lambda: "now"):
                pass
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(place, flush=True)
        if os.WIFEXITED(status):
            sys.exit(os.WEXITSTATUS(status))
        assert os.WTERMSIG(status) == signal.SIGKILL
        step += 1


def _copy(folder: Path, place: Path) -> None:
    place.mkdir()
    for path in folder.iterdir():
        if path.is_file():
            copy = place / path.name
            copy.write_bytes(path.read_bytes())
            copy.chmod(path.stat().st_mode & 0o777)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), tuple(sys.argv[4:]))
