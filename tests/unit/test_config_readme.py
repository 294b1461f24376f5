"""What the README shows of `check` and `show` is what they print: every console block is run again."""

from __future__ import annotations

import re
import shlex

import pytest
from click.testing import CliRunner

from firmware_config.__main__ import main
from tests.conftest import ROOT

README = (ROOT / "firmware_config" / "README.md").read_text(encoding="utf-8")
PURE = ("check", "show")
"""Commands that print the same everywhere; what is read from devices is not run again here."""

SHOWN = [
    (command, said.rstrip("\n"))
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for command, said in re.findall(
        r"^\$ python -m firmware_config (.*?)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE
    )
    if command.split()[0] in PURE
]


@pytest.mark.parametrize(("command", "said"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_of_the_readme_prints_what_stands_there(
    command: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    output = CliRunner().invoke(main, shlex.split(command)).output
    # A line of … stands for lines left out.
    wanted = ".*".join(re.escape(part) for part in re.split(r"(?:^|\n)…(?:\n|$)", said))
    assert re.fullmatch(wanted, output.rstrip("\n"), re.DOTALL), output


def test_the_readme_shows_them() -> None:
    assert {command.split()[0] for command, _ in SHOWN} == set(PURE)
