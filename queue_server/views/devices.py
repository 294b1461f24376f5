"""How each device of the branch stands (H1, H2, F3): what it said last, what it should run, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from queue_server.domain.branch import Device
from queue_server.domain.day import Day, KnownDevice
from queue_server.views.scene import Scene
from queue_server.wire.devices import DeviceView

LastHeard = Callable[[str], datetime | None]

_ORDER = (
    "kiosk",
    "ticket_printer",
    "lobby_display",
    "speaker",
    "pad_line",
    "call_pad",
    "window_screen",
    "evaluator",
)


def _never(device: str) -> datetime | None:
    return None


def device_views(scene: Scene, last_heard: LastHeard = _never) -> list[DeviceView]:
    """Every device the branch has, by kind and id.  What hangs on something nobody hears from is offline with it.

    `last_heard` tells a device's last sign of life.  A feed goes without it: it changes by the second, and nobody
    decides anything by it that the state does not say.
    """
    devices = sorted(scene.branch.devices, key=lambda one: (_ORDER.index(one.kind), one.code))
    return [_view(scene, device, last_heard(device.code)) for device in devices]


def is_up(day: Day, device: Device) -> bool:
    """Whether the device is online, and what it hangs on as well."""
    known = day.devices.get(device.code)
    return known is not None and known.state == "online" and _lost_holder(day, device) is None


def _lost_holder(day: Day, device: Device) -> KnownDevice | None:
    """What the device hangs on, when nobody hears from that one any more."""
    holder: KnownDevice | None = day.devices.get(device.part_of) if device.part_of is not None else None
    return holder if holder is not None and holder.state == "offline" else None


def _view(scene: Scene, device: Device, heard_at: datetime | None) -> DeviceView:
    known: KnownDevice | None = scene.day.devices.get(device.code)
    common = {
        "device": device.code,
        "kind": device.kind,
        "part_of": device.part_of,
        "counter": device.counter,
        "expected_config": scene.offer.expected_configs.get(device.code),
        "last_heard_at": heard_at,
    }
    if known is None:
        return DeviceView(**common, state="unknown", since=None)
    state, since, fault, detail = known.state, known.since, known.fault, known.detail
    lost = _lost_holder(scene.day, device)
    if lost is not None and state == "online":
        # Nobody is left to tell of it: it was well when its line, kiosk or display went.
        state, since, fault, detail = "offline", lost.since, lost.fault, ""
    return DeviceView(
        **common,
        state=state,
        since=since,
        fault=fault,
        detail=detail,
        firmware=known.firmware,
        config=known.config,
        incident_id=scene.day.device_incidents.get(device.code),
        last_fault=known.last_fault,
        last_fault_at=known.last_fault_at,
    )
