"""`decide`: the one entrance to the rules.  `(branch, day, command, now, actor) -> (events, the day after them)`.

Pure.  It checks the permission, turns the business day when the branch's date has moved on, asks the rule of the
command, and adds what follows from each event, so that a cause and its incident are one batch.
"""

from __future__ import annotations

from datetime import date, datetime

from queue_server.domain import commands as c
from queue_server.domain import (
    configuration,
    counters,
    devices,
    hall,
    issuing,
    keys,
    ratings,
    serving,
    supervisors,
)
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, require_permission
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day
from queue_server.domain.incidents import consequences
from queue_server.domain.limits import next_deadline
from queue_server.domain.memory import evolve
from queue_server.domain.question import RULES, Question
from queue_server.errors import DayNotOpen

__all__ = ["decide", "evolve", "next_deadline"]

# The rules register themselves; naming their rooms here is what brings them in.
ROOMS = (configuration, counters, devices, hall, issuing, keys, ratings, serving, supervisors)

WITHOUT_A_DAY = frozenset({c.ReportDevice, c.CheckLimits, c.LoadConfiguration})
"""Commands that neither open a business day nor need one."""


def decide(
    branch: Branch, day: Day, command: c.Command, now: datetime, actor: Actor
) -> tuple[list[e.Event], Day]:
    """What happens when `actor` asks for `command` at `now`, with everything that follows from it.

    Raises a Refusal when the rules say no; nothing has happened then, not even the turn of the day.
    """
    require_permission(actor, command)
    happened: list[e.Event] = []
    today = _today(branch, day, now)
    if day.date != today:
        day = _turn_day(branch, day, command, now, actor, today, happened)
    elif not day.is_open and type(command) not in WITHOUT_A_DAY | {c.ReopenDay}:
        raise DayNotOpen()
    for event in RULES[type(command)](Question(branch, day, now, actor), command):
        day = _happen(branch, day, event, happened)
    return happened, day


def _today(branch: Branch, day: Day, now: datetime) -> date:
    """The branch's date: nearly always the date of the day that is open."""
    if day.date is not None:
        begins, ends = branch.span_of(day.date)
        if begins <= now < ends:
            return day.date
    return now.astimezone(branch.timezone).date()


def _happen(branch: Branch, day: Day, event: e.Event, happened: list[e.Event]) -> Day:
    after = evolve(day, event)
    happened.append(event)
    for following in consequences(branch, day, event, after):
        after = evolve(after, following)
        happened.append(following)
    return after


def _turn_day(
    branch: Branch,
    day: Day,
    command: c.Command,
    now: datetime,
    actor: Actor,
    today: date,
    happened: list[e.Event],
) -> Day:
    """Close the day that is over, and open today's when the command needs one."""
    if day.is_open:
        for event in hall.ends_of_open_tickets(Question(branch, day, now, actor), "day_end"):
            day = _happen(branch, day, event, happened)
        day = _happen(branch, day, e.DayClosed(now, "next_day"), happened)
    if type(command) in WITHOUT_A_DAY:
        return day
    return _happen(branch, day, _day_opened(day, now, today), happened)


def _day_opened(day: Day, now: datetime, today: date) -> e.DayOpened:
    """The new day, with what outlives the night."""
    incidents = [
        e.CarriedIncident(device, day.incidents[incident_id].opened, day.incidents[incident_id].amendments)
        for device, incident_id in sorted(day.device_incidents.items())
        if incident_id in day.incidents
    ]
    return e.DayOpened(
        now,
        today,
        notices=tuple(sorted(day.notices.values(), key=lambda notice: (notice.at, notice.notice_id))),
        incidents=tuple(incidents),
        carried=tuple(devices.carried(day.devices[device]) for device in sorted(day.devices)),
        configuration=None if day.configuration is None else day.configuration.version,
    )
