"""The ticket as laid out: everything K4 lists, the number largest, every line within the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.parts import Words
from firmware_config.ticket_layout import load_ticket_layout, ticket_layout_names
from printer.__main__ import sample_face
from printer.cells import cells
from printer.layout import Line, QrCode, TicketFace, compose
from printer.words import say_in

STANDARD = load_ticket_layout()
AT = datetime(2025, 11, 23, 10, 32, tzinfo=timezone(timedelta(hours=8)))
ZH, EN = sample_face("zh_CN", AT), sample_face("en", AT)


def texts(face: TicketFace, width: int = 48) -> list[str]:
    return [
        piece.text
        for piece in compose(face, width, say_in(face.language), STANDARD)
        if isinstance(piece, Line)
    ]


def test_the_chinese_ticket_reads_top_to_bottom() -> None:
    assert texts(ZH) == [
        "示例银行",
        "朝阳路支行",
        "------",
        "个人存取款",
        "A012",
        "前面 7 人",
        "约等 15-20 分钟",
        "------",
        "过号：顺延3位，两次过号作废",
        "请备：身份证、银行卡",
        "扫码查看排队进度",
        "投诉热线 95588",
        "2025-11-23 10:32",
    ]


def test_the_english_ticket_says_the_same() -> None:
    assert texts(EN)[3:] == [
        "Deposits and withdrawals",
        "A012",
        "7 ahead of you",
        "wait 15-20 min",
        "------",
        "If missed: moved back 3 places, void after two",
        "misses",
        "Bring: ID card, bank card",
        "Scan for live position",
        "Complaints 95588",
        "2025-11-23 10:32",
    ]


@pytest.mark.parametrize("width", [32, 48])
@pytest.mark.parametrize("face", [ZH, EN])
def test_the_number_is_the_largest_thing_on_it(face: TicketFace, width: int) -> None:
    lines = [
        piece for piece in compose(face, width, say_in(face.language), STANDARD) if isinstance(piece, Line)
    ]
    sizes = {line.text: line.width * line.height for line in lines}
    assert sizes.pop("A012") > max(sizes.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"is_reprint": True}, " 补打 "),
        ({"is_priority": True}, " 优先 "),
        ({"class_mark": "VIP"}, " VIP "),
        ({"is_priority": True, "class_mark": "老年"}, " 优先 老年 "),
        ({"requeue_of": "A009"}, "过号重排（原 A009）"),
        ({"counter_hint": "3号"}, "窗口：3号"),
        ({"ahead": 0}, "下一位就是您"),
        ({"wait_lo_min": None, "wait_hi_min": None}, "该业务暂无窗口办理"),
        ({"wait_lo_min": 5, "wait_hi_min": 5}, "约等 5 分钟"),
    ],
)
def test_marks_and_special_cases_are_said(change: dict[str, object], said: str) -> None:
    assert said in texts(replace(ZH, **change))  # type: ignore[arg-type]


def test_the_paper_shows_the_branch_clock_not_utc() -> None:
    assert "2025-11-23 10:32" in texts(replace(ZH, issued_at=AT))
    assert "2025-11-23 02:32" in texts(replace(ZH, issued_at=AT.astimezone(UTC)))


def test_the_link_is_a_code_and_not_text() -> None:
    pieces = compose(ZH, 48, say_in("zh_CN"), STANDARD)
    assert [piece.data for piece in pieces if isinstance(piece, QrCode)] == [ZH.qr_url]
    assert not any(ZH.qr_url in text for text in texts(ZH))


@pytest.mark.parametrize(
    "change",
    [{"number": " \n"}, {"issued_at": datetime(2025, 1, 1)}, {"wait_lo_min": None}, {"ahead": -1}],
)
def test_a_face_that_cannot_be_a_ticket_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(ZH, **change)  # type: ignore[arg-type]


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text("AZ09中", min_size=1, max_size=20),
    st.lists(st.text(max_size=30), max_size=4),
    st.sampled_from([32, 42, 48]),
    st.sampled_from(["zh_CN", "en"]),
)
def test_whatever_it_says_no_line_leaves_the_paper(
    bank: str, rule: str, number: str, papers: list[str], width: int, language: str
) -> None:
    face = replace(
        sample_face(language, AT),
        bank=bank,
        branch=bank,
        service=rule,
        missed_rule=rule,
        number=number,
        papers=tuple(papers),
        class_mark=bank,
        requeue_of=number,
        is_reprint=True,
    )
    for piece in compose(face, width, say_in(language), STANDARD):
        if isinstance(piece, Line):
            assert cells(piece.text) * piece.width <= width


def test_a_branch_has_its_own_words_where_the_layout_leaves_room() -> None:
    words = Words(zh="春节快乐", en="Happy New Year")
    own = STANDARD.with_words(above=None, below=words)
    for face, said in ((ZH, "春节快乐"), (replace(ZH, language="en"), "Happy New Year")):
        pieces = compose(face, 48, say_in(face.language), own)
        plain = compose(face, 48, say_in(face.language), STANDARD)
        added = [piece for piece in pieces if piece not in plain]
        assert added == [Line(said)]
        assert [piece for piece in pieces if piece not in added] == list(plain)


@pytest.mark.parametrize("name", ticket_layout_names())
def test_every_shipped_layout_shows_the_number_largest_and_all_a_ticket_must(name: str) -> None:
    layout = load_ticket_layout(name)
    face = replace(ZH, is_reprint=True, is_priority=True)
    lines = [piece for piece in compose(face, 32, say_in("zh_CN"), layout) if isinstance(piece, Line)]
    number = next(line for line in lines if line.text == face.number)
    assert number.height == max(line.height for line in lines)
    text = "".join(line.text for line in lines)
    for said in (
        face.bank,
        face.branch,
        face.service,
        "补打",
        "优先",
        face.hotline,
        f"{face.issued_at:%H:%M}",
    ):
        assert said in text


def test_a_compact_ticket_is_shorter() -> None:
    def height(name: str) -> int:
        pieces = compose(ZH, 48, say_in("zh_CN"), load_ticket_layout(name))
        return sum(piece.height * 32 if isinstance(piece, Line) else 0 for piece in pieces)

    assert height("compact") < height("standard")
