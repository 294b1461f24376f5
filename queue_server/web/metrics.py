"""What is counted for Prometheus: commands, events, waits, clients, the journal's position.  Counts only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from queue_server.domain.actors import Actor
from queue_server.domain.commands import Command
from queue_server.errors import Fault, Refusal
from queue_server.journal.port import Recorded
from queue_server.service import BranchService, Outcome

_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The figures of one server.  `clients` tells how many are connected, by namespace."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, service: BranchService, clients: Callable[[], Mapping[str, int]]) -> None:
        self._service = service
        self._registry = CollectorRegistry()
        self._commands = Counter(
            "jiaohao_commands", "Commands by outcome", ["command", "outcome"], registry=self._registry
        )
        self._events = Counter("jiaohao_events", "Journal events by type", ["type"], registry=self._registry)
        self._latency = Histogram(
            "jiaohao_dispatch_seconds", "From dispatch to durable", buckets=_BUCKETS, registry=self._registry
        )
        self._registry.register(_Now(service, clients))
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

    def __init__(self, service: BranchService, clients: Callable[[], Mapping[str, int]]) -> None:
        self._service = service
        self._clients = clients

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Position, waiting customers and connected clients, now."""
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
