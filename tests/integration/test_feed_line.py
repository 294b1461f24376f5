"""A client's line to the real server: gaps asked again, a silent cable noticed in seconds, the truth after it (D4, K8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kiosk.feed import Feed
from kiosk.happenings import Happening, OfferCame, ServerLost
from queue_server.feed.client import Answered, Client, NoAnswer, Refusal
from queue_server.feed.connection import LOST_AFTER_S
from queue_server.feed.following import Following
from tests.branch_server import KIOSK, LINE, BranchServer
from tests.cable import Cable
from tests.waiting import until

NOTICED_WITHIN_S = 3 * LOST_AFTER_S
"""Far below the 22 s after which the libraries below notice it by themselves, on a busy machine too."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    server = BranchServer(tmp_path / "data", tmp_path / "server.log")
    yield server
    server.stop()


class Follower:
    """What a following was told."""

    def __init__(self, url: str, token: str = LINE) -> None:
        self.told: list[Mapping[str, Any] | None] = []
        self.following = Following(url, "/pads", token)
        self.following.on_sections = self.told.append
        self.following.on_lost = lambda: self.told.append(None)
        self.following.start()

    @property
    def counter(self) -> dict[str, Any]:
        """Counter 1 as last told."""
        last = self.told[-1] if self.told else None
        return {} if last is None else dict(last["counters"][0])

    def until_told(self, **facts: Any) -> None:
        """Wait until the last that was told of counter 1 says this."""
        until(lambda: facts.items() <= self.counter.items(), 20, f"{facts} told, last is {self.counter}")


def test_a_following_is_told_everything_and_every_change(server: BranchServer) -> None:
    follower = Follower(server.url)
    follower.until_told(state="closed")
    server.key("open")
    follower.until_told(state="free")
    server.issue()
    follower.until_told(waiting=1)
    follower.following.close()
    assert None not in follower.told


def test_a_server_that_restarts_is_followed_again(server: BranchServer) -> None:
    follower = Follower(server.url)
    follower.until_told(state="closed")
    server.kill()
    until(lambda: follower.told[-1] is None, 20, "the loss")
    server.start()
    server.key("open")
    follower.until_told(state="free")
    follower.following.close()


def test_a_foreign_token_is_told_as_no_server(server: BranchServer) -> None:
    follower = Follower(server.url, "foreign")
    until(lambda: follower.told, 20, "the refusal")
    assert set(follower.told) == {None}
    follower.following.close()


def test_a_cable_pulled_without_a_word_is_noticed_and_the_truth_is_told_after_it(
    server: BranchServer,
) -> None:
    cable = Cable(server.port)
    follower = Follower(f"http://127.0.0.1:{cable.port}")
    follower.until_told(state="closed")
    cable.pull()
    until(lambda: follower.told[-1] is None, NOTICED_WITHIN_S, "the silence noticed")
    server.key("open")
    cable.plug()
    follower.until_told(state="free")
    follower.following.close()


def test_an_idle_kiosk_notices_it_as_soon(server: BranchServer) -> None:
    cable = Cable(server.port)
    told: list[Happening] = []
    feed = Feed(f"http://127.0.0.1:{cable.port}", KIOSK, told.append)
    feed.start()
    until(lambda: told and isinstance(told[-1], OfferCame), 20, "the offer")
    cable.pull()
    until(lambda: isinstance(told[-1], ServerLost), NOTICED_WITHIN_S, "the silence noticed")
    cable.plug()
    until(lambda: isinstance(told[-1], OfferCame), 20, "the offer again")
    feed.stop()


def test_a_line_is_hung_up_at_once_whatever_it_was_doing(server: BranchServer) -> None:
    before = threading.active_count()
    for url in (server.url, "http://127.0.0.1:9", f"http://127.0.0.1:{Cable(server.port).port}"):
        for _ in range(3):
            follower = Follower(url)
            follower.following.close()
    # The relay of the cable has threads of its own.
    until(lambda: threading.active_count() <= before + 1, 20, "every thread's end")


# --- commands ---------------------------------------------------------------------------------------------------------


def test_an_answer_a_refusal_and_no_answer_are_told_apart(server: BranchServer) -> None:
    client = Client(server.url, LINE)
    body = '{"command_id": "feed-test-1", "key": "open", "argument": ""}'
    assert isinstance(client.post("pads/pad_1/press", body), Answered)
    refused = client.post("pads/pad_1/press", body.replace("open", "start").replace("-1", "-2"))
    assert isinstance(refused, Refusal)
    assert refused.code == "counter_without_ticket"
    server.kill()
    nobody = client.post("pads/pad_1/press", body)
    assert isinstance(nobody, NoAnswer)
    unheard = Client(server.url, LINE).post("pads/pad_1/press", body)
    assert unheard == NoAnswer("ConnectionError", is_unsent=True)
