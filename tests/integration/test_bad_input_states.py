"""Every key of a counter in every state of a counter, over HTTP: accepted where the table says, else nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.branch_server import LOBBY, TELLERS, BranchServer

#: Each verb with a body that is right in itself; `{number}` is a ticket that waits.
VERBS: dict[str, dict[str, Any]] = {
    "open": {},
    "call-next": {},
    "call": {"number": "{number}", "reason": "r"},
    "recall": {},
    "withdraw-call": {"reason": "called_by_mistake"},
    "start": {},
    "transaction": {"service": "transfer", "amount_band": None},
    "next-transaction": {"service": "transfer", "amount_band": None},
    "leave-seat": {"device": "copier"},
    "return-seat": {},
    "wrap-up": {},
    "finish": {},
    "no-show": {},
    "hold": {"reason": "form_filling"},
    "transfer": {"to_service": "transfer"},
    "pause": {"reason": "lunch"},
    "resume": {},
    "withdraw-pause": {},
    "close": {"reason": "lunch"},
    "start-no-ticket": {"service": "cash", "reason": "r"},
    "finish-no-ticket": {},
    "call-supervisor": {},
}

#: How a closed counter gets into each state, and the verbs that do something there.
STATES: dict[str, tuple[list[tuple[str, dict[str, Any]]], set[str]]] = {
    "closed": ([], {"open"}),
    "free": ([("open", {})], {"call-next", "call", "pause", "close", "start-no-ticket"}),
    "calling": (
        [("open", {}), ("call-next", {})],
        {"recall", "withdraw-call", "start", "hold", "transfer"},
    ),
    "serving": (
        [("open", {}), ("call-next", {}), ("start", {})],
        {
            "transaction",
            "next-transaction",
            "leave-seat",
            "wrap-up",
            "finish",
            "hold",
            "transfer",
        },
    ),
    "seat_away": (
        [("open", {}), ("call-next", {}), ("start", {}), ("leave-seat", {"device": "copier"})],
        # Whatever ends the transaction also ends the walk to the device.
        {"return-seat", "transaction", "wrap-up", "finish", "hold", "transfer"},
    ),
    "wrap_up": (
        [("open", {}), ("call-next", {}), ("start", {}), ("wrap-up", {})],
        # The customer may turn round: another transaction begins, or goes on elsewhere.
        {"finish", "next-transaction", "hold", "transfer"},
    ),
    "paused": ([("open", {}), ("pause", {"reason": "lunch"})], {"resume", "close"}),
    "no_ticket": (
        [("open", {}), ("start-no-ticket", {"service": "cash", "reason": "r"})],
        {"finish-no-ticket"},
    ),
}

#: What a teller may do wherever the counter is, as long as it is open.
WHENEVER_OPEN = {"call-supervisor"}

#: Two answers that are neither: nothing happens, and nobody is told off.
NO_NEWS = {(state, "open") for state in STATES if state != "closed"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BranchServer]:
    """A branch that has been put through every pair by the end of the module."""
    folder = tmp_path_factory.mktemp("states")
    server = BranchServer(folder / "data", folder / "log")
    yield server
    server.stop()


def counter_view(server: BranchServer) -> dict[str, Any]:
    """Counter 1 without its running times."""
    view: dict[str, Any] = server.get("/api/v1/counters", TELLERS["1"]).body[0]
    ticket = dict(view["ticket"] or {})
    for running in ("times_ms", "no_show_in_ms", "transaction"):
        ticket.pop(running, None)
    return {**view, "ticket": ticket}


@pytest.fixture
def in_state(server: BranchServer) -> Iterator[Callable[[str], str]]:
    """`in_state("calling")` brings counter 1 there; returns the number of a ticket that waits."""

    def bring(state: str) -> str:
        server.issue()
        number = server.issue()
        for verb, body in STATES[state][0]:
            answer = server.key(verb, **body)
            assert answer.status == 200, (state, verb, answer)
        return number

    yield bring
    _empty(server)


def _empty(server: BranchServer) -> None:
    """Counter 1 closed and nobody waiting, whatever was before."""
    for verb, body in (
        ("return-seat", {}),
        ("withdraw-call", {"reason": "given_back"}),
        ("finish", {}),
        ("finish-no-ticket", {}),
        ("resume", {}),
        ("close", {}),
    ):
        server.key(verb, **body)
    for ticket in server.get("/api/v1/waiting", LOBBY).body:
        server.post(f"/tickets/{ticket['number']}/cancel", LOBBY, reason="cleared")
    assert counter_view(server)["state"] == "closed"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(
    server: BranchServer, in_state: Callable[[str], str], state: str, verb: str
) -> None:
    number = in_state(state)
    body = {key: number if value == "{number}" else value for key, value in VERBS[verb].items()}
    before, position = counter_view(server), server.get("/healthz").body["position"]
    answer = server.key(verb, **body)
    after = server.get("/healthz").body["position"]
    if verb in STATES[state][1] or (verb in WHENEVER_OPEN and state != "closed"):
        assert answer.status == 200, answer
        assert answer.body["events"]
        assert after > position
    elif (state, verb) in NO_NEWS:
        assert (answer.status, answer.body["events"]) == (200, [])
        assert after == position
    else:
        assert answer.status == 409, answer
        assert answer.body.keys() == {"ok", "code", "message", "details"}
        # Nothing half done: not an event, not a field.
        assert after == position
        assert counter_view(server) == before


def test_a_waiting_ticket_served_without_a_call_is_accepted_and_recorded_as_a_jump(
    server: BranchServer, in_state: Callable[[str], str]
) -> None:
    number = in_state("free")
    answer = server.key("start", number=number)
    assert answer.status == 200
    assert "IncidentOpened" in [event["type"] for event in answer.body["events"]]
