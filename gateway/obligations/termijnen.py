"""What happens to a taak that nobody did in time: once, within the minute after its term."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from gateway.runtime.logs import Log
from gateway.runtime.portions import Portions
from schemas.events import TAAK_LATE
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.storage.storage import Change, Committed, Job, TaakWrite

BATCH: Final = 200

Late = Callable[[Taak, dt.datetime], Awaitable[Change]]
"""What follows from one late taak. The taak itself is marked in the same commit, whatever this adds."""


class Termijnen:
    def __init__(self, storage: Storage, clock: Clock, log: Log, late: Mapping[Taaksoort, Late]) -> None:
        """`late` gives for each soort what to do. A taak of another soort is only marked."""
        self._storage, self._clock, self._log, self._late = storage, clock, log, late
        self._portions = Portions(storage, clock)

    async def run(self, most: int | None = BATCH) -> int:
        """Escalate about `most` taken that are due; gives how many. Running twice escalates once.

        It goes on after one that fails and raises that error at the end.
        """
        count = 0

        async def escalate(ident: str) -> bool:
            nonlocal count
            taak, now = await self._storage.taak(ident), self._clock.now()
            if taak is None or taak.status is not Taakstatus.OPEN or taak.uiterlijk > now:
                return False  # somebody did it meanwhile, or moved its term
            done = await self._escalate(taak, now)
            count += done
            return done

        broken = await self._portions.through(Job.ESCALATE, self._storage.claim_taken, escalate, BATCH, most)
        if broken is not None:
            raise broken
        return count

    async def _escalate(self, taak: Taak, now: dt.datetime) -> bool:
        """False when somebody did it meanwhile."""
        late = self._late.get(taak.soort)
        change = await late(taak, now) if late is not None else Change()
        marked = taak.model_copy(update={"geescaleerd_op": now, "versie": taak.versie + 1})
        taken = (*change.taken, TaakWrite(marked, taak.versie))
        if not isinstance(await self._storage.commit(replace(change, taken=taken)), Committed):
            return False
        self._log(
            TAAK_LATE,
            taak=taak.id,
            soort=taak.soort.value,
            partij=taak.partij,
            levering=taak.levering,
            told=tuple(write.taak.partij for write in change.taken),
        )
        return True
