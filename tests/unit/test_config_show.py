"""`show`: the branch as it counts, loadable again, without a token; and `check` at the shell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.__main__ import main
from firmware_config.load import load_branch_file, read_branch_file
from firmware_config.models import Ticket, Voice
from firmware_config.parts import Words
from firmware_config.resolved import model_yaml, resolved_yaml, scalar_text
from firmware_config.ticket_layout import load_ticket_layout
from firmware_config.tree import Value, read_tree
from firmware_config.version import version_of
from tests.conftest import BRANCHES

CORPUS = Path(__file__).parents[1] / "golden" / "broken_branches"
GOOD = CORPUS / "good.yaml"
SHIPPED = [BRANCHES / "example.yaml", BRANCHES / "virtual.yaml", GOOD]


def run(*words: object) -> Result:
    """The program's answer to a command line."""
    return CliRunner().invoke(main, [*map(str, words), "--language", "en"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("origins", [False, True])
def test_what_is_shown_is_the_same_branch_again(path: Path, origins: bool, tmp_path: Path) -> None:
    branch, tree = read_branch_file(path, environ={})
    shown = resolved_yaml(branch, tree, origins)
    count = 0

    def token(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"token: a-token-of-nobody-{count}"

    again = tmp_path / "again.yaml"
    again.write_text(re.sub(r"# token: not shown", token, shown), encoding="utf-8")
    loaded = load_branch_file(again, environ={})
    assert version_of(loaded) == version_of(branch)
    assert f"# version {version_of(branch)};" in shown


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_token_is_ever_shown(path: Path) -> None:
    tokens = set(
        re.findall(r"token: ([\w-]{16,})", "".join(one.read_text(encoding="utf-8") for one in SHIPPED))
    )
    assert len(tokens) > 20
    for options in ((), ("--resolved",), ("--origins",)):
        output = run("show", path, *options).output
        assert output
        assert [token for token in tokens if token in output] == []


def test_the_name_of_a_variable_is_shown_and_what_it_holds_is_not(tmp_path: Path) -> None:
    file = tmp_path / "branch.yaml"
    text = GOOD.read_text(encoding="utf-8").replace("token: token-of-wang-0001", "token_env: WANG")
    file.write_text(text, encoding="utf-8")
    branch, tree = read_branch_file(file, environ={"WANG": "a-secret-of-the-environment"})
    shown = resolved_yaml(branch, tree)
    assert "token_env: WANG" in shown
    assert "a-secret" not in shown


def test_every_value_says_where_it_came_from() -> None:
    virtual = BRANCHES / "virtual.yaml"
    lines = run("show", virtual, "--origins").output.splitlines()
    origin = {key: line.rpartition("  # ")[2] for line in lines if (key := line.strip().partition(":")[0])}
    assert re.fullmatch(r".*virtual\.yaml:\d+", origin["ticket_hours"])
    assert re.fullmatch(r".*example\.yaml:\d+", origin["hotline"])
    assert origin["assumed_arrival_s"] == "default"
    for line in lines:
        named = re.search(r"  # (\S+\.yaml):(\d+)$", line)
        if named:
            key = line.strip().lstrip("- {").partition(":")[0]
            written = Path(named[1]).read_text(encoding="utf-8").splitlines()[int(named[2]) - 1]
            assert key in written or key.startswith("#") or written.lstrip().startswith("- "), line


def test_the_summary_names_codes_lines_and_addresses() -> None:
    output = run("show", BRANCHES / "virtual.yaml").output
    assert "pad code 101, counters 1, 2, 3" in output
    assert "line line_1: ports/line_1, 9600 baud" in output
    assert "     41 window_1: modbus_window_screen, counter 1" in output


def test_a_broken_file_is_not_shown_in_part() -> None:
    result = run("show", CORPUS / "everything_at_once.yaml", "--resolved")
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == "11 problem(s)"
    assert "services:" not in result.output


def test_check_looks_at_profiles_too(tmp_path: Path) -> None:
    broken = CORPUS / "profiles" / "pad_unknown_keys.yaml"
    result = run("check", broken, "--profile", "pad")
    assert result.exit_code == 1
    assert "has_lmap: unknown key, did you mean has_lamp?" in result.output
    own = tmp_path / "own.yaml"
    own.write_text("inherits: standard\nname: own\ntitle: Own\n", encoding="utf-8")
    assert run("check", own, "--profile", "ticket").output == "ok: own, Own\n"


def test_a_version_is_told_by_check_and_show_alike() -> None:
    version = version_of(load_branch_file(GOOD, environ={}))
    assert run("check", GOOD).output.endswith(f", version {version}\n")
    assert run("show", GOOD).output.splitlines()[0].endswith(f", version {version}")


def test_a_layout_with_a_branchs_words_is_a_file_a_kiosk_can_read(tmp_path: Path) -> None:
    ticket = Ticket(below=Words(zh="春节快乐: 新年", en="Happy New Year, all"))
    layout = ticket.composed()
    file = tmp_path / "ticket.yaml"
    file.write_text(model_yaml(layout), encoding="utf-8")
    assert load_ticket_layout(file) == layout
    assert any(piece.text == ticket.below for piece in layout.pieces)


def test_a_branch_hears_the_voice_it_asks_for() -> None:
    voice = Voice(profile="espeak_ng_zh", one="幺", folder="/srv/voice").composed()
    assert (voice.languages, voice.one, voice.counter, voice.folder) == (
        ("zh",),
        "幺",
        "number",
        "/srv/voice",
    )


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_is_read_back_from_what_is_shown(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "scalar.yaml"
    file.write_bytes(f"a: {scalar_text(text)}\n".encode())
    tree, problems = read_tree(file, "f")
    assert problems == []
    node = tree.get("a")
    assert isinstance(node, Value)
    assert node.text == text
    # Any other reader of YAML sees a text as well.
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == {"a": text}
