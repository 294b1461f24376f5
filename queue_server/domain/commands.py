"""What can be asked of a branch.  Imperative, frozen, already parsed: borders build them, `decide` answers them.

`counter`, `service`, `device` are codes of the configuration; `number` is a ticket number of the open business day.
"""

from __future__ import annotations

from queue_server.domain.branch import CustomerClass, Rating
from queue_server.domain.values import value


@value
class Command:
    """Something asked for."""


# --- the kiosk -----------------------------------------------------------------------------------------------------


@value
class IssueTicket(Command):
    """A number for a service (K3).  `link`: the unguessable end of the ticket's address, made by the border.

    `customer`: keyed hash of a card or id (K5) or None.  `kiosk`: the device that prints, None when issued by staff.
    """

    service: str
    link: str
    customer_class: CustomerClass = CustomerClass.ORDINARY
    customer: str | None = None
    language: str = "zh"
    kiosk: str | None = None


@value
class DivertCustomer(Command):
    """The customer took a self-service device instead; no number is taken (K2)."""

    service: str
    device: str


@value
class ReportPrint(Command):
    """What became of a slip: `state` printed, failed or unknown (P2)."""

    job_id: str
    state: str
    cause: str | None = None
    detail: str = ""


@value
class RequestReprint(Command):
    """Print the ticket again at `kiosk`, with the mark 补打 (P4)."""

    number: str
    kiosk: str


# --- the counter ---------------------------------------------------------------------------------------------------


@value
class OpenCounter(Command):
    """A teller sits down."""

    counter: str
    teller: str


@value
class CallNext(Command):
    """Call whom the policy puts first."""

    counter: str


@value
class CallTicket(Command):
    """Call one number, with a reason; out of the policy's order it is a queue jump (J1)."""

    counter: str
    number: str
    reason: str


@value
class Recall(Command):
    """Announce the called ticket again."""

    counter: str


@value
class WithdrawCall(Command):
    """Undo a call by its name (C7): `reason` called_by_mistake, not_here_yet or given_back.  The place is kept."""

    counter: str
    reason: str


@value
class StartService(Command):
    """The customer is at the counter: arrive and start are one key.

    `number` names a waiting ticket served without having been called here (J1); None = the called one.
    """

    counter: str
    number: str | None = None


@value
class SetTransaction(Command):
    """What the running transaction really is (T1)."""

    counter: str
    service: str
    amount_band: str | None = None


@value
class NextTransaction(Command):
    """The visit goes on with another transaction, timed apart (T1)."""

    counter: str
    service: str
    amount_band: str | None = None


@value
class LeaveSeat(Command):
    """The teller walks to a device for this transaction (T5)."""

    counter: str
    device: str


@value
class ReturnToSeat(Command):
    """The teller is back."""

    counter: str


@value
class StartWrapUp(Command):
    """The customer has left; the teller still works on the visit (T1)."""

    counter: str


@value
class FinishService(Command):
    """The visit is over."""

    counter: str


@value
class MarkNoShow(Command):
    """The called customer did not come (N1)."""

    counter: str


@value
class HoldTicket(Command):
    """The customer steps aside, to fill in a form for instance; the counter is free (C4)."""

    counter: str
    reason: str


@value
class TransferTicket(Command):
    """To another service, another counter, or both; the waiting time is kept (C4)."""

    counter: str
    to_service: str | None = None
    to_counter: str | None = None


@value
class PauseCounter(Command):
    """Stop calling for a while, with a reason; with many waiting it becomes a request (C5)."""

    counter: str
    reason: str


@value
class GrantPause(Command):
    """The lobby manager or branch head agrees (C5)."""

    counter: str


@value
class DeclinePause(Command):
    """The lobby manager or branch head does not agree (C5)."""

    counter: str


@value
class ResumeCounter(Command):
    """The pause is over."""

    counter: str


@value
class CloseCounter(Command):
    """The teller leaves, for a reason if there is one; while many wait only with the lobby manager's consent (C5)."""

    counter: str
    reason: str = ""


