"""The USB adapters behind serial ports: how udev knows one again, whatever name the kernel gives it today.

A branch file names an adapter where it names the port; the port is then the name our udev rule gives it.
"""

from __future__ import annotations

from collections.abc import Iterator

from firmware_config import scalars as s
from firmware_config.parts import Part
from firmware_config.problems import Expected, Problem
from firmware_config.tree import Map, listed

PORTS = "/dev/jiaohao"
"""The folder of the names our udev rules make."""

ADAPTED = (("devices", "printers"), ("devices", "lines"))
"""The lists of what may hang on an adapter."""

_KEYS = ("vid", "pid", "serial", "usb_path")


class Adapter(Part):
    """One USB adapter: by its maker's ids, best with its serial number, or by the socket it is plugged into.

    `vid` and `pid`: four hex digits, as `lsusb` shows them.  `usb_path`: as `udevadm info` shows it, such as 1-1.4;
    for one port of an adapter with several, with its interface: 1-1.4:1.2.
    """

    vid: s.UsbId | None = None
    pid: s.UsbId | None = None
    serial: s.UsbSerial | None = None
    usb_path: s.UsbPath | None = None


def check_adapters(tree: Map) -> Iterator[Problem]:
    """Adapters udev could not tell, adapters named twice, and ports that are not the name an adapter gets."""
    seen: dict[tuple[str | None, ...], tuple[str, str]] = {}
    for path in ADAPTED:
        for where, item in listed(tree, path):
            adapter = item.get("adapter")
            if not isinstance(adapter, Map):
                continue
            texts = tuple(adapter.text(key) for key in _KEYS)
            vid, pid, _, usb_path = texts
            if (vid is None) != (pid is None) or (vid is None and usb_path is None):
                yield Problem(adapter.spot, f"{where}.adapter", Expected.ADAPTER)
                continue
            name = item.text("id") or where
            other, place = seen.setdefault(texts, (name, adapter.spot.place))
            if other != name:
                details = {"other": other, "place": place}
                yield Problem(adapter.spot, f"{where}.adapter", Expected.ONE_ADAPTER, details)
            port = item.text("port")
            if port is not None and item.text("id") is not None and port != f"{PORTS}/{name}":
                details = {"port": f"{PORTS}/{name}", "found": port}
                yield Problem(item.spot_of("port"), f"{where}.port", Expected.ADAPTER_PORT, details)
