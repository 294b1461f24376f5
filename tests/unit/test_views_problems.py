"""Refusals in words: every template has its Chinese, every detail its human name, nothing of a bug gets out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from pydantic import BaseModel, Field, ValidationError

import queue_server.app
import queue_server.web.problems
from queue_server.domain import commands as c
from queue_server.domain.actors import Role
from queue_server.domain.branch import Text
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import (
    CounterAlreadyOpen,
    CounterNotOpen,
    Fault,
    JournalNotWritable,
    NotPermitted,
    Refusal,
    WrongTicketState,
)
from queue_server.views import problems
from queue_server.views.language import preferred
from queue_server.views.problems import Bug, invalid, told
from tests.conftest import ROOT

CATALOGUE = ROOT / "queue_server" / "locale" / "zh_CN" / "LC_MESSAGES" / "refusals.po"

assert queue_server.app
assert queue_server.web.problems


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    """All classes below, wherever they are."""
    for below in kind.__subclasses__():
        if below.__module__.startswith("queue_server"):
            yield below
        yield from every(below)


def catalogue() -> dict[tuple[str | None, str], str]:
    """(context, English) → Chinese."""
    with CATALOGUE.open("rb") as file:
        found = read_po(file, locale="zh_CN")
    return {(one.context, str(one.id)): str(one.string) for one in found if one.id}


@pytest.mark.parametrize("kind", [*every(Refusal), *every(Fault), Bug], ids=lambda kind: kind.__name__)
def test_every_refusal_and_fault_has_a_code_and_chinese_words(kind: type[Refusal]) -> None:
    chinese = catalogue().get((None, kind.template))
    assert chinese, kind.template
    assert kind.code == kind.code.lower()


def test_codes_are_used_once() -> None:
    codes = [vars(kind)["code"] for kind in (*every(Refusal), *every(Fault)) if "code" in vars(kind)]
    assert sorted(codes) == sorted(set(codes))


def test_every_state_role_and_command_has_a_name_in_chinese() -> None:
    known = catalogue()
    for state in (*TicketState, *CounterState):
        assert known[("state", problems._STATES[state.value])]
    for role in Role:
        assert known[("role", problems._ROLES[role.value])]
    for name, kind in vars(c).items():
        if isinstance(kind, type) and issubclass(kind, c.Command) and kind is not c.Command:
            spoken = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
            assert known[("command", spoken)], name


def test_what_pydantic_says_has_chinese_words() -> None:
    known = catalogue()
    for expected in problems._EXPECTED.values():
        assert known[(None, expected)], expected


def test_states_are_told_by_name_and_stay_codes_in_the_details() -> None:
    refusal = WrongTicketState(number="A012", state="on_hold")
    assert told(refusal, "zh").message == "号码 A012 已暂离（保留号位）"
    assert told(refusal, "en").message == "Ticket A012 is on hold"
    assert told(refusal, "zh").details == {"number": "A012", "state": "on_hold"}
    assert told(CounterNotOpen(counter="3", state="paused"), "zh").message == "3 号窗口已暂停"


def test_roles_and_commands_are_told_by_name() -> None:
    refusal = NotPermitted(role="teller at counter 2", command="CallNext(1)")
    assert told(refusal, "zh").message == "2 号窗口柜员无权执行“叫下一号(1)”"
    assert told(refusal, "en").message == "The role teller at counter 2 may not do call next(1)"


def test_people_are_told_by_name_where_it_is_known() -> None:
    refusal = CounterAlreadyOpen(counter="1", teller="wang_fang")
    names = {"wang_fang": Text("王芳", "Wang Fang")}
    assert told(refusal, "zh", names).message == "1 号窗口已由 王芳 开启"
    assert told(refusal, "en", names).message == "Counter 1 is already open for Wang Fang"
    assert told(refusal, "en").message == "Counter 1 is already open for wang_fang"


def test_a_fault_says_what_is_broken() -> None:
    shape = told(JournalNotWritable(cause="disk full"), "zh")
    assert (shape.code, shape.message) == (
        "journal_not_writable",
        "日志无法写入（disk full）：本次操作未记录",
    )


def test_a_bug_tells_its_reference_and_nothing_else() -> None:
    shape = told(Bug("1a2b"), "en")
    assert (shape.code, shape.details) == ("internal", {"reference": "1a2b"})


class Asked(BaseModel, extra="forbid"):
    """A request model for the test below."""

    count: int = Field(ge=1)
    name: str = Field(max_length=3)


@pytest.mark.parametrize(
    ("body", "where", "zh", "en"),
    [
        ({"count": 0, "name": "x"}, "count", "count：不得小于 1", "count: must be at least 1"),
        ({"count": "x", "name": "x"}, "count", "count：须为整数", "count: must be a whole number"),
        ({"count": 1}, "name", "name：缺少此项", "name: is missing"),
        ({"count": 1, "name": "long"}, "name", "name：最多 3 个字符", "name: may have at most 3 characters"),
        ({"count": 1, "name": "x", "odd": 1}, "odd", "odd：未知字段", "odd: is not a known field"),
    ],
)
def test_a_request_that_does_not_fit_is_told_by_its_path(
    body: dict[str, object], where: str, zh: str, en: str
) -> None:
    with pytest.raises(ValidationError) as found:
        Asked.model_validate(body)
    refusal = invalid(found.value)
    assert told(refusal, "zh").message == zh
    assert told(refusal, "en").message == en
    assert told(refusal, "zh").details["where"] == where


@pytest.mark.parametrize(
    ("header", "asked", "language"),
    [
        (None, None, "zh"),
        ("", "", "zh"),
        ("en", None, "en"),
        ("en-US,en;q=0.5", None, "en"),
        ("zh;q=0.3, en;q=0.7", None, "en"),
        ("zh-CN", "en", "en"),
        ("en", "zh", "zh"),
        ("de, fr;q=0.5", None, "zh"),
        (";;;,q=,en;q=nan", None, "zh"),
    ],
)
def test_the_language_is_asked_for_or_preferred_or_chinese(
    header: str | None, asked: str | None, language: str
) -> None:
    assert preferred(header, asked) == language
