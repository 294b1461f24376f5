"""A line's program between the real server and a simulated line: one press, one event, whatever is killed (C6, S5)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.pads.control import ask
from queue_server.pads.setup import Source
from queue_server.pads.waiting import DRAIN_S, STALE_AFTER_S
from tests.branch_server import ROOT, TECHNICIAN
from tests.line_program import LineProgram
from tests.pad_branch import PadBranch, pad_branch
from tests.waiting import until


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[PadBranch]:
    with pad_branch(tmp_path) as one:
        yield one


def test_a_teller_works_by_pad_and_everybody_sees_it(branch: PadBranch) -> None:
    branch.shows("window_1", lines=["停止服务", "请到其他窗口"])
    branch.press("open")
    branch.shows("window_1", lines=["欢迎光临", ""])
    number = branch.server.issue()
    branch.shows("pad_1", lines=["空闲", "等候 1 人"])
    branch.press("call_next")
    branch.shows("window_1", lines=[number, "请到本窗口"])
    branch.press("start")
    branch.shows("pad_1", lines=[f"{number} 办理中", "等候 0 人"])
    branch.press("finish")
    branch.shows("evaluator_1", asks_rating=True)
    branch.pads.ask({"cmd": "rate", "device": "evaluator_1", "score": 2})
    until(lambda: branch.happened("visit_rated"), 20, "the rating")
    branch.shows("evaluator_1", asks_rating=False)
    assert [
        len(branch.happened(kind)) for kind in ("ticket_called", "service_started", "service_finished")
    ] == [1] * 3


def test_a_refused_key_shows_its_digits_and_words_for_a_few_seconds(branch: PadBranch) -> None:
    branch.pads.press("pad_1", "call_next")
    branch.shows("pad_1", code="21", beep="rejected", lines=["停止服务", "21 窗口未开"])
    branch.shows("pad_1", code="", lines=["停止服务", "等候 0 人"])
    branch.pads.press("pad_2", "call_next")
    branch.shows("pad_2", beep="rejected")
    assert branch.happened("ticket_called") == []


def test_killed_between_press_and_answer_the_press_acts_once(branch: PadBranch) -> None:
    branch.press("open")
    branch.server.issue()
    branch.press("call_next")
    branch.freeze()
    branch.press_unanswered("recall")
    branch.line.kill()
    branch.thaw()
    branch.line.start()
    until(lambda: branch.pads.shown("pad_1")["latched"] is None, 30, "the press being acknowledged")
    branch.shows("pad_1", beep="accepted")
    assert len(branch.happened("ticket_recalled")) == 1


def test_killed_between_answer_and_acknowledgement_the_press_acts_once(branch: PadBranch) -> None:
    branch.press("open")
    branch.server.issue()
    branch.press("call_next")
    branch.freeze()
    branch.press_unanswered("recall")
    branch.pads.ask({"cmd": "fault", "name": "silence", "device": "pad_1", "on": True})
    branch.thaw()
    until(lambda: branch.line.status()["unanswered"] == 0, 20, "the answer")
    branch.line.kill()
    assert branch.pads.shown("pad_1")["latched"] is not None
    branch.pads.ask({"cmd": "fault", "name": "silence", "device": "pad_1", "on": False})
    branch.line.start()
    until(lambda: branch.pads.shown("pad_1")["latched"] is None, 30, "the press being acknowledged")
    branch.shows("pad_1", beep="accepted")
    assert len(branch.happened("ticket_recalled")) == 1


def test_a_pad_without_power_in_between_keeps_its_press_and_its_id(branch: PadBranch) -> None:
    branch.press("open")
    branch.server.issue()
    branch.press("call_next")
    branch.freeze()
    branch.press_unanswered("recall")
    branch.line.kill()
    branch.pads.ask({"cmd": "reboot", "device": "pad_1"})
    branch.thaw()
    branch.line.start()
    until(lambda: branch.pads.shown("pad_1")["latched"] is None, 30, "the press being acknowledged")
    assert len(branch.happened("ticket_recalled")) == 1


def test_keys_that_waited_while_the_program_was_long_away_are_refused_and_the_next_one_is_not(
    branch: PadBranch,
) -> None:
    branch.press("open")
    branch.server.issue()
    assert branch.line.stop() == 0
    for _ in range(2):
        branch.pads.press("pad_1", "call_next")
    mark = branch.line.state / "line_1.alive"
    mark.write_text(str(float(mark.read_text()) - 2 * STALE_AFTER_S))
    branch.line.start()
    branch.shows("pad_1", code="02", beep="rejected", latched=None, queued=0)
    by = branch.pads.shown("pad_1")["uptime_s"]
    until(
        lambda: branch.pads.shown("pad_1")["uptime_s"] > by + DRAIN_S + 1, 30, "nothing that waited any more"
    )
    branch.shows("pad_1", code="")
    assert branch.happened("ticket_called") == []
    branch.press("call_next")
    assert len(branch.happened("ticket_called")) == 1


def test_a_server_that_is_away_for_a_moment_gets_the_press_once(branch: PadBranch) -> None:
    branch.press("open")
    branch.server.issue()
    branch.server.kill()
    branch.press_unanswered("call_next")
    branch.server.start()
    branch.shows("pad_1", beep="accepted", code="")
    until(lambda: branch.happened("ticket_called"), 20, "the call")
    assert len(branch.happened("ticket_called")) == 1


def test_a_server_that_stays_away_is_said_on_every_device_and_the_press_is_refused_and_never_acts(
    branch: PadBranch,
) -> None:
    branch.press("open")
    number = branch.server.issue()
    branch.server.kill()
    branch.shows("window_1", lines=["系统暂时中断", "请听工作人员叫号"])
    branch.press_unanswered("call_next")
    branch.shows("pad_1", beep="rejected", code="01", latched=None)
    assert branch.line.status()["in_doubt"] == 0
    branch.server.start()
    branch.shows("window_1", lines=["欢迎光临", ""])
    branch.shows("pad_1", code="", lines=["空闲", "等候 1 人"])
    assert branch.happened("ticket_called") == []
    branch.press("call_next")
    branch.shows("window_1", lines=[number, "请到本窗口"])


def test_a_press_given_up_that_was_acted_upon_is_told_when_it_is_known(branch: PadBranch) -> None:
    branch.press("open")
    number = branch.server.issue()
    branch.freeze()
    branch.press_unanswered("call_next")
    branch.shows("pad_1", beep="rejected", code="01", latched=None)
    assert branch.line.status()["in_doubt"] == 1
    branch.thaw()
    until(lambda: branch.line.status()["in_doubt"] == 0, 30, "the fate")
    branch.shows("window_1", lines=[number, "请到本窗口"])
    branch.shows("pad_1", code="", beep="accepted")
    assert len(branch.happened("ticket_called")) == 1


def test_keys_wait_for_nobody_while_the_server_is_asked_by_another_program(branch: PadBranch) -> None:
    branch.press("open")
    branch.pads.press("pad_3", "press")
    branch.pads.press("pad_2", "pause")
    until(lambda: len(branch.happened("counter_opened")) == 3, 20, "three counters open")


def test_the_second_program_of_a_line_says_why_it_does_not_start(branch: PadBranch) -> None:
    for state in (branch.line.state, branch.folder / "other"):
        command = [
            sys.executable,
            "-m",
            "queue_server.pads",
            "run",
            "--line",
            "line_1",
            "--server",
            "http://127.0.0.1:9",
        ]
        command += ["--branch", str(branch.server.branch), "--port", str(branch.folder / "port")]
        second = subprocess.run(
            [*command, "--state-dir", str(state)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "another program" in second.stderr
    assert branch.line.status()["state"] == "online"


def test_a_configuration_that_drifted_is_reported_and_repaired_through_the_socket(branch: PadBranch) -> None:
    wanted = Source(branch.server.branch, "line_1").load().expected["pad_1"]
    read = branch.line.ask(do="read_config", device="pad_1")
    assert (read["block"], read["crc"]) == (wanted.hex(), branch.line.device("pad_1")["expected_config"])
    other = bytes([*wanted[:2], 8 if wanted[2] != 8 else 7, *wanted[3:]])
    branch.line.ask(do="write_config", device="pad_1", block=other.hex())
    until(lambda: branch.device("pad_1")["fault"] == "config_drift", 20, "the drift at the server")
    (state,) = branch.line.ask(do="verify", device="pad_1")["devices"]
    assert state["is_drifted"]
    branch.line.ask(do="write_config", device="pad_1", block=wanted.hex())
    until(lambda: branch.device("pad_1")["state"] == "online", 20, "the pad well again")
    assert branch.device("pad_1")["config"] == branch.device("pad_1")["expected_config"]
    assert not branch.line.ask(do="verify", device="pad_1")["devices"][0]["is_drifted"]
    assert branch.line.ask(do="read_config", device="pad_2")["code"] == "no_configuration"
    assert branch.line.ask(do="read_config", device="pad_9")["code"] == "unknown_device"


def test_another_branch_file_takes_effect_when_the_server_runs_it(branch: PadBranch) -> None:
    file, before = branch.server.branch, branch.line.status()["version"]
    file.write_text(
        file.read_text("utf-8") + "  call_pads:\n    - {id: pad_1, counter: '2', brightness: 8}\n"
        "    - {id: pad_2, counter: '1'}\n",
        "utf-8",
    )
    assert branch.server.post("/config/reload", TECHNICIAN).status == 200
    until(lambda: branch.line.status()["version"] != before, 30, "the other branch file")
    until(lambda: branch.device("pad_1")["fault"] == "config_drift", 20, "the brightness to be written")
    branch.press("open")
    until(lambda: branch.happened("counter_opened"), 20, "the counter open")
    branch.shows("window_2", lines=["欢迎光临", ""])
    assert branch.server.key("call-next", "2").code == "no_ticket_waiting"


def test_a_branch_file_that_broke_is_refused_reported_and_the_old_one_stays(branch: PadBranch) -> None:
    file, good = branch.server.branch, branch.server.branch.read_text("utf-8")
    # The server took another file and it was broken before the line read it.
    branch.line.process.send_signal(signal.SIGSTOP)
    file.write_text(good.replace("城东支行（虚拟）", "城西支行（虚拟）"), "utf-8")
    assert branch.server.post("/config/reload", TECHNICIAN).status == 200
    file.write_text(good + "  nonsense: 1\n", "utf-8")
    branch.line.process.send_signal(signal.SIGCONT)
    until(lambda: "nonsense" in branch.device("line_1")["detail"], 30, "the refusal at the server")
    assert branch.device("line_1")["fault"] == "config_drift"
    branch.press("open")


def test_a_line_without_a_port_is_reported_and_served_when_the_port_comes(branch: PadBranch) -> None:
    branch.pads.ask({"cmd": "unplug"})
    until(lambda: branch.device("line_1")["fault"] == "unplugged", 20, "the unplugged line")
    branch.pads.ask({"cmd": "replug"})
    until(lambda: branch.device("line_1")["state"] == "online", 20, "the line back")
    branch.press("open")


def test_a_wrong_token_leaves_the_pads_saying_so(branch: PadBranch, tmp_path: Path) -> None:
    branch.line.stop()
    other = LineProgram(
        tmp_path / "wrong",
        branch.server.url,
        tmp_path / "port",
        branch=branch.server.branch,
        options=("--token", "wrong"),
    )
    branch.shows("window_1", lines=["系统暂时中断", "请听工作人员叫号"])
    branch.pads.press("pad_1", "open")
    branch.shows("pad_1", code="11", beep="rejected")
    assert ask(other.control, {"do": "status"})["is_connected"] is False
    assert other.stop() == 0
