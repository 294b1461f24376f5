"""The page of the virtual branch without its programs: what it hands out, whom it refuses, and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from firmware_config.load import load_branch_file
from queue_server.settings import understand
from queue_server.virtual.command import tokens_of
from queue_server.virtual.pages import FAULTS_SAID, KEYS, LOCALE, ROOM, create_page
from queue_server.virtual.places import Places
from queue_server.virtual.supervisor import Supervisor
from tests.branch_server import VIRTUAL

CATALOGUE = LOCALE / "zh_CN" / "LC_MESSAGES" / "virtual.po"
NO_WORDS = {"Content-Type", "Escape"}
HERE = {"base_url": "http://127.0.0.1:8080"}


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    file = load_branch_file(VIRTUAL)
    places = Places.in_folder(tmp_path, tmp_path)
    one = Supervisor(VIRTUAL, understand(file), tokens_of(file), places, 1, "http://127.0.0.1:1")
    yield one
    one.stop()


@pytest.fixture
def page(supervisor: Supervisor) -> FlaskClient:
    return create_page(supervisor).test_client()


def words_asked_for() -> set[str]:
    """Every sentence the template and the scripts ask the catalogue for."""
    found = set(KEYS.values()) | set(FAULTS_SAID.values())
    for name in ("virtual.html", "pads.html"):
        template = (ROOM / "templates" / name).read_text(encoding="utf-8")
        found |= {a or b for a, b in re.findall(r"say\((?:'([^']+)'|\"([^\"]+)\")\)", template)}
        found |= set(re.findall(r"\('[a-z]+', '([^']+)'\)", template))
    for name in ("virtual.js", "paper.js"):
        script = (ROOM / "static" / name).read_text(encoding="utf-8")
        found |= set(re.findall(r'say\("([^"]+)"', script))
        # Many stand in tables; a sentence begins with a capital.
        found |= set(re.findall(r'"([A-Z][a-z][^"]*)"', script)) - NO_WORDS
        found |= set(re.findall(r'"([a-z]+ ?…|off|keeps ending)"', script))
    return found


def test_the_page_speaks_chinese_unless_english_is_asked_for(page: FlaskClient) -> None:
    chinese = page.get("/", **HERE).get_data(as_text=True)
    english = page.get("/?lang=en", **HERE).get_data(as_text=True)
    assert '<html lang="zh-CN">' in chinese
    assert "取号机" in chinese
    assert '<html lang="en">' in english
    assert "Lobby display" in english


def test_every_sentence_of_the_page_is_in_the_catalogue_and_no_other() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = {str(m.id): str(m.string) for m in read_po(file) if m.id}
    assert words_asked_for() == set(catalogue)
    assert [text for text, chinese in catalogue.items() if not re.search(r"[一-鿿]", chinese)] == []


def test_every_switch_of_the_page_is_one_of_the_supervisor(page: FlaskClient, supervisor: Supervisor) -> None:
    shown = set(re.findall(r'data-switch="([a-z_]+)"', page.get("/", **HERE).get_data(as_text=True)))
    assert len(shown) == 18
    assert shown <= set(supervisor.switches())


@pytest.mark.parametrize("name", ["display_cable", "kiosk_cable"])
def test_a_cable_switch_pulls_its_cable(page: FlaskClient, supervisor: Supervisor, name: str) -> None:
    cable = supervisor.cables[name.removesuffix("_cable")]
    answer = page.post(f"/switches/{name}", json={"is_on": True}, **HERE)
    assert (answer.status_code, answer.json["switches"][name]) == (200, True)  # type: ignore[index]
    pulled = cable.is_plugged
    page.post(f"/switches/{name}", json={"is_on": False}, **HERE)
    assert (pulled, cable.is_plugged) == (False, True)


def test_the_network_pulls_every_cable_and_gives_back_only_what_it_took(supervisor: Supervisor) -> None:
    supervisor.switch("kiosk_cable", True)
    supervisor.switch("network", True)
    down = {name: cable.is_plugged for name, cable in supervisor.cables.items()}
    supervisor.switch("network", False)
    up = {name: cable.is_plugged for name, cable in supervisor.cables.items()}
    assert down == {"kiosk": False, "display": False, "counters": False}
    assert up == {"kiosk": False, "display": True, "counters": True}


def test_a_printer_fault_without_a_printer_stays_off(page: FlaskClient) -> None:
    answer = page.post("/switches/paper_out", json={"is_on": True}, **HERE)
    assert answer.json["switches"]["paper_out"] is False  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/switches/earthquake", {"is_on": True}, 404, "not_found"),
        ("/switches/network", {"is_on": "perhaps"}, 422, "invalid_request"),
        ("/switches/network", {"is_on": True, "why": "fun"}, 422, "invalid_request"),
        ("/screens/kiosk/taps", {"x": -1, "y": 0}, 422, "invalid_request"),
        ("/screens/window/taps", {"x": 1, "y": 1}, 404, "not_found"),
        ("/busy", {"is_on": True, "speed": 21}, 422, "invalid_request"),
        ("/server/restart", {"is_power_cut": 7}, 422, "invalid_request"),
    ],
)
def test_what_it_does_not_understand_is_refused_in_the_one_shape(
    page: FlaskClient, path: str, body: object, status: int, code: str
) -> None:
    answer = page.post(path, json=body, **HERE)
    assert answer.status_code == status
    assert answer.json is not None
    assert (answer.json["ok"], answer.json["code"]) == (False, code)


def test_half_a_body_is_refused(page: FlaskClient) -> None:
    answer = page.post("/switches/network", data='{"is_on": tr', content_type="application/json", **HERE)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/screens/kiosk.jpg", "/sounds/none.wav", "/paper/none.png"])
def test_what_is_not_there_yet_is_not_found(page: FlaskClient, path: str) -> None:
    assert page.get(path, **HERE).status_code == 404


def test_another_sites_page_can_neither_throw_switches_nor_read_tokens(page: FlaskClient) -> None:
    as_a_form = page.post("/switches/network", data='{"is_on": true}', content_type="text/plain", **HERE)
    under_another_name = page.get("/", base_url="http://evil.example:8080")
    assert as_a_form.status_code == 415
    assert under_another_name.status_code == 421
    assert "token" not in under_another_name.get_data(as_text=True)


def test_a_tap_on_a_kiosk_that_is_off_is_not_felt(page: FlaskClient) -> None:
    assert page.post("/screens/kiosk/taps", json={"x": 5, "y": 5}, **HERE).json == {
        "ok": True,
        "is_felt": False,
    }


def test_without_a_server_health_says_so(page: FlaskClient) -> None:
    answer = page.get("/healthz", **HERE)
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "server_not_there"
