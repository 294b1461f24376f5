"""Status bits and their meaning, from the manuals' tables; silence is never an opinion about paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.status import (
    GARBLED,
    NO_ANSWER,
    UNPLUGGED,
    Condition,
    PrinterStatus,
    condition_in_words,
    from_asb,
    from_real_time,
)
from printer.words import say_in

FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}


@pytest.mark.parametrize(
    ("answers", "condition", "cause"),
    [
        ({}, Condition.OK, None),
        ({4: 0x1E}, Condition.NEAR_END, None),
        ({1: 0x1A, 2: 0x32, 4: 0x7E}, Condition.PAPER_OUT, "paper_out"),
        ({4: 0x72}, Condition.PAPER_OUT, "paper_out"),
        ({1: 0x1A, 2: 0x16}, Condition.COVER_OPEN, "cover_open"),
        ({1: 0x1A, 2: 0x36, 4: 0x7E}, Condition.COVER_OPEN, "cover_open"),
        ({1: 0x1A, 2: 0x52, 3: 0x1A}, Condition.CUTTER_ERROR, "cutter_error"),
        ({1: 0x1A, 2: 0x52, 3: 0x16}, Condition.JAMMED, "jammed"),
        ({1: 0x1A, 2: 0x52, 3: 0x52}, Condition.OVERHEATED, "overheated"),
        ({1: 0x1A, 2: 0x52, 3: 0x32}, Condition.UNRECOVERABLE, "unrecoverable"),
        ({1: 0x1A}, Condition.OFFLINE, "offline"),
        ({2: 0x52}, Condition.OFFLINE, "offline"),
        ({1: 0x92}, Condition.OK, None),
    ],
)
def test_dle_eot_bits_mean_what_the_manual_says(
    answers: dict[int, int], condition: Condition, cause: str | None
) -> None:
    status = from_real_time(FINE | answers)
    assert (status.condition, status.cause) == (condition, cause)


@pytest.mark.parametrize(
    ("block", "condition"),
    [
        (b"\x10\x00\x00\x00", Condition.OK),
        (b"\x10\x00\x03\x00", Condition.NEAR_END),
        (b"\x18\x00\x0f\x00", Condition.PAPER_OUT),
        (b"\x38\x00\x00\x00", Condition.COVER_OPEN),
        (b"\x18\x08\x00\x00", Condition.CUTTER_ERROR),
        (b"\x18\x20\x00\x00", Condition.UNRECOVERABLE),
        (b"\x18\x40\x00\x00", Condition.OVERHEATED),
        (b"\x18\x00\x00\x00", Condition.OFFLINE),
    ],
)
def test_automatic_status_bits_mean_what_the_manual_says(block: bytes, condition: Condition) -> None:
    assert from_asb(block).condition == condition


def test_a_ticket_not_taken_is_no_trouble() -> None:
    assert from_real_time(FINE | {1: 0x92}).is_ticket_waiting


@pytest.mark.parametrize(
    ("status", "condition", "cause"),
    [
        (PrinterStatus(), Condition.UNKNOWN, "no_answer"),
        (GARBLED, Condition.UNKNOWN, "no_answer"),
        (NO_ANSWER, Condition.NO_ANSWER, "no_answer"),
        (UNPLUGGED, Condition.UNPLUGGED, "unplugged"),
    ],
)
def test_without_an_answer_paper_is_neither_there_nor_out(
    status: PrinterStatus, condition: Condition, cause: str
) -> None:
    assert (status.condition, status.cause) == (condition, cause)
    assert not status.is_paper_out
    assert status.condition not in (Condition.OK, Condition.PAPER_OUT, Condition.NEAR_END)


@given(st.binary(min_size=4, max_size=4))
def test_any_four_bytes_have_one_meaning(answers: bytes) -> None:
    assert from_real_time(dict(enumerate(answers, 1))).condition in Condition
    assert from_asb(answers).condition in Condition


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_has_chinese_and_english_words(condition: Condition) -> None:
    chinese, english = (condition_in_words(condition, say_in(language)) for language in ("zh_CN", "en"))
    assert english.isascii()
    assert not chinese.isascii()


def test_the_twelve_conditions_are_told_in_twelve_sentences() -> None:
    assert len({condition_in_words(condition, say_in("zh_CN")) for condition in Condition}) == len(Condition)
