"""Documents are kept like code: links lead somewhere, commands exist, generated pages are current."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.generated_docs import GENERATED

DOCUMENTS = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^|`|\$ )(?:[A-Z_]+=\S+ )?make ([a-z][a-z-]*)", re.MULTILINE)
PROGRAM = re.compile(r"python -m ([a-z_.]+)(?: ([a-z][a-z-]+))?")


def named(document: Path) -> str:
    """How a document is called in a test's name."""
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lost = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("document", sorted(GENERATED), ids=named)
def test_every_generated_document_is_current(document: Path) -> None:
    assert document.read_text(encoding="utf-8") == GENERATED[document](), "`make docs` writes it again"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_a_document_names_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(MAKE.findall(text)) <= targets
    programs = {call for call in PROGRAM.findall(text) if (ROOT / call[0].split(".")[0]).is_dir()}
    assert [call for call in sorted(programs) if not _answers_help(*call)] == []


def test_the_targets_people_use_are_explained_by_make_help() -> None:
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    told = set(re.findall(r"^  make ([a-z-]+) ", helped, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert told == set(phony[1].split())


def test_make_alone_helps() -> None:
    alone = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "make run" in alone


def test_both_readmes_name_the_same_commands_and_pages() -> None:
    english, chinese = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
    )
    for pattern in (MAKE, PROGRAM):
        assert set(pattern.findall(english)) == set(pattern.findall(chinese))
    ours = {"README.md", "README.zh-CN.md"}
    # A picture of the English page stands where the Chinese document has the Chinese one.
    links = {link.replace("-en.png", ".png") for link in LINK.findall(english)}
    assert links - ours == set(LINK.findall(chinese)) - ours


def test_the_continuous_check_is_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8") == "#!/usr/bin/env bash\nset -euo pipefail\nmake test\n"
    assert script.stat().st_mode & 0o111


@cache
def _answers_help(module: str, command: str) -> bool:
    arguments = [sys.executable, "-m", module, *([command] if command else []), "--help"]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, timeout=60, check=False).returncode == 0


def _anchors(file: Path) -> set[str]:
    """The anchors of a Markdown file's headings, as hosts of repositories make them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
