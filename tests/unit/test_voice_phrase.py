"""Which words an announcement is made of, and the pauses between them (D2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.voice.phrase import (
    AFTER_NUMBER_MS,
    BETWEEN_LANGUAGES_MS,
    BETWEEN_REPEATS_MS,
    GAP_MS,
    OPTIONAL,
    REQUIRED,
    Reading,
    gaps_ms,
    phrase,
    unsaid,
)


def said(clips: list[str]) -> str:
    return " ".join(clip.split("/")[1] for clip in clips)


@pytest.mark.parametrize(
    ("number", "counter", "expected"),
    [
        ("A012", "3", "请 A 零 一 二 号 到 三 号 窗口"),
        ("a7", "10", "请 A 七 号 到 十 号 窗口"),
        ("VIP001", "12", "请 V I P 零 零 一 号 到 一 十 二 号 窗口".replace("一 十 二", "十 二")),
        ("B999", "20", "请 B 九 九 九 号 到 二 十 号 窗口"),
        ("B999", "35", "请 B 九 九 九 号 到 三 十 五 号 窗口"),
        ("B999", "05", "请 B 九 九 九 号 到 零 五 号 窗口"),
        ("B999", "101", "请 B 九 九 九 号 到 一 零 一 号 窗口"),
        ("贵-7", "贵宾室", "请 七 号 到 号 窗口"),
    ],
)
def test_chinese(number: str, counter: str, expected: str) -> None:
    assert said(phrase(number, counter)) == expected


@pytest.mark.parametrize(
    ("number", "counter", "expected"),
    [
        ("A012", "3", "number A 0 1 2 go_to_counter 3"),
        ("A012", "12", "number A 0 1 2 go_to_counter 12"),
        ("A012", "30", "number A 0 1 2 go_to_counter 30"),
        ("A012", "45", "number A 0 1 2 go_to_counter 40 5"),
        ("A012", "B2", "number A 0 1 2 go_to_counter B 2"),
    ],
)
def test_english(number: str, counter: str, expected: str) -> None:
    assert said(phrase(number, counter, ["en"])) == expected


def test_digits_of_a_counter_are_spelled_when_the_branch_wants_it_so() -> None:
    digits = Reading(counter="digits")
    assert said(phrase("A1", "12", reading=digits)) == "请 A 一 号 到 一 二 号 窗口"
    assert said(phrase("A1", "12", ["en"], reading=digits)) == "number A 1 go_to_counter 1 2"


def test_the_telephone_one_is_a_setting_and_never_used_for_a_counter() -> None:
    assert said(phrase("A11", "1", reading=Reading(one="幺"))) == "请 A 幺 幺 号 到 一 号 窗口"


def test_languages_follow_each_other_and_all_of_it_is_repeated() -> None:
    once = phrase("A1", "2", ["zh"]) + phrase("A1", "2", ["en"])
    assert phrase("A1", "2", ["zh", "en"]) == once
    assert phrase("A1", "2", ["zh", "en"], times=2) == once * 2


def test_a_recall_says_so_when_the_pack_can_and_is_a_plain_call_when_it_cannot() -> None:
    assert said(phrase("A1", "2", is_recall=True)).startswith("再次呼叫 请 A")
    plain = set(REQUIRED["zh"])
    assert phrase("A1", "2", is_recall=True, available=plain) == phrase("A1", "2")
    assert said(phrase("A1", "12", available=plain)) == "请 A 一 号 到 一 二 号 窗口"


def test_there_is_a_longer_pause_after_the_number_than_between_words() -> None:
    clips = phrase("A012", "3")
    gaps = dict(zip(clips, gaps_ms(clips), strict=True))
    assert gaps["zh/请"] == GAP_MS == 30
    assert gaps_ms(clips)[clips.index("zh/号")] == AFTER_NUMBER_MS == 180
    assert gaps_ms(clips)[-2:] == [GAP_MS, 0], "none after the counter's own 号, none at the end"


def test_pauses_between_languages_and_repeats_are_heard_as_such() -> None:
    clips = phrase("A1", "2", ["zh", "en"], times=2)
    gaps = gaps_ms(clips)
    half = len(clips) // 2
    assert gaps[half - 1] == BETWEEN_REPEATS_MS
    assert gaps.count(BETWEEN_LANGUAGES_MS) == 2
    single = phrase("A1", "2", times=3)
    assert gaps_ms(single).count(BETWEEN_REPEATS_MS) == 2


@given(
    st.text(max_size=8), st.text(max_size=4), st.sampled_from([["zh"], ["en"], ["zh", "en"]]), st.booleans()
)
def test_whatever_the_number_only_known_words_are_asked_for(
    number: str, counter: str, languages: list[str], is_recall: bool
) -> None:
    clips = phrase(number, counter, languages, is_recall=is_recall)  # type: ignore[arg-type]
    known = {clip for language in ("zh", "en") for clip in REQUIRED[language] + OPTIONAL[language]}
    assert set(clips) <= known
    assert len(gaps_ms(clips)) == len(clips)


def test_characters_without_a_word_are_named() -> None:
    assert unsaid("贵-7A") == "贵-"
    assert unsaid("A012") == ""
