"""The shape of a branch file: its keys, what each may hold, and what holds when a key is left out.

pydantic models, one per map; an unknown key is a refusal with its path.  Codes that point at each other are looked at
in `references`; what a branch does with all this is the queue server's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from firmware_config import scalars as s
from firmware_config.devices import (
    CallPad,
    Devices,
    Display,
    Evaluator,
    Kiosk,
    OnLine,
    PadLine,
    Printer,
    WindowScreen,
)
from firmware_config.parts import Bearer, Label, Part, Words
from firmware_config.rules import Calling, HeadStart, Rating, Rules
from firmware_config.ticket_layout import TicketLayout, load_ticket_layout
from firmware_config.voice_profile import CounterReading, One, VoiceProfile, load_voice_profile

__all__ = [
    "AmountBand",
    "Bearer",
    "BranchFile",
    "BranchHead",
    "CallPad",
    "Calling",
    "Counter",
    "CustomerClass",
    "Devices",
    "Display",
    "Diversion",
    "Evaluator",
    "Group",
    "HeadStart",
    "Kiosk",
    "Label",
    "Limit",
    "Missed",
    "MissedKind",
    "MissedRule",
    "OnLine",
    "PadLine",
    "Part",
    "Printer",
    "Question",
    "Rating",
    "Rules",
    "Server",
    "Service",
    "Staff",
    "StaffRole",
    "Standard",
    "Ticket",
    "TicketHours",
    "Voice",
    "WindowScreen",
    "Words",
]

DEFAULT_LAYOUT = "standard"
DEFAULT_VOICE = "espeak_ng"
FIRST_PAD_CODE = 101
"""What is typed for the first service of the file, where it says nothing: 1 to 99 are counters."""


class BranchHead(Part):
    """Who the branch is.  `zone`: business date and paper are in this time zone (K3)."""

    code: s.Code
    bank: Label
    name: Label
    zone: s.Zone
    hotline: s.Hotline


class Server(Part):
    """Where the programs of the branch reach the queue server."""

    url: s.Url = "http://127.0.0.1:8081"


class TicketHours(Part):
    """From when until when tickets are issued, in branch time; `24:00` closes at midnight (K7)."""

    opens: s.TimeOfDay
    closes: s.TimeOfDay


class Group(Part):
    """A first-level choice at the kiosk (K1)."""

    code: s.Code
    name: Label


class Question(Part):
    """Asked before the number is issued (K2); `advice` is shown when the answer is no."""

    text: Words
    advice: Words


class Diversion(Part):
    """A self-service device that could do it instead (K2)."""

    device: s.Code
    name: Label
    advice: Words


MissedKind = Literal["postpone", "hold", "tail", "void", "requeue"]
_MISSED = s.choice("postpone", "hold", "tail", "void", "requeue")


class MissedRule(Part):
    """What happens to a missed number (N2)."""

    kind: Annotated[MissedKind, _MISSED]
    places: Annotated[int, s.whole(1, 50)] = 3
    times: Annotated[int, s.whole(1, 9)] = 2
    hold_minutes: Annotated[int, s.whole(1, 600)] = 30


class Missed(MissedRule):
    """The rule of a service, and the stricter one while at least `crowded_waiting` wait for it."""

    kind: Annotated[MissedKind, _MISSED] = "postpone"
    crowded_waiting: Annotated[int, s.whole(1, 999)] | None = None
    crowded: MissedRule | None = None


class Service(Part):
    """What customers come for.  `series`: the letters of its numbers; services may share a series.

    `missed_rule`: what the ticket says about a missed number; without it, what `rules` says for all services.
    `pad_code`: what a teller types to transfer to it; without it 101, 102, … in the order of the file.
    """

    code: s.Code
    name: Label
    group: s.Code
    series: s.Series
    ticket_hours: TicketHours | None = None
    quota: Annotated[int, s.whole(1, 9999)] | None = None
    typical_s: Annotated[int, s.whole(10, 14400)] = 300
    papers: tuple[Label, ...] = ()
    question: Question | None = None
    diversion: Diversion | None = None
    missed: Missed = Missed()
    missed_rule: Words | None = None
    pad_code: Annotated[int, s.whole(100, 999)] | None = None


CustomerClass = Literal["ordinary", "priority", "vip"]
_CLASS = s.choice("ordinary", "priority", "vip")


class Counter(Part):
    """A counter and its skills (C3); `classes` left out = everybody."""

    code: s.CounterCode
    name: Label
    services: Annotated[tuple[s.Code, ...], Field(min_length=1)]
    classes: Annotated[tuple[Annotated[CustomerClass, _CLASS], ...], Field(min_length=1)] | None = None


class AmountBand(Part):
    """A band of amounts, as the standard distinguishes them."""

    code: s.Code
    name: Label


class Limit(Part):
    """The time allowed for one transaction; a band or class left out = any (T2)."""

    service: s.Code
    limit_s: Annotated[int, s.whole(10, 14400)]
    amount_band: s.Code | None = None
    customer_class: Annotated[CustomerClass, _CLASS] | None = None


class Standard(Part):
    """One issue of the limited-service standard 限时服务标准; `example`: not any bank's rule (T2)."""

    version: s.Name
    valid_from: s.Date
    document: Label
    limits: Annotated[tuple[Limit, ...], Field(min_length=1)]
    example: s.Truth = False


class Ticket(Part):
    """The ticket: its layout, and the branch's own words where the layout leaves room for them (F1)."""

    layout: s.Code = DEFAULT_LAYOUT
    above: Words | None = None
    below: Words | None = None

    def composed(self) -> TicketLayout:
        """The layout with the branch's words in it.  Raises ProfileFault when there is none such."""
        return load_ticket_layout(self.layout).with_words(self.above, self.below)


class Voice(Part):
    """The voice: its profile, and what this branch wants otherwise; `folder`: on the display's machine (D2)."""

    profile: s.Code = DEFAULT_VOICE
    folder: s.Folder | None = None
    one: One | None = None
    counter: CounterReading | None = None

    def composed(self) -> VoiceProfile:
        """The profile with the branch's wishes in it.  Raises ProfileFault when there is none such."""
        wishes = self.model_dump(exclude={"profile"}, exclude_none=True)
        return load_voice_profile(self.profile, wishes)


StaffRole = Literal["teller", "lobby_manager", "branch_head", "technician"]


class Staff(Bearer):
    """A person of the branch.  `counter`: where a teller usually sits."""

    name: Label
    role: Annotated[StaffRole, s.choice("teller", "lobby_manager", "branch_head", "technician")]
    counter: s.CounterCode | None = None


class BranchFile(Part):
    """A whole branch file, after inheriting."""

    branch: BranchHead
    ticket_hours: TicketHours
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    services: Annotated[tuple[Service, ...], Field(min_length=1)]
    counters: Annotated[tuple[Counter, ...], Field(min_length=1)]
    amount_bands: tuple[AmountBand, ...] = ()
    standards: tuple[Standard, ...] = ()
    calling: Calling = Calling()
    rules: Rules = Rules()
    staff: tuple[Staff, ...] = ()
    devices: Devices = Devices()
    server: Server = Server()
    ticket: Ticket = Ticket()
    voice: Voice = Voice()

    @property
    def pad_codes(self) -> Mapping[str, int]:
        """What is typed on a pad for every service, by its code."""
        return {
            service.code: service.pad_code or FIRST_PAD_CODE + index
            for index, service in enumerate(self.services)
        }
