"""How line and devices stand, and whether each runs what the branch file wants (H1, F3).  Pure.

What is returned by each call are the reports there are to make; saying the same twice is left to whoever sends them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from firmware_config.running import PROGRAM_VERSION
from queue_server.pads.heard import DeviceState, LineSeen, Seen
from queue_server.pads.setup import LineSetup
from queue_server.wire.devices import DeviceKind

LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to report about the line or a device on it."""

    device: str
    kind: DeviceKind
    state: DeviceState
    fault: str | None = None
    detail: str = ""
    firmware: str | None = None
    config: str | None = None


class Health:
    """The line of `setup` and its devices, of which nothing is known at first."""

    def __init__(self, setup: LineSetup) -> None:
        self._setup = setup
        self._seen: dict[str, Seen] = {}
        self._line: LineSeen | None = None
        self._served: str | None = None
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the line does not run the branch file the server runs, "" when it does."""
        if self._problem:
            return self._problem
        if self._served is not None and self._served != self._setup.version:
            return f"the server runs branch file {self._served}, this line {self._setup.version}"
        return ""

    @property
    def line(self) -> LineSeen:
        """How the line stands."""
        return self._line or LineSeen("offline")

    def of(self, device: str) -> Seen:
        """How a device stands, as the line sees it and its configuration is."""
        return self._judged(self._seen.get(device) or Seen(device, "offline"))

    def saw(self, seen: Seen) -> list[Standing]:
        """A device stands differently."""
        # As the server and the technician's tools write a checksum.
        config = seen.config.upper() if seen.config is not None else None
        self._seen[seen.device] = replace(seen, config=config)
        return self._of([seen.device])

    def saw_line(self, seen: LineSeen) -> list[Standing]:
        """The line stands differently."""
        self._line = seen
        return self._of_line()

    def configured(self, device: str, config: str) -> list[Standing]:
        """A device runs this configuration since a moment ago."""
        if device in self._seen:
            self._seen[device] = replace(self._seen[device], config=config)
        return self._of([device])

    def serves(self, version: str) -> list[Standing]:
        """The server runs this version of the branch file."""
        self._served = version
        if version == self._setup.version:
            self._problem = ""
        return self._of_line()

    def refused(self, problem: str) -> list[Standing]:
        """The branch file was to be read again and could not be."""
        self._problem = problem
        return self._of_line()

    def install(self, setup: LineSetup) -> list[Standing]:
        """Another branch file is in force."""
        self._setup, self._problem = setup, ""
        self._seen = {device: seen for device, seen in self._seen.items() if device in setup.stands}
        return [*self._of_line(), *self._of(list(self._seen))]

    def _of_line(self) -> list[Standing]:
        if self._line is None:
            return []
        state, fault, detail = self._line.state, self._line.fault, self._line.detail
        if state == "online" and self.problem:
            return [self._line_standing("fault", "config_drift", self.problem)]
        return [self._line_standing(state, fault, detail)]

    def _line_standing(self, state: DeviceState, fault: str | None, detail: str) -> Standing:
        setup = self._setup
        detail = detail[:LONGEST_DETAIL]
        return Standing(setup.id, "pad_line", state, fault, detail, PROGRAM_VERSION, setup.version)

    def _of(self, devices: list[str]) -> list[Standing]:
        standings = []
        for device in devices:
            stand = self._setup.stands.get(device)
            if stand is None or device not in self._seen:
                continue
            seen = self._judged(self._seen[device])
            standings.append(
                Standing(
                    device,
                    stand.place.role,
                    seen.state,
                    seen.fault,
                    seen.detail[:LONGEST_DETAIL],
                    seen.firmware,
                    seen.config,
                )
            )
        return standings

    def _judged(self, seen: Seen) -> Seen:
        """A device that is well and runs something else than it should is not well."""
        expected = self._setup.expected_crcs.get(seen.device)
        if seen.state != "online" or expected is None or seen.config in (None, expected):
            return seen
        detail = f"runs configuration {seen.config}, should run {expected}"
        return replace(seen, state="fault", fault="config_drift", detail=detail)
