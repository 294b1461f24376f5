"""`/api/v1/counters`: every key of a counter, and how the counters stand (C1–C8, T1, T5, H4)."""

from __future__ import annotations

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from queue_server.domain import commands as c
from queue_server.views.hall import counter_view
from queue_server.web import documents as doc
from queue_server.web.answers import CountersAnswer
from queue_server.web.door import Door, shaped
from queue_server.web.identity import STAFF, actor, readable_by
from queue_server.web.requests import (
    Asked,
    CallAsked,
    CloseAsked,
    CounterPath,
    LeaveSeatAsked,
    NoTicketAsked,
    StartAsked,
    TransactionAsked,
    TransferAsked,
    WithdrawAsked,
    WithReason,
)


def counters_api(door: Door) -> APIBlueprint:
    """The blueprint."""
    api = APIBlueprint(
        "counters",
        __name__,
        url_prefix="/api/v1/counters",
        abp_tags=[doc.COUNTERS],
        abp_security=doc.WITH_TOKEN,
        abp_responses=doc.IDENTIFIED,
    )
    _seat(api, door)
    _calling(api, door)
    _serving(api, door)
    _asking(api, door)

    @api.get("", responses={"200": CountersAnswer})
    @readable_by(STAFF, "read counters")
    def counters() -> Response:
        """Every counter with the ticket it has."""
        scene = door.scene()
        return shaped(CountersAnswer([counter_view(scene, one.code) for one in scene.branch.counters]))

    return api


def _seat(api: APIBlueprint, door: Door) -> None:
    """Opening, pausing, closing."""

    @api.post("/<string:counter>/open", responses=doc.COMMAND)
    def open_counter(path: CounterPath, body: Asked) -> Response:
        """A teller sits down: the one whose token this is."""
        return door.ask(c.OpenCounter(path.counter, actor().id), body.command_id)

    @api.post("/<string:counter>/pause", responses=doc.COMMAND)
    def pause(path: CounterPath, body: WithReason) -> Response:
        """Stop calling for a while; with many waiting it becomes a request (C5)."""
        return door.ask(c.PauseCounter(path.counter, body.reason), body.command_id)

    @api.post("/<string:counter>/grant-pause", responses=doc.COMMAND)
    def grant_pause(path: CounterPath, body: Asked) -> Response:
        """The lobby manager or branch head agrees."""
        return door.ask(c.GrantPause(path.counter), body.command_id)

    @api.post("/<string:counter>/decline-pause", responses=doc.COMMAND)
    def decline_pause(path: CounterPath, body: Asked) -> Response:
        """The lobby manager or branch head does not agree."""
        return door.ask(c.DeclinePause(path.counter), body.command_id)

    @api.post("/<string:counter>/withdraw-pause", responses=doc.COMMAND)
    def withdraw_pause(path: CounterPath, body: Asked) -> Response:
        """The teller does not want the pause any more that was asked for."""
        return door.ask(c.WithdrawPauseRequest(path.counter), body.command_id)

    @api.post("/<string:counter>/resume", responses=doc.COMMAND)
    def resume(path: CounterPath, body: Asked) -> Response:
        """The pause is over."""
        return door.ask(c.ResumeCounter(path.counter), body.command_id)

    @api.post("/<string:counter>/close", responses=doc.COMMAND)
    def close(path: CounterPath, body: CloseAsked) -> Response:
        """The teller leaves; with many waiting a lobby manager or branch head has to do it (C5)."""
        return door.ask(c.CloseCounter(path.counter, body.reason), body.command_id)


def _asking(api: APIBlueprint, door: Door) -> None:
    """What a teller asks others for: the supervisor, a rating."""

    @api.post("/<string:counter>/call-supervisor", responses=doc.COMMAND)
    def call_supervisor(path: CounterPath, body: Asked) -> Response:
        """The lobby manager is wanted at the counter; unanswered it goes to the branch head as well (C8)."""
        return door.ask(c.CallSupervisor(path.counter), body.command_id)

    @api.post("/<string:counter>/answer-supervisor", responses=doc.COMMAND)
    def answer_supervisor(path: CounterPath, body: Asked) -> Response:
        """The lobby manager or branch head is on the way; how long it took is recorded (C8, L2)."""
        return door.ask(c.AnswerSupervisor(path.counter), body.command_id)

    @api.post("/<string:counter>/ask-rating", responses=doc.COMMAND)
    def ask_rating(path: CounterPath, body: Asked) -> Response:
        """Ask the customer at the counter, or the one who has just left it, for a rating (H4)."""
        return door.ask(c.AskRating(path.counter), body.command_id)


