"""Tickets: at a counter, waiting, held, missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from queue_server.wire import hall
from tests.e2e.states.branch import ACCOUNT, BUSINESS, CARD, CASH, ago


def announced(index: int, seconds_ago: float, heard: str = "spoken") -> hall.Announced:
    """One announcement: `heard` is spoken, shown, none or unheard."""
    at = ago(seconds_ago)
    return hall.Announced(
        announcement_id=1000 + index,
        at=at,
        shown_at=at + timedelta(seconds=0.3) if heard in ("shown", "spoken") else None,
        spoken_at=at + timedelta(seconds=5) if heard == "spoken" else None,
        is_unheard=heard == "unheard",
    )


def ticket(phase: hall.PhaseName = "service", **changes: Any) -> hall.TicketAtCounter:
    """A ticket at the counter."""
    spent_ms = changes.pop("spent_ms", 204_000)
    limit_s = changes.pop("limit_s", 480)
    running = phase in ("service", "seat_away", "wrap_up")
    fields: dict[str, Any] = {
        "number": "A012",
        "service": "cash",
        "service_name": CASH,
        "customer_class": "ordinary",
        "issued_at": ago(1200),
        "phase": phase,
        "phase_since": ago(30),
        "times_ms": {
            "wait": 724_000,
            "way": 23_000 if phase == "way" else 18_000,
            "service": spent_ms if running else 0,
            "hold": 0,
            "seat_away": 42_000 if phase == "seat_away" else 0,
            "wrap_up": 12_000 if phase == "wrap_up" else 0,
        },
        "misses": 0,
        "is_device_affected": False,
        "announcements": [announced(1, 40), announced(2, 20)],
        "announcements_left": 0,
        "no_show_in_ms": None,
        "is_unheard": False,
        "away_at": "copier" if phase == "seat_away" else None,
        "transaction": hall.RunningTransaction(
            index=0,
            service="cash",
            service_name=CASH,
            amount_band="small",
            started_at=ago(204),
            spent_ms=spent_ms,
            limit_s=limit_s,
            standard_version="2026-01",
            level=0,
        )
        if running
        else None,
        "transactions_done": 0,
    }
    return hall.TicketAtCounter(**{**fields, **changes})


def waiting_ticket(number: str, waited_s: float, **changes: Any) -> hall.WaitingTicket:
    """A waiting ticket, its service by its series letter."""
    service, name = {
        "A": ("cash", CASH),
        "B": ("account", ACCOUNT),
        "C": ("card", CARD),
        "D": ("business", BUSINESS),
    }[number[0]]
    fields: dict[str, Any] = {
        "number": number,
        "service": service,
        "service_name": name,
        "customer_class": "ordinary",
        "issued_at": ago(waited_s),
        "waited_ms": int(waited_s * 1000),
        "reasons": [],
        "overtaken": 0,
        "is_beyond_quote": False,
        "wait_level": 0,
        "misses": 0,
        "reserved_counter": None,
        "print_state": "printed",
    }
    return hall.WaitingTicket(**{**fields, **changes})


def waiting() -> list[hall.WaitingTicket]:
    """Nine people, as mixed as in life."""
    return [
        waiting_ticket("C004", 310, customer_class="vip", reasons=["vip"]),
        waiting_ticket("A013", 1290, wait_level=20, overtaken=3, is_beyond_quote=True, reasons=["cap"]),
        waiting_ticket("B007", 1012, wait_level=15, overtaken=1),
        waiting_ticket("A009", 1500, reasons=["reinstated"], misses=1, wait_level=20),
        waiting_ticket("A014", 702, wait_level=10),
        waiting_ticket("A015", 415, customer_class="priority", reasons=["priority"], print_state="failed"),
        waiting_ticket("B008", 377),
        waiting_ticket("A016", 184),
        waiting_ticket("C005", 61),
    ]


def held() -> list[hall.HeldTicket]:
    """Two who fill in forms."""
    return [
        hall.HeldTicket(
            number="B005", service_name=ACCOUNT, counter="3", held_ms=265_000, reason="form_filling"
        ),
        hall.HeldTicket(
            number="A010", service_name=CASH, counter="1", held_ms=61_000, reason="papers_missing"
        ),
    ]


def missed() -> list[hall.MissedTicket]:
    """One that can come back, one that cannot."""
    return [
        hall.MissedTicket(
            number="A011",
            service_name=CASH,
            counter="1",
            missed_at=ago(300),
            outcome="postponed",
            attribution="customer",
            can_reinstate=True,
            can_reissue=False,
            held_until=None,
        ),
        hall.MissedTicket(
            number="C002",
            service_name=CARD,
            counter="4",
            missed_at=ago(2000),
            outcome="void",
            attribution="customer",
            can_reinstate=False,
            can_reissue=True,
            held_until=None,
        ),
    ]
