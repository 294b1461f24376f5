"""Presses nobody answered: were they acted upon after all?  Asked until it is known, without doing anything (C6).

The question is the press's own command id with digits no key can mean.  A server that knows the id says
`command_id_reused`; one that does not refuses the digits.  Either way nothing happens in the hall.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from queue_server.feed.client import Client, NoAnswer, Refusal
from queue_server.wire.pads import PressRequest

ASKED_EVERY_S = 1.0
KEPT = 256
_NO_MEANING = "00000000"
_KNOWN = "command_id_reused"
_SURE = 2
"""So many times "not known": a request that was still on its way when it was first asked about has arrived by then."""

log = structlog.get_logger("pads.doubts")


@dataclass(slots=True)
class _Doubt:
    device: str
    command_id: str
    unknown: int = 0


class Doubts:
    """`tell(device, is_done)` is called on this object's thread once a press's fate is known."""

    def __init__(self, client: Client, tell: Callable[[str, bool], None]) -> None:
        self._client = client
        self._tell = tell
        self._open: deque[_Doubt] = deque(maxlen=KEPT)
        self._changed = threading.Condition()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="pads doubts", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def add(self, device: str, command_id: str) -> None:
        """Find out about this press."""
        with self._changed:
            self._open.append(_Doubt(device, command_id))
            self._changed.notify()

    def __len__(self) -> int:
        """How many presses nobody knows about yet."""
        return len(self._open)

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopped or self._open)
                if self._is_stopped:
                    break
                doubt = self._open[0]
            is_done = self._is_done(doubt)
            with self._changed:
                if self._open and self._open[0] is doubt:
                    self._open.popleft()
                    if is_done is None:
                        self._open.append(doubt)
            if is_done is None:
                with self._changed:
                    self._changed.wait_for(lambda: self._is_stopped, ASKED_EVERY_S)
            else:
                log.info("fate known", device=doubt.device, command_id=doubt.command_id, is_done=is_done)
                self._tell(doubt.device, is_done)
        self._client.close()

    def _is_done(self, doubt: _Doubt) -> bool | None:
        body = PressRequest(command_id=doubt.command_id, key="transfer", argument=_NO_MEANING)
        match self._client.post(f"pads/{doubt.device}/press", body.model_dump_json()):
            case NoAnswer():
                return None
            case Refusal(code=code) if code == _KNOWN:
                return True
            case Refusal():
                doubt.unknown += 1
                return False if doubt.unknown >= _SURE else None
            case _:
                log.error(
                    "a question was taken for a press", device=doubt.device, command_id=doubt.command_id
                )
                return False
