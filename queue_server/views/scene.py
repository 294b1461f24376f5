"""One moment of a branch, with what its views share worked out at most once.  Pure; the time came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache

from queue_server.domain import branch as b
from queue_server.domain import calling, waiting
from queue_server.domain.day import Day, Ticket
from queue_server.views.lately import Lately, missed_tickets
from queue_server.wire.shapes import Text, WaitBand


@dataclass(frozen=True, slots=True)
class Offer:
    """What pages and kiosks offer beside the services.  Reasons are codes; the pages have their words.

    `version`: of the branch file; `expected_configs`: the checksums of what devices should run, by device (F3).
    """

    public_url: str = ""
    kiosks: tuple[str, ...] = ()
    expected_configs: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    hold_reasons: tuple[str, ...] = (
        "form_filling",
        "papers_missing",
        "approval",
        "phone_call",
        "customer_request",
    )
    call_reasons: tuple[str, ...] = (
        "appointment",
        "came_back",
        "needs_care",
        "lobby_manager",
        "follow_up",
        "urgent",
    )
    idle_s: int = 30


@dataclass(frozen=True)
class Scene:
    """The day at `now`, and the names of the people by their ids."""

    branch: b.Branch
    day: Day
    now: datetime
    names: Mapping[str, b.Text] = field(default_factory=dict)
    lately: Lately = field(default_factory=Lately)
    offer: Offer = field(default_factory=Offer)

    def name(self, person: str | None) -> Text | None:
        """How a person is called; None for nobody and for people unknown here."""
        known = self.names.get(person) if person is not None else None
        return text(known) if known is not None else None

    def service_name(self, service: str) -> Text:
        """A service's name; its code when the service is no longer configured."""
        known = self.branch.service_by_code.get(service)
        return text(known.name) if known is not None else Text(zh=service, en=service)

    def counter_name(self, counter: str) -> Text:
        """A counter's name; its code when the counter is no longer configured."""
        known = self.branch.counter_by_code.get(counter)
        return text(known.name) if known is not None else Text(zh=counter, en=counter)

    @cached_property
    def bands(self) -> Mapping[str, WaitBand | None]:
        """The expected wait of a new ticket, by service."""
        return {
            service.code: band(waiting.expected_wait(self.branch, self.day, service.code, self.now))
            for service in self.branch.services
        }

    @cached_property
    def open_counters(self) -> tuple[b.Counter, ...]:
        """The counters that are open and not paused."""
        return tuple(c for c in self.branch.counters if self.day.desk(c.code).state in waiting.OPEN)

    @cached_property
    def missed(self) -> list[Ticket]:
        """Missed tickets that are not back, newest first."""
        return missed_tickets(self.day, self.lately)

    @cached_property
    def coming(self) -> list[str]:
        """Who should get ready (D1): whom each open counter would call next, then the next by place."""
        heads = {}
        for counter in self.open_counters:
            ticket = calling.next_ticket(self.branch, self.day, counter, self.now)
            if ticket is not None:
                heads[ticket.number] = (ticket.place, ticket.number)
        wanted = self.branch.rules.get_ready
        numbers = [number for _, number in sorted(heads.values())][:wanted]
        if len(numbers) < wanted:
            services = {service for counter in self.open_counters for service in counter.services}
            rest = sorted(
                entry for service in services for entry in self.day.queue(service)[: wanted + len(heads)]
            )
            numbers += [number for _, number in rest if number not in heads][: wanted - len(numbers)]
        return numbers


@lru_cache(maxsize=4096)
def text(words: b.Text) -> Text:
    """Configured words as they travel."""
    return Text(zh=words.zh, en=words.en)


def band(found: waiting.Band | None) -> WaitBand | None:
    """A band as it travels."""
    return None if found is None else WaitBand(lo_min=found.lo_min, hi_min=found.hi_min)


def quote(ticket: Ticket) -> WaitBand | None:
    """The band the ticket was issued with."""
    lo, hi = ticket.issued.quote_lo_min, ticket.issued.quote_hi_min
    return None if lo is None or hi is None else WaitBand(lo_min=lo, hi_min=hi)
