"""Devices: what they run, spans of being out of order, whom a span touches, one incident per span (H1, H2, I1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.day import Incident, KnownDevice
from queue_server.errors import InvalidRequest, NotPermitted, UnknownDevice
from tests.hall import KIOSK, LINE, LOBBY, Hall, incidents, names, of, pad, pad_branch


@pytest.fixture
def hall() -> Hall:
    """Counters 1 and 2 are open; nothing was heard of any device."""
    return Hall(pad_branch()).open("1", "2")


def known(hall: Hall, device: str) -> KnownDevice:
    """The device as the day knows it."""
    found: KnownDevice = hall.day.devices[device]
    return found


def incident_of(hall: Hall, kind: str = "device_fault") -> Incident:
    """The newest incident of the kind."""
    found = [one for one in hall.day.incidents.values() if one.opened.kind == kind]
    return max(found, key=lambda one: int(one.opened.incident_id[1:]))


# --- what a device says of itself ----------------------------------------------------------------------------------


def test_a_device_tells_what_it_runs_and_what_is_not_told_stays_known(hall: Hall) -> None:
    hall.device("pad-1", "online", firmware="1.4", config="9A3C")
    assert hall.device("pad-1", "online") == []
    hall.device("pad-1", "offline", "no_answer")
    hall.device("pad-1", "online", config="0000")
    assert (known(hall, "pad-1").firmware, known(hall, "pad-1").config) == ("1.4", "0000")


def test_another_configuration_is_news_and_no_new_fault(hall: Hall) -> None:
    hall.device("pad-1", "fault", "config_drift", config="0000")
    since = known(hall, "pad-1").since
    assert names(hall.after(5).device("pad-1", "fault", "config_drift", config="1111")) == ["DeviceReported"]
    assert known(hall, "pad-1").since == since


def test_a_report_says_where_the_device_hung_and_which_counters_it_worked_for(hall: Hall) -> None:
    assert of(e.DeviceReported, hall.device("pad-2", "online"))[0] == e.DeviceReported(
        hall.now, "pad-2", "call_pad", "online", part_of="line-1", counters=("2",)
    )
    line = of(e.DeviceReported, hall.device("line-1", "online"))[0]
    assert isinstance(line, e.DeviceReported)
    assert line.counters == ("1", "2", "3")


def test_since_when_and_the_last_fault_are_known_also_when_it_is_over(hall: Hall) -> None:
    hall.device("pad-1", "online")
    hall.after(60).device("pad-1", "fault", "stuck_key")
    failed_at = hall.now
    hall.after(30).device("pad-1", "online")
    now = known(hall, "pad-1")
    assert (now.state, now.since) == ("online", hall.now)
    assert (now.last_fault, now.last_fault_at) == ("stuck_key", failed_at)


def test_a_line_speaks_for_what_hangs_on_it_and_for_nobody_else(hall: Hall) -> None:
    for device in ("kiosk-1", "lobby-1"):
        with pytest.raises(NotPermitted):
            hall.do(c.ReportDevice(device, "kiosk", "offline"), LINE)
    with pytest.raises(NotPermitted):
        hall.do(c.ReportDevice("pad-2", "call_pad", "offline"), pad("1"))
    with pytest.raises(UnknownDevice):
        hall.do(c.ReportDevice("pad-99", "call_pad", "offline"), LINE)
    with pytest.raises(InvalidRequest):
        hall.device("pad-1", "tired")


# --- one incident per span -----------------------------------------------------------------------------------------


def test_a_span_has_one_incident_amended_by_other_faults_and_closed_when_the_device_is_back(
    hall: Hall,
) -> None:
    assert incidents(hall.device("pad-1", "offline", "no_answer")) == [
        ("device_fault", "no_answer", "device")
    ]
    assert names(hall.after(30).device("pad-1", "fault", "duplicate_address")) == [
        "DeviceReported",
        "IncidentAmended",
    ]
    closed = of(e.IncidentClosed, hall.after(30).device("pad-1", "online"))[0]
    assert isinstance(closed, e.IncidentClosed)
    assert (closed.note, closed.span_ms) == ("device_back", 60_000)
    incident = incident_of(hall)
    assert incident.closed_at == hall.now
    assert incident.amendments == ("duplicate_address", "device_back")
    assert dict(incident.opened.facts) == {
        "device": "pad-1",
        "device_kind": "call_pad",
        "part_of": "line-1",
        "counters": "1",
    }
    assert incident.opened.counter == "1"
    assert incidents(hall.after(1).device("pad-1", "offline")) != []


def test_a_line_that_fails_is_one_incident_and_not_one_for_each_pad(hall: Hall) -> None:
    for device in ("line-1", "pad-1", "pad-2", "evaluator-1"):
        hall.device(device, "online")
    assert incidents(hall.device("line-1", "offline", "unplugged")) == [
        ("device_fault", "unplugged", "device")
    ]
    for device in ("pad-1", "pad-2", "evaluator-1"):
        assert names(hall.device(device, "offline", "no_answer")) == ["DeviceReported"]
    hall.after(10)
    assert names(hall.device("line-1", "online")) == ["DeviceReported", "IncidentClosed"]
    for device in ("pad-1", "pad-2", "evaluator-1"):
        assert names(hall.after(1).device(device, "online")) == ["DeviceReported"]
    assert hall.after(60).check() == []
    assert not hall.day.covered


def test_a_pad_that_does_not_come_back_with_its_line_has_an_incident_of_its_own(hall: Hall) -> None:
    hall.device("line-1", "offline", "unplugged")
    hall.device("pad-1", "offline", "no_answer")
    hall.device("pad-2", "offline", "no_answer")
    assert hall.after(60).check() == []
    hall.device("line-1", "online")
    # Told again at once: what hung on the line is asked for by itself.
    assert incidents(hall.device("pad-2", "offline", "no_answer")) == [
        ("device_fault", "no_answer", "device")
    ]
    assert hall.after(9.999).check() == []
    assert incidents(hall.after(0.001).check()) == [("device_fault", "no_answer", "device")]
    assert hall.after(60).check() == []
    hall.device("pad-1", "online")
    hall.device("pad-2", "online")
    assert not hall.day.device_incidents


def test_a_pad_that_failed_before_its_line_keeps_its_own_incident(hall: Hall) -> None:
    hall.device("pad-1", "offline", "no_answer")
    own = hall.day.device_incidents["pad-1"]
    hall.device("line-1", "offline", "unplugged")
    hall.device("pad-1", "offline", "unplugged")
    hall.device("line-1", "online")
    assert hall.day.device_incidents["pad-1"] == own
    assert names(hall.device("pad-1", "online")) == ["DeviceReported", "IncidentClosed"]


def test_a_fault_of_a_device_goes_on_over_night_and_closes_the_day_after(hall: Hall) -> None:
    hall.device("lobby-1", "online")
    hall.after(60).device("lobby-1", "offline", "no_connection")
    failed_at = hall.now
    hall.device("line-1", "offline", "unplugged")
    hall.device("pad-1", "offline", "no_answer")
    before = known(hall, "lobby-1")
    hall.now += timedelta(days=1)
    number = hall.issue()
    assert known(hall, "lobby-1") == before
    assert (before.since, before.last_fault_at) == (failed_at, failed_at)
    assert hall.day.covered == {"pad-1"}
    hall.open("1")
    hall.call("1")
    assert hall.ticket(number).devices == ("lobby-1",)
    closed = of(e.IncidentClosed, hall.device("lobby-1", "online"))[0]
    assert isinstance(closed, e.IncidentClosed)
    assert closed.span_ms == 24 * 3_600_000
    assert closed.numbers == (number,)


# --- whom it touches -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", ["lobby-1", "lobby-1-speaker"])
def test_a_display_or_loudspeaker_touches_the_calls_made_and_open_in_its_span(
    hall: Hall, device: str
) -> None:
    before, open_call, within, after = (hall.issue() for _ in range(4))
    hall.serve("1")
    hall.call("1")
    hall.after(5).device(device, "fault", "no_picture")
    hall.call("2")
    hall.after(5).device(device, "online")
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    hall.call("1")
    marks = [hall.ticket(number).devices for number in (before, open_call, within, after)]
    assert marks == [(), (device,), (device,), ()]
    assert [hall.ticket(number).is_device_affected for number in (before, within)] == [False, True]
    assert incident_of(hall).numbers == (open_call, within)
    assert dict(incident_of(hall).opened.facts)["touched"] == open_call


def test_a_recall_in_the_span_touches_the_ticket_as_well(hall: Hall) -> None:
    number = hall.issue()
    hall.device("lobby-1", "offline")
    hall.device("lobby-1", "online")
    hall.call("1")
    hall.device("lobby-1-speaker", "offline")
    hall.device("lobby-1-speaker", "online")
    hall.device("lobby-1", "offline")
    hall.at("1", c.Recall)
    assert hall.ticket(number).devices == ("lobby-1-speaker", "lobby-1")


def test_a_kiosk_or_printer_touches_the_numbers_taken_there_or_given_by_hand_meanwhile(hall: Hall) -> None:
    unreported = hall.issue()
    hall.after(1).device("printer-1", "fault", "paper_out")
    within = hall.issue()
    hall.do(c.IssueTicket("cash", "by-hand"), LOBBY)
    hall.do(c.IssueTicket("cash", "elsewhere", kiosk="kiosk-2"), KIOSK)
    hall.after(60).device("printer-1", "online")
    after = hall.issue()
    marks = [hall.ticket(number).devices for number in (unreported, within, "A003", "A004", after)]
    assert marks == [("printer-1",), ("printer-1",), ("printer-1",), (), ()]
    assert incident_of(hall).numbers == (unreported, within, "A003")


@pytest.mark.parametrize("device", ["pad-1", "window-1", "evaluator-1"])
def test_a_device_at_a_counter_touches_the_transactions_that_run_there(hall: Hall, device: str) -> None:
    here, there = hall.issue(), hall.issue()
    for counter in ("1", "2"):
        hall.call(counter)
        hall.at(counter, c.StartService)
    hall.at("1", c.NextTransaction, service="fx")
    hall.device(device, "offline", "no_answer")
    hall.at("1", c.NextTransaction, service="cash")
    hall.after(60).device(device, "online")
    hall.at("1", c.NextTransaction, service="fx")
    assert [one.devices for one in hall.ticket(here).transactions] == [(), (device,), (device,), ()]
    assert [one.devices for one in hall.ticket(there).transactions] == [()]
    assert incident_of(hall).numbers == (here,)


def test_a_line_touches_the_transactions_at_every_counter_on_it(hall: Hall) -> None:
    numbers = [hall.issue(), hall.issue()]
    hall.call("1")
    hall.at("1", c.StartService)
    hall.device("line-1", "offline", "unplugged")
    hall.device("pad-1", "offline", "no_answer")
    hall.call("2")
    hall.at("2", c.StartService)
    assert [hall.ticket(number).transactions[0].devices for number in numbers] == [("line-1",), ("line-1",)]


@pytest.mark.parametrize(
    ("device", "fault"),
    [("pad-1", "config_drift"), ("pad-1", "low_voltage"), ("pad-1", "tamper"), ("printer-1", "near_end")],
)
def test_a_fault_with_which_a_device_still_works_is_an_incident_and_touches_nobody(
    hall: Hall, device: str, fault: str
) -> None:
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    opened = of(e.IncidentOpened, hall.device(device, "fault", fault))[0]
    assert isinstance(opened, e.IncidentOpened)
    assert (opened.cause, opened.severity) == (fault, 1)
    late = hall.issue()
    assert hall.ticket(number).transactions[0].devices == ()
    assert hall.ticket(late).devices == ()
    hall.device(device, "offline", "no_answer")
    touched = hall.ticket(number).transactions[0].devices if device == "pad-1" else hall.ticket(late).devices
    assert touched == (device,)


def test_later_incidents_of_a_touched_visit_name_the_devices(hall: Hall) -> None:
    hall.issue()
    hall.device("lobby-1", "offline")
    hall.call("1")
    hall.at("1", c.StartService)
    hall.device("pad-1", "offline")
    hall.after(301).check()
    facts = dict(incident_of(hall, "service_over_standard").opened.facts)
    assert facts["failed_devices"] == "lobby-1 pad-1"


def test_the_server_speaks_for_any_device(hall: Hall) -> None:
    system = Actor("system", Role.SYSTEM)
    happened = hall.do(c.ReportDevice("line-1", "pad_line", "offline", "no_connection"), system)
    assert incidents(happened) == [("device_fault", "no_connection", "device")]
