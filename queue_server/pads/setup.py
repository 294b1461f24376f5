"""From a branch file to what the program of one line works with: its port, its devices, what each should run (F1, F3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firmware_config.devices import OnLine, WindowScreen
from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.pad_block import block_of, crc16, encode
from firmware_config.pad_profile import PadProfile, load_pad_profile
from firmware_config.printer_profile import SerialLine
from firmware_config.version import version_of
from queue_server.pads.faces import Place
from queue_server.pads.heard import Installed
from queue_server.pads.showing import Stand


class NoSuchLine(ValueError):
    """The branch file has no line of this id, or one without a token."""

    code = "no_such_line"


@dataclass(frozen=True, slots=True)
class Wire:
    """What a `Line` is made from: another value is another line."""

    port: str
    serial: SerialLine
    devices: tuple[Installed, ...]


@dataclass(frozen=True, slots=True)
class LineSetup:
    """One line of a branch file.

    `version`: of the whole file.  `expected`: device → the 126 bytes it should run, of those that hold a configuration.
    """

    id: str
    token: str
    version: str
    wire: Wire
    stands: Mapping[str, Stand]
    expected: Mapping[str, bytes]

    @property
    def expected_crcs(self) -> Mapping[str, str]:
        """The checksums of `expected`, as devices tell theirs: four capital hex digits."""
        return {device: f"{crc16(block):04X}" for device, block in self.expected.items()}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line's setup comes from; `port` and `token` take the place of the file's, `language` is zh or en."""

    branch: Path
    line: str
    language: str = "zh"
    port: str | None = None
    token: str | None = None

    def load(self) -> LineSetup:
        """Read it.  Raises BranchFileRefused with every problem of the file, or NoSuchLine."""
        return setup_of(load_branch_file(self.branch), self)


def setup_of(file: BranchFile, source: Source) -> LineSetup:
    """The line `source` names, of a checked branch file.  Raises NoSuchLine."""
    line, language = source.line, source.language
    found = next((one for one in file.devices.lines if one.id == line), None)
    if found is None:
        known = ", ".join(one.id for one in file.devices.lines) or "none"
        raise NoSuchLine(f"the branch file has no line {line}; it has {known}")
    bearer = source.token or (found.token and found.token.get_secret_value())
    if not bearer:
        raise NoSuchLine(f"line {line} has no token")
    devices = [(one, load_pad_profile(one.profile)) for one in file.devices.on_lines if one.line == line]
    return LineSetup(
        id=line,
        token=bearer,
        version=version_of(file),
        wire=Wire(
            source.port or found.port,
            found.serial,
            tuple(Installed(one.id, one.address, profile) for one, profile in devices),
        ),
        stands={one.id: Stand(_place(one, profile, language), one.counter) for one, profile in devices},
        expected={one.id: encode(block_of(one, profile)) for one, profile in devices if profile.has_config},
    )


def _place(device: OnLine, profile: PadProfile, language: str) -> Place:
    welcome = device.welcome if isinstance(device, WindowScreen) else None
    if welcome is None:
        return Place(profile.role)
    return Place(profile.role, welcome.en if language == "en" else welcome.zh)
