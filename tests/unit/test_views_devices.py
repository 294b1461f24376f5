"""Devices in views: how each stands, when the display apologises, and what a pad line is shown (H1, H2, D1, C1)."""

from __future__ import annotations

from typing import get_args

import pytest
from babel.messages.pofile import read_po

from queue_server.domain import commands as c
from queue_server.domain.branch import Rating
from queue_server.views import apologies, display, lobby, pads
from queue_server.views.devices import device_views, is_up
from queue_server.views.lately import Lately, after, of_day
from queue_server.views.scene import Offer, Scene
from queue_server.wire.devices import DeviceKind, DeviceView
from queue_server.wire.pads import PadCounterView
from tests.conftest import ROOT
from tests.hall import DISPLAY, KIOSK, LINE, LOBBY, MORNING, Hall, evaluator, pad, pad_branch, small_branch

NOTICES = ROOT / "queue_server" / "locale" / "zh_CN" / "LC_MESSAGES" / "notices.po"


@pytest.fixture
def hall() -> Hall:
    """A morning with pads at every counter, counter 1 open."""
    return Hall(pad_branch()).open("1")


def scene(hall: Hall) -> Scene:
    """The hall as views look at it."""
    lately = Lately()
    for position, event in enumerate(hall.events, start=1):
        lately = after(lately, hall.day, position, event)
    return Scene(
        hall.branch, hall.day, hall.now, {}, lately, Offer(version="v1", expected_configs={"pad-1": "3B7E"})
    )


def report(hall: Hall, code: str, state: str, fault: str | None = None, **more: str) -> None:
    """What a device says of itself, or its holder of it."""
    device = hall.branch.device_by_code[code]
    holder = device.part_of or code
    who = next(actor for actor in (KIOSK, DISPLAY, LINE) if actor.id == holder)
    hall.do(c.ReportDevice(code, device.kind, state, fault, **more), who)


def view(hall: Hall, code: str) -> DeviceView:
    """One device."""
    return next(one for one in device_views(scene(hall)) if one.device == code)


def counter(hall: Hall, code: str = "1") -> PadCounterView:
    """A counter as its pad shows it."""
    return pads.pad_counter(scene(hall), code)


def apologised(hall: Hall) -> list[str]:
    """What the displays apologise for."""
    return [notice.notice_id for notice in apologies.apologies(scene(hall))]


# --- how devices stand -----------------------------------------------------------------------------------------------


def test_every_kind_of_device_there_is_has_its_place_in_the_list(hall: Hall) -> None:
    listed = device_views(scene(hall))
    assert len(listed) == len(hall.branch.devices)
    assert {one.kind for one in listed} == set(get_args(DeviceKind))
    assert {one.state for one in listed} == {"unknown"}


def test_what_a_device_should_run_stands_beside_what_it_runs(hall: Hall) -> None:
    report(hall, "pad-1", "online", firmware="1.3", config="0BAD")
    shown = view(hall, "pad-1")
    assert (shown.firmware, shown.config, shown.expected_config) == ("1.3", "0BAD", "3B7E")
    assert view(hall, "pad-2").expected_config is None


def test_what_hangs_on_a_line_nobody_hears_from_is_offline_with_it(hall: Hall) -> None:
    report(hall, "line-1", "online")
    report(hall, "pad-1", "online")
    report(hall, "window-1", "fault", "config_drift")
    hall.after(60)
    report(hall, "line-1", "offline", "no_connection")
    shown = view(hall, "pad-1")
    assert (shown.state, shown.fault, shown.since) == ("offline", "no_connection", hall.now)
    assert not is_up(hall.day, hall.branch.device_by_code["pad-1"])
    # A fault of its own is what is known of it, and stays.
    assert view(hall, "window-1").fault == "config_drift"
    assert view(hall, "evaluator-1").state == "unknown"
    report(hall, "line-1", "online")
    assert view(hall, "pad-1").state == "online"
    assert view(hall, "pad-1").since == MORNING


def test_a_line_with_a_fault_of_its_own_still_tells_of_its_pads(hall: Hall) -> None:
    report(hall, "line-1", "fault", "wrong_speed")
    report(hall, "pad-1", "online")
    assert view(hall, "pad-1").state == "online"


# --- the apology -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "fault", "notice"),
    [
        ("kiosk-1", "no_connection", ["apology-kiosk"]),
        ("printer-1", "paper_out", ["apology-kiosk"]),
        ("lobby-1", "no_connection", ["apology-display"]),
        ("lobby-1-speaker", "no_sound_device", ["apology-speaker"]),
        ("line-1", "unplugged", ["apology-pad_line"]),
        # Customers notice nothing of these.
        ("printer-1", "near_end", []),
        ("pad-1", "stuck_key", []),
        ("window-1", "config_drift", []),
    ],
)
def test_the_display_apologises_for_what_customers_notice(
    hall: Hall, device: str, fault: str, notice: list[str]
) -> None:
    assert apologised(hall) == []
    report(hall, device, "fault", fault)
    assert apologised(hall) == notice
    report(hall, device, "online")
    assert apologised(hall) == []


