"""States of a hall as the wire carries them, for the pages' tests and pictures: every figure is made up here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from queue_server.wire import hall, lobby, ticket_page
from queue_server.wire.display import Notice
from queue_server.wire.shapes import Text, WaitBand
from queue_server.wire.teller import Choices

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(seconds: float) -> datetime:
    """So many seconds before the tests began."""
    return NOW - timedelta(seconds=seconds)


CASH = Text(zh="个人存取款", en="Personal cash")
ACCOUNT = Text(zh="个人开户", en="Open an account")
CARD = Text(zh="银行卡业务", en="Cards")
BUSINESS = Text(zh="对公业务", en="Business banking")
LI = Text(zh="李敏", en="Li Min")
COUNTER_3 = Text(zh="3 号窗口", en="Counter 3")


def choices() -> Choices:
    """Menus of a middle-sized branch."""
    return Choices(
        bank=Text(zh="长沙示范银行", en="Changsha Model Bank"),
        branch=Text(zh="五一路支行", en="Wuyi Road Branch"),
        zone="Asia/Shanghai",
        services=[
            hall.ServiceChoice(service="cash", name=CASH, series="A"),
            hall.ServiceChoice(service="account", name=ACCOUNT, series="B"),
            hall.ServiceChoice(service="card", name=CARD, series="C"),
            hall.ServiceChoice(service="business", name=BUSINESS, series="D"),
        ],
        counters=[
            hall.CounterChoice(counter=str(n), name=Text(zh=f"{n} 号窗口", en=f"Counter {n}"), is_open=n != 2)
            for n in (1, 2, 3, 4)
        ],
        amount_bands=[
            hall.BandChoice(amount_band="small", name=Text(zh="5 万元以下", en="Below 50,000")),
            hall.BandChoice(amount_band="large", name=Text(zh="5 万元及以上", en="50,000 and more")),
        ],
        kiosks=["kiosk-1"],
        pause_reasons=["lunch", "balancing", "leave_seat"],
        hold_reasons=["form_filling", "papers_missing"],
        call_reasons=["appointment", "came_back", "needs_care"],
        devices=["copier", "fx_terminal", "safe"],
    )


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
        "services": ["cash", "account", "card"],
        "ticket": None,
    }
    return hall.CounterView(**{**fields, **changes})


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


def teller(state: hall.CounterView) -> dict[str, Any]:
    """The whole teller page with this counter."""
    return {"counter": state, "waiting": waiting(), "held": held(), "missed": missed(), "choices": choices()}


def teller_states() -> dict[str, dict[str, Any]]:
    """Every state the teller page can be in, by name."""
    unheard = ticket(
        "way",
        is_unheard=True,
        announcements=[announced(1, 20), announced(2, 4, "unheard")],
        announcements_left=1,
        no_show_in_ms=36_000,
    )
    calling = ticket("way", announcements_left=1, no_show_in_ms=21_000)
    return {
        "closed": teller(counter("closed")),
        "free": teller(counter("free")),
        "free-empty": {**teller(counter("free")), "waiting": []},
        "consent": teller(counter("free", pause_requested="lunch")),
        "calling": teller(counter("calling", ticket=calling)),
        "unheard": teller(counter("calling", ticket=unheard)),
        "serving-green": teller(counter("serving", ticket=ticket())),
        "serving-amber": teller(
            counter("serving", ticket=ticket(spent_ms=430_000, customer_class="priority"))
        ),
        "serving-red": teller(
            counter(
                "serving",
                ticket=ticket(spent_ms=655_000, misses=1, is_device_affected=True, transactions_done=1),
            )
        ),
        "no-standard": teller(counter("serving", ticket=ticket(limit_s=None))),
        "away": teller(counter("serving", ticket=ticket("seat_away"))),
        "wrap-up": teller(counter("serving", ticket=ticket("wrap_up"))),
        "paused": teller(counter("paused", reason="lunch")),
        "no-ticket": teller(counter("no_ticket", reason="needs_care")),
    }


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


def incidents() -> list[lobby.IncidentView]:
    """A missed number a device caused, a queue jump, a wait over the limit, a manual entry."""
    return [
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


def lobby_sections() -> dict[str, Any]:
    """The whole lobby page on a busy morning."""
    band = WaitBand(lo_min=15, hi_min=20)
    return {
        "branch": lobby.LobbyBranch(
            bank=Text(zh="长沙示范银行", en="Changsha Model Bank"),
            branch=Text(zh="五一路支行", en="Wuyi Road Branch"),
            zone="Asia/Shanghai",
            business_date=NOW.date().isoformat(),
            services=choices().services,
            kiosks=["kiosk-1"],
            amount_bands=choices().amount_bands,
            is_day_closed=False,
        ),
        "services": [
            hall.ServiceWaiting(
                service="cash",
                name=CASH,
                group="personal",
                waiting=5,
                longest_wait_ms=1_500_000,
                counters_open=3,
                wait=band,
                issued=16,
                served=8,
            ),
            hall.ServiceWaiting(
                service="account",
                name=ACCOUNT,
                group="personal",
                waiting=2,
                longest_wait_ms=1_012_000,
                counters_open=2,
                wait=WaitBand(lo_min=10, hi_min=15),
                issued=8,
                served=4,
            ),
            hall.ServiceWaiting(
                service="card",
                name=CARD,
                group="personal",
                waiting=2,
                longest_wait_ms=310_000,
                counters_open=2,
                wait=WaitBand(lo_min=5, hi_min=10),
                issued=5,
                served=2,
            ),
            hall.ServiceWaiting(
                service="business",
                name=BUSINESS,
                group="business",
                waiting=0,
                longest_wait_ms=0,
                counters_open=0,
                wait=None,
                issued=1,
                served=1,
            ),
        ],
        "counters": hall_counters(),
        "waiting": waiting(),
        "held": held(),
        "missed": missed(),
        "incidents": incidents(),
        "alerts": [
            lobby.AlertView(
                position=1012,
                code="unheard",
                at=ago(4),
                number="A012",
                counter="3",
                details={"announcement_id": "1002"},
            ),
            lobby.AlertView(
                position=1009,
                code="standard",
                at=ago(175),
                number="A008",
                counter="1",
                details={"percent": "100"},
            ),
            lobby.AlertView(
                position=1001,
                code="wait_level",
                at=ago(260),
                number="A013",
                counter=None,
                details={"minutes": "20"},
            ),
            lobby.AlertView(
                position=990,
                code="overtaken",
                at=ago(300),
                number="A013",
                counter=None,
                details={"overtaken": "3"},
            ),
        ],
        "devices": [
            lobby.DeviceView(
                device="display-1", kind="lobby_display", state="offline", fault=None, detail="", since=ago(9)
            ),
            lobby.DeviceView(
                device="printer-1",
                kind="ticket_printer",
                state="fault",
                fault="paper_out",
                detail="",
                since=ago(60),
            ),
            lobby.DeviceView(
                device="kiosk-1", kind="kiosk", state="online", fault=None, detail="", since=ago(7000)
            ),
        ],
        "notices": [
            Notice(
                notice_id="n-1",
                text=Text(
                    zh="今日 16:30 起停止发放对公业务号", en="No business banking numbers after 16:30 today"
                ),
            )
        ],
        "unprinted": ["A015"],
        "pauses": [
            lobby.PauseRequestView(
                counter="4",
                teller="t4",
                teller_name=Text(zh="赵静", en="Zhao Jing"),
                reason="lunch",
                waiting=9,
                asked_at=ago(50),
            )
        ],
        "today": lobby.DayFigures(
            issued=30,
            served=15,
            waiting=9,
            no_show=2,
            walked_out=1,
            diverted=3,
            cancelled=1,
            over_standard=2,
            incidents=3,
        ),
    }


def customer(state: str = "waiting", **changes: Any) -> ticket_page.TicketPageView:
    """A customer's own ticket."""
    fields: dict[str, Any] = {
        "bank": Text(zh="长沙示范银行", en="Changsha Model Bank"),
        "branch": Text(zh="五一路支行", en="Wuyi Road Branch"),
        "number": "A012",
        "service": CASH,
        "state": state,
        "issued_at": ago(600),
        "zone": "Asia/Shanghai",
        "ahead": 7 if state == "waiting" else None,
        "wait": WaitBand(lo_min=15, hi_min=20) if state == "waiting" else None,
        "quoted": WaitBand(lo_min=20, hi_min=30),
        "counter": "3" if state in ("called", "serving") else None,
        "counter_name": COUNTER_3 if state in ("called", "serving") else None,
        "called_at": ago(6) if state in ("called", "serving") else None,
        "was_missed": False,
        "misses": 0,
        "missed_rule": Text(
            zh="过号顺延 3 位，最多顺延两次，再次过号作废。请留意叫号。",
            en="A missed number moves back 3 places, at most twice; missed again it is void.",
        ),
        "papers": [Text(zh="身份证", en="ID card"), Text(zh="银行卡", en="Bank card")],
        "hotline": "95000",
        "requeued_as": None,
        "now_serving": ["A005", "B003", "A006"],
    }
    return ticket_page.TicketPageView(**{**fields, **changes})
