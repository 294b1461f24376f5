"""What the lobby displays are sent (D1–D4, N5): numbers and counters, nothing about people."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from queue_server.domain import branch as b
from queue_server.domain import events as e
from queue_server.domain.day import Ticket
from queue_server.domain.transitions import TicketState
from queue_server.views.apologies import apologies
from queue_server.views.language import Language
from queue_server.views.scene import Scene, text
from queue_server.wire.display import (
    Announcement,
    BranchSection,
    CallRow,
    DisplaySections,
    GroupWaiting,
    Notice,
)
from queue_server.wire.shapes import WaitBand

Kind = Literal["call", "recall"]

KEPT_CALLS = 8
KEPT_MISSED = 12


def sections(scene: Scene) -> DisplaySections:
    """The whole board."""
    return DisplaySections(
        branch=_branch(scene.branch),
        calls=_calls(scene),
        missed=[ticket.number for ticket in scene.missed[:KEPT_MISSED]],
        get_ready=scene.coming,
        waiting=[_group(scene, group) for group in scene.branch.groups],
        notices=[*apologies(scene), *notices(scene)],
        pending=pending(scene),
    )


def announcement(scene: Scene, position: int, event: e.TicketCalled | e.TicketRecalled) -> Announcement:
    """A call or recall as something to show and say; its position is its id."""
    kind: Kind = "call" if isinstance(event, e.TicketCalled) else "recall"
    return _announcement(scene, position, event.at, kind, event.number, event.counter)


def pending(scene: Scene) -> list[Announcement]:
    """The last announcement of every open call that nobody has spoken, oldest first (D4)."""
    found = []
    for desk in scene.day.desks.values():
        ticket = scene.day.tickets.get(desk.number) if desk.number is not None else None
        if ticket is None or ticket.state is not TicketState.CALLED or ticket.counter is None:
            continue
        last = ticket.announcements[-1]
        if last.spoken_at is None:
            kind: Kind = "call" if last.at == ticket.called_at else "recall"
            found.append(
                _announcement(scene, last.announcement_id, last.at, kind, ticket.number, ticket.counter)
            )
    return sorted(found, key=lambda a: a.announcement_id)


def notices(scene: Scene) -> list[Notice]:
    """What staff posted, oldest first."""
    posted = sorted(scene.day.notices.values(), key=lambda notice: (notice.at, notice.notice_id))
    return [Notice(notice_id=notice.notice_id, text=text(b.Text(notice.zh, notice.en))) for notice in posted]


def _announcement(
    scene: Scene, announcement_id: int, at: datetime, kind: Kind, number: str, counter: str
) -> Announcement:
    return Announcement(
        announcement_id=announcement_id,
        kind=kind,
        number=number,
        counter=counter,
        counter_name=scene.counter_name(counter),
        called_at=at,
        languages=_languages(scene.branch),
        times=scene.branch.rules.announce_times,
    )


def _languages(branch: b.Branch) -> tuple[Language, ...]:
    return tuple("en" if language.startswith("en") else "zh" for language in branch.rules.announce_languages)


def _branch(branch: b.Branch) -> BranchSection:
    return BranchSection(
        bank=text(branch.bank),
        branch=text(branch.name),
        hotline=branch.hotline,
        zone=branch.zone,
        languages=_languages(branch),
        announce_times=branch.rules.announce_times,
    )


def _calls(scene: Scene) -> list[CallRow]:
    """The newest announcement of each recently called number, newest first."""
    rows: list[CallRow] = []
    seen = set()
    for position in scene.day.recent_calls:
        number = scene.day.calls[position]
        if number in seen:
            continue
        seen.add(number)
        rows.append(_call_row(scene, scene.day.tickets[number], position))
        if len(rows) == KEPT_CALLS:
            break
    return rows


def _call_row(scene: Scene, ticket: Ticket, position: int) -> CallRow:
    made = next(a for a in reversed(ticket.announcements) if a.announcement_id == position)
    is_open = ticket.state is TicketState.CALLED and ticket.counter == made.counter
    return CallRow(
        number=ticket.number,
        counter=made.counter,
        counter_name=scene.counter_name(made.counter),
        called_at=made.at,
        position=position,
        is_open=is_open,
    )


def _group(scene: Scene, group: b.ServiceGroup) -> GroupWaiting:
    """A group's queue; its wait is that of the service most people wait for.

    From the shortest to the longest of all its services would be a band too wide to promise anything.
    """
    services = [service.code for service in scene.branch.services if service.group == group.code]
    bands = [
        (len(scene.day.queue(code)), found) for code in services if (found := scene.bands[code]) is not None
    ]
    longest = max(bands, key=lambda known: (known[0], known[1].hi_min), default=None)
    return GroupWaiting(
        group=group.code,
        name=text(group.name),
        waiting=sum(len(scene.day.queue(code)) for code in services),
        wait=None if longest is None else WaitBand(lo_min=longest[1].lo_min, hi_min=longest[1].hi_min),
    )
