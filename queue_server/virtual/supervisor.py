"""The supervisor: starts the programs of the virtual branch, lays their cables, works the switches.

`Supervisor.state()` is the whole truth the page shows; every change of it goes out through the feed.
"""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from queue_server.settings import BranchSetup
from queue_server.virtual.cables import Cable
from queue_server.virtual.crowd import Cast, Crowd
from queue_server.virtual.feed import Feed
from queue_server.virtual.paper import FAULTS, PaperDesk
from queue_server.virtual.places import Places
from queue_server.virtual.programs import Program
from queue_server.virtual.screens import ScreenSocket

TICKETS_SHOWN = 8
KIOSK_SIZE = "1080x1920"
DISPLAY_SIZE = "1920x1080"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Who holds what, as the virtual branch's file says; a real branch never hands these around."""

    kiosk: tuple[str, str]
    display: tuple[str, str]
    tellers: dict[str, tuple[str, str]]
    lobby_manager: str


class UnknownSwitch(Exception):
    """There is no switch of that name."""


class Supervisor:
    """The programs, cables, screens and paper of one virtual branch."""

    def __init__(
        self,
        branch_file: Path,
        setup: BranchSetup,
        tokens: Tokens,
        places: Places,
        server_port: int,
        public_url: str,
    ) -> None:
        self.feed = Feed()
        self.server_port = server_port
        self.places = places
        self.tokens = tokens
        self.setup = setup
        self.cuts: list[dict[str, Any]] = []
        self._faults: set[str] = set()
        self.cables = {name: Cable(name, server_port) for name in ("kiosk", "display")}
        self.screens = {
            name: ScreenSocket(name, places.screen(name), self.feed.tell) for name in ("kiosk", "display")
        }
        self.paper = PaperDesk(places.printer_control, self._paper_event)
        self.crowd = Crowd(
            f"http://127.0.0.1:{server_port}",
            _cast(setup, tokens),
            lambda: self.feed.tell("crowd", self.crowd.state()),
        )
        self.programs = {program.name: program for program in self._programs(branch_file, tokens, public_url)}
        self._switches: dict[str, Callable[[bool], None]] = {
            **{fault: self._fault_switch(fault) for fault in FAULTS},
            "display_cable": lambda is_on: self._pull("display", is_on),
            "kiosk_cable": lambda is_on: self._pull("kiosk", is_on),
            "network": self._pull_all,
            "display_power": lambda is_on: self._power("display", is_on),
            "kiosk_power": lambda is_on: self._power("kiosk", is_on),
            "server_power": lambda is_on: self._power("server", is_on),
        }

    def _programs(self, branch_file: Path, tokens: Tokens, public_url: str) -> list[Program]:
        places = self.places
        headless = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        kiosk, display = tokens.kiosk, tokens.display
        installed = next(d for d in self.setup.devices if d.kind == "printer")
        profile, printer_id = installed.profile or "generic_80mm", installed.id
        server: dict[str, object] = {"branch": branch_file, "data": places.journal, "host": "127.0.0.1"}
        printer = {
            "port-link": places.printer_port,
            "profile": profile,
            "paper-dir": places.paper,
            "control": places.printer_control,
        }
        kiosk_options = {
            "server": f"http://127.0.0.1:{self.cables['kiosk'].port}",
            "kiosk-id": kiosk[0],
            "printer-id": printer_id,
            "printer-port": places.printer_port,
            "printer-profile": profile,
            "state-dir": places.kiosk,
            "size": KIOSK_SIZE,
            "stream": places.screen("kiosk"),
        }
        display_options = {
            "server": f"http://127.0.0.1:{self.cables['display'].port}",
            "display-id": display[0],
            "voice": places.voice,
            "size": DISPLAY_SIZE,
            "stream": places.screen("display"),
        }
        server |= {"port": self.server_port, "public-url": public_url}
        arguments: dict[str, tuple[list[str], dict[str, str]]] = {
            "server": (["queue_server", "serve", *_options(server)], {}),
            "printer": (["printer", "simulate", *_options(printer)], {}),
            "kiosk": (["kiosk", "run", *_options(kiosk_options)], {"KIOSK_TOKEN": kiosk[1], **headless}),
            "display": (
                ["display", "run", *_options(display_options)],
                {"DISPLAY_TOKEN": display[1], **headless},
            ),
        }
        return [
            Program(name, words, places.log(name), self._program_changed, environment)
            for name, (words, environment) in arguments.items()
        ]

    # --- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every program."""
        for program in self.programs.values():
            program.start()

    def stop(self) -> None:
        """Stop every program by its pid, the devices before the server."""
        self.crowd.stop()
        self.feed.close()
        for name in ("kiosk", "display", "printer", "server"):
            self.programs[name].stop()
        for cable in self.cables.values():
            cable.close()
        self.paper.close()
        for screen in self.screens.values():
            screen.close()
        shutil.rmtree(self.places.sockets, ignore_errors=True)

    def server_health(self) -> tuple[int, dict[str, Any]]:
        """The server's own answer at /healthz, or 503 while there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.server_port}/healthz", timeout=3) as answer:
                return int(answer.status), dict(json.loads(answer.read()))
        except (OSError, ValueError) as problem:
            return 503, {
                "ok": False,
                "code": "server_not_there",
                "message": str(problem),
                "details": {},
            }

    # --- switches --------------------------------------------------------------------------------------------------

    def switch(self, name: str, is_on: bool) -> None:
        """Work a switch: on = the fault is there.  Raises UnknownSwitch."""
        act = self._switches.get(name)
        if act is None:
            raise UnknownSwitch(name)
        act(is_on)
        self.feed.tell("switches", self.switches())

    def restart_server(self, is_power_cut: bool) -> None:
        """Restart the queue server, politely or with kill −9."""
        server = self.programs["server"]
        if is_power_cut:
            server.kill()
        else:
            server.restart()

    def switches(self) -> dict[str, bool]:
        """Every switch and whether it is on."""
        pulled = {name: not cable.is_plugged for name, cable in self.cables.items()}
        return {
            **{fault: fault in self._faults for fault in FAULTS},
            "display_cable": pulled["display"],
            "kiosk_cable": pulled["kiosk"],
            "network": all(pulled.values()),
            **{f"{name}_power": name in self._faults for name in ("display", "kiosk", "server")},
        }

    def _fault_switch(self, name: str) -> Callable[[bool], None]:
        def act(is_on: bool) -> None:
            self.paper.fault(name, is_on)
            (self._faults.add if is_on else self._faults.discard)(name)

        return act

    def _pull(self, name: str, is_pulled: bool) -> None:
        cable = self.cables[name]
        if is_pulled:
            cable.pull()
        else:
            cable.plug()

    def _pull_all(self, is_pulled: bool) -> None:
        for name in self.cables:
            self._pull(name, is_pulled)

    def _power(self, name: str, is_off: bool) -> None:
        program = self.programs[name]
        if is_off:
            self._faults.add(name)
            program.stop()
        else:
            self._faults.discard(name)
            program.start()

    # --- what the page is told -------------------------------------------------------------------------------------

    def state(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything true now, as the events a page would have been sent."""
        first: list[tuple[str, dict[str, Any]]] = [
            (
                "program",
                {"name": name, "is_running": program.pid is not None, "starts": program.starts},
            )
            for name, program in self.programs.items()
        ]
        for name, screen in self.screens.items():
            first.append(("stream", {"screen": name, "is_connected": screen.is_connected}))
            if screen.frame:
                width, height = screen.size
                first.append(
                    ("frame", {"screen": name, "n": screen.frame_count, "width": width, "height": height})
                )
        first.append(("switches", self.switches()))
        first.append(("printer", {"is_running": bool(self.paper.state), **self.paper.state}))
        first.append(("crowd", self.crowd.state()))
        first.extend(("cut", cut) for cut in self.cuts)
        return first

    def _program_changed(self, name: str, is_running: bool) -> None:
        program = self.programs[name]
        self.feed.tell("program", {"name": name, "is_running": is_running, "starts": program.starts})

    def _paper_event(self, kind: str, facts: dict[str, Any]) -> None:
        if kind == "cut":
            self.cuts = [*self.cuts, facts][-TICKETS_SHOWN:]
        elif kind == "printer" and isinstance(facts.get("faults"), list):
            self._faults = {f for f in self._faults if f not in FAULTS} | set(facts["faults"])
            self.feed.tell("switches", self.switches())
        self.feed.tell(kind, facts)


def _options(options: Mapping[str, object]) -> list[str]:
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def _cast(setup: BranchSetup, tokens: Tokens) -> Cast:
    branch = setup.branch
    return Cast(
        lobby_token=tokens.lobby_manager,
        teller_tokens={counter: token for counter, (_, token) in tokens.tellers.items()},
        teller_ids={counter: teller for counter, (teller, _) in tokens.tellers.items()},
        typical_s={service.code: service.typical_s for service in branch.services},
        counter_services={counter.code: sorted(counter.services) for counter in branch.counters},
    )
