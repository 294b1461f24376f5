"""Fixtures of the end-to-end tests: a browser, a page that fails its test when its script fails, a real server."""

from tests.e2e.chromium import browser, hurried_server, open_page, server
from tests.e2e.fake_hall import empty_hall

__all__ = ["browser", "empty_hall", "hurried_server", "open_page", "server"]
