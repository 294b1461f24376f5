"""What a technician reads at the shell: plan, apply, verify, restore and probe in both languages, and their exit status.

The pads here have no port, so they are asked in vain; everything else is real: files, folders, the command line.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result

from firmware_config.__main__ import main
from firmware_config.problems import LOCALE
from firmware_config.rollout.probe import ports_seen
from firmware_config.rollout.words import cells, table
from tests.conftest import BRANCHES, ROOT
from tests.rollout_hall import small

PROGRAMS = ("queue-server", "printer_1", "kiosk_1", "display_1", "line_1", "branch-file")


class Desk:
    """A technician's desk: a copy of the example branch, a folder to roll out to, and no pads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "etc"
        self.file = folder / "branch.yaml"
        text = (BRANCHES / "example.yaml").read_text(encoding="utf-8")
        self.file.write_text(text.replace("/dev/jiaohao/line_1", str(folder / "nowhere")), encoding="utf-8")
        self.edit('      adapter: {vid: "1a86", pid: "7523", usb_path: 1-1.4}\n', "")
        self.state = folder / "state"

    def edit(self, before: str, after: str) -> None:
        """Change the branch file."""
        text = self.file.read_text(encoding="utf-8")
        assert before in text
        self.file.write_text(text.replace(before, after), encoding="utf-8")

    def call(self, command: str, *options: str, language: str = "en") -> Result:
        """One command."""
        arguments = [command, str(self.file), "--target", str(self.folder), "--state-dir", str(self.state)]
        return CliRunner().invoke(main, [*arguments, "--language", language, *options])

    def files(self, command: str, *options: str, language: str = "en") -> Result:
        """One command about everything but the pads."""
        chosen = [word for device in PROGRAMS for word in ("--device", device)]
        return self.call(command, *chosen, *options, language=language)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_plan_apply_verify_change_verify_restore(desk: Desk) -> None:
    planned = desk.files("plan")
    assert planned.exit_code == 0
    assert "7 of 7 devices would change." in planned.output
    assert not desk.folder.exists()

    assert desk.files("apply").exit_code == 0
    assert desk.files("verify").exit_code == 0
    assert "Nothing would change." in desk.files("plan").output

    desk.edit("typical_s: 240\n", "typical_s: 270\n")
    drifted = desk.files("verify")
    assert drifted.exit_code == 3
    assert re.search(r"queue-server .* old: as it was last given", drifted.output)
    planned = desk.files("plan")
    assert re.search(r"services\[cash\]\.typical_s +240 → 270", planned.output)
    assert "1 change(s), reloads" in planned.output

    applied = desk.files("apply")
    assert "systemctl reload jiaohao-server.service" in applied.output
    assert "restart" not in applied.output
    assert desk.files("verify").exit_code == 0

    restored = desk.files("restore")
    assert restored.exit_code == 0
    verified = desk.files("verify")
    assert verified.exit_code == 3
    assert "previous: as before the last apply" in verified.output


def test_pads_that_cannot_be_asked_are_named_and_keep_nobody_else_from_their_turn(desk: Desk) -> None:
    applied = desk.call("apply")
    assert applied.exit_code == 4
    assert re.search(r"call pad pad_1 · line_1 · 1 · no answer \(.*nowhere", applied.output)
    assert (desk.folder / "queue-server.yaml").exists()
    verified = desk.call("verify")
    assert verified.exit_code == 4
    assert "Could not be asked: pad_1, pad_3, window_1" in verified.output


def test_a_device_or_a_line_can_be_chosen_and_a_wrong_one_is_named(desk: Desk) -> None:
    output = desk.call("plan", "--device", "kiosk_1").output
    assert "kiosk_1.ticket" in output
    assert "display_1" not in output
    assert "evaluator_3" in desk.call("plan", "--line", "line_1").output
    wrong = desk.call("plan", "--device", "kiosk_9")
    assert wrong.exit_code == 2
    assert "there is no kiosk_9; there is queue-server" in wrong.output


def test_no_command_ever_prints_a_token(desk: Desk) -> None:
    said = desk.files("apply").output
    desk.edit("example-kiosk-number-one", "example-kiosk-number-two")
    for command in ("plan", "verify", "apply", "restore", "verify"):
        for options in ((), ("--json",)):
            said += desk.files(command, *options).output
    assert "KIOSK_TOKEN" in said
    assert "example-" not in said


def test_secrets_are_for_their_owner_alone(desk: Desk) -> None:
    desk.files("apply")
    desk.edit("example-kiosk-number-one", "example-kiosk-number-two")
    desk.files("apply")
    modes = {path.name: path.stat().st_mode & 0o777 for path in desk.folder.iterdir() if path.is_file()}
    assert modes["kiosk_1.env"] == modes["kiosk_1.env.previous"] == 0o600
    assert modes["queue-server.yaml"] == modes["queue-server.yaml.previous"] == 0o600
    for name in modes:
        if b"example-" in (desk.folder / name).read_bytes():
            assert modes[name] == 0o600, name


