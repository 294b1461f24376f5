"""The words for the codes of the journal, in both languages, for stories told to people.

English is in the code; Chinese is in the catalogue `story`.  A code nobody has words for is told as it is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

_LOCALE = Path(__file__).resolve().parents[1] / "locale"

CODES: Final[dict[str, str]] = {
    # customer classes
    "ordinary": "ordinary customer",
    "priority": "priority customer",
    "vip": "VIP customer",
    # why somebody went first
    "order": "earlier place",
    "cap": "waited longest",
    "resumed": "came back from form-filling",
    "reinstated": "reinstated after a miss",
    "returned": "back to the head after an unheard call",
    "moved": "moved up by staff",
    "postponed": "postponed after a miss",
    "reserved": "reserved for the counter",
    "out_of_order": "out of order",
    # why a call was undone
    "called_by_mistake": "called by mistake",
    "not_here_yet": "not here yet",
    "given_back": "given back",
    # what became of a miss
    "held": "the place is held for a while",
    "to_tail": "moved to the tail",
    "void": "the number is void",
    "to_requeue": "a new number may be taken",
    "returned_to_head": "back to the head of the queue",
    # whose it was
    "customer": "the customer",
    "teller": "the teller",
    "device": "a device",
    "rule": "the rule",
    "branch": "the branch",
    "lobby_manager": "the lobby manager",
    # why a day's end closed it
    "day_end": "a new day began",
    "day_closed": "the day was closed",
    # what the printer says
    "near_end": "paper near its end",
    "paper_out": "paper out",
    "cover_open": "cover open",
    "cutter_error": "cutter error",
    "jammed": "paper jam",
    "overheated": "overheated",
    "unrecoverable": "printer broken",
    "offline": "offline",
    "no_answer": "no answer",
    "unplugged": "unplugged",
    "unknown": "unknown",
    "garbled": "answers made no sense",
    "fault": "a fault",
    "failed": "not printed",
    "cancelled": "not sent",
    # what a pad line says of itself and of what hangs on it
    "duplicate_address": "two devices with one address",
    "stuck_key": "a key is stuck",
    "tamper": "the housing is open",
    "low_voltage": "low voltage",
    "wrong_speed": "wrong speed on the line",
    "config_drift": "another configuration than meant",
    "server_lost": "no connection to the server",
    "not_heard": "not heard of",
    # what a kiosk says of a slip, and the server of a device
    "kiosk_restarted": "the kiosk restarted meanwhile",
    "kiosk_storage": "the kiosk could not remember it",
    "not_a_ticket": "it could not be laid out",
    "not_remembered": "the kiosk never got the slip",
    "not_taken": "the kiosk was stopping",
    "seen_before": "asked for twice",
    "no_report": "no report came",
    "no_connection": "no connection",
    # why a counter paused, a customer stepped aside, a number was called by name; where a teller went
    "lunch": "lunch",
    "balancing": "balancing the till",
    "leave_seat": "leaving the seat",
    "meeting": "meeting",
    "shift_change": "change of shift",
    "equipment_fault": "equipment fault",
    "form_filling": "filling in a form",
    "papers_missing": "papers missing",
    "approval": "waiting for approval",
    "phone_call": "on the phone",
    "customer_request": "asked by the customer",
    "appointment": "has an appointment",
    "came_back": "customer came back",
    "needs_care": "needs care",
    "follow_up": "follow-up of an earlier visit",
    "typed_number": "number typed on the pad",
    "counter_removed": "the counter is no longer there",
    "urgent": "urgent",
    "copier": "copier",
    "fx_terminal": "FX terminal",
    "card_machine": "card machine",
    "scanner": "scanner",
    "note_counter": "banknote counter",
    "vault": "vault",
    # what a customer says of a visit
    "very_satisfied": "very satisfied",
    "satisfied": "satisfied",
    "neutral": "neutral",
    "dissatisfied": "dissatisfied",
    # incidents
    "missed_number": "missed number",
    "queue_jump": "queue jump",
    "no_ticket_service": "service without a number",
    "wait_over_limit": "wait over the limit",
    "wait_beyond_quote": "wait longer than promised",
    "service_over_standard": "service over the time standard",
    "counter_paused_on_customer": "counter paused on the next customer",
    "walk_out": "left without being called",
    "ticket_not_printed": "ticket not printed",
    "unheard_call": "unheard call",
    "device_fault": "device fault",
    "low_rating": "low rating",
    "cash_van_late": "cash van late",
    "special_request": "special request",
    "manual_entry": "entry by hand",
    # why there is one
    "recorded_by_staff": "recorded by staff",
    "not_shown": "no display showed the call",
    "specific_call": "a specific number was called",
    "moved_up": "moved to the head by staff",
    "served_uncalled": "served without a call",
    "display_stuck": "the display stood still",
    "served_without_number": "somebody without a number was served",
    "next_in_line": "the next customer was left waiting",
    "never_called": "never called",
    "waiting": "still waiting",
    "over_limit": "longer than the standard allows",
    # what became known of an incident later
    "no_show_undone": "the no-show was undone",
    "device_back": "the device is back",
    "device_removed": "the device is no longer part of the branch",
}
"""Code → words; the words are the keys of the catalogue."""


class Words:
    """What is said in one language, "zh" or "en"."""

    def __init__(self, language: str) -> None:
        self.is_chinese = language.startswith("zh")
        self._catalogue = _catalogue(self.is_chinese)

    def say(self, words: str, /, **details: object) -> str:
        """The words of the catalogue with `details` filled in."""
        return self._catalogue.gettext(words).format(**details)

    def code(self, code: str) -> str:
        """The words for a code, or the code itself."""
        return self._catalogue.gettext(CODES[code]) if code in CODES else code

    def time(self, milliseconds: int) -> str:
        """A duration to the second, as people say it; a wait of 75 minutes is 75 minutes."""
        minutes, seconds = divmod(milliseconds // 1000, 60)
        if minutes and seconds:
            return self.say("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
        return (
            self.say("{minutes} min", minutes=minutes)
            if minutes
            else self.say("{seconds} s", seconds=seconds)
        )

    def list(self, parts: list[str]) -> str:
        """Several things one after another."""
        return ("、" if self.is_chinese else ", ").join(parts)


@lru_cache(maxsize=2)
def _catalogue(is_chinese: bool) -> NullTranslations:
    return Translations.load(str(_LOCALE), ["zh_CN" if is_chinese else "en"], domain="story")
