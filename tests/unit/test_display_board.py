"""The lobby board: what it takes, ignores, asks again, and announces: each announcement once, none lost (D2, D4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from display import board as boards
from display.board import FLASH_PERIOD_S, FLASH_S, Board, Connection, take, take_due, take_shown
from queue_server.wire.display import Announcement
from queue_server.wire.follow import Step
from queue_server.wire.shapes import Delta, Snapshot

CALLED_AT = datetime(2025, 11, 24, 2, 0, tzinfo=UTC)
BRANCH = {
    "bank": {"zh": "示例银行", "en": "Example Bank"},
    "branch": {"zh": "城中支行", "en": "City Branch"},
    "hotline": "95500",
    "zone": "Asia/Shanghai",
}


def call(position: int, number: str = "A001", counter: str = "1", kind: str = "call") -> dict[str, Any]:
    return {
        "announcement_id": position,
        "kind": kind,
        "number": number,
        "counter": counter,
        "counter_name": {"zh": f"{counter}号窗口", "en": f"Counter {counter}"},
        "called_at": CALLED_AT,
    }


def row(position: int, number: str = "A001", counter: str = "1", is_open: bool = True) -> dict[str, Any]:
    shared = {
        k: v for k, v in call(position, number, counter).items() if k not in ("announcement_id", "kind")
    }
    return shared | {"position": position, "is_open": is_open}


def snapshot(position: int, **sections: Any) -> Snapshot:
    return Snapshot(position=position, sections={"branch": BRANCH, "calls": [], "pending": []} | sections)


def delta(position: int, *happenings: Any, previous: int | None = None, **sections: Any) -> Delta:
    before = position - 1 if previous is None else previous
    return Delta(position=position, previous=before, sections=sections, happenings=list(happenings))


def after(*messages: Snapshot | Delta) -> Board:
    board = Board()
    for message in messages:
        board, _ = take(board, message, 100.0)
    return board


def due(board: Board) -> list[int]:
    return [announcement.announcement_id for announcement in board.due]


def test_a_call_is_due_shown_large_and_flashing() -> None:
    board = after(snapshot(10), delta(11, call(11, "A012", "3"), calls=[row(11, "A012", "3")]))
    large = boards.newest(board)
    assert large is not None
    assert (large.number, large.counter_name.zh, large.is_open) == ("A012", "3号窗口", True)
    assert large.flash is not None
    assert large.flash.is_on(100.0)
    assert due(board) == [11]


def test_missed_numbers_stand_on_the_board_and_are_not_spoken() -> None:
    board = after(snapshot(10, missed=["A001"]), delta(11, missed=["A002", "A001"]))
    assert board.missed == ("A002", "A001")
    assert (due(board), board.flashes, board.unseen) == ([], (), ())


def test_a_call_seen_before_is_ignored() -> None:
    message = delta(11, call(11))
    board, step = take(after(snapshot(10), message), message, 200.0)
    assert step is Step.REPEAT
    assert due(board) == [11]


def test_07_a_gap_is_told_and_changes_nothing() -> None:
    before = after(snapshot(10))
    board, step = take(before, delta(13, call(13)), 100.0)
    assert step is Step.GAP
    assert board == before


def test_what_was_announced_is_not_announced_again_by_a_snapshot() -> None:
    board, spoken = take_due(after(snapshot(10), delta(11, call(11))))
    assert [a.announcement_id for a in spoken] == [11]
    board, _ = take(boards.lost(board), snapshot(12, pending=[call(11), call(12, "A002")]), 100.0)
    assert due(board) == [12]


def test_06_a_recall_is_announced_again_and_takes_over_the_flash() -> None:
    board = after(snapshot(10), delta(11, call(11)))
    board, step = take(board, delta(12, call(12, kind="recall")), 150.0)
    assert step is Step.APPLIED
    assert due(board) == [11, 12]
    assert [flash.since for flash in board.flashes] == [150.0]


def test_two_calls_in_one_message_are_due_in_the_order_of_the_calls() -> None:
    assert due(after(snapshot(10), delta(12, call(12, "A002"), call(11), previous=10))) == [11, 12]


def test_when_the_connection_is_lost_the_board_keeps_what_it_shows_and_says_so() -> None:
    board = boards.lost(after(snapshot(10, calls=[row(9)])))
    assert board.connection is Connection.LOST
    assert len(board.calls) == 1
    board, _ = take(board, delta(11), 100.0)
    assert board.connection is Connection.LIVE


def test_a_repeat_after_reconnecting_still_says_that_the_line_is_up() -> None:
    board, step = take(boards.lost(after(snapshot(10))), delta(10), 100.0)
    assert (step, board.connection) == (Step.REPEAT, Connection.LIVE)


def test_before_the_first_snapshot_a_lost_connection_is_still_connecting() -> None:
    assert boards.lost(Board()).connection is Connection.CONNECTING


def test_a_server_restored_from_a_backup_is_believed_and_its_new_calls_are_announced() -> None:
    board, _ = take_due(after(snapshot(10), delta(11, call(11, "A011"))))
    board, step = take(boards.lost(board), snapshot(5), 100.0)
    assert (step, board.position) == (Step.APPLIED, 5)
    board, _ = take(board, delta(11, call(11, "A006"), previous=5), 100.0)
    assert [a.number for a in board.due] == ["A006"]


def test_an_older_snapshot_on_a_live_line_is_a_repeat() -> None:
    board, step = take(after(snapshot(10)), snapshot(8, missed=["A001"]), 100.0)
    assert (step, board.position, board.missed) == (Step.REPEAT, 10, ())


def test_14_sections_and_happenings_nobody_understands_are_named_and_the_rest_is_shown() -> None:
    board = after(
        snapshot(10, missed=["A001"]),
        delta(
            11,
            {"kind": "fireworks"},
            call(11),
            missed="?",
            get_ready=["A002"],
            weather="rain",
            calls=[{"x": 1}],
        ),
    )
    assert board.get_ready == ("A002",)
    assert board.missed == ("A001",)
    assert due(board) == [11]
    assert [problem.split(".")[0] for problem in board.problems] == ["calls", "missed", "announcement"]


def test_a_call_to_a_counter_nobody_knows_is_shown_by_its_name() -> None:
    board = after(snapshot(10), delta(11, call(11, "Z99", "roof")))
    large = boards.newest(board)
    assert large is not None
    assert large.counter_name.zh == "roof号窗口"


def test_a_flash_inverts_once_a_second_and_ends() -> None:
    flash = boards.Flash(Announcement.model_validate(call(1)), 100.0)
    assert FLASH_PERIOD_S >= 1 / 3 + 0.1, "three flashes a second can harm"
    assert [flash.is_on(100.0 + t) for t in (0, 0.4, 0.6, 0.9, 1.0, FLASH_S - 0.9, FLASH_S)] == [
        True,
        True,
        False,
        False,
        True,
        True,
        False,
    ]


def test_the_screen_is_woken_for_every_turn_of_a_flash_and_then_left_alone() -> None:
    board = after(snapshot(10), delta(11, call(11)))
    now, turns = 100.0, 0
    while (moment := boards.next_flash_change(board, now)) is not None:
        assert moment > now
        now, turns = moment, turns + 1
    assert (turns, now) == (2 * FLASH_S / FLASH_PERIOD_S, 100.0 + FLASH_S)
    assert boards.settle(board, now).flashes == ()


def test_a_call_is_reported_as_shown_once_and_only_when_it_is_on_the_screen() -> None:
    calls = [call(n, f"A{n:03}") for n in range(11, 16)]
    rows = [row(n, f"A{n:03}") for n in range(15, 10, -1)]
    board = after(snapshot(10), delta(15, *calls, previous=10, calls=rows))
    board, shown = take_shown(board, keep=2)
    assert shown == (13, 14, 15)
    board, shown = take_shown(board, keep=2)
    assert shown == ()
    _, shown = take_shown(board, keep=9)
    assert shown == (11, 12)


def test_the_newest_call_is_not_repeated_among_the_recent_ones() -> None:
    board = after(snapshot(10, calls=[row(9, "A009"), row(8, "A008"), row(7, "A007")]))
    large = boards.newest(board)
    assert large is not None
    assert large.number == "A009"
    assert [c.number for c in boards.recent(board, 2)] == ["A008", "A007"]


# --- any order, repeats, gaps, reconnects ----------------------------------------------------------------------------


class History:
    """What a server would send to a display that listens, or fails to, as Hypothesis pleases."""

    def __init__(self) -> None:
        self.position = 0
        self.open: list[dict[str, Any]] = []
        self.sent: list[Delta] = []

    def call(self) -> Delta:
        self.position += 1
        happening = call(self.position, f"A{self.position:03}")
        self.open.append(happening)
        self.sent.append(delta(self.position, happening))
        return self.sent[-1]

    def snapshot(self, spoken: set[int]) -> Snapshot:
        return snapshot(self.position, pending=[c for c in self.open if c["announcement_id"] not in spoken])


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["call", "lost call", "reconnect", "resume"]),
            st.tuples(st.just("repeat"), st.integers(0, 30)),
        ),
        max_size=40,
    )
)
def test_whatever_is_lost_repeated_or_out_of_order_every_open_call_is_announced_exactly_once(
    steps: list[Any],
) -> None:
    history, board = History(), Board()
    announced: list[int] = []

    def listen(message: Snapshot | Delta) -> None:
        nonlocal board
        board, step = take(board, message, 0.0)
        if step is Step.GAP:
            board, step = take(board, history.snapshot(set(announced)), 0.0)
            assert step is Step.APPLIED
        board, spoken = take_due(board)
        announced.extend(a.announcement_id for a in spoken)

    listen(history.snapshot(set()))
    for step in steps:
        match step:
            case "call":
                listen(history.call())
            case "lost call":
                history.call()
            case "reconnect":
                board = boards.lost(board)
                listen(history.snapshot(set(announced)))
            case "resume":
                listen(history.snapshot(set()))
            case ("repeat", int(index)) if history.sent:
                listen(history.sent[index % len(history.sent)])
    listen(history.call())
    assert sorted(announced) == list(range(1, history.position + 1))
