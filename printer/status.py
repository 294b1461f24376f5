"""What a ticket printer sends → what state it is in.  Bytes in any chunks, with noise between, never an exception.

Sans-IO: it neither asks nor waits; who asked what is the session's knowledge.  Silence is a state of its own: "no
answer" is never "paper ok" and never "paper out" (P3).  Bits: ESC/POS command references, DLE EOT, GS a, GS r, GS ( H.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from printer.words import Say


class Condition(StrEnum):
    """The one thing to know about a printer; the codes are stable, for journals and messages."""

    OK = "ok"
    NEAR_END = "near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_ERROR = "cutter_error"
    JAMMED = "jammed"
    OVERHEATED = "overheated"
    UNRECOVERABLE = "unrecoverable"
    OFFLINE = "offline"
    NO_ANSWER = "no_answer"
    UNPLUGGED = "unplugged"
    UNKNOWN = "unknown"


class Contact(StrEnum):
    """Whether we are talking: `garbled` means that answers come and make no sense."""

    NOT_ASKED = "not_asked"
    ANSWERING = "answering"
    GARBLED = "garbled"
    NO_ANSWER = "no_answer"
    UNPLUGGED = "unplugged"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer said last, or why nothing is known; without contact no flag is ever set."""

    contact: Contact = Contact.NOT_ASKED
    is_offline: bool = False
    is_near_end: bool = False
    is_paper_out: bool = False
    is_cover_open: bool = False
    has_cutter_error: bool = False
    is_jammed: bool = False
    is_overheated: bool = False
    is_unrecoverable: bool = False
    is_ticket_waiting: bool = False

    @property
    def condition(self) -> Condition:
        """The most telling fact: a cause before its consequences (an open cover also reads as no paper)."""
        match self.contact:
            case Contact.UNPLUGGED:
                return Condition.UNPLUGGED
            case Contact.NO_ANSWER:
                return Condition.NO_ANSWER
            case Contact.GARBLED | Contact.NOT_ASKED:
                return Condition.UNKNOWN
        facts = (
            (self.is_unrecoverable, Condition.UNRECOVERABLE),
            (self.is_cover_open, Condition.COVER_OPEN),
            (self.is_paper_out, Condition.PAPER_OUT),
            (self.has_cutter_error, Condition.CUTTER_ERROR),
            (self.is_jammed, Condition.JAMMED),
            (self.is_overheated, Condition.OVERHEATED),
            (self.is_offline, Condition.OFFLINE),
            (self.is_near_end, Condition.NEAR_END),
        )
        return next((condition for is_so, condition in facts if is_so), Condition.OK)

    @property
    def cause(self) -> str | None:
        """Why nothing can be printed now, as a stable code; None when it can."""
        condition = self.condition
        if condition in (Condition.OK, Condition.NEAR_END):
            return None
        # An answer that makes no sense is no answer to whoever wants to print.
        return str(Condition.NO_ANSWER if condition is Condition.UNKNOWN else condition)

    def in_words(self, say: Say) -> str:
        """One sentence for the lobby manager: what is wrong and what to do."""
        return condition_in_words(self.condition, say)


def condition_in_words(condition: Condition, say: Say) -> str:
    """`condition` as one sentence for the lobby manager."""
    match condition:
        case Condition.OK:
            return say("The printer is ready.")
        case Condition.NEAR_END:
            return say("Paper is nearly used up: have a new roll ready.")
        case Condition.PAPER_OUT:
            return say("The printer is out of paper: put in a new roll.")
        case Condition.COVER_OPEN:
            return say("The printer cover is open: close it.")
        case Condition.CUTTER_ERROR:
            return say("The paper knife is stuck: open the cover, remove paper scraps, close it.")
        case Condition.JAMMED:
            return say("Paper is jammed: open the cover and remove it.")
        case Condition.OVERHEATED:
            return say("The print head is too hot: it goes on by itself after cooling.")
        case Condition.UNRECOVERABLE:
            return say("The printer reports a defect: switch it off and on, then call service.")
        case Condition.OFFLINE:
            return say("The printer is offline: check its panel and feed button.")
        case Condition.NO_ANSWER:
            return say("The printer does not answer: check power and cable; its paper state is not known.")
        case Condition.UNPLUGGED:
            return say("The printer's cable is unplugged or its power is off.")
        case Condition.UNKNOWN:
            return say("The printer's answers make no sense: check cable, speed and grounding.")


UNPLUGGED = PrinterStatus(Contact.UNPLUGGED)
NO_ANSWER = PrinterStatus(Contact.NO_ANSWER)
GARBLED = PrinterStatus(Contact.GARBLED)


def from_real_time(answers: Mapping[int, int]) -> PrinterStatus:
    """The status told by the answers to `DLE EOT` 1 to 4, one byte each.  Raises KeyError when one is missing."""
    printer, offline, error, paper = (answers[n] for n in (1, 2, 3, 4))
    return PrinterStatus(
        Contact.ANSWERING,
        # Its error bit without a cause behind it: clones know errors the third answer has no bit for.
        is_offline=bool(printer & 0x08 or (offline & 0x40 and not error & 0x6C)),
        # Some kiosk printers: the last ticket was not taken yet.
        is_ticket_waiting=bool(printer & 0x80),
        is_cover_open=bool(offline & 0x04),
        is_paper_out=bool(offline & 0x20 or paper & 0x60),
        is_near_end=bool(paper & 0x0C),
        is_jammed=bool(error & 0x04),
        has_cutter_error=bool(error & 0x08),
        is_unrecoverable=bool(error & 0x20),
        is_overheated=bool(error & 0x40),
    )


def from_asb(block: bytes) -> PrinterStatus:
    """The status told by the four bytes of automatic status back."""
    printer, error, paper = block[0], block[1], block[2]
    return PrinterStatus(
        Contact.ANSWERING,
        is_offline=bool(printer & 0x08),
        is_cover_open=bool(printer & 0x20),
        is_jammed=bool(error & 0x04),
        has_cutter_error=bool(error & 0x08),
        is_unrecoverable=bool(error & 0x20),
        is_overheated=bool(error & 0x40),
        is_near_end=bool(paper & 0x03),
        is_paper_out=bool(paper & 0x0C),
    )
