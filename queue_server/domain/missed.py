"""Missed numbers 过号: when a no-show may be marked, whose doing it was, and what happens to the ticket (N1, N2, N4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from queue_server.domain import events as e
from queue_server.domain.branch import Branch, HallRules, MissedKind, MissedPolicy
from queue_server.domain.day import Announcement, Day, Ticket
from queue_server.errors import TooFewAnnouncements, TooSoonForNoShow


def counted(rules: HallRules, announcements: tuple[Announcement, ...]) -> tuple[Announcement, ...]:
    """The announcements that count for N1: each far enough from the one counted before it."""
    taken: list[Announcement] = []
    gap = timedelta(seconds=rules.announcement_gap_s)
    for announcement in announcements:
        if not taken or announcement.at - taken[-1].at >= gap:
            taken.append(announcement)
    return tuple(taken)


def announcements_left(rules: HallRules, ticket: Ticket) -> int:
    """How many counted announcements are still missing before a no-show may be marked."""
    return max(0, rules.announcements_required - len(counted(rules, ticket.calls_since)))


def no_show_wait_ms(rules: HallRules, ticket: Ticket, now: datetime) -> int:
    """Milliseconds until a no-show may be marked, at the earliest: missing announcements count at their gap."""
    calls = counted(rules, ticket.calls_since)
    if not calls:
        return 0
    missing = max(0, rules.announcements_required - len(calls))
    first_at, last_at = calls[0].at, calls[-1].at
    earliest = max(
        first_at + timedelta(seconds=rules.no_show_after_s),
        last_at + timedelta(seconds=rules.announcement_gap_s * missing),
    )
    return max(0, -((now - earliest) // timedelta(milliseconds=1)))


def require_enough_calls(rules: HallRules, ticket: Ticket, now: datetime) -> None:
    """Refuse a hasty no-show, with the time left (N1)."""
    calls = counted(rules, ticket.calls_since)
    wait_s = -(-no_show_wait_ms(rules, ticket, now) // 1000)
    if len(calls) < rules.announcements_required:
        raise TooFewAnnouncements(
            number=ticket.number, announced=len(calls), required=rules.announcements_required, wait_s=wait_s
        )
    if wait_s > 0:
        raise TooSoonForNoShow(number=ticket.number, wait_s=wait_s)


def policy_now(branch: Branch, day: Day, service: str) -> tuple[MissedPolicy, bool]:
    """(the policy that holds now, whether it is the stricter one for a crowded hall)."""
    configured = branch.service_by_code.get(service)
    policy = configured.missed if configured is not None else MissedPolicy()
    if (
        policy.crowded is not None
        and policy.crowded_waiting is not None
        and len(day.queue(service)) >= policy.crowded_waiting
    ):
        return policy.crowded, True
    return policy, False


def is_voice_down(day: Day) -> bool:
    """Whether the branch has loudspeakers and none of them works."""
    states = [device.state for device in day.devices.values() if device.kind == "speaker"]
    return bool(states) and "online" not in states


def attribution_of(branch: Branch, day: Day, ticket: Ticket, now: datetime) -> str:
    """Whose doing the miss is (N4): device, teller or customer.

    device: fewer announcements were given than the rule asks for, because no display showed them, or because the
    voice was down and they were never spoken; so the customer may not have been called at all.  teller: marked right
    after the last announcement, before anybody could have walked over.
    """
    calls = ticket.calls_since
    voice_down = is_voice_down(day)
    given = [
        a
        for a in counted(branch.rules, calls)
        if not a.is_unheard and not (voice_down and a.spoken_at is None)
    ]
    if len(given) < branch.rules.announcements_required:
        return "device"
    if now - calls[-1].at < timedelta(seconds=branch.rules.hasty_after_s):
        return "teller"
    return "customer"


def miss(branch: Branch, day: Day, ticket: Ticket, teller: str, now: datetime) -> e.TicketMissed:
    """What the configured policy does with the called ticket that nobody answered."""
    counter = ticket.counter
    assert counter is not None
    usual = (
        branch.service_by_code[ticket.service].missed
        if ticket.service in branch.service_by_code
        else MissedPolicy()
    )
    policy, is_crowded = policy_now(branch, day, ticket.service)
    misses = ticket.misses + 1

    def missed(outcome: str, attribution: str, **more: object) -> e.TicketMissed:
        return e.TicketMissed(
            now,
            ticket.number,
            counter,
            teller,
            outcome,
            attribution,
            misses,
            **more,  # type: ignore[arg-type]
        )

    attribution = attribution_of(branch, day, ticket, now)
    if attribution == "device":
        return e.TicketMissed(
            now, ticket.number, counter, teller, "returned_to_head", "device", ticket.misses
        )
    match policy.kind:
        case MissedKind.POSTPONE:
            if ticket.misses >= policy.times:
                return missed("void", _void_by(attribution, usual, ticket, is_crowded=is_crowded))
            entries = day.queue(ticket.service)
            behind = entries[policy.places - 1][1] if len(entries) >= policy.places else None
            return missed("postponed", attribution, behind=behind)
        case MissedKind.HOLD:
            return missed("held", attribution, held_until=now + timedelta(minutes=policy.hold_minutes))
        case MissedKind.TAIL:
            return missed("to_tail", attribution)
        case MissedKind.VOID:
            return missed("void", _void_by(attribution, usual, ticket, is_crowded=is_crowded))
        case MissedKind.REQUEUE:
            return missed("to_requeue", attribution)


def _void_by(attribution: str, usual: MissedPolicy, ticket: Ticket, *, is_crowded: bool) -> str:
    """A ticket that only the crowded hall's stricter rule made void is the rule's doing."""
    would_live = usual.kind is not MissedKind.VOID and (
        usual.kind is not MissedKind.POSTPONE or ticket.misses < usual.times
    )
    return "rule" if is_crowded and would_live and attribution == "customer" else attribution


def can_reinstate(ticket: Ticket, now: datetime) -> bool:
    """Whether the missed ticket may come back to the head.

    Held ones until their time is up; postponed and tailed ones while they wait; void ones and those told to take a
    new number never (a supervisor can still undo the no-show by its name).
    """
    last = ticket.last_miss
    if last is None:
        return False
    if last.outcome == "held":
        return last.held_until is not None and now <= last.held_until
    return last.outcome in ("postponed", "to_tail")
