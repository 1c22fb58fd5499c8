"""Work that any number of processes may do: taken in portions, past what fails, and the rest given back.

A job shares its event loop with the requests. So between two rows everybody else gets a turn, however many
rows there are and whether or not the store makes us wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from schemas.errors import GatewayError
from schemas.storage.storage import Job, Portion

CLAIMED_FOR: Final = dt.timedelta(minutes=5)
"""How long a portion is its taker's. Longer than it takes: then he counts as dead, and others do it."""

Claim = Callable[[Portion], Awaitable[tuple[str, ...]]]
"""One of the `claim_` methods of the store; gives the ids of the rows."""
Settle = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
"""What is left to do for the rows of a portion together; gives the ids of those that are not done."""


@dataclass(frozen=True, slots=True)
class Portions:
    storage: Storage
    clock: Clock

    async def through(
        self,
        job: Job,
        claim: Claim,
        work: Callable[[str], Awaitable[bool]],
        batch: int,
        most: int | None = None,
        settle: Settle | None = None,
    ) -> Exception | None:
        """Do what there is of `job`, about `most` rows of it; each once. The last error, when there was one.

        `work` says whether its row is done with, or will be when its portion is settled. What is not, or
        failed, is given back at the end, so that the next round tries it again; nothing that fails holds up
        the rest. Cancelled, it gives back its portion, so that whoever goes on need not wait until the claims
        lapse; a process that is killed leaves them to lapse.
        """
        seen: set[str] = set()
        left: list[str] = []
        broken: Exception | None = None
        while most is None or len(seen) < most:
            now = self.clock.now()
            rows = await claim(Portion(now, now + CLAIMED_FOR, batch))
            new = [row for row in rows if row not in seen]
            left += [row for row in rows if row in seen]
            if not new:
                break
            try:
                open_now, failed = await self._portion(new, work, settle)
            except asyncio.CancelledError:
                await self._let_go(job, (*left, *rows))
                raise
            left += open_now
            broken = failed or broken
            seen.update(new)
        if left:
            await self.storage.give_back(job, left)
        return broken

    async def _portion(
        self, rows: Sequence[str], work: Callable[[str], Awaitable[bool]], settle: Settle | None
    ) -> tuple[list[str], Exception | None]:
        """The rows that are not done, and the last error."""
        left: list[str] = []
        broken: Exception | None = None
        for row in rows:
            try:
                done = await work(row)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is of this row only
                done, broken = False, error
            if not done:
                left.append(row)
            await asyncio.sleep(0)
        if settle is not None:
            try:
                left += await settle(rows)
            except Exception as error:  # noqa: BLE001 - then it is not known of any row
                return list(rows), error
        return left, broken

    async def _let_go(self, job: Job, rows: Sequence[str]) -> None:
        """While we are being stopped: what cannot be given back any more lapses by itself."""
        with contextlib.suppress(GatewayError):
            await self.storage.give_back(job, rows)
