"""One device as a roll-out sees it: what it should run, what it runs, and how it gets the one in place of the other.

Values and one Protocol; files and pads are its two adapters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Unreachable(Exception):
    """A device does not answer, or its port or folder cannot be had; the message says which and why."""

    code = "unreachable"


class NotTaken(Exception):
    """A device answered and did not take its configuration; the message says what it did instead."""

    code = "not_taken"


class Effect(StrEnum):
    """What it takes until a new configuration counts; `follows`: pad lines read it anew once the server has it."""

    AT_ONCE = "at_once"
    FOLLOWS = "follows"
    RELOAD = "reload"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a device runs or should run.

    `content`: every byte of it; None when a device tells its checksum only.  `checksum`: what it is known by, as
    verify and the devices page show it.  `is_ours`: False for a file that was changed by hand or damaged.
    """

    checksum: str
    content: bytes | None
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One key that would change; a value is None where the key is not written, and no secret has one to show."""

    key: str
    before: str | None
    after: str | None
    is_secret: bool = False


class Target(Protocol):
    """A device that can be configured, or cannot (`wanted` is None)."""

    @property
    def device(self) -> str:
        """Its id in the branch file."""

    @property
    def kind(self) -> str:
        """server, kiosk, display, printer, pad_line, call_pad, window_screen or evaluator."""

    @property
    def place(self) -> str:
        """Where it is: a path, or line and address."""

    @property
    def file(self) -> Path:
        """Its configuration, or where those of a device without files are kept: `file.previous`, `file.next`."""

    @property
    def unit(self) -> str | None:
        """The systemd unit whose program reads it; None for a device that is no program of a branch PC."""

    @property
    def is_always_readable(self) -> bool:
        """Whether what it runs can be read whole at any time; else what it was given is kept for that."""

    @property
    def is_secret(self) -> bool:
        """Whether its configuration holds tokens."""

    @property
    def wanted(self) -> Configuration | None:
        """What the branch file wants it to run; None for a device that cannot be configured."""

    def read(self) -> Configuration | None:
        """What it runs, or None when it was never configured.  Raises Unreachable."""

    def write(self, configuration: Configuration) -> None:
        """Make it run `configuration`.  Raises Unreachable or NotTaken; a power cut leaves old or new."""

    def recognise(self, content: bytes) -> Configuration:
        """A configuration of this device that was kept, by its content."""

    def changes(self, running: Configuration | None) -> tuple[Change, ...]:
        """Key by key what would change; empty also when what it runs cannot be read key by key."""

    def effect(self, changes: tuple[Change, ...]) -> Effect:
        """What it takes until these changes count."""
