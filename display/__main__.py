"""`python -m display run` shows and speaks; `python -m display make-voice` makes the voice it speaks with."""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import structlog

from display.announcer import Announcer, Manner, Player
from display.voice import pack as packs
from display.voice.make import NoVoice, make_voice
from display.voice.pack import VoicePack, VoicePackBroken
from display.voice.phrase import CounterReading, Language, Reading
from firmware_config.running import PROGRAM_VERSION, display_checksum
from queue_server.wire.devices import DeviceReport


@click.group()
def main() -> None:
    """The lobby display of a branch: calls large and flashing, and spoken."""


@main.command("make-voice")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("var/voice"), show_default=True
)
def make_voice_command(out: Path) -> None:
    """Make a voice pack (Chinese and English) with espeak-ng."""
    try:
        count = make_voice(out)
    except (NoVoice, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo(f"{out}: {count} clips")


def _size(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, int] | None:
    if value == "desktop":
        return None
    width, _, height = value.partition("x")
    if not (width.isdigit() and height.isdigit()) or not (
        640 <= int(width) <= 7680 and 360 <= int(height) <= 4320
    ):
        raise click.BadParameter("WIDTHxHEIGHT such as 1920x1080, or desktop")
    return int(width), int(height)


def _languages(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[Language, ...] | None:
    if value is None:
        return None
    chosen = tuple(part.strip() for part in value.split(","))
    if not chosen or any(part not in ("zh", "en") for part in chosen):
        raise click.BadParameter("zh, en or zh,en")
    return cast("tuple[Language, ...]", chosen)


def _zone(_context: click.Context, _option: click.Parameter, value: str | None) -> ZoneInfo | None:
    if value is None:
        return None
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise click.BadParameter(f"no time zone {value}") from problem


@main.command()
@click.option("--server", required=True, help="Where the queue server is, such as http://10.0.0.2:8081.")
@click.option(
    "--token", envvar="DISPLAY_TOKEN", required=True, help="This display's own token [DISPLAY_TOKEN]."
)
@click.option(
    "--display-id",
    default="lobby-1",
    show_default=True,
    help="Its id in the branch file; its loudspeaker is ID-speaker.",
)
@click.option(
    "--size", callback=_size, default="1920x1080", show_default=True, help="WIDTHxHEIGHT or desktop."
)
@click.option("--fullscreen", is_flag=True, help="Without frame and mouse pointer.")
@click.option(
    "--stream", type=click.Path(path_type=Path), help="Unix socket of a supervisor that shows the picture."
)
@click.option(
    "--voice", type=click.Path(path_type=Path), help="Folder of the voice pack; without it, chime only."
)
@click.option(
    "--languages",
    callback=_languages,
    envvar="VOICE_LANGUAGES",
    help="Spoken, in this order [VOICE_LANGUAGES, or as the branch says].",
)
@click.option("--repeat", type=click.IntRange(1, 5), help="How often each is spoken [as the branch says].")
@click.option(
    "--one", type=click.Choice(["一", "幺"]), default="一", show_default=True, help="How 1 is read."
)
@click.option("--counters", type=click.Choice(["number", "digits"]), default="number", show_default=True,
              help="Counter 12 is read 十二 or 一二.")  # fmt: skip
@click.option(
    "--sound-record", type=click.Path(dir_okay=False, path_type=Path), help="Record the PCM here instead."
)
@click.option("--no-sound", is_flag=True, help="Do not open a sound device; nothing is reported as spoken.")
@click.option("--timezone", "zone", callback=_zone, help="Of the clock shown [the branch's].")
def run(
    server: str,
    token: str,
    display_id: str,
    size: tuple[int, int] | None,
    fullscreen: bool,
    stream: Path | None,
    voice: Path | None,
    languages: tuple[Language, ...] | None,
    repeat: int | None,
    one: Literal["一", "幺"],
    counters: CounterReading,
    sound_record: Path | None,
    no_sound: bool,
    zone: ZoneInfo | None,
) -> None:
    """Show and speak the calls of one branch until stopped."""
    _log_to_stderr()
    log = structlog.get_logger("display").bind(display=display_id)
    pack = _pack(voice, languages or ("zh", "en"))
    if pack.lacking:
        log.warning("voice pack lacks optional clips", clips=list(pack.lacking))

    # Imported after the options were checked: pygame takes its drivers from the environment.
    from display.client import Client
    from display.loudspeaker import Loudspeaker
    from display.screen.pulse import is_turning
    from display.screen.speaker import NoSoundDevice, Speaker, record_to
    from display.screen.stream import StreamSender
    from display.screen.window import Screen, use_headless_unless_told
    from display.view_pygame import LobbyDisplay
    from queue_server.feed.client import Client as Posting
    from queue_server.feed.devices import DeviceReports

    use_headless_unless_told()
    if sound_record is not None:
        record_to(sound_record)

    def open_player() -> Player | None:
        if no_sound:
            return None
        try:
            return Speaker(pack.rate_hz)
        except NoSoundDevice as problem:
            log.warning("no sound device", problem=str(problem))
            return None

    sender = StreamSender(stream, display_id) if stream is not None else None
    screen = Screen(size, "叫号显示屏 · Lobby display", fullscreen, sender)
    screen.stop_on_signals()
    manner = Manner(languages, repeat, Reading(one, counters))
    announcer = Announcer(pack, open_player, lambda: datetime.now(UTC), manner)
    client = Client(server, token, lambda: display.board.position)
    display = LobbyDisplay(screen, client, announcer, sender, lambda: datetime.now(UTC), zone)

    def there() -> Sequence[str]:
        """A display whose picture stands still shows nobody anything, however well it is connected."""
        speaks = loudspeaker.is_there and announcer.is_alive
        return [
            *([display_id] if is_turning(screen.post) else []),
            *([loudspeaker.device] if speaks else []),
        ]

    devices = DeviceReports(Posting(server, token), lambda: uuid.uuid4().hex, there)
    loudspeaker = Loudspeaker(display_id, devices.tell, pack.title[:40], pack.checksum)
    devices.tell(
        DeviceReport(
            command_id=uuid.uuid4().hex,
            device=display_id,
            kind="lobby_display",
            state="online",
            firmware=PROGRAM_VERSION,
            config=display_checksum(None if voice is None else str(voice), languages, one, counters),
        )
    )
    if no_sound:
        loudspeaker.heard("switched_off")
    else:
        announcer.on_sound = loudspeaker.heard
    display.on_live = devices.reconnected
    devices.start()
    log.info(
        "running", server=server, size=screen.size, voice=pack.name, video=os.environ.get("SDL_VIDEODRIVER")
    )
    display.run()
    devices.stop()
    screen.close()


def _pack(folder: Path | None, languages: tuple[Language, ...]) -> VoicePack:
    if folder is None:
        return packs.chime_only()
    try:
        return packs.load(folder, languages)
    except VoicePackBroken as problem:
        raise click.ClickException(str(problem)) from problem


def _log_to_stderr() -> None:
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    main()
