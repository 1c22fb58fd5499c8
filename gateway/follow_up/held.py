"""What is held, decided again after the register or the policy changed: in portions, beside the requests."""

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
"""Leveringen that are claimed together, and marked together when nothing changes for them."""
_TELL_EVERY: Final = 1_000
_COUNTED: Final = 100_000
"""No more than these are counted for the log: counting runs on the event loop too."""


class HeldRound:
    """One round over what is held and was decided under something else. Made anew for each."""

    def __init__(self, ports: Ports, log: Log) -> None:
        self._ports, self._log = ports, log
        self._portions = Portions(ports.storage, ports.clock)
        self._begun = time.perf_counter()
        self._same: dict[Under, list[Unchanged]] = defaultdict(list)
        self._done = self._told = 0
        self.changed = 0

    async def run(self, batch: int = PORTION) -> Exception | None:
        """The last error, when there was one: it goes on past whatever fails."""
        broken = await self._portions.through(
            Job.REDECIDE, self._claim, self._decide, batch, settle=self._settle
        )
        if self._done > self._told:
            await self._tell()
        return broken

    async def _claim(self, portion: Portion) -> tuple[str, ...]:
        under = (await self._ports.regels.current()).under
        return await self._ports.storage.claim_held(portion, under)

    async def _decide(self, ident: str) -> bool:
        found = await told(self._ports, redecide_one(self._ports, ident))
        if isinstance(found, Same):
            self._same[found.under].append(found.unchanged)
            return True
        self.changed += found
        return found

    async def _settle(self, portion: Sequence[str]) -> Sequence[str]:
        """Mark what stays as it is: one commit for all of a portion, for nearly always nothing changed.

        It expects the register and the version of each levering, and not the epoch of each leerling: a fact
        decides all that is open about him again in its own commit, under the register that then is. So a
        fact in between either gave the levering a next version, or made the very mark that is made here.
        """
        pending, self._same = self._same, defaultdict(list)
        left: list[str] = []
        for under, same in pending.items():
            if not await self._mark(under, same):  # one of them moved: then each for itself
                left += [one.levering for one in same if not await self._mark(under, (one,))]
        self._done += len(portion) - len(left)
        if self._done - self._told >= _TELL_EVERY:
            await self._tell()
        return left

    async def _mark(self, under: Under, same: Sequence[Unchanged]) -> bool:
        change = Change(under=under, unchanged=tuple(same))
        return isinstance(await self._ports.storage.commit(change), Committed)

    async def _tell(self) -> None:
        under = (await self._ports.regels.current()).under
        self._told = self._done
        self._log(
            HELD_REDECIDED,
            done=self._done,
            changed=self.changed,
            left=await self._ports.storage.count_held(under, _COUNTED),
            duration_ms=round((time.perf_counter() - self._begun) * 1_000, 1),
        )


async def told(ports: Ports, work: Awaitable[T]) -> T:
    """The alarm of each row that is not as the gateway wrote it, for only the last error is raised."""
    try:
        return await work
    except StateBroken as error:
        ports.stamps.tell(error)
        raise
