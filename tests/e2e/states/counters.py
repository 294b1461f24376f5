"""Counters: one in any state, and the four of a busy hall."""

from __future__ import annotations

from typing import Any

from queue_server.wire import hall
from queue_server.wire.shapes import Text
from tests.e2e.states.branch import ACCOUNT, COUNTER_3, LI, ago
from tests.e2e.states.tickets import announced, ticket


def counter(state: hall.CounterStateName = "free", **changes: Any) -> hall.CounterView:
    """Counter 3 with Li Min."""
    fields: dict[str, Any] = {
        "counter": "3",
        "name": COUNTER_3,
        "state": state,
        "teller": None if state == "closed" else "t3",
        "teller_name": None if state == "closed" else LI,
        "since": ago(400),
        "reason": None,
        "pause_requested": None,
        "supervisor": None,
        "rating": None,
        "services": ["cash", "account", "card"],
        "ticket": None,
    }
    return hall.CounterView(**{**fields, **changes})


def hall_counters() -> list[hall.CounterView]:
    """Four counters in four states."""
    return [
        counter(
            "serving",
            counter="1",
            name=Text(zh="1 号窗口", en="Counter 1"),
            teller="t1",
            teller_name=Text(zh="王磊", en="Wang Lei"),
            ticket=ticket(number="A008", spent_ms=655_000),
        ),
        counter("closed", counter="2", name=Text(zh="2 号窗口", en="Counter 2")),
        counter(
            "calling",
            ticket=ticket(
                "way",
                is_unheard=True,
                announcements=[announced(1, 20), announced(2, 4, "unheard")],
                announcements_left=1,
                no_show_in_ms=36_000,
            ),
        ),
        counter(
            "serving",
            counter="4",
            name=Text(zh="4 号窗口", en="Counter 4"),
            teller="t4",
            teller_name=Text(zh="赵静", en="Zhao Jing"),
            pause_requested="lunch",
            ticket=ticket(
                number="B006", service="account", service_name=ACCOUNT, spent_ms=1_000_000, limit_s=1200
            ),
        ),
        counter(
            "paused",
            counter="5",
            name=Text(zh="5 号窗口", en="Counter 5"),
            teller="t5",
            teller_name=Text(zh="陈芳", en="Chen Fang"),
            reason="balancing",
            services=["business"],
        ),
    ]


def supervisor_call(at: str, seconds_ago: float, **changes: Any) -> hall.SupervisorCallView:
    """A teller's call for the supervisor, not answered yet."""
    fields: dict[str, Any] = {
        "call_id": 900 + int(at),
        "counter": at,
        "counter_name": Text(zh=f"{at} 号窗口", en=f"Counter {at}"),
        "teller": "t3",
        "teller_name": LI,
        "number": "A012",
        "called_at": ago(seconds_ago),
        "waited_ms": int(seconds_ago * 1000),
        "is_escalated": False,
        "answered_at": None,
        "answered_by": None,
        "answered_by_name": None,
        "response_ms": None,
    }
    return hall.SupervisorCallView(**{**fields, **changes})


def supervisor_answered(at: str, response_s: int) -> hall.SupervisorCallView:
    """The same, and Chen Jie is on her way."""
    return supervisor_call(
        at,
        response_s + 20,
        waited_ms=response_s * 1000,
        answered_at=ago(20),
        answered_by="chen_jie",
        answered_by_name=Text(zh="陈洁", en="Chen Jie"),
        response_ms=response_s * 1000,
    )


def supervisor_calls() -> list[hall.SupervisorCallView]:
    """One that went to the branch head, one somebody goes to, one that has just come."""
    return [
        supervisor_call(
            "1",
            141,
            number="A008",
            teller="t1",
            teller_name=Text(zh="王磊", en="Wang Lei"),
            is_escalated=True,
        ),
        supervisor_answered("4", 40),
        supervisor_call("3", 23),
    ]


def rating(number: str = "A012", said: str | None = None, is_open: bool = False) -> hall.RatingView:
    """What became of the last rating asked for: open, given or not given."""
    return hall.RatingView(number=number, asked_at=ago(25), is_open=is_open, rating=said)
