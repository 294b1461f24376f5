"""Any taps, answers, losses and delays, in any order: one customer step never gives two tickets, nothing is printed
twice or for nobody, and the kiosk always finds its way back (K6, K8, P4).

The server and the printing thread are models of a few lines here; everything that is tapped is what the page drawn
for the present screen really has under the finger.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.happenings import (
    AbandonRequest,
    AccountFor,
    Happening,
    NoAnswerYet,
    OfferCame,
    PrintEnded,
    PrinterChanged,
    PrintSlip,
    RequestTicket,
    ServerLost,
    Tapped,
    TicketIssued,
    TicketRefused,
    TimePassed,
)
from kiosk.layout import draw
from kiosk.scene import Page, Scene
from kiosk.screens import Closed, Issuing, Kiosk, Start, Ticket, Unreachable
from kiosk.slips import was_asked_by_staff
from kiosk.step import next_change_s, step
from queue_server.wire.kiosk import KioskSections, PrintOrder, TicketRequest
from tests import kiosk_offer as offer

RESTING = (Start, Closed, Unreachable)
SIZE = (1080, 1920)


class KioskInTheWorld(RuleBasedStateMachine):
    """A kiosk with a forgetful line to a server, and a printing thread that remembers what it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.kiosk = Kiosk("kiosk-1-test")
        self.now = 1000.0
        self.asking: TicketRequest | None = None
        self.issued: dict[str, PrintOrder] = {}
        self.pending: dict[str, PrintOrder] = {}
        self.printed: list[str] = []
        self.unknown: list[str] = []
        self.asked_in_this_visit = 0

    # --- the world ---

    def happen(self, happening: Happening) -> None:
        before = self.kiosk.screen
        self.kiosk, effects = step(self.kiosk, happening, self.now)
        for effect in effects:
            match effect:
                case RequestTicket(request):
                    assert self.asking is None, "one request at a time"
                    self.asking = request
                    self.asked_in_this_visit += 1
                case AbandonRequest(command_id):
                    assert self.asking is not None
                    assert self.asking.command_id == command_id
                    self.asking = None
                case PrintSlip(order):
                    assert isinstance(self.kiosk.screen, Ticket)
                    self.print(order)
                case AccountFor(orders):
                    for order in orders:
                        self.account_for(order)
                case _:
                    pass
        if isinstance(self.kiosk.screen, RESTING) and not isinstance(before, RESTING):
            self.asked_in_this_visit = 0

    def print(self, order: PrintOrder) -> None:
        if order.job_id not in (*self.printed, *self.unknown):
            assert order.job_id in self.pending, "only what is committed"
            self.printed.append(order.job_id)

    def account_for(self, order: PrintOrder) -> None:
        if was_asked_by_staff(order):
            self.print(order)
        elif order.job_id not in (*self.printed, *self.unknown):
            assert not isinstance(self.kiosk.screen, Issuing), "it may be the awaited one"
            self.unknown.append(order.job_id)

    def commit(self, request: TicketRequest) -> PrintOrder:
        """The server: a repeated id gets the same ticket."""
        known = self.issued.get(request.command_id)
        if known is None:
            known = offer.order(f"A{len(self.issued) + 1:03d}")
            self.issued[request.command_id] = known
            self.pending[known.job_id] = known
        return known

    def offered(self, is_open: bool = True) -> KioskSections:
        sections = offer.sections() if is_open else offer.all_closed()
        return sections.model_copy(update={"print_orders": list(self.pending.values())})

    def page(self) -> Page:
        return draw(Scene(self.kiosk, SIZE, self.now, "10:05", str))

    # --- what can happen ---

    @initialize()
    def open(self) -> None:
        self.happen(OfferCame(self.offered()))

    @rule(pick=st.integers(0, 30), after=st.sampled_from([0.0, 0.1, 0.5, 2.0]), times=st.integers(1, 3))
    def tap(self, pick: int, after: float, times: int) -> None:
        targets = self.page().targets
        choice = targets[pick % len(targets)].choice
        for _ in range(times):
            self.now += after
            self.happen(Tapped(choice))

    @rule(x=st.integers(0, SIZE[0] - 1), y=st.integers(0, SIZE[1] - 1))
    def tap_anywhere(self, x: int, y: int) -> None:
        self.now += 0.5
        self.happen(Tapped(self.page().choice_at(x, y)))

    @rule(seconds=st.sampled_from([0.1, 1.0, 3.0, 13.0, 31.0, 46.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.happen(TimePassed())

    @precondition(lambda self: self.asking is not None)
    @rule(is_committed=st.booleans())
    def lose_the_answer(self, is_committed: bool) -> None:
        assert self.asking is not None
        if is_committed:
            self.commit(self.asking)
        self.happen(NoAnswerYet(self.asking.command_id))

    @precondition(lambda self: self.asking is not None)
    @rule(times=st.integers(1, 2))
    def answer(self, times: int) -> None:
        assert self.asking is not None
        request, self.asking = self.asking, None
        for _ in range(times):
            self.happen(TicketIssued(request.command_id, self.commit(request)))

    @precondition(lambda self: self.asking is not None and self.asking.command_id not in self.issued)
    @rule()
    def refuse(self) -> None:
        assert self.asking is not None
        request, self.asking = self.asking, None
        self.happen(TicketRefused(request.command_id, "quota_reached", {"quota": 60}))

    @precondition(lambda self: self.issued)
    @rule(pick=st.integers(0, 20))
    def answer_long_ago(self, pick: int) -> None:
        command_id = list(self.issued)[pick % len(self.issued)]
        if self.asking is None or self.asking.command_id != command_id:
            self.happen(TicketIssued(command_id, self.issued[command_id]))

    @rule(is_open=st.booleans())
    def offer(self, is_open: bool) -> None:
        self.happen(OfferCame(self.offered(is_open)))

    @rule()
    def ask_for_a_reprint(self) -> None:
        order = offer.order(f"R{len(self.printed):03d}", is_reprint=True)
        self.pending[order.job_id] = order
        self.happen(OfferCame(self.offered()))

    @rule()
    def lose_the_server(self) -> None:
        self.happen(ServerLost())

    @precondition(lambda self: self.pending)
    @rule(pick=st.integers(0, 20), state=st.sampled_from(["printed", "failed", "unknown"]))
    def end_a_slip(self, pick: int, state: str) -> None:
        seen = [job for job in (*self.printed, *self.unknown) if job in self.pending]
        if seen:
            job_id = seen[pick % len(seen)]
            del self.pending[job_id]
            self.happen(PrintEnded(job_id, state))  # type: ignore[arg-type]

    @rule(fault=st.sampled_from([None, "paper_out", "no_answer"]))
    def printer(self, fault: str | None) -> None:
        self.happen(PrinterChanged(fault))

    # --- what must always be so ---

    @invariant()
    def one_ticket_for_one_visit(self) -> None:
        assert self.asked_in_this_visit <= 1

    @invariant()
    def no_slip_twice(self) -> None:
        assert len(self.printed) == len(set(self.printed))
        assert not set(self.printed) & set(self.unknown)

    @invariant()
    def a_request_has_its_screen(self) -> None:
        assert (self.asking is not None) == isinstance(self.kiosk.screen, Issuing)

    @invariant()
    def time_alone_leads_back(self) -> None:
        now = self.now
        kiosk, _effects = step(self.kiosk, TimePassed(), now)
        for _ in range(250):
            if isinstance(kiosk.screen, RESTING):
                return
            change = next_change_s(kiosk, now)
            assert change is not None, f"{kiosk.screen} waits for ever"
            assert change > now
            now = change
            kiosk, _effects = step(kiosk, TimePassed(), now)
        raise AssertionError(f"still at {kiosk.screen}")

    def teardown(self) -> None:
        """In the end every committed ticket is on paper or accounted for."""
        for _ in range(250):
            if isinstance(self.kiosk.screen, RESTING):
                break
            self.now = next_change_s(self.kiosk, self.now) or self.now
            self.happen(TimePassed())
        self.happen(OfferCame(self.offered()))
        assert set(self.pending) <= {*self.printed, *self.unknown}


TestKioskInTheWorld = KioskInTheWorld.TestCase
TestKioskInTheWorld.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
