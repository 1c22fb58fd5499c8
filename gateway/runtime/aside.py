"""Work that would hold up everybody is done aside: in a process of its own, one piece after another.

A thread is not enough: reading XML into our models holds the interpreter's lock for most of its time, and the
serving loop hardly gets on beside it (docs/decisions/0034-fair-shares.md). The process starts with the first
large message, costs nothing before that, and is renewed now and then.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from schemas.errors import Busy

T = TypeVar("T")

FROM_BYTES: Final = 190_000
"""A document at least this large is read aside: in base64, in its envelope, it is a body of 256 KB."""
RENEWED_AFTER: Final = 100
"""Messages, so that what a reader keeps of them does not pile up."""


@dataclass(slots=True)
class Aside:
    """One per gateway; `close` it. Where no process can be had, a thread does the work."""

    _pool: ProcessPoolExecutor | None = None

    async def __call__(self, work: Callable[..., T], *given: object, **named: object) -> T:
        """What `work` returns or raises; all of it must be able to travel (pickle).

        Raises Busy when the process was lost: nothing was done.
        """
        call = partial(work, *given, **named)
        try:
            pool = self._pool = self._pool or _pool()
        except (ImportError, OSError):  # no semaphores, or no more processes
            return await asyncio.to_thread(call)
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, call)
        except BrokenProcessPool as error:
            self.close()
            raise Busy("the process that reads large messages was lost") from error

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),  # a fork would take our sockets and locks along
        initializer=_alone,
        max_tasks_per_child=RENEWED_AFTER,
    )


def _alone() -> None:
    """In the new process: Ctrl-C is for its parent to hear, and it does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child comes here"
    parent.join()
    os._exit(0)
