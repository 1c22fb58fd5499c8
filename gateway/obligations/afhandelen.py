"""What only its own partij can say is done: it looked at an objection, told ouders, called on who was silent.

Every other taak ends by the fact or the answer it asks for.
"""

from __future__ import annotations

from gateway.account.leaves import Account
from gateway.ports.clock import Clock
from gateway.ports.storage import Storage
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType
from schemas.errors import Conflict, NotFound
from schemas.exchange.taak import GEDAAN, ZELF_GEMELD, Taak, Taakstatus
from schemas.people.partij import Partij
from schemas.storage.storage import Change, Committed, Moved, TaakWrite


class Afhandelen:
    def __init__(self, storage: Storage, account: Account, clock: Clock) -> None:
        self._storage, self._account, self._clock = storage, account, clock

    async def done(self, partij: Partij, client: str, taak_id: str) -> Taak:
        """Somebody of this partij says so; it stands in the account. Repeating is safe.

        Raises NotFound (unknown and not yours alike), Conflict for a taak that ends by something else.
        """

        async def attempt() -> Taak | Moved:
            taak = await self._storage.taak(taak_id)
            if taak is None or taak.partij != partij.id:
                raise NotFound
            if taak.uitkomst == GEDAAN:
                return taak
            if taak.soort not in ZELF_GEMELD or taak.status is not Taakstatus.OPEN:
                raise Conflict
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
