"""The programs of the branch as processes: started, watched, started again when they die, stopped by pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import gevent

PATIENCE_S = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before a program that died is started again; the last one repeats."""

SETTLED_S = 10.0
"""A program that ran so long begins with the first pause again."""

STOP_WITHIN_S = 5.0


class Program:
    """One program: `python -m <arguments>`, its output in a log file.

    `on_change(name, is_running)` is told of every start and every end.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        log: Path,
        on_change: Callable[[str, bool], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.starts = 0
        self._arguments = [sys.executable, "-m", *arguments]
        self._environment = {**os.environ, **(environment or {})}
        self._log = log
        self._on_change = on_change
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: gevent.Greenlet[[], None] | None = None
        self._is_wanted = False

    @property
    def pid(self) -> int | None:
        """The process, or None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start it and keep it running until `stop`."""
        self._is_wanted = True
        if self._keeper is None or self._keeper.dead:
            self._keeper = gevent.spawn(self._keep)

    def stop(self) -> None:
        """End it politely, then by force; it stays down."""
        self._is_wanted = False
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """kill −9: the power cut.  It is started again at once."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def restart(self) -> None:
        """End it politely; the keeper starts it again."""
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
        deaths = 0
        while self._is_wanted:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._arguments,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    env=self._environment,
                    # Ctrl-C in the terminal is for the supervisor, which then stops the others in order.
                    start_new_session=True,
                )
            self.starts += 1
            self._on_change(self.name, True)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(SETTLED_S)
            if self._process.poll() is None:
                deaths = 0
                self._process.wait()
            self._on_change(self.name, False)
            if not self._is_wanted:
                return
            gevent.sleep(PATIENCE_S[min(deaths, len(PATIENCE_S) - 1)])
            deaths += 1
