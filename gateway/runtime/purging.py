"""Forgetting what had its time: answers to repeated requests, spent token ids, taken that ended.

None of it is a record of what happened: that is the account, which is never purged. An answer is kept for a
caller who repeats his request, a token id until its own term refuses it, and a taak that ended so that people
can look it up.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from gateway.runtime.logs import Log
from schemas.events import PURGED
from schemas.storage.storage import Job

EVERY: Final = dt.timedelta(hours=1)
"""The process that claims this job keeps it this long, so that all processes together purge about once in
that time.
"""
PORTION: Final = 200
"""The rows of one commit: few enough that no request waits for it."""


@dataclass(frozen=True, slots=True)
class Purged:
    answers: int = 0
    tokens: int = 0
    taken: int = 0
    zaken: int = 0
    mensen: int = 0


@dataclass(frozen=True, slots=True)
class Purging:
    storage: Storage
    clock: Clock
    log: Log
    answer_days: int
    taken_days: int

    async def run(self) -> Purged | None:
        """Purge all that is due, in portions. None while it is not time yet, or another process does it."""
        now = self.clock.now()
        if not await self.storage.claim_job(Job.PURGE, now, now + EVERY):
            return None
        begun = time.perf_counter()
        before = now - dt.timedelta(days=self.answer_days)
        answers = await _emptied(lambda: self.storage.purge_answers(before, PORTION))
        # Tokens live in the real time of the machine, even when the business clock was moved.
        real = dt.datetime.now(dt.UTC)
        tokens = await _emptied(lambda: self.storage.purge_tokens(real, PORTION))
        taken = await self._taken(now - dt.timedelta(days=self.taken_days))
        zaken = await _emptied(lambda: self.storage.purge_zaken(now, PORTION))
        mensen = await _emptied(lambda: self.storage.purge_kept(real, PORTION))
        done = Purged(answers, tokens, taken, zaken, mensen)
        self.log(
            PURGED,
            answers=done.answers,
            tokens=done.tokens,
            taken=done.taken,
            zaken=done.zaken,
            mensen=done.mensen,
            duration_ms=round((time.perf_counter() - begun) * 1_000, 1),
        )
        return done

    async def _taken(self, before: dt.datetime) -> int:
        step = await self.storage.purge_taken(before, None, PORTION)
        gone = step.gone
        while step.after is not None:
            await asyncio.sleep(0)
            step = await self.storage.purge_taken(before, step.after, PORTION)
            gone += step.gone
        return gone


async def _emptied(forget: Callable[[], Awaitable[int]]) -> int:
    """Forget until nothing is left; gives how many rows went."""
    gone = 0
    while step := await forget():
        gone += step
        await asyncio.sleep(0)
    return gone
