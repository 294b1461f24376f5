"""The one transition table: which event takes a ticket and a counter from which state to which.

`evolve` knows no other way to change a state, the documents show this table, and a test holds the two together.
Run `python -m queue_server.domain.transitions` to print it as Markdown.
"""

from __future__ import annotations

from enum import StrEnum

from queue_server.domain import events as e


class TicketState(StrEnum):
    """Where a ticket is; the last six are outcomes and final, save that a no-show may come back."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ON_HOLD = "on_hold"
    SERVED = "served"
    NO_SHOW = "no_show"
    WALKED_OUT = "walked_out"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class CounterState(StrEnum):
    """What a counter is doing."""

    CLOSED = "closed"
    FREE = "free"
    CALLING = "calling"
    SERVING = "serving"
    PAUSED = "paused"
    NO_TICKET = "no_ticket"


OPEN_STATES = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.ON_HOLD})
"""A ticket in one of these still belongs to the queue; at day end it expires."""

_T = TicketState
_C = CounterState

# TicketMissed leads to waiting (postponed, to_tail, returned_to_head) or to no_show (held, void, to_requeue): the
# event's outcome says which, so it stands here with both.
TICKET_TRANSITIONS: dict[type[e.Event], dict[TicketState, frozenset[TicketState]]] = {
    e.TicketCalled: {
        _T.WAITING: frozenset({_T.CALLED}),
        _T.ON_HOLD: frozenset({_T.CALLED}),
    },
    e.TicketRecalled: {_T.CALLED: frozenset({_T.CALLED})},
    e.CallWithdrawn: {_T.CALLED: frozenset({_T.WAITING})},
    e.ServiceStarted: {_T.CALLED: frozenset({_T.SERVING}), _T.WAITING: frozenset({_T.SERVING})},
    e.StartRetracted: {_T.SERVING: frozenset({_T.CALLED})},
    e.TransactionSet: {_T.SERVING: frozenset({_T.SERVING})},
    e.TransactionStarted: {_T.SERVING: frozenset({_T.SERVING})},
    e.SeatLeft: {_T.SERVING: frozenset({_T.SERVING})},
    e.SeatTaken: {_T.SERVING: frozenset({_T.SERVING})},
    e.WrapUpStarted: {_T.SERVING: frozenset({_T.SERVING})},
    e.ServiceFinished: {_T.SERVING: frozenset({_T.SERVED})},
    e.TicketHeld: {_T.CALLED: frozenset({_T.ON_HOLD}), _T.SERVING: frozenset({_T.ON_HOLD})},
    e.TicketResumed: {_T.ON_HOLD: frozenset({_T.WAITING})},
    e.TicketTransferred: {_T.CALLED: frozenset({_T.WAITING}), _T.SERVING: frozenset({_T.WAITING})},
    e.TicketMissed: {_T.CALLED: frozenset({_T.WAITING, _T.NO_SHOW})},
    e.TicketReinstated: {_T.NO_SHOW: frozenset({_T.WAITING}), _T.WAITING: frozenset({_T.WAITING})},
    e.NoShowUndone: {_T.NO_SHOW: frozenset({_T.WAITING}), _T.WAITING: frozenset({_T.WAITING})},
    e.TicketMoved: {_T.WAITING: frozenset({_T.WAITING})},
    e.TicketCancelled: {
        _T.WAITING: frozenset({_T.CANCELLED}),
        _T.ON_HOLD: frozenset({_T.CANCELLED}),
        _T.CALLED: frozenset({_T.CANCELLED}),
    },
    e.TicketWalkedOut: {_T.WAITING: frozenset({_T.WALKED_OUT})},
    e.TicketExpired: {state: frozenset({_T.EXPIRED}) for state in _T if state in OPEN_STATES},
}

COUNTER_TRANSITIONS: dict[type[e.Event], dict[CounterState, CounterState]] = {
    e.CounterOpened: {_C.CLOSED: _C.FREE},
    e.TicketCalled: {_C.FREE: _C.CALLING},
    e.TicketRecalled: {_C.CALLING: _C.CALLING},
    e.CallWithdrawn: {_C.CALLING: _C.FREE},
    e.ServiceStarted: {_C.CALLING: _C.SERVING, _C.FREE: _C.SERVING},
    e.StartRetracted: {_C.SERVING: _C.CALLING},
    e.TransactionSet: {_C.SERVING: _C.SERVING},
    e.TransactionStarted: {_C.SERVING: _C.SERVING},
    e.SeatLeft: {_C.SERVING: _C.SERVING},
    e.SeatTaken: {_C.SERVING: _C.SERVING},
    e.WrapUpStarted: {_C.SERVING: _C.SERVING},
    e.ServiceFinished: {_C.SERVING: _C.FREE},
    e.TicketHeld: {_C.CALLING: _C.FREE, _C.SERVING: _C.FREE},
    e.TicketTransferred: {_C.CALLING: _C.FREE, _C.SERVING: _C.FREE},
    e.TicketMissed: {_C.CALLING: _C.FREE},
    e.TicketCancelled: {_C.CALLING: _C.FREE},
    e.TicketExpired: {_C.CALLING: _C.FREE, _C.SERVING: _C.FREE},
    e.PauseRequested: {_C.FREE: _C.FREE},
    e.PauseDeclined: {state: state for state in (_C.FREE, _C.CALLING, _C.SERVING, _C.NO_TICKET)},
    e.PauseRequestWithdrawn: {state: state for state in (_C.FREE, _C.CALLING, _C.SERVING, _C.NO_TICKET)},
    e.CounterPaused: {_C.FREE: _C.PAUSED},
    e.CounterResumed: {_C.PAUSED: _C.FREE},
    e.CounterClosed: {_C.FREE: _C.CLOSED, _C.PAUSED: _C.CLOSED},
    e.NoTicketServiceStarted: {_C.FREE: _C.NO_TICKET},
    e.NoTicketServiceFinished: {_C.NO_TICKET: _C.FREE},
}


def document() -> str:
    """Both tables as Markdown, for the documents."""
    lines = ["## Ticket", "", "| event | from | to |", "|---|---|---|", "| TicketIssued | – | waiting |"]
    for kind, ways in TICKET_TRANSITIONS.items():
        for source, targets in ways.items():
            lines.append(f"| {kind.__name__} | {source} | {' or '.join(sorted(targets))} |")
    lines += ["", "## Counter", "", "| event | from | to |", "|---|---|---|"]
    for kind, moves in COUNTER_TRANSITIONS.items():
        for counter_source, target in moves.items():
            lines.append(f"| {kind.__name__} | {counter_source} | {target} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(document(), end="")
