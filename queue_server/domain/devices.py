"""What devices report of themselves, and of what hangs on them (H1, H2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Role
from queue_server.domain.day import Day, KnownDevice
from queue_server.domain.question import Question, answers
from queue_server.errors import InvalidRequest, NotPermitted

DEVICE_STATES = ("online", "fault", "offline")
SELF_REPORTING = frozenset({Role.KIOSK, Role.LOBBY_DISPLAY, Role.PAD_LINE})
"""Roles that speak for themselves and for what hangs on them, and for nobody else."""

RETURN_S = 10
"""What hangs on a device that is back has so long to come back as well, before it is out of order by itself."""


@answers(c.ReportDevice)
def report_device(q: Question, command: c.ReportDevice) -> list[e.Event]:
    """A device's state or what it runs, when it is another than the last one known."""
    if command.state not in DEVICE_STATES:
        raise InvalidRequest(where="state", expected=f"one of {', '.join(DEVICE_STATES)}")
    device = q.device(command.device)
    if q.actor.role in SELF_REPORTING and q.actor.id not in (device.code, device.part_of):
        raise NotPermitted(role=f"{q.actor.role} {q.actor.id}", command=f"ReportDevice({command.device})")
    known: KnownDevice | None = q.day.devices.get(command.device)
    firmware, config = command.firmware, command.config
    if known is not None:
        # What was not told now is as it was.
        firmware = known.firmware if firmware is None else firmware
        config = known.config if config is None else config
        said = (command.state, command.fault, firmware, config)
        if said == (known.state, known.fault, known.firmware, known.config) and not _must_answer(
            q.day, known
        ):
            return []
    return [
        e.DeviceReported(
            q.now,
            device.code,
            device.kind,
            command.state,
            command.fault,
            command.detail,
            firmware,
            config,
            device.part_of,
            q.branch.counters_of(device.code),
        )
    ]


def _must_answer(day: Day, known: KnownDevice) -> bool:
    """Offline like what it hung on, which is back: now it is offline by itself."""
    return known.device in day.covered and day.is_reachable(known.part_of)


def deadlines(day: Day) -> Iterator[tuple[datetime, type[e.Event], tuple[Any, ...]]]:
    """Devices that have not come back with what they hang on."""
    for code in sorted(day.covered):
        known: KnownDevice = day.devices[code]
        if day.is_reachable(known.part_of):
            holder: KnownDevice | None = day.devices.get(known.part_of or "")
            since = known.since if holder is None else holder.since
            report = reported(known)
            fields = (
                *(report.device, report.kind, report.state, report.fault, report.detail),
                *(report.firmware, report.config, report.part_of, report.counters),
            )
            yield max(since, known.since) + timedelta(seconds=RETURN_S), e.DeviceReported, fields


def reported(known: KnownDevice) -> e.DeviceReported:
    """The last report of the device."""
    return e.DeviceReported(
        known.at,
        known.device,
        known.kind,
        known.state,
        known.fault,
        known.detail,
        known.firmware,
        known.config,
        known.part_of,
        known.counters,
    )


def carried(known: KnownDevice) -> e.CarriedDevice:
    """The device as the next business day takes it over."""
    return e.CarriedDevice(reported(known), known.since, known.last_fault, known.last_fault_at)
