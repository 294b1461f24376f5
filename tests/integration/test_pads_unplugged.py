"""The adapter of the line pulled for ten seconds while tellers press: nothing lost, nothing doubled, one incident (H2, H3)."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.branch_server import DISPLAY, LOBBY, Feed
from tests.pad_branch import PadBranch, pad_branch
from tests.pads import PadControl
from tests.waiting import until

PULLED_S = 10


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[PadBranch]:
    with pad_branch(tmp_path) as one:
        yield one


@pytest.fixture
def display(branch: PadBranch) -> Iterator[Feed]:
    feed = Feed(branch.server.url, "/display", {"token": DISPLAY, "have": None}).connect()
    yield feed
    feed.close()


def apologies(display: Feed) -> list[str]:
    """What the display apologises for now."""
    return [notice["text"]["zh"] for notice in display.sections["notices"] if notice["is_apology"]]


def incidents(branch: PadBranch) -> list[dict[str, Any]]:
    """What was logged about the line and everything on it."""
    return [i for i in branch.server.get("/api/v1/incidents", LOBBY).body if i["kind"] == "device_fault"]


def calls_by_command(branch: PadBranch) -> list[tuple[str, int]]:
    """How often each press of a pad called somebody."""
    with contextlib.closing(
        sqlite3.connect(f"file:{branch.folder}/data/branch.db?mode=ro", uri=True)
    ) as database:
        rows = database.execute(
            "select command_id, count(*) from event where type = 'ticket_called' group by command_id"
        )
        return [(str(command), int(count)) for command, count in rows]


def fate(pads: PadControl, press: str, *settled: str) -> str:
    """What became of a press, as soon as it is one of `settled`."""
    known = [one["fate"] for one in pads.events if one.get("press") == press]
    while not (set(settled) & set(known)):
        message = pads.next()
        if message.get("press") == press and "fate" in message:
            known.append(message["fate"])
    return str(known[-1])


def test_an_adapter_pulled_for_ten_seconds_loses_and_doubles_nothing(
    branch: PadBranch, display: Feed
) -> None:
    pads = branch.pads
    branch.press("open")
    for _ in range(6):
        branch.server.issue()
    assert fate(pads, pads.press("pad_2", "pause"), "accepted") == "accepted"
    assert fate(pads, pads.press("pad_3", "press"), "accepted") == "accepted"
    branch.press("call_next")
    branch.press("start")
    assert apologies(display) == []

    pads.ask({"cmd": "unplug"})
    pulled_at = time.monotonic()
    # What is pressed in these ten seconds waits in the pads that count their presses; the others give up and say so.
    waiting = [pads.press("pad_1", "finish"), pads.press("pad_1", "call_next"), pads.press("pad_3", "press")]
    given_up = pads.press("pad_2", "call_next")
    assert fate(pads, given_up, "unanswered") == "unanswered"
    until(lambda: bool(apologies(display)), 20, "the apology on the display")
    until(lambda: time.monotonic() - pulled_at >= PULLED_S, 20, "ten seconds without the adapter")
    assert calls_by_command(branch) == calls_by_command(branch)[:1]

    pads.ask({"cmd": "replug"})
    for press in waiting:
        assert fate(pads, press, "accepted", "rejected", "lost") == "accepted"
    assert fate(pads, pads.press("pad_2", "call_next"), "accepted", "unanswered") == "accepted"
    until(lambda: apologies(display) == [], 30, "the apology gone")

    calls = calls_by_command(branch)
    assert [count for _, count in calls] == [1, 1, 1, 1]
    until(lambda: all(one["closed_at"] for one in incidents(branch)), 30, "the incident closed")
    (incident,) = incidents(branch)
    assert (incident["facts"]["device"], incident["cause"]) == ("line_1", "unplugged")
    opened, closed = (datetime.fromisoformat(incident[key]) for key in ("opened_at", "closed_at"))
    assert (closed - opened).total_seconds() > PULLED_S / 2
    assert "A001" in incident["numbers"]
