"""The keys of call pads, and what each means by what the counter is doing (C1, C5, C6, C8)."""

from __future__ import annotations

from enum import StrEnum


class PadKey(StrEnum):
    """Every key a pad may have; `press`, `long` and `double` are what a pad of one button can say."""

    OPEN = "open"
    CLOSE = "close"
    CALL_NEXT = "call_next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    PAUSE = "pause"
    ASK_RATING = "ask_rating"
    LEAVE_SEAT = "leave_seat"
    CALL_SUPERVISOR = "call_supervisor"
    CALL_NUMBER = "call_number"
    PRESS = "press"
    LONG = "long"
    DOUBLE = "double"


PAD_KEYS = tuple(PadKey)
