"""`python -m queue_server.pads`: the programs of a pad line.

Parses and composes; the work is done elsewhere.
"""

from __future__ import annotations

import signal
from pathlib import Path

import click

from firmware_config.problems import BranchFileRefused
from firmware_config.profile_file import ProfileFault
from queue_server.pads.simulator import LineSimulator
from queue_server.pads.simulator.control import ControlSocket
from queue_server.pads.simulator.roster import of_branch, of_words

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


if __name__ == "__main__":
    main()
