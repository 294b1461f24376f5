"""The composition root: the only place that knows every adapter.

`build` puts one branch's server together and starts nothing; `App.start` serves.  Must be imported after gevent's
monkey-patch, which only `__main__` does.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import structlog

from queue_server.clock import BranchClock
from queue_server.domain.actors import SYSTEM, Actor
from queue_server.domain.branch import Branch
from queue_server.domain.day import Day
from queue_server.errors import Fault, Refusal
from queue_server.journal.place import SqlitePlace
from queue_server.journal.port import Recorded
from queue_server.journal.sql import SqlJournal
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.records.reports import report
from queue_server.reload import Configuration, Loaded
from queue_server.service import BranchService
from queue_server.settings import BranchSetup, Settings
from queue_server.sockets.namespaces import (
    DisplayNamespace,
    ForeignNamespace,
    KioskNamespace,
    LobbyNamespace,
    PadsNamespace,
    TellerNamespace,
    TicketNamespace,
    TokenNamespace,
)
from queue_server.sockets.presence import Presence
from queue_server.sockets.relay import Relay
from queue_server.sockets.timers import Timers
from queue_server.story import story_of
from queue_server.transport import Broadcaster, HttpListener, make_socketio, thread_pool_call
from queue_server.transport.commit_thread import CommitThread
from queue_server.views.language import Language
from queue_server.views.lately import Lately, after, of_day
from queue_server.views.scene import Offer, Scene
from queue_server.web.application import make_application
from queue_server.web.door import Door, Reload
from queue_server.web.metrics import Metrics

log = structlog.get_logger("queue_server.app")

WILDCARD_HOSTS = frozenset({"", "0.0.0.0", "::", "[::]"})
"""Addresses to listen on that are no address to come to."""

SCENE_S = 0.02
"""A scene of the same day may be so old: its views cannot tell the difference."""


class AddressNotUsable(Fault):
    """The port is taken, or not ours to take."""

    code = "address_not_usable"
    template = "Cannot listen on {host}:{port}: {cause}"


class PublicUrlNeeded(Fault):
    """Listening on every address, it cannot know which of them customers' phones reach."""

    code = "public_url_needed"
    template = "Listening on {host} needs --public-url (or JIAOHAO_PUBLIC_URL): how phones reach this server"


class Now:
    """The newest scene of the day, made at most once per moment, and the small memory its views need."""

    def __init__(self, service: BranchService, configuration: Configuration) -> None:
        self._service = service
        self._configuration = configuration
        self._public_url = ""
        self._offer = _offer(configuration.setup, "")
        self._lately: Lately = of_day(service.day)
        self._scene: Scene | None = None
        self._made_at = 0.0

    def reached_at(self, public_url: str) -> None:
        """How phones reach this server: known once its port is."""
        self._public_url = public_url.rstrip("/")
        self.reconfigured(self._configuration.setup, self._configuration.setup)

    def reconfigured(self, old: BranchSetup, new: BranchSetup) -> None:
        """The configuration's listener; it must be the first one."""
        self._offer = _offer(new, self._public_url)
        self._scene = None

    def heard(self, recorded: Sequence[Recorded]) -> None:
        """The service's listener; it must be the first one."""
        day = self._service.day
        for one in recorded:
            self._lately = after(self._lately, day, one.position, one.event)
        self._scene = None

    def scene(self) -> Scene:
        """The day as it is now."""
        day: Day = self._service.day
        scene = self._scene
        if scene is None or scene.day is not day or monotonic() - self._made_at > SCENE_S:
            service, names = self._service, self._configuration.names
            scene = Scene(service.branch, day, service.now(), names, self._lately, self._offer)
            self._scene, self._made_at = scene, monotonic()
        return scene


def _offer(setup: BranchSetup, public_url: str) -> Offer:
    """What pages and kiosks offer, of this setup."""
    kiosks = tuple(device.id for device in setup.devices if device.kind == "kiosk")
    return Offer(public_url, kiosks, setup.expected_configs, setup.version)


class App:
    """One branch's server.  Nothing runs before `start` or `serve_forever`."""

    def __init__(
        self,
        service: BranchService,
        journal: SqlJournal,
        listener: HttpListener,
        relay: Relay,
        timers: Timers,
        presence: Presence,
        commits: CommitThread,
        reload: Reload,
    ) -> None:
        self.service = service
        self.reload = reload
        self._journal = journal
        self._listener = listener
        self._relay = relay
        self._timers = timers
        self._presence = presence
        self._commits = commits

    @property
    def port(self) -> int:
        """The port it really listens on."""
        return self._listener.port

    def start(self) -> None:
        """Serve from now on, and return."""
        self._start_background()
        self._listener.start()

    def serve_forever(self) -> None:
        """Serve until `stop`."""
        self._start_background()
        self._listener.serve_forever()

    def reload_by_signal(self) -> None:
        """Read the branch file again; what is wrong with it goes to the log, line by line."""
        try:
            self.reload(f"signal:{uuid4().hex}", SYSTEM, "en")
        except (Refusal, Fault) as no:
            log.error("configuration not loaded", code=no.code, cause=no.message)
            for problem in no.details.get("problems", []):
                log.error(
                    "problem", place="{file}:{line}:{column}".format_map(problem), cause=problem["message"]
                )
        except Exception:
            log.exception("configuration not loaded")

    def stop(self, within_s: float = 5.0) -> None:
        """Finish what is running, say goodbye to the clients, let go of the journal."""
        self._presence.stop()
        self._timers.stop()
        self._relay.stop()
        self._listener.stop(within_s)
        self._commits.stop()
        self._journal.close()
        log.info("stopped", position=self.service.day.position)

    def _start_background(self) -> None:
        self._relay.start()
        self._timers.start()
        self._presence.start()


