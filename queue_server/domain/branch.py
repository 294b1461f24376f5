"""What a branch is: its services, counters, standards and rules.  Values only, set by its configuration.

Every figure of the requirements that is "a default of a setting" is a field here with that default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo


class CustomerClass(StrEnum):
    """K5: who is called how much earlier."""

    ORDINARY = "ordinary"
    PRIORITY = "priority"
    VIP = "vip"


ALL_CLASSES = frozenset(CustomerClass)


class Rating(StrEnum):
    """H4: what a customer says of a visit, best first.  Not rated is none of them."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"


RATINGS = tuple(Rating)
"""Best first: a rating is as low as its place here."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the kiosk asks before it issues a number (K2)."""

    text: Text
    advice: Text


@dataclass(frozen=True, slots=True)
class Diversion:
    """A self-service device that could do the service instead (K2)."""

    device: str
    name: Text
    advice: Text


class MissedKind(StrEnum):
    """What happens to a missed number (N2)."""

    POSTPONE = "postpone"
    HOLD = "hold"
    TAIL = "tail"
    VOID = "void"
    REQUEUE = "requeue"


@dataclass(frozen=True, slots=True)
class MissedPolicy:
    """N2, per service.

    `places`: how many customers a postponed ticket lets pass.  `times`: how often, before it is void.
    `hold_minutes`: how long a held number can still be reinstated.  `crowded`: the stricter policy that replaces this
    one while at least `crowded_waiting` customers wait for the service.
    """

    kind: MissedKind = MissedKind.POSTPONE
    places: int = 3
    times: int = 2
    hold_minutes: int = 30
    crowded_waiting: int | None = None
    crowded: MissedPolicy | None = None


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """A first-level choice at the kiosk (K1)."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Service:
    """What customers come for.

    `series`: the letter of its numbers, `opens`/`closes`: its ticket hours in branch time (K7), `quota`: tickets per
    day or None, `typical_s`: seconds one transaction usually takes, the prior of the expected wait, `missed_rule`:
    what the ticket says about a missed number (K4), None = what the branch says for all.  `pad_code`: what a teller types
    on a pad to transfer to it, 100 and up, None = no pad can.
    """

    code: str
    name: Text
    group: str
    series: str
    opens: time = time(9, 0)
    closes: time = time(17, 0)
    quota: int | None = None
    typical_s: int = 300
    papers: tuple[Text, ...] = ()
    question: Question | None = None
    diversion: Diversion | None = None
    missed: MissedPolicy = MissedPolicy()
    missed_rule: Text | None = None
    pad_code: int | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter and its skills (C3).

    `usual_teller`: whose counter it usually is, the id of a member of staff: who opens it from its pad.
    """

    code: str
    name: Text
    services: frozenset[str]
    classes: frozenset[CustomerClass] = ALL_CLASSES
    usual_teller: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """What hangs on the branch's wires.

    `kind`: kiosk, lobby_display, ticket_printer, speaker, pad_line, call_pad, window_screen or evaluator.
    `part_of`: the kiosk a printer is in, the display a speaker belongs to, the line a pad hangs on: that device speaks
    for it.  `counter`: where a pad, a window screen or an evaluator stands.  `implied_start`: nobody presses start on
    this pad, so a call counts as answered after a while.
    """

    code: str
    kind: str
    part_of: str | None = None
    counter: str | None = None
    implied_start: bool = False


@dataclass(frozen=True, slots=True)
class AmountBand:
    """A band of amounts, as the standard distinguishes them."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the standard; None in `amount_band` or `customer_class` means any."""

    service: str
    limit_s: int
    amount_band: str | None = None
    customer_class: CustomerClass | None = None


