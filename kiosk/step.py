"""How the kiosk's screens follow one another: `(kiosk, happening, time) -> (kiosk, effects)`.

One customer step has one command id, whatever is tapped, however often, and however often the request is tried
(K6).  A ticket that was issued is shown and printed; one that was not is never printed (K8).  Nothing here reads a
clock, a file or a port: the time, in monotonic seconds, comes in with each happening.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

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
    DEFAULT_LANGUAGE,
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
from kiosk.slips import was_asked_by_staff
from queue_server.wire.kiosk import DiversionRequest, TicketRequest

# A finger that bounces, or a second tap that was meant for the screen before, finds nothing to choose.
BOUNCE_S = 0.4
# Shorter gaps of the network are not worth a change of screen.
LOST_GRACE_S = 3.0
# After this long without an answer the customer is told that it takes longer.
SLOW_S = 2.5
# Nobody stands at a kiosk longer than this for a number; the server also stops waiting for a slip at 60 s.
GIVE_UP_S = 45.0
# A slip takes one or two seconds; after this long the number is shown large as if it had not been printed.
PRINT_PATIENCE_S = 20.0
# How long "please take your ticket" stays.
PRINTED_STAY_S = 12.0
# How long a number that is not on paper stays: time enough to find a pen or a telephone.
UNPRINTED_STAY_S = 90.0
# The customer is told this long before the kiosk goes back to the start.
COUNTDOWN_S = 10

Result = tuple[Kiosk, tuple[Effect, ...]]


def step(kiosk: Kiosk, happening: Happening, at_s: float) -> Result:
    """What the kiosk becomes, and what it wants done, when `happening` comes at `at_s` (monotonic seconds).

    A choice that the present screen does not offer, and an answer to something no longer asked, change nothing.
    """
    match happening:
        case Tapped(choice):
            touched = replace(kiosk, touched_at_s=at_s)
            if choice is None or at_s - kiosk.changed_at_s < BOUNCE_S:
                return touched, ()
            return _chosen(touched, choice, at_s)
        case TimePassed():
            return _time_passed(kiosk, at_s)
        case OfferCame(offer):
            kiosk = _settled(replace(kiosk, offer=offer, lost_at_s=None), at_s)
            return kiosk, _account(kiosk)
        case ServerLost():
            return (kiosk if kiosk.lost_at_s is not None else replace(kiosk, lost_at_s=at_s)), ()
        case TicketIssued(command_id, order):
            if not _awaits(kiosk.screen, command_id):
                # Its customer is gone: the listing accounts for it.
                return kiosk, ()
            kiosk = _show(kiosk, Ticket(order), at_s)
            return kiosk, (PrintSlip(order), *_account(kiosk))
        case TicketRefused(command_id, code, details):
            if not _awaits(kiosk.screen, command_id):
                return kiosk, ()
            service = kiosk.screen.service if isinstance(kiosk.screen, Issuing) else ""
            kiosk = _show(kiosk, Refused(service, code, details), at_s)
            return kiosk, _account(kiosk)
        case NoAnswerYet(command_id):
            if isinstance(kiosk.screen, Issuing) and kiosk.screen.command_id == command_id:
                # Not a new screen: a tap that was on its way must not count as the first one on it.
                return replace(kiosk, screen=replace(kiosk.screen, is_slow=True)), ()
            return kiosk, ()
        case PrintEnded(job_id, state, cause):
            if isinstance(kiosk.screen, Ticket) and kiosk.screen.order.job_id == job_id:
                return _show(kiosk, Ticket(kiosk.screen.order, state, cause), at_s), ()
            return kiosk, ()
        case PrinterChanged(fault):
            return replace(kiosk, printer_fault=fault), ()
        case _:
            assert_never(happening)


def next_change_s(kiosk: Kiosk, now_s: float) -> float | None:
    """When `TimePassed` will next change something (perhaps now), or None when only something from outside can."""
    moments: list[float] = []
    if kiosk.lost_at_s is not None and isinstance(kiosk.screen, Start | Services | Needs | Closed):
        moments.append(kiosk.lost_at_s + LOST_GRACE_S)
    match kiosk.screen:
        case Issuing(since_s=since_s, is_slow=is_slow):
            moments.append(since_s + (GIVE_UP_S if is_slow else SLOW_S))
        case Ticket(outcome="printing"):
            moments.append(kiosk.changed_at_s + PRINT_PATIENCE_S)
        case _:
            leaves_at_s = leaves_s(kiosk)
            if leaves_at_s is not None:
                # Each second of the countdown that is shown before the kiosk leaves.
                moments.append(min(leaves_at_s, max(now_s + 1.0, leaves_at_s - COUNTDOWN_S)))
    return min(moments, default=None)


def leaves_s(kiosk: Kiosk) -> float | None:
    """When the kiosk goes back to the start by itself if nobody touches it; None on screens it does not leave so."""
    latest_s = max(kiosk.changed_at_s, kiosk.touched_at_s)
    match kiosk.screen:
        case Services() | Needs() | Refused() | Diverted() | Unconfirmed():
            return latest_s + kiosk.idle_s
        case Ticket(outcome="printed"):
            return kiosk.changed_at_s + PRINTED_STAY_S
        case Ticket(outcome="failed" | "unknown"):
            return latest_s + UNPRINTED_STAY_S
        case Start() | Closed() if kiosk.language != DEFAULT_LANGUAGE:
            # Chinese comes back for the next customer (K1).
            return latest_s + kiosk.idle_s
        case _:
            return None


# --- what a tap does ----------------------------------------------------------------------------------------------


def _chosen(kiosk: Kiosk, choice: Choice, at_s: float) -> Result:
    match kiosk.screen, choice:
        case _, SetLanguage(language):
            return replace(kiosk, language=language), ()
        case Start(), ChooseGroup(code) if kiosk.group(code):
            return _show(kiosk, Services(code), at_s), ()
        case ((Start() | Services()), ChooseService(code)):
            for group, service in kiosk.services():
                if service.service == code:
                    return _show(kiosk, Needs(group.group, code), at_s), ()
        case Needs(group=code), GoBack() if not kiosk.has_one_group:
            return _show(kiosk, Services(code), at_s), ()
        case ((Services() | Needs()), (GoBack() | GoHome())):
            # The same customer looks for something else, in the same language.
            return _show(kiosk, _first_screen(kiosk, at_s), at_s), ()
        case Needs() as needs, SetPriority(is_priority):
            return replace(kiosk, screen=replace(needs, is_priority=is_priority)), ()
        case Needs() as needs, (AnswerQuestion() | TakeTicket() | TakeDiversion()):
            return _decided(kiosk, needs, choice, at_s)
        case Ticket(outcome="printing"), _:
            pass
        case ((Ticket() | Diverted() | Refused() | Unconfirmed()), GoHome()):
            return _home(kiosk, at_s), ()
        case _:
            pass
    return kiosk, ()


def _decided(
    kiosk: Kiosk, needs: Needs, choice: AnswerQuestion | TakeTicket | TakeDiversion, at_s: float
) -> Result:
    """The customer has read what the service needs, and says what next (K2)."""
    service = kiosk.service(needs.service)
    if service is None or service.closed is not None:
        return kiosk, ()
    match choice:
        case TakeDiversion() if service.diversion is not None:
            kiosk, command_id = _numbered(kiosk)
            request = DiversionRequest(
                command_id=command_id, service=service.service, device=service.diversion.device
            )
            return _show(kiosk, Diverted(needs.group, service.service), at_s), (SendDiversion(request),)
        case AnswerQuestion(is_yes) if service.question is not None and needs.answer is None:
            if not is_yes:
                return _show(kiosk, replace(needs, answer=False), at_s), ()
            return _ask(kiosk, needs, at_s)
        case TakeTicket() if service.question is None or needs.answer is not None:
            return _ask(kiosk, needs, at_s)
        case _:
            return kiosk, ()


def _ask(kiosk: Kiosk, needs: Needs, at_s: float) -> Result:
    """Ask for the ticket: the only place that does, and the screen it leads to cannot ask again (K6)."""
    kiosk, command_id = _numbered(kiosk)
    request = TicketRequest(
        command_id=command_id,
        service=needs.service,
        customer_class="priority" if needs.is_priority else "ordinary",
        language=kiosk.language,
    )
    return _show(kiosk, Issuing(command_id, needs.service, at_s), at_s), (RequestTicket(request),)


def _numbered(kiosk: Kiosk) -> tuple[Kiosk, str]:
    serial = kiosk.serial + 1
    return replace(kiosk, serial=serial), f"{kiosk.identity}-{serial:06d}"


# --- what time does -----------------------------------------------------------------------------------------------


def _time_passed(kiosk: Kiosk, at_s: float) -> Result:
    match kiosk.screen:
        case Issuing(command_id=command_id, since_s=since_s) if at_s >= since_s + GIVE_UP_S:
            kiosk = _show(kiosk, Unconfirmed(command_id), at_s)
            return kiosk, (AbandonRequest(command_id), *_account(kiosk))
        case Issuing(since_s=since_s, is_slow=False) as issuing if at_s >= since_s + SLOW_S:
            return replace(kiosk, screen=replace(issuing, is_slow=True)), ()
        case Ticket(order=order, outcome="printing") if at_s >= kiosk.changed_at_s + PRINT_PATIENCE_S:
            return _show(kiosk, Ticket(order, "unknown", "no_result"), at_s), ()
        case Start() | Services() | Needs() | Closed() if _is_lost(kiosk, at_s):
            return _home(kiosk, at_s), ()
        case _:
            leaves_at_s = leaves_s(kiosk)
            if leaves_at_s is not None and at_s >= leaves_at_s:
                return _home(kiosk, at_s), ()
            return kiosk, ()


def _is_lost(kiosk: Kiosk, at_s: float) -> bool:
    return kiosk.lost_at_s is not None and at_s >= kiosk.lost_at_s + LOST_GRACE_S


def _home(kiosk: Kiosk, at_s: float) -> Kiosk:
    """The screen a new customer finds, in the default language."""
    return _show(replace(kiosk, language=DEFAULT_LANGUAGE), _first_screen(kiosk, at_s), at_s)


def _first_screen(kiosk: Kiosk, at_s: float) -> Screen:
    if kiosk.offer is None or _is_lost(kiosk, at_s):
        return Unreachable()
    if all(service.closed is not None for _, service in kiosk.services()):
        return Closed()
    return Start()


def _settled(kiosk: Kiosk, at_s: float) -> Kiosk:
    """The same screen under a new offer, if the new offer still has it.

    A customer who chose a service that closed meanwhile stays and reads why.
    """
    match kiosk.screen:
        case Start() | Closed() | Unreachable():
            first = _first_screen(kiosk, at_s)
            return kiosk if first == kiosk.screen else _show(kiosk, first, at_s)
        case Services(group) if kiosk.group(group) is None:
            return _home(kiosk, at_s)
        case Needs(service=service) | Diverted(service=service) if kiosk.service(service) is None:
            return _home(kiosk, at_s)
        case _:
            return kiosk


# --- small words --------------------------------------------------------------------------------------------------


def _show(kiosk: Kiosk, screen: Screen, at_s: float) -> Kiosk:
    return replace(kiosk, screen=screen, changed_at_s=at_s)


def _awaits(screen: Screen, command_id: str) -> bool:
    """Whether somebody stands there for the answer to `command_id`; who was just told to give up still does."""
    return isinstance(screen, Issuing | Unconfirmed) and screen.command_id == command_id


def _account(kiosk: Kiosk) -> tuple[Effect, ...]:
    """Have the listed slips accounted for.

    While an answer is awaited, a listed slip may be the very one that is about to come with it, so such slips
    wait until the request has ended one way or the other.
    """
    if kiosk.offer is None:
        return ()
    is_asking = isinstance(kiosk.screen, Issuing)
    orders = tuple(o for o in kiosk.offer.print_orders if was_asked_by_staff(o) or not is_asking)
    return (AccountFor(orders),) if orders else ()
