"""The whole lobby page on a busy morning."""

from __future__ import annotations

from typing import Any

from queue_server.wire import hall, lobby
from queue_server.wire.display import Notice
from queue_server.wire.shapes import Text, WaitBand
from tests.e2e.states.branch import ACCOUNT, BUSINESS, CARD, CASH, NOW, ago, choices
from tests.e2e.states.counters import hall_counters, supervisor_calls
from tests.e2e.states.devices import devices
from tests.e2e.states.incidents import incidents
from tests.e2e.states.tickets import held, missed, waiting


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
        "devices": devices(),
        "notices": [
            Notice(
                notice_id="n-1",
                text=Text(
                    zh="今日 16:30 起停止发放对公业务号", en="No business banking numbers after 16:30 today"
                ),
            )
        ],
        "unprinted": ["A015"],
        "supervisors": supervisor_calls(),
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
