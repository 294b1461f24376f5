"""Refusals in words a customer understands, by code (K6, K7).  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.words import Say

_CLOCK_TIME = re.compile(r"^(\d\d:\d\d)(:\d\d.*)?$")


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What happened, and what the customer can do now."""

    title: str
    advice: str


def in_words(code: str, details: Mapping[str, Any], _: Say) -> RefusalWords:
    """The words for a refusal; a code this kiosk has never heard of sends the customer to the lobby manager."""
    match code:
        case "outside_ticket_hours":
            words = RefusalWords(
                _("No tickets for this service now"), _("Tickets are issued from {opens} to {closes}.")
            )
        case "quota_reached":
            words = RefusalWords(
                _("Today's numbers have all been issued"),
                _(
                    "All {quota} numbers of today are taken. Please come back tomorrow or ask the lobby manager."
                ),
            )
        case "customer_limit_reached":
            words = RefusalWords(
                _("You have taken enough numbers today"),
                _("You already have {count} numbers today. Please ask the lobby manager."),
            )
        case "customer_has_ticket":
            words = RefusalWords(
                _("You already have a number"), _("Your number is {number}. Please wait for your call.")
            )
        case "series_exhausted":
            words = RefusalWords(
                _("Today's numbers have all been issued"), _("Please ask the lobby manager for help.")
            )
        case "day_not_open":
            words = RefusalWords(_("The branch is not open yet"), _("Please ask the lobby manager for help."))
        case "unknown_service":
            words = RefusalWords(
                _("This service is not offered now"),
                _("Please choose another service, or ask the lobby manager."),
            )
        case _:
            words = RefusalWords(
                _("No number can be issued now"), _("Please ask the lobby manager for help.")
            )
    return RefusalWords(words.title, _filled(words.advice, details, _))


def _filled(template: str, details: Mapping[str, Any], _: Say) -> str:
    try:
        return template.format(**{name: _short(value) for name, value in details.items()})
    except (KeyError, IndexError):
        # A server that tells fewer details than its code promises: better no figure than a hole.
        return _("Please ask the lobby manager for help.")


def _short(value: Any) -> str:
    text = str(value)
    time = _CLOCK_TIME.match(text)
    return time.group(1) if time else text
