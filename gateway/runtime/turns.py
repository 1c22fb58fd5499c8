"""Who may work now: each partij its share of the serving loop and of the memory for what comes in.

One loop serves everybody, so whoever asks most would get most of it: 64 connections of one school made the
push of another take a hundred times as long. Three bounds, in the order in which a request meets them:

1. *Room*: the bytes of bodies that are in hand, over the process and per partij. A body that finds none waits
   unread, on its own connection.
2. *Turns*: how many requests are worked on, in all and of one partij; of one that is alone more than of one
   beside others. A withdrawal or another fact goes before everything that is not.
3. *Use*: who used the loop least in the last seconds goes first, and while somebody who used less is being
   served, nobody who used more begins. Use is measured, not guessed: what every step of a request took.

Whoever waits too long for either, or waits with too many, is told to come back (OverShare).
"""

from __future__ import annotations

import asyncio
import time
import types
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from itertools import islice
from typing import Any, Final, TypeVar

from schemas.errors import OverShare

T = TypeVar("T")

SMALL_BODY: Final = 65_536
"""Bytes of a body that brings no dossier: a fact, an acknowledgement, a refusal. It needs no room: the
number of connections bounds how many there are."""
HALF_LIFE: Final = 2.0
"""Seconds in which half of what somebody used is forgotten."""
FORGOTTEN_SECONDS: Final = 60.0
"""Nothing is left by then of what somebody used: half of it went thirty times."""
BESIDE_SECONDS: Final = 5.0
"""So long after its last request a partij still counts as somebody to leave room for."""
GRACE: Final = 0.005
"""Seconds that one may have used more than another without making way for him."""
ARRIVING: Final = 0.1
"""Seconds in which a request whose body is still coming counts as being served. No longer: who sends slowly
would hold up others."""
PATIENCE: Final = 1.0
"""Seconds without a turn after which a partij no longer makes way for who used less: everybody gets on."""


class Lane(IntEnum):
    """What goes first. A person who withdraws must not wait behind a school that sends its whole archive."""

    FACT = 0
    ORDINARY = 1
    PUSH = 2


@dataclass(frozen=True, slots=True)
class Shares:
    bytes: int = 64_000_000
    """Of bodies in hand, over the process. One larger than that, or than its share, goes when it is alone."""
    bytes_each: int = 32_000_000
    running: int = 64
    alone: int = 64
    """Of one partij in one lane at once, when no other asked anything in the last seconds."""
    beside: int = 1
    """Beside others, of one partij in one lane."""
    facts: int = 4
    """Of one partij at once, beside all others and whatever else is running: nothing makes these wait."""
    waiting: int = 256
    """Of one partij, for a turn or for room."""
    seconds: float = 10.0
    """So long a request waits for either."""


