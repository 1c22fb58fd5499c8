"""Work that would hold up everybody is done aside: in a process of its own, one piece after another.

A thread is not enough: reading XML into our models holds the interpreter's lock for most of its time, and the
serving loop hardly gets on beside it (docs/decisions/0034-fair-shares.md). A process starts with the first
message that is for it, costs nothing before that, and is renewed now and then.

Large messages always go aside. With `processes` every dossier does, so that the serving loop has its core for
the rest (docs/decisions/0066-dossiers-read-aside.md).

A process is given bytes and gives a message or faults back: it keeps nothing and opens nothing. What a
document can do to it, take too long or too much, ends that process and nothing else: whoever waited for it
hears Busy, so nothing was done, and the next piece of work gets a new one.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar

from schemas.errors import Busy

T = TypeVar("T")

FROM_BYTES: Final = 190_000
"""A document at least this large is read aside: in base64, in its envelope, it is a body of 256 KB."""
RENEWED_AFTER: Final = 100
"""Large messages, so that what a reader keeps of them does not pile up."""
RENEWED_AFTER_ANY: Final = 20_000
"""The same where every dossier comes, for a new process costs a second."""
SECONDS: Final = 60
"""The longest that one piece of work may take, by the clock."""
MEMORY: Final = 2 << 30
"""Bytes of address space of one process: several times what the largest message takes."""


@dataclass(slots=True)
class Aside:
    """One per gateway; `close` it. Where no process can be had, a thread does the work."""

    processes: int = 0
    """How many read every dossier. 0: one process, and only for what is large."""
    seconds: int = SECONDS
    lost: int = 0
    """Processes that ended in the middle of their work, since the start."""
    done: int = 0
    """Pieces of work that were done in a process, since the start."""
    renewed_after: int = 0
    """So much work gets one process; 0: as much as the constants above say."""
    _pools: list[ProcessPoolExecutor | None] = field(default_factory=list)
    _waiting: list[int] = field(default_factory=list)
    """How many pieces of work each process has."""
    _given: list[int] = field(default_factory=list)
    """How many each got since it is there."""

    def __post_init__(self) -> None:
        self._pools = [None] * max(1, self.processes)
        self._waiting = [0] * len(self._pools)
        self._given = [0] * len(self._pools)
        self.renewed_after = self.renewed_after or (RENEWED_AFTER_ANY if self.processes else RENEWED_AFTER)

    def is_for(self, size: int) -> bool:
        """Whether a dossier of so many bytes is read aside."""
        return self.processes > 0 or size >= FROM_BYTES

    async def __call__(self, work: Callable[..., T], *given: object, **named: object) -> T:
        """What `work` returns or raises; all of it must be able to travel (pickle).

        Raises Busy when the process was lost, took too long or had no memory left: nothing was done.
        """
        call = partial(work, *given, **named)
        # A pool of one process each, because a pool that loses one process loses the work of all.
        at = min(range(len(self._pools)), key=self._waiting.__getitem__)
        try:
            pool = self._pools[at] = self._pools[at] or self._pool()
        except (ImportError, OSError):  # no semaphores, or no more processes
            return await asyncio.to_thread(call)
        self._waiting[at] += 1
        try:
            work_in = asyncio.get_running_loop().run_in_executor(pool, _timed, self.seconds, call)
            self._renew(at, pool)
            found = await work_in
        except BrokenProcessPool as error:
            if self._pools[at] is pool:
                self.lost += 1
                self._pools[at], self._given[at] = None, 0
                pool.shutdown(wait=False, cancel_futures=True)
            raise Busy("the process that reads messages was lost") from error
        except MemoryError as error:
            raise Busy("the process that reads messages had no memory left") from error
        finally:
            self._waiting[at] -= 1
        self.done += 1
        return found

    def close(self) -> None:
        for at, pool in enumerate(self._pools):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)
                self._pools[at] = None

    def _renew(self, at: int, pool: ProcessPoolExecutor) -> None:
        """Let a process that got its share finish that, and give what comes after it to a new one.

        Not by `max_tasks_per_child`: with that, a pool whose process had work waiting when it ended starts no
        other, and what waits is never done.
        """
        self._given[at] += 1
        if self._given[at] >= self.renewed_after:
            self._pools[at], self._given[at] = None, 0
            pool.shutdown(wait=False)

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),  # a fork would take our sockets and locks along
            initializer=_alone,
        )


def _timed(seconds: int, call: Callable[[], T]) -> T:
    """In the process: the kernel ends it when its time is over, also in the middle of code that is not
    Python.
    """
    signal.alarm(seconds)
    try:
        return call()
    finally:
        signal.alarm(0)


def _alone() -> None:
    """In the new process: Ctrl-C is for its parent to hear, it does not outlive that, and it is bounded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child comes here"
    parent.join()
    os._exit(0)
