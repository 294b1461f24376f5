"""`python -m queue_server virtual`: the whole branch on one computer, without hardware, without root."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import click
from gevent.event import Event

from firmware_config import models
from firmware_config.load import load_branch_file
from queue_server.settings import understand
from queue_server.virtual.places import Places
from queue_server.virtual.supervisor import Supervisor, Tokens

BRANCH_FILE = Path("firmware_config/branches/virtual.yaml")
HOST = "127.0.0.1"


@click.command("virtual")
@click.option("--port", default=8080, show_default=True, help="Of the page that shows everything.")
@click.option("--server-port", default=8081, show_default=True, help="Of the queue server.")
@click.option(
    "--branch",
    "branch_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=BRANCH_FILE,
    show_default=True,
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("var/virtual"))
@click.option("--voice", type=click.Path(file_okay=False, path_type=Path), default=Path("var/voice"))
def virtual(port: int, server_port: int, branch_file: Path, data: Path, voice: Path) -> None:
    """Run the virtual branch: server, kiosk, display, printer, and one page that shows them."""
    # Imported here: the page needs the monkey-patched world the entry point has made by now.
    from queue_server.transport.listener import HttpListener
    from queue_server.virtual.pages import create_page

    for wanted in (port, server_port):
        _require_free(wanted)
    file = load_branch_file(branch_file)
    supervisor = Supervisor(
        branch_file,
        understand(file),
        tokens_of(file),
        Places.in_folder(data, voice),
        server_port,
        public_url=f"http://{HOST}:{server_port}",
    )
    listener = HttpListener(create_page(supervisor), HOST, port)
    is_over = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_over.set())
    supervisor.start()
    listener.start()
    click.echo(f"虚拟网点 · virtual branch: http://{HOST}:{port}/   (Ctrl-C 结束 · stops it)")
    is_over.wait()
    supervisor.stop()
    listener.stop()


def tokens_of(file: models.BranchFile) -> Tokens:
    """Who plays whom.  Raises ClickException when the file lacks one of the parts."""

    def token(bearer: models.Bearer) -> str:
        if bearer.token is None:
            raise click.ClickException(f"{bearer.id} has no token in the branch file")
        return bearer.token.get_secret_value()

    tellers = {s.counter: (s.id, token(s)) for s in file.staff if s.role == "teller" and s.counter}
    managers = [token(s) for s in file.staff if s.role == "lobby_manager"]
    if not (tellers and managers and file.devices.kiosks and file.devices.displays and file.devices.printers):
        raise click.ClickException(
            "the virtual branch needs tellers, a lobby manager, a kiosk, a display and a printer"
        )
    kiosk, display = file.devices.kiosks[0], file.devices.displays[0]
    return Tokens(
        kiosk=(kiosk.id, token(kiosk)),
        display=(display.id, token(display)),
        tellers=tellers,
        lobby_manager=managers[0],
    )


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise click.ClickException(f"port {port} is taken: {problem.strerror}") from problem
