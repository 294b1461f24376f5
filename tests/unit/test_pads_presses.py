"""One press has one id, told as often as may be, and no two presses share one (C6, H3)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.presses import Life, Lives
from queue_server.pads.waiting import DRAIN_S, STALE_AFTER_S, Absences
from queue_server.wire.devices import COMMAND_ID_PATTERN

NEXT, RECALL = "call_next ", "recall "


@pytest.fixture
def lives(tmp_path: Path) -> Lives:
    return Lives(tmp_path / "presses.json")


def test_a_press_told_again_has_its_id_also_after_a_kill_and_a_power_cut(
    tmp_path: Path, lives: Lives
) -> None:
    told = lives.command_id("pad_1", 7, NEXT, 3600)
    assert lives.command_id("pad_1", 7, NEXT, 3601) == told
    restarted = Lives(tmp_path / "presses.json")
    assert restarted.command_id("pad_1", 7, NEXT, 3605) == told
    # The pad was without power, and kept its press.
    assert restarted.command_id("pad_1", 7, NEXT, 2) == told


def test_the_next_press_has_another_id_of_the_same_life(lives: Lives) -> None:
    first, second = lives.command_id("pad_1", 7, NEXT, 10), lives.command_id("pad_1", 8, NEXT, 11)
    assert first.rpartition(".")[0] == second.rpartition(".")[0]
    assert first != second


@pytest.mark.parametrize(
    ("sequence", "content", "uptime_s", "what"),
    [
        (1, NEXT, 20, "65535 was reached, or the memory was lost"),
        (7, RECALL, 20, "another pad that has counted as far by chance"),
        (8, NEXT, 3, "the pad was without power"),
    ],
)
def test_a_life_ends_when_the_counting_may_have_begun_anew(
    lives: Lives, sequence: int, content: str, uptime_s: int, what: str
) -> None:
    before = lives.command_id("pad_1", 7, NEXT, 10)
    after = lives.command_id("pad_1", sequence, content, uptime_s)
    assert after.split(".")[1] != before.split(".")[1], what


def test_a_spare_that_has_counted_as_far_by_chance_has_a_life_of_its_own(lives: Lives) -> None:
    before = lives.command_id("pad_1", 7, NEXT, 10, serial=4711)
    assert lives.command_id("pad_1", 7, NEXT, 11, serial=None) == before
    assert lives.command_id("pad_1", 7, NEXT, 12, serial=4711) == before
    assert lives.command_id("pad_1", 7, NEXT, 13, serial=4712) != before


def test_a_new_life_is_on_the_disk_before_its_first_id_is_used(tmp_path: Path, lives: Lives) -> None:
    told = lives.command_id("pad_1", 7, NEXT, 10)
    kept = json.loads((tmp_path / "presses.json").read_text())
    assert told == f"pad_1.{kept['pad_1']['word']}.7"


def test_pads_do_not_share_a_life(lives: Lives) -> None:
    assert lives.command_id("pad_1", 7, NEXT, 10) != lives.command_id("pad_2", 7, NEXT, 10)


def test_a_pad_that_does_not_count_gets_an_id_nobody_had(lives: Lives) -> None:
    assert len({lives.command_id("pad_2", None, NEXT, None) for _ in range(50)}) == 50


def test_a_full_or_broken_disk_does_not_stop_a_key(tmp_path: Path) -> None:
    nowhere = Lives(tmp_path / "no such folder" / "presses.json")
    assert nowhere.command_id("pad_1", 7, NEXT, 10) == nowhere.command_id("pad_1", 7, NEXT, 11)
    for broken in ("", "{", "[]", '{"pad_1": {"word": 1}}', '{"pad_1": 3}'):
        (tmp_path / "presses.json").write_text(broken)
        assert Lives(tmp_path / "presses.json").command_id("pad_1", 7, NEXT, 10)


PRESSES = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from([NEXT, RECALL]), st.integers(0, 30), st.booleans()),
    max_size=30,
)


@given(PRESSES)
def test_whatever_a_pad_counts_neighbours_that_differ_never_share_an_id(
    presses: list[tuple[int, str, int, bool]],
) -> None:
    life: Life | None = None
    ids: dict[tuple[str, int], str] = {}
    words = iter(range(10_000))
    for sequence, content, uptime_s, _ in presses:
        on = life.goes_on(sequence, content, uptime_s) if life else None
        life = on or Life(str(next(words)), sequence, content, uptime_s)
        seen = ids.setdefault((life.word, sequence), content)
        assert seen == content


def test_an_id_is_one_the_server_takes(lives: Lives) -> None:
    for sequence in (1, 65535, None):
        assert re.fullmatch(COMMAND_ID_PATTERN, lives.command_id("a" * 40, sequence, NEXT, 1))


# --- keys that waited in the pad --------------------------------------------------------------------------------------


def test_after_a_short_absence_what_waited_in_the_pad_is_what_the_teller_wants() -> None:
    absences = Absences()
    absences.gone("pad_1", 100.0)
    assert not absences.is_stale("pad_1", 100.0 + STALE_AFTER_S)


def test_after_a_long_one_everything_that_comes_in_a_row_is_too_late_and_the_next_key_is_not() -> None:
    absences = Absences()
    absences.gone("pad_1", 100.0)
    absences.gone("pad_1", 120.0)
    back = 101.0 + STALE_AFTER_S
    absences.back("pad_1", back)
    assert absences.is_stale("pad_1", back + 0.5)
    assert absences.is_stale("pad_1", back + 0.5 + DRAIN_S - 0.1)
    assert not absences.is_stale("pad_1", back + 0.4 + 2 * DRAIN_S)


def test_a_press_may_be_the_first_that_is_heard_of_a_pad() -> None:
    absences = Absences()
    absences.gone("pad_1", 100.0)
    assert absences.is_stale("pad_1", 200.0)
    assert not absences.is_stale("pad_2", 200.0)
