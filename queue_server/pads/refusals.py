"""A refused key in two digits, for pads that show nothing else, and in a few words for those that do (C1).

The digits are for ever: tellers learn them, and the card beside the pad is printed.  README.md has the same table; a
test holds it, this one and the refusals of the server together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from queue_server.pads.words import Say

NO_SERVER = "no_server"
TOO_LATE = "pressed_too_long_ago"
REFUSED = "refused"

CODES: Mapping[str, str] = {
    # --- nothing was decided
    NO_SERVER: "01",
    TOO_LATE: "02",
    "fault": "03",
    "too_busy": "04",
    "journal_not_writable": "05",
    "journal_altered": "06",
    # --- who and what
    REFUSED: "10",
    "unidentified": "11",
    "not_permitted": "12",
    "invalid_request": "13",
    "command_id_reused": "14",
    # --- the counter
    "counter_busy": "20",
    "counter_not_open": "21",
    "counter_already_open": "22",
    "counter_without_ticket": "23",
    "not_paused": "24",
    "consent_needed": "25",
    "pause_already_requested": "26",
    "pause_not_requested": "27",
    "reason_needed": "28",
    "no_usual_teller": "29",
    # --- calling
    "no_ticket_waiting": "30",
    "ticket_elsewhere": "31",
    "wrong_ticket_state": "32",
    "ambiguous_number": "33",
    "not_served_here": "34",
    "nobody_on_hold": "35",
    "ticket_already_first": "36",
    "not_reinstatable": "37",
    # --- no-show, seat
    "too_few_announcements": "40",
    "too_soon_for_no_show": "41",
    "seat_away": "42",
    "seat_not_left": "43",
    # --- what was typed
    "wrong_key_argument": "50",
    "unknown_ticket": "51",
    "unknown_counter": "52",
    "unknown_service": "53",
    "unknown_amount_band": "54",
    "unknown_device": "55",
    # --- supervisor, rating
    "supervisor_already_called": "60",
    "supervisor_not_called": "61",
    "no_evaluator": "62",
    "no_visit_to_rate": "63",
    "already_rated": "64",
    "rating_not_open": "65",
    # --- the day
    "day_not_open": "70",
    "day_already_open": "71",
    # --- no key leads here today
    "outside_ticket_hours": "80",
    "quota_reached": "81",
    "customer_limit_reached": "82",
    "customer_has_ticket": "83",
    "series_exhausted": "84",
    "unknown_incident": "85",
    "unknown_print_job": "86",
    "unknown_announcement": "87",
    "unknown_notice": "88",
}
"""The code of a refusal → what a pad shows."""

WORDS: Mapping[str, str] = {
    NO_SERVER: "No answer, press again",
    TOO_LATE: "Pressed too long ago",
    "fault": "Server fault",
    "too_busy": "Server is busy",
    "journal_not_writable": "Server cannot record",
    "journal_altered": "Server cannot record",
    REFUSED: "Not allowed",
    "unidentified": "Pad line not known",
    "not_permitted": "Not allowed at this pad",
    "invalid_request": "Key not understood",
    "command_id_reused": "Press again",
    "counter_busy": "Finish this one first",
    "counter_not_open": "Counter not open",
    "counter_already_open": "Counter already open",
    "counter_without_ticket": "Nobody called",
    "not_paused": "Not paused",
    "consent_needed": "Manager must agree",
    "pause_already_requested": "Pause already asked for",
    "pause_not_requested": "No pause asked for",
    "reason_needed": "Reason needed",
    "no_usual_teller": "Nobody sits here",
    "no_ticket_waiting": "Nobody is waiting",
    "ticket_elsewhere": "At another counter",
    "wrong_ticket_state": "Not possible now",
    "ambiguous_number": "Several such numbers",
    "not_served_here": "Not served here",
    "nobody_on_hold": "Nobody on hold",
    "ticket_already_first": "Already first",
    "not_reinstatable": "Number is void",
    "too_few_announcements": "Call again first",
    "too_soon_for_no_show": "Wait {wait_s} s",
    "seat_away": "Away: return first",
    "seat_not_left": "Not away",
    "wrong_key_argument": "Wrong digits",
    "unknown_ticket": "No such number",
    "unknown_counter": "No such counter",
    "unknown_service": "No such service",
    "unknown_amount_band": "No such amount",
    "unknown_device": "Pad not known",
    "supervisor_already_called": "Supervisor was called",
    "supervisor_not_called": "Supervisor not called",
    "no_evaluator": "No evaluator here",
    "no_visit_to_rate": "Nobody to rate",
    "already_rated": "Already rated",
    "rating_not_open": "Rating is over",
    "day_not_open": "Day not open",
    "day_already_open": "Day already open",
}
"""The code of a refusal → short English words, at most 24 characters; what is not here reads as `refused`."""


def digits(code: str) -> str:
    """The two digits of a refusal; one nobody gave digits to, of a newer server, reads as `refused`."""
    return CODES.get(code, CODES[REFUSED])


def words(code: str, details: Mapping[str, Any], say: Say) -> str:
    """The short words of a refusal in one language."""
    text = say(WORDS.get(code, WORDS[REFUSED]))
    try:
        return text.format(**details)
    except (KeyError, IndexError, ValueError):
        # A newer or older server tells other details: the digits still say what it is.
        return say(WORDS[REFUSED])
