"""What is counted for Prometheus: commands, events, waits, clients, the journal's position.  Counts only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from queue_server.domain.actors import Actor
from queue_server.domain.commands import Command
from queue_server.domain.events import DeviceReported
from queue_server.errors import Fault, Refusal
from queue_server.journal.port import Recorded
from queue_server.service import BranchService, Outcome
from queue_server.views.devices import LastHeard, is_up

_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The figures of one server.

    `clients` tells how many are connected, by namespace; `last_heard` a device's last sign of life.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(
        self, service: BranchService, clients: Callable[[], Mapping[str, int]], last_heard: LastHeard
    ) -> None:
        self._service = service
        self._registry = CollectorRegistry()
        self._commands = Counter(
            "jiaohao_commands", "Commands by outcome", ["command", "outcome"], registry=self._registry
        )
        self._events = Counter("jiaohao_events", "Journal events by type", ["type"], registry=self._registry)
        self._latency = Histogram(
            "jiaohao_dispatch_seconds", "From dispatch to durable", buckets=_BUCKETS, registry=self._registry
        )
        self._faults = Counter(
            "jiaohao_device_faults",
            "How often a device went out of order",
            ["device", "kind"],
            registry=self._registry,
        )
        self._reloads = Counter(
            "jiaohao_configuration_reloads", "Reloads by outcome", ["outcome"], registry=self._registry
        )
        self._standing = {known.device: (known.state, known.fault) for known in service.day.devices.values()}
        self._registry.register(_Now(service, clients, last_heard))
        # A label lookup costs more than the increment; there are few pairs.
        self._by_outcome: dict[tuple[type[Command], str], Counter] = {}

    def dispatch(self, command: Command, command_id: str, actor: Actor) -> Outcome:
        """The service's dispatch, counted and timed."""
        began = perf_counter()
        try:
            outcome = self._service.dispatch(command, command_id, actor)
        except Refusal as refusal:
            self._count(command, refusal.code)
            raise
        except Fault as fault:
            self._count(command, fault.code)
            raise
        except Exception:
            self._count(command, "internal")
            raise
        self._latency.observe(perf_counter() - began)
        self._count(command, "repeat" if outcome.is_repeat else "done")
        return outcome

    def heard(self, recorded: Sequence[Recorded]) -> None:
        """The service's listener: counts events."""
        for one in recorded:
            self._events.labels(type(one.event).__name__).inc()
            if isinstance(one.event, DeviceReported):
                self._device(one.event)

    def reloaded(self, outcome: str) -> None:
        """A reload ended: "done", or the code of its refusal."""
        self._reloads.labels(outcome).inc()

    def _device(self, event: DeviceReported) -> None:
        stands = (event.state, event.fault)
        if event.state != "online" and self._standing.get(event.device) != stands:
            self._faults.labels(event.device, event.kind).inc()
        self._standing[event.device] = stands

    def exposition(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)

    def _count(self, command: Command, outcome: str) -> None:
        key = (type(command), outcome)
        counter = self._by_outcome.get(key)
        if counter is None:
            counter = self._by_outcome[key] = self._commands.labels(type(command).__name__, outcome)
        counter.inc()


class _Now(Collector):
    """Gauges that are read when they are asked for."""

    def __init__(
        self, service: BranchService, clients: Callable[[], Mapping[str, int]], last_heard: LastHeard
    ) -> None:
        self._service = service
        self._clients = clients
        self._last_heard = last_heard

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Position, waiting customers, connected clients and devices, now."""
        day = self._service.day
        yield GaugeMetricFamily("jiaohao_journal_position", "The last event's position", value=day.position)
        waiting = GaugeMetricFamily("jiaohao_waiting", "Waiting customers by service", labels=["service"])
        for service in self._service.branch.services:
            waiting.add_metric([service.code], len(day.queue(service.code)))
        yield waiting
        clients = GaugeMetricFamily("jiaohao_clients", "Connected clients by namespace", labels=["namespace"])
        for namespace, count in self._clients().items():
            clients.add_metric([namespace], count)
        yield clients
        yield from self._devices()

    def _devices(self) -> Iterable[GaugeMetricFamily]:
        up = GaugeMetricFamily(
            "jiaohao_device_up", "1 for a device that is online", labels=["device", "kind"]
        )
        heard = GaugeMetricFamily(
            "jiaohao_device_last_heard_seconds",
            "How long ago the last sign of life came",
            labels=["device", "kind"],
        )
        day, now = self._service.day, self._service.now()
        for device in self._service.branch.devices:
            labels = [device.code, device.kind]
            up.add_metric(labels, float(is_up(day, device)))
            at = self._last_heard(device.code)
            if at is not None:
                heard.add_metric(labels, max(0.0, (now - at).total_seconds()))
        yield up
        yield heard
