"""How things are called on a branch PC: the account, its folders, the unit of every program."""

from __future__ import annotations

from pathlib import Path

ACCOUNT = "jiaohao"
CONFIGURATION = Path("/etc/jiaohao")
STATE = Path("/var/lib/jiaohao")
LINES = STATE / "lines"
"""Where pad lines keep what must not be lost, and have their control sockets."""

TARGET = "jiaohao.target"
SERVER_UNIT = "jiaohao-server.service"

_PREFIXES = {"kiosk": "kiosk", "display": "display", "pad_line": "pads"}


def unit_of(kind: str, device: str) -> str:
    """The unit of a kiosk, display or pad line."""
    return f"jiaohao-{_PREFIXES[kind]}-{device}.service"
