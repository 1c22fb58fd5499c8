"""Taken that end because their own partij says so: it looked at an objection or at a levering that did not
arrive, told ouders, or called who was silent.

Every other taak ends by the fact or the answer that it asks for.
"""

from __future__ import annotations

from gateway.account.leaves import Account
from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType
from schemas.errors import EndsItself, NotFound
from schemas.exchange.taak import GEDAAN, ZELF_GEMELD, Taak, Taakstatus
from schemas.people.partij import Partij
from schemas.storage.storage import Change, Committed, Moved, TaakWrite


class Afhandelen:
    def __init__(self, storage: Storage, account: Account, clock: Clock) -> None:
        self._storage, self._account, self._clock = storage, account, clock

    async def done(self, partij: Partij, client: str, taak_id: str) -> Taak:
        """Record in the account that somebody of this partij says that the taak is done. Repeating is safe.

        Raises NotFound, the same for an unknown taak and somebody else's, and EndsItself for a taak that
        ends in another way.
        """

        async def attempt() -> Taak | Moved:
            taak = await self._storage.taak(taak_id)
            if taak is None or taak.partij != partij.id:
                raise NotFound
            if taak.uitkomst == GEDAAN:
                return taak
            if taak.soort not in ZELF_GEMELD or taak.status is not Taakstatus.OPEN:
                raise EndsItself
            now = self._clock.now()
            after = taak.model_copy(
                update={
                    "status": Taakstatus.AFGEHANDELD,
                    "sinds": now,
                    "uitkomst": GEDAAN,
                    "versie": taak.versie + 1,
                }
            )
            leaf = self._account.leaf(
                EventType.TASK_DONE,
                await self._storage.leerling(taak.leerling),
                {"client": client},
                afzender=partij.id,
                taak=taak.soort,
                over=taak.over,
                levering=taak.levering,
            )
            result = await self._storage.commit(
                Change(leaves=(leaf,), taken=(TaakWrite(after, taak.versie),))
            )
            return after if isinstance(result, Committed) else Moved()

        return await until_settled(attempt)
