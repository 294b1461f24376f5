"""The figures of a branch file: the order of calling and the rules of the hall, each with its default."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from firmware_config import scalars as s
from firmware_config.parts import Part, Words


class HeadStart(Part):
    """Seconds each class is called earlier (C3)."""

    ordinary: Annotated[int, s.whole(0, 7200)] = 0
    priority: Annotated[int, s.whole(0, 7200)] = 300
    vip: Annotated[int, s.whole(0, 7200)] = 480


class Calling(Part):
    """The order of calling; `cap_s`: how long an ordinary customer can be overtaken (C3)."""

    name: s.Name = "head-start-with-cap"
    version: s.Name = "1"
    head_start_s: HeadStart = HeadStart()
    cap_s: Annotated[int, s.whole(60, 14400)] = 1200


Rating = Literal["very_satisfied", "satisfied", "neutral", "dissatisfied"]
_RATING = s.choice("very_satisfied", "satisfied", "neutral", "dissatisfied")


_Language = Annotated[Literal["zh", "en"], s.choice("zh", "en")]
_Levels = Field(min_length=4, max_length=4)
_Typed = Field(min_length=1, max_length=9)


class Rules(Part):
    """The figures of the hall; a key left out has the same default as in the queue server's domain (a test compares).

    `low_rating`: this rating and worse ones open an incident (I1).  `pause_reasons` and `seat_devices` are counted from
    1 on a pad: typed digits choose one.
    """

    announcements_required: Annotated[int, s.whole(1, 9)] = 3
    announcement_gap_s: Annotated[int, s.whole(0, 300)] = 15
    no_show_after_s: Annotated[int, s.whole(0, 1800)] = 40
    hasty_after_s: Annotated[int, s.whole(0, 300)] = 10
    unheard_after_s: Annotated[float, s.number(0.5, 60)] = 2.0
    wait_levels_min: Annotated[tuple[Annotated[int, s.whole(1, 600)], ...], _Levels] = (10, 15, 20, 30)
    standard_levels_percent: Annotated[tuple[Annotated[int, s.whole(1, 1000)], ...], _Levels] = (
        80,
        100,
        150,
        200,
    )
    overtaken_alert: Annotated[int, s.whole(1, 99)] = 3
    pause_consent_waiting: Annotated[int, s.whole(0, 999)] = 5
    tickets_per_customer: Annotated[int, s.whole(1, 99)] = 5
    print_report_s: Annotated[int, s.whole(5, 600)] = 60
    number_digits: Annotated[int, s.whole(3, 4)] = 3
    announce_times: Annotated[int, s.whole(1, 5)] = 1
    announce_languages: Annotated[tuple[_Language, ...], Field(min_length=1, max_length=2)] = ("zh", "en")
    get_ready: Annotated[int, s.whole(0, 9)] = 3
    supervisor_escalates_s: Annotated[int, s.whole(10, 3600)] = 120
    rating_open_s: Annotated[int, s.whole(5, 600)] = 60
    low_rating: Annotated[Rating, _RATING] = "dissatisfied"
    assumed_arrival_s: Annotated[int, s.whole(5, 600)] = 30
    pause_reasons: Annotated[tuple[s.Code, ...], _Typed] = (
        "lunch",
        "balancing",
        "leave_seat",
        "meeting",
        "shift_change",
        "equipment_fault",
    )
    seat_devices: Annotated[tuple[s.Code, ...], _Typed] = (
        "copier",
        "fx_terminal",
        "card_machine",
        "scanner",
        "note_counter",
        "vault",
    )
    missed_rule: Words = Words(
        zh="过号顺延 3 位，最多顺延两次，再次过号作废。请留意叫号。",
        en="A missed number moves back 3 places, at most twice; missed again it is void.",
    )
