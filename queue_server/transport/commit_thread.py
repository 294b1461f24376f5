"""A thread of its own for the door's commits, because every press of a key waits for one.

gevent's thread pool takes 130 µs there and back (measured, 2 cores): a greenlet, a watcher and two semaphores per
call.  This is one thread, one watcher and one lock, and takes 40 to 80 µs.  It runs one piece of work at a time, which
is what the door gives it; whatever comes while it is busy goes to the pool.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import gevent
from gevent.monkey import get_original

from queue_server.transport.threads import thread_pool_call

T = TypeVar("T")

_start_thread: Callable[..., int] = get_original("_thread", "start_new_thread")
_new_lock: Callable[[], Any] = get_original("_thread", "allocate_lock")


class CommitThread:
    """Runs blocking work off the hub's thread, one at a time: a `RunBlocking` for `BranchService`.

    Made and called on the hub's thread.  The thread ends with the process, or with `stop`.
    """

    def __init__(self) -> None:
        self._hub = gevent.get_hub()
        self._done = self._hub.loop.async_()
        self._turn = _new_lock()
        self._turn.acquire()
        self._work: Callable[[], Any] | None = None
        self._result: tuple[Any, BaseException | None] = (None, None)
        self._is_busy = False
        self._caller: Any = None
        _start_thread(self._run, ())

    def __call__(self, function: Callable[[], T], /) -> T:
        """What `function` returns or raises; other greenlets go on meanwhile."""
        if self._is_busy:
            # Whoever gave it that work was killed and left it running.
            return thread_pool_call(function)
        self._is_busy = True
        self._work = function
        self._caller = gevent.getcurrent()
        self._done.start(self._wake)
        self._turn.release()
        try:
            self._hub.switch()
        finally:
            # Also when this greenlet is killed here: nobody may be woken then.
            self._caller = None
        result, error = self._result
        self._result = (None, None)
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def stop(self) -> None:
        """End the thread, once its work is done."""
        self._work = None
        self._turn.release()

    def _wake(self) -> None:
        """On the hub: the work is done."""
        self._done.stop()
        self._is_busy = False
        if self._caller is not None:
            self._caller.switch()

    def _run(self) -> None:
        """The thread."""
        while True:
            self._turn.acquire()
            work, self._work = self._work, None
            if work is None:
                return
            try:
                self._result = work(), None
            except BaseException as error:
                self._result = None, error
            self._done.send()
