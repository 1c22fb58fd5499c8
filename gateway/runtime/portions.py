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
"""How long a claim on a portion lasts. Whoever takes longer counts as dead, and others may do the work."""

Claim = Callable[[Portion], Awaitable[tuple[str, ...]]]
"""One of the `claim_` methods of the store; gives the ids of the claimed rows."""
Settle = Callable[[Sequence[str]], Awaitable[Sequence[str]]]
"""What remains to be done for the rows of a portion together; gives the ids of the rows that are not done."""


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
        """Do what there is of `job`, about `most` rows, each once. Gives the last error, None when there was
        none.

        `work` says whether its row is done, or will be once its portion is settled. A row that is not done or
        that failed is given back at the end, so that the next round tries it again, and no row holds up the
        others. When it is cancelled it gives back its portion, so that whoever goes on need not wait until
        the claims lapse. A process that is killed leaves its claims to lapse.
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
        """The rows of this portion that are not done, and the last error."""
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
        """Give back rows while we are being stopped. A claim that cannot be given back any more lapses by
        itself.
        """
        with contextlib.suppress(GatewayError):
            await self.storage.give_back(job, rows)
