"""A program's configuration: one file, YAML or an environment, that the program reads when it starts or is told to.

One file a device, because one file can be replaced whole and two cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from firmware_config.rollout import disk as disks
from firmware_config.rollout import stamp
from firmware_config.rollout.differences import differences, flat
from firmware_config.rollout.disk import Disk
from firmware_config.rollout.target import Change, Configuration, Effect, NotTaken, Unreachable

Format = Literal["yaml", "env"]

# libyaml where there is one: a server's file is read ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_VARIABLE = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)")


@dataclass(frozen=True, slots=True)
class FileTarget:
    """The configuration file of one device; `unit`: the systemd unit whose program reads it.

    `needs_restart`: keys (as `differences` names them, without what stands in brackets) that its program takes at its
    start only; `effect_of_others`: what it takes for all the others.
    """

    device: str
    kind: str
    file: Path
    format: Format
    body: bytes
    is_secret: bool
    disk: Disk
    unit: str | None = None
    effect_of_others: Effect = Effect.RESTART
    needs_restart: tuple[str, ...] = ()

    @property
    def is_always_readable(self) -> bool:
        """A file is."""
        return True

    @property
    def place(self) -> str:
        """The path."""
        return str(self.file)

    @property
    def wanted(self) -> Configuration:
        """The file as it should be."""
        return stamp.stamped(self.device, self.body)

    def read(self) -> Configuration | None:
        """The file as it is."""
        try:
            content = self.disk.read(self.file)
        except OSError as fault:
            raise Unreachable(f"{self.file}: {fault.strerror}") from fault
        return None if content is None else self.recognise(content)

    def write(self, configuration: Configuration) -> None:
        """Replace the file, whole."""
        if configuration.content is None:
            raise NotTaken(f"{self.file}: only the checksum {configuration.checksum} is known")
        mode = disks.SECRET if self.is_secret else disks.PUBLIC
        try:
            disks.replace(self.disk, self.file, configuration.content, mode)
        except OSError as fault:
            raise Unreachable(f"{self.file}: {fault.strerror}") from fault

    def recognise(self, content: bytes) -> Configuration:
        """By the checksum in its head, when that fits."""
        return stamp.parsed(self.device, content)

    def changes(self, running: Configuration | None) -> tuple[Change, ...]:
        """Key by key, or nothing when the file is new or no longer readable."""
        before = self._values(running.content) if running and running.content is not None else {}
        return differences(before, self._values(self.wanted.content or b"")) if before else ()

    def effect(self, changes: tuple[Change, ...]) -> Effect:
        """A restart for keys that need one, and where nobody can tell what changes."""
        if self.effect_of_others is not Effect.FOLLOWS and not changes:
            return Effect.RESTART
        return Effect.RESTART if any(map(self._is_fixed, changes)) else self.effect_of_others

    def _is_fixed(self, change: Change) -> bool:
        key = re.sub(r"\[[^]]*\]", "", change.key)
        return any(key == fixed or key.startswith(f"{fixed}.") for fixed in self.needs_restart)

    def _values(self, content: bytes) -> dict[str, str]:
        try:
            text = content.decode()
            if self.format == "env":
                return dict(_variables(text.splitlines()))
            found = yaml.load(text, _LOADER)
        except (UnicodeDecodeError, yaml.YAMLError):
            return {}
        return flat(found) if isinstance(found, dict) else {}


def _variables(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        if match := _VARIABLE.fullmatch(line):
            yield match[1], match[2]
