"""`python -m queue_server.pads`: the programs of a pad line.

Parses and composes; the work is done elsewhere.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import structlog

from firmware_config.problems import BranchFileRefused
from firmware_config.profile_file import ProfileFault
from queue_server.pads.simulator import LineSimulator
from queue_server.pads.simulator.control import ControlSocket
from queue_server.pads.simulator.roster import of_branch, of_words

if TYPE_CHECKING:
    from queue_server.pads.program import Program

_FILE = click.Path(path_type=Path)


@click.group()
def main() -> None:
    """Call pads, window screens and evaluators on an RS-485 line."""


@main.command()
@click.option("--branch", type=_FILE, help="The branch file that says what hangs on the line.")
@click.option("--line", help="Which of its lines.")
@click.option("--device", "words", multiple=True, help="Instead: PROFILE:ADDRESS[:ID], as often as needed.")
@click.option("--baud", type=int, help="Speed; without it that of the branch file, or 9600.")
@click.option("--port-link", type=_FILE, required=True, help="Where to publish the port.")
@click.option("--control", type=_FILE, help="Unix socket for presses, faults and events, JSON lines.")
@click.option("--state-dir", type=_FILE, help="Where devices keep what survives a power cut; none: nowhere.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything left to chance.")
def simulate(
    branch: Path | None,
    line: str | None,
    words: tuple[str, ...],
    baud: int | None,
    port_link: Path,
    control: Path | None,
    state_dir: Path | None,
    seed: int,
) -> None:
    """Be every device of a line, on a pseudo-terminal, until SIGINT or SIGTERM."""
    # Blocked before any thread is born, and taken below: a handler that sets a threading.Event can meet its own main
    # thread inside that event's lock, and then nobody ever ends.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        if branch is not None and line is not None and not words:
            settings, devices = of_branch(branch, line)
            speed = baud or settings.baud
        elif words and branch is None and line is None:
            devices, speed = of_words(words), baud or 9600
        else:
            raise click.UsageError("either --branch and --line, or --device")
    except (BranchFileRefused, ProfileFault, ValueError) as fault:
        raise click.ClickException(str(fault)) from fault
    socket = ControlSocket(control) if control else None
    simulator = LineSimulator(
        port_link,
        devices,
        speed,
        state_dir=state_dir,
        seed=seed,
        on_event=socket.push if socket else None,
    )
    simulator.start()
    if socket:
        socket.start(simulator)
    click.echo(f"{len(devices)} devices at {speed} baud on {port_link}")
    signal.sigwait(ends)
    if socket:
        socket.stop()
    simulator.stop()


@main.command()
@click.option("--branch", type=_FILE, required=True, help="The branch file.")
@click.option("--line", required=True, help="Which of its lines.")
@click.option("--server", required=True, help="Where the queue server is, such as http://10.0.0.2:8081.")
@click.option(
    "--token", envvar="PAD_LINE_TOKEN", help="The line's own token [PAD_LINE_TOKEN, or the branch file's]."
)
@click.option("--port", help="Its serial port [the branch file's].")
@click.option("--state-dir", type=_FILE, required=True, help="Where it keeps what it must not forget.")
@click.option("--control", type=_FILE, help="Its control socket [STATE_DIR/LINE.sock].")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="On the devices."
)
def run(
    branch: Path,
    line: str,
    server: str,
    token: str | None,
    port: str | None,
    state_dir: Path,
    control: Path | None,
    language: str,
) -> None:
    """Serve the devices of a line until SIGINT or SIGTERM."""
    # Here, so that a simulator does not load a client's libraries.
    from queue_server.pads.control import ControlSocket as LineSocket
    from queue_server.pads.orders import Orders
    from queue_server.pads.ownership import TakenAlready, own, require_free
    from queue_server.pads.program import Program
    from queue_server.pads.setup import NoSuchLine, Source

    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    _log_to_stderr()
    source = Source(branch, line, language, port, token or None)
    try:
        setup = source.load()
        state_dir.mkdir(parents=True, exist_ok=True)
        own(state_dir / f"{line}.lock")
        require_free(setup.wire.port)
        program = Program(source, setup, server, state_dir)
        socket = LineSocket(control or state_dir / f"{line}.sock", Orders(program))
    except (BranchFileRefused, ProfileFault, NoSuchLine, TakenAlready, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    socket.start()
    threading.Thread(target=_stop_at, args=(ends, program), daemon=True).start()
    devices, baud = len(setup.wire.devices), setup.wire.serial.baud
    click.echo(f"{devices} devices at {baud} baud on {setup.wire.port}, for {server}")
    threading.excepthook = program.thread_died
    program.run()
    socket.stop()
    if program.has_failed:
        sys.exit(1)


def _stop_at(ends: set[signal.Signals], program: Program) -> None:
    signal.sigwait(ends)
    program.stop()


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
