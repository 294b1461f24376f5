"""A branch file with as many devices as a large branch has, written out in full, for measuring what reads it."""

from __future__ import annotations

import yaml

from firmware_config.load import read_branch_file
from firmware_config.resolved import resolved_yaml
from tests.conftest import BRANCHES

COUNTERS = 18
KIOSKS = 2
DISPLAYS = 1


def branch_text() -> tuple[str, int]:
    """The example branch grown to 18 counters with a pad, a window screen and an evaluator each; (text, devices)."""
    branch, tree = read_branch_file(BRANCHES / "example.yaml", environ={})
    # As texts throughout: that is how the branch file means them.
    whole = yaml.load(resolved_yaml(branch, tree), Loader=yaml.BaseLoader)
    for index, person in enumerate(whole["staff"]):
        person["token"] = f"token-of-person-{index:04d}"
        person.pop("counter", None)
    whole["counters"] = [
        {
            "code": str(number),
            "name": {"zh": f"{number} 号窗口", "en": f"Counter {number}"},
            "services": [service["code"] for service in whole["services"]],
        }
        for number in range(1, COUNTERS + 1)
    ]
    whole["devices"] = {
        "kiosks": [
            {"id": f"kiosk_{n}", "printer": f"printer_{n}", "token": f"token-of-kiosk-{n:04d}"}
            for n in range(1, KIOSKS + 1)
        ],
        "printers": [
            {"id": f"printer_{n}", "profile": "generic_80mm", "port": f"/dev/ttyS{n}"}
            for n in range(1, KIOSKS + 1)
        ],
        "displays": [
            {"id": f"display_{n}", "token": f"token-of-display-{n:04d}"} for n in range(1, DISPLAYS + 1)
        ],
        "lines": [{"id": "line_1", "port": "/dev/ttyS9", "token": "token-of-line-0001"}],
        **{
            kind: [
                {
                    "id": f"{name}_{n}",
                    "line": "line_1",
                    "address": str(first + n),
                    "profile": profiles[n % 2],
                    "counter": str(n),
                }
                for n in range(1, COUNTERS + 1)
            ]
            for kind, name, first, profiles in (
                ("call_pads", "pad", 0, ("modbus_16key", "ff68_pad")),
                ("window_screens", "window", 40, ("modbus_window_screen", "ff68_window_screen")),
                ("evaluators", "evaluator", 80, ("modbus_evaluator", "ff68_evaluator")),
            )
        },
    }
    text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
    return text, sum(map(len, whole["devices"].values()))
