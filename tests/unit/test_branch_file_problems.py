"""A technician mends a branch file: every problem is named with its file, line, column, key and what was expected.

The corpus is `broken_branches/`: each `.yaml` is wrong in its own way, the `.expected` beside it is what is said.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.__main__ import main
from firmware_config.load import load_branch_file
from firmware_config.pad_profile import load_pad_profile
from firmware_config.printer_profile import load_printer_profile
from firmware_config.problems import LOCALE, BranchFileRefused, Expected, Problem, Spot
from firmware_config.ticket_layout import load_ticket_layout
from firmware_config.tree import MAX_BYTES
from firmware_config.voice_profile import load_voice_profile

CORPUS = Path(__file__).parents[1] / "golden" / "broken_branches"
BROKEN = sorted(path for path in CORPUS.glob("*.yaml") if path.name != "good.yaml")
BROKEN_PROFILES = sorted((CORPUS / "profiles").glob("*.yaml"))
PROFILE_LOADERS: dict[str, Callable[[Path], object]] = {
    "pad": load_pad_profile,
    "printer": load_printer_profile,
    "ticket": load_ticket_layout,
    "voice": load_voice_profile,
}
"""By the first word of a broken profile's name."""
GOOD = (CORPUS / "good.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*BROKEN, *BROKEN_PROFILES], ids=lambda path: path.stem)
def test_a_broken_branch_file_is_refused_with_every_problem_and_its_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    said = [str(problem) for problem in _problems_of(path)]
    assert said == path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


def test_the_corpus_shows_nearly_every_kind_of_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[Expected] = set()
    for path in (*BROKEN, *BROKEN_PROFILES):
        monkeypatch.chdir(path.parent)
        seen.update(problem.expected for problem in _problems_of(path))
    # These need a file or an environment that cannot lie in a folder of small text files; they are tested below.
    elsewhere = {Expected.READABLE, Expected.SMALL_FILE, Expected.VARIABLE_TOKEN}
    assert set(Expected) - seen == elsewhere


def _problems_of(path: Path) -> tuple[Problem, ...]:
    """What is said of a file of the corpus, by the loader of its kind; to load it is to fail."""
    load = _load_branch if path.parent == CORPUS else PROFILE_LOADERS[path.stem.partition("_")[0]]
    with pytest.raises(BranchFileRefused) as refusal:
        load(Path(path.name))
    return refusal.value.problems


def _load_branch(path: Path) -> object:
    return load_branch_file(path, environ={})


def test_the_good_branch_file_of_the_corpus_is_good() -> None:
    assert load_branch_file(CORPUS / "good.yaml", environ={}).branch.code == "small"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert _problem_of(tmp_path / "nowhere.yaml") == (Expected.FILE, 1, 1)


def test_a_folder_in_place_of_a_file_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    assert _problem_of(tmp_path) == (Expected.READABLE, 1, 1)


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"a" * (MAX_BYTES + 1))
    assert _problem_of(file) == (Expected.SMALL_FILE, 1, 1)


def test_a_token_in_the_environment_is_checked_like_one_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "branch.yaml"
    file.write_text(GOOD.replace("token: token-of-wang-0001", "token_env: WANG"), encoding="utf-8")
    assert _problem_of(file, {"WANG": "short"}) == (Expected.VARIABLE_TOKEN, 31, 80)
    branch = load_branch_file(file, {"WANG": "long-enough-for-wang"})
    token = branch.staff[0].token
    assert token is not None
    assert token.get_secret_value() == "long-enough-for-wang"


def test_a_byte_order_mark_as_windows_writes_it_is_harmless(tmp_path: Path) -> None:
    file = tmp_path / "branch.yaml"
    file.write_text(GOOD, encoding="utf-8-sig")
    assert load_branch_file(file, {}).branch.code == "small"


def test_no_problem_ever_shows_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    with pytest.raises(BranchFileRefused) as refusal:
        load_branch_file("duplicate_token.yaml", environ={})
    assert "token-of-wang-0001" not in str(refusal.value)
    assert "token-of-wang-0001" not in repr(load_branch_file("good.yaml", environ={}))


