"""Which devices hang on a line: as a branch file says, or as somebody typed.

Reads the branch file and the profiles; it starts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from firmware_config.devices import PadLine
from firmware_config.load import load_branch_file
from firmware_config.pad_profile import ADDRESSES, load_pad_profile
from queue_server.pads.heard import Installed


def of_branch(file: Path, line: str) -> tuple[PadLine, tuple[Installed, ...]]:
    """The line of the branch file and what hangs on it.

    Raises BranchFileRefused for a file with problems, ValueError for a line it has not.
    """
    devices = load_branch_file(file).devices
    lines = {each.id: each for each in devices.lines}
    if line not in lines:
        raise ValueError(f"{file} has no line {line!r}; it has {', '.join(lines) or 'none'}")
    installed = tuple(
        Installed(device.id, device.address, load_pad_profile(device.profile))
        for device in devices.on_lines
        if device.line == line
    )
    return lines[line], installed


def of_words(words: Sequence[str]) -> tuple[Installed, ...]:
    """`modbus_16key:1` or `modbus_16key:1:pad_1` each: profile, address and, if not profile_address, id.

    Raises ValueError for what is no such word; ProfileFault, one too, for a profile that is not there.
    """
    found: dict[str, Installed] = {}
    for word in words:
        profile_name, _, rest = word.partition(":")
        number, _, name = rest.partition(":")
        profile = load_pad_profile(profile_name)
        if not number.isdecimal() or int(number) not in ADDRESSES[profile.protocol]:
            raise ValueError(f"{word!r}: expected PROFILE:ADDRESS or PROFILE:ADDRESS:ID")
        name = name or f"{profile_name}_{number}"
        if name in found:
            raise ValueError(f"{name} is there twice")
        found[name] = Installed(name, int(number), profile)
    return tuple(found.values())
