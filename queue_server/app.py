"""The composition root: the only place that knows every adapter.

`build` puts one branch's server together and starts nothing; `App.start` serves.  Must be imported after gevent's
monkey-patch, which only `__main__` does.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from queue_server.clock import BranchClock
from queue_server.domain.branch import Branch, Text
from queue_server.domain.day import Day
from queue_server.errors import Fault
from queue_server.journal.place import SqlitePlace
from queue_server.journal.port import Recorded
from queue_server.journal.sql import SqlJournal
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.records.reports import report
from queue_server.service import BranchService
from queue_server.settings import Settings
from queue_server.sockets.namespaces import (
    DisplayNamespace,
    ForeignNamespace,
    KioskNamespace,
    LobbyNamespace,
    TellerNamespace,
    TicketNamespace,
)
from queue_server.sockets.presence import Presence
from queue_server.sockets.relay import Relay
from queue_server.sockets.timers import Timers
from queue_server.story import story_of
from queue_server.transport import Broadcaster, HttpListener, make_socketio, thread_pool_call
from queue_server.transport.commit_thread import CommitThread
from queue_server.views.lately import Lately, after, of_day
from queue_server.views.scene import Offer, Scene
from queue_server.web.application import make_application
from queue_server.web.door import Door
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

    def __init__(
        self, service: BranchService, branch: Branch, names: Mapping[str, Text], offer: Offer
    ) -> None:
        self._service = service
        self._branch = branch
        self._names = names
        self.offer = offer
        self._lately: Lately = of_day(service.day)
        self._scene: Scene | None = None
        self._made_at = 0.0

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
            scene = Scene(self._branch, day, self._service.now(), self._names, self._lately, self.offer)
            self._scene, self._made_at = scene, monotonic()
        return scene


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
    ) -> None:
        self.service = service
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
            branch, journal, clock, run_blocking=commits, project=partial(project, branch)
        )
        offer = Offer(kiosks=tuple(device.id for device in setup.devices if device.kind == "kiosk"))
        names = {person.actor.id: person.name for person in setup.people}
        now = Now(service, branch, names, offer)
        app = _assemble(settings, service, journal, now, clock, commits)
        # Only now is it known which port the system chose.
        address = public_url or f"http://{settings.host}:{app.port}"
        now.offer = replace(offer, public_url=address.rstrip("/"))
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
    service: BranchService,
    journal: SqlJournal,
    now: Now,
    clock: BranchClock,
    commits: CommitThread,
) -> App:
    relays: list[Relay] = []
    metrics = Metrics(service, lambda: relays[0].counts())
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
            name_of=settings.setup.name_of,
        ),
        day_report=lambda day: _report_of(journal, service.branch, day),
    )
    flask = make_application(door, settings.setup.identities, metrics, lambda: _is_writable(settings.data))
    socketio = make_socketio(flask)
    relay = Relay(now.scene, Broadcaster(socketio))
    relays.append(relay)
    timers, presence = Timers(service, clock.take_over_wall), Presence(service)
    tokens = settings.setup.identities
    for namespace in (
        DisplayNamespace(relay, tokens, presence, metrics.dispatch, service.now, lambda: service.day),
        KioskNamespace(relay, tokens, presence),
        TellerNamespace(relay, tokens),
        LobbyNamespace(relay, tokens),
        TicketNamespace(relay, now.scene),
        ForeignNamespace(),
    ):
        socketio.on_namespace(namespace)
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
    return App(service, journal, http, relay, timers, presence, commits)


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
