"""Potential complaints with their evidence."""

from __future__ import annotations

from typing import Any

from queue_server.wire import lobby
from queue_server.wire.shapes import Text
from tests.e2e.states.branch import LI, ago
from tests.e2e.states.tickets import announced


def incidents() -> list[lobby.IncidentView]:
    """A missed number a device caused, a queue jump, a wait over the limit, a manual entry."""
    return [
        device_fault(),
        low_rating(),
        lobby.IncidentView(
            incident_id="i-3",
            kind="missed_number",
            cause="returned_to_head",
            attribution="device",
            severity=3,
            severity_reasons=["long_wait", "unheard_call"],
            opened_at=ago(140),
            number="A011",
            counter="3",
            teller="t3",
            teller_name=LI,
            announcements=[announced(1, 200), announced(2, 180, "unheard"), announced(3, 160, "unheard")],
            passed_over=[],
            facts={
                "service": "cash",
                "customer_class": "ordinary",
                "wait_ms": "1105000",
                "way_ms": "61000",
                "gaps_ms": "20000 20000",
                "overtaken": "0",
                "misses": "0",
                "outcome": "returned_to_head",
            },
            note="",
            amendments=["no_show_undone"],
        ),
        lobby.IncidentView(
            incident_id="i-2",
            kind="queue_jump",
            cause="specific_call",
            attribution="teller",
            severity=2,
            severity_reasons=["overtaken_out_of_order"],
            opened_at=ago(700),
            number="B006",
            counter="4",
            teller="t4",
            teller_name=Text(zh="赵静", en="Zhao Jing"),
            announcements=[announced(4, 720)],
            passed_over=[
                lobby.PassedOverView(number="A013", reason="out_of_order"),
                lobby.PassedOverView(number="B007", reason="out_of_order"),
            ],
            facts={"policy": "head-start-with-cap@1", "overtaken": "0"},
            note="appointment",
            amendments=[],
        ),
        lobby.IncidentView(
            incident_id="i-1",
            kind="cash_van_late",
            cause="recorded_by_staff",
            attribution="branch",
            severity=1,
            severity_reasons=[],
            opened_at=ago(5400),
            number=None,
            counter=None,
            teller=None,
            teller_name=None,
            announcements=[],
            passed_over=[],
            facts={},
            note="押运车辆堵车，预计 9:40 到达",
            amendments=[],
        ),
    ]


def device_fault(**changes: Any) -> lobby.IncidentView:
    """The printer ran out of paper and was given a new roll; three customers were touched."""
    return _incident(
        incident_id="i-9",
        kind="device_fault",
        cause="paper_out",
        attribution="device",
        severity=2,
        opened_at=ago(500),
        facts={
            "device": "printer_1",
            "device_kind": "ticket_printer",
            "part_of": "kiosk_1",
            "touched": "A010",
        },
        note="the paper sensor reports the end of the roll",
        amendments=["cover_open", "device_back"],
        closed_at=ago(210),
        numbers=["A010", "A014", "A015"],
        **changes,
    )


def low_rating() -> lobby.IncidentView:
    """A customer was not satisfied, after a long wait."""
    return _incident(
        incident_id="i-8",
        kind="low_rating",
        cause="dissatisfied",
        attribution="branch",
        severity=2,
        severity_reasons=["long_wait"],
        opened_at=ago(80),
        number="A007",
        counter="3",
        teller="t3",
        teller_name=LI,
        facts={"rating": "dissatisfied", "evaluator": "evaluator_3", "wait_ms": "1105000", "service": "cash"},
    )


def _incident(**fields: Any) -> lobby.IncidentView:
    empty: dict[str, Any] = {
        "severity_reasons": [],
        "number": None,
        "counter": None,
        "teller": None,
        "teller_name": None,
        "announcements": [],
        "passed_over": [],
        "facts": {},
        "note": "",
        "amendments": [],
    }
    return lobby.IncidentView(**{**empty, **fields})
