"""Devices of a hall in every state: what `GET /api/v1/devices` and the lobby page's health strip are told."""

from __future__ import annotations

from typing import Any

from queue_server.wire.devices import DeviceView
from tests.e2e.states.branch import ago

GOOD = "9C41"


def device(name: str, kind: str, state: str = "online", **changes: Any) -> DeviceView:
    """One device, by its id and kind; well unless the test says otherwise."""
    fields: dict[str, Any] = {
        "device": name,
        "kind": kind,
        "state": state,
        "since": None if state == "unknown" else ago(5400),
        "last_heard_at": None if state in ("offline", "unknown") else ago(1),
    }
    return DeviceView(**{**fields, **changes})


def at_counter(counter: str, kind: str, name: str, state: str = "online", **changes: Any) -> DeviceView:
    """A device of the RS-485 line, standing at a counter."""
    fields = {
        "part_of": "line_1",
        "counter": counter,
        "firmware": "1.4",
        "config": GOOD,
        "expected_config": GOOD,
    }
    return device(name, kind, state, **{**fields, **changes})


def devices() -> list[DeviceView]:
    """Fourteen devices on a bad morning: every state, and configurations that differ."""
    return [
        device("display_1", "lobby_display", firmware="1.0"),
        device("kiosk_1", "kiosk", firmware="1.0"),
        device(
            "display_1-speaker",
            "speaker",
            "fault",
            fault="no_sound_device",
            since=ago(300),
            part_of="display_1",
        ),
        device(
            "printer_1",
            "ticket_printer",
            "fault",
            fault="paper_out",
            detail="the paper sensor reports the end of the roll",
            since=ago(60),
            part_of="kiosk_1",
            incident_id="i-9",
            last_fault="paper_out",
            last_fault_at=ago(60),
        ),
        device("line_1", "pad_line", firmware="1.0"),
        at_counter("1", "call_pad", "pad_1"),
        at_counter(
            "2",
            "call_pad",
            "pad_2",
            "offline",
            fault="no_answer",
            detail="no answer to 12 polls",
            since=ago(95),
            last_heard_at=ago(100),
            incident_id="i-8",
            last_fault="no_answer",
            last_fault_at=ago(95),
        ),
        at_counter("3", "call_pad", "pad_3", last_fault="stuck_key", last_fault_at=ago(3700)),
        at_counter("1", "window_screen", "window_1"),
        at_counter("2", "window_screen", "window_2"),
        at_counter(
            "3",
            "window_screen",
            "window_3",
            "fault",
            fault="config_drift",
            config="1B07",
            since=ago(600),
            last_fault="config_drift",
            last_fault_at=ago(600),
        ),
        at_counter("1", "evaluator", "evaluator_1"),
        at_counter("2", "evaluator", "evaluator_2", firmware=None, config=None, expected_config=None),
        at_counter("3", "evaluator", "evaluator_3", "unknown", firmware=None, config=None),
    ]


def branch_answer(counters: int = 3) -> dict[str, Any]:
    """What `GET /api/v1/branch` says of it, as far as the devices page reads it."""
    return {
        "branch": "cs001",
        "bank": {"zh": "长沙示范银行", "en": "Changsha Model Bank"},
        "name": {"zh": "五一路支行", "en": "Wuyi Road Branch"},
        "zone": "Asia/Shanghai",
        "counters": [
            {"counter": str(n), "name": {"zh": f"{n} 号窗口", "en": f"Counter {n}"}}
            for n in range(1, counters + 1)
        ],
    }
