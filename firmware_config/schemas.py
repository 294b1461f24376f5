"""JSON Schemas of branch files and profiles, for editors that complete and check while one types.

Made from the models, so they know every key, choice and range; what values mean to each other only `check` knows.
A file that inherits may leave out what it likes, so what must be written is asked of files that inherit nothing, at
their top level.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from firmware_config.models import BranchFile
from firmware_config.pad_profile import PadProfile
from firmware_config.printer_profile import PrinterProfile
from firmware_config.profile_file import INHERITS
from firmware_config.ticket_layout import TicketLayout
from firmware_config.voice_profile import VoiceProfile

FOLDER = Path(__file__).parent / "schemas"
"""Where the made schemas lie; editors find them by the first line of a file."""

MODELS: dict[str, type[BaseModel]] = {
    "branch": BranchFile,
    "printer": PrinterProfile,
    "pad": PadProfile,
    "ticket": TicketLayout,
    "voice": VoiceProfile,
}

_DIALECT = "http://json-schema.org/draft-07/schema#"


def schema_text(kind: str) -> str:
    """The schema of one of `MODELS`, as the text of its file."""
    model = MODELS[kind]
    schema = model.model_json_schema(by_alias=False, mode="validation")
    required = schema.pop("required", [])
    _let_items_be_partial(schema)
    schema["properties"][INHERITS] = {
        "type": "string",
        "description": "The file beside this one, or the shipped profile, this one is built on.",
    }
    schema["if"] = {"not": {"required": [INHERITS]}}
    schema["then"] = {"required": required}
    text = json.dumps({"$schema": _DIALECT, **schema}, ensure_ascii=False, indent=1)
    # Draft 7 is what editors know; pydantic writes the newer word.
    return text.replace("#/$defs/", "#/definitions/").replace('"$defs"', '"definitions"') + "\n"


def _let_items_be_partial(schema: Any) -> None:
    """Nothing is required inside: an heir names an item by its code and says only what differs."""
    match schema:
        case dict():
            schema.pop("required", None)
            for value in schema.values():
                _let_items_be_partial(value)
        case list():
            for value in schema:
                _let_items_be_partial(value)
