"""What the display reports about its loudspeaker: whether the hall can hear anything (H1, H2).

One thread posts the newest word to `POST /api/v1/devices/state` until the server takes it; a word that was overtaken
by a newer one is not sent.  It opens no sound device: `announcer` says what became of that.
"""

from __future__ import annotations

import random
import threading
import uuid
from typing import Literal

import requests
import structlog

from queue_server.wire.kiosk import DeviceReport

State = Literal["online", "fault", "offline"]
Fault = Literal["no_sound_device", "sound_stopped", "switched_off"]

TIMEOUT_S = 5.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
# Besides the server's own troubles (5xx): too slow, too early, too often.
_TRY_AGAIN = frozenset({408, 425, 429})

log = structlog.get_logger("display.loudspeaker")


class Loudspeaker:
    """The loudspeaker of display `display_id` as the server knows it.  Nothing here waits for the network."""

    def __init__(self, server: str, token: str, display_id: str) -> None:
        self._address = server.rstrip("/") + "/api/v1/devices/state"
        self._token = token
        self._device = f"{display_id}-speaker"
        self._last: tuple[State, Fault | None] | None = None
        self._to_send: DeviceReport | None = None
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)

    def start(self) -> None:
        """Begin to report."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; what the server did not take by now is not sent."""
        self._closing.set()
        with self._changed:
            self._changed.notify()

    def heard(self, fault: Fault | None) -> None:
        """It sounds, or why it does not: `switched_off` was wanted so and is no fault."""
        state: State = "online" if fault is None else "offline" if fault == "switched_off" else "fault"
        self._last = state, fault
        self.repeat()

    def repeat(self) -> None:
        """Say it again: a server that was away, or was restored from a backup, may not know."""
        if self._last is None:
            return
        state, fault = self._last
        # An id of its own, so that the server's memory of an earlier word does not answer for this one.
        report = DeviceReport(
            command_id=uuid.uuid4().hex, device=self._device, kind="speaker", state=state, fault=fault
        )
        with self._changed:
            self._to_send = report
            self._changed.notify()

    def _run(self) -> None:
        # A session would keep a dead connection over the server's restart; there is a report a day.
        pause_s = FIRST_PAUSE_S
        while (report := self._next()) is not None:
            if self._is_settled(report):
                pause_s = FIRST_PAUSE_S
                with self._changed:
                    if self._to_send is report:
                        self._to_send = None
                continue
            self._closing.wait(pause_s * random.uniform(0.5, 1.0))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _next(self) -> DeviceReport | None:
        with self._changed:
            self._changed.wait_for(lambda: self._to_send is not None or self._closing.is_set())
            return None if self._closing.is_set() else self._to_send

    def _is_settled(self, report: DeviceReport) -> bool:
        """Whether the server took it, or refused it for good."""
        try:
            with requests.Session() as session:
                # A proxy somebody set for the operating system has no business between a display and its server.
                session.trust_env = False
                answer = session.post(
                    self._address,
                    data=report.model_dump_json(),
                    headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
                    timeout=TIMEOUT_S,
                    allow_redirects=False,
                )
        except requests.RequestException as problem:
            log.debug("loudspeaker not reported", problem=str(problem))
            return False
        if answer.status_code >= 500 or answer.status_code in _TRY_AGAIN:
            log.debug("loudspeaker not reported", status=answer.status_code)
            return False
        if answer.status_code >= 300:
            log.error("loudspeaker report refused", status=answer.status_code, answer=answer.text[:200])
        else:
            log.info("loudspeaker reported", state=report.state, fault=report.fault)
        return True
