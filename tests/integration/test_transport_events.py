"""Every event is answered: with its acknowledgement, or with the one error shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.transport_client import RawClient, ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("server") / "log")
    yield process
    process.close()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[RawClient]:
    one = RawClient(server.port).join("teller 3")
    yield one
    one.close()


def test_a_known_event_is_acknowledged_with_what_its_handler_says(client: RawClient) -> None:
    assert client.ask("speak", {"text": "请", "times": 2}) == {"ok": True, "said": "请请", "by": "teller 3"}


@pytest.mark.parametrize(
    ("event", "payload", "code", "details"),
    [
        ("no_such_event", {}, "unknown_event", {}),
        ("__class__", {}, "unknown_event", {}),
        ("trigger_event", {}, "unknown_event", {}),
        ("refuse", {}, "counter_busy", {"counter": "3", "number": "A012"}),
        ("break", {}, "too_busy", {}),
        ("explode", {}, "internal", {}),
        ("explode_in_pool", {}, "internal", {}),
    ],
)
def test_what_cannot_be_done_is_answered_in_the_one_error_shape(
    client: RawClient, event: str, payload: dict[str, Any], code: str, details: dict[str, Any]
) -> None:
    answer = client.ask(event, payload)
    assert (answer["ok"], answer["code"], answer["details"]) == (False, code, details)
    assert set(answer) == {"ok", "code", "message", "details"}
    assert "secret" not in answer["message"]


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        ({}, "text"),
        ({"text": 1}, "text"),
        ({"text": "a", "times": "many"}, "times"),
        ({"text": "a", "tmies": 1}, "tmies"),
        ([], "payload"),
        (None, "payload"),
        ("text", "payload"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_with_its_path(
    client: RawClient, payload: object, where: str
) -> None:
    answer = client.ask("speak", payload)
    assert answer["code"] == "invalid_request"
    assert answer["details"]["where"] == where
    assert answer["details"]["problems"][0]["expected"]


def test_two_arguments_are_one_too_many(client: RawClient) -> None:
    client.send('42/hall,7["speak",{"text":"a"},{"text":"b"}]')
    assert json.loads(client.next_text().removeprefix("43/hall,7"))[0]["code"] == "invalid_request"


def test_an_error_nobody_asked_an_acknowledgement_for_comes_as_an_event(client: RawClient) -> None:
    client.event("no_such_event", {})
    name, payload = json.loads(client.next_text().removeprefix("42/hall,"))
    assert (name, payload["ok"], payload["code"], payload["event"]) == (
        "refused",
        False,
        "unknown_event",
        "no_such_event",
    )
    # And only then: a handled event without an acknowledgement says nothing.
    client.event("speak", {"text": "quietly"})
    assert client.ask("speak", {"text": "aloud"})["said"] == "aloud"


def test_a_bug_is_logged_with_its_traceback_and_told_without_it(
    client: RawClient, server: ServerProcess
) -> None:
    client.ask("explode", {})
    assert "RuntimeError: the secret inside" in server.logged()


def test_half_a_character_comes_back_as_a_question_mark(client: RawClient) -> None:
    client.send('42/hall,7["speak",{"text":"a\\ud800b"}]')
    assert json.loads(client.next_text().removeprefix("43/hall,7"))[0]["said"] == "a?b"
    client.send('42/hall,9["\\ud800",{}]')
    assert json.loads(client.next_text().removeprefix("43/hall,9"))[0]["code"] == "unknown_event"


def test_blocking_work_in_the_pool_stalls_nobody(client: RawClient, server: ServerProcess) -> None:
    other = RawClient(server.port).join("other")
    client.event("block", {}, ack=1)
    for number in range(10):
        assert other.ask("speak", {"text": str(number)})["said"] == str(number)
    server.post("/write-pipe")
    assert client.next_text() == '43/hall,1[{"ok":true,"read":"x"}]'


def test_an_emit_from_another_thread_is_refused(server: ServerProcess) -> None:
    assert server.post("/emit-from-a-thread") == {"raised": "WrongThread"}
