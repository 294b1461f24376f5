"""What a real branch PC gets: units, rules, an account; the example branch's are golden, and systemd reads them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from display.__main__ import run as run_display
from firmware_config.__main__ import main
from firmware_config.adapters import Adapter
from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.rollout.rendering import rendered
from firmware_config.units.machine import machine_files
from firmware_config.units.names import CONFIGURATION
from firmware_config.units.udev import rules
from kiosk.__main__ import run as run_kiosk
from queue_server.pads.__main__ import run as run_line
from tests.conftest import BRANCHES, ROOT
from tests.rollout_hall import small

GOLDEN = ROOT / "tests" / "golden" / "units"
HOME = Path("/opt/jiaohao")
EXAMPLE = load_branch_file(BRANCHES / "example.yaml", environ={})
FILES = machine_files(EXAMPLE, HOME)
UNITS = {path.name: text for path, text in FILES.items() if path.parent.name == "system"}
SERVICES = sorted(name for name in UNITS if name.endswith(".service"))


def settings(unit: str) -> dict[str, list[str]]:
    """Every setting of a unit, each with its values."""
    found: dict[str, list[str]] = {}
    for line in UNITS[unit].splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_the_files_of_the_example_branch_are_as_they_were() -> None:
    # `python -m firmware_config units firmware_config/branches/example.yaml --out tests/golden/units` writes them again.
    kept = {
        path.relative_to(GOLDEN): path.read_text(encoding="utf-8")
        for path in GOLDEN.rglob("*")
        if path.is_file()
    }
    assert kept == FILES


def test_every_program_of_the_branch_has_its_unit() -> None:
    assert SERVICES == [
        "jiaohao-display-display_1.service",
        "jiaohao-kiosk-kiosk_1.service",
        "jiaohao-pads-line_1.service",
        "jiaohao-server.service",
    ]
    assert sorted(settings("jiaohao.target")["Wants"]) == SERVICES
    written = {file.unit for file in rendered(EXAMPLE, CONFIGURATION) if file.unit}
    assert written == set(SERVICES)


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_has_an_account_of_its_own_restarts_and_claims_no_watchdog(unit: str) -> None:
    found = settings(unit)
    assert found["User"] == ["jiaohao"]
    assert found["Restart"] == ["always"]
    assert found["Type"] == ["exec"]
    assert found["CapabilityBoundingSet"] == [""]
    assert "WatchdogSec" not in found
    assert not any("token" in value.lower() for values in found.values() for value in values)


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_reads_only_files_that_apply_writes(unit: str) -> None:
    written = {str(CONFIGURATION / file.name) for file in rendered(EXAMPLE, CONFIGURATION)}
    named = set(re.findall(rf"{CONFIGURATION}/[\w.-]+", UNITS[unit]))
    assert named
    assert named <= written


@pytest.mark.parametrize(
    ("unit", "command"),
    [
        ("jiaohao-kiosk-kiosk_1.service", run_kiosk),
        ("jiaohao-display-display_1.service", run_display),
        ("jiaohao-pads-line_1.service", run_line),
    ],
)
def test_a_unit_starts_its_program_with_options_it_has_and_all_it_needs(
    unit: str, command: click.Command
) -> None:
    (line,) = settings(unit)["ExecStart"]
    environment = {
        key: value
        for file in rendered(EXAMPLE, CONFIGURATION)
        if file.unit == unit and file.format == "env"
        for key, _, value in (entry.partition("=") for entry in file.body.decode().splitlines())
    }
    words = [environment[word[2:-1]] if word.startswith("${") else word for word in line.split()]
    assert "run" in words
    given = words[words.index("run") + 1 :]
    options = {name: option for option in command.params for name in option.opts}
    assert [word for word in given if word.startswith("--") and word not in options] == []
    for option in command.params:
        variable = option.envvar if isinstance(option.envvar, str) else ""
        assert not option.required or set(option.opts) & set(given) or variable in environment, option.opts


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    # A home whose interpreter exists, as it will on the branch PC.
    home = tmp_path / "home"
    python = home / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    paths = []
    for path, text in machine_files(EXAMPLE, home).items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        if path.parent.name == "system":
            paths.append(str(place))
    # A machine without systemd has the test above, which reads every line; one with it has its own judge.
    judge = shutil.which("systemd-analyze")
    if judge is not None:
        said = subprocess.run(
            [judge, "verify", "--man=no", *paths],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
        )
        ours = [line for line in said.stderr.splitlines() if "jiaohao" in line]
        assert ours == []
    for text in UNITS.values():
        for line in text.splitlines():
            assert re.fullmatch(r"|#.*|\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.*", line), line


RULE = re.compile(r'(?P<key>[A-Z]+(\{[^}]+\})?)(?P<operator>==|!=|\+=|=)"(?P<value>[^"]*)"', re.ASCII)


def test_udev_rules_are_well_formed_and_name_every_adapter() -> None:
    text = FILES[Path("etc/udev/rules.d/70-jiaohao.rules")]
    values: dict[str, set[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(rf"{RULE.pattern}(, {_anonymous(RULE.pattern)})*", line), line
            for match in RULE.finditer(line):
                values.setdefault(match["key"], set()).add(match["value"])
    assert values["GOTO"] == values["LABEL"] == {"jiaohao_end"}
    judge = shutil.which("udevadm")
    if (
        judge is not None
        and "verify"
        in subprocess.run([judge, "--help"], capture_output=True, text=True, timeout=60, check=False).stdout
    ):
        path = GOLDEN / "etc" / "udev" / "rules.d" / "70-jiaohao.rules"
        subprocess.run([judge, "verify", str(path)], timeout=60, check=True)
    assert 'SYMLINK+="jiaohao/printer_1"' in text
    assert (
        'ATTRS{idVendor}=="1a86", ATTRS{idProduct}=="7523", KERNELS=="1-1.4", SYMLINK+="jiaohao/line_1"'
        in text
    )


@pytest.mark.parametrize(
    ("adapter", "matches"),
    [
        (Adapter(vid="0403", pid="6001"), 'ATTRS{idVendor}=="0403", ATTRS{idProduct}=="6001", '),
        (Adapter(usb_path="1-1.4"), 'KERNELS=="1-1.4", '),
        (
            Adapter(vid="0403", pid="6011", usb_path="1-1.4:1.2"),
            'ENV{ID_VENDOR_ID}=="0403", ENV{ID_MODEL_ID}=="6011", KERNELS=="1-1.4:1.2", ',
        ),
    ],
)
def test_an_adapter_is_told_by_what_the_branch_file_says_of_it(adapter: Adapter, matches: str) -> None:
    assert f'\n{matches}SYMLINK+="jiaohao/line_1"' in rules(with_adapter(adapter))


def test_a_server_for_other_machines_listens_to_them() -> None:
    server = EXAMPLE.server.model_copy(update={"url": "http://10.0.0.2:8090"})
    unit = machine_files(EXAMPLE.model_copy(update={"server": server}), HOME)[
        Path("etc/systemd/system/jiaohao-server.service")
    ]
    assert "--host 0.0.0.0 --port 8090" in unit
    assert "Environment=JIAOHAO_PUBLIC_URL=http://10.0.0.2:8090" in unit
    assert "--host 127.0.0.1 --port 8081" in UNITS["jiaohao-server.service"]


def test_a_percent_sign_in_a_name_is_no_specifier() -> None:
    name = EXAMPLE.branch.name.model_copy(update={"en": "100% Branch"})
    branch = EXAMPLE.branch.model_copy(update={"name": name})
    target = machine_files(EXAMPLE.model_copy(update={"branch": branch}), HOME)[
        Path("etc/systemd/system/jiaohao.target")
    ]
    assert "100%% Branch" in target


def test_the_command_writes_them_and_installs_nothing(tmp_path: Path) -> None:
    file = str(BRANCHES / "example.yaml")
    done = CliRunner().invoke(main, ["units", file, "--out", str(tmp_path), "--language", "en"])
    assert done.exit_code == 0
    assert "systemctl daemon-reload && systemctl enable --now jiaohao.target" in done.output
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(FILES)


def with_adapter(adapter: Adapter) -> BranchFile:
    """The small branch with an adapter behind its line."""
    line = small().devices.lines[0].model_copy(update={"adapter": adapter})
    return small().model_copy(update={"devices": small().devices.model_copy(update={"lines": (line,)})})


def _anonymous(pattern: str) -> str:
    return re.sub(r"\?P<\w+>", "?:", pattern)
