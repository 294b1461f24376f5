"""A teller calls the lobby manager to the counter: answered, or told to the branch head as well (C8)."""

from __future__ import annotations

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.day import Day, Desk, SupervisorCall, elapsed_ms
from queue_server.domain.question import Question, answers
from queue_server.domain.transitions import CounterState
from queue_server.errors import CounterNotOpen, SupervisorAlreadyCalled, SupervisorNotCalled


def open_call(day: Day, desk: Desk) -> SupervisorCall | None:
    """The call of the counter that nobody has answered, or None."""
    if desk.supervisor is None or desk.is_supervisor_coming:
        return None
    call: SupervisorCall = day.supervisor_calls[desk.supervisor]
    return call


@answers(c.CallSupervisor)
def call_supervisor(q: Question, command: c.CallSupervisor) -> list[e.Event]:
    """Once until it is answered; after that the next call is another one."""
    desk = q.desk(command.counter)
    if desk.state is CounterState.CLOSED:
        raise CounterNotOpen(counter=command.counter, state=desk.state.value)
    if open_call(q.day, desk) is not None:
        raise SupervisorAlreadyCalled(counter=command.counter)
    return [e.SupervisorCalled(q.now, command.counter, desk.teller or "", desk.number)]


@answers(c.AnswerSupervisor)
def answer_supervisor(q: Question, command: c.AnswerSupervisor) -> list[e.Event]:
    """The time to respond is measured here."""
    call = open_call(q.day, q.desk(command.counter))
    if call is None:
        raise SupervisorNotCalled(counter=command.counter)
    response_ms = elapsed_ms(call.called_at, q.now)
    return [e.SupervisorAnswered(q.now, command.counter, q.actor.id, response_ms, call.number)]
