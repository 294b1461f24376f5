"""What a program says it runs: the version of the programs, and a checksum of the configuration it was given (H1, F3).

Pure, and the same on both sides: a device reports what it runs, the server computes what it should run.  A pad's
checksum is that of its block and is made in `pad_block`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from firmware_config.printer_profile import PrinterProfile
from firmware_config.ticket_layout import TicketLayout
from firmware_config.voice_profile import VoiceProfile

PROGRAM_VERSION = "0.1.0"
"""Of all programs here, which come and go together; what a kiosk and a display report as their firmware."""

BOTH_LANGUAGES = ("zh", "en")


def checksum(facts: Mapping[str, Any]) -> str:
    """Eight hex digits of plain values: the same for the same, whatever the order of the keys."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("utf-8"), digest_size=4).hexdigest()


def kiosk_checksum(layout: TicketLayout) -> str:
    """What a kiosk is configured with: the ticket, with the branch's own words in it."""
    return checksum({"ticket": layout.model_dump(mode="json", exclude_defaults=True)})


def printer_checksum(profile: PrinterProfile) -> str:
    """What a ticket printer is driven by: the whole profile, however it was inherited."""
    return checksum({"profile": profile.model_dump(mode="json", exclude_defaults=True)})


def voice_checksum(voice: VoiceProfile) -> str:
    """What a display should be configured with, as `display_checksum` computes it from what it was told."""
    return display_checksum(str(voice.folder), voice.languages, voice.one, voice.counter)


def display_checksum(folder: str | None, languages: Sequence[str] | None, one: str, counter: str) -> str:
    """What a display is configured with: where its voice is, and how it speaks; `languages` None: both."""
    return checksum(
        {"folder": folder, "languages": list(languages or BOTH_LANGUAGES), "one": one, "counter": counter}
    )
