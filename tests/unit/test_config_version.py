"""The version of a configuration: the same for the same meaning, another for every change of meaning, never a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware_config.load import load_branch_file
from firmware_config.version import version_of
from tests.conftest import BRANCHES

CORPUS = Path(__file__).parents[1] / "golden" / "broken_branches"
GOOD = (CORPUS / "good.yaml").read_text(encoding="utf-8")


def _version(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    file = folder / "branch.yaml"
    file.write_text(text, encoding="utf-8")
    return version_of(load_branch_file(file, environ or {}))


@pytest.fixture
def good(tmp_path: Path) -> str:
    """The version of the small good branch."""
    return _version(tmp_path, GOOD)


def test_a_version_is_twelve_hex_digits_and_stays(good: str, tmp_path: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", good)
    assert _version(tmp_path, GOOD) == good


def test_comments_order_of_keys_and_written_defaults_change_nothing(good: str, tmp_path: Path) -> None:
    moved = "rules: {announcements_required: 3}\ncalling: {cap_s: 1200}\n# a remark\n" + GOOD
    assert _version(tmp_path, moved) == good


def test_inheriting_is_the_same_as_writing_it_all(good: str, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD.replace("400-000-0000", "12345"), encoding="utf-8")
    assert _version(tmp_path, "inherits: base.yaml\nbranch: {hotline: 400-000-0000}\n") == good


def test_a_new_secret_is_the_same_configuration(good: str, tmp_path: Path) -> None:
    assert _version(tmp_path, GOOD.replace("token-of-wang-0001", "another-token-of-wang")) == good
    elsewhere = GOOD.replace("token: token-of-wang-0001", "token_env: WANG")
    assert _version(tmp_path, elsewhere, {"WANG": "yet-another-token-of-wang"}) == good


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: {zh: 存取款, en: Cash}", "name: {zh: 现金, en: Cash}"),
        ("limit_s: 300", "limit_s: 301"),
        ("services: [cash, transfer]", "services: [transfer, cash]"),
        ("address: 2,", "address: 3,"),
        ("role: teller", "role: lobby_manager"),
        ("hotline: 400-000-0000", "hotline: 400-000-0001"),
    ],
)
def test_every_change_of_meaning_is_another_version(
    good: str, tmp_path: Path, before: str, after: str
) -> None:
    changed = GOOD.replace(before, after)
    assert changed != GOOD
    if "lobby_manager" in after:
        changed = changed.replace('counter: "1", token: token-of-wang', "token: token-of-wang")
    assert _version(tmp_path, changed) != good


def test_the_shipped_branches_differ() -> None:
    versions = {
        version_of(load_branch_file(BRANCHES / name, {})) for name in ("example.yaml", "virtual.yaml")
    }
    assert len(versions) == 2
