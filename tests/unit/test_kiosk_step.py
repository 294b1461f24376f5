"""The kiosk's screens, step by step: what a customer taps, what the server answers, what time does (K1–K8, P4)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kiosk.happenings import (
    AbandonRequest,
    AccountFor,
    AnswerQuestion,
    Choice,
    ChooseGroup,
    ChooseService,
    Effect,
    GoBack,
    GoHome,
    Happening,
    NoAnswerYet,
    OfferCame,
    PrintEnded,
    PrinterChanged,
    PrintSlip,
    RequestTicket,
    SendDiversion,
    ServerLost,
    SetLanguage,
    SetPriority,
    TakeDiversion,
    TakeTicket,
    Tapped,
    TicketIssued,
    TicketRefused,
    TimePassed,
)
from kiosk.screens import (
    Closed,
    Diverted,
    Issuing,
    Kiosk,
    Needs,
    Refused,
    Screen,
    Services,
    Start,
    Ticket,
    Unconfirmed,
    Unreachable,
)
from kiosk.step import (
    BOUNCE_S,
    GIVE_UP_S,
    LOST_GRACE_S,
    PRINT_PATIENCE_S,
    PRINTED_STAY_S,
    SLOW_S,
    UNPRINTED_STAY_S,
    next_change_s,
    step,
)
from tests import kiosk_offer as offer

FIRST_ID = "kiosk-1-test-000001"


@dataclass
class Visit:
    """A kiosk and somebody in front of it; time moves on by a second with each tap."""

    kiosk: Kiosk = field(default_factory=lambda: Kiosk("kiosk-1-test"))
    now: float = 1000.0
    effects: list[Effect] = field(default_factory=list)

    def happen(self, *happenings: Happening, after: float = 0.0) -> Visit:
        self.now += after
        for happening in happenings:
            self.kiosk, effects = step(self.kiosk, happening, self.now)
            self.effects += effects
        return self

    def tap(self, *choices: Choice) -> Visit:
        for choice in choices:
            self.happen(Tapped(choice), after=1.0)
        return self

    def wait(self, seconds: float) -> Visit:
        return self.happen(TimePassed(), after=seconds)

    @property
    def screen(self) -> Screen:
        return self.kiosk.screen

    def done(self, kind: type) -> list[Effect]:
        return [effect for effect in self.effects if isinstance(effect, kind)]


@pytest.fixture
def visit() -> Visit:
    return Visit().happen(OfferCame(offer.sections()))


TO_CARD = (ChooseGroup("personal"), ChooseService("card"))
TO_CASH = (ChooseGroup("personal"), ChooseService("cash"))


def test_a_kiosk_that_has_heard_nothing_is_out_of_service_and_the_first_offer_opens_it() -> None:
    visit = Visit()
    assert visit.screen == Unreachable()
    assert visit.happen(OfferCame(offer.sections())).screen == Start()


def test_a_number_takes_three_taps_and_carries_service_class_and_language(visit: Visit) -> None:
    visit.tap(SetLanguage("en"), *TO_CARD, SetPriority(True), TakeTicket())
    assert visit.screen == Issuing(FIRST_ID, "card", visit.now)
    (effect,) = visit.effects
    assert isinstance(effect, RequestTicket)
    assert effect.request.model_dump() == {
        "command_id": FIRST_ID,
        "service": "card",
        "customer_class": "priority",
        "customer": None,
        "language": "en",
    }


def test_the_issued_ticket_is_printed_and_the_customer_told_to_take_it(visit: Visit) -> None:
    order = offer.order("A012")
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketIssued(FIRST_ID, order))
    assert visit.screen == Ticket(order)
    assert visit.effects[-1] == PrintSlip(order)
    visit.happen(PrintEnded(order.job_id, "printed"), after=1)
    assert visit.screen == Ticket(order, "printed")
    assert visit.wait(PRINTED_STAY_S).screen == Start()


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_number_that_did_not_print_stays_on_the_screen_until_it_is_noted(visit: Visit, state: str) -> None:
    order = offer.order("A012")
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketIssued(FIRST_ID, order))
    visit.happen(PrintEnded(order.job_id, state, "paper_out"))  # type: ignore[arg-type]
    assert visit.screen == Ticket(order, state, "paper_out")  # type: ignore[arg-type]
    assert visit.wait(UNPRINTED_STAY_S - 1).screen != Start()
    assert visit.tap(GoHome()).screen == Start()


def test_a_printer_that_never_answers_does_not_keep_the_number_from_the_customer(visit: Visit) -> None:
    order = offer.order("A012")
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketIssued(FIRST_ID, order)).wait(PRINT_PATIENCE_S)
    assert visit.screen == Ticket(order, "unknown", "no_result")
    assert visit.happen(PrintEnded(order.job_id, "printed")).screen == Ticket(order, "printed")


# --- 3: double press, bounce, retry: one ticket --------------------------------------------------------------------


def test_a_hammering_finger_gets_one_ticket(visit: Visit) -> None:
    visit.tap(*TO_CARD)
    for _ in range(20):
        visit.happen(Tapped(TakeTicket()), after=0.5)
    visit.happen(TicketIssued(FIRST_ID, offer.order()))
    for _ in range(20):
        visit.happen(Tapped(TakeTicket()), after=0.5)
    assert len(visit.done(RequestTicket)) == 1
    assert len(visit.done(PrintSlip)) == 1


def test_a_bounced_tap_does_not_reach_the_screen_that_came_up_under_the_finger(visit: Visit) -> None:
    visit.tap(ChooseGroup("personal")).happen(Tapped(ChooseService("card")), after=BOUNCE_S / 2)
    assert visit.screen == Services("personal")


def test_a_repeated_answer_prints_once(visit: Visit) -> None:
    issued = TicketIssued(FIRST_ID, offer.order())
    visit.tap(*TO_CARD, TakeTicket()).happen(issued, issued)
    assert len(visit.done(PrintSlip)) == 1


def test_the_next_customer_has_another_command_id(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketIssued(FIRST_ID, offer.order()))
    visit.happen(PrintEnded("A012-1", "printed")).tap(GoHome(), *TO_CARD, TakeTicket())
    ids = [e.request.command_id for e in visit.done(RequestTicket) if isinstance(e, RequestTicket)]
    assert ids == ["kiosk-1-test-000001", "kiosk-1-test-000002"]


def test_no_answer_shows_that_it_takes_longer_and_a_late_answer_still_prints_once(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).happen(NoAnswerYet(FIRST_ID))
    assert isinstance(visit.screen, Issuing)
    assert visit.screen.is_slow
    visit.wait(GIVE_UP_S - 5).happen(TicketIssued(FIRST_ID, offer.order()))
    assert len(visit.done(PrintSlip)) == 1


def test_a_slow_server_is_told_of_before_it_fails(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).wait(SLOW_S)
    assert isinstance(visit.screen, Issuing)
    assert visit.screen.is_slow


def test_after_a_while_the_kiosk_gives_up_and_prints_nothing(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).wait(GIVE_UP_S)
    assert visit.screen == Unconfirmed(FIRST_ID)
    assert visit.done(AbandonRequest) == [AbandonRequest(FIRST_ID)]
    assert visit.done(PrintSlip) == []


def test_an_answer_prints_while_its_customer_still_reads_the_apology_and_not_later(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).wait(GIVE_UP_S)
    there = Visit(visit.kiosk, visit.now).happen(TicketIssued(FIRST_ID, offer.order()))
    gone = visit.tap(GoHome()).happen(TicketIssued(FIRST_ID, offer.order()))
    assert len(there.done(PrintSlip)) == 1
    assert gone.done(PrintSlip) == []


# --- 5: slips the server lists -------------------------------------------------------------------------------------


def test_listed_slips_are_accounted_for(visit: Visit) -> None:
    listed = (offer.order("A001"), offer.order("A002", is_reprint=True))
    visit.happen(OfferCame(offer.sections(print_orders=listed)))
    assert visit.effects == [AccountFor(listed)]


def test_the_slip_that_comes_with_an_awaited_answer_is_not_taken_for_a_lost_one(visit: Visit) -> None:
    own, reprint = offer.order("A012"), offer.order("A002", is_reprint=True)
    visit.tap(*TO_CARD, TakeTicket())
    visit.happen(OfferCame(offer.sections(print_orders=(own, reprint))))
    assert visit.done(AccountFor) == [AccountFor((reprint,))]
    visit.happen(TicketIssued(FIRST_ID, own))
    # First the slip, then the account: the printing thread takes them in this order.
    assert visit.effects[-2:] == [PrintSlip(own), AccountFor((own, reprint))]


def test_a_slip_listed_for_a_request_that_was_given_up_is_accounted_for(visit: Visit) -> None:
    lost = offer.order("A012")
    visit.tap(*TO_CARD, TakeTicket()).happen(OfferCame(offer.sections(print_orders=(lost,))))
    assert visit.done(AccountFor) == []
    assert visit.wait(GIVE_UP_S).effects[-1] == AccountFor((lost,))


# --- needs, questions, diversion -----------------------------------------------------------------------------------


def test_yes_to_the_question_takes_the_number(visit: Visit) -> None:
    assert isinstance(visit.tap(*TO_CASH, AnswerQuestion(True)).screen, Issuing)


def test_no_to_the_question_shows_advice_and_a_number_can_still_be_taken(visit: Visit) -> None:
    visit.tap(*TO_CASH, AnswerQuestion(False))
    assert visit.screen == Needs("personal", "cash", answer=False)
    assert isinstance(visit.tap(TakeTicket()).screen, Issuing)


def test_a_question_cannot_be_skipped(visit: Visit) -> None:
    assert visit.tap(*TO_CASH, TakeTicket()).screen == Needs("personal", "cash")


def test_the_self_service_device_is_recorded_and_no_number_taken(visit: Visit) -> None:
    visit.tap(*TO_CASH, TakeDiversion())
    assert visit.screen == Diverted("personal", "cash")
    (effect,) = visit.effects
    assert isinstance(effect, SendDiversion)
    assert (effect.request.service, effect.request.device) == ("cash", "atm-1")


def test_a_closed_service_says_when_and_issues_nothing(visit: Visit) -> None:
    visit.tap(ChooseGroup("personal"), ChooseService("loan"), TakeTicket())
    assert visit.screen == Needs("personal", "loan")
    assert visit.effects == []


def test_a_service_that_closes_while_its_needs_are_read_issues_nothing(visit: Visit) -> None:
    visit.tap(*TO_CARD).happen(OfferCame(offer.all_closed())).tap(TakeTicket())
    assert visit.screen == Needs("personal", "card")
    assert visit.effects == []


def test_a_refusal_ends_the_request_and_the_next_try_is_a_new_one(visit: Visit) -> None:
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketRefused(FIRST_ID, "quota_reached", {"quota": 60}))
    assert visit.screen == Refused("card", "quota_reached", {"quota": 60})
    assert visit.tap(GoHome()).screen == Start()


# --- way back, language, idle --------------------------------------------------------------------------------------


def test_back_goes_up_one_level_and_keeps_the_language(visit: Visit) -> None:
    visit.tap(SetLanguage("en"), *TO_CARD, GoBack())
    assert visit.screen == Services("personal")
    assert visit.tap(GoBack()).screen == Start()
    assert visit.kiosk.language == "en"


def test_where_there_is_one_group_the_start_shows_its_services() -> None:
    visit = Visit().happen(OfferCame(offer.sections(offer.PERSONAL))).tap(ChooseService("card"))
    assert visit.screen == Needs("personal", "card")
    assert visit.tap(GoBack()).screen == Start()


def test_an_abandoned_screen_returns_to_the_start_in_chinese(visit: Visit) -> None:
    visit.tap(SetLanguage("en"), *TO_CARD).wait(29)
    assert isinstance(visit.screen, Needs)
    assert visit.wait(1).screen == Start()
    assert visit.kiosk.language == "zh"


def test_a_touch_anywhere_puts_the_return_off(visit: Visit) -> None:
    visit.tap(*TO_CARD).wait(20).happen(Tapped(None)).wait(20)
    assert isinstance(visit.screen, Needs)


def test_english_left_on_the_start_screen_turns_chinese_again(visit: Visit) -> None:
    assert visit.tap(SetLanguage("en")).wait(30).kiosk.language == "zh"


# --- 7: the server is gone and back --------------------------------------------------------------------------------


def test_a_short_gap_of_the_network_changes_nothing_on_the_screen(visit: Visit) -> None:
    visit.tap(*TO_CARD).happen(ServerLost()).wait(LOST_GRACE_S / 2)
    assert visit.happen(OfferCame(offer.sections())).wait(LOST_GRACE_S).screen == Needs("personal", "card")


def test_a_lost_server_puts_the_kiosk_out_of_service_and_a_new_offer_brings_it_back(visit: Visit) -> None:
    visit.happen(ServerLost()).wait(LOST_GRACE_S)
    assert visit.screen == Unreachable()
    assert visit.happen(OfferCame(offer.sections())).screen == Start()


def test_a_ticket_on_the_screen_stays_there_when_the_server_goes(visit: Visit) -> None:
    order = offer.order()
    visit.tap(*TO_CARD, TakeTicket()).happen(TicketIssued(FIRST_ID, order), ServerLost()).wait(LOST_GRACE_S)
    assert visit.screen == Ticket(order)
    visit.happen(PrintEnded(order.job_id, "printed"))
    assert visit.wait(PRINTED_STAY_S).screen == Unreachable()


def test_all_services_closed_has_its_own_screen(visit: Visit) -> None:
    assert visit.happen(OfferCame(offer.all_closed())).screen == Closed()
    assert visit.happen(OfferCame(offer.sections())).screen == Start()


def test_a_group_or_service_that_is_taken_away_leads_back_to_the_start(visit: Visit) -> None:
    visit.tap(*TO_CARD).happen(OfferCame(offer.sections(offer.CORPORATE)))
    assert visit.screen == Start()


def test_the_printers_fault_is_remembered_for_the_footer(visit: Visit) -> None:
    assert visit.happen(PrinterChanged("paper_out")).kiosk.printer_fault == "paper_out"
    assert visit.happen(PrinterChanged(None)).kiosk.printer_fault is None


@pytest.mark.parametrize(
    ("choices", "seconds"),
    [
        (TO_CARD, 20.0),  # the countdown begins ten seconds before the return
        ((*TO_CARD, TakeTicket()), SLOW_S),
        ((), None),
    ],
)
def test_the_loop_may_sleep_until_something_changes_by_itself(
    visit: Visit, choices: tuple[Choice, ...], seconds: float | None
) -> None:
    visit.tap(*choices)
    change = next_change_s(visit.kiosk, visit.now)
    assert (None if change is None else change - visit.now) == seconds
