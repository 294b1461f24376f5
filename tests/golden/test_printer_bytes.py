"""The exact bytes of a ticket for three printers: made by the encoder, read through as hex and commands, unchanged since.

Remake after an intended change, then read what `git diff --text` and `xxd` show before committing:
    python -m tests.golden.test_printer_bytes
The pieces these files are made of are spelt out by hand in tests/unit/test_printer_escpos.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from firmware_config.printer_profile import load_printer_profile
from firmware_config.ticket_layout import load_ticket_layout
from printer.__main__ import sample_face
from printer.escpos import encode
from printer.layout import TicketFace, compose
from printer.words import say_in

FOLDER = Path(__file__).parent
STANDARD = load_ticket_layout()
AT = datetime(2025, 11, 23, 10, 32, tzinfo=timezone(timedelta(hours=8)))
FACES = {
    "zh": sample_face("zh_CN", AT),
    "en": sample_face("en", AT),
    # Marks, a character neither charset has, and a second life after a missed number.
    "marks": replace(
        sample_face("zh_CN", AT), branch="鿏水支行", is_priority=True, is_reprint=True, requeue_of="A009"
    ),
}
TICKETS = [
    (profile, face) for profile in ("generic_80mm", "epson_tm_t20iii", "kiosk_58mm") for face in sorted(FACES)
]


def ticket(name: str, face: TicketFace) -> bytes:
    profile = load_printer_profile(name)
    token = b"0J01" if profile.completion.method == "gs_h" else b""
    return encode(compose(face, profile.paper.cells, say_in(face.language), STANDARD), profile, token).data


def golden(profile: str, face: str) -> Path:
    return FOLDER / f"printer_{profile}_{face}.bin"


@pytest.mark.parametrize(("profile", "face"), TICKETS)
def test_a_ticket_is_the_bytes_it_always_was(profile: str, face: str) -> None:
    assert ticket(profile, FACES[face]) == golden(profile, face).read_bytes()


@pytest.mark.parametrize("profile", ["generic_80mm", "epson_tm_t20iii"])
@pytest.mark.parametrize("face", ["zh", "en"])
def test_a_ticket_in_text_mode_is_at_most_400_bytes(profile: str, face: str) -> None:
    data = golden(profile, face).read_bytes()
    assert b"\x1dv0" not in data
    assert len(data) <= 400


def main() -> None:
    """Write the files anew."""
    for profile, face in TICKETS:
        golden(profile, face).write_bytes(ticket(profile, FACES[face]))


if __name__ == "__main__":
    main()
