"""What a kiosk is sent: its services, the slips it owes an account of, and a new ticket's face (K1–K4, K7, P4)."""

from __future__ import annotations

from queue_server.domain import branch as b
from queue_server.domain import events as e
from queue_server.domain.actors import SYSTEM
from queue_server.domain.day import Day, Slip, Ticket
from queue_server.domain.issuing import issue_refusal
from queue_server.domain.question import Question
from queue_server.views.problems import told
from queue_server.views.scene import Offer, Scene, text
from queue_server.wire import kiosk as w
from queue_server.wire.shapes import Text, WaitBand


def sections(scene: Scene, kiosk: str) -> w.KioskSections:
    """Everything one kiosk may see."""
    branch = scene.branch
    return w.KioskSections(
        branch=w.KioskBranch(
            bank=text(branch.bank),
            branch=text(branch.name),
            hotline=branch.hotline,
            zone=branch.zone,
            idle_s=scene.offer.idle_s,
        ),
        groups=[
            w.ServiceGroup(
                group=group.code,
                name=text(group.name),
                services=[_service(scene, one) for one in branch.services if one.group == group.code],
            )
            for group in branch.groups
        ],
        print_orders=_pending_orders(scene, kiosk),
    )


def issue_order(branch: b.Branch, offer: Offer, event: e.TicketIssued) -> w.PrintOrder:
    """The slip of a new ticket.  Made from the event alone, so that a repeated request gets the same."""
    return w.PrintOrder(job_id=event.job_id or "", kind="issue", face=face(branch, offer, event))


def face(branch: b.Branch, offer: Offer, event: e.TicketIssued, is_reprint: bool = False) -> w.TicketFaceData:
    """Everything the paper says (K4); never a name or an id number."""
    service = branch.service_by_code.get(event.service)
    lo, hi = event.quote_lo_min, event.quote_hi_min
    return w.TicketFaceData(
        bank=text(branch.bank),
        branch=text(branch.name),
        number=event.number,
        service=text(service.name) if service is not None else Text(zh=event.service, en=event.service),
        ahead=event.ahead,
        wait=None if lo is None or hi is None else WaitBand(lo_min=lo, hi_min=hi),
        issued_at=event.at,
        zone=branch.zone,
        missed_rule=text(branch.missed_rule_of(event.service)),
        papers=[text(paper) for paper in service.papers] if service is not None else [],
        hotline=branch.hotline,
        link=f"{offer.public_url}/t/{event.link}",
        customer_class=event.customer_class.value,
        language="en" if event.language.startswith("en") else "zh",
        is_reprint=is_reprint,
        requeue_of=event.requeue_of,
    )


def _pending_orders(scene: Scene, kiosk: str) -> list[w.PrintOrder]:
    found = []
    for job_id in sorted(scene.day.pending_slips):
        ticket = scene.day.tickets.get(scene.day.slips[job_id])
        slip = _slip(ticket, job_id) if ticket is not None else None
        if ticket is not None and slip is not None and slip.kiosk == kiosk:
            found.append(
                w.PrintOrder(
                    job_id=job_id,
                    kind="reprint" if slip.is_reprint else "issue",
                    face=face(scene.branch, scene.offer, ticket.issued, is_reprint=slip.is_reprint),
                )
            )
    return found


def _slip(ticket: Ticket, job_id: str) -> Slip | None:
    return next((slip for slip in ticket.slips if slip.job_id == job_id), None)


def _service(scene: Scene, service: b.Service) -> w.KioskService:
    question, diversion = service.question, service.diversion
    closed, code = _closed(scene, service)
    return w.KioskService(
        service=service.code,
        name=text(service.name),
        papers=[text(paper) for paper in service.papers],
        question=w.Question(text=text(question.text), advice=text(question.advice)) if question else None,
        diversion=(
            w.Diversion(device=diversion.device, name=text(diversion.name), advice=text(diversion.advice))
            if diversion
            else None
        ),
        waiting=len(scene.day.queue(service.code)),
        wait=scene.bands[service.code],
        closed=closed,
        closed_code=code,
    )


def _closed(scene: Scene, service: b.Service) -> tuple[Text | None, str | None]:
    """Why no ticket is issued for the service now, in both languages, and the code (K7)."""
    refusal = issue_refusal(Question(scene.branch, _today(scene), scene.now, SYSTEM), service)
    if refusal is None:
        return None, None
    return Text(zh=told(refusal, "zh").message, en=told(refusal, "en").message), refusal.code


def _today(scene: Scene) -> Day:
    """The day the next ticket would belong to: yesterday's quotas do not count this morning."""
    today = scene.now.astimezone(scene.branch.timezone).date()
    return scene.day if scene.day.date == today else Day(date=today, is_open=True)
