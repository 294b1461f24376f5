"""The picture of the board: everything on it, nothing outside, nothing jumping, readable from 8 m (D1, N5)."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from display import board as boards
from display import panels, strip
from display.board import Board, take
from display.catalogue import FOLDER, Catalogue
from display.layout import layout, next_page
from display.screen.canvas import offscreen
from display.screen.fonts import Fonts
from display.screen.shapes import Box, Paragraph, Shape, Text
from queue_server.wire.shapes import Snapshot
from tests.unit.test_display_board import BRANCH, call, delta, row

NOON = datetime(2025, 11, 24, 10, 8, tzinfo=UTC)
FULL_HD = (1920, 1080)
SIZES = [FULL_HD, (1366, 768), (1280, 720), (1024, 768), (3840, 2160)]
catalogue = Catalogue()


def group(name: str, waiting: int, lo: int | None = 15) -> dict[str, Any]:
    band = None if lo is None else {"lo_min": lo, "hi_min": lo + 5}
    return {"group": name, "name": {"zh": name, "en": "Personal banking"}, "waiting": waiting, "wait": band}


def notice(text: str, english: str = "", is_apology: bool = False) -> dict[str, Any]:
    return {"notice_id": text, "text": {"zh": text, "en": english}, "is_apology": is_apology}


def busy(**changes: Any) -> Board:
    sections = {
        "branch": BRANCH,
        "calls": [row(20 - i, f"A{20 - i:03}", str(i % 5 + 1), i < 2) for i in range(9)],
        "missed": ["A003", "B001"],
        "get_ready": ["A021", "A022"],
        "waiting": [group("个人业务", 12), group("对公业务", 3, None)],
        "notices": [notice("请保管好随身物品", "Look after your belongings")],
    }
    return take(Board(), Snapshot(position=20, sections=sections | changes), 0.0)[0]


def picture(board: Board, now: float = 100.0, size: tuple[int, int] = FULL_HD) -> tuple[Shape, ...]:
    return layout(board, size, NOON, now, catalogue)


def written(shapes: tuple[Shape, ...]) -> str:
    return "\n".join(s.text for s in shapes if isinstance(s, Text | Paragraph))


def text(shapes: tuple[Shape, ...], words: str) -> Text:
    return next(s for s in shapes if isinstance(s, Text) and s.text == words)


def test_everything_d1_asks_for_is_on_the_board() -> None:
    seen = written(picture(busy()))
    for words in (
        "示例银行  城中支行",
        "A020",
        "1号窗口",
        "A019",
        "A003",
        "A021",
        "个人业务",
        "等候 12 人",
        "约 15–20 分钟",
        "暂无窗口办理",
        "请保管好随身物品",
        "95500",
        "10:08",
        "2025年11月24日 星期一",
        "Please go to Counter".lower(),
    ):
        assert words.lower() in seen.lower(), words


def test_the_newest_number_is_by_far_the_largest() -> None:
    shapes = picture(busy())
    large = text(shapes, "A020")
    others = [s.size for s in shapes if isinstance(s, Text) and s is not large]
    assert large.size > 1.5 * max(others)


def test_what_one_must_read_is_readable_from_8_m() -> None:
    shapes = picture(busy())
    # Capital letters and digits are 0.73 em high; 29 px on a 55-inch screen of 1080 lines are 7.5 minutes of arc at 8 m.
    for words in ("A020", "A019", "A003", "A021", "等候 12 人", "约 15–20 分钟", "95500"):
        assert text(shapes, words).size * 0.73 >= 29, words


def test_a_flashing_call_inverts_its_colours_and_nothing_else_moves() -> None:
    board, _ = take(busy(), delta(21, call(21, "A021", "3"), calls=[row(21, "A021", "3")]), 100.0)
    on, off = picture(board, 100.1), picture(board, 100.6)
    assert on != off
    assert [s.box for s in on if isinstance(s, Text)] == [s.box for s in off if isinstance(s, Text)]
    assert text(on, "3号窗口").colour != text(off, "3号窗口").colour


def test_nothing_jumps_when_numbers_change() -> None:
    def places(board: Board) -> list[tuple[Box, int]]:
        return [(s.box, s.size) for s in picture(board) if isinstance(s, Text)]

    one = busy(waiting=[group("个人业务", 1)], calls=[row(9, "A009"), row(8, "A008")])
    other = busy(waiting=[group("个人业务", 188, 115)], calls=[row(9, "B119"), row(8, "V888")])
    assert places(one) == places(other)


def test_a_lost_connection_is_told_in_both_languages_on_red() -> None:
    seen = written(picture(boards.lost(busy())))
    assert "网络中断，显示内容可能不是最新" in seen
    assert "may be out of date" in seen
    assert "A020" in seen, "what is known stays"


def test_before_the_first_word_of_the_server_the_screen_says_that_it_connects() -> None:
    assert "正在连接叫号服务器" in written(picture(Board()))
    assert "尚未登记" in written(picture(boards.refused(Board())))


def test_an_apology_comes_before_notices_and_pages_turn() -> None:
    board = busy(notices=[notice("通知", "News"), notice("抱歉", "Sorry", True)])
    assert "抱歉" in written(picture(board, 0.0))
    assert "通知" in written(picture(board, panels.PAGE_S))
    assert next_page(board, 3.0) == panels.PAGE_S
    assert next_page(busy(), 3.0) is None, "a single page needs no waking up"


def test_an_apology_stands_still_in_both_languages_and_can_be_read_from_8_m() -> None:
    zh = "取号机暂停使用，请向大堂经理取号，给您带来不便，敬请谅解。"
    en = "We are sorry: the ticket kiosk is out of order. Please ask the lobby manager for a number."
    board = busy(notices=[notice(zh, en, True)])
    assert picture(board, 0.0) == picture(board, panels.PAGE_S), "what stands for an hour does not change"
    shapes = picture(board)
    assert text(shapes, en).box.y > text(shapes, zh).box.y
    said = text(shapes, zh)
    # As large as thirty ideographs get on one line: 40 px of a 1080-line screen, the smallest that is read from 8 m.
    assert min(said.size, said.box.width // len(zh)) >= 40


def test_apologies_take_turns_in_the_same_places() -> None:
    def places(board: Board, now: float) -> list[tuple[Box, int]]:
        return [(s.box, s.size) for s in picture(board, now) if isinstance(s, Text)]

    board = busy(
        notices=[notice("取号机暂停使用。", "Kiosk", True), notice("语音叫号暂停，请看屏幕。", "Voice", True)]
    )
    assert places(board, 0.0) == places(board, panels.PAGE_S)
    assert written(picture(board, 0.0)) != written(picture(board, panels.PAGE_S))


def test_a_long_notice_has_a_page_for_each_language() -> None:
    board = busy(notices=[notice("请" * 60, "please " * 30)])
    assert [page.small for page in strip.notice_pages(board)] == ["", ""]


def test_more_groups_than_places_take_turns() -> None:
    board = busy(waiting=[group(f"业务{i}", i) for i in range(6)])
    pages = [written(picture(board, page * panels.PAGE_S)) for page in (0, 1)]
    assert all(any(f"业务{i}" in page for page in pages) for i in range(6))


def test_a_branch_with_one_language_shows_only_that() -> None:
    seen = written(picture(busy(branch=BRANCH | {"languages": ["zh"]}, waiting=[], notices=[])))
    assert not re.search("[a-z]{3}", seen)
    english = written(picture(busy(branch=BRANCH | {"languages": ["en", "zh"]})))
    assert "Now calling" in english


names = st.text(st.sampled_from("AVIP0123456789贵宾室-二楼 "), max_size=14)


@given(
    st.lists(names, max_size=9),
    st.lists(names, max_size=14),
    st.lists(names, max_size=7),
    st.lists(names, max_size=7),
    st.sampled_from(SIZES),
)
def test_whatever_is_on_it_no_shape_leaves_the_screen(
    calls: list[str], missed: list[str], ready: list[str], groups: list[str], size: tuple[int, int]
) -> None:
    board = busy(
        calls=[row(20 - i, name, name) for i, name in enumerate(calls)],
        missed=missed,
        get_ready=ready,
        waiting=[group(name, 3) for name in groups],
    )
    for shape in picture(board, size=size):
        box = getattr(shape, "box", None)
        if box is not None:
            assert 0 <= box.x <= box.right <= size[0], shape
            assert 0 <= box.y <= box.bottom <= size[1], shape


@pytest.mark.parametrize("size", SIZES)
def test_an_ordinary_board_is_written_without_shortening_anything(size: tuple[int, int]) -> None:
    canvas = offscreen(size)
    for shape in picture(busy(), size=size):
        if isinstance(shape, Text):
            fitted, _ = canvas.fonts.fit(
                shape.text, shape.box.width, shape.size, shape.min_size, shape.weight
            )
            assert fitted == shape.text
        elif isinstance(shape, Paragraph):
            lines, _ = canvas.flow(shape)
            assert "".join(lines).replace(" ", "") == shape.text.replace(" ", "")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("languages", [["zh", "en"], ["en", "zh"]])
def test_a_counter_that_says_what_it_serves_is_whole_in_the_list_and_in_the_large_call(
    size: tuple[int, int], languages: list[str]
) -> None:
    name = {"zh": "3 号窗口（对公、外币）", "en": "Counter 3 (business, FX)"}
    rows = [row(20 - i, f"A{20 - i:03}", "3") | {"counter_name": name} for i in range(4)]
    shapes = picture(busy(calls=rows, branch=BRANCH | {"languages": languages}), size=size)
    assert written(shapes).split("\n").count("3 号窗口" if languages[0] == "zh" else "Counter 3") == 3
    canvas = offscreen(size)
    for shape in shapes:
        if isinstance(shape, Text) and ("3 号窗口" in shape.text or "Counter 3" in shape.text):
            fitted, _ = canvas.fonts.fit(
                shape.text, shape.box.width, shape.size, shape.min_size, shape.weight
            )
            assert fitted == shape.text
        elif isinstance(shape, Paragraph) and name[languages[0]] in shape.text:
            lines, _ = canvas.flow(shape)
            assert "".join(lines).replace(" ", "") == shape.text.replace(" ", "")


def test_the_same_board_is_the_same_picture() -> None:
    assert picture(busy()) == picture(busy())
    assert picture(replace(busy(), position=99)) == picture(busy())


def sentences() -> set[str]:
    """Every capitalised text in the code of the picture that is not a docstring: what a hall may read."""
    found: set[str] = set()
    for name in ("panels.py", "strip.py", "sheet.py", "layout.py"):
        tree = ast.parse((Path(panels.__file__).parent / name).read_text("utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                found |= {node.value} if re.match("[A-Z{][a-z]", node.value) else set()
    return found


def test_every_text_of_the_display_is_translated_and_every_translation_is_used() -> None:
    with (FOLDER / "zh_CN" / "LC_MESSAGES" / "display.po").open("rb") as file:
        messages = {str(m.id): str(m.string) for m in read_po(file, locale="zh_CN") if m.id}
    assert set(messages) == sentences()
    for english, chinese in messages.items():
        assert chinese, f"not translated: {english}"
        assert Fonts().missing(chinese) == ""
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", chinese))