def test_a_broken_branch_file_is_told_whole_and_nothing_is_applied(desk: Desk) -> None:
    desk.edit("typical_s: 240", "typical_s: soon")
    for command in ("plan", "apply", "verify", "restore", "probe"):
        refused = desk.call(command)
        assert refused.exit_code == 1
        assert "branch.yaml:" in refused.output
    assert not desk.folder.exists()


def test_a_file_of_a_device_that_is_gone_is_left_over(desk: Desk) -> None:
    desk.files("apply")
    (desk.folder / "kiosk_7.env").write_text("KIOSK_TOKEN=1\n")
    verified = desk.files("verify")
    assert verified.exit_code == 3
    assert f"No device of the branch file reads these any more: {desk.folder}/kiosk_7.env" in verified.output


def test_a_ledger_that_was_spoilt_stops_everything(desk: Desk) -> None:
    desk.files("apply")
    (desk.folder / "rollout.json").write_text("{")
    for command in ("plan", "apply", "verify", "restore"):
        spoilt = desk.files(command)
        assert spoilt.exit_code == 1
        assert "rollout.json" in spoilt.output


def test_a_folder_that_cannot_be_is_a_fault_in_words(desk: Desk) -> None:
    desk.folder = desk.file / "etc"
    for command in ("apply", "verify"):
        refused = desk.files(command)
        assert refused.exit_code == 1
        assert "branch.yaml" in refused.output


def test_answers_for_machines_carry_the_same(desk: Desk) -> None:
    desk.files("apply")
    found = json.loads(desk.files("verify", "--json").output)
    states = {device["device"]: device["state"] for device in found["devices"]}
    assert states["queue-server"] == states["kiosk_1"] == "new"
    assert found["left_over"] == []
    applied = json.loads(desk.files("apply", "--json").output)
    assert {device["result"] for device in applied["devices"]} == {"unchanged"}
    planned = json.loads(desk.files("plan", "--json").output)
    assert planned["devices"][0]["changes"] == []


def test_the_answers_are_chinese_first(desk: Desk) -> None:
    desk.files("apply", language="zh_CN")
    said = CliRunner().invoke(
        main, ["verify", str(desk.file), "--target", str(desk.folder), "--device", "kiosk_1"]
    )
    assert "取号机" in said.output
    assert "所有设备都与网点文件一致。" in said.output


def test_a_line_without_a_port_is_probed_in_vain_and_its_port_is_not_there(desk: Desk) -> None:
    probed = desk.call("probe")
    assert probed.exit_code == 4
    assert re.search(r"pad line line_1 .* could not be asked", probed.output)
    assert re.search(r"printer_1 +/dev/jiaohao/printer_1 +not there", probed.output)
    wrong = desk.call("probe", "--address", "300")
    assert wrong.exit_code == 2


def test_ports_are_told_by_their_names_and_strangers_too(tmp_path: Path) -> None:
    names = tmp_path / "by-id"
    names.mkdir()
    for name in ("ttyS0", "ttyUSB0", "ttyUSB1"):
        (tmp_path / name).touch()
    (names / "usb-mine").symlink_to("../ttyUSB0")
    (names / "usb-stranger").symlink_to("../ttyUSB1")
    devices = small().devices
    printer = devices.printers[0].model_copy(update={"port": str(names / "usb-mine")})
    line = devices.lines[0].model_copy(update={"port": "ttyS1"})
    branch = small().model_copy(
        update={"devices": devices.model_copy(update={"printers": (printer,), "lines": (line,)})}
    )
    seen = [(port.device, port.leads_to) for port in ports_seen(branch, tmp_path, [names])]
    assert seen == [
        ("printer_1", str(tmp_path / "ttyUSB0")),
        ("line_1", None),
        (None, str(tmp_path / "ttyUSB1")),
    ]


def test_columns_stand_under_each_other_in_chinese_too() -> None:
    first, second = table([["呼叫器", "a"], ["kiosk", "b"]])
    assert cells(first) == cells(second)
    assert list(table([])) == []


def test_everything_said_here_is_in_the_catalogue() -> None:
    with (LOCALE / "zh_CN" / "LC_MESSAGES" / "firmware_config.po").open("rb") as file:
        known = {message.id for message in read_po(file) if message.string}
    sources = [
        *(ROOT / "firmware_config" / "rollout").glob("*.py"),
        *(ROOT / "firmware_config" / "commands").glob("*.py"),
    ]
    said = set()
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(value=str(text)), *_]):
                    said.add(text)
                case ast.Call(
                    func=ast.Name(id="catalogue_text"), args=[_, ast.Constant(value=str(text)), *_]
                ):
                    said.add(text)
                case ast.Assign(targets=[ast.Name(id="_KINDS" | "_STATES" | "_EFFECTS" | "_RESULTS")]):
                    assert isinstance(node.value, ast.Dict)
                    values = [value.value for value in node.value.values if isinstance(value, ast.Constant)]
                    said.update(value for value in values if isinstance(value, str))
    assert len(said) > 40
    assert said - known == set()