@dataclass(frozen=True, slots=True)
class TimeStandard:
    """The limited-service standard 限时服务标准 of one issue (T2): limits with version, validity and source."""

    version: str
    valid_from: date
    document: Text
    limits: tuple[Limit, ...]
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """C3: the order of calling.  `head_start_s` per class; `cap_s`: how long an ordinary customer can be overtaken."""

    name: str = "head-start-with-cap"
    version: str = "1"
    head_start_s: Mapping[CustomerClass, int] = field(
        default_factory=lambda: {
            CustomerClass.ORDINARY: 0,
            CustomerClass.PRIORITY: 300,
            CustomerClass.VIP: 480,
        }
    )
    cap_s: int = 1200

    @property
    def label(self) -> str:
        """Name and version as every call records them."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class HallRules:
    """The figures of the hall, each with the requirement it comes from."""

    announcements_required: int = 3  # N1: one call and two recalls
    announcement_gap_s: int = 15  # N1
    no_show_after_s: int = 40  # N1: since the first announcement
    hasty_after_s: int = 10  # N4: less than this after the last announcement is the teller's haste
    unheard_after_s: float = 2.0  # D3
    wait_levels_min: tuple[int, ...] = (10, 15, 20, 30)  # I1: notice, lobby manager, branch head, incident
    standard_levels_percent: tuple[int, ...] = (80, 100, 150, 200)  # T3
    overtaken_alert: int = 3  # J3
    pause_consent_waiting: int = 5  # C5
    tickets_per_customer: int = 5  # K6, per identified customer and day
    print_report_s: int = 60  # P2: no word about a slip for so long means unknown
    number_digits: int = 3  # K3
    announce_times: int = 1  # D2
    announce_languages: tuple[str, ...] = ("zh", "en")  # D2
    get_ready: int = 3  # D1: how many are told to get ready
    supervisor_escalates_s: int = 120  # C8: unanswered for so long, it goes to the branch head
    rating_open_s: int = 60  # H4: how long after it was asked for
    low_rating: Rating = Rating.DISSATISFIED  # I1: this one and those below open an incident
    assumed_arrival_s: int = 30  # C1: pads without a start key: called so long ago means arrived
    # C5: typed digits on a pad count from 1; no digits mean the first.
    pause_reasons: tuple[str, ...] = (
        "lunch",
        "balancing",
        "leave_seat",
        "meeting",
        "shift_change",
        "equipment_fault",
    )
    # T5: where a teller goes, counted the same way.
    seat_devices: tuple[str, ...] = (
        "copier",
        "fx_terminal",
        "card_machine",
        "scanner",
        "note_counter",
        "vault",
    )
    missed_rule: Text = Text(
        "过号顺延 3 位，最多顺延两次，再次过号作废。请留意叫号。",
        "A missed number moves back 3 places, at most twice; missed again it is void.",
    )


@lru_cache(maxsize=16)
def _span(zone: str, day: date) -> tuple[datetime, datetime]:
    # Remembered: turning each moment into local time takes longer than most rules.
    midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC), following.astimezone(UTC)


@dataclass(frozen=True)
class Branch:
    """One branch, whole.  Codes are unique within their kind; the configuration room has checked that."""

    code: str
    bank: Text
    name: Text
    zone: str
    hotline: str
    groups: tuple[ServiceGroup, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    amount_bands: tuple[AmountBand, ...]
    standards: tuple[TimeStandard, ...]
    devices: tuple[Device, ...] = ()
    policy: CallingPolicy = field(default_factory=CallingPolicy)
    rules: HallRules = field(default_factory=HallRules)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """The branch's zone: business date and paper are local, everything else is UTC."""
        return ZoneInfo(self.zone)

    def span_of(self, day: date) -> tuple[datetime, datetime]:
        """When a business day begins and ends: midnight and midnight of the branch's zone, in UTC."""
        return _span(self.zone, day)

    @cached_property
    def service_by_code(self) -> Mapping[str, Service]:
        """Services by code."""
        return {service.code: service for service in self.services}

    def missed_rule_of(self, service: str) -> Text:
        """What a ticket of the service says about a missed number."""
        configured = self.service_by_code.get(service)
        own = configured.missed_rule if configured is not None else None
        return own if own is not None else self.rules.missed_rule

    @cached_property
    def counter_by_code(self) -> Mapping[str, Counter]:
        """Counters by code."""
        return {counter.code: counter for counter in self.counters}

    @cached_property
    def device_by_code(self) -> Mapping[str, Device]:
        """Devices by code."""
        return {device.code: device for device in self.devices}

    @cached_property
    def evaluators_by_counter(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the evaluators that stand at each counter; a counter with one asks for ratings (H4)."""
        return self._at_counters("evaluator")

    @cached_property
    def implied_starts(self) -> frozenset[str]:
        """Counters with a pad that has no start key."""
        return frozenset(device.counter for device in self.devices if device.implied_start and device.counter)

    @cached_property
    def service_by_pad_code(self) -> Mapping[int, Service]:
        """Services by what is typed on a pad to transfer to them."""
        return {service.pad_code: service for service in self.services if service.pad_code is not None}

    def counters_of(self, device: str) -> tuple[str, ...]:
        """The counters a device works for: where it stands; for a line, where the devices on it stand."""
        known = self.device_by_code.get(device)
        if known is not None and known.counter is not None:
            return (known.counter,)
        standing = {one.counter for one in self.devices if one.part_of == device and one.counter is not None}
        return tuple(sorted(standing))

    def _at_counters(self, kind: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for device in self.devices:
            if device.kind == kind and device.counter is not None:
                found[device.counter] = (*found.get(device.counter, ()), device.code)
        return found

    @cached_property
    def counters_by_service(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the counters with the skill for each service."""
        return {
            service.code: tuple(c.code for c in self.counters if service.code in c.services)
            for service in self.services
        }

    def standard_on(self, day: date) -> TimeStandard | None:
        """The standard in force on a day: the latest that is valid from then or before, or None."""
        latest: TimeStandard | None = None
        for standard in self.standards:
            if standard.valid_from <= day and (latest is None or standard.valid_from > latest.valid_from):
                latest = standard
        return latest
