"""Every route of the API says no in the same shape, in the reader's language, and tells a stranger nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from queue_server.wire.shapes import ErrorShape
from tests.branch_server import HEAD, KIOSK, LOBBY, TELLERS, Answer, BranchServer

PATH_VALUES = {"counter": "1", "number": "A001", "index": "0", "notice_id": "n1", "link": "nobodysticket"}

#: How many addresses the contract has: a route that vanished would be tested by nobody.
AT_LEAST_ROUTES = 45


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    folder = tmp_path_factory.mktemp("errors")
    server = BranchServer(folder / "data", folder / "log")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def routes(server: BranchServer) -> list[tuple[str, str]]:
    """(method, path) of every documented route below /api/v1, its parameters filled in."""
    document = server.get("/api/openapi.json").body
    found = []
    for path, methods in document["paths"].items():
        for name, value in PATH_VALUES.items():
            path = path.replace("{" + name + "}", value)
        found += [(method.upper(), path) for method in methods if path.startswith("/api/v1/")]
    assert len(found) >= AT_LEAST_ROUTES
    return found


def posts(routes: list[tuple[str, str]]) -> list[str]:
    return [path for method, path in routes if method == "POST"]


def is_public(path: str) -> bool:
    return path.startswith("/api/v1/public/")


def in_one_shape(answer: Answer) -> ErrorShape:
    """The error, which has exactly the fields of the shape."""
    assert answer.headers["content-type"] == "application/json"
    shape = ErrorShape.model_validate(answer.body)
    assert shape.message
    assert answer.body.keys() == {"ok", "code", "message", "details"}
    return shape


def test_without_a_token_every_route_says_unidentified(server: BranchServer, routes: Any) -> None:
    for method, path in routes:
        if not is_public(path):
            answer = server.ask(method, path, None, b"{}")
            assert answer.status == 401, path
            assert in_one_shape(answer).code == "unidentified"


@pytest.mark.parametrize("header", ["Bearer", "Bearer nobody", "Basic abc", "nobody", "Bearer " + "x" * 9000])
def test_a_token_nobody_holds_says_unidentified(server: BranchServer, header: str) -> None:
    answer = server.ask("GET", "/api/v1/me", headers={"Authorization": header})
    assert answer.status == 401
    assert in_one_shape(answer).code == "unidentified"
    assert "nobody" not in json.dumps(answer.body)


def test_a_stranger_is_refused_before_the_body_is_looked_at(server: BranchServer) -> None:
    assert server.ask("POST", "/api/v1/tickets", None, b"{not json").status == 401


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{not json",
        b'{"command_id": "x"',
        b"\xff\xfe\x00",
        b'{"a": "\xe4"}',
        b'{"a": "\\ud800"}',
        b"[" * 30_000,
    ],
)
def test_malformed_json_is_told_on_every_command(server: BranchServer, routes: Any, content: bytes) -> None:
    for path in posts(routes):
        answer = server.ask("POST", path, HEAD, content)
        assert (answer.status, in_one_shape(answer).code) == (400, "malformed_json"), path


@pytest.mark.parametrize(
    "content", [b"[]", b'"text"', b"7", b"null", b'"{\\"command_id\\": \\"abcdefgh\\"}"']
)
def test_json_that_is_no_object_is_told_on_every_command(
    server: BranchServer, routes: Any, content: bytes
) -> None:
    for path in posts(routes):
        answer = server.ask("POST", path, HEAD, content)
        shape = in_one_shape(answer)
        assert (answer.status, shape.code, shape.details["where"]) == (422, "invalid_request", "body"), path


def test_an_unknown_field_is_refused_by_its_path_on_every_command(server: BranchServer, routes: Any) -> None:
    for path in posts(routes):
        answer = server.ask("POST", path, HEAD, b'{"command_id": "abcdefgh", "surprise": 1}')
        shape = in_one_shape(answer)
        assert (answer.status, shape.code) == (422, "invalid_request"), path
        assert "surprise" in [problem["where"] for problem in shape.details["problems"]], path


def test_a_missing_or_odd_command_id_is_refused_on_every_command(server: BranchServer, routes: Any) -> None:
    for path in set(posts(routes)) - {"/api/v1/devices/heard"}:  # heartbeats are no command
        for body in ({}, {"command_id": "short"}, {"command_id": "spaces in it"}, {"command_id": 12345678}):
            answer = server.ask("POST", path, HEAD, json.dumps(body).encode())
            shape = in_one_shape(answer)
            assert answer.status == 422, path
            assert "command_id" in [problem["where"] for problem in shape.details["problems"]], path


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"service": 7}, "service"),
        ({"service": None}, "service"),
        ({"service": ["cash"]}, "service"),
        ({"service": {"zh": "x"}}, "service"),
        ({"service": "cash", "customer_class": "royal"}, "customer_class"),
        ({"service": "cash", "language": "fr"}, "language"),
        ({"service": "cash", "customer": "x" * 129}, "customer"),
    ],
)
def test_a_wrong_type_is_refused_by_its_path(server: BranchServer, body: dict[str, Any], where: str) -> None:
    answer = server.post("/tickets", KIOSK, **body)
    shape = in_one_shape(answer)
    assert (answer.status, shape.code, shape.details["where"]) == (422, "invalid_request", where)


def test_a_body_that_is_not_json_by_its_own_word_is_refused(server: BranchServer) -> None:
    answer = server.ask(
        "POST",
        "/api/v1/tickets",
        KIOSK,
        b"service=cash",
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status, in_one_shape(answer).code) == (415, "unsupported_media_type")


def test_a_huge_body_is_refused(server: BranchServer) -> None:
    content = b'{"command_id": "abcdefgh", "service": "' + b"x" * 200_000 + b'"}'
    answer = server.ask("POST", "/api/v1/tickets", KIOSK, content)
    assert answer.status == 413
    in_one_shape(answer)


def test_an_address_that_is_none_is_not_found(server: BranchServer) -> None:
    for path in ("/api/v1/nothing", "/nothing", "/api/v1/counters/1/fly", "/api/v1/tickets/A001/fly"):
        for token in (None, LOBBY):
            answer = server.get(path, token)
            assert (answer.status, in_one_shape(answer).code) == (404, "not_found"), path


def test_a_verb_an_address_does_not_take_is_told(server: BranchServer, routes: Any) -> None:
    for path in posts(routes):
        if ("GET", path) not in routes:
            answer = server.get(path, HEAD)
            assert (answer.status, in_one_shape(answer).code) == (405, "method_not_allowed"), path
            assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/tickets", {"service": "no_such"}, "unknown_service"),
        ("/diversions", {"service": "no_such", "device": "crs"}, "unknown_service"),
        ("/prints", {"job_id": "no-such", "state": "printed"}, "unknown_print_job"),
    ],
)
def test_a_kiosk_that_names_what_there_is_not_is_told(
    server: BranchServer, path: str, body: dict[str, Any], code: str
) -> None:
    answer = server.post(path, KIOSK, **body)
    assert (answer.status, in_one_shape(answer).code) == (404, code)


def test_an_unknown_ticket_is_told_on_every_ticket_route(server: BranchServer, routes: Any) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "undo-no-show": {"reason": "r"},
        "move": {"reason": "r"},
        "cancel": {"reason": "r"},
        "reprint": {"kiosk": "kiosk_1"},
        "correct": {"service": "cash", "amount_band": None, "reason": "r"},
    }
    for path in posts(routes):
        if "/tickets/A001/" in path:
            path = path.replace("A001", "Z999").removeprefix("/api/v1")
            answer = server.post(path, LOBBY, **bodies.get(path.rpartition("/")[2], {}))
            assert (answer.status, in_one_shape(answer).code) == (404, "unknown_ticket"), path
    for path in ("/api/v1/tickets/Z999", "/api/v1/tickets/Z999/story"):
        assert server.get(path, LOBBY).code == "unknown_ticket"
    assert server.get("/api/v1/public/tickets/nobodysticket").code == "unknown_ticket"
    assert server.post("/public/tickets/nobodysticket/cancel").code == "unknown_ticket"


def test_an_unknown_counter_is_told(server: BranchServer) -> None:
    for verb in ("grant-pause", "decline-pause", "resume", "close"):
        answer = server.post(f"/counters/99/{verb}", LOBBY)
        assert (answer.status, in_one_shape(answer).code) == (404, "unknown_counter"), verb
    # A teller has one counter, and every other one, also one that is none, is not the teller's to press.
    assert server.post("/counters/99/open", TELLERS["1"]).code == "not_permitted"


@pytest.mark.parametrize("path", ["/counters/" + "9" * 41 + "/open", "/tickets/" + "A" * 17 + "/resume"])
def test_a_path_that_is_too_long_is_refused_by_its_name(server: BranchServer, path: str) -> None:
    assert server.post(path, LOBBY).code == "invalid_request"


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "2026-1-1", ""])
def test_a_date_that_is_none_is_refused_by_its_path(server: BranchServer, date: str) -> None:
    answer = server.get(f"/api/v1/reports/day?date={date}", LOBBY)
    assert (answer.status, in_one_shape(answer).details["where"]) == (422, "date")


def test_an_unknown_query_field_is_refused(server: BranchServer) -> None:
    answer = server.get("/api/v1/reports/day?days=3", LOBBY)
    assert (answer.status, in_one_shape(answer).details["where"]) == (422, "days")


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("", "", "没有业务 no_such"),
        ("en", "", "There is no service no_such"),
        ("en-GB,en;q=0.9,zh;q=0.1", "", "There is no service no_such"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "没有业务 no_such"),
        ("fr", "", "没有业务 no_such"),
        ("en;q=banana", "", "没有业务 no_such"),
        ("zh", "?lang=en", "There is no service no_such"),
        ("en", "?lang=zh", "没有业务 no_such"),
    ],
)
def test_the_message_is_in_the_reader_s_language(
    server: BranchServer, header: str, query: str, expected: str
) -> None:
    body = json.dumps({"command_id": server.new_id(), "service": "no_such"}).encode()
    answer = server.ask("POST", f"/api/v1/tickets{query}", KIOSK, body, {"Accept-Language": header})
    assert answer.body["message"] == expected


def test_the_document_names_the_error_shape_on_every_route(server: BranchServer) -> None:
    document = server.get("/api/openapi.json").body
    shape = {"$ref": "#/components/schemas/ErrorShape"}
    for path, methods in document["paths"].items():
        if path.startswith("/api/v1/"):
            for operation in methods.values():
                assert operation["responses"]["422"]["content"]["application/json"]["schema"] == shape, path
                assert operation["summary"], path


def test_the_document_can_be_browsed(server: BranchServer) -> None:
    page = server.get("/api/docs")
    assert page.status == 200
    assert "openapi.json" in page.body
    assert server.get("/api/swagger/js/swagger-ui-bundle.js").status == 200
