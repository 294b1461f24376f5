"""The branch file in force, and how another one takes its place while the server runs (F1).

The file is read and checked whole, off the hub's thread; then the door lets it take effect between two batches.  What
it says wrongly is a refusal with every problem, and nothing has changed; so is what only a restart can change, and
what somebody at a counter still needs.  It knows no rule and no socket.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from firmware_config.problems import BranchFileRefused, Problem
from firmware_config.rollout.differences import differences
from queue_server.domain.actors import Actor, require_permission
from queue_server.domain.branch import Branch, Text
from queue_server.domain.commands import LoadConfiguration
from queue_server.domain.day import Day
from queue_server.domain.transitions import CounterState
from queue_server.errors import Refusal
from queue_server.journal.port import RunBlocking
from queue_server.service import BranchService, Change, Outcome
from queue_server.settings import BranchSetup, PublishedTokens, is_loopback

log = structlog.get_logger("queue_server.reload")

KEPT_NAME = "configuration.json"
"""In the data folder: what the branch file said that was journaled last, so that a start can say what is new."""

TOLD_CHANGES = 60
"""So many changed keys are told one by one; the rest is a count."""


class ConfigurationRefused(Refusal):
    """The branch file is not right.  `problems`: each with `file`, `line`, `column`, `key` and `message`."""

    code, status = "configuration_refused", 422
    template = "The branch file has {count} problem(s), and nothing was changed: {first}"


class RestartNeeded(Refusal):
    """The branch file changes what this process was built on."""

    code, status = "restart_needed", 409
    template = "Only a restart can change this, so nothing was changed: {keys}"


class ConfigurationInUse(Refusal):
    """The branch file takes away what somebody in the hall still needs."""

    code, status = "configuration_in_use", 409
    template = "The branch file takes away what is still in use, so nothing was changed: {uses}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a reload.

    `changed`: the keys of the branch file that are new, gone or different.  `restarts`: kiosks and displays that are
    given a part of the branch file when they start, and whose part has changed.
    """

    outcome: Outcome
    version: str
    changed: tuple[str, ...]
    restarts: tuple[str, ...]


Listener = Callable[[BranchSetup, BranchSetup], None]


class Configuration:
    """The branch file in force: who holds which token, what people are called, which version it is.

    `load` reads and checks the file; `run_blocking` runs it and the writing of what is kept; `listeners` are told of
    (the old setup, the new one) in the moment it takes effect, and must not block.
    """

    def __init__(
        self,
        setup: BranchSetup,
        load: Callable[[], BranchSetup],
        host: str,
        data: Path,
        run_blocking: RunBlocking,
    ) -> None:
        self._setup = setup
        self._names = setup.names
        self._load = load
        self._host = host
        self._kept = data / KEPT_NAME
        self._run_blocking = run_blocking
        self._listeners: list[Listener] = []
        self._turn = threading.Lock()

    @property
    def setup(self) -> BranchSetup:
        """The setup in force.  A value: read it once, then ask it."""
        return self._setup

    @property
    def version(self) -> str:
        """A checksum of what the branch file in force says."""
        return self._setup.version

    @property
    def names(self) -> Mapping[str, Text]:
        """What people are called, by their ids."""
        return self._names

    def identify(self, token: str) -> Actor | None:
        """The actor who holds `token`, or None."""
        return self._setup.identities.identify(token)

    def subscribe(self, listener: Listener) -> None:
        """Tell `listener` of every change, from now on."""
        self._listeners.append(listener)

    # --- at a start ------------------------------------------------------------------------------------------------

    def journal_start(self, service: BranchService, actor: Actor) -> None:
        """Say in the journal which branch file is served, if it is another one than the last."""
        kept = self._read_kept()
        changed = () if kept is None else changes(kept, self._setup.values)
        command = LoadConfiguration(self._setup.version, changed)
        outcome = service.dispatch(command, f"start:{uuid4().hex}", actor)
        if outcome.events or kept is None:
            self._keep()

    # --- while it runs ---------------------------------------------------------------------------------------------

    def reload(self, service: BranchService, command_id: str, actor: Actor, language: str = "en") -> Loaded:
        """Read the branch file again and let it take effect, whole, or raise a Refusal and change nothing.

        `language` (zh, en) is that of the problems a refusal lists.
        """
        require_permission(actor, LoadConfiguration("", ()))
        # One after the other: a file read first must not take effect after one that was read later.
        with self._turn:
            return self._load_and_adopt(service, command_id, actor, language)

    def _load_and_adopt(self, service: BranchService, command_id: str, actor: Actor, language: str) -> Loaded:
        old = self._setup
        new = self._read(language)
        self._require_reloadable(old, new)
        changed = changes(old.values, new.values)
        if not old.identities.is_same(new.identities):
            changed = (*changed, "tokens")
        command = LoadConfiguration(new.version, changed)
        change = Change(
            new.branch, lambda day: require_unused(old.branch, new.branch, day), lambda: self._adopt(new)
        )
        outcome = service.reconfigure(command, command_id, actor, change)
        if self._setup is not new and outcome.is_repeat and self._setup.version != new.version:
            # It is in the journal, but the process that wrote it was stopped before it could act on it.
            service.reconfigure(command, f"again:{uuid4().hex}", actor, change)
        self._run_blocking(self._keep)
        restarts = needing_restart(old, new)
        log.info(
            "configuration loaded", version=new.version, changed=len(changed), restarts=",".join(restarts)
        )
        return Loaded(outcome, new.version, changed, restarts)

    def _read(self, language: str) -> BranchSetup:
        def attempt() -> BranchSetup | BranchFileRefused | OSError:
            # An error crosses the thread as a value: not every pool hands one over without printing it.
            try:
                return self._load()
            except (BranchFileRefused, OSError) as error:
                return error

        found = self._run_blocking(attempt)
        if isinstance(found, BranchFileRefused):
            catalogue = "zh_CN" if language == "zh" else "en"
            first = found.problems[0].read(catalogue)
            problems = [_problem(problem, catalogue) for problem in found.problems]
            raise ConfigurationRefused(count=len(problems), first=first, problems=problems)
        if isinstance(found, OSError):
            first = f"{found.filename}: {found.strerror}"
            raise ConfigurationRefused(count=1, first=first, problems=[])
        return found

    def _require_reloadable(self, old: BranchSetup, new: BranchSetup) -> None:
        if new.published_ids and not is_loopback(self._host):
            fault = PublishedTokens(ids=", ".join(new.published_ids))
            raise ConfigurationRefused(count=1, first=fault.message, problems=[])
        keys = [
            key
            for key, before, after in (
                ("branch.code", old.branch.code, new.branch.code),
                ("branch.zone", old.branch.zone, new.branch.zone),
            )
            if before != after
        ]
        if keys:
            raise RestartNeeded(keys=", ".join(keys))

    def _adopt(self, new: BranchSetup) -> None:
        old, self._setup, self._names = self._setup, new, new.names
        for listener in self._listeners:
            try:
                listener(old, new)
            except Exception:
                # The journal says that it is in force, and it is: a listener's bug is no reason to say otherwise.
                log.exception("listener failed")

    # --- what is kept ----------------------------------------------------------------------------------------------

    def _read_kept(self) -> Mapping[str, str] | None:
        try:
            values: Any = json.loads(self._kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return values if isinstance(values, dict) else None

    def _keep(self) -> None:
        """Only for telling what is new: a disk that does not take it changes nothing else."""
        fresh = self._kept.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(dict(self._setup.values), ensure_ascii=False), encoding="utf-8")
            os.replace(fresh, self._kept)
        except OSError as error:
            log.error("configuration not kept", cause=str(error))


