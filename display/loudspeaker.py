"""What the display reports about its loudspeaker: whether the hall can hear anything (H1, H2).

It opens no sound device, and brings no report to the server: `announcer` says what became of the one, and
`queue_server.feed.devices` does the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Literal

from queue_server.wire.devices import DeviceReport

State = Literal["online", "fault", "offline"]
Fault = Literal["no_sound_device", "sound_stopped", "switched_off"]


def speaker_of(display_id: str) -> str:
    """The code of a display's loudspeaker in the branch."""
    return f"{display_id}-speaker"


class Loudspeaker:
    """The loudspeaker of display `display_id`; `tell` brings a report to the server and must return at once.

    `firmware`, `config`: the name and the checksum of the voice it speaks with.
    """

    def __init__(
        self,
        display_id: str,
        tell: Callable[[DeviceReport], None],
        firmware: str | None = None,
        config: str | None = None,
    ) -> None:
        self.device = speaker_of(display_id)
        self._tell = tell
        self._firmware = firmware
        self._config = config
        self._state: State | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is something to speak with, be it mute; not before the sound device was looked for."""
        return self._state in ("online", "fault")

    def heard(self, fault: Fault | None) -> None:
        """It sounds, or why it does not: `switched_off` was wanted so and is no fault."""
        self._state = "online" if fault is None else "offline" if fault == "switched_off" else "fault"
        self._tell(
            DeviceReport(
                command_id=uuid.uuid4().hex,
                device=self.device,
                kind="speaker",
                state=self._state,
                fault=fault,
                firmware=self._firmware,
                config=self._config,
            )
        )
