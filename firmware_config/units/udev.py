"""udev rules: the adapters of a branch file get names that stay, `/dev/jiaohao/<device>`."""

from __future__ import annotations

from collections.abc import Iterator

from firmware_config.adapters import Adapter
from firmware_config.models import BranchFile

_HEAD = """\
# Made by `python -m firmware_config units` from the branch file.
# After 60-serial.rules: what ENV{ID_...} says is found out there.

ACTION=="remove", GOTO="jiaohao_end"

# An FTDI adapter keeps bytes back for 16 ms unless told otherwise: a poll of twenty pads would wait 0.3 s for nothing.
SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"

SUBSYSTEM!="tty", GOTO="jiaohao_end"
"""

_END = '\nLABEL="jiaohao_end"\n'


def rules(branch: BranchFile) -> str:
    """The rules file; only its general part when the branch file names no adapter."""
    return _HEAD + "".join(_named(branch)) + _END


def _named(branch: BranchFile) -> Iterator[str]:
    adapters = [(printer.id, printer.adapter) for printer in branch.devices.printers]
    adapters += [(line.id, line.adapter) for line in branch.devices.lines]
    for device, adapter in adapters:
        if adapter is not None:
            matches = ", ".join(_matches(adapter))
            yield f'{matches}, SYMLINK+="jiaohao/{device}", GROUP="dialout", MODE="0660", TAG+="systemd"\n'


def _matches(adapter: Adapter) -> Iterator[str]:
    """All of one rule's ATTRS and KERNELS must fit one and the same parent: an interface has no ids of its own."""
    is_interface = adapter.usb_path is not None and ":" in adapter.usb_path
    names = (
        ("ENV{ID_VENDOR_ID}", "ENV{ID_MODEL_ID}", "ENV{ID_SERIAL_SHORT}")
        if is_interface
        else ("ATTRS{idVendor}", "ATTRS{idProduct}", "ATTRS{serial}")
    )
    for name, value in zip(names, (adapter.vid, adapter.pid, adapter.serial), strict=True):
        if value is not None:
            yield f'{name}=="{value}"'
    if adapter.usb_path is not None:
        yield f'KERNELS=="{adapter.usb_path}"'
