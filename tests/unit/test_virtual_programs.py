"""The keeper of programs, with tiny real ones: started, started again, stopped, and never left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from queue_server.virtual.programs import FAILING_DEATHS, Life, Program
from tests.branch_server import ROOT
from tests.hub import until_turned
from tests.waiting import until

TINY = {
    "patient": "import signal; print('here', flush=True); signal.pause()",
    "deaf": "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True)\n"
    "while True: signal.pause()",
    "dying": "raise SystemExit('no configuration')",
}

MakeProgram = Callable[[str], Program]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeProgram]:
    for name, text in TINY.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    made: list[Program] = []

    def program(name: str) -> Program:
        told: list[str] = []
        one = Program(name, [name], tmp_path / f"{name}.log", told.append, {"PYTHONPATH": str(tmp_path)})
        made.append(one)
        return one

    yield program
    for one in made:
        one.stop()


def running(program: Program) -> int:
    """The pid of the program once it does its work."""
    return until_turned(
        lambda: program.pid if program.log.exists() and "here" in program.log.read_text() else None,
        what=f"{program.name} at work",
    ) or pytest.fail("no pid")


def test_a_program_is_started_and_stopped_by_its_pid(make: MakeProgram) -> None:
    program = make("patient")
    lives = [program.life]
    program.start()
    pid = running(program)
    lives.append(program.life)
    assert lives == [Life.OFF, Life.RUNNING]
    program.stop()
    assert (program.pid, program.life) == (None, Life.OFF)
    assert not psutil.pid_exists(pid)


def test_a_killed_program_is_started_again_and_that_is_no_failure(make: MakeProgram) -> None:
    program = make("patient")
    program.start()
    for starts in range(2, 3 + FAILING_DEATHS):
        before = running(program)
        program.kill()
        until_turned(lambda: program.pid not in (None, before), what="another start")  # noqa: B023
        assert (program.starts, program.life) == (starts, Life.RUNNING)


def test_a_program_that_dies_again_and_again_is_called_failing_and_its_log_says_why(
    make: MakeProgram,
) -> None:
    program = make("dying")
    program.start()
    until_turned(lambda: program.life is Life.FAILING, 30, "the failure noticed")
    assert program.deaths >= FAILING_DEATHS
    assert "no configuration" in program.log.read_text()
    program.stop()
    assert program.life is Life.OFF


def test_a_program_that_does_not_listen_is_ended_by_force(
    make: MakeProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queue_server.virtual.programs.STOP_WITHIN_S", 0.2)
    program = make("deaf")
    program.start()
    pid = running(program)
    program.stop()
    until_turned(lambda: not psutil.pid_exists(pid), what="its end")


def test_a_stopped_program_can_be_started_again(make: MakeProgram) -> None:
    program = make("patient")
    program.start()
    running(program)
    program.stop()
    program.log.unlink()
    program.start()
    running(program)
    assert program.starts == 2


def test_no_program_outlives_a_supervisor_that_was_killed(make: MakeProgram, tmp_path: Path) -> None:
    supervisor = (
        "import gevent, pathlib, sys; from queue_server.virtual.programs import Program\n"
        "folder = sys.argv[1]\n"
        "one = Program('patient', ['patient'], pathlib.Path(folder) / 'p.log', print, {'PYTHONPATH': folder})\n"
        "one.start(); gevent.sleep(0.01); print(one.pid, flush=True); gevent.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", supervisor, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert parent.stdout is not None
    pid = next(int(line) for line in parent.stdout if line.strip().isdigit())
    until(lambda: "here" in (tmp_path / "p.log").read_text(), what="the child at work")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not psutil.pid_exists(pid), what="the child's end")
