"""Who may do what over HTTP: every command route with every role, against the domain's own table (test 12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from queue_server.domain import commands as c
from queue_server.domain.actors import COUNTER_COMMANDS, PERMISSIONS, Role
from tests.branch_server import DISPLAY, HEAD, KIOSK, LINE, LOBBY, TECHNICIAN, TELLERS, BranchServer

TOKENS = {
    Role.TELLER: TELLERS["1"],
    Role.LOBBY_MANAGER: LOBBY,
    Role.BRANCH_HEAD: HEAD,
    Role.TECHNICIAN: TECHNICIAN,
    Role.KIOSK: KIOSK,
    Role.LOBBY_DISPLAY: DISPLAY,
    Role.PAD_LINE: LINE,
}

#: What a device may report the state of: itself, and what hangs on it.
SPEAKS_FOR: dict[Role, dict[str, Any]] = {
    Role.LOBBY_DISPLAY: {"device": "display_1", "kind": "lobby_display", "state": "online"},
    Role.PAD_LINE: {"device": "pad_1", "kind": "call_pad", "state": "online"},
}

#: Path below /api/v1, the command it dispatches, and a body its model takes.  Everything asked for is unknown, so
#: that an allowed command changes nothing: it is refused, but not with not_permitted.
COMMANDS: list[tuple[str, type[c.Command], dict[str, Any]]] = [
    ("/tickets", c.IssueTicket, {"service": "none"}),
    ("/diversions", c.DivertCustomer, {"service": "none", "device": "crs"}),
    ("/prints", c.ReportPrint, {"job_id": "none", "state": "printed"}),
    ("/devices/state", c.ReportDevice, {"device": "printer_1", "kind": "ticket_printer", "state": "online"}),
    ("/counters/1/open", c.OpenCounter, {}),
    ("/counters/1/call-next", c.CallNext, {}),
    ("/counters/1/call", c.CallTicket, {"number": "Z999", "reason": "r"}),
    ("/counters/1/recall", c.Recall, {}),
    ("/counters/1/withdraw-call", c.WithdrawCall, {"reason": "given_back"}),
    ("/counters/1/start", c.StartService, {}),
    ("/counters/1/transaction", c.SetTransaction, {"service": "none"}),
    ("/counters/1/next-transaction", c.NextTransaction, {"service": "none"}),
    ("/counters/1/leave-seat", c.LeaveSeat, {"device": "copier"}),
    ("/counters/1/return-seat", c.ReturnToSeat, {}),
    ("/counters/1/wrap-up", c.StartWrapUp, {}),
    ("/counters/1/finish", c.FinishService, {}),
    ("/counters/1/no-show", c.MarkNoShow, {}),
    ("/counters/1/hold", c.HoldTicket, {"reason": "r"}),
    ("/counters/1/transfer", c.TransferTicket, {"to_service": "none"}),
    ("/counters/1/pause", c.PauseCounter, {"reason": ""}),
    ("/counters/1/resume", c.ResumeCounter, {}),
    ("/counters/1/grant-pause", c.GrantPause, {}),
    ("/counters/1/decline-pause", c.DeclinePause, {}),
    ("/counters/1/withdraw-pause", c.WithdrawPauseRequest, {}),
    ("/counters/1/start-no-ticket", c.StartNoTicketService, {"service": "none", "reason": "r"}),
    ("/counters/1/finish-no-ticket", c.FinishNoTicketService, {}),
    ("/tickets/Z999/resume", c.ResumeTicket, {}),
    ("/tickets/Z999/reinstate", c.ReinstateTicket, {}),
    ("/tickets/Z999/undo-no-show", c.UndoNoShow, {"reason": "r"}),
    ("/tickets/Z999/reissue", c.ReissueTicket, {}),
    ("/tickets/Z999/reprint", c.RequestReprint, {"kiosk": "kiosk_1"}),
    ("/tickets/Z999/move", c.MoveTicket, {"reason": "r"}),
    ("/tickets/Z999/cancel", c.CancelTicket, {"reason": "r"}),
    ("/tickets/Z999/walked-out", c.MarkWalkedOut, {}),
    (
        "/tickets/Z999/transactions/0/correct",
        c.CorrectTransaction,
        {"service": "cash", "amount_band": None, "reason": "r"},
    ),
    ("/counters/1/call-supervisor", c.CallSupervisor, {}),
    ("/counters/1/answer-supervisor", c.AnswerSupervisor, {}),
    ("/counters/1/ask-rating", c.AskRating, {}),
    ("/pads/pad_1/press", c.PressKey, {"key": "recall"}),
    ("/evaluators/evaluator_1/rate", c.RateVisit, {"rating": "satisfied"}),
    ("/config/reload", c.LoadConfiguration, {}),
    ("/incidents", c.RecordIncident, {"kind": "manual_entry", "note": ""}),
    ("/notices", c.PostNotice, {"zh": " ", "en": " "}),
    ("/notices/none/withdraw", c.WithdrawNotice, {}),
    # Last: the day is closed then, and the counter too.
    ("/counters/1/close", c.CloseCounter, {}),
    ("/day/close", c.CloseDay, {}),
    ("/day/reopen", c.ReopenDay, {}),
]

READS = {
    "/api/v1/me": frozenset(TOKENS),
    "/api/v1/branch": frozenset(TOKENS),
    "/api/v1/counters": {Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/waiting": {Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/tickets/A001": {Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/tickets/A001/story": {Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/devices": {Role.TELLER, Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/incidents": {Role.LOBBY_MANAGER, Role.BRANCH_HEAD, Role.TECHNICIAN},
    "/api/v1/reports/day": {Role.LOBBY_MANAGER, Role.BRANCH_HEAD},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BranchServer]:
    """A branch with one ticket."""
    folder = tmp_path_factory.mktemp("permissions")
    server = BranchServer(folder / "data", folder / "log")
    server.issue()
    yield server
    server.stop()


def test_the_table_below_has_every_command_route(server: BranchServer) -> None:
    document = server.get("/api/openapi.json").body["paths"]
    # Heartbeats are no command: nothing of them is recorded.
    others = {"/api/v1/public/tickets/{link}/cancel", "/api/v1/devices/heard"}
    documented = {path for path, methods in document.items() if "post" in methods} - others
    assert len(documented) == len(COMMANDS)


@pytest.mark.parametrize("role", TOKENS, ids=lambda role: role.value)
@pytest.mark.parametrize(("path", "command", "body"), COMMANDS, ids=[path for path, _, _ in COMMANDS])
def test_12_a_command_is_permitted_exactly_when_the_domain_s_table_says_so(
    server: BranchServer, role: Role, path: str, command: type[c.Command], body: dict[str, Any]
) -> None:
    if command is c.ReportDevice:
        body = SPEAKS_FOR.get(role, body)
    answer = server.post(path, TOKENS[role], **body)
    assert answer.status != 401
    if command in PERMISSIONS[role]:
        assert answer.code != "not_permitted"
    else:
        assert (answer.status, answer.code) == (403, "not_permitted")
        assert answer.body["details"]["role"] == role.value


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (path, body)
        for path, command, body in COMMANDS
        if command in COUNTER_COMMANDS & PERMISSIONS[Role.TELLER] and "/1/" in path
    ],
)
def test_12_a_teller_presses_only_the_keys_of_the_own_counter(
    server: BranchServer, path: str, body: dict[str, Any]
) -> None:
    before = server.get("/healthz").body["position"]
    answer = server.post(path, TELLERS["2"], **body)
    assert (answer.status, answer.code) == (403, "not_permitted")
    assert server.get("/healthz").body["position"] == before


@pytest.mark.parametrize("role", TOKENS, ids=lambda role: role.value)
@pytest.mark.parametrize("path", READS)
def test_12_what_a_role_may_read(server: BranchServer, role: Role, path: str) -> None:
    answer = server.get(path, TOKENS[role])
    if role in READS[path]:
        assert answer.status == 200
    else:
        assert (answer.status, answer.code) == (403, "not_permitted")


def test_12_a_refusal_names_role_and_command_in_words(server: BranchServer) -> None:
    zh = server.post("/counters/1/call-next", LOBBY).body["message"]
    assert zh == "大堂经理无权执行“叫下一号”"
    other = server.post("/counters/1/call-next", TELLERS["2"]).body["message"]
    assert other == "2 号窗口柜员无权执行“叫下一号(1)”"


def test_me_says_whose_token_it_is(server: BranchServer) -> None:
    assert server.get("/api/v1/me", TELLERS["1"]).body == {
        "id": "wang_fang",
        "name": {"zh": "王芳", "en": "Wang Fang"},
        "role": "teller",
        "counter": "1",
    }
    assert server.get("/api/v1/me", KIOSK).body["role"] == "kiosk"
