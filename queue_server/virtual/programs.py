"""The programs of the branch as processes: started, watched, started again when they die, stopped by pid.

They do not outlive the supervisor: the kernel ends them when it is gone, also after a kill −9 (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from pathlib import Path

import gevent
from gevent import subprocess

PATIENCE_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before a program that died is started again; the last one repeats."""

SETTLED_S = 10.0
"""A program that ran so long begins with the first pause again."""

FAILING_DEATHS = 3
"""After so many deaths in a row a person should look at the log."""

STOP_WITHIN_S = 5.0

_PR_SET_PDEATHSIG = 1


class Life(Enum):
    """How a program is: `off` on purpose, `starting` until it is there, `failing` when it dies again and again."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    FAILING = "failing"


class Program:
    """One program: `python -m <arguments>`, its output in a log file.

    `on_change(name)` is told of every start and every end.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        log: Path,
        on_change: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.starts = 0
        self.deaths = 0
        self._arguments = [sys.executable, "-m", *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._on_change = on_change
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: gevent.Greenlet[[], None] | None = None
        self._is_wanted = False
        self._is_end_wanted = False

    @property
    def pid(self) -> int | None:
        """The process, or None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def life(self) -> Life:
        """How it is; whether a running one already does its work is for others to say."""
        if not self._is_wanted:
            return Life.OFF
        if self.deaths >= FAILING_DEATHS:
            return Life.FAILING
        return Life.STARTING if self.pid is None else Life.RUNNING

    def start(self) -> None:
        """Start it and keep it running until `stop`."""
        self._is_wanted = True
        self.deaths = 0
        if self._keeper is None or self._keeper.dead:
            self._keeper = gevent.spawn(self._keep)

    def stop(self) -> None:
        """End it politely, then by force; it stays down."""
        self._is_wanted = False
        self._end(signal.SIGTERM)
        self._on_change(self.name)

    def kill(self) -> None:
        """kill −9: the power cut.  It is started again at once."""
        process = self._process
        if process is not None and process.poll() is None:
            self._is_end_wanted = True
            process.kill()

    def restart(self) -> None:
        """End it politely; the keeper starts it again."""
        self._is_end_wanted = True
        gevent.spawn(self._end, signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep(self) -> None:
        while self._is_wanted:
            process = self._begin()
            self.starts += 1
            self._on_change(self.name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SETTLED_S)
            if process.poll() is None:
                if self.deaths:
                    self.deaths = 0
                    self._on_change(self.name)
                process.wait()
            self.deaths = 0 if self._is_end_wanted else self.deaths + 1
            self._is_end_wanted = False
            self._on_change(self.name)
            if self._is_wanted:
                gevent.sleep(PATIENCE_S[max(0, min(self.deaths, len(PATIENCE_S)) - 1)])

    def _begin(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                # Ctrl-C in the terminal is for the supervisor, which then stops the others in order.
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )
        return self._process


def _end_with_parent() -> Callable[[], None] | None:
    """What a child does first, on Linux: ask the kernel for a SIGTERM when its parent is gone."""
    if sys.platform != "linux":
        return None
    # Looked up before the fork: the child may only do what needs no lock.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            # It went between the fork and the request.
            os._exit(1)

    return ask
