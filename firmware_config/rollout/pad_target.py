"""A device on a pad line: its configuration is a block of registers that counts from the moment it is committed.

The device keeps its running block until a whole new one came with a checksum that fits (hardware: registers 256 to 319),
so a cut on either side leaves the old one or the new one.  How a block gets there is the field's business, a port
(`PadField`) that the composition root fills.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from firmware_config.rollout.differences import differences
from firmware_config.rollout.target import Change, Configuration, Effect, NotTaken


@dataclass(frozen=True, slots=True)
class PadReading:
    """What a device on a line says of itself.

    `crc`: of the block it runs.  `block`: as it reads now; after a transfer that broke off that may be part of another
    one than it runs.  `firmware`: such as "1.3".
    """

    crc: int
    block: bytes
    firmware: str | None = None


class PadField(Protocol):
    """The way to the devices on the lines, by the ids of the branch file."""

    def read(self, line: str, device: str) -> PadReading:
        """What the device runs.  Raises Unreachable."""

    def write(self, line: str, device: str, block: bytes) -> None:
        """Transfer and commit `block`; returns once the device runs it.  Raises Unreachable or NotTaken."""


@dataclass(frozen=True, slots=True)
class BlockFormat:
    """How a block is checked and read: its checksum, and what stands in it key by key."""

    crc: Callable[[bytes], int]
    values: Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class PadTarget:
    """A device on a line.  `block` is None for a model that holds no configuration, such as every FF 68 one.

    `file`: where its blocks are kept.
    """

    device: str
    kind: str
    line: str
    address: int
    protocol: str
    block: bytes | None
    file: Path
    field: PadField
    format: BlockFormat
    is_secret: bool = False
    unit: None = None

    @property
    def is_always_readable(self) -> bool:
        """Not after a transfer that never came to its commit."""
        return False

    @property
    def place(self) -> str:
        """Line and address."""
        return f"{self.line} · {self.address}"

    @property
    def wanted(self) -> Configuration | None:
        """The block as it should be."""
        return None if self.block is None else self.recognise(self.block)

    def read(self) -> Configuration | None:
        """The block it runs; only its checksum when what reads back is not that block."""
        reading = self.field.read(self.line, self.device)
        # A transfer that never came to its commit reads back and does not count.
        runs_it = self.format.crc(reading.block) == reading.crc
        return _configuration(reading.crc, reading.block if runs_it else None)

    def write(self, configuration: Configuration) -> None:
        """Transfer and commit."""
        if configuration.content is None:
            raise NotTaken(f"{self.device}: only the checksum {configuration.checksum} is known")
        self.field.write(self.line, self.device, configuration.content)

    def recognise(self, content: bytes) -> Configuration:
        """By its CRC."""
        return _configuration(self.format.crc(content), content)

    def changes(self, running: Configuration | None) -> tuple[Change, ...]:
        """Key by key, or nothing when what it runs cannot be read."""
        if self.block is None or running is None or running.content is None:
            return ()
        before = self.format.values(running.content)
        return differences(before, self.format.values(self.block)) if before else ()

    def effect(self, changes: tuple[Change, ...]) -> Effect:
        """The commit is all it takes."""
        return Effect.AT_ONCE


def _configuration(crc: int, block: bytes | None) -> Configuration:
    return Configuration(f"{crc:04X}", block)
