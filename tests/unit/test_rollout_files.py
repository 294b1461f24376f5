"""What is rolled out to programs: files that say whose they are, mean what the branch file means, and change whole."""

from __future__ import annotations

from dataclasses import replace as altered
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.printer_profile import load_printer_profile
from firmware_config.rollout.differences import differences, flat
from firmware_config.rollout.disk import PUBLIC, SECRET, AnotherAtWork, RealDisk, alone, replace
from firmware_config.rollout.file_target import FileTarget
from firmware_config.rollout.ledger import LedgerBroken, Step, open_ledger
from firmware_config.rollout.rendering import BRANCH, SERVER, Rendered, rendered
from firmware_config.rollout.stamp import parsed, stamped
from firmware_config.rollout.target import Change, Effect, NotTaken
from firmware_config.rollout.targets import targets_of
from firmware_config.ticket_layout import load_ticket_layout
from firmware_config.version import version_of
from tests.conftest import BRANCHES
from tests.rollout_disk import FailingDisk, Power, PowerCut
from tests.rollout_hall import FOLDER, FakeField, small

EXAMPLE = load_branch_file(BRANCHES / "example.yaml", environ={})
FILES = {file.device: file for file in rendered(EXAMPLE, FOLDER)}


def loaded(file: Rendered, folder: Path) -> BranchFile:
    """The branch in a rendered file."""
    path = folder / file.name
    path.write_bytes(stamped(file.device, file.body).content or b"")
    return load_branch_file(path, environ={})


def test_the_servers_file_means_what_the_branch_file_means(tmp_path: Path) -> None:
    assert loaded(FILES[SERVER], tmp_path) == EXAMPLE


def test_the_file_of_pad_lines_is_of_the_same_version_and_lets_nobody_in(tmp_path: Path) -> None:
    branch = loaded(FILES[BRANCH], tmp_path)
    assert version_of(branch) == version_of(EXAMPLE)
    tokens = [
        bearer.token.get_secret_value()
        for bearer in (*EXAMPLE.staff, *EXAMPLE.devices.kiosks, *EXAMPLE.devices.lines)
        if bearer.token is not None
    ]
    assert tokens
    assert not [token for token in tokens if token.encode() in FILES[BRANCH].body]


