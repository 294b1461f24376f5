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
    CUSTOMER = "customer"
    SYSTEM = "system"


@value
class Actor:
    """A person or a device; `counter` is where a teller sits, None for everybody else."""

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
    }
)
"""Commands of one counter: a teller may only press the keys of the counter he or she sits at."""

_TELLER = COUNTER_COMMANDS | {
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
    }
)

PERMISSIONS: dict[Role, frozenset[type[c.Command]]] = {
    Role.TELLER: frozenset(_TELLER),
    Role.LOBBY_MANAGER: _LOBBY,
    Role.BRANCH_HEAD: _LOBBY | {c.ReopenDay},
    Role.TECHNICIAN: frozenset({c.ReportDevice}),
    Role.KIOSK: frozenset({c.IssueTicket, c.DivertCustomer, c.ReportPrint, c.ReportDevice}),
    Role.LOBBY_DISPLAY: frozenset({c.ReportShown, c.ReportSpoken, c.ReportDevice}),
    Role.CUSTOMER: frozenset({c.CancelTicket}),
    Role.SYSTEM: frozenset({c.CheckLimits, c.CloseDay, c.ReportDevice, c.ReportPrint}),
}


def require_permission(actor: Actor, command: c.Command) -> None:
    """Raise NotPermitted unless the table allows the command, and at this counter."""
    kind = type(command)
    if kind not in PERMISSIONS[actor.role]:
        raise NotPermitted(role=actor.role.value, command=kind.__name__)
    if actor.role is Role.TELLER and kind in COUNTER_COMMANDS:
        counter = getattr(command, "counter", None)
        if counter != actor.counter:
            raise NotPermitted(
                role=f"teller at counter {actor.counter}", command=f"{kind.__name__}({counter})"
            )
