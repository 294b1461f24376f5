"""Presses on their way: asked again with the same id, given up visibly, and never behind another pad's (C6, H3)."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from queue_server.feed.client import Client
from queue_server.pads.asking import GIVEN_UP_AFTER_S, Asking, Done, Outcome, Question, Refused
from queue_server.pads.doubts import Doubts
from tests.waiting import until


class Hall:
    """A server of a few lines: what it was asked, and what it answers by path; "hang" says nothing for ever."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, list[Any]] = {}
        self.is_over = threading.Event()
        hall = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                path = self.path.removeprefix("/api/v1/")
                hall.asked.append((path, body))
                waiting = hall.answers.get(path, [])
                answer = (
                    waiting.pop(0) if len(waiting) > 1 else waiting[0] if waiting else (200, {"ok": True})
                )
                if answer == "hang":
                    hall.is_over.wait(30)
                if answer in ("hang", "drop"):
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, told = answer
                raw = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *arguments: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was asked at a path."""
        return [body for asked, body in self.asked if asked == path]

    def close(self) -> None:
        """Go away."""
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


def refusal(code: str, **details: Any) -> tuple[int, dict[str, Any]]:
    return 409, {"ok": False, "code": code, "message": "no", "details": details}


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.close()


class Desk:
    """One pad's asking, and what came of it."""

    def __init__(self, url: str, device: str) -> None:
        self.device = device
        self.told: list[tuple[str, Outcome]] = []
        self.asking = Asking(Client(url, "token"), lambda q, outcome: self.told.append((q.press_id, outcome)))
        self.asking.start()

    def press(self, number: int, ago_s: float = 0.0) -> None:
        """A key; `ago_s`: it was heard so long ago."""
        self.asking.ask(
            Question(
                self.device,
                f"press {number}",
                f"pads/{self.device}/press",
                lambda: f"{self.device}.life.{number}",
                lambda command_id: json.dumps({"command_id": command_id}),
                time.monotonic() - ago_s,
            )
        )

    def outcome(self, number: int) -> Outcome:
        """What became of a press."""
        until(lambda: f"press {number}" in dict(self.told), 20, f"the outcome of press {number}")
        return dict(self.told)[f"press {number}"]


def test_an_answer_that_was_lost_is_asked_for_with_the_same_id(hall: Hall) -> None:
    hall.answers["pads/pad_1/press"] = ["drop", (503, {}), (429, {}), (200, {"ok": True})]
    desk = Desk(hall.url, "pad_1")
    desk.press(1)
    assert desk.outcome(1) == Done()
    assert [body["command_id"] for body in hall.bodies("pads/pad_1/press")] == ["pad_1.life.1"] * 4
    desk.asking.stop()


def test_a_refusal_is_told_with_its_details_and_asked_once(hall: Hall) -> None:
    hall.answers["pads/pad_1/press"] = [refusal("too_soon_for_no_show", wait_s=12)]
    desk = Desk(hall.url, "pad_1")
    desk.press(1)
    assert desk.outcome(1) == Refused("too_soon_for_no_show", {"wait_s": 12})
    assert len(hall.asked) == 1
    desk.asking.stop()


def test_no_pad_waits_behind_another(hall: Hall) -> None:
    hall.answers["pads/pad_1/press"] = ["hang"]
    first, second = Desk(hall.url, "pad_1"), Desk(hall.url, "pad_2")
    first.press(1)
    until(lambda: hall.bodies("pads/pad_1/press"), 10, "the press that nobody answers")
    second.press(1)
    assert second.outcome(1) == Done()
    assert first.told == []
    first.asking.stop()
    second.asking.stop()


def test_a_press_nobody_can_have_heard_is_given_up_without_a_doubt() -> None:
    desk = Desk("http://127.0.0.1:9", "pad_1")
    desk.press(1, ago_s=GIVEN_UP_AFTER_S - 0.3)
    assert desk.outcome(1) == Refused("no_server")
    desk.asking.stop()


def test_a_press_that_may_have_been_heard_is_given_up_in_doubt(hall: Hall) -> None:
    hall.answers["pads/pad_1/press"] = ["drop"]
    desk = Desk(hall.url, "pad_1")
    desk.press(1, ago_s=GIVEN_UP_AFTER_S - 0.5)
    assert desk.outcome(1) == Refused("no_server", in_doubt="pad_1.life.1")
    desk.asking.stop()


def test_a_server_that_only_says_that_it_is_broken_is_told_apart_from_none(hall: Hall) -> None:
    hall.answers["pads/pad_1/press"] = [(503, {})]
    desk = Desk(hall.url, "pad_1")
    desk.press(1, ago_s=GIVEN_UP_AFTER_S - 0.3)
    assert desk.outcome(1) == Refused("fault", in_doubt="pad_1.life.1")
    desk.asking.stop()


def test_a_press_that_waited_its_time_out_behind_its_own_pads_last_is_not_asked_at_all(hall: Hall) -> None:
    desk = Desk(hall.url, "pad_1")
    desk.press(1, ago_s=GIVEN_UP_AFTER_S)
    assert desk.outcome(1) == Refused("no_server")
    assert hall.asked == []
    desk.asking.stop()


def test_the_fate_of_a_press_is_asked_for_until_it_is_known_and_nothing_is_done(hall: Hall) -> None:
    fates: dict[str, bool] = {}
    hall.answers["pads/pad_1/press"] = ["drop", (503, {}), refusal("command_id_reused")]
    hall.answers["pads/pad_2/press"] = [refusal("wrong_key_argument")]
    doubts = Doubts(Client(hall.url, "token"), fates.__setitem__)
    doubts.start()
    doubts.add("pad_1", "pad_1.life.1")
    doubts.add("pad_2", "pad_2.life.1")
    until(lambda: len(fates) == 2, 30, "both fates")
    assert fates == {"pad_1": True, "pad_2": False}
    assert len(doubts) == 0
    # Transfer to counter 0: there is none.
    assert {(body["key"], int(body["argument"])) for _, body in hall.asked} == {("transfer", 0)}
    doubts.stop()
