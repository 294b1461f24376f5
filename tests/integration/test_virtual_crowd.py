"""The crowd of the busy hour against the real server: it arrives, is served, and does what goes wrong in a hall."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from queue_server.virtual.crowd import Cast, Crowd
from queue_server.virtual.habits import Every, Habit
from tests.branch_server import LOBBY, TELLERS, VIRTUAL, BranchServer
from tests.hub import until_turned

# Rules that let a no-show be marked at once, and a standard a test can sit through.
HASTE = """
rules: {announcements_required: 1, announcement_gap_s: 0, no_show_after_s: 0}

standards:
  - version: 测试-1
    valid_from: 2026-02-01
    document: {zh: 测试, en: Test}
    example: true
    limits:
      - {service: cash, limit_s: 10}
"""
NEVER = Every(1e9, 1e9)
ORDERLY = Habit(
    mean_arrival_s=20,
    fills_in_a_form=0,
    has_a_second_matter=0,
    stays_away=NEVER,
    jumps_the_queue=NEVER,
    takes_too_long=NEVER,
)

MakeCrowd = Callable[[Habit], Crowd]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BranchServer]:
    folder = tmp_path_factory.mktemp("crowd")
    for shipped in VIRTUAL.parent.glob("*.yaml"):
        shutil.copy(shipped, folder)
    (folder / "hasty.yaml").write_text(VIRTUAL.read_text("utf-8") + HASTE, encoding="utf-8")
    one = BranchServer(folder / "data", folder / "server.log", branch=folder / "hasty.yaml")
    yield one
    one.stop()


@pytest.fixture
def make_crowd(server: BranchServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeCrowd]:
    # Nobody speaks here, so nobody has to be let finish.
    monkeypatch.setattr("queue_server.virtual.crowd.ANNOUNCED_S", 0.05)
    crowds: list[Crowd] = []

    def crowd(habit: Habit) -> Crowd:
        cast = Cast(
            LOBBY, TELLERS, {"cash": 20, "transfer": 400}, dict.fromkeys(TELLERS, ("cash", "transfer"))
        )
        crowds.append(Crowd(server.url, cast, lambda: None, habit, seed=3))
        return crowds[-1]

    yield crowd
    for one in crowds:
        one.stop()


def kinds(server: BranchServer) -> set[str]:
    """The kinds of incidents the branch has logged."""
    told: Any = server.get("/api/v1/incidents", LOBBY).body
    return {incident["kind"] for incident in told}


def test_it_keeps_away_from_the_counters_a_visitor_opened(
    server: BranchServer, make_crowd: MakeCrowd
) -> None:
    server.key("open", "1")
    server.key("open", "2")
    crowd = make_crowd(ORDERLY)
    crowd.start(20, None)
    assert crowd.tellers == {"3"}


def test_customers_arrive_and_are_served(server: BranchServer, make_crowd: MakeCrowd) -> None:
    crowd = make_crowd(ORDERLY)
    crowd.start(20, ["1", "2"])
    until_turned(lambda: crowd.served >= 3, 60, "three customers served")
    state = crowd.state()
    assert (state["is_busy"], state["speed"], state["tellers"]) == (True, 20, ["1", "2"])
    assert state["arrived"] >= state["served"]


def test_the_oddities_of_a_hall_are_logged_as_incidents(server: BranchServer, make_crowd: MakeCrowd) -> None:
    crowd = make_crowd(
        Habit(
            mean_arrival_s=20,
            rush=20,
            fills_in_a_form=0.2,
            has_a_second_matter=0.3,
            stays_away=Every(0, 5),
            jumps_the_queue=Every(0, 5),
            takes_too_long=Every(0, 1000),
        )
    )
    crowd.start(20, ["1", "2", "3"])
    wanted = {"missed_number", "queue_jump", "service_over_standard"}
    until_turned(lambda: wanted <= kinds(server), 90, f"incidents {wanted}")


def test_it_goes_on_when_the_server_is_back_after_a_kill(server: BranchServer, make_crowd: MakeCrowd) -> None:
    crowd = make_crowd(ORDERLY)
    crowd.start(20, ["1", "2"])
    until_turned(lambda: crowd.served >= 1, 60, "a customer served")
    server.kill()
    before = crowd.served
    until_turned(lambda: True)
    server.start()
    until_turned(lambda: crowd.served >= before + 2, 60, "customers served after the kill")


def test_when_it_ends_nobody_new_arrives_and_tellers_finish(
    server: BranchServer, make_crowd: MakeCrowd
) -> None:
    crowd = make_crowd(ORDERLY)
    crowd.start(20, ["1"])
    until_turned(lambda: crowd.served >= 1, 60, "a customer served")
    crowd.stop()
    arrived = crowd.arrived
    workers = list(crowd._at_work.values())
    until_turned(lambda: all(worker.dead for worker in workers), 30, "the tellers going home")
    assert (crowd.arrived, crowd.state()["tellers"]) == (arrived, [])


def test_a_counter_nobody_holds_a_token_for_gets_no_teller(make_crowd: MakeCrowd) -> None:
    crowd = make_crowd(ORDERLY)
    crowd.start(1000, ["1", "99"])
    assert (crowd.tellers, crowd.speed) == ({"1"}, 20)
