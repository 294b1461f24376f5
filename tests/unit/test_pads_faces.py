"""What pad, window screen and evaluator of a counter show, as sentences and for every view there can be (C1, D5, H4)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.faces import BLANK, Face, Place, Refused, face_of, fit, lost_face
from queue_server.pads.words import say_in
from queue_server.wire.pads import PadCounterView, RatingAsked
from queue_server.wire.shapes import Text

ZH, EN = say_in("zh"), say_in("en")
PAD, SCREEN, EVALUATOR = Place("call_pad"), Place("window_screen"), Place("evaluator")


def view(**facts: Any) -> PadCounterView:
    """A free counter where nobody waits, but for `facts`."""
    free: dict[str, Any] = {
        "counter": "3",
        "name": Text(zh="3 号窗口", en="Counter 3"),
        "state": "free",
        "number": None,
        "waiting": 0,
        "level": 0,
        "reason": None,
        "is_pause_requested": False,
        "is_unheard": False,
        "rating": None,
        "supervisor": "none",
    }
    return PadCounterView(**{**free, **facts})


CALLED = view(state="calling", number="A012", waiting=7)
SERVING = view(state="serving", number="A012", waiting=7)


@pytest.mark.parametrize(
    ("seen", "zh", "en"),
    [
        (view(state="closed"), ("停止服务", "请到其他窗口"), ("Closed", "Please use another counter")),
        (view(), ("欢迎光临", ""), ("Welcome", "")),
        (CALLED, ("A012", "请到本窗口"), ("A012", "Please come to this counter")),
        (SERVING, ("A012", "正在办理"), ("A012", "Being served")),
        (view(state="no_ticket"), ("正在办理", ""), ("Being served", "")),
        (view(state="paused", reason="lunch"), ("暂停服务", "午餐"), ("Paused", "Lunch")),
        (view(state="paused", reason="own_reason"), ("暂停服务", ""), ("Paused", "")),
    ],
)
def test_a_window_screen_says_who_is_served_who_should_come_or_why_nobody_is(
    seen: PadCounterView, zh: tuple[str, str], en: tuple[str, str]
) -> None:
    for say, lines in ((ZH, zh), (EN, en)):
        face = face_of(SCREEN, seen, say)
        assert (face.line1, face.line2) == lines
        assert face.number == (seen.number or "")
        assert (face.waiting, face.code, face.lamp) == (None, "", "off")


def test_a_window_screen_welcomes_with_its_own_words() -> None:
    assert face_of(Place("window_screen", "恭迎光临"), view(), ZH).line1 == "恭迎光临"


@pytest.mark.parametrize(
    ("seen", "line1", "line2", "lamp"),
    [
        (view(waiting=7), "空闲", "等候 7 人", "off"),
        (CALLED, "A012 已呼叫", "等候 7 人", "on"),
        (CALLED.model_copy(update={"is_unheard": True}), "A012 已呼叫", "未播报 请口头叫号", "blink"),
        (SERVING, "A012 办理中", "等候 7 人", "off"),
        (SERVING.model_copy(update={"level": 1}), "A012 办理中", "等候 7 人", "on"),
        (SERVING.model_copy(update={"level": 2}), "A012 办理中", "等候 7 人 已超时", "blink"),
        (SERVING.model_copy(update={"level": 3}), "A012 办理中", "等候 7 人 已超时", "blink"),
        (SERVING.model_copy(update={"supervisor": "called"}), "A012 办理中", "等候 7 人 已呼叫主管", "off"),
        (SERVING.model_copy(update={"supervisor": "answered"}), "A012 办理中", "等候 7 人 主管已应答", "off"),
        (view(is_pause_requested=True), "空闲", "等候 0 人 已申请暂停", "off"),
        (view(state="paused", reason="balancing"), "暂停服务 轧账", "等候 0 人", "off"),
    ],
)
def test_a_call_pad_shows_whom_it_has_how_many_wait_and_what_needs_doing(
    seen: PadCounterView, line1: str, line2: str, lamp: str
) -> None:
    face = face_of(PAD, seen, ZH)
    assert (face.line1, face.line2, face.lamp) == (line1, line2, lamp)
    assert (face.number, face.waiting, face.code) == (seen.number or "", seen.waiting, "")


def test_a_refused_key_shows_its_digits_and_beside_them_its_words() -> None:
    face = face_of(PAD, CALLED, ZH, refused=Refused("20", "请先办结当前号"))
    assert face == Face("A012", 7, "20", "on", "none", "A012 已呼叫", "20 请先办结当前号")


def test_a_refused_key_is_no_window_screens_business() -> None:
    assert face_of(SCREEN, CALLED, ZH, refused=Refused("20", "请先办结当前号")).code == ""


def test_an_evaluator_asks_thanks_and_is_idle() -> None:
    asked = view(rating=RatingAsked(number="A012"))
    assert face_of(EVALUATOR, asked, ZH).ask_rating
    assert face_of(EVALUATOR, asked, ZH).line1 == "请您评价本次服务"
    assert face_of(EVALUATOR, view(), ZH, is_thanking=True) == Face(line1="谢谢您的评价")
    assert face_of(EVALUATOR, view(), ZH) == BLANK


def test_asking_the_next_customer_goes_before_thanking_the_last() -> None:
    asked = view(rating=RatingAsked(number="A013"))
    assert face_of(EVALUATOR, asked, ZH, is_thanking=True).ask_rating


def test_without_the_server_nothing_shows_a_number_that_may_be_an_old_one() -> None:
    pad, screen = lost_face(PAD, ZH), lost_face(SCREEN, ZH)
    assert (pad.code, pad.number, pad.waiting, pad.lamp) == ("01", "", None, "blink")
    assert (screen.line1, screen.line2, screen.number) == ("系统暂时中断", "请听工作人员叫号", "")
    assert lost_face(EVALUATOR, ZH) == BLANK


def test_a_counter_the_server_does_not_know_leaves_its_devices_dark() -> None:
    assert face_of(PAD, None, ZH) == face_of(SCREEN, None, EN) == BLANK


VIEWS = st.builds(
    view,
    state=st.sampled_from(["closed", "free", "calling", "serving", "paused", "no_ticket"]),
    number=st.none() | st.from_regex(r"[A-Z]{1,2}[0-9]{3,4}", fullmatch=True),
    waiting=st.integers(0, 9999),
    level=st.integers(0, 3),
    reason=st.none() | st.text(max_size=40),
    is_pause_requested=st.booleans(),
    is_unheard=st.booleans(),
    rating=st.none() | st.builds(RatingAsked, number=st.none() | st.just("A012")),
    supervisor=st.sampled_from(["none", "called", "answered"]),
)
PLACES = st.builds(
    Place, st.sampled_from(["call_pad", "window_screen", "evaluator"]), welcome=st.text(max_size=40)
)


def fits(line: str) -> bool:
    return len(line.encode("gb18030")) <= 32 and all(len(sign.encode("gb18030")) <= 2 for sign in line)


@given(PLACES, VIEWS, st.sampled_from([ZH, EN]), st.booleans())
def test_every_line_of_every_face_fits_its_device(
    place: Place, seen: PadCounterView, say: Any, is_thanking: bool
) -> None:
    refused = Refused("41", "请等 9999 秒")
    for face in (
        face_of(place, seen, say, refused=refused, is_thanking=is_thanking),
        face_of(place, seen, say),
        lost_face(place, say, refused),
    ):
        assert fits(face.line1)
        assert fits(face.line2)


@given(st.text())
def test_a_line_is_cut_between_characters_and_holds_none_a_font_lacks(text: str) -> None:
    assert fits(fit(text))
    assert fit(fit(text)) == fit(text)


def test_a_rare_character_becomes_a_question_mark_and_the_rest_stays() -> None:
    assert fit("𬭎先生") == "?先生"
    assert fit("一二三四五六七八九十一二三四五六七") == "一二三四五六七八九十一二三四五六"
