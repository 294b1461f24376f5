"""One thread owns the ticket printer's port: jobs and status go in and out of it, nobody waits for it (P5).

It never decides to print again: a job whose fate is unclear is reported `unknown`, and a person decides (P4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from printer.layout import TicketFace

PrintState = Literal["printed", "failed", "unknown"]
"""failed = no complete slip exists and none will come · unknown = bytes went out and nobody can say."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip to print; `job_id` is the caller's and is accepted once in a driver's life."""

    job_id: str
    face: TicketFace


@dataclass(frozen=True, slots=True)
class PrintResult:
    """How a job ended; `cause` is a stable code (see `printer.status.Cause`), `detail` is for the log, in English."""

    job_id: str
    state: PrintState
    cause: str | None = None
    detail: str = ""


OnResult = Callable[[PrintResult], None]
