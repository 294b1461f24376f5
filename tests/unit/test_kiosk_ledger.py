"""What the kiosk remembers over a power cut: slips before they are printed, reports until they are accepted (P2, P4)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.ledger import Ledger
from queue_server.wire.kiosk import PrintReport, PrintState


def report(job_id: str, state: PrintState) -> PrintReport:
    return PrintReport(command_id=f"kiosk-1-{job_id}", job_id=job_id, state=state)


def end(ledger: Ledger, job_id: str, state: PrintState) -> bool:
    return ledger.end(job_id, state, "prints", report(job_id, state))


def test_a_slip_may_be_begun_once_also_after_a_restart(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.begin("A012-1") is None
    assert ledger.begin("A012-1") == "begun"
    # No close: the process was killed.
    assert Ledger(tmp_path).begin("A012-1") == "begun"


def test_a_slip_that_was_begun_and_not_ended_is_found_at_the_next_start(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin("A012-1")
    ledger.begin("A013-1")
    end(ledger, "A012-1", "printed")
    assert Ledger(tmp_path).interrupted() == ["A013-1"]


def test_the_end_and_its_report_are_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin("A012-1")
    assert end(ledger, "A012-1", "failed")
    waiting = Ledger(tmp_path).next_report()
    assert waiting is not None
    assert waiting.path == "prints"
    assert PrintReport.model_validate_json(waiting.body) == report("A012-1", "failed")


@pytest.mark.parametrize(
    ("first", "second", "is_news"),
    [
        ("printed", "printed", False),
        ("printed", "unknown", False),
        ("failed", "printed", False),
        ("unknown", "failed", False),
        ("unknown", "printed", True),  # new paper, and the printer went on from its buffer
    ],
)
def test_only_an_unknown_slip_can_still_turn_out_printed(
    tmp_path: Path, first: PrintState, second: PrintState, is_news: bool
) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin("A012-1")
    end(ledger, "A012-1", first)
    assert end(ledger, "A012-1", second) is is_news
    assert ledger.state("A012-1") == (second if is_news else first)


def test_reports_wait_in_order_until_they_are_accepted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for job_id in ("A001-1", "A002-1"):
        end(ledger, job_id, "unknown")
    first = ledger.next_report()
    assert first is not None
    ledger.accepted(first.seq)
    second = Ledger(tmp_path).next_report()
    assert second is not None
    assert "A002-1" in second.body
    ledger.accepted(second.seq)
    assert ledger.next_report() is None


def test_a_destroyed_file_is_set_aside_and_the_kiosk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "kiosk.db").write_bytes(b"no database at all, just noise" * 200)
    ledger = Ledger(tmp_path)
    assert ledger.begin("A012-1") is None
    assert (tmp_path / "kiosk.broken").exists()


def test_a_state_folder_that_is_no_folder_is_a_fault_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(OSError):
        Ledger(tmp_path / "state")


def test_nothing_is_begun_when_it_cannot_be_remembered(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    # A second program holds the file, as a full disk would: writing fails.
    blocker = sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)
    blocker.execute("drop table slip")
    with pytest.raises(sqlite3.Error):
        ledger.begin("A012-1")
