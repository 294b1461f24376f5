"""Every device of a branch file as a target, in the order a roll-out takes them: programs' files first, then pads.

Files first, because a pad line that starts anew asks its pads by what its file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from firmware_config import pad_block
from firmware_config.devices import OnLine
from firmware_config.models import BranchFile
from firmware_config.pad_profile import load_pad_profile
from firmware_config.rollout.disk import Disk
from firmware_config.rollout.file_target import FileTarget
from firmware_config.rollout.pad_target import BlockFormat, PadField, PadTarget
from firmware_config.rollout.rendering import BRANCH, SERVER, rendered
from firmware_config.rollout.target import Effect, Target

BLOCKS = "pads"
"""The folder, beside the files, where the blocks of devices on lines are kept."""

_NEEDS_RESTART = ("branch.code", "branch.zone")
"""Keys the queue server takes at its start only."""


_EFFECTS = {SERVER: Effect.RELOAD, BRANCH: Effect.FOLLOWS}


def targets_of(branch: BranchFile, folder: Path, disk: Disk, field: PadField) -> tuple[Target, ...]:
    """The targets of `branch`, whose files are in `folder` and whose pads are reached through `field`."""
    files = [
        FileTarget(
            file.device,
            file.kind,
            folder / file.name,
            file.format,
            file.body,
            file.is_secret,
            disk,
            file.unit,
            _EFFECTS.get(file.device, Effect.RESTART),
            _NEEDS_RESTART if file.device == SERVER else (),
        )
        for file in rendered(branch, folder)
    ]
    pads = [_pad(device, folder, field) for device in branch.devices.on_lines]
    return (*files, *pads)


def _pad(device: OnLine, folder: Path, field: PadField) -> PadTarget:
    profile = load_pad_profile(device.profile)
    block = pad_block.encode(pad_block.block_of(device, profile)) if profile.has_config else None
    return PadTarget(
        device.id,
        profile.role,
        device.line,
        device.address,
        profile.protocol,
        block,
        folder / BLOCKS / device.id,
        field,
        BlockFormat(pad_block.crc16, block_values),
    )


def block_values(raw: bytes) -> Mapping[str, str]:
    """A block key by key; {} for bytes that are none, which no comparison can be made with."""
    try:
        block = pad_block.decode(raw)
    except pad_block.BlockUnreadable:
        return {}
    values = {
        "address": str(block.address),
        "brightness": str(block.brightness),
        "beeps.accepted": _truth(block.beeps_accepted),
        "beeps.rejected": _truth(block.beeps_rejected),
        "stuck_after_s": str(block.stuck_after_s),
    }
    if block.long_ms or block.double_ms:
        values |= {
            "one_button.long_s": f"{block.long_ms / 1000:g}",
            "one_button.double_s": f"{block.double_ms / 1000:g}",
        }
    values |= {f"keys[{code}]": key for code, key in block.keys}
    values |= {f"scores[{code}]": rating for code, rating in block.scores}
    return values


def _truth(value: bool) -> str:
    return "true" if value else "false"
