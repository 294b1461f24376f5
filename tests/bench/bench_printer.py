"""A ticket on the wire at 9600 baud: its bytes, how long they take, and what the driver adds to a bare write.

`python -m tests.bench.bench_printer` prints the table; `run()` returns its figures.  The simulated printer takes bytes
off the pseudo-terminal at ten bits each, so the wire time is real; the raw reference writes the same bytes bare.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import serial

from firmware_config.printer_profile import PrinterProfile, load_printer_profile
from firmware_config.ticket_layout import load_ticket_layout
from printer.__main__ import sample_face
from printer.driver import PrintJob, PrintResult, TicketPrinter
from printer.escpos import encode
from printer.layout import compose
from printer.simulator import PrinterSimulator
from printer.simulator.wire import Span
from printer.words import say_in
from tests.waiting import until

STANDARD = load_ticket_layout()
AT = datetime(2025, 11, 23, 2, 32, tzinfo=UTC)
TICKETS = 5
ENCODED = 300
# `DLE EOT` 1 to 4, asked once before every ticket.
ASKED = 12


def _encoded(profile: PrinterProfile, language: str) -> bytes:
    token = b"0000" if profile.completion.method == "gs_h" else b""
    face = sample_face(language, AT)
    return encode(compose(face, profile.paper.cells, say_in(language), STANDARD), profile, token).data


def _ticket_span(simulator: PrinterSimulator, size: int, since: float, asked: int) -> Span:
    """From the ticket's first byte to its last, gaps included; `asked` bytes of status questions came before it."""
    spans = [span for span in simulator.wire_spans if span.started_at >= since]
    while asked >= spans[0].size:
        asked -= spans.pop(0).size
    whole = Span(spans[0].started_at, spans[0].ended_at, 0)
    for span in spans:
        if whole.size < size:
            whole = Span(whole.started_at, span.ended_at, whole.size + span.size)
    return whole


def _raw_ratio(profile: PrinterProfile, folder: Path, data: bytes) -> float:
    simulator = PrinterSimulator(profile, folder / "raw", folder / "raw-paper")
    simulator.start()
    port = serial.Serial(str(folder / "raw"), profile.serial.baud, exclusive=True)
    written_at = time.monotonic()
    port.write(data)
    until(lambda: simulator.tickets, what="the raw ticket")
    span = _ticket_span(simulator, len(data), written_at, 0)
    port.close()
    simulator.stop()
    return (span.ended_at - span.started_at) / (span.size * profile.serial.byte_s)


def _has(results: list[PrintResult], count: int) -> bool:
    return len(results) >= count


def run() -> dict[str, Any]:
    """Print a few tickets through the driver at 9600 baud and look at the wire."""
    profile = load_printer_profile("generic_80mm")
    data = _encoded(profile, "zh_CN")
    ratios, out_ms, printed_ms = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw_ratio = _raw_ratio(profile, folder, data)
        simulator = PrinterSimulator(profile, folder / "port", folder / "paper")
        simulator.start()
        results: list[PrintResult] = []
        printer = TicketPrinter(profile, str(folder / "port"), results.append, lambda _: None)
        printer.start()
        until(lambda: printer.status.cause is None, what="the printer ready")
        for n in range(TICKETS):
            submitted_at = time.monotonic()
            printer.submit(PrintJob(str(n), replace(sample_face("zh_CN", AT), number=f"A{n:03d}")))
            until(partial(_has, results, n + 1), what="a result")
            printed_ms.append(1000 * (time.monotonic() - submitted_at))
            span = _ticket_span(simulator, len(data), submitted_at, ASKED)
            ratios.append((span.ended_at - span.started_at) / (span.size * profile.serial.byte_s))
            out_ms.append(1000 * (span.ended_at - submitted_at))
        printer.stop()
        simulator.stop()
    assert {result.state for result in results} == {"printed"}
    began_at = time.perf_counter()
    for _ in range(ENCODED):
        _encoded(profile, "zh_CN")
    encode_ms = 1000 * (time.perf_counter() - began_at) / ENCODED
    sizes = {
        f"ticket_bytes_{name}_{language}": len(_encoded(load_printer_profile(name), language))
        for name in ("generic_80mm", "epson_tm_t20iii", "kiosk_58mm")
        for language in ("zh_CN", "en")
    }
    return {
        **sizes,
        "wire_ms_at_9600": round(len(data) * profile.serial.byte_s * 1000),
        "wire_to_bytes_x10_over_baud": round(max(ratios), 3),
        "raw_wire_to_bytes_x10_over_baud": round(raw_ratio, 3),
        "submit_to_last_byte_out_ms": round(sorted(out_ms)[TICKETS // 2]),
        "submit_to_printed_ms": round(sorted(printed_ms)[TICKETS // 2]),
        "encode_ms": round(encode_ms, 2),
    }


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
