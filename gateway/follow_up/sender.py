"""What a sender can do about a levering that failed: offer it again, after it was decided again."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.exchange.deciding import redecide
from gateway.exchange.levering import changed
from gateway.exchange.ports import Ports
from gateway.follow_up.steps import commit
from gateway.runtime.settle import until_settled
from schemas.decision.decision import Outcome
from schemas.errors import NotFailed, NotFound, StillHeld
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus
from schemas.people.partij import Partij
from schemas.storage.storage import Moved


@dataclass(frozen=True, slots=True)
class Sender:
    ports: Ports

    async def redeliver(self, sender: Partij, uitwisseling: str, levering_id: str) -> Levering:
        """Redelivery: offer a failed levering to its recipient again, after deciding it again.

        Repeating is safe until it is taken. Raises NotFound, NotFailed, and StillHeld when it must wait.
        """

        async def attempt() -> Levering | Moved:
            levering = await self.ports.storage.levering(levering_id)
            if levering is None or levering.afzender != sender.id or levering.uitwisseling != uitwisseling:
                raise NotFound
            if levering.status is not Leveringstatus.MISLUKT:
                (*_, last) = await self.ports.storage.history(levering_id)
                if last.soort is Gebeurtenissoort.HERHAALD:
                    return levering
                raise NotFailed
            row = await self.ports.leerling(levering.leerling)
            now = self.ports.clock.now()
            case, regels = await self.ports.cases.load(row), await self.ports.regels.current()
            decision = await redecide(self.ports, levering, case, regels, now)
            if decision.outcome is Outcome.HOLD:
                raise StillHeld
            levering = self.ports.stamps.levering(  # `redecide` checked the stamp it had
                levering.model_copy(update={"lease_tot": None, "opgehaald": 0})
            )
            write, leaf = changed(self.ports.account, levering, row, decision, now, Gebeurtenissoort.HERHAALD)
            taken = await self.ports.verzoeken.of(write.levering, case, regels, now)
            return await commit(self.ports, write, leaf, row, taken, under=regels.under(now))

        return await until_settled(attempt)
