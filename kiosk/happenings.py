"""What the kiosk can be told and what it can ask for: values only, nothing happens here.

A *choice* is what a hit area means; a *happening* is anything that reaches the screens; an *effect* is what the
screens want done outside, by the client or by the printing thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from queue_server.wire.kiosk import DiversionRequest, KioskSections, PrintOrder, PrintState, TicketRequest

Language = Literal["zh", "en"]


# --- choices: what a customer can tap ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChooseGroup:
    """A first-level tile, such as 个人业务."""

    group: str


@dataclass(frozen=True, slots=True)
class ChooseService:
    """A service tile."""

    service: str


@dataclass(frozen=True, slots=True)
class SetPriority:
    """The customer needs priority care (elderly, disabled, pregnant, serviceman), or not after all (K5)."""

    is_priority: bool


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """Yes or no to the question of a service, such as 大额取款需预约? (K2)."""

    is_yes: bool


@dataclass(frozen=True, slots=True)
class TakeTicket:
    """Take a number now."""


@dataclass(frozen=True, slots=True)
class TakeDiversion:
    """Use the self-service device instead (K2)."""


@dataclass(frozen=True, slots=True)
class GoBack:
    """One level up."""


@dataclass(frozen=True, slots=True)
class GoHome:
    """To the start screen."""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Show the other language."""

    language: Language


Choice = (
    ChooseGroup
    | ChooseService
    | SetPriority
    | AnswerQuestion
    | TakeTicket
    | TakeDiversion
    | GoBack
    | GoHome
    | SetLanguage
)


# --- happenings -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tapped:
    """A finger on the glass: `choice` is None where nothing can be chosen."""

    choice: Choice | None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Told several times a second; the time itself comes with every step."""


@dataclass(frozen=True, slots=True)
class OfferCame:
    """The server told what it offers: it can be reached."""

    offer: KioskSections


@dataclass(frozen=True, slots=True)
class ServerLost:
    """The connection to the server broke, or could not be made."""


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """The server committed the ticket asked for with `command_id`; `order` is the slip to print."""

    command_id: str
    order: PrintOrder


@dataclass(frozen=True, slots=True)
class TicketRefused:
    """The server refused the request: final for this `command_id`."""

    command_id: str
    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NoAnswerYet:
    """One try of the request brought no answer; the client goes on trying with the same `command_id`."""

    command_id: str


@dataclass(frozen=True, slots=True)
class PrintEnded:
    """What became of a slip (P2)."""

    job_id: str
    state: PrintState
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class PrinterChanged:
    """The printer told its state; `fault` is None when it can print, else a stable code (P3)."""

    fault: str | None


Happening = (
    Tapped
    | TimePassed
    | OfferCame
    | ServerLost
    | TicketIssued
    | TicketRefused
    | NoAnswerYet
    | PrintEnded
    | PrinterChanged
)


# --- effects ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestTicket:
    """Ask the server for a ticket, again and again with the same id, until it answers or the screens abandon it."""

    request: TicketRequest


@dataclass(frozen=True, slots=True)
class AbandonRequest:
    """Stop trying: nobody stands at the kiosk for it any more."""

    command_id: str


@dataclass(frozen=True, slots=True)
class SendDiversion:
    """Record that the customer took the self-service device; no number is taken."""

    request: DiversionRequest


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """Print the slip of a ticket just issued to the customer in front of the kiosk."""

    order: PrintOrder


@dataclass(frozen=True, slots=True)
class AccountFor:
    """Slips the server waits to hear about.

    What staff asked for is printed once; any other slip that nobody here remembers is reported unknown, never
    printed: its customer may long be gone (P4).
    """

    orders: tuple[PrintOrder, ...]


Effect = RequestTicket | AbandonRequest | SendDiversion | PrintSlip | AccountFor
