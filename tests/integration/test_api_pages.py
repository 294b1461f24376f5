"""What a browser is told about the pages: a policy that lets nothing foreign in, and nothing guessed or kept (S3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.branch_server import KIOSK, TECHNICIAN, BranchServer

PAGES = ("/", "/teller", "/lobby", "/devices", "/t/0123456789abcdef")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BranchServer]:
    """A branch nobody changes."""
    folder = tmp_path_factory.mktemp("pages")
    server = BranchServer(folder / "data", folder / "log")
    yield server
    server.stop()


def policy(header: str) -> dict[str, list[str]]:
    """A Content-Security-Policy by directive."""
    directives = (part.split() for part in header.split(";") if part.strip())
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_policy_that_runs_no_foreign_and_no_written_in_script(
    server: BranchServer, path: str
) -> None:
    answer = server.get(path)
    assert answer.status == 200
    said = policy(answer.headers["content-security-policy"])
    assert said["default-src"] == ["'self'"]
    # No script-src of its own: scripts are under default-src, so neither inline nor eval nor another host's.
    assert "script-src" not in said
    assert said["object-src"] == said["base-uri"] == ["'none'"]
    assert said["form-action"] == ["'self'"]
    assert set(said["connect-src"]) <= {"'self'", "ws:", "wss:"}
    # The virtual branch shows the pages in frames of its own, on this machine only.
    assert set(said["frame-ancestors"]) == {"'self'", "http://127.0.0.1:*", "http://localhost:*"}
    assert "'unsafe-eval'" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_obeys_its_own_policy(server: BranchServer, path: str) -> None:
    body = server.get(path).body
    assert "onclick=" not in body
    assert "javascript:" not in body
    for tag in body.split("<script")[1:]:
        attributes = tag.partition(">")[0]
        # Data is no script; everything else comes from a file of ours.
        assert 'type="application/json"' in attributes or 'src="/static/' in attributes, attributes


@pytest.mark.parametrize("path", [*PAGES, "/static/feed.js", "/healthz", "/api/v1/me", "/nowhere"])
def test_no_answer_is_guessed_at_or_tells_where_it_came_from(server: BranchServer, path: str) -> None:
    headers = server.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_what_the_api_says_is_kept_nowhere(server: BranchServer) -> None:
    for path, token in (("/api/v1/devices", TECHNICIAN), ("/api/v1/me", KIOSK), ("/api/v1/me", None)):
        assert server.get(path, token).headers["cache-control"] == "no-store"
