"""How a program tells of its devices, over real HTTP: the newest word, again after a reconnection, and heartbeats (H1)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Literal

import pytest

from queue_server.feed.client import Client
from queue_server.feed.devices import DeviceReports
from queue_server.wire.devices import DeviceReport
from tests.integration.kiosk_stand_in import TOKEN, StandIn
from tests.waiting import until


@pytest.fixture
def server() -> Iterator[StandIn]:
    server = StandIn().start()
    yield server
    server.stop()


class Program:
    """A kiosk's or a display's reports, with a short heartbeat."""

    def __init__(self, server: StandIn, token: str = TOKEN) -> None:
        numbers = count()
        self.there = ["kiosk-1", "printer-1"]
        self.reports = DeviceReports(
            Client(server.url, token), lambda: f"report-{next(numbers):04d}", lambda: self.there, 0.05
        )

    def tell(self, state: Literal["online", "fault", "offline"], command_id: str) -> None:
        self.reports.tell(DeviceReport(command_id=command_id, device="kiosk-1", kind="kiosk", state=state))


@pytest.fixture
def program(server: StandIn) -> Iterator[Program]:
    program = Program(server)
    yield program
    program.reports.stop()


def test_only_the_newest_word_is_told_and_no_word_twice(server: StandIn, program: Program) -> None:
    program.tell("fault", "report-a")
    program.tell("online", "report-b")
    program.tell("online", "report-c")
    program.reports.start()
    until(lambda: len(server.heard) > 2, what="heartbeats after it")
    assert [(one.command_id, one.state) for one in server.devices] == [("report-b", "online")]


def test_a_server_that_is_back_is_told_again_under_another_id(server: StandIn, program: Program) -> None:
    program.tell("online", "report-a")
    program.reports.start()
    until(lambda: server.devices, what="the first word")
    program.reports.reconnected()
    until(lambda: len(server.devices) == 2, what="the word again")
    assert len({one.command_id for one in server.devices}) == 2


def test_a_word_said_while_the_server_was_away_waits_for_it(server: StandIn, program: Program) -> None:
    server.stop()
    program.reports.start()
    program.tell("offline", "report-a")
    server.start()
    until(lambda: server.devices, 20, "the word")


def test_a_device_the_server_does_not_know_does_not_silence_the_others(
    server: StandIn, program: Program
) -> None:
    server.strangers = {"printer-1"}
    program.reports.start()
    until(lambda: server.heard, what="a heartbeat")
    assert server.heard[0] == ["kiosk-1"]
    server.strangers = set()
    program.reports.reconnected()
    until(lambda: ["kiosk-1", "printer-1"] in server.heard, what="both, after a reconnection")


def test_nobody_there_means_no_heartbeat(server: StandIn, program: Program) -> None:
    program.there = []
    program.tell("fault", "report-a")
    program.reports.start()
    until(lambda: server.devices, what="the word")
    program.there = ["kiosk-1"]
    until(lambda: server.heard, what="a heartbeat")
    assert all(told == ["kiosk-1"] for told in server.heard)


def test_a_token_that_is_refused_is_tried_again(server: StandIn) -> None:
    program = Program(server, "mistyped")
    program.tell("online", "report-a")
    program.reports.start()
    until(lambda: server.heard, what="a heartbeat, which this server takes from anybody")
    assert server.devices == []
    program.reports.stop()
