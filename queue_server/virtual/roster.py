"""Which programs the virtual branch consists of, and with which words each is started.

Ticket layout and voice are those of the branch file (F1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.resolved import model_yaml
from firmware_config.running import BOTH_LANGUAGES
from queue_server.settings import BranchSetup
from queue_server.virtual.places import Places

KIOSK_SIZE = "1080x1920"
DISPLAY_SIZE = "1920x1080"
HEADLESS = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Who holds what, as the virtual branch's file says; a real branch never hands these around."""

    kiosk: tuple[str, str]
    display: tuple[str, str]
    line: tuple[str, str]
    tellers: dict[str, tuple[str, str]]
    lobby_manager: str
    technician: str


@dataclass(frozen=True, slots=True)
class Command:
    """`python -m <words>` with `environment` besides the supervisor's own."""

    words: tuple[str, ...]
    environment: Mapping[str, str]


def roster(
    branch_file: Path,
    setup: BranchSetup,
    tokens: Tokens,
    places: Places,
    server_port: int,
    public_url: str,
    cables: Mapping[str, int],
) -> dict[str, Command]:
    """The commands by program; `cables`: the port of each cable to the server, by its name.

    Writes the kiosk's ticket layout to its place.  Raises BranchFileRefused when the branch file was broken meanwhile.
    """
    file = load_branch_file(branch_file)
    installed = next(d for d in setup.devices if d.kind == "printer")
    profile, printer_id = installed.profile or "generic_80mm", installed.id
    kiosk, display, line = tokens.kiosk, tokens.display, tokens.line
    address = {name: f"http://127.0.0.1:{port}" for name, port in cables.items()}
    return {
        "server": _command(
            "queue_server serve",
            {
                "branch": branch_file,
                "data": places.journal,
                "host": "127.0.0.1",
                "port": server_port,
                "public-url": public_url,
            },
        ),
        "printer": _command(
            "printer simulate",
            {
                "port-link": places.printer_port,
                "profile": profile,
                "paper-dir": places.paper,
                "control": places.printer_control,
            },
        ),
        "pads": _command(
            "queue_server.pads simulate",
            {
                "branch": branch_file,
                "line": line[0],
                "port-link": places.line_port,
                "control": places.pads_control,
                "state-dir": places.pads,
            },
        ),
        "line": _command(
            "queue_server.pads run",
            {
                "branch": branch_file,
                "line": line[0],
                "port": places.line_port,
                "server": address["counters"],
                "state-dir": places.line,
            },
            {"PAD_LINE_TOKEN": line[1]},
        ),
        "kiosk": _command(
            "kiosk run",
            {
                "server": address["kiosk"],
                "kiosk-id": kiosk[0],
                "printer-id": printer_id,
                "printer-port": places.printer_port,
                "printer-profile": profile,
                "ticket-layout": _ticket_layout(file, places),
                "state-dir": places.kiosk,
                "size": KIOSK_SIZE,
                "stream": places.screen("kiosk"),
            },
            {"KIOSK_TOKEN": kiosk[1], **HEADLESS},
        ),
        "display": _command(
            "display run",
            {
                "server": address["display"],
                "display-id": display[0],
                **_voice(file, places),
                "size": DISPLAY_SIZE,
                "stream": places.screen("display"),
            },
            {"DISPLAY_TOKEN": display[1], **HEADLESS},
        ),
    }


def _ticket_layout(file: BranchFile, places: Places) -> Path:
    """The file with the branch's ticket, its own words in it, as the kiosk reads it."""
    places.ticket_layout.write_text(model_yaml(file.ticket.composed()), encoding="utf-8")
    return places.ticket_layout


def _voice(file: BranchFile, places: Places) -> dict[str, object]:
    """The words that make a display speak as the branch file says, with the voice in `places`."""
    voice = file.voice.composed()
    # As the file writes it, where it is the same: the display names its configuration by what it is told.
    folder = voice.folder if Path(voice.folder).resolve() == places.voice else places.voice
    spoken = {} if voice.languages == BOTH_LANGUAGES else {"languages": ",".join(voice.languages)}
    return {"voice": folder, "one": voice.one, "counters": voice.counter, **spoken}


def _command(
    program: str, options: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> Command:
    said = (word for name, value in options.items() for word in (f"--{name}", str(value)))
    return Command((*program.split(), *said), environment or {})
