"""`python -m kiosk run` is one kiosk: a touch screen, a ticket printer and a line to the queue server."""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

import click
import structlog

from firmware_config.printer_profile import (
    PrinterProfile,
    ProfileFault,
    load_printer_profile,
    printer_profile_names,
)
from firmware_config.running import PROGRAM_VERSION, kiosk_checksum, printer_checksum
from firmware_config.ticket_layout import TicketLayout, load_ticket_layout, ticket_layout_names

# What fits into a command id together with what makes it unique.
_KIOSK_ID = re.compile(r"^[A-Za-z0-9._-]{1,40}$")


@click.group()
def main() -> None:
    """The kiosk of a branch: customers take their numbers here."""


def _size(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, int] | None:
    if value == "desktop":
        return None
    width, _, height = value.partition("x")
    if not (width.isdigit() and height.isdigit()) or not (
        600 <= int(width) <= 4320 and 600 <= int(height) <= 7680
    ):
        raise click.BadParameter("WIDTHxHEIGHT such as 1080x1920, or desktop")
    return int(width), int(height)


def _id(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _KIOSK_ID.match(value):
        raise click.BadParameter("letters, digits, '.', '_' and '-', at most 40")
    return value


def _profile(_context: click.Context, _option: click.Parameter, value: str) -> PrinterProfile:
    try:
        return load_printer_profile(Path(value) if value.endswith(".yaml") else value)
    except ProfileFault as problem:
        raise click.BadParameter(str(problem)) from problem


def _layout(_context: click.Context, _option: click.Parameter, value: str) -> TicketLayout:
    try:
        return load_ticket_layout(Path(value) if value.endswith(".yaml") else value)
    except ProfileFault as problem:
        raise click.BadParameter(str(problem)) from problem


@main.command()
@click.option("--server", required=True, help="Where the queue server is, such as http://10.0.0.2:8081.")
@click.option("--token", envvar="KIOSK_TOKEN", required=True, help="This kiosk's own token [KIOSK_TOKEN].")
@click.option(
    "--kiosk-id", callback=_id, default="kiosk-1", show_default=True, help="Its code in the branch."
)
@click.option(
    "--printer-id", callback=_id, default=None, help="The printer's code in the branch [KIOSK_ID-printer]."
)
@click.option("--printer-port", required=True, help="The ticket printer's port, such as /dev/serial/by-id/….")
@click.option(
    "--printer-profile",
    callback=_profile,
    default="generic_80mm",
    show_default=True,
    help=f"What the ticket printer is: {', '.join(printer_profile_names())}, or a .yaml file.",
)
@click.option(
    "--ticket-layout",
    envvar="TICKET_LAYOUT",
    callback=_layout,
    default="standard",
    show_default=True,
    help=f"What stands where on a ticket: {', '.join(ticket_layout_names())}, or a .yaml file [TICKET_LAYOUT].",
)
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where the kiosk keeps what it must not forget.",
)
@click.option(
    "--size", callback=_size, default="1080x1920", show_default=True, help="WIDTHxHEIGHT or desktop."
)
@click.option("--fullscreen", is_flag=True, help="Without frame and mouse pointer.")
@click.option(
    "--stream", type=click.Path(path_type=Path), help="Unix socket of a supervisor that shows the picture."
)
def run(
    server: str,
    token: str,
    kiosk_id: str,
    printer_id: str | None,
    printer_port: str,
    printer_profile: PrinterProfile,
    ticket_layout: TicketLayout,
    state_dir: Path,
    size: tuple[int, int] | None,
    fullscreen: bool,
    stream: Path | None,
) -> None:
    """Serve customers until stopped."""
    _log_to_stderr()

    # Imported after the options were checked: pygame takes its drivers from the environment.
    from display.screen.stream import StreamSender
    from display.screen.window import Screen, use_headless_unless_told
    from kiosk.app import Installed, KioskApp
    from printer.driver import OnFirmware, OnResult, OnStatus, TicketPrinter

    def open_printer(on_result: OnResult, on_status: OnStatus, on_firmware: OnFirmware) -> TicketPrinter:
        return TicketPrinter(
            printer_profile,
            printer_port,
            on_result,
            on_status,
            layout=ticket_layout,
            on_firmware=on_firmware,
        )

    use_headless_unless_told()
    sender = StreamSender(stream, kiosk_id) if stream is not None else None
    screen = Screen(size, "叫号取号机 · Kiosk", fullscreen, sender)
    screen.stop_on_signals()
    try:
        installed = Installed(
            kiosk_id,
            printer_id or f"{kiosk_id}-printer",
            PROGRAM_VERSION,
            kiosk_checksum(ticket_layout),
            printer_checksum(printer_profile),
        )
        app = KioskApp(screen, server, token, installed, state_dir, open_printer)
    except (OSError, sqlite3.Error) as problem:
        raise click.ClickException(f"{state_dir}: {problem}") from problem
    structlog.get_logger().info(
        "running", kiosk=kiosk_id, server=server, printer=printer_profile.name, size=screen.size
    )
    app.run()
    screen.close()


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
    # The printer room speaks through the standard library.
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="level=%(levelname)s %(name)s %(message)s"
    )


if __name__ == "__main__":
    main()