def _problem(problem: Problem, catalogue: str) -> dict[str, Any]:
    spot = problem.spot
    return {
        "file": spot.file,
        "line": spot.line,
        "column": spot.column,
        "key": problem.path,
        "message": problem.read(catalogue).removeprefix(f"{spot}: "),
    }


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that differ, in the order of the new file; `order` when nothing differs but the order of its lists."""
    keys = [change.key for change in differences(before, after)]
    if not keys and list(before) != list(after):
        return ("order",)
    if len(keys) > TOLD_CHANGES:
        return (*keys[:TOLD_CHANGES], f"+{len(keys) - TOLD_CHANGES}")
    return tuple(keys)


def require_unused(old: Branch, new: Branch, day: Day) -> None:
    """Raise ConfigurationInUse when `new` has no place for an open ticket, or no counter where somebody is served."""
    uses: list[str] = []
    gone = set(old.counter_by_code) - set(new.counter_by_code)
    for counter in sorted(gone):
        desk = day.desk(counter)
        if desk.state not in (CounterState.CLOSED, CounterState.FREE, CounterState.PAUSED):
            # One that is merely open closes with the change; this one has somebody.
            uses.append(f"counters[{counter}] ({desk.number or desk.teller or ''})")
    lost = set(old.service_by_code) - set(new.service_by_code)
    for number in sorted(day.tickets) if lost or gone else ():
        ticket = day.tickets[number]
        if not ticket.is_open:
            continue
        if ticket.service in lost:
            uses.append(f"services[{ticket.service}] ({number})")
        if ticket.reserved_counter in gone:
            uses.append(f"counters[{ticket.reserved_counter}] ({number})")
    if uses:
        raise ConfigurationInUse(uses=", ".join(uses[:20]))


def needing_restart(old: BranchSetup, new: BranchSetup) -> tuple[str, ...]:
    """Kiosks and displays whose own part of the file changed: printers, ticket layout, voice.

    They are given it when they start; the server has nothing to tell them about it.  A pad line reads the file again
    by itself.
    """
    found = set()
    for key in (change.key for change in differences(old.values, new.values)):
        part, _, rest = key.partition(".")
        if part == "ticket":
            found |= {device.id for device in new.devices if device.kind == "kiosk"}
        elif part == "voice":
            found |= {device.id for device in new.devices if device.kind == "display"}
        elif rest.startswith(("printers[", "kiosks[")):
            code = rest.partition("[")[2].partition("]")[0]
            found |= {device.id for device in new.devices if code in (device.id, device.printer)}
    return tuple(sorted(found & {device.id for device in new.devices if device.kind in ("kiosk", "display")}))