@dataclass(slots=True, eq=False)
class Visit:
    """One request of one partij, from its head to its answer."""

    turns: Turns
    partij: str
    lane: Lane
    came: float
    held: int = 0
    running: bool = False
    waiter: asyncio.Future[None] | None = None
    wants: int = 0

    async def room(self, size: int) -> None:
        """Before a body of at most `size` bytes is read. Raises OverShare."""
        if size > SMALL_BODY:
            self.wants = size
            await self.turns.waits(self, self.turns.for_room)

    async def turn(self) -> None:
        """Before it is worked on. Raises OverShare."""
        lines, key = self.turns.for_turn, (self.partij, self.lane)
        line = lines.setdefault(key, deque())
        try:
            await self.turns.waits(self, line)
        finally:
            # By now there may be another line, in which others wait: that one stays.
            if not line and lines.get(key) is line:
                del lines[key]

    @types.coroutine
    def measured(self, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        """`work`, every step of it on the account of its partij. What it waits for costs the loop nothing."""
        step: Callable[[], Any] = partial(work.send, None)
        while True:
            begun = time.perf_counter()
            try:
                waits_for = step()
            except StopIteration as done:
                result: T = done.value
                return result
            finally:
                self.turns.use(self.partij, time.perf_counter() - begun)
            try:
                step = partial(work.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the work to hear
                step = partial(work.throw, error)


@dataclass(slots=True)
class _Used:
    seconds: float = 0.0
    at: float = 0.0
    seen: float = 0.0
    turned: float = 0.0
    """When one of its requests last got a turn; when it first came, before that."""


@dataclass(slots=True)
class Turns:
    """One per process; everything on its event loop. `now` is any clock that only goes forward."""

    shares: Shares = field(default_factory=Shares)
    now: Callable[[], float] = time.monotonic
    for_room: deque[Visit] = field(default_factory=deque)
    for_turn: dict[tuple[str, Lane], deque[Visit]] = field(default_factory=dict)
    """A line per partij and lane, in which nobody passes anybody: only the first of each is looked at."""
    bytes: int = 0
    _held: Counter[str] = field(default_factory=Counter)
    _here: dict[str, dict[Visit, None]] = field(default_factory=dict)
    """From head to answer, per partij."""
    _running: Counter[tuple[str, Lane]] = field(default_factory=Counter)
    """How many of them have their turn."""
    _used: OrderedDict[str, _Used] = field(default_factory=OrderedDict)
    """In the order in which they were last seen."""
    _planned: asyncio.Handle | None = None

    def visit(self, partij: str, lane: Lane) -> Visit:
        now = self.now()
        if partij not in self._used:
            self._forget(now)
            self._used[partij] = _Used(at=now, turned=now)
        self._see(partij, now)
        made = Visit(self, partij, lane, now)
        self._here.setdefault(partij, {})[made] = None
        return made

    async def waits(self, visit: Visit, queue: deque[Visit]) -> None:
        """In `queue` until it is its time. Raises OverShare when that takes too long, or too many wait."""
        if len(queue) >= self.shares.waiting and (
            sum(v.partij == visit.partij and v.lane == visit.lane for v in queue) >= self.shares.waiting
        ):
            raise OverShare
        loop = asyncio.get_running_loop()
        visit.waiter = loop.create_future()
        queue.append(visit)
        self._soon()
        late = loop.call_later(self.shares.seconds, _send_away, visit.waiter)
        try:
            await visit.waiter
        finally:
            late.cancel()
            if visit in queue:
                queue.remove(visit)
            visit.waiter = None

    def end(self, visit: Visit) -> None:
        """Whatever became of it: its room and its turn are free again."""
        self.bytes -= visit.held
        self._held[visit.partij] -= visit.held
        visit.held = 0
        if visit.running:
            self._running[visit.partij, visit.lane] -= 1
            visit.running = False
        self._see(visit.partij, self.now())
        here = self._here[visit.partij]
        del here[visit]
        if not here:
            del self._here[visit.partij]
        self._soon()

    def _see(self, partij: str, now: float) -> None:
        self._used[partij].seen = now
        self._used.move_to_end(partij)

    def _forget(self, now: float) -> None:
        """Whoever was not seen for so long that nothing of his use counts. What is looked at here does not
        grow with the number of partijen that ever came.
        """
        while self._used:
            partij, used = next(iter(self._used.items()))
            if used.seen > now - FORGOTTEN_SECONDS or partij in self._here:
                return
            del self._used[partij]
            del self._held[partij]
            for lane in Lane:
                del self._running[partij, lane]

    def use(self, partij: str, seconds: float) -> None:
        used = self._used[partij]
        used.seconds, used.at = self.used(partij) + seconds, self.now()

    def used(self, partij: str) -> float:
        """Seconds of the loop that this partij had, those of long ago half forgotten."""
        used = self._used[partij]
        kept: float = 0.5 ** ((self.now() - used.at) / HALF_LIFE)
        return used.seconds * kept

    def _soon(self) -> None:
        """Turns are given out once in a round of the loop. Otherwise one request that never waits would be
        followed by the next within the same round, and a hundred of one partij come before all others.
        """
        if self._planned is None:
            self._planned = asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        """Whoever may go now, goes."""
        self._planned = None
        while found := min(filter(self._fits, self.for_room), key=self._room_order, default=None):
            self.for_room.remove(found)
            self._hold(found)
            _wake(found)
        while found := min(filter(self._may_run, self._first()), key=self._turn_order, default=None):
            self.for_turn[found.partij, found.lane].popleft()
            self._run(found)
            _wake(found)

    def _first(self) -> Iterator[Visit]:
        return (line[0] for line in self.for_turn.values() if line)

    def _room_order(self, visit: Visit) -> tuple[int, Lane]:
        return self._held[visit.partij], visit.lane

    def _turn_order(self, visit: Visit) -> tuple[Lane, float]:
        return visit.lane, self.used(visit.partij)

    # ── room

    def _fits(self, visit: Visit) -> bool:
        held = self._held[visit.partij]
        return (self.bytes + visit.wants <= self.shares.bytes or not self.bytes) and (
            held + visit.wants <= self.shares.bytes_each or not held
        )

    def _hold(self, visit: Visit) -> None:
        visit.held = visit.wants
        self.bytes += visit.held
        self._held[visit.partij] += visit.held

    # ── turns

    def _may_run(self, visit: Visit) -> bool:
        same = self._running[visit.partij, visit.lane]
        if visit.lane is Lane.FACT:
            return same < self.shares.facts
        if self._running.total() >= self.shares.running or same >= self._most(visit.partij):
            return False
        now = self.now()
        if len(self._here) == 1 or now - self._used[visit.partij].turned > PATIENCE:
            return True
        mine = self.used(visit.partij) - GRACE
        return not any(
            partij != visit.partij
            and self.used(partij) < mine
            and any(v.running or now - v.came < ARRIVING for v in here)
            for partij, here in self._here.items()
        )

    def _run(self, visit: Visit) -> None:
        visit.running, self._used[visit.partij].turned = True, self.now()
        self._running[visit.partij, visit.lane] += 1

    def _most(self, partij: str) -> int:
        since = self.now() - BESIDE_SECONDS
        # Those seen last come last, so the newest other one is one of the last two.
        others = (used for other, used in islice(reversed(self._used.items()), 2) if other != partij)
        beside = any(used.seen >= since for used in others)
        return self.shares.beside if beside else self.shares.alone


def _wake(visit: Visit) -> None:
    if visit.waiter is not None and not visit.waiter.done():
        visit.waiter.set_result(None)


def _send_away(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(OverShare())


async def fairly(visit: Visit, work: Callable[[], Coroutine[Any, Any, T]], *, at_once: bool) -> T:
    """`work` in its turn. `at_once`: it has no body to read before that."""
    try:
        if at_once:
            await visit.turn()
        return await visit.measured(work())
    finally:
        visit.turns.end(visit)