def _calling(api: APIBlueprint, door: Door) -> None:
    """From the call to the customer's arrival, or to the missed number."""

    @api.post("/<string:counter>/call-next", responses=doc.COMMAND)
    def call_next(path: CounterPath, body: Asked) -> Response:
        """Call whom the policy puts first."""
        return door.ask(c.CallNext(path.counter), body.command_id)

    @api.post("/<string:counter>/call", responses=doc.COMMAND)
    def call(path: CounterPath, body: CallAsked) -> Response:
        """Call one number, with a reason; out of order it is a queue jump, and recorded as one."""
        return door.ask(c.CallTicket(path.counter, body.number, body.reason), body.command_id)

    @api.post("/<string:counter>/recall", responses=doc.COMMAND)
    def recall(path: CounterPath, body: Asked) -> Response:
        """Announce the called ticket again."""
        return door.ask(c.Recall(path.counter), body.command_id)

    @api.post("/<string:counter>/withdraw-call", responses=doc.COMMAND)
    def withdraw_call(path: CounterPath, body: WithdrawAsked) -> Response:
        """Undo the call by its name; the customer keeps the place (C7)."""
        return door.ask(c.WithdrawCall(path.counter, body.reason), body.command_id)

    @api.post("/<string:counter>/no-show", responses=doc.COMMAND)
    def no_show(path: CounterPath, body: Asked) -> Response:
        """The called customer did not come; refused with the time left while it is too soon (N1)."""
        return door.ask(c.MarkNoShow(path.counter), body.command_id)

    @api.post("/<string:counter>/start", responses=doc.COMMAND)
    def start(path: CounterPath, body: StartAsked) -> Response:
        """The customer is at the counter: arrive and start are one key."""
        return door.ask(c.StartService(path.counter, body.number), body.command_id)


def _serving(api: APIBlueprint, door: Door) -> None:
    """What happens while somebody is at the counter."""

    @api.post("/<string:counter>/transaction", responses=doc.COMMAND)
    def transaction(path: CounterPath, body: TransactionAsked) -> Response:
        """What the running transaction really is (T1)."""
        return door.ask(c.SetTransaction(path.counter, body.service, body.amount_band), body.command_id)

    @api.post("/<string:counter>/next-transaction", responses=doc.COMMAND)
    def next_transaction(path: CounterPath, body: TransactionAsked) -> Response:
        """Another transaction of the same visit begins, timed apart (T1)."""
        return door.ask(c.NextTransaction(path.counter, body.service, body.amount_band), body.command_id)

    @api.post("/<string:counter>/leave-seat", responses=doc.COMMAND)
    def leave_seat(path: CounterPath, body: LeaveSeatAsked) -> Response:
        """The teller walks to a device for this transaction (T5)."""
        return door.ask(c.LeaveSeat(path.counter, body.device), body.command_id)

    @api.post("/<string:counter>/return-seat", responses=doc.COMMAND)
    def return_seat(path: CounterPath, body: Asked) -> Response:
        """The teller is back."""
        return door.ask(c.ReturnToSeat(path.counter), body.command_id)

    @api.post("/<string:counter>/hold", responses=doc.COMMAND)
    def hold(path: CounterPath, body: WithReason) -> Response:
        """The customer steps aside and keeps the place; the counter is free (C4)."""
        return door.ask(c.HoldTicket(path.counter, body.reason), body.command_id)

    @api.post("/<string:counter>/transfer", responses=doc.COMMAND)
    def transfer(path: CounterPath, body: TransferAsked) -> Response:
        """To another service, another counter, or both; the waiting time is kept (C4)."""
        return door.ask(c.TransferTicket(path.counter, body.to_service, body.to_counter), body.command_id)

    @api.post("/<string:counter>/wrap-up", responses=doc.COMMAND)
    def wrap_up(path: CounterPath, body: Asked) -> Response:
        """The customer has left; the teller still works on the visit (T1)."""
        return door.ask(c.StartWrapUp(path.counter), body.command_id)

    @api.post("/<string:counter>/finish", responses=doc.COMMAND)
    def finish(path: CounterPath, body: Asked) -> Response:
        """The visit is over."""
        return door.ask(c.FinishService(path.counter), body.command_id)

    @api.post("/<string:counter>/start-no-ticket", responses=doc.COMMAND)
    def start_no_ticket(path: CounterPath, body: NoTicketAsked) -> Response:
        """Serve somebody who holds no number 不取号 (J1)."""
        return door.ask(c.StartNoTicketService(path.counter, body.service, body.reason), body.command_id)

    @api.post("/<string:counter>/finish-no-ticket", responses=doc.COMMAND)
    def finish_no_ticket(path: CounterPath, body: Asked) -> Response:
        """The counter is free again."""
        return door.ask(c.FinishNoTicketService(path.counter), body.command_id)
