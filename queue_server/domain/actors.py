"""Who acts, and who may do what: one table of role and commands.

Every command carries its actor into the journal.  The table is enforced by `decide`, not by pages.
"""

from __future__ import annotations

from enum import StrEnum

from queue_server.domain import commands as c
from queue_server.domain.values import value
from queue_server.errors import NotPermitted


class Role(StrEnum):
    """What an actor is to the branch."""

    TELLER = "teller"
    LOBBY_MANAGER = "lobby_manager"
    BRANCH_HEAD = "branch_head"
    TECHNICIAN = "technician"
    KIOSK = "kiosk"
    LOBBY_DISPLAY = "lobby_display"
    PAD_LINE = "pad_line"
    CUSTOMER = "customer"
    SYSTEM = "system"


@value
class Actor:
    """A person or a device; `counter` is where a teller sits or a pad stands, None for everybody else.

    A key or a rating is asked for by its pad or evaluator (its id, role pad_line, its counter); of the state of
    devices the line itself speaks (its own id, no counter).
    """

    id: str
    role: Role
    counter: str | None = None


SYSTEM = Actor("system", Role.SYSTEM)

COUNTER_COMMANDS: frozenset[type[c.Command]] = frozenset(
    {
        c.OpenCounter,
        c.CallNext,
        c.CallTicket,
        c.Recall,
        c.WithdrawCall,
        c.StartService,
        c.SetTransaction,
        c.NextTransaction,
        c.LeaveSeat,
        c.ReturnToSeat,
        c.StartWrapUp,
        c.FinishService,
        c.MarkNoShow,
        c.HoldTicket,
        c.TransferTicket,
        c.PauseCounter,
        c.ResumeCounter,
        c.WithdrawPauseRequest,
        c.CloseCounter,
        c.StartNoTicketService,
        c.FinishNoTicketService,
        c.CallSupervisor,
        c.AskRating,
        c.PressKey,
        c.RateVisit,
    }
)
"""Commands of one counter: a teller may only press the keys of the counter he or she sits at, a pad those of its own."""

_OF_DEVICES = frozenset({c.PressKey, c.RateVisit})

_TELLER = (COUNTER_COMMANDS - _OF_DEVICES) | {
    c.ReinstateTicket,
    c.UndoNoShow,
    c.ResumeTicket,
    c.RequestReprint,
    c.RecordIncident,
}
_LOBBY = frozenset(
    {
        c.IssueTicket,
        c.DivertCustomer,
        c.ReinstateTicket,
        c.UndoNoShow,
        c.ResumeTicket,
        c.RequestReprint,
        c.ReissueTicket,
        c.MoveTicket,
        c.CancelTicket,
        c.MarkWalkedOut,
        c.GrantPause,
        c.DeclinePause,
        c.RecordIncident,
        c.PostNotice,
        c.WithdrawNotice,
        c.CorrectTransaction,
        c.PauseCounter,
        c.ResumeCounter,
        c.CloseCounter,
        c.CloseDay,
        c.AnswerSupervisor,
    }
)

PERMISSIONS: dict[Role, frozenset[type[c.Command]]] = {
    Role.TELLER: frozenset(_TELLER),
    Role.LOBBY_MANAGER: _LOBBY,
    Role.BRANCH_HEAD: _LOBBY | {c.ReopenDay},
    Role.TECHNICIAN: frozenset({c.ReportDevice, c.LoadConfiguration}),
    Role.KIOSK: frozenset({c.IssueTicket, c.DivertCustomer, c.ReportPrint, c.ReportDevice}),
    Role.LOBBY_DISPLAY: frozenset({c.ReportShown, c.ReportSpoken, c.ReportDevice}),
    Role.PAD_LINE: _OF_DEVICES | {c.ReportDevice},
    Role.CUSTOMER: frozenset({c.CancelTicket}),
    Role.SYSTEM: frozenset({c.CheckLimits, c.CloseDay, c.LoadConfiguration, c.ReportDevice, c.ReportPrint}),
}


BOUND_TO_A_COUNTER = frozenset({Role.TELLER, Role.PAD_LINE})


def require_permission(actor: Actor, command: c.Command) -> None:
    """Raise NotPermitted unless the table allows the command, and at this counter."""
    kind = type(command)
    if kind not in PERMISSIONS[actor.role]:
        raise NotPermitted(role=actor.role.value, command=kind.__name__)
    if actor.role in BOUND_TO_A_COUNTER and kind in COUNTER_COMMANDS:
        counter = getattr(command, "counter", None)
        if counter != actor.counter:
            raise NotPermitted(
                role=f"{actor.role.value} at counter {actor.counter}", command=f"{kind.__name__}({counter})"
            )
