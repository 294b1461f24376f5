"""The driver of each device: by the protocol its profile names."""

from __future__ import annotations

from collections.abc import Callable

from queue_server.pads.exchange import Driver
from queue_server.pads.ff68_driver import Ff68Driver
from queue_server.pads.heard import Installed
from queue_server.pads.modbus_driver import ModbusDriver


def driver_of(installed: Installed, day: Callable[[], str], new_id: Callable[[], str]) -> Driver:
    """`day` names today, `new_id` a press of this program: what ids of presses are made of."""
    if installed.profile.protocol == "modbus":
        return ModbusDriver(installed, day)
    return Ff68Driver(installed, lambda: f"{installed.id}.{new_id()}")