def test_every_sentence_is_there_in_chinese_with_the_same_places_to_fill() -> None:
    with (LOCALE / "zh_CN" / "LC_MESSAGES" / "firmware_config.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_CN")
    for expected in Expected:
        message = catalogue.get(expected.value)
        assert message is not None, expected.value
        assert isinstance(message.string, str)
        assert message.string, expected.value
        assert _fields(message.string) == _fields(expected.value)


def test_check_prints_every_problem_and_ends_with_failure() -> None:
    path = CORPUS / "everything_at_once.yaml"
    result = CliRunner().invoke(main, ["check", str(path), "--language", "en"])
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert len(lines) == 12
    assert lines[0].startswith(f"{path}:4:9: branch.zone: expected a time zone")
    assert lines[-1] == "11 problem(s)"


def test_check_says_ok_to_a_good_file() -> None:
    result = CliRunner().invoke(main, ["check", str(CORPUS / "good.yaml"), "--language", "en"])
    assert result.exit_code == 0
    assert result.output.startswith("ok: Small Branch, 2 services, 2 counters, 9 devices, 2 staff, version ")


def test_every_problem_can_be_told_in_chinese() -> None:
    path = CORPUS / "everything_at_once.yaml"
    lines = CliRunner().invoke(main, ["check", str(path)]).output.splitlines()
    assert lines[0].startswith(f"{path}:4:9: branch.zone: 应为时区")
    assert lines[-1] == "共 11 处问题"
    assert all(re.search("[\u4e00-\u9fff]", line) for line in lines)


def test_a_value_with_braces_or_line_breaks_cannot_disturb_the_sentence() -> None:
    problem = Problem(Spot("f", 1, 2), "a\nb", Expected.CODE, {"found": "{x}\n\x1b[2J" + "y" * 100})
    assert problem.read("en").startswith(
        "f:1:2: a?b: expected a code of small letters, digits and _, found {x}??[2J"
    )
    assert problem.read("en").endswith("y...")


_LINES = GOOD.splitlines()
_mutations = st.lists(
    st.tuples(
        st.integers(0, len(_LINES) - 1),
        st.integers(0, 60),
        st.integers(0, 12),
        st.one_of(
            st.text(max_size=12),
            st.text(string.punctuation + string.digits + " \n\t", max_size=8),
            st.sampled_from(
                ["null", "[]", "{}", "&a", "*a", "<<: *a", "!!int ", "- ", "? ", "\x00", "0x10", "1e9"]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(mutations=_mutations)
def test_no_mutation_of_a_branch_file_ends_in_a_traceback(
    mutations: list[tuple[int, int, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = list(_LINES)
    for line, column, removed, inserted in mutations:
        text = lines[line]
        lines[line] = text[:column] + inserted + text[column + removed :]
    file = tmp_path_factory.getbasetemp() / "mutated.yaml"
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    _load_or_be_told(file)


@given(raw=st.binary(max_size=400))
def test_no_heap_of_bytes_ends_in_a_traceback(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(raw)
    _load_or_be_told(file)


_KEYS = [
    "branch",
    "groups",
    "services",
    "counters",
    "staff",
    "devices",
    "rules",
    "code",
    "id",
    "token",
    "kiosks",
    "missed",
    "crowded",
    "ticket_hours",
    "opens",
    "standards",
    "limits",
    "inherits",
]
_nodes = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(_KEYS),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@given(tree=st.dictionaries(st.sampled_from(["services", "staff", "devices", "rules", "inherits"]), _nodes))
def test_no_shape_of_a_branch_file_ends_in_a_traceback(
    tree: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "shaped.yaml"
    file.write_text(json.dumps(tree), encoding="utf-8")
    _load_or_be_told(file)


def _load_or_be_told(file: Path) -> None:
    try:
        load_branch_file(file, environ={})
    except BranchFileRefused as refusal:
        problems = refusal.problems
    else:
        return
    assert problems
    for problem in problems:
        assert problem.spot.line >= 1
        assert problem.spot.column >= 1
        assert "\n" not in problem.read("zh_CN")


def _problem_of(file: Path, environ: dict[str, str] | None = None) -> tuple[Expected, int, int]:
    with pytest.raises(BranchFileRefused) as refusal:
        load_branch_file(file, environ or {})
    (problem,) = refusal.value.problems
    return problem.expected, problem.spot.line, problem.spot.column


def _fields(template: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(template)} - {None}
