"""A day's life at random: commands the branch accepts, every kind of them, for tests of what stands above the domain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from random import Random

from queue_server.domain import commands as c
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.branch import RATINGS, Branch, CustomerClass
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.keys import PAD_KEYS
from queue_server.errors import Refusal
from tests.hall import DISPLAY, KIOSK, LOBBY, teller

TECHNICIAN = Actor("sun", Role.TECHNICIAN)
Asked = tuple[c.Command, Actor]

PAUSES_S = (0.3, 1.0, 2.5, 4.0, 8.0, 16.0, 16.0, 30.0, 60.0, 200.0, 400.0)
"""How long nothing happens between two commands: from a double press to a limit that is reached."""


def accepted_command(branch: Branch, day: Day, now: datetime, random: Random) -> Asked:
    """Some command the branch accepts now; kinds that were never possible before have the same chance as others."""
    kinds = list(_KINDS)
    random.shuffle(kinds)
    # A hall that is alive: half of the time somebody comes, is called, starts or is served.
    if random.random() < 0.5:
        kinds = [random.choice([_issue, _call, _start, _finish]), *kinds]
    for kind in kinds:
        asked = list(kind(branch, day, random))
        random.shuffle(asked)
        for command, actor in asked[:8]:
            with suppress(Refusal):
                events, _ = decide(branch, day, command, now, actor)
                if events:
                    return command, actor
    raise AssertionError("the branch accepts nothing at all")


def _issue(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    service, customer_class = random.choice(branch.services), random.choice(list(CustomerClass))
    link, customer = f"link-{random.random()}", random.choice([None, None, "somebody"])
    yield (
        c.IssueTicket(service.code, link, customer_class, customer, "zh", random.choice([None, "kiosk-1"])),
        KIOSK,
    )


def _call(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    for counter in branch.counters:
        yield c.CallNext(counter.code), teller(counter.code)


def _start(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    for counter in branch.counters:
        yield c.StartService(counter.code), teller(counter.code)


def _finish(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    for counter in branch.counters:
        yield c.FinishService(counter.code), teller(counter.code)


def _keys(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    """Every key of every counter but the four above."""
    service = random.choice(branch.services).code
    band = random.choice([None, *[band.code for band in branch.amount_bands]])
    for counter in branch.counters:
        code = counter.code
        number = random.choice(sorted(day.tickets) or ["A001"])
        for command in (
            c.OpenCounter(code, f"teller-{code}"),
            c.CallTicket(code, number, "asked for it"),
            c.Recall(code),
            c.Recall(code),
            c.WithdrawCall(code, random.choice(["called_by_mistake", "not_here_yet", "given_back"])),
            c.StartService(code, number),
            c.SetTransaction(code, service, band),
            c.NextTransaction(code, service, band),
            c.LeaveSeat(code, "copier"),
            c.ReturnToSeat(code),
            c.StartWrapUp(code),
            c.MarkNoShow(code),
            c.MarkNoShow(code),
            c.HoldTicket(code, "form-filling"),
            c.TransferTicket(code, to_service=service),
            c.PauseCounter(code, "lunch"),
            c.ResumeCounter(code),
            c.CloseCounter(code),
            c.StartNoTicketService(code, service, "a question"),
            c.FinishNoTicketService(code),
        ):
            yield command, teller(code)


def _of_tickets(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    service = random.choice(branch.services).code
    for number in sorted(day.tickets):
        for command in (
            c.ResumeTicket(number),
            c.ReinstateTicket(number),
            c.UndoNoShow(number, "a mistake"),
            c.ReissueTicket(number, f"link-{random.random()}"),
            c.MoveTicket(number, "unwell"),
            c.CancelTicket(number, "no time"),
            c.MarkWalkedOut(number),
            c.CorrectTransaction(number, 0, service, None, "it was something else"),
            c.RequestReprint(number, "kiosk-1"),
            c.RecordIncident("manual_entry", "an argument", number),
        ):
            yield command, LOBBY


def _of_the_hall(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    diverting = [service for service in branch.services if service.diversion is not None]
    for service in diverting:
        yield c.DivertCustomer(service.code, service.diversion.device if service.diversion else ""), KIOSK
    yield c.PostNotice("公告", "notice"), LOBBY
    for notice in sorted(day.notices):
        yield c.WithdrawNotice(notice), LOBBY
    for counter in branch.counters:
        yield c.GrantPause(counter.code), LOBBY
        yield c.DeclinePause(counter.code), LOBBY
    for device in ("lobby-1", "printer-1"):
        yield c.ReportDevice(device, device[:-2], random.choice(["online", "fault", "offline"])), TECHNICIAN


def _acknowledgements(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    for job_id in sorted(day.pending_slips):
        yield c.ReportPrint(job_id, random.choice(["printed", "printed", "failed", "unknown"])), KIOSK
    for announcement_id in sorted(day.calls):
        yield c.ReportShown(announcement_id, "lobby-1", 40), DISPLAY
        yield c.ReportSpoken(announcement_id, "lobby-1", 10), DISPLAY


def _pads(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    """Every key of every pad, ratings, supervisors, and devices of the line that fail and come back."""
    for device in branch.devices:
        if device.counter is None:
            if device.kind == "pad_line":
                yield (
                    c.ReportDevice(device.code, device.kind, random.choice(["online", "offline"])),
                    TECHNICIAN,
                )
            continue
        if random.random() < 0.3:
            state = random.choice(["online", "online", "fault", "offline"])
            yield c.ReportDevice(device.code, device.kind, state), TECHNICIAN
        actor = Actor(device.code, Role.PAD_LINE, device.counter)
        if device.kind == "call_pad":
            for key in PAD_KEYS:
                argument = random.choice(["", "", "1", "2", "102"])
                yield c.PressKey(device.code, device.counter, key.value, argument), actor
        elif device.kind == "evaluator":
            yield c.RateVisit(device.counter, device.code, random.choice(RATINGS)), actor
    for counter in branch.counters:
        yield c.CallSupervisor(counter.code), teller(counter.code)
        yield c.AnswerSupervisor(counter.code), LOBBY
        yield c.AskRating(counter.code), teller(counter.code)
    yield c.LoadConfiguration(f"v{random.randint(1, 3)}"), SYSTEM


def _limits(branch: Branch, day: Day, random: Random) -> Iterator[Asked]:
    yield c.CheckLimits(), SYSTEM


_KINDS: tuple[Callable[[Branch, Day, Random], Iterator[Asked]], ...] = (
    _issue,
    _call,
    _start,
    _finish,
    _keys,
    _keys,
    _of_tickets,
    _of_the_hall,
    _acknowledgements,
    _acknowledgements,
    _pads,
    _limits,
)
