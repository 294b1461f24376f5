"""`python -m printer`: simulate a ticket printer, or print a test ticket on one.

The kiosk does not come through here; it uses `printer.driver`.
"""

from __future__ import annotations

import argparse
import queue
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from firmware_config.printer_profile import ProfileFault, load_printer_profile, printer_profile_names
from printer.driver import PrintJob, PrintResult, TicketPrinter
from printer.layout import TicketFace
from printer.simulator import PrinterSimulator
from printer.simulator.control import ControlSocket
from printer.words import say_in

_RESULT_WITHIN_S = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 not printed, 2 called wrongly."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "simulate":
            return simulate(options.profile, options.port_link, options.paper_dir, options.control)
        return print_test(options.profile, options.port, options.language)
    except ProfileFault as fault:
        print(fault, file=sys.stderr)
        return 2


def simulate(profile: str, port_link: Path, paper_dir: Path, control: Path | None) -> int:
    """Be a printer until SIGINT or SIGTERM."""
    # Blocked before any thread is born, and taken below: a handler that sets a threading.Event can meet its own main
    # thread inside that event's lock, and then nobody ever ends.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    socket = ControlSocket(control) if control else None
    simulator = PrinterSimulator(
        load_printer_profile(profile), port_link, paper_dir, on_event=socket.push if socket else None
    )
    simulator.start()
    if socket:
        socket.start(simulator)
    print(
        f"{profile} on {port_link}, paper in {paper_dir}" + (f", control {control}" if control else ""),
        flush=True,
    )
    signal.sigwait(ends)
    if socket:
        socket.stop()
    simulator.stop()
    return 0


def print_test(profile: str, port: str, language: str) -> int:
    """Print a test ticket and say how it ended."""
    say = say_in(language)
    results: queue.Queue[PrintResult] = queue.Queue()
    printer = TicketPrinter(
        load_printer_profile(profile),
        port,
        on_result=results.put,
        on_status=lambda status: print(f"status: {status.condition}: {status.in_words(say)}", flush=True),
        on_progress=lambda _, step: print(step, flush=True),
    )
    printer.start()
    printer.submit(PrintJob("test", sample_face(language, datetime.now().astimezone())))
    result = results.get(timeout=_RESULT_WITHIN_S)
    printer.stop()
    print(f"{result.state}{f' ({result.cause})' if result.cause else ''}: {result.detail}")
    return 0 if result.state == "printed" else 1


def sample_face(language: str, issued_at: datetime) -> TicketFace:
    """A ticket as a branch would print it, for tests of paper and cable; its number is nobody's."""
    if language == "en":
        return TicketFace(
            bank="Example Bank",
            branch="Chaoyang Road Branch",
            number="A012",
            service="Deposits and withdrawals",
            ahead=7,
            wait_lo_min=15,
            wait_hi_min=20,
            issued_at=issued_at,
            missed_rule="moved back 3 places, void after two misses",
            papers=("ID card", "bank card"),
            hotline="95588",
            qr_url="http://192.168.1.20:8081/t/k3JxQv9ZbTqLw2Rf",
            language="en",
        )
    return TicketFace(
        bank="示例银行",
        branch="朝阳路支行",
        number="A012",
        service="个人存取款",
        ahead=7,
        wait_lo_min=15,
        wait_hi_min=20,
        issued_at=issued_at,
        missed_rule="顺延3位，两次过号作废",
        papers=("身份证", "银行卡"),
        hotline="95588",
        qr_url="http://192.168.1.20:8081/t/k3JxQv9ZbTqLw2Rf",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m printer", description="The ticket printer, real or simulated."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    names = ", ".join(printer_profile_names())
    simulated = commands.add_parser("simulate", help="be a printer on a pseudo-terminal")
    simulated.add_argument("--port-link", type=Path, required=True, help="where to publish the port")
    simulated.add_argument("--profile", default="generic_80mm", help=f"one of {names}, or a .yaml file")
    simulated.add_argument("--paper-dir", type=Path, required=True, help="where ticket-0001.png and so on go")
    simulated.add_argument("--control", type=Path, help="Unix socket for faults and events, JSON lines")
    tested = commands.add_parser("print-test", help="print a test ticket and say how it ended")
    tested.add_argument("--port", required=True, help="a path or a pyserial URL")
    tested.add_argument("--profile", default="generic_80mm", help=f"one of {names}, or a .yaml file")
    tested.add_argument("--language", choices=("zh_CN", "en"), default="zh_CN")
    return parser


if __name__ == "__main__":
    sys.exit(main())
