"""systemd units: the server, and every kiosk, display and pad line, each with no more rights than it uses.

Two things are left out on purpose.  No watchdog: the programs do not report to one, and a unit that says otherwise
would restart a healthy hall.  No MemoryDenyWriteExecute: foreign-function libraries of Python and OpenGL need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from firmware_config.models import BranchFile
from firmware_config.units.names import (
    ACCOUNT,
    CONFIGURATION,
    LINES,
    SERVER_UNIT,
    STATE,
    TARGET,
    unit_of,
)

MADE = "# Made by `python -m firmware_config units` from the branch file; local changes: systemctl edit UNIT."

_SERIAL = ("char-ttyUSB", "char-ttyACM", "char-ttyS")
_SCREEN = ("char-drm", "char-input", "char-alsa", "char-vc")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_HARDENING = (
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "PrivateTmp=yes",
    "LockPersonality=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
)


@dataclass(frozen=True, slots=True)
class _Program:
    """One unit.  `state`: its folder below /var/lib; `devices`: what it opens, none = it gets no devices at all."""

    description: str
    file: str
    command: Sequence[str]
    state: str
    after: Sequence[str] = ()
    settings: Sequence[str] = ()
    devices: Sequence[str] = ()
    groups: Sequence[str] = ()
    families: str = "AF_INET AF_INET6 AF_UNIX"
    mode: str = "0700"


def units(branch: BranchFile, home: Path) -> dict[str, str]:
    """Every unit by its name; the project is installed in `home` with its .venv."""
    python = str(home / ".venv" / "bin" / "python")
    found = {SERVER_UNIT: _text(_server(branch, python), home)}
    devices = branch.devices
    for kiosk in devices.kiosks:
        found[unit_of("kiosk", kiosk.id)] = _text(_kiosk(kiosk.id, python), home)
    for display in devices.displays:
        found[unit_of("display", display.id)] = _text(_display(display.id, python), home)
    for line in devices.lines:
        found[unit_of("pad_line", line.id)] = _text(_line(line.id, python), home)
    return {TARGET: _target(branch, list(found)), **found}


def _server(branch: BranchFile, python: str) -> _Program:
    url = urlsplit(branch.server.url)
    is_alone = url.hostname in _LOOPBACK
    command = [
        *(python, "-m", "queue_server", "serve"),
        *("--branch", f"{CONFIGURATION}/queue-server.yaml"),
        *("--data", f"{STATE}/server"),
        *("--host", "127.0.0.1" if is_alone else "0.0.0.0"),
        *("--port", str(url.port or 80)),
    ]
    return _Program(
        "Queue server",
        f"{CONFIGURATION}/queue-server.yaml",
        command,
        "server",
        after=("network.target", "time-sync.target"),
        settings=(
            # What stands in the tickets' QR codes; phones come another way than the branch's own programs.
            f"Environment=JIAOHAO_PUBLIC_URL={branch.server.url}",
            "ExecReload=/bin/kill -HUP $MAINPID",
        ),
    )


def _kiosk(kiosk: str, python: str) -> _Program:
    return _Program(
        f"Kiosk {kiosk}",
        f"{CONFIGURATION}/{kiosk}.env",
        [
            *(python, "-m", "kiosk", "run", "--server", "${JIAOHAO_SERVER}", "--kiosk-id", kiosk),
            *("--printer-id", "${PRINTER_ID}", "--printer-port", "${PRINTER_PORT}"),
            *("--printer-profile", "${PRINTER_PROFILE}"),
            *("--state-dir", f"{STATE}/{kiosk}", "--size", "desktop", "--fullscreen"),
        ],
        kiosk,
        after=(SERVER_UNIT,),
        settings=(f"EnvironmentFile={CONFIGURATION}/{kiosk}.env", *_PICTURE),
        devices=(*_SCREEN, *_SERIAL),
        groups=("audio", "dialout", "input", "render", "video"),
        families=_WITH_UDEV,
    )


def _display(display: str, python: str) -> _Program:
    return _Program(
        f"Lobby display {display}",
        f"{CONFIGURATION}/{display}.env",
        [
            *(python, "-m", "display", "run", "--server", "${JIAOHAO_SERVER}", "--display-id", display),
            *("--voice", "${VOICE_FOLDER}", "--one", "${VOICE_ONE}", "--counters", "${VOICE_COUNTER}"),
            *("--size", "desktop", "--fullscreen"),
        ],
        display,
        after=(SERVER_UNIT, "sound.target"),
        settings=(f"EnvironmentFile={CONFIGURATION}/{display}.env", *_PICTURE),
        devices=_SCREEN,
        groups=("audio", "input", "render", "video"),
        families=_WITH_UDEV,
    )


def _line(line: str, python: str) -> _Program:
    file = f"{CONFIGURATION}/{line}.env"
    return _Program(
        f"Pad line {line}",
        file,
        [
            *(python, "-m", "queue_server.pads", "run", "--branch", f"{CONFIGURATION}/branch.yaml"),
            *("--line", line, "--server", "${JIAOHAO_SERVER}", "--state-dir", str(LINES)),
        ],
        "lines",
        after=(SERVER_UNIT,),
        settings=(f"EnvironmentFile={file}",),
        devices=_SERIAL,
        groups=("dialout",),
        mode="0750",
    )


_PICTURE = (
    # Straight to the screen, without a desktop.  Under one: SDL_VIDEODRIVER=wayland or x11, and the desktop's account.
    "Environment=SDL_VIDEODRIVER=kmsdrm",
    "Environment=SDL_AUDIODRIVER=alsa",
)

_WITH_UDEV = "AF_INET AF_INET6 AF_UNIX AF_NETLINK"
"""SDL hears of touch screens through udev."""


def _target(branch: BranchFile, units: Sequence[str]) -> str:
    name = branch.branch.name
    return _lines(
        [
            MADE,
            "",
            "[Unit]",
            f"Description=叫号 {_plain(name.zh)} · {_plain(name.en)}: every program of the branch on this machine",
            # Wanted, not required: a kiosk on another machine has its unit there, and none here.
            *(f"Wants={unit}" for unit in units),
            "",
            "[Install]",
            "WantedBy=multi-user.target",
        ]
    )


def _text(program: _Program, home: Path) -> str:
    return _lines(_parts(program, home))


def _parts(program: _Program, home: Path) -> Iterator[str]:
    yield MADE
    yield ""
    yield "[Unit]"
    yield f"Description=叫号 {program.description}"
    yield f"PartOf={TARGET}"
    if program.after:
        yield f"After={' '.join(program.after)}"
    yield f"AssertPathExists={program.file}"
    # For ever: an adapter that is unplugged over night must not end in a unit that has given up.
    yield "StartLimitIntervalSec=0"
    yield ""
    yield "[Service]"
    yield "Type=exec"
    yield f"User={ACCOUNT}"
    yield f"Group={ACCOUNT}"
    if program.groups:
        yield f"SupplementaryGroups={' '.join(program.groups)}"
    yield f"WorkingDirectory={home}"
    yield "Environment=PYTHONUNBUFFERED=1"
    yield from program.settings
    yield f"ExecStart={' '.join(program.command)}"
    yield "Restart=always"
    yield "RestartSec=2"
    yield "TimeoutStopSec=20"
    yield f"StateDirectory=jiaohao/{program.state}"
    yield f"StateDirectoryMode={program.mode}"
    yield "LogRateLimitIntervalSec=30s"
    yield "LogRateLimitBurst=2000"
    yield from _HARDENING
    yield f"RestrictAddressFamilies={program.families}"
    if program.devices:
        yield "DevicePolicy=closed"
        yield from (f"DeviceAllow={device} rw" for device in program.devices)
    else:
        yield "PrivateDevices=yes"


def _lines(lines: Sequence[str] | Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _plain(text: str) -> str:
    """A percent sign is a specifier to systemd."""
    return text.replace("%", "%%")
