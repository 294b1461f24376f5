"""A branch to tell stories about: a small configuration, and a hall in which commands happen at given times.

Time is passed, never read.  Every step checks that `decide` returned the same day that `evolve` makes of its events.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.branch import (
    AmountBand,
    Branch,
    Counter,
    CustomerClass,
    Device,
    Diversion,
    Limit,
    MissedKind,
    MissedPolicy,
    Rating,
    Service,
    ServiceGroup,
    Text,
    TimeStandard,
)
from queue_server.domain.day import Day, Ticket, new_day
from queue_server.domain.decide import decide
from queue_server.domain.memory import evolve

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten o'clock in Shanghai."""


def text(zh: str, en: str = "") -> Text:
    """Words in both languages."""
    return Text(zh, en or zh)


def small_branch(**changes: object) -> Branch:
    """Three counters, four services with four missed policies, a standard; counter 3 serves only companies."""
    services = (
        Service(
            "cash",
            text("存取款", "Cash"),
            "personal",
            "A",
            typical_s=300,
            diversion=Diversion("atm", text("自助机", "ATM"), text("可自助办理", "A machine can do it")),
        ),
        Service(
            "account",
            text("开户", "Account"),
            "personal",
            "B",
            typical_s=900,
            missed=MissedPolicy(MissedKind.HOLD, hold_minutes=20),
        ),
        Service(
            "company",
            text("对公结算", "Company"),
            "company",
            "C",
            missed=MissedPolicy(MissedKind.REQUEUE),
        ),
        Service("fx", text("外币", "FX"), "personal", "D", missed=MissedPolicy(MissedKind.TAIL), quota=3),
    )
    branch = Branch(
        code="b1",
        bank=text("示例银行", "Example Bank"),
        name=text("城东支行", "East Branch"),
        zone="Asia/Shanghai",
        hotline="95500",
        groups=(
            ServiceGroup("personal", text("个人业务", "Personal")),
            ServiceGroup("company", text("对公业务", "Company")),
        ),
        services=services,
        counters=(
            Counter("1", text("1 号窗口", "Counter 1"), frozenset({"cash", "account", "fx"})),
            Counter("2", text("2 号窗口", "Counter 2"), frozenset({"cash", "fx"})),
            Counter("3", text("3 号窗口", "Counter 3"), frozenset({"company"})),
        ),
        devices=(
            Device("kiosk-1", "kiosk"),
            Device("printer-1", "ticket_printer", "kiosk-1"),
            Device("lobby-1", "lobby_display"),
            Device("lobby-1-speaker", "speaker", "lobby-1"),
        ),
        amount_bands=(AmountBand("small", text("5 万以下")), AmountBand("large", text("20 万以上"))),
        standards=(
            TimeStandard(
                "2026-1",
                date(2026, 1, 1),
                text("示例标准"),
                (
                    Limit("cash", 300),
                    Limit("cash", 600, amount_band="large"),
                    Limit("cash", 480, customer_class=CustomerClass.PRIORITY),
                    Limit("account", 1200),
                ),
                is_example=True,
            ),
        ),
    )
    return replace(branch, **changes)  # type: ignore[arg-type]


def pad_branch(**changes: object) -> Branch:
    """The small branch with a line of pads: a full one at counter 1, one without a start key at 2, one button at 3.

    Each counter has a window screen and an evaluator as well.  Services have the codes 101 to 104.
    """
    branch = small_branch()
    counters = tuple(replace(one, usual_teller=f"teller-{one.code}") for one in branch.counters)
    services = tuple(replace(one, pad_code=101 + index) for index, one in enumerate(branch.services))
    on_line = [
        Device(
            f"{kind}-{one.code}", role, "line-1", one.code, implied_start=kind == "pad" and one.code != "1"
        )
        for one in counters
        for kind, role in (("pad", "call_pad"), ("window", "window_screen"), ("evaluator", "evaluator"))
    ]
    devices = (*branch.devices, Device("line-1", "pad_line"), *on_line)
    return replace(branch, services=services, counters=counters, devices=devices, **changes)  # type: ignore[arg-type]


KIOSK = Actor("kiosk-1", Role.KIOSK)
DISPLAY = Actor("lobby-1", Role.LOBBY_DISPLAY)
LOBBY = Actor("wang", Role.LOBBY_MANAGER)
LINE = Actor("line-1", Role.PAD_LINE)


def teller(counter: str) -> Actor:
    """Who sits at the counter."""
    return Actor(f"teller-{counter}", Role.TELLER, counter)


def pad(counter: str) -> Actor:
    """The call pad at the counter."""
    return Actor(f"pad-{counter}", Role.PAD_LINE, counter)


