"""What time does to leveringen: terms that end, and days that change who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from consent.leeftijd import day
from gateway.exchange.ports import Ports
from gateway.follow_up.held import HeldRound, told
from gateway.follow_up.redeciding import look_at
from gateway.follow_up.steps import step
from gateway.runtime.logs import Log
from gateway.runtime.portions import Portions
from schemas.account.verantwoording import EventType
from schemas.exchange.uitwisseling import OPEN, Gebeurtenissoort, Leveringstatus
from schemas.storage.storage import Job, Moved, Portion

_LAPSED: Final = (Leveringstatus.VERVALLEN, Gebeurtenissoort.VERLOPEN)
_GIVEN_UP: Final = (Leveringstatus.MISLUKT, Gebeurtenissoort.OPGEGEVEN)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round of housekeeping did."""

    expired: int = 0
    failed: int = 0


class Rounds:
    def __init__(self, ports: Ports, log: Log) -> None:
        self.ports, self._log = ports, log
        self._portions = Portions(ports.storage, ports.clock)

    async def sweep(self, most: int | None = None, batch: int = 500) -> Swept:
        """End what waited too long, and give up what is taken again and again but never acknowledged.

        It looks at about `most` leveringen. It goes on after one that fails and raises that error at the end.
        """
        expired = failed = 0

        async def expire(ident: str) -> bool:
            nonlocal expired, failed
            became = await self._expire(ident)
            expired += became is Leveringstatus.VERVALLEN
            failed += became is Leveringstatus.MISLUKT
            return became is not None

        async def claim(portion: Portion) -> tuple[str, ...]:
            return await self.ports.storage.claim_due(portion, self.ports.terms.max_takes)

        broken = await self._portions.through(Job.EXPIRE, claim, expire, batch, most)
        if broken is not None:
            raise broken
        return Swept(expired, failed)

    async def _expire(self, ident: str) -> Leveringstatus | None:
        """What became of the levering. None when nothing did, or when somebody changed it meanwhile: the next
        round looks again.
        """
        levering, now = await self.ports.storage.levering(ident), self.ports.clock.now()
        if levering is None or levering.status not in OPEN:
            return None
        if levering.lease_tot is not None and now < levering.lease_tot:
            return None  # its recipient received it and may still sign for it
        if not self.ports.stamps.holds(levering):
            return None
        if levering.vervalt_op <= now:
            end = _LAPSED
        elif levering.status is Leveringstatus.KLAAR and levering.opgehaald >= self.ports.terms.max_takes:
            end = _GIVEN_UP
        else:
            return None
        moved = isinstance(await step(self.ports, levering, *end, EventType.EXCHANGE_FAILED), Moved)
        return None if moved else end[0]

    async def daily(self, most: int | None = None, batch: int = 200) -> int:
        """Do what the calendar brought: decide again, ask and remind. Gives the number of leveringen that
        changed.

        It looks only at leerlingen whose day has come, also if that was days ago, and at about `most` of
        them. Each is a commit of its own that sets his next day, so a round that ends halfway is taken up by
        the next, and a round that runs twice does nothing twice. After that it decides again what is held and
        was last decided under another register or policy. It goes on after one that fails and raises that
        error at the end.
        """
        count = 0

        async def look(leerling: str) -> bool:
            nonlocal count
            changes = await told(self.ports, look_at(self.ports, leerling))
            if isinstance(changes, Moved):
                return False  # the next round looks at him again
            count += changes
            return True

        async def claim(portion: Portion) -> tuple[str, ...]:
            return await self.ports.storage.claim_looks(portion, day(portion.now))

        looked = await self._portions.through(Job.LOOK, claim, look, batch, most)
        held = HeldRound(self.ports, self._log)
        redecided = await held.run()
        if (broken := looked or redecided) is not None:
            raise broken
        return count + held.changed
