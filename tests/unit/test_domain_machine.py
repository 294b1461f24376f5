"""The whole domain under any sequence of commands: what must always hold, holds (C2, K3, T1, I2, S5).

Hypothesis plays customers, tellers, lobby manager, devices and the clock; refused commands are as welcome as others.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import SYSTEM, Actor
from queue_server.domain.branch import CustomerClass, Rating
from queue_server.domain.calling import callable_tickets, next_ticket
from queue_server.domain.day import elapsed_ms, new_day
from queue_server.domain.decide import next_deadline
from queue_server.domain.keys import PAD_KEYS, PadKey
from queue_server.domain.memory import evolve
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import Refusal
from tests.hall import DISPLAY, KIOSK, LINE, LOBBY, Hall, evaluator, pad, pad_branch, teller

COUNTERS = st.sampled_from(["1", "2", "3"])
SERVICES = st.sampled_from(["cash", "account", "company", "fx"])
BANDS = st.sampled_from([None, "small", "large"])
NUMBERS = st.builds(lambda letter, n: f"{letter}{n:03d}", st.sampled_from("ABCD"), st.integers(1, 6))
AT_COUNTER = {CounterState.CALLING, CounterState.SERVING}


class WholeDay(RuleBasedStateMachine):
    """A hall in which anybody may ask for anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.hall = Hall(pad_branch())
        self.refusals: list[str] = []

    @initialize()
    def a_hall_at_work(self) -> None:
        self.hall.open("1", "2")
        for service in ("cash", "cash", "account"):
            self.hall.issue(service)

    def ask(self, command: c.Command, actor: Actor) -> None:
        before = self.hall.day
        try:
            self.hall.do(command, actor)
        except Refusal as refusal:
            self.refusals.append(refusal.message)
            # A refusal changes nothing.
            assert self.hall.day is before

    @rule(
        service=SERVICES,
        customer_class=st.sampled_from(CustomerClass),
        customer=st.sampled_from([None, "h1", "h2"]),
    )
    def issue(self, service: str, customer_class: CustomerClass, customer: str | None) -> None:
        self.hall.links += 1
        self.ask(
            c.IssueTicket(service, f"l{self.hall.links}", customer_class, customer, kiosk="kiosk-1"), KIOSK
        )

    @rule(counter=COUNTERS)
    def open_counter(self, counter: str) -> None:
        self.ask(c.OpenCounter(counter, f"teller-{counter}"), teller(counter))

    @rule(
        counter=COUNTERS,
        kind=st.sampled_from(
            [
                c.CallNext,
                c.CallNext,
                c.Recall,
                c.StartService,
                c.StartService,
                c.FinishService,
                c.MarkNoShow,
                c.StartWrapUp,
                c.ReturnToSeat,
                c.ResumeCounter,
                c.CloseCounter,
                c.FinishNoTicketService,
            ]
        ),
    )
    def press(self, counter: str, kind: type[c.Command]) -> None:
        self.ask(kind(counter=counter), teller(counter))  # type: ignore[call-arg]

    @rule(counter=COUNTERS, number=NUMBERS)
    def call_or_serve_a_number(self, counter: str, number: str) -> None:
        self.ask(c.CallTicket(counter, number, "客户要求"), teller(counter))
        self.ask(c.StartService(counter, number), teller(counter))

    @rule(counter=COUNTERS, reason=st.sampled_from(["called_by_mistake", "not_here_yet", "given_back", "x"]))
    def withdraw(self, counter: str, reason: str) -> None:
        self.ask(c.WithdrawCall(counter, reason), teller(counter))

    @rule(counter=COUNTERS, service=SERVICES, band=BANDS, is_next=st.booleans())
    def set_transaction(self, counter: str, service: str, band: str | None, is_next: bool) -> None:
        kind = c.NextTransaction if is_next else c.SetTransaction
        self.ask(kind(counter, service, band), teller(counter))

    @rule(counter=COUNTERS, verb=st.sampled_from(["seat", "hold", "pause", "no_ticket"]))
    def with_reason(self, counter: str, verb: str) -> None:
        commands: dict[str, c.Command] = {
            "seat": c.LeaveSeat(counter, "copier"),
            "hold": c.HoldTicket(counter, "填单"),
            "pause": c.PauseCounter(counter, "午餐"),
            "no_ticket": c.StartNoTicketService(counter, "cash", "熟人"),
        }
        self.ask(commands[verb], teller(counter))

    @rule(counter=COUNTERS, service=st.none() | SERVICES, to=st.none() | COUNTERS)
    def transfer(self, counter: str, service: str | None, to: str | None) -> None:
        self.ask(c.TransferTicket(counter, service, to), teller(counter))

    @rule(counter=COUNTERS, granted=st.booleans())
    def consent(self, counter: str, granted: bool) -> None:
        self.ask(c.GrantPause(counter) if granted else c.DeclinePause(counter), LOBBY)

    @rule(number=NUMBERS, verb=st.integers(0, 7))
    def lobby(self, number: str, verb: int) -> None:
        self.hall.links += 1
        self.ask(
            (
                c.ResumeTicket(number),
                c.ReinstateTicket(number),
                c.UndoNoShow(number, "按错"),
                c.ReissueTicket(number, f"l{self.hall.links}", "kiosk-1"),
                c.MoveTicket(number, "急事"),
                c.CancelTicket(number, "离开"),
                c.MarkWalkedOut(number),
                c.RequestReprint(number, "kiosk-1"),
            )[verb],
            LOBBY,
        )

    @rule(number=NUMBERS, state=st.sampled_from(["printed", "failed", "unknown"]), slip=st.integers(1, 2))
    def print_slip(self, number: str, state: str, slip: int) -> None:
        self.ask(c.ReportPrint(f"20261123-{number}-{slip}", state), KIOSK)

    @rule(back=st.integers(0, 12), spoken=st.booleans())
    def acknowledge(self, back: int, spoken: bool) -> None:
        announcement = self.hall.day.position - back
        self.ask(
            c.ReportSpoken(announcement, "lobby-1") if spoken else c.ReportShown(announcement, "lobby-1"),
            DISPLAY,
        )

    @rule(state=st.sampled_from(["online", "fault", "offline"]))
    def device(self, state: str) -> None:
        self.ask(c.ReportDevice("lobby-1", "lobby_display", state), DISPLAY)

    @rule(
        counter=COUNTERS,
        key=st.sampled_from(PAD_KEYS),
        typed=st.sampled_from(["", "", "1", "2", "101", "104"]),
    )
    def press_a_key(self, counter: str, key: PadKey, typed: str) -> None:
        self.ask(c.PressKey(f"pad-{counter}", counter, key.value, typed), pad(counter))

    @rule(counter=COUNTERS, rating=st.sampled_from(Rating))
    def rate(self, counter: str, rating: Rating) -> None:
        self.ask(c.RateVisit(counter, f"evaluator-{counter}", rating), evaluator(counter))

    @rule(
        counter=COUNTERS,
        rating=st.none() | st.sampled_from(Rating),
        seconds=st.sampled_from([5, 70]),
        asks=st.booleans(),
        to=st.none() | st.none() | COUNTERS,
    )
    def a_visit(
        self, counter: str, rating: Rating | None, seconds: float, asks: bool, to: str | None
    ) -> None:
        """Somebody is served to the end, here or elsewhere, and says how it was, or not, or too late."""
        for kind in (c.CallNext, c.StartService):
            self.ask(kind(counter), teller(counter))
        if asks:
            self.ask(c.AskRating(counter), teller(counter))
        if to is not None:
            self.ask(c.TransferTicket(counter, to_counter=to), teller(counter))
        self.ask(c.FinishService(counter), teller(counter))
        self.hall.after(seconds)
        if rating is not None:
            self.ask(c.RateVisit(counter, f"evaluator-{counter}", rating), evaluator(counter))

    @rule(
        counter=st.sampled_from(["2", "3"]),
        keys=st.lists(st.sampled_from(["press", "long", "double"]), max_size=4),
    )
    def one_button(self, counter: str, keys: list[str]) -> None:
        """A call, the timer that takes it for answered, and then some presses."""
        self.ask(c.PressKey(f"pad-{counter}", counter, "press"), pad(counter))
        for key in keys:
            self.hall.after(16)
            self.ask(c.CheckLimits(), SYSTEM)
            self.ask(c.PressKey(f"pad-{counter}", counter, key), pad(counter))

    @rule(counter=COUNTERS)
    def call_the_supervisor(self, counter: str) -> None:
        self.ask(c.CallSupervisor(counter), teller(counter))

    @rule(counter=COUNTERS)
    def answer_the_call(self, counter: str) -> None:
        self.ask(c.AnswerSupervisor(counter), LOBBY)

    @rule(
        device=st.sampled_from(["line-1", "pad-1", "window-1", "evaluator-1"]),
        state=st.sampled_from(["online", "offline"]),
    )
    def the_line(self, device: str, state: str) -> None:
        self.ask(c.ReportDevice(device, "call_pad", state), LINE)

    @rule(without=st.sampled_from(["", "", "counter 2", "service account", "pad 1"]))
    def another_configuration(self, without: str) -> None:
        """The branch file is read again, with something or other left out."""
        whole = pad_branch()
        kind, _, code = without.partition(" ")
        self.hall.branch = replace(
            whole,
            counters=tuple(one for one in whole.counters if (kind, one.code) != ("counter", code)),
            services=tuple(one for one in whole.services if (kind, one.code) != ("service", code)),
            devices=tuple(one for one in whole.devices if kind != "pad" or one.code != f"pad-{code}"),
        )
        self.ask(c.LoadConfiguration(without or "whole"), SYSTEM)

    @rule(counter=COUNTERS)
    def call_out_and_miss(self, counter: str) -> None:
        for _ in range(2):
            self.hall.after(16)
            self.ask(c.Recall(counter), teller(counter))
        self.hall.after(16)
        self.ask(c.MarkNoShow(counter), teller(counter))

    @rule(seconds=st.sampled_from([0.001, 1, 2, 20, 120, 700]))
    def time_passes(self, seconds: float) -> None:
        self.hall.after(seconds)
        self.ask(c.CheckLimits(), SYSTEM)

    @invariant()
    def a_ticket_and_its_counter_agree(self) -> None:
        day = self.hall.day
        at_counters = {desk.number: desk.counter for desk in day.desks.values() if desk.number is not None}
        assert len(at_counters) == sum(desk.number is not None for desk in day.desks.values())
        for desk in day.desks.values():
            assert (desk.number is not None) == (desk.state in AT_COUNTER)
        for number, ticket in day.tickets.items():
            assert ticket.counter == at_counters.get(number)
            assert (ticket.counter is not None) == (ticket.state in (TicketState.CALLED, TicketState.SERVING))

    @invariant()
    def the_queues_hold_exactly_the_waiting_tickets_in_order(self) -> None:
        day = self.hall.day
        queued = [(service, entry) for service, entries in day.queues.items() for entry in entries]
        waiting = [t for t in day.tickets.values() if t.state is TicketState.WAITING]
        assert sorted(queued) == sorted((t.service, (t.place, t.number)) for t in waiting)
        assert all(list(entries) == sorted(entries) for entries in day.queues.values())
        assert day.held == {n for n, t in day.tickets.items() if t.state is TicketState.ON_HOLD}

    @invariant()
    def every_stay_is_the_sum_of_its_parts(self) -> None:
        for ticket in self.hall.day.tickets.values():
            end = ticket.closed_at or self.hall.now
            assert sum(ticket.times_at(self.hall.now)) == elapsed_ms(ticket.issued.at, end)
            assert all(spent >= 0 for spent in ticket.times)

    @invariant()
    def outcomes_are_counted_once(self) -> None:
        day = self.hall.day
        for state in TicketState:
            count = sum(t.state is state for t in day.tickets.values())
            if not any(
                state is s
                for s in (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ON_HOLD)
            ):
                assert day.outcomes.get(state.value, 0) == count

    @invariant()
    def every_waiting_ticket_can_be_called_somewhere(self) -> None:
        day, branch = self.hall.day, self.hall.branch
        callable_by_somebody = {
            t.number for counter in branch.counters for t in callable_tickets(day, counter)
        }
        for ticket in day.tickets.values():
            if ticket.state is TicketState.WAITING:
                assert ticket.number in callable_by_somebody

    @invariant()
    def the_next_one_is_callable_and_deadlines_are_ahead(self) -> None:
        day, branch = self.hall.day, self.hall.branch
        for counter in branch.counters:
            first = next_ticket(branch, day, counter, self.hall.now)
            assert first is None or first.state is TicketState.WAITING
        if day.is_open:
            assert next_deadline(branch, day) is not None

    @invariant()
    def a_rating_is_asked_for_at_one_counter_as_long_as_it_is_open(self) -> None:
        day = self.hall.day
        asked = [desk.rating for desk in day.desks.values() if desk.rating is not None]
        still_open = [n for n, t in day.tickets.items() if t.rating is not None and t.rating.is_open]
        assert sorted(asked) == sorted(still_open)

    @invariant()
    def a_device_out_of_order_has_one_incident_or_hangs_on_one_that_has(self) -> None:
        day = self.hall.day
        out = {code for code, known in day.devices.items() if known.state != "online"}
        assert {one.device for one in day.outages} == set(day.device_incidents)
        assert set(day.device_incidents) | day.covered == out
        assert not set(day.device_incidents) & day.covered
        open_incidents = {
            n for n, one in day.incidents.items() if one.opened.kind == "device_fault" and not one.closed_at
        }
        assert open_incidents == set(day.device_incidents.values())

    def teardown(self) -> None:
        """The journal folds to the same day, numbers were never given twice, causes have one incident each."""
        hall = self.hall
        assert all(self.refusals), "a refusal can be told: its template takes its details"
        assert reduce(evolve, hall.events, new_day()) == hall.day
        numbers = [x.number for x in hall.events if isinstance(x, e.TicketIssued)]
        assert len(numbers) == len(set(numbers))
        opened = [x for x in hall.events if isinstance(x, e.IncidentOpened)]
        assert len({x.incident_id for x in opened}) == len(opened)
        missed = sum(isinstance(x, e.TicketMissed) for x in hall.events)
        assert missed == sum(x.kind == "missed_number" for x in opened)
        jumps = sum(isinstance(x, e.TicketCalled) and x.is_out_of_order for x in hall.events)
        assert jumps == sum(x.cause == "specific_call" for x in opened)
        low = sum(isinstance(x, e.VisitRated) and x.rating is Rating.DISSATISFIED for x in hall.events)
        assert low == sum(x.kind == "low_rating" for x in opened)
        rated = [x.number for x in hall.events if isinstance(x, e.VisitRated)]
        assert len(rated) == len(set(rated))
        unheard = sum(isinstance(x, e.CallUnheard) for x in hall.events)
        assert unheard == sum(x.kind == "unheard_call" for x in opened)
        ats = [x.at for x in hall.events]
        assert ats == sorted(ats)


TestWholeDay = WholeDay.TestCase
TestWholeDay.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)