def evaluator(counter: str) -> Actor:
    """The evaluator at the counter."""
    return Actor(f"evaluator-{counter}", Role.PAD_LINE, counter)


@dataclass
class Hall:
    """A day that goes on command by command."""

    branch: Branch = field(default_factory=small_branch)
    day: Day = field(default_factory=new_day)
    now: datetime = MORNING
    events: list[e.Event] = field(default_factory=list)
    links: int = 0

    def after(self, seconds: float = 0, minutes: float = 0) -> Hall:
        """Let time pass."""
        self.now += timedelta(milliseconds=round(seconds * 1000 + minutes * 60_000))
        return self

    def do(self, command: c.Command, actor: Actor) -> list[e.Event]:
        """What happens; the day goes on."""
        happened, after = decide(self.branch, self.day, command, self.now, actor)
        assert reduce(evolve, happened, self.day) == after
        self.day = after
        self.events.extend(happened)
        return happened

    def issue(
        self,
        service: str = "cash",
        customer_class: CustomerClass = CustomerClass.ORDINARY,
        **more: str,
    ) -> str:
        """A ticket's number."""
        self.links += 1
        command = c.IssueTicket(service, f"link{self.links}", customer_class, kiosk="kiosk-1", **more)
        return next(x.number for x in self.do(command, KIOSK) if isinstance(x, e.TicketIssued))

    def open(self, *counters: str) -> Hall:
        """Tellers sit down."""
        for counter in counters:
            self.do(c.OpenCounter(counter, f"teller-{counter}"), teller(counter))
        return self

    def at(self, counter: str, kind: type[c.Command], **more: object) -> list[e.Event]:
        """A verb of a counter by its teller."""
        return self.do(kind(counter=counter, **more), teller(counter))  # type: ignore[call-arg]

    def press(self, counter: str, key: str, argument: str = "") -> list[e.Event]:
        """A key of the counter's pad."""
        return self.do(c.PressKey(f"pad-{counter}", counter, key, argument), pad(counter))

    def rate(self, counter: str, rating: Rating) -> list[e.Event]:
        """A score at the counter's evaluator."""
        return self.do(c.RateVisit(counter, f"evaluator-{counter}", rating), evaluator(counter))

    def device(self, device: str, state: str, fault: str | None = None, **more: str) -> list[e.Event]:
        """What a device of the branch says of itself, or what it hangs on of it."""
        configured = self.branch.device_by_code[device]
        roles = {"kiosk": Role.KIOSK, "lobby_display": Role.LOBBY_DISPLAY, "pad_line": Role.PAD_LINE}
        speaker = self.branch.device_by_code[configured.part_of or device]
        command = c.ReportDevice(device, configured.kind, state, fault, **more)
        return self.do(command, Actor(speaker.code, roles[speaker.kind]))

    def serve(self, counter: str, seconds: float = 60) -> str:
        """Call, start and finish by the teller's hand: the number."""
        number = self.call(counter)
        self.at(counter, c.StartService)
        self.after(seconds).at(counter, c.FinishService)
        return number

    def call(self, counter: str) -> str:
        """Call next: the number."""
        return next(x.number for x in self.at(counter, c.CallNext) if isinstance(x, e.TicketCalled))

    def shown(self) -> Hall:
        """The display acknowledges every open call."""
        for desk in self.day.desks.values():
            if desk.number is not None and self.day.tickets[desk.number].open_call is not None:
                for announcement in self.day.tickets[desk.number].calls_since:
                    self.do(c.ReportShown(announcement.announcement_id, "lobby-1"), DISPLAY)
        return self

    def check(self) -> list[e.Event]:
        """The timer asks."""
        return self.do(c.CheckLimits(), SYSTEM)

    def miss(self, counter: str) -> list[e.Event]:
        """Call out as the rule asks, shown each time, then mark the no-show."""
        self.shown().after(15)
        self.at(counter, c.Recall)
        self.shown().after(15)
        self.at(counter, c.Recall)
        self.shown().after(15)
        return self.at(counter, c.MarkNoShow)

    def ticket(self, number: str) -> Ticket:
        """Today's ticket."""
        ticket: Ticket = self.day.tickets[number]
        return ticket


def of(kind: type[e.Event], happened: list[e.Event]) -> list[e.Event]:
    """The events of one kind."""
    return [event for event in happened if isinstance(event, kind)]


def incidents(happened: list[e.Event]) -> list[tuple[str, str, str]]:
    """(kind, cause, attribution) of the incidents opened."""
    return [(x.kind, x.cause, x.attribution) for x in happened if isinstance(x, e.IncidentOpened)]


def names(happened: list[e.Event]) -> list[str]:
    """The kinds of the events, in order."""
    return [type(event).__name__ for event in happened]
