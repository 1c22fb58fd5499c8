"""Held leveringen are decided again after the register or the policy changed, in portions beside the
requests.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar

from gateway.exchange.ports import Ports
from gateway.follow_up.redeciding import Same, redecide_one
from gateway.runtime.logs import Log
from gateway.runtime.portions import Portions
from schemas.errors import StateBroken
from schemas.events import HELD_REDECIDED
from schemas.storage.storage import Change, Committed, Job, Portion, Unchanged, Under

T = TypeVar("T")
PORTION: Final = 100
"""This many leveringen are claimed together, and marked together when nothing changes for them."""
_TELL_EVERY: Final = 1_000
_COUNTED: Final = 100_000
"""For the log no more than these are counted, because counting takes time of the event loop too."""


class HeldRound:
    """One round over the leveringen that are held and were decided under another register or policy. Each
    round is a new one.
    """

    def __init__(self, ports: Ports, log: Log) -> None:
        self._ports, self._log = ports, log
        self._portions = Portions(ports.storage, ports.clock)
        self._begun = time.perf_counter()
        self._same: dict[Under, list[Unchanged]] = defaultdict(list)
        self._done = self._told = 0
        self.changed = 0

    async def run(self, batch: int = PORTION) -> Exception | None:
        """Do the round. It goes on past whatever fails and gives the last error, None when there was none."""
        broken = await self._portions.through(
            Job.REDECIDE, self._claim, self._decide, batch, settle=self._settle
        )
        if self._done > self._told:
            await self._tell()
        return broken

    async def _claim(self, portion: Portion) -> tuple[str, ...]:
        under = (await self._ports.regels.current()).under(self._ports.clock.now())
        return await self._ports.storage.claim_held(portion, under)

    async def _decide(self, ident: str) -> bool:
        found = await told(self._ports, redecide_one(self._ports, ident))
        if isinstance(found, Same):
            self._same[found.under].append(found.unchanged)
            return True
        self.changed += found
        return found

    async def _settle(self, portion: Sequence[str]) -> Sequence[str]:
        """Mark the leveringen of a portion that stay as they are. One commit does it for all, as nearly
        always nothing changed.

        It expects the register and the version of each levering, and not the epoch of each leerling. A fact
        in between decides again everything that is open about its leerling, in its own commit and under the
        register of that moment. So such a fact either gave the levering a next version, or made the very mark
        that is made here.
        """
        pending, self._same = self._same, defaultdict(list)
        left: list[str] = []
        for under, same in pending.items():
            # one of them changed meanwhile, so each is marked on its own
            if not await self._mark(under, same):
                left += [one.levering for one in same if not await self._mark(under, (one,))]
        self._done += len(portion) - len(left)
        if self._done - self._told >= _TELL_EVERY:
            await self._tell()
        return left

    async def _mark(self, under: Under, same: Sequence[Unchanged]) -> bool:
        change = Change(under=under, unchanged=tuple(same))
        return isinstance(await self._ports.storage.commit(change), Committed)

    async def _tell(self) -> None:
        under = (await self._ports.regels.current()).under(self._ports.clock.now())
        self._told = self._done
        self._log(
            HELD_REDECIDED,
            done=self._done,
            changed=self.changed,
            left=await self._ports.storage.count_held(under, _COUNTED),
            duration_ms=round((time.perf_counter() - self._begun) * 1_000, 1),
        )


async def told(ports: Ports, work: Awaitable[T]) -> T:
    """Give the alarm for a row that is not as the gateway wrote it. A round raises only its last error, so
    the alarm cannot wait.
    """
    try:
        return await work
    except StateBroken as error:
        ports.stamps.tell(error)
        raise
