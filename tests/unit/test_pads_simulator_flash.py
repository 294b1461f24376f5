"""A simulated pad's memory: the power goes at every write there is, and the old block or the new one is in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.simulator.flash import Flash, Notebook, PowerCut

FACTORY, OLD, NEW = (bytes([value]) * 126 for value in (1, 2, 3))


class Power:
    """Goes at the n-th write."""

    def __init__(self, writes: int | None = None) -> None:
        self.left = writes

    def write(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PowerCut


def writes_of_a_commit() -> int:
    power = Power(1_000_000)
    Flash(None, FACTORY, power.write).commit(NEW)
    return 1_000_000 - (power.left or 0)


def test_a_new_flash_says_what_the_factory_put_there(tmp_path: Path) -> None:
    assert Flash(tmp_path / "pad.flash", FACTORY, Power().write).active == FACTORY
    assert not (tmp_path / "pad.flash").exists()


@pytest.mark.parametrize("writes", range(writes_of_a_commit() + 1))
def test_a_power_cut_at_any_write_leaves_the_old_block_or_the_new_one(writes: int, tmp_path: Path) -> None:
    file = tmp_path / "pad.flash"
    Flash(file, FACTORY, Power().write).commit(OLD)
    flash = Flash(file, FACTORY, Power(writes).write)
    if writes < writes_of_a_commit():
        with pytest.raises(PowerCut):
            flash.commit(NEW)
        expected = OLD
    else:
        flash.commit(NEW)
        expected = NEW
    assert flash.active == expected
    assert Flash(file, FACTORY, Power().write).active == expected


@given(st.lists(st.tuples(st.binary(min_size=126, max_size=126), st.integers(0, 70))))
def test_any_history_of_commits_and_cuts_ends_on_the_last_whole_one(history: list[tuple[bytes, int]]) -> None:
    power = Power()
    flash = Flash(None, FACTORY, power.write)
    expected = FACTORY
    for block, writes in history:
        power.left = writes
        try:
            flash.commit(block)
            expected = block
        except PowerCut:
            pass
        assert flash.active == expected


def test_a_damaged_bank_gives_way_to_the_other_one(tmp_path: Path) -> None:
    file = tmp_path / "pad.flash"
    flash = Flash(file, FACTORY, Power().write)
    flash.commit(OLD)
    flash.commit(NEW)
    words = bytearray(file.read_bytes())
    words[words.index(NEW[:4])] ^= 0x10
    file.write_bytes(words)
    assert Flash(file, FACTORY, Power().write).active == OLD


def test_a_notebook_is_read_as_it_was_written_and_a_broken_one_is_new(tmp_path: Path) -> None:
    file = tmp_path / "state" / "pad.json"
    assert Notebook(file).read() == {}
    Notebook(file).write({"sequence": 7})
    assert Notebook(file).read() == {"sequence": 7}
    file.write_text("{", "utf-8")
    assert Notebook(file).read() == {}
