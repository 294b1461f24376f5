"""The shape of a branch file: its keys, what each may hold, and what holds when a key is left out.

pydantic models, one per map; an unknown key is a refusal with its path.  Codes that point at each other are looked at
in `references`; what a branch does with all this is the queue server's business.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from firmware_config import scalars as s


class Part(BaseModel):
    """A map of a branch file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Part):
    """A name in both languages: at most 40 characters, it must fit a key of a kiosk and a line of a ticket."""

    zh: s.Name
    en: s.Name


class Words(Part):
    """A sentence in both languages."""

    zh: s.Sentence
    en: s.Sentence


class BranchHead(Part):
    """Who the branch is.  `zone`: business date and paper are in this time zone (K3)."""

    code: s.Code
    bank: Label
    name: Label
    zone: s.Zone
    hotline: s.Hotline


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


class HeadStart(Part):
    """Seconds each class is called earlier (C3)."""

    ordinary: Annotated[int, s.whole(0, 7200)] = 0
    priority: Annotated[int, s.whole(0, 7200)] = 300
    vip: Annotated[int, s.whole(0, 7200)] = 480


class Calling(Part):
    """The order of calling; `cap_s`: how long an ordinary customer can be overtaken (C3)."""

    name: s.Name = "head-start-with-cap"
    version: s.Name = "1"
    head_start_s: HeadStart = HeadStart()
    cap_s: Annotated[int, s.whole(60, 14400)] = 1200


class Rules(Part):
    """The figures of the hall; a key left out has the default of the queue server."""

    announcements_required: Annotated[int, s.whole(1, 9)] | None = None
    announcement_gap_s: Annotated[int, s.whole(0, 300)] | None = None
    no_show_after_s: Annotated[int, s.whole(0, 1800)] | None = None
    hasty_after_s: Annotated[int, s.whole(0, 300)] | None = None
    unheard_after_s: Annotated[float, s.number(0.5, 60)] | None = None
    wait_levels_min: (
        Annotated[tuple[Annotated[int, s.whole(1, 600)], ...], Field(min_length=4, max_length=4)] | None
    ) = None
    standard_levels_percent: (
        Annotated[tuple[Annotated[int, s.whole(1, 1000)], ...], Field(min_length=4, max_length=4)] | None
    ) = None
    overtaken_alert: Annotated[int, s.whole(1, 99)] | None = None
    pause_consent_waiting: Annotated[int, s.whole(0, 999)] | None = None
    tickets_per_customer: Annotated[int, s.whole(1, 99)] | None = None
    print_report_s: Annotated[int, s.whole(5, 600)] | None = None
    number_digits: Annotated[int, s.whole(3, 4)] | None = None
    announce_times: Annotated[int, s.whole(1, 5)] | None = None
    announce_languages: (
        Annotated[
            tuple[Annotated[Literal["zh", "en"], s.choice("zh", "en")], ...],
            Field(min_length=1, max_length=2),
        ]
        | None
    ) = None
    get_ready: Annotated[int, s.whole(0, 9)] | None = None
    missed_rule: Words | None = None


class Bearer(Part):
    """Somebody or something known by a token: written here, or read from the environment variable `token_env`."""

    id: s.Code
    token: s.Token | None = None
    token_env: s.Variable | None = None


StaffRole = Literal["teller", "lobby_manager", "branch_head", "technician"]


class Staff(Bearer):
    """A person of the branch.  `counter`: where a teller usually sits."""

    name: Label
    role: Annotated[StaffRole, s.choice("teller", "lobby_manager", "branch_head", "technician")]
    counter: s.CounterCode | None = None


class Kiosk(Bearer):
    """A kiosk, and the printer inside it."""

    printer: s.Code | None = None


class Display(Bearer):
    """A lobby display."""


class Printer(Part):
    """A ticket printer: its model and its port.  It has no token: only its kiosk speaks to the server."""

    id: s.Code
    profile: s.Code
    port: s.Port


class Devices(Part):
    """What hangs on the branch's wires."""

    kiosks: tuple[Kiosk, ...] = ()
    displays: tuple[Display, ...] = ()
    printers: tuple[Printer, ...] = ()


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
