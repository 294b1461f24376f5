"""The command line of the queue server.

gevent's monkey-patch comes before everything else, and only here: no other module knows of it.
"""

import gc

# Nearly everything that is made until the server is ready stays: looking for garbage in it is a tenth of the start.
gc.disable()

from gevent import monkey  # noqa: E402

monkey.patch_all()

import logging  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from importlib import import_module  # noqa: E402
from pathlib import Path  # noqa: E402

import click  # noqa: E402
import gevent  # noqa: E402

STOPPED_BY_FAULT = 1
BAD_USE = 2

# Where the other commands live; each is imported when it is asked for, so that `serve` starts without them.
_ELSEWHERE = {
    "story": "queue_server.tools.commands",
    "verify-journal": "queue_server.tools.commands",
    "rebuild-records": "queue_server.tools.commands",
    "backup": "queue_server.tools.commands",
    "restore": "queue_server.tools.commands",
    "virtual": "queue_server.virtual.command",
}

# Libraries of ours import what they could use if somebody wanted it: 0.15 s of every start, and 12 MB.
_NOT_FOR_SERVING = ("redis", "valkey", "kombu", "requests", "aiohttp", "msgpack", "websocket", "rich")


class Commands(click.Group):
    """`serve` from here, the others from their rooms."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Every command by its name."""
        return sorted({*super().list_commands(context), *_ELSEWHERE})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, imported now."""
        found = super().get_command(context, name)
        if found is not None or name not in _ELSEWHERE:
            return found
        module = import_module(_ELSEWHERE[name])
        command = getattr(module, name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands)
def main() -> None:
    """Queue server of one bank branch (叫号)."""


@main.command()
@click.option(
    "--branch", "branch_file", required=True, type=click.Path(path_type=Path), help="The branch file."
)
@click.option("--data", required=True, type=click.Path(path_type=Path), help="The folder of the journal.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8081, show_default=True, help="The port; 0 takes any free one.")
@click.option(
    "--public-url",
    default=None,
    envvar="JIAOHAO_PUBLIC_URL",
    show_envvar=True,
    help="How phones reach this server: stands in the tickets' QR codes.  Needed when --host is 0.0.0.0 or ::.",
)
def serve(branch_file: Path, data: Path, host: str, port: int, public_url: str | None) -> None:
    """Serve one branch until SIGTERM or SIGINT; SIGHUP reads the branch file again."""
    with _without(*_NOT_FOR_SERVING):
        from queue_server.app import build
    from firmware_config.problems import BranchFileRefused
    from queue_server.errors import Fault
    from queue_server.settings import load_settings

    _log_lines()
    try:
        app = build(load_settings(branch_file, data, host, port), public_url)
    except BranchFileRefused as refused:
        _give_up(str(refused))
    except (Fault, OSError) as fault:
        _give_up(str(fault))
    gc.enable()
    # Two signals, one stop: the second press of Ctrl-C must not begin a second one.
    stopping: list[object] = []

    def stop() -> None:
        if not stopping:
            stopping.append(gevent.spawn(app.stop))

    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop)
    gevent.signal_handler(signal.SIGHUP, lambda: gevent.spawn(app.reload_by_signal))
    click.echo(f"listening on http://{host}:{app.port}/")
    app.serve_forever()
    for greenlet in stopping:
        greenlet.join()  # type: ignore[attr-defined]


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let modules look as if they were not installed, for imports inside."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _give_up(why: str) -> None:
    click.echo(f"queue_server: {why}", err=True)
    sys.exit(STOPPED_BY_FAULT)


def _log_lines() -> None:
    """One line per fact, key=value, on standard error."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="level=%(levelname)s event=%(message)r"
    )


if __name__ == "__main__":
    main()
