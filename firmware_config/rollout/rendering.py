"""What every program of a branch is given to read: from the checked branch file to the text of one file a device.

Inherited files are resolved, tokens are in it, defaults are written out: whoever opens such a file sees what counts.
It writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, SecretStr

from firmware_config.adapters import PORTS
from firmware_config.devices import Kiosk
from firmware_config.models import BranchFile
from firmware_config.printer_profile import load_printer_profile
from firmware_config.rollout.file_target import Format
from firmware_config.running import BOTH_LANGUAGES
from firmware_config.scalars import END_OF_DAY
from firmware_config.units.names import SERVER_UNIT, unit_of

SERVER = "queue-server"
"""The server's name among the devices: with a hyphen, so that no device of a branch file can have it."""

BRANCH = "branch-file"
"""The branch file without secrets, which pad lines read: whole, because they compare its version with the server's."""

BRANCH_FILE = "branch.yaml"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One file: whose it is, how it is called in the folder, what stands in it, and the unit whose program reads it."""

    device: str
    kind: str
    name: str
    format: Format
    body: bytes
    is_secret: bool
    unit: str | None = None


def rendered(branch: BranchFile, folder: Path) -> tuple[Rendered, ...]:
    """Every file of the branch; `folder` is where they will be, because some name each other."""
    whole = _map(branch)
    devices = branch.devices
    files = [Rendered(SERVER, "server", f"{SERVER}.yaml", "yaml", _yaml(whole), True, SERVER_UNIT)]
    layout = _yaml(_map(branch.ticket.composed()))
    units = {kiosk.printer: unit_of("kiosk", kiosk.id) for kiosk in devices.kiosks}
    for printer in devices.printers:
        profile = _yaml(_map(load_printer_profile(printer.profile)))
        unit = units.get(printer.id)
        files.append(Rendered(printer.id, "printer", f"{printer.id}.yaml", "yaml", profile, False, unit))
    ports = {printer.id: printer.port for printer in devices.printers}
    server = branch.server.url
    for kiosk in devices.kiosks:
        body = _env(
            KIOSK_TOKEN=_token(kiosk.token),
            JIAOHAO_SERVER=server,
            TICKET_LAYOUT=str(folder / f"{kiosk.id}.ticket.yaml"),
            **_printer(kiosk, ports, folder),
        )
        unit = unit_of("kiosk", kiosk.id)
        files.append(Rendered(kiosk.id, "kiosk", f"{kiosk.id}.env", "env", body, True, unit))
        ticket = f"{kiosk.id}.ticket"
        files.append(Rendered(ticket, "ticket_layout", f"{ticket}.yaml", "yaml", layout, False, unit))
    voice = branch.voice.composed()
    # A voice of both languages speaks what the branch asks for; one of a single language must be told.
    spoken = {} if voice.languages == BOTH_LANGUAGES else {"VOICE_LANGUAGES": ",".join(voice.languages)}
    for display in devices.displays:
        body = _env(
            DISPLAY_TOKEN=_token(display.token),
            JIAOHAO_SERVER=server,
            VOICE_FOLDER=str(voice.folder),
            VOICE_ONE=voice.one,
            VOICE_COUNTER=voice.counter,
            **spoken,
        )
        unit = unit_of("display", display.id)
        files.append(Rendered(display.id, "display", f"{display.id}.env", "env", body, True, unit))
    for line in devices.lines:
        body = _env(PAD_LINE_TOKEN=_token(line.token), JIAOHAO_SERVER=server)
        unit = unit_of("pad_line", line.id)
        files.append(Rendered(line.id, "pad_line", f"{line.id}.env", "env", body, True, unit))
    if devices.lines:
        files.append(Rendered(BRANCH, "branch_file", BRANCH_FILE, "yaml", _yaml(_withheld(whole)), False))
    return tuple(files)


def _withheld(value: Any) -> Any:
    """The same without secrets, and still a branch file: every token is a word that nobody is let in with."""
    if isinstance(value, Mapping):
        return {
            key: f"withheld-from-this-file-{value['id']}" if key == "token" else _withheld(item)
            for key, item in value.items()
        }
    return [_withheld(item) for item in value] if isinstance(value, list) else value


def _printer(kiosk: Kiosk, ports: Mapping[str, str], folder: Path) -> dict[str, str]:
    printer = kiosk.printer
    if printer is None:
        # The program wants one all the same; it will say "unplugged" and show the numbers on its screen (P4).
        return {
            "PRINTER_ID": f"{kiosk.id}-printer",
            "PRINTER_PORT": f"{PORTS}/none",
            "PRINTER_PROFILE": "generic_80mm",
        }
    return {
        "PRINTER_ID": printer,
        "PRINTER_PORT": ports[printer],
        "PRINTER_PROFILE": str(folder / f"{printer}.yaml"),
    }


def _map(model: BaseModel) -> dict[str, Any]:
    found = _plain(model)
    assert isinstance(found, dict)
    return found


def _plain(value: Any) -> Any:
    """A model as the values of the file it came from."""
    if isinstance(value, BaseModel):
        fields = {key: _plain(getattr(value, key)) for key in type(value).model_fields}
        # The token itself stands there now; its variable would be a second way of saying the same.
        fields.pop("token_env", None)
        return {key: item for key, item in fields.items() if item is not None}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, time):
        return "24:00" if value == END_OF_DAY else value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _yaml(value: Any) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110).encode()


def _env(**variables: str) -> bytes:
    return "".join(f"{key}={value}\n" for key, value in variables.items()).encode()


def _token(token: SecretStr | None) -> str:
    return token.get_secret_value() if token else ""
