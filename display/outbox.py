"""Reports on their way to the server: kept until acknowledged, sent again after a lost connection (D3).  Pure.

Each report carries its own id, so that a repeat acts once at the server.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A display cut off for a day holds a day's reports; beyond that the oldest are of no use to anybody.
LIMIT = 5000


@dataclass(frozen=True, slots=True)
class Report:
    """An event and its payload; `report_id` is unique for ever."""

    report_id: str
    event: str
    payload: Mapping[str, Any]


class Outbox:
    """Reports in the order they were made."""

    def __init__(self) -> None:
        self._reports: OrderedDict[str, Report] = OrderedDict()

    def put(self, report: Report) -> None:
        """Keep a report; beyond the limit the oldest goes."""
        self._reports[report.report_id] = report
        if len(self._reports) > LIMIT:
            self._reports.popitem(last=False)

    def settled(self, report_id: str) -> None:
        """The server took it, or refused it for good."""
        self._reports.pop(report_id, None)

    def open(self) -> list[Report]:
        """Everything not settled, oldest first."""
        return list(self._reports.values())