def build(settings: Settings, public_url: str | None = None) -> App:
    """A server of the branch in `settings`, its port bound and its day read.

    `public_url` is how customers' phones reach this server; it stands in the tickets' QR codes.  Raises a Fault that
    names the place: a folder that cannot be written or is in use, an altered journal, a port that is taken, a host
    that is no address while no `public_url` is given.
    """
    if not public_url and settings.host in WILDCARD_HOSTS:
        raise PublicUrlNeeded(host=settings.host)
    began = monotonic()
    setup = settings.setup
    branch = setup.branch
    journal = SqlJournal(SqlitePlace(settings.data), branch.code, tables.metadata)
    commits = CommitThread()
    try:
        clock = BranchClock(not_before=journal.head().at)
        service = BranchService(
            branch, journal, clock, run_blocking=commits, project=lambda steps: project(service.branch, steps)
        )
        configuration = Configuration(setup, settings.load, settings.host, settings.data, thread_pool_call)
        now = Now(service, configuration)
        app = _assemble(settings, configuration, service, journal, now, clock, commits)
        # Only now is it known which port the system chose.
        now.reached_at(public_url or f"http://{settings.host}:{app.port}")
        configuration.journal_start(service, SYSTEM)
    except BaseException:
        commits.stop()
        journal.close()
        raise
    # The day and the program stay for good: the collector need not look through them again and again.
    gc.freeze()
    log.info(
        "ready",
        branch=branch.code,
        port=app.port,
        position=service.day.position,
        tickets=service.day.issued_count,
        took_ms=int((monotonic() - began) * 1000),
    )
    return app


def _assemble(
    settings: Settings,
    configuration: Configuration,
    service: BranchService,
    journal: SqlJournal,
    now: Now,
    clock: BranchClock,
    commits: CommitThread,
) -> App:
    relays: list[Relay] = []
    timers, presence = Timers(service, clock.take_over_wall), Presence(service)
    metrics = Metrics(service, lambda: relays[0].counts(), presence.last_heard)

    def reload(command_id: str, actor: Actor, language: Language = "en") -> Loaded:
        try:
            loaded = configuration.reload(service, command_id, actor, language)
        except (Refusal, Fault) as no:
            metrics.reloaded(no.code)
            raise
        metrics.reloaded("done")
        return loaded

    door = Door(
        service=service,
        dispatch=metrics.dispatch,
        scene=now.scene,
        story=lambda number, language: thread_pool_call(
            story_of,
            journal,
            service.branch,
            number,
            language,
            day=service.day,
            name_of=configuration.setup.name_of,
        ),
        day_report=lambda day: _report_of(journal, service.branch, day),
        health=presence,
        reload=reload,
    )
    flask = make_application(door, configuration, metrics, lambda: _is_writable(settings.data))
    socketio = make_socketio(flask)
    relay = Relay(now.scene, Broadcaster(socketio))
    relays.append(relay)
    with_tokens: tuple[TokenNamespace, ...] = (
        DisplayNamespace(relay, configuration, presence, metrics.dispatch, service.now, lambda: service.day),
        KioskNamespace(relay, configuration, presence),
        PadsNamespace(relay, configuration, presence),
        TellerNamespace(relay, configuration),
        LobbyNamespace(relay, configuration),
    )
    for namespace in (*with_tokens, TicketNamespace(relay, now.scene), ForeignNamespace()):
        socketio.on_namespace(namespace)

    def reconfigured(old: BranchSetup, new: BranchSetup) -> None:
        presence.forget(old.branch.device_by_code.keys() - new.branch.device_by_code.keys())
        # Strangers first: nothing of the new branch may be told to them.
        for namespace in with_tokens:
            namespace.turn_out(namespace.strangers())
        relay.look_again()
        timers.heard(())

    configuration.subscribe(now.reconfigured)
    configuration.subscribe(reconfigured)
    # The scene's memory first: whoever is told later may look at a scene.
    for listener in (now.heard, metrics.heard, relay.heard, timers.heard):
        service.subscribe(listener)
    try:
        http = HttpListener(flask, settings.host, settings.port)
    except OSError as error:
        raise AddressNotUsable(
            host=settings.host,
            port=settings.port,
            cause=os.strerror(error.errno) if error.errno else str(error),
        ) from error
    return App(service, journal, http, relay, timers, presence, commits, reload)


def _report_of(journal: SqlJournal, branch: Branch, day: date) -> dict[str, Any]:
    """The figures of one business day, read off the hub's thread."""

    def read() -> dict[str, Any]:
        with journal.place.reader() as connection:
            return asdict(report(connection, branch, day, day))

    return thread_pool_call(read)


PROBE_NAME = "writable"


def _is_writable(folder: Path) -> bool:
    """Whether the data folder takes a write to the disk now; tried off the hub's thread."""

    def attempt() -> bool:
        path = folder / PROBE_NAME
        with contextlib.suppress(OSError):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
            try:
                os.write(file, b"ok\n" * 1365)
                os.fdatasync(file)
                return True
            finally:
                os.close(file)
        return False

    return thread_pool_call(attempt)
