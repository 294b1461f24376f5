"""Every refusal of the server has two digits of its own, the same on every pad and on the printed card (C1)."""

from __future__ import annotations

import re

import pytest

from queue_server import errors
from queue_server.pads.refusals import CODES, NO_SERVER, REFUSED, TOO_LATE, WORDS, digits, words
from queue_server.pads.words import say_in
from tests.conftest import ROOT

README = ROOT / "queue_server" / "pads" / "README.md"


def codes_of(kind: type[errors.Refusal] | type[errors.Fault]) -> set[str]:
    """The code of a class and of all below it, as `errors.py` has them."""
    found = {kind.code} if kind.__module__ == errors.__name__ else set()
    return found.union(*(codes_of(below) for below in kind.__subclasses__()))


def test_every_refusal_and_fault_has_its_digits_and_no_digits_are_of_nobody() -> None:
    known = codes_of(errors.Refusal) | codes_of(errors.Fault)
    assert set(CODES) == known | {NO_SERVER, TOO_LATE}


def test_no_two_refusals_share_their_digits() -> None:
    assert len(set(CODES.values())) == len(CODES)
    assert all(re.fullmatch(r"[0-9]{2}", shown) and shown != "00" for shown in CODES.values())


def test_a_refusal_of_a_newer_server_is_still_a_refusal() -> None:
    assert digits("moon_is_full") == digits(REFUSED)
    assert words("moon_is_full", {"moon": 1}, say_in("en")) == "Not allowed"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_of_a_refusal_fit_a_line_of_a_pad_beside_their_digits(language: str) -> None:
    for code in WORDS:
        said = words(code, {"wait_s": 9999}, say_in(language))
        assert 0 < len(said.encode("gb18030")) <= 32 - 3, said


def test_every_word_has_its_chinese() -> None:
    assert {text for text in WORDS.values() if say_in("zh")(text) == text} == set()


def test_the_time_left_is_said() -> None:
    assert words("too_soon_for_no_show", {"wait_s": 12, "number": "A001"}, say_in("zh")) == "请等 12 秒"
    assert words("too_soon_for_no_show", {}, say_in("zh")) == "不允许"


def test_the_printed_table_says_the_same() -> None:
    table = README.read_text(encoding="utf-8").partition("## What a refused key shows")[2]
    rows = re.findall(r"^\| (\d\d) \| `(\w+)` \| (.+?) \| (.+?) \|$", table, re.MULTILINE)
    zh = say_in("zh")
    expected = []
    for code, shown in sorted(CODES.items(), key=lambda pair: pair[1]):
        text = WORDS.get(code, WORDS[REFUSED])
        expected.append((shown, code, zh(text), text))
    assert rows == expected
