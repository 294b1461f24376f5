"""kill -9 of the real server under load: nothing acknowledged is lost, nothing is doubled (S5)."""

from __future__ import annotations

from pathlib import Path

from tests.branch_server import VIRTUAL
from tests.integration.kill_crowd import kill_again_and_again


def test_kill_9_under_load_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    found = kill_again_and_again(tmp_path / "data", tmp_path / "log", VIRTUAL, rounds=5)
    assert found["acknowledged"] >= 5
    assert found["events_verified"] > found["acknowledged"]
    assert {
        name: found[name] for name in ("lost", "doubled", "told_otherwise", "refused", "never_asked_again")
    } == {
        "lost": 0,
        "doubled": 0,
        "told_otherwise": 0,
        "refused": 0,
        "never_asked_again": 0,
    }
