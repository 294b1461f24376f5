"""What a kiosk is sent and what it asks (K1–K4, K6–K8, P2, P4).

Sections of the `/kiosk` snapshot: `branch` KioskBranch · `groups` list[ServiceGroup] · `print_orders` list[PrintOrder].
Commands go over HTTP, each with the kiosk's own `command_id`; a retry carries the same id and gets the same answer:
`POST /api/v1/tickets` TicketRequest → TicketIssuedAnswer · `POST /api/v1/diversions` DiversionRequest → Accepted ·
`POST /api/v1/prints` PrintReport → Accepted · `POST /api/v1/devices/state` DeviceReport → Accepted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from queue_server.wire.devices import COMMAND_ID_PATTERN as COMMAND_ID_PATTERN
from queue_server.wire.devices import DeviceReport as DeviceReport
from queue_server.wire.shapes import Shape, Text, WaitBand

CustomerClass = Literal["ordinary", "priority", "vip"]
PrintState = Literal["printed", "failed", "unknown"]


class KioskBranch(Shape):
    """What stands at the top of the kiosk, and how long it waits before going back to the start."""

    bank: Text
    branch: Text
    hotline: str
    zone: str
    idle_s: int = 30


class Question(Shape):
    """A question asked before the number, such as 大额取款需预约?; `advice` is shown when the answer is no."""

    text: Text
    advice: Text


class Diversion(Shape):
    """A self-service device that could do it instead."""

    device: str
    name: Text
    advice: Text


class KioskService(Shape):
    """One service as the kiosk offers it.

    `closed`: None when tickets are issued now, else why not, in words with the time (K7); `closed_code` is stable.
    """

    service: str
    name: Text
    papers: list[Text] = Field(default_factory=list)
    question: Question | None = None
    diversion: Diversion | None = None
    waiting: int
    wait: WaitBand | None
    closed: Text | None = None
    closed_code: str | None = None


class ServiceGroup(Shape):
    """A first-level choice, such as 个人业务."""

    group: str
    name: Text
    services: list[KioskService]


class TicketRequest(Shape):
    """Ask for a ticket.  `customer` is a keyed hash of a card or id, never the number itself (K5)."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    service: str
    customer_class: CustomerClass = "ordinary"
    customer: str | None = Field(default=None, max_length=128)
    language: Literal["zh", "en"] = "zh"


class TicketFaceData(Shape):
    """Everything the paper says (K4), as data."""

    bank: Text
    branch: Text
    number: str
    service: Text
    ahead: int
    wait: WaitBand | None
    issued_at: datetime
    zone: str
    missed_rule: Text
    papers: list[Text]
    hotline: str
    link: str
    customer_class: CustomerClass
    language: Literal["zh", "en"]
    is_reprint: bool = False
    requeue_of: str | None = None


class PrintOrder(Shape):
    """A slip this kiosk has to print or to account for.

    `job_id` is unique for every slip of a number.  Order kind `issue` comes with the answer to the request and is
    listed until it is reported; a kiosk that finds one listed which it does not remember (it was restarted) never
    prints it: it reports it `unknown`.  Kind `reprint` was asked for by staff and is printed once, with its mark.
    """

    job_id: str
    kind: Literal["issue", "reprint"]
    face: TicketFaceData


class TicketIssuedAnswer(Shape):
    """The committed ticket: print `order`, or show its number large when that fails (P4)."""

    ok: Literal[True] = True
    position: int
    order: PrintOrder


class DiversionRequest(Shape):
    """The customer took the self-service device instead: recorded, no number taken (K2)."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    service: str
    device: str


class PrintReport(Shape):
    """What became of one slip.  `cause` is a stable code of the printer room, `detail` its words."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)
    job_id: str
    state: PrintState
    cause: str | None = None
    detail: str = Field(default="", max_length=300)


class KioskSections(Shape):
    """The whole `/kiosk` snapshot."""

    branch: KioskBranch
    groups: list[ServiceGroup]
    print_orders: list[PrintOrder]
