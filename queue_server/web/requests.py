"""What may be asked over HTTP: the body, path and query models.  Shapes only; an unknown field is refused.

The requests of devices are on the wire: `queue_server/wire/kiosk.py`, `devices.py`, `pads.py`.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from queue_server.wire.kiosk import COMMAND_ID_PATTERN
from queue_server.wire.shapes import Shape

Code = Annotated[str, Field(min_length=1, max_length=40)]
Number = Annotated[str, Field(min_length=1, max_length=16)]
Reason = Annotated[str, Field(max_length=200)]
Link = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
NoticeText = Annotated[str, Field(min_length=1, max_length=200)]


# --- paths ---------------------------------------------------------------------------------------------------------


class CounterPath(Shape):
    """A counter by its code."""

    counter: Code


class TicketPath(Shape):
    """A ticket of today by its number."""

    number: Number


class TransactionPath(Shape):
    """One transaction of a ticket; `index` counts from 0."""

    number: Number
    index: int = Field(ge=0, le=99)


class PadPath(Shape):
    """A call pad by its id."""

    pad: Code


class EvaluatorPath(Shape):
    """An evaluator by its id."""

    evaluator: Code


class NoticePath(Shape):
    """A notice by its id."""

    notice_id: Code


class LinkPath(Shape):
    """A ticket by the unguessable end of its address."""

    link: Link


# --- queries -------------------------------------------------------------------------------------------------------


class LanguageQuery(Shape):
    """In which language words are wanted; the Accept-Language header says it otherwise."""

    lang: Literal["zh", "en"] | None = None


class DayQuery(LanguageQuery):
    """A business day of the branch; today when missing."""

    date: datetime.date | None = None


# --- bodies --------------------------------------------------------------------------------------------------------


class Asked(Shape):
    """A command.  `command_id` is the client's own: the same id acts once and gets the same answer."""

    command_id: str = Field(pattern=COMMAND_ID_PATTERN)


class WithReason(Asked):
    """A command that needs a reason."""

    reason: Reason


class CloseAsked(Asked):
    """Close a counter; why, if the teller says so."""

    reason: Reason = ""


class StartAsked(Asked):
    """Start serving: the called ticket, or a waiting one by its `number` (a queue jump, and recorded as one)."""

    number: Number | None = None


class CallAsked(WithReason):
    """Call one number."""

    number: Number


class WithdrawAsked(Asked):
    """Undo a call by its name."""

    reason: Literal["called_by_mistake", "not_here_yet", "given_back"]


class TransactionAsked(Asked):
    """What a transaction really is."""

    service: Code
    amount_band: Code | None = None


class LeaveSeatAsked(Asked):
    """Where the teller walks to."""

    device: Code


class TransferAsked(Asked):
    """To another service, another counter, or both."""

    to_service: Code | None = None
    to_counter: Code | None = None


class NoTicketAsked(WithReason):
    """Serve somebody who holds no number."""

    service: Code


class ReprintAsked(Asked):
    """Where the other slip is printed."""

    kiosk: Code


class ReissueAsked(Asked):
    """A new number for a missed one; without a kiosk no slip is printed."""

    kiosk: Code | None = None


class CorrectionAsked(WithReason):
    """What a transaction was."""

    service: Code
    amount_band: Code | None


class IncidentAsked(Asked):
    """Something people saw and no machine can."""

    kind: Literal["cash_van_late", "special_request", "manual_entry"]
    note: str = Field(max_length=500)
    number: Number | None = None
    counter: Code | None = None


class NoticeAsked(Asked):
    """A line for the lobby displays, in both languages."""

    zh: NoticeText
    en: NoticeText
