"""The program of a pad line while branch files change under it: nothing it knows is kept from the server (F1, H1)."""

from __future__ import annotations

from pathlib import Path

from tests.branch_server import TECHNICIAN
from tests.pad_branch import pad_branch
from tests.waiting import until


def test_a_device_the_line_knew_before_the_server_did_is_told_of_when_the_server_knows_it(
    tmp_path: Path,
) -> None:
    with pad_branch(tmp_path) as branch:
        file = branch.server.branch
        branch.line.stop()
        file.write_text(
            file.read_text("utf-8") + "  window_screens:\n"
            "    - {id: window_9, line: line_1, address: 60, counter: '1', profile: modbus_window_screen}\n",
            "utf-8",
        )
        branch.line.start()
        until(lambda: branch.line.device("window_9")["fault"] == "no_answer", 30, "the screen being missed")
        until(branch.is_ready, 30, "server and pads heard")
        assert branch.server.post("/config/reload", TECHNICIAN).status == 200
        until(lambda: branch.device("window_9")["state"] == "offline", 20, "the server knowing it")
