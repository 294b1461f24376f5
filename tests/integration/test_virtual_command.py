"""`python -m queue_server virtual` as a process: what it needs, how it ends, and that nothing is left of it."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.branch_server import ROOT
from tests.virtual_branch import ALL, VirtualBranch
from tests.waiting import until

Start = Callable[..., VirtualBranch]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[VirtualBranch] = []

    def begin(data: str = "data", *options: str) -> VirtualBranch:
        started.append(VirtualBranch(tmp_path / data, *options))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


def refused(*options: str) -> str:
    """What the command says when it will not start, in one line."""
    done = subprocess.run(
        [sys.executable, "-m", "queue_server", "virtual", "--port", "0", "--server-port", "0", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def sockets(branch: VirtualBranch) -> Path:
    """The folder of the branch's sockets."""
    folder = (branch.data / "sockets").readlink()
    assert folder.parent == Path(tempfile.gettempdir())
    return folder


def gone(pids: list[int]) -> bool:
    return not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.parametrize("option", ["--port", "--server-port"])
def test_a_port_somebody_has_is_named(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} is taken" in refused("--data", str(tmp_path), option, port)


def test_without_a_voice_it_says_what_to_run(tmp_path: Path) -> None:
    said = refused("--data", str(tmp_path / "data"), "--voice", str(tmp_path / "none"))
    assert "manifest.yaml" in said
    assert "make setup" in said


def test_a_broken_branch_file_is_refused_with_its_place(tmp_path: Path) -> None:
    for shipped in (ROOT / "firmware_config" / "branches").glob("*.yaml"):
        shutil.copy(shipped, tmp_path)
    (tmp_path / "broken.yaml").write_text("inherits: virtual.yaml\nbranch: 3\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "queue_server", "virtual", "--branch", str(tmp_path / "broken.yaml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "broken.yaml:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_program_and_leaves_no_socket(start: Start, number: signal.Signals) -> None:
    branch = start()
    until(lambda: set(branch.programs()) == set(ALL), 30, "every program")
    pids = [program.pid for program in branch.programs().values()]
    folder = sockets(branch)
    assert folder.is_dir()
    assert branch.stop(number) == 0
    until(lambda: gone(pids), 20, "the end of every program")
    assert not folder.exists()


def test_after_a_kill_9_the_programs_end_and_the_next_start_tidies_up(start: Start) -> None:
    branch = start()
    until(lambda: set(branch.programs()) == set(ALL), 30, "every program")
    pids = [program.pid for program in branch.programs().values()]
    left = sockets(branch)
    branch.stop(signal.SIGKILL)
    until(lambda: gone(pids), 20, "the end of every program")
    again = start()
    assert not left.exists()
    assert again.stop() == 0


def test_two_branches_run_beside_each_other_and_never_on_one_folder(start: Start, tmp_path: Path) -> None:
    one, other = start("one"), start("other")
    assert one.port != other.port
    assert "another virtual branch is running" in refused("--data", str(tmp_path / "one"))
    for branch in (one, other):
        until(lambda branch=branch: branch.ask("GET", "/healthz")[0] == 200, 60, "its server")  # type: ignore[misc]
    assert one.server_port != other.server_port


def test_a_server_that_dies_at_once_again_and_again_is_shown_with_its_log(
    start: Start, tmp_path: Path
) -> None:
    # A file where the journal's folder should be.
    (tmp_path / "data" / "journal").mkdir(parents=True)
    (tmp_path / "data" / "journal" / "branch.db").mkdir()
    branch = start()
    with branch.events() as told:
        until(
            lambda: [
                f for k, f in told if k == "program" and f["name"] == "server" and f["life"] == "failing"
            ],
            60,
            "the server called failing",
        )
    failing = [f for k, f in told if k == "program" and f["name"] == "server" and f["life"] == "failing"]
    log = Path(failing[0]["log"])
    assert log.name == "server.log"
    assert "queue_server:" in log.read_text("utf-8")
