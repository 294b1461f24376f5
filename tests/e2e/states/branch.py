"""A middle-sized branch: its names, its menus, and the moment the tests began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from queue_server.wire import hall
from queue_server.wire.shapes import Text
from queue_server.wire.teller import Choices

NOW = datetime.now(UTC).replace(microsecond=0)

CASH = Text(zh="个人存取款", en="Personal cash")
ACCOUNT = Text(zh="个人开户", en="Open an account")
CARD = Text(zh="银行卡业务", en="Cards")
BUSINESS = Text(zh="对公业务", en="Business banking")
LI = Text(zh="李敏", en="Li Min")
COUNTER_3 = Text(zh="3 号窗口", en="Counter 3")


def ago(seconds: float) -> datetime:
    """So many seconds before the tests began."""
    return NOW - timedelta(seconds=seconds)


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
