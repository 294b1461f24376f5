"""What the customer is looking at, as values: the screens, and the whole state of the kiosk.

`kiosk.step` says how one leads to the next.  Nothing here reads a clock, a file or a port.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kiosk.happenings import Language
from queue_server.wire.kiosk import KioskSections, KioskService, PrintOrder, PrintState, ServiceGroup

DEFAULT_LANGUAGE: Language = "zh"

# What became of a slip, as the customer sees it; "printing": not known yet.
Outcome = Literal["printing"] | PrintState


@dataclass(frozen=True, slots=True)
class Start:
    """The groups, or the services where there is one group only (K1)."""


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one group."""

    group: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What the chosen service needs, asks, and what could do it instead (K2).

    `answer`: to the service's question; None while it is open.
    """

    group: str
    service: str
    is_priority: bool = False
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class Issuing:
    """The request is on its way.  `is_slow`: a try brought no answer, and the customer is told so."""

    command_id: str
    service: str
    since_s: float
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """The number is committed; `outcome` tells whether it is on paper (P4)."""

    order: PrintOrder
    outcome: Outcome = "printing"
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Diverted:
    """The customer took the self-service device; no number was taken."""

    group: str
    service: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no: `code` and `details` are put into words by `kiosk.refusals`."""

    service: str
    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The server never answered: perhaps it issued a ticket, perhaps not.  Nothing is printed (K8)."""

    command_id: str


@dataclass(frozen=True, slots=True)
class Closed:
    """No service issues tickets now (K7)."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The server cannot be reached (K8)."""


Screen = Start | Services | Needs | Issuing | Ticket | Diverted | Refused | Unconfirmed | Closed | Unreachable


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Everything the kiosk knows.

    `identity` is new at each start, so that `identity` and `serial` make a command id nobody used before.
    `offer` is what the server told last, None before the first time.  `lost_at_s`: since when the server cannot be
    reached, None while it can.  `changed_at_s`: when the screen last changed; `touched_at_s`: when a finger last did.
    """

    identity: str
    screen: Screen = Unreachable()
    offer: KioskSections | None = None
    lost_at_s: float | None = 0.0
    language: Language = DEFAULT_LANGUAGE
    serial: int = 0
    changed_at_s: float = 0.0
    touched_at_s: float = 0.0
    printer_fault: str | None = None

    @property
    def idle_s(self) -> int:
        """Seconds without a touch until the kiosk goes back to the start."""
        return self.offer.branch.idle_s if self.offer else 30

    def services(self) -> Iterator[tuple[ServiceGroup, KioskService]]:
        """Every service on offer with its group."""
        for group in self.offer.groups if self.offer else ():
            for service in group.services:
                yield group, service

    def group(self, code: str) -> ServiceGroup | None:
        """The group of that code, if it is (still) on offer."""
        return next((g for g in (self.offer.groups if self.offer else ()) if g.group == code), None)

    def service(self, code: str) -> KioskService | None:
        """The service of that code, if it is (still) on offer."""
        return next((service for _, service in self.services() if service.service == code), None)

    @property
    def has_one_group(self) -> bool:
        """One group needs no screen of its own: the start shows its services."""
        return self.offer is not None and len(self.offer.groups) == 1
