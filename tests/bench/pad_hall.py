"""A hall for the bench of pad lines: twenty counters with a pad each on one line, the real server and the real program."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.branch_server import TELLERS, VIRTUAL, BranchServer
from tests.line_program import LineProgram
from tests.pad_branch import PadBranch
from tests.pads import simulator_program
from tests.waiting import until

PADS = 20


SERVICES = "[cash, transfer, card_replacement, account_opening, foreign_exchange, corporate_settlement, corporate_opening]"


def branch_file(folder: Path, baud: int) -> Path:
    """The virtual branch with twenty counters, their tellers, and nothing but twenty pads on its line."""
    counters = "".join(
        f'  - {{code: "{n}", name: {{zh: {n} 号窗口, en: Counter {n}}}, services: {SERVICES}}}\n'
        for n in range(1, PADS + 1)
    )
    staff = "".join(
        f'  - {{id: teller_{n}, name: {{zh: 柜员{n}, en: Teller {n}}}, role: teller, counter: "{n}",'
        f" token: example-bench-teller-{n}}}\n"
        for n in range(len(TELLERS) + 1, PADS + 1)
    )
    pads = "".join(
        f'    - {{id: pad_{n}, line: line_1, address: {n}, profile: modbus_16key, counter: "{n}"}}\n'
        for n in range(1, PADS + 1)
    )
    text = VIRTUAL.with_name("example.yaml").read_text(encoding="utf-8")
    text, found = re.subn(r"(?s)\ncounters:\n.*?\n\n(?=amount_bands:)", f"\ncounters:\n{counters}\n", text)
    text, of_staff = re.subn(r"(?s)(\nstaff:\n.*?\n)\n", rf"\1{staff}\n", text, count=1)
    text, of_pads = re.subn(r"(?s)\n  call_pads:\n.*", f"\n  call_pads:\n{pads}", text)
    text, of_baud = re.subn(r"\n      baud: 9600\n", f"\n      baud: {baud}\n", text)
    assert (found, of_staff, of_pads, of_baud) == (1, 1, 1, 1), (
        "the example branch is written otherwise than it was"
    )
    (folder / "example.yaml").write_text(text, encoding="utf-8")
    shutil.copy(VIRTUAL, folder)
    return folder / VIRTUAL.name


@contextlib.contextmanager
def pad_hall(folder: Path, baud: int) -> Iterator[PadBranch]:
    """Server, line and program at work, every pad heard."""
    file = branch_file(folder, baud)
    server = BranchServer(folder / "data", folder / "server.log", file)
    arguments = ("--branch", str(file), "--line", "line_1")
    with contextlib.ExitStack() as stack:
        stack.callback(server.stop)
        _, pads = stack.enter_context(simulator_program(folder, *arguments))
        line = LineProgram(folder / "line", server.url, folder / "port", branch=file)
        stack.callback(line.stop)
        hall = PadBranch(folder, server, pads, line)
        until(hall.is_ready, 30, "line and server heard")
        yield hall
