"""Who is there (H1): sockets, heartbeats, and each loss reported once, whichever sign is missed first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import gevent
import pytest

from queue_server.clock import SetClock
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import Branch
from queue_server.domain.commands import OpenCounter, ReportDevice
from queue_server.journal.memory import MemoryJournal
from queue_server.service import BranchService
from queue_server.sockets import presence as watched
from queue_server.sockets.presence import Presence
from tests.hall import MORNING

LINE = Actor("line_1", Role.PAD_LINE)


@pytest.fixture
def service(virtual_branch: Branch) -> BranchService:
    """A branch whose day is open."""
    service = BranchService(virtual_branch, MemoryJournal("virtual"), SetClock(MORNING))
    service.dispatch(OpenCounter("1", "wang_fang"), "open-0001", Actor("wang_fang", Role.TELLER, "1"))
    return service


@pytest.fixture
def watch(service: BranchService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Presence]]:
    """`watch(silent_line_s=…)` starts a watch that looks all the time."""
    monkeypatch.setattr(watched, "LOOK_S", 0.02)
    made: list[Presence] = []

    def start(silent_line_s: float = 60.0, silent_s: float = 60.0, grace_s: float = 0.0) -> Presence:
        presence = Presence(service, grace_s, 60.0, silent_line_s, silent_s)
        made.append(presence)
        presence.start()
        return presence

    yield start
    for presence in made:
        presence.stop()


def until_turned(predicate: Callable[[], bool], what: str) -> None:
    """Until it is true.  The watch sleeps by the hub's own timers, which pass only while the hub sleeps."""
    for _ in range(2000):
        if predicate():
            return
        gevent.sleep(0.005)
    raise AssertionError(f"{what} did not happen")


def looks() -> None:
    """Long enough for some looks at the heartbeats."""
    gevent.sleep(10 * watched.LOOK_S)


def reports(service: BranchService) -> list[tuple[str, str, str | None]]:
    """(device, state, fault) of everything reported so far."""
    journal = service.journal
    return [
        (one.event.device, one.event.state, one.event.fault)
        for one in journal.read()
        if isinstance(one.event, e.DeviceReported)
    ]


def state(service: BranchService, device: str) -> str | None:
    """What the day knows."""
    known = service.day.devices.get(device)
    return None if known is None else str(known.state)


def test_the_first_socket_is_online_and_the_last_one_offline(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch()
    presence.came("line_1", "pad_line")
    presence.came("line_1", "pad_line")
    until_turned(lambda: state(service, "line_1") == "online", what="online")
    presence.went("line_1", "pad_line")
    looks()
    assert state(service, "line_1") == "online"
    presence.went("line_1", "pad_line")
    until_turned(lambda: state(service, "line_1") == "offline", what="offline")
    assert reports(service) == [("line_1", "online", None), ("line_1", "offline", "no_connection")]


def test_a_line_is_silent_sooner_than_other_devices(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_line_s=0.02, silent_s=60.0)
    presence.heard(["kiosk_1", "line_1"])
    until_turned(lambda: state(service, "line_1") == "offline", what="the line offline")
    looks()
    assert reports(service) == [("line_1", "offline", "not_heard")]


def test_heartbeats_that_return_bring_it_back_once(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_line_s=0.02)
    presence.heard(["line_1"])
    until_turned(lambda: state(service, "line_1") == "offline", what="offline")

    def beat() -> bool:
        presence.heard(["line_1"])
        return state(service, "line_1") == "online"

    until_turned(beat, what="online again")
    assert reports(service) == [("line_1", "offline", "not_heard"), ("line_1", "online", None)]


def test_a_program_that_stands_still_is_not_well_because_it_connects_again(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_s=0.1)
    presence.came("kiosk_1", "kiosk")
    presence.heard(["kiosk_1"])
    until_turned(lambda: ("kiosk_1", "offline", "not_heard") in reports(service), "the kiosk missed")
    presence.came("kiosk_1", "kiosk")
    looks()
    assert service.day.devices["kiosk_1"].state == "offline"
    presence.heard(["kiosk_1"])
    until_turned(lambda: service.day.devices["kiosk_1"].state == "online", "the kiosk back")


def test_a_line_that_loses_socket_and_heartbeats_is_told_of_once(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_line_s=0.02)
    presence.came("line_1", "pad_line")
    presence.heard(["line_1"])
    until_turned(lambda: state(service, "line_1") == "online", what="online")
    presence.went("line_1", "pad_line")
    until_turned(lambda: state(service, "line_1") == "offline", what="offline")
    looks()
    assert len(reports(service)) == 2


def test_what_hangs_on_a_silent_line_is_not_told_as_well(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_line_s=0.02, silent_s=0.02)
    presence.heard(["line_1", "pad_1", "window_1"])
    until_turned(lambda: state(service, "line_1") == "offline", what="the line offline")
    looks()
    assert reports(service) == [("line_1", "offline", "not_heard")]


def test_a_pad_its_line_forgot_is_found_all_the_same(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_s=0.05)

    def beat() -> bool:
        presence.heard(["line_1"])
        return state(service, "pad_1") == "offline"

    presence.heard(["line_1", "pad_1"])
    until_turned(beat, what="the pad offline")
    assert reports(service) == [("pad_1", "offline", "not_heard")]


def test_a_pad_the_line_calls_silent_is_the_line_s_to_call_back(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_s=0.02)
    presence.heard(["pad_1"])
    service.dispatch(ReportDevice("pad_1", "call_pad", "offline", "no_answer"), "line-0001", LINE)
    looks()
    presence.heard(["pad_1"])
    looks()
    assert reports(service) == [("pad_1", "offline", "no_answer")]


def test_a_device_that_sends_no_heartbeats_is_not_missed(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_line_s=0.01, silent_s=0.01)
    presence.reported("pad_1")
    looks()
    assert reports(service) == []
    assert presence.last_heard("pad_1") == MORNING
    assert presence.last_heard("pad_2") is None


def test_a_server_that_was_held_up_itself_blames_nobody(
    service: BranchService, watch: Callable[..., Presence], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(watched, "monotonic", lambda: now[0])
    presence = watch(silent_line_s=5.0)
    presence.heard(["line_1"])
    looks()
    # Ten seconds in one leap: the heartbeats of that time lie in sockets nobody has read yet.
    now[0] += 10.0
    presence_saw_it = state(service, "line_1")
    presence.heard(["line_1"])
    looks()
    assert presence_saw_it is None
    assert reports(service) == []


def test_pads_of_a_line_that_is_back_after_long_have_their_own_time_to_be_heard(
    service: BranchService, watch: Callable[..., Presence]
) -> None:
    presence = watch(silent_s=0.3)
    presence.heard(["line_1", "pad_1"])
    service.dispatch(ReportDevice("pad_1", "call_pad", "online"), "pad-on-01", LINE)
    service.dispatch(ReportDevice("line_1", "pad_line", "offline", "unplugged"), "line-off-01", LINE)
    gevent.sleep(0.4)
    service.dispatch(ReportDevice("line_1", "pad_line", "online"), "line-on-01", LINE)
    looks_at = len(reports(service))
    gevent.sleep(4 * watched.LOOK_S)
    # Not yet heard of since: its last beat is older than the line's fault, which was not its own.
    assert reports(service)[looks_at:] == []
    until_turned(lambda: state(service, "pad_1") == "offline", what="a pad that stays silent is missed")
