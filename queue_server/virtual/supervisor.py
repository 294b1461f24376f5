"""The supervisor: starts the programs of the virtual branch, lays their cables, works the switches.

`Supervisor.state()` is the whole truth the page shows; every change of it goes out through the feed.
"""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent

from queue_server.settings import BranchSetup
from queue_server.virtual.cables import Cable
from queue_server.virtual.crowd import Cast, Crowd
from queue_server.virtual.feed import Feed
from queue_server.virtual.pads import FAULTS as PAD_FAULTS
from queue_server.virtual.pads import CounterDevice, PadDesk
from queue_server.virtual.paper import FAULTS, PaperDesk
from queue_server.virtual.places import Places
from queue_server.virtual.programs import Life, Program
from queue_server.virtual.roster import Tokens, roster
from queue_server.virtual.screens import ScreenSocket

LOOK_AGAIN_S = 0.2
"""While the server starts: how often it is asked whether it is there."""

MID_TICKET = "paper_out_mid_ticket"
SCREENS = ("kiosk", "display")
WITH_POWER = ("display", "kiosk", "server")


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
        pads: tuple[CounterDevice, ...] = (),
    ) -> None:
        self.feed = Feed()
        self.id = uuid.uuid4().hex
        """Of this start: a page of an earlier one has old addresses, and is loaded anew."""
        self.server_port = server_port
        self.places = places
        self.tokens = tokens
        self.setup = setup
        self._faults: set[str] = set()
        self._has_torn = False
        self._pulled: set[str] = set()
        self._is_network_down = False
        self._is_server_there = False
        # The counters' cable carries the pages of tellers and lobby manager, and the simulated tellers.
        self.cables = {name: Cable(name, server_port) for name in ("kiosk", "display", "counters")}
        self.screens = {name: ScreenSocket(name, places.screen(name), self._screen_event) for name in SCREENS}
        self.paper = PaperDesk(places.printer_control, self._paper_event)
        self.pads = PadDesk(places.pads_control, pads, self._pad_event)
        self.crowd = Crowd(
            f"http://127.0.0.1:{self.cables['counters'].port}",
            _cast(setup, tokens),
            lambda: self.feed.tell("crowd", self.crowd.state()),
        )
        commands = roster(
            branch_file,
            setup,
            tokens,
            places,
            server_port,
            public_url,
            {name: cable.port for name, cable in self.cables.items()},
        )
        self.programs = {
            name: Program(name, command.words, places.log(name), self._program_changed, command.environment)
            for name, command in commands.items()
        }
        self._switches: dict[str, Callable[[bool], None]] = {
            **{fault: self._fault_switch(fault) for fault in FAULTS},
            **{f"{name}_cable": self._cable_switch(name) for name in SCREENS},
            "network": self._network,
            **{fault: self._pad_fault_switch(fault) for fault in PAD_FAULTS},
            **{f"{name}_power": self._power_switch(name) for name in WITH_POWER},
        }

    # --- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every program."""
        for program in self.programs.values():
            program.start()

    def stop(self) -> None:
        """Stop every program by its pid, the devices before the server, and leave no socket behind."""
        self.crowd.stop()
        self.feed.close()
        devices = [name for name in self.programs if name != "server"]
        gevent.joinall([gevent.spawn(self.programs[name].stop) for name in devices])
        self.programs["server"].stop()
        for cable in self.cables.values():
            cable.close()
        self.paper.close()
        self.pads.close()
        for screen in self.screens.values():
            screen.close()
        self.places.leave()

    def server_health(self) -> tuple[int, dict[str, Any]]:
        """The server's own answer at /healthz, or 503 while there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.server_port}/healthz", timeout=3) as answer:
                return int(answer.status), dict(json.loads(answer.read()))
        except (OSError, ValueError) as problem:
            return 503, {"ok": False, "code": "server_not_there", "message": str(problem), "details": {}}

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
        faults = set(self._faults)
        if self._has_torn and "paper_out" in faults:
            # In mid-ticket the paper ended; the printer now only knows that there is none.
            faults = faults - {"paper_out"} | {MID_TICKET}
        return {
            **{fault: fault in faults for fault in FAULTS},
            **{f"{name}_cable": name in self._pulled for name in SCREENS},
            "network": self._is_network_down,
            **{fault: fault in self.pads.faults for fault in PAD_FAULTS},
            **{f"{name}_power": self.programs[name].life is Life.OFF for name in WITH_POWER},
        }

    def _fault_switch(self, name: str) -> Callable[[bool], None]:
        def act(is_on: bool) -> None:
            if not self.paper.fault(name, is_on):
                return
            (self._faults.add if is_on else self._faults.discard)(name)
            if name == MID_TICKET:
                self._has_torn = is_on

        return act

    def _pad_fault_switch(self, name: str) -> Callable[[bool], None]:
        def act(is_on: bool) -> None:
            self.pads.fault(name, is_on)

        return act

    def _cable_switch(self, name: str) -> Callable[[bool], None]:
        def act(is_pulled: bool) -> None:
            (self._pulled.add if is_pulled else self._pulled.discard)(name)
            self._lay_cables()

        return act

    def _network(self, is_down: bool) -> None:
        self._is_network_down = is_down
        self._lay_cables()

    def _lay_cables(self) -> None:
        for name, cable in self.cables.items():
            if self._is_network_down or name in self._pulled:
                cable.pull()
            else:
                cable.plug()

    def _power_switch(self, name: str) -> Callable[[bool], None]:
        program = self.programs[name]
        return lambda is_off: program.stop() if is_off else program.start()

    # --- what the page is told -------------------------------------------------------------------------------------

    def state(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything true now, as the events a page would have been sent."""
        first: list[tuple[str, dict[str, Any]]] = [("branch", {"id": self.id})]
        first.extend(("program", self._told(name)) for name in self.programs)
        first.extend(("frame", screen.shown()) for screen in self.screens.values() if screen.frame)
        first.extend(("note", screen.noted()) for screen in self.screens.values() if screen.notes)
        first.append(("switches", self.switches()))
        first.append(("printer", self.paper.state))
        first.append(("pad_line", {"is_there": self.pads.is_there}))
        first.extend(("pad", shown) for shown in self.pads.shown.values())
        first.append(("crowd", self.crowd.state()))
        first.extend(("cut", {**cut, "is_new": False}) for cut in self.paper.cuts)
        return first

    def _told(self, name: str) -> dict[str, Any]:
        """One program as the page shows it: its life, and its log when it keeps dying."""
        program = self.programs[name]
        life = program.life
        if life is Life.RUNNING and not self._does_its_work(name):
            life = Life.STARTING
        told = {"name": name, "life": life.value, "starts": program.starts}
        return {**told, "log": str(program.log)} if life is Life.FAILING else told

    def _does_its_work(self, name: str) -> bool:
        if name == "server":
            return self._is_server_there
        if name == "printer":
            return bool(self.paper.state["is_there"])
        if name == "pads":
            return self.pads.is_there
        if name not in self.screens:
            return True
        screen = self.screens[name]
        return screen.is_connected and bool(screen.frame)

    def _program_changed(self, name: str) -> None:
        if name == "server":
            self._is_server_there = False
            if (pid := self.programs[name].pid) is not None:
                gevent.spawn(self._await_server, pid)
        elif name == "printer" and self.programs[name].pid is not None:
            # A new simulator has no faults: its switches went with the old one.
            self._faults.clear()
            self._has_torn = False
            self.feed.tell("switches", self.switches())
        self.feed.tell("program", self._told(name))

    def _await_server(self, pid: int) -> None:
        """Look until this start of the server answers; nobody asks a server that runs."""
        while self.programs["server"].pid == pid:
            if self.server_health()[0] == 200:
                self._is_server_there = True
                self.feed.tell("program", self._told("server"))
                return
            gevent.sleep(LOOK_AGAIN_S)

    def _screen_event(self, kind: str, facts: dict[str, Any]) -> None:
        if kind == "stream":
            self.feed.tell("program", self._told(str(facts["screen"])))
            return
        self.feed.tell(kind, facts)
        if kind == "frame" and facts["n"] == 1:
            self.feed.tell("program", self._told(str(facts["screen"])))

    def _pad_event(self, kind: str, facts: dict[str, Any]) -> None:
        if kind == "pad_line":
            self.feed.tell("switches", self.switches())
            self.feed.tell("program", self._told("pads"))
        self.feed.tell(kind, facts)

    def _paper_event(self, kind: str, facts: dict[str, Any]) -> None:
        if kind == "printer":
            if isinstance(facts.get("faults"), list):
                self._faults = set(facts["faults"])
                self.feed.tell("switches", self.switches())
            self.feed.tell("program", self._told("printer"))
        self.feed.tell(kind, facts)


def _cast(setup: BranchSetup, tokens: Tokens) -> Cast:
    branch = setup.branch
    return Cast(
        lobby_token=tokens.lobby_manager,
        teller_tokens={counter: token for counter, (_, token) in tokens.tellers.items()},
        typical_s={service.code: service.typical_s for service in branch.services},
        counter_services={counter.code: sorted(counter.services) for counter in branch.counters},
    )
