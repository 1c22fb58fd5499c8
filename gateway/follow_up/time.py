"""What time does to leveringen: terms that end, and days that change who may decide."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import day
from gateway.exchange.ports import Ports
from gateway.follow_up.redeciding import as_written, redecide_one, redecide_open
from gateway.follow_up.steps import step
from schemas.account.verantwoording import EventType
from schemas.errors import GatewayError, StateBroken
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringstatus
from schemas.storage.storage import Change, Committed, Expectation, LeerlingRow, Moved

_LAPSED: Final = (Leveringstatus.VERVALLEN, Gebeurtenissoort.VERLOPEN)
_GIVEN_UP: Final = (Leveringstatus.MISLUKT, Gebeurtenissoort.OPGEGEVEN)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round of housekeeping did."""

    expired: int = 0
    failed: int = 0
    redecided: int = 0


class Rounds:
    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self._decided_under: str | None = None
        """Hash of the policy under which everything that waits was last decided."""

    async def sweep(self, limit: int = 500) -> Swept:
        """Let lapse what waited too long, give up what is never acknowledged. At most `limit` at a time."""
        now = self.ports.clock.now()
        expired = failed = 0
        for levering in await self.ports.storage.due(now, self.ports.terms.max_takes, limit):
            if levering.lease_tot is not None and now < levering.lease_tot:
                continue  # its recipient has it in hands and may still sign for it
            if not self.ports.stamps.holds(levering):
                continue
            lapsed = levering.vervalt_op <= now
            end = _LAPSED if lapsed else _GIVEN_UP
            if isinstance(await step(self.ports, levering, *end, EventType.EXCHANGE_FAILED), Moved):
                continue  # somebody else just did something with it; the next round looks again
            expired, failed = expired + lapsed, failed + (not lapsed)
        return Swept(expired, failed)

    async def daily(self, most: int | None = None, batch: int = 200) -> int:
        """What the calendar brought: decide again, ask and remind. The number of leveringen that changed.

        Looks at those leerlingen only whose day has come, also days ago, and at most at `most` of them. Each
        is a commit of its own that sets his next day, so that a round that ends halfway is taken up by the
        next, and one that runs twice does nothing twice. After a change of policy, and once after a start,
        it decides again all that waits. Goes on after one that fails and raises its error at the end.
        """
        policy = (await self.ports.regels.current()).beleid.hash
        today = day(self.ports.clock.now())
        after: tuple[dt.date, str] | None = None
        seen = count = 0
        broken: GatewayError | None = None
        while due := await self.ports.storage.to_look_at(today, after, batch):
            for _, row in due:
                try:
                    count += await self._look_at(row)
                except GatewayError as error:  # one that cannot be read must not hold up the others
                    broken = self._told(error)
            seen += len(due)
            after = due[-1][0], due[-1][1].id
            if most is not None and seen >= most:
                break
        if broken is not None:
            raise broken
        if policy != self._decided_under:
            count += await self.redecide_held(batch)
            self._decided_under = policy
        return count

    def _told(self, error: GatewayError) -> GatewayError:
        """Each that is not as the gateway wrote it, for only the last error is raised."""
        if isinstance(error, StateBroken):
            self.ports.stamps.tell(error)
        return error

    async def _look_at(self, row: LeerlingRow) -> int:
        """Everything about one leerling as of today. Moved: somebody else just did it, or the next round."""
        case, regels, now = (
            await self.ports.cases.load(row),
            await self.ports.regels.current(),
            self.ports.clock.now(),
        )
        open_now = await self.ports.open_leveringen(row.id)
        writes, leaves = await redecide_open(self.ports, open_now, case, regels, now)
        plan = await self.ports.verzoeken.plan(case, as_written(open_now, writes), regels, now)
        result = await self.ports.storage.commit(
            Change(
                leaves=leaves,
                expect=Expectation(row.id, row.epoch),
                leveringen=writes,
                taken=plan.taken,
                kijk_op=plan.kijk_op,
            )
        )
        return len(writes) if isinstance(result, Committed) else 0

    async def redecide_held(self, batch: int = 200) -> int:
        """Decide again everything that is held.

        Goes on after one that fails and raises its error at the end.
        """
        after, count = "", 0
        broken: GatewayError | None = None
        while held := await self.ports.storage.held(after, batch):
            for levering in held:
                try:
                    count += await redecide_one(self.ports, levering)
                except GatewayError as error:  # one that cannot be read must not hold up the others
                    broken = self._told(error)
            after = held[-1].id
        if broken is not None:
            raise broken
        return count
