"""Work that any number of processes may do: taken in portions, past what fails, and the rest given back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from schemas.storage.storage import Job, Portion

CLAIMED_FOR: Final = dt.timedelta(minutes=5)
"""How long a portion is its taker's. Longer than it takes: then he counts as dead, and others do it."""

Claim = Callable[[Portion], Awaitable[tuple[str, ...]]]
"""One of the `claim_` methods of the store; gives the ids of the rows."""


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
    ) -> Exception | None:
        """Do what there is of `job`, about `most` rows of it; each once. The last error, when there was one.

        `work` says whether its row is done with. What is not, or failed, is given back at the end, so that
        the next round tries it again; nothing that fails holds up the rest. Cancelled, it gives nothing back:
        then the claims lapse.
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
            for row in new:
                try:
                    done = await work(row)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is of this row only
                    done, broken = False, error
                if not done:
                    left.append(row)
            seen.update(new)
        if left:
            await self.storage.give_back(job, left)
        return broken
