"""Where a virtual branch keeps its things: one branch per folder, and no socket left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from queue_server.virtual.places import Places, PlaceTaken


def test_the_sockets_are_short_named_and_gone_afterwards(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    places = Places.in_folder(deep, tmp_path)
    assert len(str(places.screen("display"))) < 100
    assert places.sockets.is_dir()
    places.leave()
    assert not places.sockets.exists()
    assert not (deep / "sockets").is_symlink()


def test_a_folder_in_use_is_refused_and_free_again_afterwards(tmp_path: Path) -> None:
    first = Places.in_folder(tmp_path / "one", tmp_path)
    other = Places.in_folder(tmp_path / "other", tmp_path)
    with pytest.raises(PlaceTaken, match="one"):
        Places.in_folder(tmp_path / "one", tmp_path)
    first.leave()
    again = Places.in_folder(tmp_path / "one", tmp_path)
    again.leave()
    other.leave()


def test_sockets_a_killed_branch_left_are_removed_at_the_next_start(tmp_path: Path) -> None:
    killed = Places.in_folder(tmp_path, tmp_path)
    killed.screen("kiosk").touch()
    assert killed._lock is not None
    # What a kill −9 does: the lock goes, the folder stays.
    killed._lock.close()
    again = Places.in_folder(tmp_path, tmp_path)
    assert not killed.sockets.exists()
    assert again.sockets != killed.sockets
    again.leave()


def test_a_link_to_somebody_elses_folder_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sockets").symlink_to(precious)
    Places.in_folder(tmp_path / "data", tmp_path).leave()
    assert precious.is_dir()
