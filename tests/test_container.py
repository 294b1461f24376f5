"""The container's files fit together: compose file, Dockerfile, branch file and what is copied.

No Docker engine runs here.  What can be checked without one is checked: shape, ports, volumes, secrets, paths.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict

from firmware_config.load import load_branch_file
from firmware_config.problems import BranchFileRefused, Expected
from tests.conftest import ROOT


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Healthcheck(_Strict):
    """How Docker asks whether the branch is well."""

    test: list[str]
    interval: str
    timeout: str
    retries: int
    start_period: str


class ComposeService(_Strict):
    """The keys of a service that we use; a misspelt one is caught here."""

    build: str
    image: str
    restart: str
    ports: list[str]
    volumes: list[str]
    environment: dict[str, str]
    healthcheck: Healthcheck
    read_only: bool
    tmpfs: list[str]
    stop_grace_period: str


class Compose(_Strict):
    """The whole file."""

    services: dict[str, ComposeService]
    volumes: dict[str, None]


@pytest.fixture(scope="module")
def branch_service() -> ComposeService:
    """The one service of docker-compose.yml."""
    read: Any = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    compose = Compose.model_validate(read)
    (service,) = compose.services.values()
    names = {volume.split(":")[0] for volume in service.volumes}
    assert names == set(compose.volumes)
    return service


def command() -> list[str]:
    """What the image starts."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    match = re.search(r"^CMD (\[.*\])$", text, re.MULTILINE)
    assert match
    found: list[str] = json.loads(match[1])
    return found


def option(name: str) -> str:
    """The value of an option of that command."""
    started = command()
    return started[started.index(name) + 1]


def test_the_published_port_is_the_one_the_server_listens_on(branch_service: ComposeService) -> None:
    assert [port.rsplit(":", 1)[1] for port in branch_service.ports] == [option("--port")]
    assert option("--host") == "0.0.0.0"
    assert any(f":{option('--port')}/healthz" in word for word in branch_service.healthcheck.test)


def test_the_journal_lies_on_the_volume(branch_service: ComposeService) -> None:
    assert [volume.split(":")[1] for volume in branch_service.volumes] == [option("--data")]


def test_every_secret_of_the_branch_file_is_asked_for(branch_service: ComposeService) -> None:
    with pytest.raises(BranchFileRefused) as refusal:
        load_branch_file(ROOT / option("--branch"), environ={})
    assert {problem.expected for problem in refusal.value.problems} == {Expected.VARIABLE_SET}
    # What listens on every address must also be told which one phones come to.
    wanted = {"JIAOHAO_PUBLIC_URL"} | {problem.details["variable"] for problem in refusal.value.problems}
    assert wanted == set(branch_service.environment)
    for name, value in branch_service.environment.items():
        assert value == f"${{{name}:?set it in .env}}"


def test_everything_the_image_copies_is_there_and_let_through() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    sources = {
        source for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for source in line.split()[:-1]
    }
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in let_through


def test_the_server_in_the_image_needs_no_room_that_is_not_copied() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    left_out = {"display", "kiosk", "printer"} - set(re.findall(r"^COPY (\w+) \1$", dockerfile, re.MULTILINE))
    imported = re.compile(rf"^(?:from|import) ({'|'.join(sorted(left_out))})\b", re.MULTILINE)
    needing = [
        str(path.relative_to(ROOT))
        for folder in ("queue_server", "firmware_config")
        for path in sorted(Path(ROOT / folder).rglob("*.py"))
        # The supervisor of the virtual branch is in the image and never loaded by `serve`.
        if "virtual" not in path.parts and imported.search(path.read_text(encoding="utf-8"))
    ]
    assert needing == []
