"""The event codec: every event type survives the journal, and nothing else is taken for an event."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain import events
from queue_server.domain.branch import CustomerClass
from queue_server.domain.events import Event
from queue_server.errors import JournalAltered
from queue_server.journal import codec

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

moments = st.integers(0, 4 * 10**12).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)
# The database cannot hold half a surrogate pair, and no border lets one in.
st.register_type_strategy(str, st.text(st.characters(codec="utf-8")))
st.register_type_strategy(datetime, moments)

every_event: st.SearchStrategy[Event] = st.one_of(*[st.builds(kind) for kind in codec.EVENT_TYPES.values()])
of_each_type = pytest.mark.parametrize("kind", list(codec.EVENT_TYPES.values()), ids=list(codec.EVENT_TYPES))

ISSUED = events.TicketIssued(AT, "A001", 1, "cash", CustomerClass.VIP, "link", "zh", 0, 5, 10)


def body_of(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(codec.encode(event)[2])
    return body


def read(name: str, body: Any, version: int = 1) -> Event:
    return codec.decode(7, AT, name, version, json.dumps(body))


@of_each_type
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_type_comes_back_as_it_went(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(st.builds(kind))
    name, version, body = codec.encode(event)
    back = codec.decode(1, event.at, name, version, body)
    assert back == event
    assert {n: type(getattr(back, n)) for n in get_type_hints(kind)} == {
        n: type(getattr(event, n)) for n in get_type_hints(kind)
    }


@of_each_type
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_field_may_be_of_another_type_or_missing_or_strange(
    kind: type[Event], data: st.DataObject
) -> None:
    event = data.draw(st.builds(kind))
    name, _, _ = codec.encode(event)
    body = body_of(event)
    with pytest.raises(JournalAltered, match=r"position 7.*strange"):
        read(name, {**body, "strange": 1})
    for field in body:
        with pytest.raises(JournalAltered, match=f"position 7.*{field}"):
            read(name, {**body, field: {"an": "object"}})
        without = {key: value for key, value in body.items() if key != field}
        if _has_default(kind, field):
            expected = kind.__dataclass_fields__[field].default
            assert getattr(read(name, without), field) == expected
        else:
            with pytest.raises(JournalAltered, match=f"field {field} is missing"):
                read(name, without)


def _has_default(kind: type[Event], field: str) -> bool:
    return kind.__dataclass_fields__[field].default is not dataclasses.MISSING


@settings(deadline=None)
@given(every_event, st.text(max_size=40))
def test_any_text_as_a_body_is_an_event_or_an_alteration_never_a_bug(event: Event, noise: str) -> None:
    name, version, body = codec.encode(event)
    for text in (noise, body[: len(body) // 2], body + noise):
        with contextlib.suppress(JournalAltered):
            codec.decode(3, event.at, name, version, text)


@pytest.mark.parametrize("value", [True, "1", 1.0, None, [1]])
def test_a_number_is_a_whole_number_and_nothing_like_it(value: Any) -> None:
    read("ticket_issued", body_of(ISSUED))
    with pytest.raises(JournalAltered, match="sequence"):
        read("ticket_issued", {**body_of(ISSUED), "sequence": value})


def test_a_body_nested_without_end_is_an_alteration() -> None:
    with pytest.raises(JournalAltered):
        codec.decode(7, AT, "day_closed", 1, "[" * 100_000)


def test_an_unknown_type_or_version_is_named() -> None:
    with pytest.raises(JournalAltered, match=r"position 7.*ticket_eaten"):
        read("ticket_eaten", {})
    with pytest.raises(JournalAltered, match="no version 9"):
        read("ticket_issued", body_of(ISSUED), version=9)


def test_an_old_version_is_lifted_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.VERSIONS, events.DayClosed, 3)
    monkeypatch.setitem(codec.UPCASTS, ("day_closed", 1), lambda body: {"why": body["because"]})
    monkeypatch.setitem(codec.UPCASTS, ("day_closed", 2), lambda body: {"reason": body["why"]})
    assert read("day_closed", {"because": "late"}, version=1) == events.DayClosed(AT, "late")
    assert read("day_closed", {"why": "late"}, version=2) == events.DayClosed(AT, "late")


def test_types_are_named_for_ever_in_snake_case() -> None:
    assert codec.encode(events.DayClosed(AT, "next_day")) == ("day_closed", 1, '{"reason":"next_day"}')
    assert codec.EVENT_TYPES["ticket_issued"] is events.TicketIssued


def test_reports_of_devices_from_before_they_told_what_they_run_are_read() -> None:
    old = {
        "device": "lobby-1",
        "kind": "lobby_display",
        "state": "offline",
        "fault": "no_connection",
        "detail": "",
    }
    report = events.DeviceReported(AT, "lobby-1", "lobby_display", "offline", "no_connection")
    assert read("device_reported", old) == report
    assert (report.firmware, report.config, report.part_of, report.counters) == (None, None, None, ())
    opened = {
        "date": "2026-01-06",
        "devices": [{"at": "2026-01-05T09:00:00.000Z", **old}],
        "notices": [],
        "incidents": [],
    }
    assert read("day_opened", opened) == events.DayOpened(AT, date(2026, 1, 6), devices=(report,))


def test_a_start_from_before_it_could_be_assumed_was_pressed() -> None:
    started = events.ServiceStarted(AT, "A001", "1", "li", "cash", None, 300, "2026-1")
    body = body_of(started)
    del body["is_assumed"]
    assert read("service_started", body) == started
    assert not started.is_assumed
