"""What devices say about themselves, and how each of them stands (H1, H2, F3).

`POST /api/v1/devices/state` DeviceReport: a device's state changed; it goes to the journal.
`POST /api/v1/devices/heard` HeardReport: nothing changed, they are there; it goes to no journal.
`GET /api/v1/devices` list[DeviceView]; the lobby page's section `devices` is the same list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from queue_server.wire.shapes import Shape

COMMAND_ID_PATTERN = r"^[A-Za-z0-9._:-]{8,80}$"

DeviceKind = Literal[
    "kiosk",
    "ticket_printer",
    "lobby_display",
    "speaker",
    "pad_line",
    "call_pad",
    "window_screen",
    "evaluator",
]
DeviceStateName = Literal["online", "fault", "offline"]

DeviceId = Annotated[str, Field(min_length=1, max_length=60)]
Version = Annotated[str, Field(max_length=40)]


class DeviceReport(Shape):
    """A device's own word about itself or about what hangs on it: a kiosk reports its printer, a line its pads.

    `fault`: a stable code, None unless the state is `fault` or `offline` has a cause of its own; `detail` its words.
    `firmware`: what the device calls its program; `config`: the checksum of what it runs, four hex digits for a pad.
    None: not known, what was known stays.
    """

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    device: DeviceId
    kind: DeviceKind
    state: DeviceStateName
    fault: str | None = Field(default=None, max_length=60)
    detail: str = Field(default="", max_length=300)
    firmware: Version | None = None
    config: Version | None = None


class HeardReport(Shape):
    """These devices answered just now.  A device nobody told of for 30 s (a pad: 5 s) is offline."""

    devices: list[DeviceId] = Field(max_length=256)


class HeardAnswer(Shape):
    """`at`: the branch's time they were heard at."""

    ok: Literal[True] = True
    at: datetime


class DeviceView(Shape):
    """One device: what it is, how it stands, what it runs and should run, and what was last wrong with it.

    `state` `unknown`: it was never heard of since the day began.  `part_of`: the kiosk, display or line it hangs on;
    `counter`: the counter it stands at.  `since`: how long it has been in this state.  `last_heard_at`: the last sign
    of life, kept in memory only.  `expected_config` None: this kind of device holds no configuration of ours.
    `incident_id`: the incident of the fault it has now.  `last_fault`, `last_fault_at`: the newest one, also when over.
    """

    device: str
    kind: str
    part_of: str | None = None
    counter: str | None = None
    state: Literal["online", "fault", "offline", "unknown"]
    since: datetime | None
    fault: str | None = None
    detail: str = ""
    firmware: str | None = None
    config: str | None = None
    expected_config: str | None = None
    last_heard_at: datetime | None = None
    incident_id: str | None = None
    last_fault: str | None = None
    last_fault_at: datetime | None = None