def test_one_of_two_kiosks_sends_customers_to_the_other() -> None:
    branch = small_branch()
    two = small_branch(devices=(*branch.devices, type(branch.devices[0])("kiosk-2", "kiosk")))
    hall = Hall(two).open("1")
    report(hall, "printer-1", "fault", "paper_out")
    [notice] = apologies.apologies(scene(hall))
    assert notice.text.en == "We are sorry: a ticket kiosk is out of order. Please use another one."
    assert notice.text.zh.startswith("部分取号机")


def test_apologies_stand_before_what_the_staff_posted(hall: Hall) -> None:
    hall.do(c.PostNotice("请带身份证", "Bring your ID card"), LOBBY)
    report(hall, "kiosk-1", "fault", "x")
    report(hall, "line-1", "fault", "unplugged")
    shown = display.sections(scene(hall)).notices
    assert [notice.is_apology for notice in shown] == [True, True, False]
    # The lobby manager takes down what staff put up; this goes by itself.
    assert [notice.is_apology for notice in lobby.sections(scene(hall)).notices] == [False]


def test_every_apology_is_in_the_catalogue() -> None:
    with NOTICES.open("rb") as file:
        known = {str(one.id): str(one.string) for one in read_po(file, locale="zh_CN") if one.id}
    said = {
        words for name, words in vars(apologies).items() if name.startswith("_") and isinstance(words, str)
    }
    assert {words for words in said if words.startswith("We are sorry")} == set(known)
    assert all(known.values())


# --- what a pad shows ------------------------------------------------------------------------------------------------


def test_a_pad_counts_whom_its_counter_could_call(hall: Hall) -> None:
    for service in ("cash", "cash", "company"):
        hall.issue(service)
    assert counter(hall).waiting == 2
    assert counter(hall, "3").waiting == 1
    number = hall.call("1")
    shown = counter(hall)
    assert (shown.state, shown.number, shown.waiting) == ("calling", number, 1)


@pytest.mark.parametrize(("share", "level"), [(0.5, 0), (0.8, 1), (1.0, 2), (1.5, 3), (2.5, 3)])
def test_the_lamp_follows_the_standard(hall: Hall, share: float, level: int) -> None:
    hall.issue("cash")
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(300 * share).check()
    assert counter(hall).level == level


def test_an_unheard_call_a_pause_and_a_supervisor_are_on_the_pad(hall: Hall) -> None:
    hall.issue("cash")
    hall.call("1")
    hall.after(3).check()
    assert counter(hall).is_unheard
    hall.shown()
    assert not counter(hall).is_unheard
    hall.at("1", c.StartService)
    assert counter(hall).supervisor == "none"
    hall.at("1", c.CallSupervisor)
    assert counter(hall).supervisor == "called"
    hall.do(c.AnswerSupervisor("1"), LOBBY)
    assert counter(hall).supervisor == "answered"
    hall.at("1", c.FinishService)
    hall.at("1", c.PauseCounter, reason="lunch")
    shown = counter(hall)
    assert (shown.state, shown.reason, shown.supervisor) == ("paused", "lunch", "none")


def test_a_rating_is_asked_until_it_is_given_or_too_late(hall: Hall) -> None:
    def visit() -> str:
        hall.issue("cash")
        number = hall.call("1")
        hall.at("1", c.StartService)
        hall.at("1", c.FinishService)
        return number

    first = visit()
    asked = counter(hall).rating
    assert asked is not None
    assert asked.number == first
    hall.do(c.RateVisit("1", "evaluator-1", Rating.SATISFIED), evaluator("1"))
    assert counter(hall).rating is None
    visit()
    hall.after(61).check()
    assert counter(hall).rating is None
    today = lobby.sections(scene(hall)).today
    assert (today.ratings["satisfied"], today.ratings["dissatisfied"], today.not_rated) == (1, 0, 1)
    # A server that starts now counts the same from the day alone.
    lately = of_day(hall.day)
    assert (dict(lately.ratings), lately.not_rated) == ({Rating.SATISFIED: 1}, 1)


def test_a_line_is_shown_the_counters_of_its_devices_and_the_version(hall: Hall) -> None:
    shown = pads.sections(scene(hall), "line-1")
    assert [one.counter for one in shown.counters] == ["1", "2", "3"]
    assert shown.configuration.version == "v1"
    assert pads.sections(scene(hall), "no-line").counters == []


def test_a_press_of_a_pad_shows_on_it(hall: Hall) -> None:
    hall.issue("cash")
    hall.do(c.PressKey("pad-1", "1", "call_next"), pad("1"))
    assert counter(hall).state == "calling"