@value
class WithdrawPauseRequest(Command):
    """The teller does not want the pause any more."""

    counter: str


@value
class StartNoTicketService(Command):
    """The counter serves somebody who holds no number 不取号 (J1)."""

    counter: str
    service: str
    reason: str


@value
class FinishNoTicketService(Command):
    """The counter is free again."""

    counter: str


@value
class CallSupervisor(Command):
    """The teller wants the lobby manager at the counter (C8)."""

    counter: str


@value
class AnswerSupervisor(Command):
    """The lobby manager or branch head is on the way (C8)."""

    counter: str


@value
class AskRating(Command):
    """Ask the counter's customer, or the one who has just left it, for a rating (H4)."""

    counter: str


@value
class RateVisit(Command):
    """A customer's rating, from the evaluator at the counter (H4)."""

    counter: str
    evaluator: str
    rating: Rating


@value
class PressKey(Command):
    """A key of a call pad, to be understood by what the counter is doing (C1, C5, C6, C8).

    `key`: a code of `keys.PAD_KEYS`.  `argument`: the digits typed before it, "" for none.
    """

    pad: str
    counter: str
    key: str
    argument: str = ""


# --- the ticket ----------------------------------------------------------------------------------------------------


@value
class ResumeTicket(Command):
    """A held customer is ready again: first at the holding counter (C4)."""

    number: str


@value
class ReinstateTicket(Command):
    """A missed customer is here after all: to the head (C1, N2)."""

    number: str


@value
class UndoNoShow(Command):
    """The no-show was marked by mistake: to the head, and the miss does not count (C7)."""

    number: str
    reason: str


@value
class ReissueTicket(Command):
    """A new number marked 过号重排 for a missed one (N2)."""

    number: str
    link: str
    kiosk: str | None = None


@value
class MoveTicket(Command):
    """Move a waiting ticket to the head, with a reason; it is a queue jump (J1)."""

    number: str
    reason: str


@value
class CancelTicket(Command):
    """The customer gives the number back."""

    number: str
    reason: str


@value
class MarkWalkedOut(Command):
    """The customer left without ever being called: not a no-show (I1)."""

    number: str


@value
class CorrectTransaction(Command):
    """A supervisor corrects what a transaction was, never how long it took (T6).  `index` counts from 0."""

    number: str
    index: int
    service: str
    amount_band: str | None
    reason: str


# --- the hall ------------------------------------------------------------------------------------------------------


@value
class ReportShown(Command):
    """A display drew the call (D3).  `shown_ms_ago`: its age when the report arrived at the border."""

    announcement_id: int
    display: str
    shown_ms_ago: int = 0


@value
class ReportSpoken(Command):
    """A display's voice finished the announcement (D3)."""

    announcement_id: int
    display: str
    spoken_ms_ago: int = 0


@value
class ReportDevice(Command):
    """A device's state: online, fault or offline, with the fault's code (H1, I1).

    `firmware`, `config`: what it runs, in its own words (for a pad the checksum of its block); None = not told now.
    """

    device: str
    kind: str
    state: str
    fault: str | None = None
    detail: str = ""
    firmware: str | None = None
    config: str | None = None


@value
class RecordIncident(Command):
    """Something people saw and no machine can: cash van late, special request, lost property (I1)."""

    kind: str
    note: str
    number: str | None = None
    counter: str | None = None


@value
class PostNotice(Command):
    """A line for the lobby displays."""

    zh: str
    en: str


@value
class WithdrawNotice(Command):
    """Take a notice down."""

    notice_id: str


@value
class CloseDay(Command):
    """End the business day: open tickets expire with a reason, counters close."""


@value
class ReopenDay(Command):
    """Today was closed by mistake: go on."""


@value
class LoadConfiguration(Command):
    """The branch is another one from now on, or is known to be the same (F1).

    Asked on the new branch.  `version` names the file's content, `changed` the parts of it that differ.
    """

    version: str
    changed: tuple[str, ...] = ()


@value
class CheckLimits(Command):
    """Asked by the timer: what has become due by now?"""
