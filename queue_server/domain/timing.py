"""The limited-service standard 限时服务标准: the time allowed for one transaction (T2, T3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from queue_server.domain.branch import Branch, CustomerClass
from queue_server.domain.day import Transaction


def limit_of(
    branch: Branch, day: date, service: str, amount_band: str | None, customer_class: CustomerClass
) -> tuple[int | None, str | None]:
    """(limit in seconds, version of the standard).

    The row that says most about the transaction holds: amount band before customer class before neither.  The limit
    is None when the standard has no row for the service; both are None when no standard is in force.
    """
    standard = branch.standard_on(day)
    if standard is None:
        return None, None
    best: tuple[int, int] | None = None
    for row in standard.limits:
        if row.service != service:
            continue
        if row.amount_band not in (None, amount_band) or row.customer_class not in (None, customer_class):
            continue
        weight = 2 * (row.amount_band is not None) + (row.customer_class is not None)
        if best is None or weight > best[0]:
            best = (weight, row.limit_s)
    return (best[1] if best is not None else None), standard.version


def level_deadlines(branch: Branch, transaction: Transaction) -> Iterator[tuple[datetime, int]]:
    """When the running transaction reaches each level it has not reached yet: (moment, percent), in order."""
    if transaction.since is None or transaction.limit_s is None:
        return
    for percent in branch.rules.standard_levels_percent:
        if percent > transaction.level:
            left_ms = transaction.limit_s * 10 * percent - transaction.spent_ms
            yield transaction.since + timedelta(milliseconds=left_ms), percent
