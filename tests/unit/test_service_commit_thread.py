"""The commits' own thread: others go on meanwhile, errors come back, and a killed caller leaves it in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from gevent.event import Event

from queue_server.transport.commit_thread import CommitThread


@pytest.fixture
def run() -> Iterator[CommitThread]:
    thread = CommitThread()
    yield thread
    thread.stop()


def in_greenlet(function: Callable[..., Any], *arguments: Any) -> Any:
    greenlet = gevent.spawn(function, *arguments)
    greenlet.join(10)
    if greenlet.exception is not None:
        raise greenlet.exception
    return greenlet.value


def test_work_runs_in_another_thread_and_its_value_comes_back(run: CommitThread) -> None:
    here = threading.get_ident()
    elsewhere = {in_greenlet(run, threading.get_ident) for _ in range(20)}
    assert len(elsewhere) == 1
    assert here not in elsewhere


def test_an_error_comes_back_as_it_was_raised(run: CommitThread) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        in_greenlet(run, fail)
    assert in_greenlet(run, lambda: 7) == 7


def test_other_greenlets_go_on_while_it_works(run: CommitThread) -> None:
    finish = threading.Event()
    ran = Event()
    commit = gevent.spawn(run, lambda: finish.wait(10))
    gevent.spawn(ran.set)
    assert ran.wait(10)
    assert not commit.ready()
    finish.set()
    commit.join(10)
    assert commit.value is True


def test_work_that_comes_while_it_is_busy_does_not_wait_for_it(run: CommitThread) -> None:
    finish = threading.Event()
    first = gevent.spawn(run, lambda: finish.wait(10))
    gevent.idle()
    assert in_greenlet(run, lambda: "second") == "second"
    finish.set()
    first.join(10)
    assert first.value is True


def test_a_caller_that_is_killed_leaves_it_working_and_usable(run: CommitThread) -> None:
    finish = threading.Event()
    done = threading.Event()

    def work() -> None:
        finish.wait(10)
        done.set()

    killed = gevent.spawn(run, work)
    gevent.idle()
    killed.kill()
    assert killed.dead
    assert in_greenlet(run, lambda: "meanwhile") == "meanwhile"
    finish.set()
    assert gevent.get_hub().threadpool.apply(done.wait, (10,))
    # Its own word that it is done may still be on the way; either way the next work is done.
    assert [in_greenlet(run, lambda number=number: number) for number in range(5)] == list(range(5))
