"""`apply` killed with −9 at every single step on a real disk: each program's file is then old or new, whole (F3)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.rollout.disk import RealDisk
from firmware_config.rollout.ledger import open_ledger
from firmware_config.rollout.rendering import SERVER
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.standing import State, standing
from firmware_config.rollout.target import Target
from firmware_config.rollout.targets import targets_of
from firmware_config.rollout.work import apply
from tests.conftest import BRANCHES, ROOT
from tests.rollout_disk import Power
from tests.rollout_hall import FakeField

DEVICES = (SERVER, "kiosk_1")


def targets(branch: BranchFile, folder: Path) -> list[Target]:
    found = targets_of(branch, folder, RealDisk(), FakeField(Power()))
    return [target for target in found if target.device in DEVICES]


def states(found: list[Target], folder: Path) -> dict[str, State]:
    ledger = open_ledger(folder, RealDisk())
    return {target.device: standing(target, ledger).state for target in found}


def apply_all(found: list[Target], folder: Path) -> None:
    for _ in apply(found, open_ledger(folder, RealDisk()), Shelf(RealDisk()), lambda: "now"):
        pass


def killed(verb: str, file: Path, folder: Path) -> list[Path]:
    """The folder as every kill left it; the last one was not killed any more."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.rollout_program", verb, str(file), str(folder), *DEVICES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the example branch was rolled out to."""
    place = tmp_path / "etc"
    place.mkdir()
    branch = load_branch_file(BRANCHES / "example.yaml", environ={})
    apply_all(targets(branch, place), place)
    return place


def test_every_kill_leaves_old_or_new_and_the_next_apply_ends_it(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "branch.yaml"
    text = (BRANCHES / "example.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("example-kiosk-number-one", "example-kiosk-number-two"), encoding="utf-8")
    branch = load_branch_file(file, environ={})
    assert set(states(targets(branch, folder), folder).values()) == {State.OLD}
    places = killed("apply", file, folder)
    assert len(places) > 40
    seen = set()
    for place in places:
        devices = targets(branch, place)
        found = states(devices, place)
        assert set(found.values()) <= {State.OLD, State.NEW}, place
        seen.add(tuple(found.values()))
        apply_all(devices, place)
        assert set(states(devices, place).values()) == {State.NEW}, place
        assert not list(place.glob(".*.tmp")), place
    assert seen == {(State.OLD, State.OLD), (State.NEW, State.OLD), (State.NEW, State.NEW)}
