"""An hour's work done by pads alone, both kinds on one line at once: the journal holds what was pressed, no more, no less.

The hall's figures are shortened, the customers are those of a busy hour, the bytes travel at 9600 baud.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pad_branch import PadBranch, pad_branch
from tests.pads import PadControl
from tests.waiting import until

CUSTOMERS = 12
"""Of each counter: five minutes each are an hour."""

HURRIED = (
    ("announcement_gap_s: 15", "announcement_gap_s: 0"),
    ("no_show_after_s: 40", "no_show_after_s: 0"),
    ("announcements_required: 3", "announcements_required: 2"),
    ("get_ready: 3", "get_ready: 3\n  assumed_arrival_s: 5"),
)

WHAT_HAPPENED = {
    "counter_opened": "open",
    "ticket_called": "call",
    "ticket_recalled": "recall",
    "service_started": "start",
    "service_finished": "finish",
    "ticket_missed": "miss",
    "ticket_held": "hold",
    "ticket_resumed": "resume",
    "supervisor_called": "supervisor",
}
"""The events a key makes, in a word each; what follows from them by itself is not listed."""

SETTLED = {"accepted", "rejected", "unanswered", "refused", "lost"}


class Teller:
    """Somebody who works by pad alone, and remembers what each accepted press must have done."""

    def __init__(self, branch: PadBranch, pad: str, window: str, seed: int) -> None:
        self._control = PadControl(branch.folder / "control")
        self._chance = random.Random(seed)
        self._pad, self._window = pad, window
        self.must_have_happened: list[str] = []
        self.fates: list[str] = []

    def press(self, key: str, *effects: str, argument: str = "") -> str:
        """Press and wait for the pad's beep; what it must have done is remembered if it was accepted."""
        press = self._control.press(self._pad, key, argument)
        known = [one for one in self._control.events if one.get("press") == press]
        fate = known[-1]["fate"] if known else ""
        while fate not in SETTLED:
            message = self._control.next()
            if message.get("event") == "press" and message["press"] == press:
                fate = message["fate"]
        self._control.events.clear()
        self.fates.append(fate)
        if fate == "accepted":
            self.must_have_happened.extend(effects)
        return fate

    def sees(self, words: str) -> None:
        """Look at the window screen until it says so."""
        until(lambda: words in self._control.shown(self._window)["lines"][1], 30, f"{self._window}: {words}")

    def chance(self, part: float) -> bool:
        """Whether it happens this time."""
        return self._chance.random() < part

    def close(self) -> None:
        """Go home."""
        self._control.close()


def work_with_sixteen_keys(teller: Teller) -> None:
    """Every verb has its key, and some are pressed when they may not be."""
    assert teller.press("call_next") == "rejected"
    teller.press("open", "open")
    for _ in range(CUSTOMERS):
        assert teller.press("call_next", "call") == "accepted"
        if teller.chance(0.2):
            assert teller.press("finish") == "rejected"
        if teller.chance(0.3):
            teller.press("recall", "recall")
            if teller.chance(0.5):
                teller.press("no_show", "miss")
                continue
        teller.press("start", "start")
        if teller.chance(0.2):
            teller.press("call_supervisor", "supervisor")
        if teller.chance(0.2):
            assert teller.press("call_next") == "rejected"
        if teller.chance(0.2):
            teller.press("hold", "hold")
            teller.press("resume", "resume")
            teller.press("call_next", "call")
            teller.press("start", "start")
        teller.press("finish", "finish")


def work_with_an_ff68_pad(teller: Teller) -> None:
    """No start key and no finish key: a call some seconds old is a service begun, and the next call ends it."""
    teller.press("pause", "open")
    is_serving = False
    for _ in range(CUSTOMERS):
        assert teller.press("call_next", *(["finish"] if is_serving else []), "call") == "accepted"
        # The same key again within 600 ms is the same press: nobody looks up so quickly.
        teller.sees("请到本窗口")
        if teller.chance(0.3):
            teller.press("recall", "recall")
            if teller.chance(0.5):
                teller.press("no_show", "miss")
                is_serving = False
                continue
        teller.must_have_happened.append("start")
        teller.sees("正在办理")
        is_serving = True


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[PadBranch]:
    with pad_branch(tmp_path, *HURRIED) as one:
        yield one


def journal_of(branch: PadBranch, counter: str) -> list[str]:
    """What happened at a counter, in order, in the words of WHAT_HAPPENED."""
    with contextlib.closing(
        sqlite3.connect(f"file:{branch.folder}/data/branch.db?mode=ro", uri=True)
    ) as database:
        rows = database.execute(
            "select type from event where json_extract(body, '$.counter') = ? order by position", (counter,)
        )
        return [WHAT_HAPPENED[kind] for (kind,) in rows if kind in WHAT_HAPPENED]


def test_the_journal_of_an_hour_equals_the_presses(branch: PadBranch) -> None:
    for _ in range(3 * CUSTOMERS):
        branch.server.issue()
    tellers = [Teller(branch, f"pad_{n}", f"window_{n}", seed=n) for n in (1, 2)]
    faults: list[BaseException] = []

    def work(teller: Teller, day: int) -> None:
        try:
            (work_with_sixteen_keys, work_with_an_ff68_pad)[day](teller)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(teller, n)) for n, teller in enumerate(tellers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert faults == []
    for counter, teller in zip(("1", "2"), tellers, strict=True):
        assert journal_of(branch, counter) == teller.must_have_happened
        assert len(teller.fates) > CUSTOMERS
        assert set(teller.fates) <= {"accepted", "rejected"}
        teller.close()
    assert {one["state"] for one in branch.line.status()["devices"]} == {"online"}
