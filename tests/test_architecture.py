"""Who may import whom, what stays pure, and the habits a reader can rely on: all of it checked, none of it promised.

The import rules are contracts in pyproject.toml.  Here they are run, and every one is also broken on purpose in a
copy, because a rule nobody has seen fail may be a rule that cannot.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("display", "firmware_config", "kiosk", "printer", "queue_server")
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

BREACHES = {
    "kiosk": ("kiosk/breach.py", "import queue_server.domain.branch"),
    "display": ("display/breach.py", "import printer.cells"),
    "screen": ("display/screen/breach.py", "import queue_server.wire.shapes"),
    "printer": ("printer/breach.py", "import queue_server.wire.shapes"),
    "firmware_config": ("firmware_config/breach.py", "import printer.cells"),
    "server": ("queue_server/breach.py", "import kiosk.layout"),
    "server_layers": ("queue_server/domain/layer_breach.py", "import queue_server.journal.port"),
    "feed": ("queue_server/feed/breach.py", "import queue_server.views.hall"),
    "pads": ("queue_server/pads/breach.py", "import queue_server.domain.day"),
    "pads_simulator": ("queue_server/pads/simulator/breach.py", "import queue_server.pads.ff68"),
    "pure_domain": ("queue_server/domain/breach.py", "import time"),
    "pure_wire": ("queue_server/wire/breach.py", "import socket"),
    "pure_edges": ("printer/layout.py", "import time"),
    "door_serial": ("kiosk/serial_breach.py", "import serial"),
    "door_pygame": ("kiosk/pygame_breach.py", "import pygame"),
    "door_escpos": ("printer/escpos_breach.py", "import escpos.printer"),
    "door_sqlalchemy": ("queue_server/sqlalchemy_breach.py", "import sqlalchemy"),
    "door_flask": ("queue_server/domain/flask_breach.py", "import flask"),
    "door_gevent": ("queue_server/gevent_breach.py", "import gevent"),
    "door_immutables": ("kiosk/immutables_breach.py", "import immutables"),
    "door_yaml": ("queue_server/yaml_breach.py", "import yaml"),
    "door_pymodbus": ("queue_server/pads/session.py", "import pymodbus"),
}
"""For every contract the file and the line that break it."""


def contracts() -> list[dict[str, str]]:
    """The contracts of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: list[dict[str, str]] = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return found


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says about the rooms in `folder`."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def modules(*folders: str) -> Iterator[Path]:
    """Every Python file of ours below `folders`."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_every_import_rule_is_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_import_rule_is_seen_to_catch_a_breach(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=lambda _, names: _not_python(names))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, breach in BREACHES.values():
        with (tmp_path / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{breach}\n")
    result = lint(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    told = {
        said.split(" BROKEN")[0].removesuffix("BROKEN")
        for said in result.stdout.splitlines()
        if "BROKEN" in said
    }
    for contract in contracts():
        assert contract["name"] in told, f"{contract['id']} was broken and nobody noticed"
        breached = BREACHES[contract["id"]][0].removesuffix(".py").replace("/", ".")
        assert f"{breached} -> " in result.stdout, f"{breached} was not named"


def test_every_import_rule_has_its_breach() -> None:
    assert [contract["id"] for contract in contracts()] == list(BREACHES)


@pytest.mark.parametrize("folder", ["queue_server/domain", "queue_server/wire"])
def test_pure_code_asks_nobody_for_the_time_and_opens_nothing(folder: str) -> None:
    forbidden = {"now", "utcnow", "today", "open", "read_text", "write_text", "print", "input"}
    found = []
    for path in modules(folder):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # What stands under `if __name__ == "__main__"` is a program for people, not the pure code.
        tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in forbidden:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}()")
    assert found == []


def test_every_module_says_what_it_is() -> None:
    silent = []
    for path in modules(*ROOMS, "tests"):
        text = path.read_text(encoding="utf-8")
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc", "core"}
    assert [str(path) for path in modules(*ROOMS, "tests") if path.stem in nothing] == []


def test_no_test_sleeps_skips_or_mocks() -> None:
    found = []
    for path in modules("tests"):
        # The one pause: between two looks at a real process.
        if path.name == "waiting.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="time"), attr="sleep"):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: time.sleep")
                case ast.Attribute(attr="skip" | "skipif" | "xfail" | "importorskip"):
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {node.attr}")
                case ast.ImportFrom(module="unittest.mock") | ast.alias(name="unittest.mock"):
                    found.append(f"{path.relative_to(ROOT)}: unittest.mock")
    assert found == []


def test_the_top_level_has_the_agreed_folders_only() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    folders = {Path(name).parts[0] for name in tracked if "/" in name}
    assert folders <= {*ROOMS, "tests", ".ci"}


def _not_python(names: list[str]) -> list[str]:
    return [name for name in names if ("." in name and not name.endswith(".py")) or name == "__pycache__"]
