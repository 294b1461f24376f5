"""From what the server commits to what the printer room prints, and from its status to a device report.  Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from printer.layout import TicketFace
from printer.status import Condition, Contact, PrinterStatus
from queue_server.wire.kiosk import DeviceReport, PrintOrder, TicketFaceData


def was_asked_by_staff(order: PrintOrder) -> bool:
    """Whether a listed slip is to be printed without a customer at the screen.

    A reprint is, and so is the new number of a missed one (过号重排): no request of this kiosk ever brings those.
    """
    return order.kind == "reprint" or order.face.requeue_of is not None


def slip_of(face: TicketFaceData) -> TicketFace:
    """The paper's content in the customer's language and the branch's local time (K4).

    Raises ValueError for a face that is no ticket, KeyError or OSError for a zone this machine does not know.
    """
    return TicketFace(
        bank=face.bank.read(face.language),
        branch=face.branch.read(face.language),
        number=face.number,
        service=face.service.read(face.language),
        ahead=face.ahead,
        issued_at=face.issued_at.astimezone(ZoneInfo(face.zone)),
        wait_lo_min=None if face.wait is None else face.wait.lo_min,
        wait_hi_min=None if face.wait is None else face.wait.hi_min,
        missed_rule=face.missed_rule.read(face.language),
        papers=tuple(paper.read(face.language) for paper in face.papers),
        hotline=face.hotline,
        qr_url=face.link,
        is_priority=face.customer_class == "priority",
        class_mark="VIP" if face.customer_class == "vip" else "",
        is_reprint=face.is_reprint,
        requeue_of=face.requeue_of,
        language="en" if face.language == "en" else "zh_CN",
    )


def printer_report(
    status: PrinterStatus,
    device: str,
    command_id: str,
    config: str | None = None,
    firmware: str | None = None,
) -> DeviceReport | None:
    """What the lobby manager is told about the ticket printer (P3); None while it was not asked yet.

    By code alone: whoever reads it is told in words, and what to do, in the language of the page.  Paper that is
    nearly used up is a remark about a printer that works.
    """
    if status.contact is Contact.NOT_ASKED:
        return None
    condition = status.condition
    match condition:
        case Condition.OK | Condition.NEAR_END:
            state = "online"
        case Condition.NO_ANSWER | Condition.UNPLUGGED | Condition.UNKNOWN:
            state = "offline"
        case _:
            state = "fault"
    return DeviceReport.model_validate(
        {
            "command_id": command_id,
            "device": device,
            "kind": "ticket_printer",
            "state": state,
            "fault": None if condition is Condition.OK else _fault(status),
            "firmware": firmware,
            "config": config,
        }
    )


def _fault(status: PrinterStatus) -> str:
    """Answers that make no sense are a fault of their own, not one nobody knows."""
    return str(status.contact if status.contact is Contact.GARBLED else status.condition)
