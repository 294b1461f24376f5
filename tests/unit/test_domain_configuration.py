"""Another configuration under a running day: whoever is in the branch is served to the end (F1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.errors import NotPermitted, UnknownCounter, UnknownDevice, UnknownService
from tests.hall import KIOSK, LOBBY, Hall, names, of, pad_branch, teller


def load(
    hall: Hall,
    version: str,
    *,
    counters: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
    devices: tuple[str, ...] = (),
) -> list[e.Event]:
    """The whole branch without those."""
    whole = pad_branch()
    hall.branch = replace(
        whole,
        counters=tuple(one for one in whole.counters if one.code not in counters),
        services=tuple(one for one in whole.services if one.code not in services),
        devices=tuple(one for one in whole.devices if one.code not in devices),
    )
    return hall.do(c.LoadConfiguration(version, ("services",)), SYSTEM)


@pytest.fixture
def hall() -> Hall:
    """Counters 1 and 2 are open."""
    return Hall(pad_branch()).open("1", "2")


def test_a_configuration_is_recorded_when_it_is_another_one(hall: Hall) -> None:
    loaded = load(hall, "9a3c")[0]
    assert isinstance(loaded, e.ConfigurationLoaded)
    assert (loaded.version, loaded.changed) == ("9a3c", ("services",))
    assert loaded.services == ("cash", "account", "company", "fx")
    assert load(hall, "9a3c") == []
    assert names(load(hall, "77aa")) == ["ConfigurationLoaded"]


def test_it_needs_no_open_day_and_is_known_the_day_after() -> None:
    hall = Hall(pad_branch())
    assert names(load(hall, "9a3c")) == ["ConfigurationLoaded"]
    hall.issue()
    assert load(hall, "9a3c") == []
    hall.after(minutes=24 * 60).issue()
    assert load(hall, "9a3c") == []
    hall.do(c.CloseDay(), LOBBY)
    assert names(load(hall, "77aa")) == ["ConfigurationLoaded"]


def test_only_the_server_or_a_technician_loads_one(hall: Hall) -> None:
    with pytest.raises(NotPermitted):
        hall.do(c.LoadConfiguration("x"), LOBBY)
    assert hall.do(c.LoadConfiguration("x"), Actor("sun", Role.TECHNICIAN))


def test_customers_of_a_service_that_is_gone_are_called_and_served_by_anybody(hall: Hall) -> None:
    being_served, waiting, held = (hall.issue("account") for _ in range(3))
    hall.call("1")
    hall.at("1", c.StartService)
    hall.do(c.CallTicket("2", held, "first the form"), teller("2"))
    hall.at("2", c.HoldTicket, reason="form_filling")
    load(hall, "v2", services=("account",))
    hall.after(60).at("1", c.FinishService)
    assert hall.ticket(being_served).state is TicketState.SERVED
    # Counter 2 never had the skill; now nobody needs it.
    assert hall.call("2") == waiting
    hall.at("2", c.StartService)
    hall.at("2", c.FinishService)
    hall.do(c.ResumeTicket(held), LOBBY)
    assert hall.call("2") == held
    with pytest.raises(UnknownService):
        hall.issue("account")


def test_a_service_that_is_back_needs_its_skill_again(hall: Hall) -> None:
    hall.issue("account")
    load(hall, "v2", services=("account",))
    load(hall, "v3")
    assert hall.day.configuration is not None
    assert hall.day.configuration.services_gone == frozenset()
    assert hall.call("1") == "B001"


def test_a_counter_that_is_gone_finishes_its_customer_and_closes_and_calls_nobody(hall: Hall) -> None:
    number = hall.issue()
    hall.issue()
    hall.call("2")
    assert names(load(hall, "v2", counters=("2",))) == ["ConfigurationLoaded"]
    hall.at("2", c.Recall)
    hall.at("2", c.StartService)
    hall.at("2", c.SetTransaction, service="fx")
    hall.after(60).at("2", c.FinishService)
    assert hall.ticket(number).state is TicketState.SERVED
    with pytest.raises(UnknownCounter):
        hall.at("2", c.CallNext)
    hall.at("2", c.CloseCounter)
    assert hall.day.desk("2").state is CounterState.CLOSED
    with pytest.raises(UnknownCounter):
        hall.at("2", c.OpenCounter, teller="teller-2")


def test_idle_counters_that_are_gone_close_at_once(hall: Hall) -> None:
    hall.do(c.PauseCounter("1", "lunch"), LOBBY)
    happened = load(hall, "v2", counters=("1", "2"))
    assert [x.counter for x in of(e.CounterClosed, happened)] == ["1", "2"]  # type: ignore[attr-defined]


def test_who_was_reserved_for_a_counter_that_is_gone_is_called_by_others(hall: Hall) -> None:
    number = hall.issue()
    hall.issue()
    hall.call("1")
    hall.at("1", c.TransferTicket, to_counter="2")
    hall.do(c.CallTicket("2", "A002", "first"), teller("2"))
    load(hall, "v2", counters=("2",))
    assert hall.call("1") == number


def test_devices_that_are_gone_take_their_faults_along(hall: Hall) -> None:
    hall.device("line-1", "offline", "unplugged")
    hall.device("pad-1", "offline", "no_answer")
    happened = load(hall, "v2", devices=("line-1",))
    closed = of(e.IncidentClosed, happened)[0]
    assert isinstance(closed, e.IncidentClosed)
    assert closed.note == "device_removed"
    assert "line-1" not in hall.day.devices
    assert not hall.day.outages
    with pytest.raises(UnknownDevice):
        hall.do(c.ReportDevice("line-1", "pad_line", "online"), KIOSK)
    # Nothing covers the pad any more.
    assert names(hall.after(10).check())[:2] == ["DeviceReported", "IncidentOpened"]
