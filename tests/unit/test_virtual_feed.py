"""What happens reaches every open page; a page that does not read loses only its own stream."""

from __future__ import annotations

import json
from typing import Any

import gevent

from queue_server.virtual import feed as feeds
from queue_server.virtual.feed import Feed
from tests.hub import turn


def parsed(line: str) -> tuple[str, Any]:
    """One server-sent event as (kind, facts)."""
    kind, data = line.strip().split("\n")
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_a_page_begins_with_what_is_true_and_goes_on_with_what_happens() -> None:
    feed = Feed()
    page = feed.follow([("crowd", {"served": 3})])
    assert parsed(next(page)) == ("crowd", {"served": 3})
    feed.tell("cut", {"slip": "号票"})
    assert parsed(next(page)) == ("cut", {"slip": "号票"})


def test_what_happens_while_the_beginning_is_told_comes_behind_it() -> None:
    feed = Feed()
    page = feed.follow([("one", {}), ("two", {})])
    assert parsed(next(page))[0] == "one"
    feed.tell("three", {})
    assert [parsed(next(page))[0] for _ in range(2)] == ["two", "three"]


def test_every_page_is_told() -> None:
    feed = Feed()
    pages = [feed.follow([("first", {})]) for _ in range(3)]
    for page in pages:
        next(page)
    feed.tell("sound", {"n": 1})
    assert [parsed(next(page)) for page in pages] == [("sound", {"n": 1})] * 3


def test_a_page_that_does_not_read_loses_its_stream_and_no_other() -> None:
    feed = Feed()
    asleep, awake = feed.follow([("first", {})]), feed.follow([("first", {})])
    next(asleep)
    next(awake)
    for n in range(feeds.QUEUE_LENGTH + 1):
        feed.tell("frame", {"n": n})
        assert parsed(next(awake)) == ("frame", {"n": n})
    # The stream ends, so that the browser connects again and is told everything anew.
    assert len(list(asleep)) <= feeds.QUEUE_LENGTH
    feed.tell("frame", {"n": -1})
    assert parsed(next(awake)) == ("frame", {"n": -1})


def test_closing_ends_every_stream() -> None:
    feed = Feed()
    read = [gevent.spawn(list, feed.follow([("first", {})])) for _ in range(2)]
    turn()
    feed.close()
    gevent.joinall(read, timeout=10)
    assert [len(one.value or []) for one in read] == [1, 1]
