"""`python -m queue_server virtual`: the whole branch on one computer, without hardware, without root."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import click
import gevent
from gevent.event import Event

from firmware_config import models
from firmware_config.load import load_branch_file
from firmware_config.problems import BranchFileRefused
from queue_server.settings import understand
from queue_server.virtual.pads import devices_of
from queue_server.virtual.places import Places, PlaceTaken
from queue_server.virtual.roster import Tokens
from queue_server.virtual.supervisor import Supervisor

BRANCH_FILE = Path("firmware_config/branches/virtual.yaml")
HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
NPM = ROOT / "node_modules"
VOICE_MANIFEST = "manifest.yaml"


@click.command("virtual")
@click.option("--port", default=8080, show_default=True, help="Of the page that shows everything; 0: any.")
@click.option("--server-port", default=8081, show_default=True, help="Of the queue server; 0: any.")
@click.option(
    "--branch",
    "branch_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=BRANCH_FILE,
    show_default=True,
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var/virtual"))
@click.option(
    "--voice",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder of the voice [as the branch file says].",
)
def virtual(port: int, server_port: int, branch_file: Path, data: Path, voice: Path | None) -> None:
    """Run the virtual branch: server, kiosk, display, printer, and one page that shows them."""
    # Imported here: the page needs the monkey-patched world the entry point has made by now.
    from queue_server.transport.listener import HttpListener
    from queue_server.virtual.pages import create_page

    try:
        file = load_branch_file(branch_file)
    except BranchFileRefused as refused:
        raise click.ClickException(str(refused)) from refused
    voice = voice or Path(file.voice.composed().folder)
    _require_set_up(voice)
    tokens = tokens_of(file)
    server_port = _free_port(server_port)
    if port:
        _free_port(port)
    try:
        places = Places.in_folder(data, voice)
    except PlaceTaken as taken:
        raise click.ClickException(f"another virtual branch is running in {taken}: give --data") from taken
    except OSError as problem:
        raise click.ClickException(f"{data}: {problem.strerror}") from problem
    # Before the first program runs: a signal that comes early must not leave any of them behind.
    is_over = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        gevent.signal_handler(number, is_over.set)
    supervisor = Supervisor(
        branch_file,
        understand(file),
        tokens,
        places,
        server_port,
        f"http://{HOST}:{server_port}",
        devices_of(file, tokens.line[0]),
    )
    try:
        listener = HttpListener(create_page(supervisor), HOST, port)
        listener.start()
        supervisor.start()
        click.echo(f"虚拟网点 · virtual branch: http://{HOST}:{listener.port}/   (Ctrl-C 结束 · stops it)")
        is_over.wait()
    finally:
        supervisor.stop()
    listener.stop(within_s=1.0)


def tokens_of(file: models.BranchFile) -> Tokens:
    """Who plays whom.  Raises ClickException when the file lacks one of the parts."""

    def token(bearer: models.Bearer) -> str:
        if bearer.token is None:
            raise click.ClickException(f"{bearer.id} has no token in the branch file")
        return bearer.token.get_secret_value()

    tellers = {s.counter: (s.id, token(s)) for s in file.staff if s.role == "teller" and s.counter}
    managers = [token(s) for s in file.staff if s.role == "lobby_manager"]
    technicians = [token(s) for s in file.staff if s.role == "technician"]
    devices = file.devices
    hardware = (devices.kiosks, devices.displays, devices.printers, devices.lines)
    if not (tellers and managers and technicians and all(hardware)):
        raise click.ClickException(
            "the virtual branch needs tellers, a lobby manager, a technician, a kiosk, a display, a printer and a pad line"
        )
    kiosk, display, line = devices.kiosks[0], devices.displays[0], devices.lines[0]
    return Tokens(
        kiosk=(kiosk.id, token(kiosk)),
        display=(display.id, token(display)),
        line=(line.id, token(line)),
        tellers=tellers,
        lobby_manager=managers[0],
        technician=technicians[0],
    )


def _free_port(wanted: int) -> int:
    """The port, or any free one for 0.  Raises ClickException when somebody has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
            probe.listen()
        except OSError as problem:
            raise click.ClickException(f"port {wanted} is taken: {problem.strerror}") from problem
        return int(probe.getsockname()[1])


def _require_set_up(voice: Path) -> None:
    """Everything the set-up makes is there.  Raises ClickException naming what is not."""
    missing = [str(voice / VOICE_MANIFEST)] if not (voice / VOICE_MANIFEST).exists() else []
    missing += [str(po.with_suffix(".mo")) for po in _catalogues() if not po.with_suffix(".mo").exists()]
    if not (NPM / "socket.io-client").is_dir():
        missing.append(str(NPM / "socket.io-client"))
    if missing:
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise click.ClickException(f"not set up: {missing[0]}{others} is missing; run: make setup")


def _catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))
