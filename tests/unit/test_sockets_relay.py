"""The relay's numbers: whatever happens and whoever comes when, each member can follow from what it was given."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import gevent
import pytest
from pydantic import BaseModel

from queue_server.domain import commands as c
from queue_server.domain.branch import CustomerClass
from queue_server.journal.port import Recorded
from queue_server.sockets import relay as relays
from queue_server.sockets.relay import DISPLAY, LOBBY, TELLER, TICKET, Relay, Room, RoomKind
from queue_server.views import display, lobby, teller
from queue_server.views.lately import Lately, after
from queue_server.views.scene import Scene
from queue_server.wire.display import DisplaySections
from queue_server.wire.follow import Follower, Step
from queue_server.wire.shapes import Delta, Snapshot
from tests.hall import LOBBY as LOBBY_MANAGER
from tests.hall import Hall

VIEWS: dict[RoomKind, Callable[[Scene], BaseModel]] = {
    DISPLAY: display.sections,
    LOBBY: lobby.sections,
    TELLER: lambda scene: teller.sections(scene, "1"),
}
NAMES = {DISPLAY: "display", LOBBY: "lobby", TELLER: "1"}


class Member:
    """A client as the wire describes it, without a wire."""

    def __init__(self) -> None:
        self.follower = Follower()
        self.happenings: list[dict[str, Any]] = []
        self.steps: list[Step] = []

    def hear(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "snapshot":
            self.steps.append(self.follower.snapshot(Snapshot.model_validate(payload)))
            return
        delta = Delta.model_validate(payload)
        step = self.follower.delta(delta)
        self.steps.append(step)
        if step is Step.APPLIED:
            self.happenings.extend(delta.happenings)


class Stage:
    """A hall, a relay that listens to it, and members in rooms.  It is the relay's emitter."""

    def __init__(self) -> None:
        self.hall = Hall().open("1", "2")
        self.hall.events.clear()
        self.lately = Lately()
        self.relay = Relay(self.scene, self)
        self.members: dict[str, list[Member]] = {kind.namespace: [] for kind in NAMES}
        self.rooms: dict[str, Room] = {}
        self.emitted = 0
        self.looks = 0

    def scene(self) -> Scene:
        hall = self.hall
        return Scene(hall.branch, hall.day, hall.now, {}, self.lately)

    def emit(self, namespace: str, room: str, event: str, payload: BaseModel | Mapping[str, Any]) -> int:
        self.emitted += 1
        for member in self.members[namespace]:
            member.hear(event, dict(payload))
        return len(self.members[namespace])

    def join(self, kind: RoomKind) -> Member:
        def view(scene: Scene) -> BaseModel:
            self.looks += 1
            return VIEWS[kind](scene)

        member = Member()
        name = f"member-{len(self.members[kind.namespace])}"
        room = self.relay.join(kind, NAMES[kind], NAMES[kind], view, name)
        self.rooms[kind.namespace] = room
        member.hear("snapshot", dict(self.relay.snapshot(room)))
        self.members[kind.namespace].append(member)
        return member

    def commit(self) -> None:
        """What the hall has done since is on the disk: tell the relay, as the service does."""
        first = self.hall.day.position - len(self.hall.events) + 1
        recorded = [
            Recorded(first + offset, event, "somebody", "somebody", "command")
            for offset, event in enumerate(self.hall.events)
        ]
        self.hall.events.clear()
        for one in recorded:
            self.lately = after(self.lately, self.hall.day, one.position, one.event)
        self.relay.heard(recorded)

    def settle(self) -> None:
        """Until every room is told."""
        for _ in range(200):
            # The relay pauses by the hub's own timers, which pass only while the hub sleeps.
            gevent.sleep(0.01)
            if not any(room.is_dirty or room.happenings for room in self.rooms.values()):
                return
        raise AssertionError("the relay did not settle")


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A relay that runs."""
    stage = Stage()
    stage.relay.start()
    yield stage
    stage.relay.stop()


def test_a_member_follows_from_its_snapshot_without_a_gap(stage: Stage) -> None:
    member = stage.join(DISPLAY)
    for _ in range(5):
        stage.hall.issue()
        stage.commit()
        stage.settle()
    assert member.steps == [Step.APPLIED] * 6
    assert member.follower.sections["waiting"][0]["waiting"] == 5


def test_a_burst_is_one_message_and_its_calls_are_all_announced_in_order(stage: Stage) -> None:
    member = stage.join(DISPLAY)
    numbers = []
    for _ in range(6):
        stage.hall.issue()
    for counter in ("1", "2"):
        numbers.append(stage.hall.call(counter))
        stage.hall.at(counter, c.Recall)
    stage.commit()
    stage.settle()
    assert stage.emitted == 1
    assert [(one["kind"], one["number"]) for one in member.happenings] == [
        ("call", numbers[0]),
        ("recall", numbers[0]),
        ("call", numbers[1]),
        ("recall", numbers[1]),
    ]


def test_one_look_and_one_message_serve_a_whole_room(stage: Stage) -> None:
    members = [stage.join(DISPLAY) for _ in range(30)]
    assert stage.looks == 1
    stage.hall.issue()
    stage.commit()
    stage.settle()
    assert (stage.looks, stage.emitted) == (2, 1)
    assert {member.follower.position for member in members} == {stage.hall.day.position}


def test_an_empty_room_costs_nothing_and_is_forgotten(stage: Stage) -> None:
    stage.join(DISPLAY)
    stage.members["/display"].clear()
    stage.relay.leave(DISPLAY, "display", "member-0")
    looks = stage.looks
    stage.hall.issue()
    stage.commit()
    # That nothing happens can only be seen by letting the relay's own pause pass.
    gevent.sleep(0.05)
    assert stage.looks == looks
    assert stage.relay.counts()["/display"] == 0


def test_a_newcomer_between_commit_and_relay_gets_no_gap_and_nothing_twice(stage: Stage) -> None:
    old = stage.join(DISPLAY)
    stage.hall.issue()
    stage.hall.call("1")
    stage.commit()
    # The relay's greenlet has not run yet.
    new = stage.join(DISPLAY)
    stage.settle()
    stage.hall.at("1", c.Recall)
    stage.commit()
    stage.settle()
    assert [one["kind"] for one in old.happenings] == ["call", "recall"]
    assert [one["kind"] for one in new.happenings] == ["recall"]
    assert Step.GAP not in old.steps + new.steps
    assert Step.REPEAT not in old.steps + new.steps


def test_what_no_room_shows_is_not_sent(stage: Stage) -> None:
    stage.join(DISPLAY)
    stage.hall.do(c.RecordIncident("manual_entry", "an umbrella was found"), LOBBY_MANAGER)
    stage.commit()
    stage.settle()
    assert stage.emitted == 0
    # The position moved on without the display; the next delta still fits.
    member = stage.members["/display"][0]
    stage.hall.issue()
    stage.commit()
    stage.settle()
    assert member.steps == [Step.APPLIED, Step.APPLIED]


def test_what_time_alone_changes_is_sent_as_a_snapshot(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        stage.hall.issue()
    stage.hall.call("1")
    stage.hall.at("1", c.StartService)
    stage.commit()
    member = stage.join(DISPLAY)
    before = member.follower.sections["waiting"]
    stage.hall.after(minutes=20)
    monkeypatch.setattr(relays, "CACHED_S", 0.0)
    stage.relay.refreshed(stage.rooms["/display"])
    assert stage.emitted == 1
    assert member.steps == [Step.APPLIED, Step.APPLIED]
    assert member.follower.sections["waiting"] != before


def test_a_teller_is_told_at_once_what_concerns_the_counter(stage: Stage) -> None:
    member = stage.join(TELLER)
    stage.hall.issue()
    number = stage.hall.call("1")
    stage.hall.after(3).check()
    stage.commit()
    stage.settle()
    assert [one["kind"] for one in member.happenings] == ["unheard"]
    assert member.happenings[0]["number"] == number


def test_the_lobby_is_told_of_alerts_and_incidents(stage: Stage) -> None:
    member = stage.join(LOBBY)
    stage.hall.issue()
    stage.hall.after(minutes=31).check()
    stage.commit()
    stage.settle()
    kinds = [(one["kind"], one.get("code") or one["incident_kind"]) for one in member.happenings]
    assert ("alert", "wait_level") in kinds
    assert ("incident", "wait_over_limit") in kinds


def test_rooms_that_follow_a_ticket_are_told_early_when_it_is_called(stage: Stage) -> None:
    assert TICKET.gap_s > DISPLAY.gap_s


@pytest.mark.parametrize("seed", range(5))
def test_members_who_come_at_any_time_all_end_with_the_true_state(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        match chance.randrange(6):
            case 0:
                stage.hall.issue("cash", chance.choice(list(CustomerClass)))
            case 1:
                counter = chance.choice(("1", "2"))
                desk = stage.hall.day.desk(counter)
                if desk.number is not None:
                    ticket = stage.hall.day.tickets[desk.number]
                    stage.hall.at(counter, c.StartService if ticket.open_call else c.FinishService)
                elif stage.hall.day.waiting_count:
                    stage.hall.call(counter)
            case 2:
                stage.commit()
            case 3:
                gevent.sleep(0)
            case 4:
                stage.commit()
                if len(stage.members["/display"]) < 6:
                    stage.join(DISPLAY)
            case _:
                stage.commit()
                # Lets the relay be caught in the middle of its pause; no assertion hangs on how long it is.
                gevent.sleep(0.002)
        stage.hall.after(1)
    stage.join(DISPLAY)
    stage.hall.issue()
    stage.commit()
    stage.settle()
    truth = DisplaySections.model_validate(display.sections(stage.scene()).model_dump())
    for member in stage.members["/display"]:
        assert set(member.steps) == {Step.APPLIED}
        assert DisplaySections.model_validate(member.follower.sections).calls == truth.calls
        assert member.follower.sections["get_ready"] == truth.get_ready
        announced = [one["announcement_id"] for one in member.happenings]
        assert announced == sorted(set(announced))
