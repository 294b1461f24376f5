"""What the records say about a day or a longer time, by the definitions of B2.

* **wait**: issued → *first* call, of every ticket that was called; a recall or a second call changes nothing.
* **service time** of a visit: arrival → finish less hold and wrap-up, with the seat-away time in it; of a teller or a
  counter: of each transaction.
* **missed**: tickets with a miss that weighs on the customer; no-show rate = missed ÷ issued.
* **over standard**: finished transactions that took longer than their limit; rate = over ÷ finished.
* Served, no-show, walked out, cancelled, expired and diverted are outcomes of their own.  A ticket that expired at
  the day's end counts in no average.
* **ratings**: of visits that were asked for one; *not rated* is its own figure and no rating (H4).  They count at the
  counter and teller that asked.
* **device affected**: tickets that were issued, called or missed, and transactions that ran, while a device failed
  (H2).  They are in every figure, and counted apart.
* Percentiles are nearest-rank: a time that somebody really had.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, select

from queue_server.clock import from_ms
from queue_server.domain.branch import Branch, Rating
from queue_server.records import tables

OUTCOMES = ("served", "no_show", "walked_out", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Durations:
    """How long something took, in milliseconds; all None when there was none of it."""

    count: int = 0
    average_ms: int | None = None
    p50_ms: int | None = None
    p90_ms: int | None = None
    p95_ms: int | None = None
    longest_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """What customers said: of `asked`, so many each; `not_rated`: the time was over.  The rest may still rate."""

    asked: int = 0
    very_satisfied: int = 0
    satisfied: int = 0
    neutral: int = 0
    dissatisfied: int = 0
    not_rated: int = 0


@dataclass(frozen=True, slots=True)
class SupervisorFigures:
    """Tellers' calls for the lobby manager: how many, how many went on to the branch head, how soon answered (C8)."""

    calls: int
    escalated: int
    unanswered: int
    response: Durations


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """One service, or all of them together; `open`: tickets without an outcome yet."""

    service: str | None
    issued: int
    served: int
    no_show: int
    walked_out: int
    diverted: int
    cancelled: int
    expired: int
    open: int
    missed: int
    no_show_rate: float | None
    transactions: int
    over_standard: int
    over_standard_rate: float | None
    wait: Durations
    service_time: Durations
    device_affected: int = 0
    transactions_device_affected: int = 0
    ratings: RatingFigures = RatingFigures()


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """One teller, or one counter; `missed`: no-shows marked there."""

    code: str
    calls: int
    served: int
    missed: int
    transactions: int
    over_standard: int
    over_standard_rate: float | None
    seat_away_ms: int
    service_time: Durations
    transactions_device_affected: int = 0
    ratings: RatingFigures = RatingFigures()


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a span of business days, both ends included.

    `arrivals`: ("09:30", tickets issued in that half hour of branch time); `incidents`: (kind, how many).
    """

    first: date
    last: date
    total: ServiceFigures
    services: tuple[ServiceFigures, ...]
    tellers: tuple[DeskFigures, ...]
    counters: tuple[DeskFigures, ...]
    arrivals: tuple[tuple[str, int], ...]
    incidents: tuple[tuple[str, int], ...]
    unheard_calls: int
    overtakings: int
    supervisor: SupervisorFigures


def durations(times: Iterable[int]) -> Durations:
    """Average and nearest-rank percentiles of milliseconds."""
    ordered = sorted(times)
    count = len(ordered)
    if not count:
        return Durations()

    def rank(percent: int) -> int:
        return ordered[-(-count * percent // 100) - 1]

    average = (2 * sum(ordered) + count) // (2 * count)
    return Durations(count, average, rank(50), rank(90), rank(95), ordered[-1])


def report(connection: Connection, branch: Branch, first: date, last: date) -> Report:
    """The figures of the business days from `first` to `last`, read from the records."""
    tickets = _rows(connection, tables.ticket, branch, first, last)
    written = _rows(connection, tables.transaction, branch, first, last)
    transactions = [row for row in written if row.started_at is not None]
    calls = _rows(connection, tables.call, branch, first, last)
    diversions = _rows(connection, tables.diversion, branch, first, last)
    incidents = _rows(connection, tables.incident, branch, first, last)
    asked = _rows(connection, tables.rating, branch, first, last)
    by_ticket = {(row.date, row.number): row for row in asked}
    codes = [service.code for service in branch.services]
    codes += sorted({row.service for row in tickets} - set(codes))
    return Report(
        first=first,
        last=last,
        total=_service_figures(None, tickets, transactions, diversions, by_ticket),
        services=tuple(
            _service_figures(
                code,
                [row for row in tickets if row.service == code],
                [row for row in transactions if row.service == code],
                [row for row in diversions if row.service == code],
                by_ticket,
            )
            for code in codes
        ),
        tellers=_desk_figures("teller", tickets, transactions, calls, incidents, asked),
        counters=_desk_figures("counter", tickets, transactions, calls, incidents, asked),
        arrivals=_arrivals(branch, tickets),
        incidents=tuple(sorted(Counter(row.kind for row in incidents).items())),
        unheard_calls=sum(row.unheard for row in tickets),
        overtakings=sum(row.overtaken for row in tickets),
        supervisor=_supervisor_figures(_rows(connection, tables.supervisor_call, branch, first, last)),
    )


def _rows(connection: Connection, table: Table, branch: Branch, first: date, last: date) -> Sequence[Any]:
    query = select(table).where(
        table.c.branch == branch.code, table.c.date >= first.isoformat(), table.c.date <= last.isoformat()
    )
    return connection.execute(query).all()


def _service_figures(
    service: str | None,
    tickets: Sequence[Any],
    transactions: Sequence[Any],
    diversions: Sequence[Any],
    ratings: Mapping[tuple[str, str], Any],
) -> ServiceFigures:
    outcomes = Counter(row.state for row in tickets)
    counted = [row for row in tickets if row.state != "expired"]
    missed = sum(row.misses > 0 for row in tickets)
    finished, over = _finished(transactions)
    return ServiceFigures(
        service=service,
        issued=len(tickets),
        served=outcomes["served"],
        no_show=outcomes["no_show"],
        walked_out=outcomes["walked_out"],
        diverted=len(diversions),
        cancelled=outcomes["cancelled"],
        expired=outcomes["expired"],
        open=len(tickets) - sum(outcomes[outcome] for outcome in OUTCOMES),
        missed=missed,
        no_show_rate=_rate(missed, len(tickets)),
        transactions=len(finished),
        over_standard=over,
        over_standard_rate=_rate(over, len(finished)),
        wait=durations(row.to_first_call_ms for row in counted if row.to_first_call_ms is not None),
        service_time=durations(row.service_ms + row.seat_away_ms for row in tickets if row.state == "served"),
        device_affected=sum(bool(row.is_device_affected) for row in tickets),
        transactions_device_affected=_affected(transactions),
        ratings=_rating_figures(
            [ratings[key] for row in tickets if (key := (row.date, row.number)) in ratings]
        ),
    )


def _affected(transactions: Sequence[Any]) -> int:
    return sum(row.devices != "[]" for row in transactions)


def _rating_figures(asked: Sequence[Any]) -> RatingFigures:
    given = Counter(row.rating for row in asked)
    return RatingFigures(
        asked=len(asked),
        very_satisfied=given[Rating.VERY_SATISFIED.value],
        satisfied=given[Rating.SATISFIED.value],
        neutral=given[Rating.NEUTRAL.value],
        dissatisfied=given[Rating.DISSATISFIED.value],
        not_rated=sum(bool(row.is_expired) for row in asked),
    )


def _supervisor_figures(calls: Sequence[Any]) -> SupervisorFigures:
    answered = [row.response_ms for row in calls if row.response_ms is not None]
    return SupervisorFigures(
        calls=len(calls),
        escalated=sum(row.escalated_at is not None for row in calls),
        unanswered=len(calls) - len(answered),
        response=durations(answered),
    )


def _desk_figures(
    column: str,
    tickets: Sequence[Any],
    transactions: Sequence[Any],
    calls: Sequence[Any],
    incidents: Sequence[Any],
    ratings: Sequence[Any],
) -> tuple[DeskFigures, ...]:
    def of(rows: Sequence[Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in rows:
            if (code := getattr(row, column)) is not None:
                found.setdefault(code, []).append(row)
        return found

    made, called = of(transactions), of(calls)
    served = of([row for row in tickets if row.state == "served"])
    missed = of([row for row in incidents if row.kind == "missed_number"])
    asked = of(ratings)
    figures = []
    for code in sorted({*made, *called, *served, *missed, *asked}):
        finished, over = _finished(made.get(code, ()))
        figures.append(
            DeskFigures(
                code=code,
                calls=len(called.get(code, ())),
                served=len(served.get(code, ())),
                missed=len(missed.get(code, ())),
                transactions=len(finished),
                over_standard=over,
                over_standard_rate=_rate(over, len(finished)),
                seat_away_ms=sum(row.seat_away_ms for row in finished),
                service_time=durations(row.spent_ms for row in finished),
                transactions_device_affected=_affected(made.get(code, ())),
                ratings=_rating_figures(asked.get(code, ())),
            )
        )
    return tuple(figures)


def _finished(transactions: Sequence[Any]) -> tuple[list[Any], int]:
    finished = [row for row in transactions if row.finished_at is not None]
    return finished, sum(bool(row.is_over) for row in finished)


def _arrivals(branch: Branch, tickets: Sequence[Any]) -> tuple[tuple[str, int], ...]:
    halves: Counter[str] = Counter()
    for row in tickets:
        local = from_ms(row.issued_at).astimezone(branch.timezone)
        halves[f"{local.hour:02d}:{local.minute // 30 * 30:02d}"] += 1
    return tuple(sorted(halves.items()))


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