def test_tokens_from_the_environment_are_written_where_a_program_needs_them(tmp_path: Path) -> None:
    path = tmp_path / "branch.yaml"
    text = (BRANCHES / "example.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("token: example-kiosk-number-one", "token_env: KIOSK"), encoding="utf-8")
    branch = load_branch_file(path, environ={"KIOSK": "secret-of-the-kiosk-1"})
    kiosk = next(file for file in rendered(branch, FOLDER) if file.device == "kiosk_1")
    assert b"KIOSK_TOKEN=secret-of-the-kiosk-1\n" in kiosk.body


def test_profiles_and_layouts_are_written_out_so_that_they_load_the_same(tmp_path: Path) -> None:
    for device, load in (("printer_1", load_printer_profile), ("kiosk_1.ticket", load_ticket_layout)):
        path = tmp_path / FILES[device].name
        path.write_bytes(FILES[device].body)
        assert load(path) is not None
    assert load_printer_profile(tmp_path / "printer_1.yaml") == load_printer_profile("epson_tm_t20iii")
    assert load_ticket_layout(tmp_path / "kiosk_1.ticket.yaml") == EXAMPLE.ticket.composed()


def test_a_display_with_a_voice_of_one_language_is_told_not_to_speak_the_other(tmp_path: Path) -> None:
    assert b"VOICE_LANGUAGES" not in FILES["display_1"].body
    path = tmp_path / "branch.yaml"
    text = (BRANCHES / "example.yaml").read_text(encoding="utf-8")
    text = text.replace("announce_languages: [zh, en]", "announce_languages: [zh]")
    path.write_text(text + "\nvoice: {profile: espeak_ng_zh}\n", encoding="utf-8")
    files = rendered(load_branch_file(path, environ={}), FOLDER)
    (display,) = [file for file in files if file.device == "display_1"]
    assert b"VOICE_LANGUAGES=zh\n" in display.body


def test_only_files_with_tokens_are_secret() -> None:
    assert {name for name, file in FILES.items() if file.is_secret} == {
        SERVER,
        "kiosk_1",
        "display_1",
        "line_1",
    }
    for file in FILES.values():
        assert file.is_secret == (b"example-" in file.body)


def test_a_kiosk_without_a_printer_is_told_of_one_that_is_never_there() -> None:
    kiosk = next(file for file in rendered(small(), FOLDER) if file.device == "kiosk_2")
    assert b"PRINTER_PORT=/dev/jiaohao/none\n" in kiosk.body


@given(body=st.binary(max_size=300))
def test_a_file_is_ours_as_long_as_no_byte_of_it_changes(body: bytes) -> None:
    whole = stamped("kiosk_1", body)
    assert whole.content is not None
    assert parsed("kiosk_1", whole.content) == whole
    assert not parsed("kiosk_2", whole.content).is_ours
    for at in range(len(whole.content)):
        other = bytearray(whole.content)
        other[at] ^= 1
        assert not parsed("kiosk_1", bytes(other)).is_ours


def test_a_change_is_told_by_its_key_and_a_moved_item_is_none() -> None:
    before = flat({"services": [{"code": "a", "limit": 1, "names": ["x", "y"]}, {"code": "b"}], "on": True})
    after = flat({"on": False, "services": [{"code": "b"}, {"code": "a", "limit": 2, "names": ["x", "y"]}]})
    assert differences(before, after) == (
        Change("on", "true", "false"),
        Change("services[a].limit", "1", "2"),
    )


def test_a_secret_that_changes_is_told_without_its_value() -> None:
    before = flat({"staff": [{"id": "wang", "token": "secret-1"}], "KIOSK_TOKEN": "secret-2"})
    after = flat({"staff": [{"id": "wang", "token": "secret-3"}], "KIOSK_TOKEN": "secret-4"})
    changes = differences(before, after)
    assert [change.key for change in changes] == ["staff[wang].token", "KIOSK_TOKEN"]
    assert "secret" not in repr([altered(change, key="") for change in changes]).replace("is_secret", "")


@pytest.mark.parametrize(
    ("change", "effect"),
    [
        ("branch.zone", Effect.RESTART),
        ("branch.code", Effect.RESTART),
        ("branch.name.zh", Effect.RELOAD),
        ("services[cash].typical_s", Effect.RELOAD),
    ],
)
def test_the_server_restarts_only_for_what_it_cannot_reload(change: str, effect: Effect) -> None:
    server = targets_of(EXAMPLE, FOLDER, RealDisk(), FakeField(Power()))[0]
    assert server.device == SERVER
    assert server.effect((Change(change, "a", "b"),)) is effect


def test_a_file_is_replaced_whole_whatever_step_the_power_fails_at() -> None:
    path, old, new = FOLDER / "file", b"old" * 5000, b"new" * 6000
    steps = 0
    while True:
        for keeps_names, keeps_data in ((True, False), (False, True), (False, False), (True, True)):
            power = Power()
            disk = FailingDisk(power)
            replace(disk, path, old, PUBLIC)
            power.left = steps
            try:
                replace(disk, path, new, PUBLIC)
            except PowerCut:
                disk.start_again(keeps_names, keeps_data)
                assert disk.read(path) in (old, new)
            else:
                assert disk.read(path) == new
                assert steps > 8
                return
        steps += 1


def test_a_real_file_gets_its_mode_from_its_first_moment_and_follows_no_link(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "secret", tmp_path / "elsewhere"
    path.symlink_to(elsewhere)
    (tmp_path / ".secret.tmp").symlink_to(elsewhere)
    replace(RealDisk(), path, b"token", SECRET)
    assert not elsewhere.exists()
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == SECRET
    assert sorted(name.name for name in tmp_path.iterdir()) == ["secret"]


def test_two_roll_outs_into_one_folder_do_not_mix(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AnotherAtWork), alone(tmp_path):
        raise AssertionError("both are in")
    with alone(tmp_path):
        pass


def test_a_ledger_nobody_can_read_is_a_fault_and_not_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "rollout.json").write_text('{"devices": {"kiosk_1": 3}}')
    with pytest.raises(LedgerBroken):
        open_ledger(tmp_path, RealDisk())


def test_a_ledger_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path, RealDisk())
    ledger.begin("apply", 1, "now", [Step("a", None, "1"), Step("b", "0", "1")])
    ledger.finish("b", "then")
    again = open_ledger(tmp_path, RealDisk())
    assert list(again.pending("apply")) == ["a"]
    assert again.entry("b") == ledger.entry("b")
    assert (again.entry("b").given, again.entry("b").previous) == ("1", "0")


def test_a_configuration_of_which_only_the_checksum_is_known_is_never_written(tmp_path: Path) -> None:
    target = FileTarget("kiosk_1", "kiosk", tmp_path / "kiosk_1.env", "env", b"A=1\n", True, RealDisk())
    with pytest.raises(NotTaken):
        target.write(altered(target.wanted, content=None))
    assert list(tmp_path.iterdir()) == []
