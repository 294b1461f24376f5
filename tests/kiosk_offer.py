"""An example of what a server offers a kiosk, for the kiosk's tests and its bench: values only."""

from __future__ import annotations

from datetime import UTC, datetime

from queue_server.wire.kiosk import (
    CustomerClass,
    Diversion,
    KioskBranch,
    KioskSections,
    KioskService,
    PrintOrder,
    Question,
    ServiceGroup,
    TicketFaceData,
)
from queue_server.wire.shapes import Text, WaitBand

BANK = Text(zh="示例银行", en="Example Bank")
BRANCH = Text(zh="城东支行", en="East City Branch")
ID_CARD = Text(zh="有效身份证件原件", en="Original valid ID document")
CLOSED = Text(zh="取号时间 09:00–17:00", en="Tickets from 09:00 to 17:00")


def service(code: str, zh: str, en: str, waiting: int = 3, is_closed: bool = False) -> KioskService:
    """A service with nothing to bring and nothing to ask."""
    return KioskService(
        service=code,
        name=Text(zh=zh, en=en),
        waiting=waiting,
        wait=WaitBand(lo_min=10, hi_min=15),
        closed=CLOSED if is_closed else None,
        closed_code="outside_ticket_hours" if is_closed else None,
    )


CASH = service("cash", "存款取款", "Deposit and withdrawal", 7).model_copy(
    update={
        "papers": [ID_CARD, Text(zh="银行卡或存折", en="Bank card or passbook")],
        "question": Question(
            text=Text(zh="取现 5 万元以上：是否已预约？", en="Withdrawing over 50,000 yuan: is it booked?"),
            advice=Text(
                zh="大额取款请提前一个工作日电话预约；5 万元以下可直接取号。",
                en="Please book large withdrawals one working day ahead; below 50,000 yuan just take a number.",
            ),
        ),
        "diversion": Diversion(
            device="atm-1",
            name=Text(zh="自动柜员机", en="Cash machine"),
            advice=Text(
                zh="2 万元以内存取款可在大厅左侧自助区办理。",
                en="Up to 20,000 yuan: self-service area, left of the hall.",
            ),
        ),
    }
)
ACCOUNT = service("open_account", "个人开户", "Open an account", 2).model_copy(
    update={"papers": [ID_CARD, Text(zh="本人实名手机号码", en="A mobile number in your own name")]}
)
CARD = service("card", "银行卡挂失补办", "Lost or damaged card", 1)
FX = service("fx", "外币兑换", "Foreign exchange", 0).model_copy(update={"wait": None})
LOAN = service("loan", "个人贷款咨询", "Personal loans", 0, is_closed=True)
COMPANY_CASH = service("corporate_cash", "单位现金结算", "Corporate cash", 4)
COMPANY_ACCOUNT = service("corporate_account", "单位账户开立", "Corporate accounts", 0)


def sections(
    *groups: ServiceGroup, print_orders: tuple[PrintOrder, ...] = (), idle_s: int = 30
) -> KioskSections:
    """A snapshot's sections; without groups, a small branch with private and corporate customers."""
    return KioskSections(
        branch=KioskBranch(bank=BANK, branch=BRANCH, hotline="95500-6", zone="Asia/Shanghai", idle_s=idle_s),
        groups=list(groups) or [PERSONAL, CORPORATE],
        print_orders=list(print_orders),
    )


PERSONAL = ServiceGroup(
    group="personal",
    name=Text(zh="个人业务", en="Personal banking"),
    services=[CASH, ACCOUNT, CARD, FX, LOAN],
)
CORPORATE = ServiceGroup(
    group="corporate",
    name=Text(zh="对公业务", en="Corporate banking"),
    services=[COMPANY_CASH, COMPANY_ACCOUNT],
)


def all_closed() -> KioskSections:
    """The same branch after hours."""

    def closed(group: ServiceGroup) -> ServiceGroup:
        shut = {"closed": CLOSED, "closed_code": "outside_ticket_hours"}
        return group.model_copy(update={"services": [s.model_copy(update=shut) for s in group.services]})

    return sections(closed(PERSONAL), closed(CORPORATE))


def face(number: str = "A012", customer_class: CustomerClass = "ordinary") -> TicketFaceData:
    """What the slip of a number says."""
    return TicketFaceData(
        bank=BANK,
        branch=BRANCH,
        number=number,
        service=CASH.name,
        ahead=7,
        wait=WaitBand(lo_min=15, hi_min=20),
        issued_at=datetime(2026, 11, 23, 2, 5, tzinfo=UTC),
        zone="Asia/Shanghai",
        missed_rule=Text(
            zh="过号顺延 3 位，过号两次作废，请留意叫号。",
            en="If you miss your call you move back 3 places; a number missed three times is void.",
        ),
        papers=[ID_CARD],
        hotline="95500-6",
        link="http://queue.example/t/5Jq2vXw8sT0mKcLr",
        customer_class=customer_class,
        language="zh",
    )


def order(number: str = "A012", job_id: str | None = None, is_reprint: bool = False) -> PrintOrder:
    """A slip to print or to account for."""
    data = face(number).model_copy(update={"is_reprint": is_reprint})
    return PrintOrder(job_id=job_id or f"{number}-1", kind="reprint" if is_reprint else "issue", face=data)
