"""What every way through the exchange works with, put together once in wiring and passed in by name."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.account.leaves import Account
from gateway.account.stamps import Stamps
from gateway.case.case import Cases
from gateway.obligations.verzoeken import Verzoeken
from gateway.obligations.zonder_toestemming import ZonderToestemming
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron
from schemas.errors import StateBroken
from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import LeerlingRow


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms from the settings, in the units in which an operator sets them."""

    hold_days: int = 30
    lease_minutes: int = 15
    max_takes: int = 10


@dataclass(frozen=True, slots=True)
class Ports:
    """Where facts are read, decisions recorded and time told. Nothing in it can write a message out."""

    storage: Storage
    vault: Vault
    account: Account
    regels: Regelbron
    cases: Cases
    clock: Clock
    terms: Terms
    verzoeken: Verzoeken
    zonder: ZonderToestemming

    @property
    def stamps(self) -> Stamps:
        return self.account.stamps

    async def levering_for(self, recipient: str, levering_id: str) -> Levering | None:
        """The levering as far as this recipient may know of it, and as the gateway wrote it. Raises
        StateBroken.
        """
        found = await self.storage.levering_for(levering_id, recipient)
        if found is None:
            return None
        self.stamps.check_levering(found)
        return found if found.ontvanger == recipient else None

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        """The open leveringen, without those that somebody else wrote.

        Such a levering goes nowhere, and it may not keep anybody's statement from being recorded.
        """
        return tuple(filter(self.stamps.holds, await self.storage.open_leveringen(leerling)))

    async def leerling(self, leerling: str) -> LeerlingRow:
        """The leerling of a levering, as the owner of his record sees him. Raises StateBroken when he is not
        there.
        """
        row = await self.storage.leerling(leerling)
        if row is None:
            raise StateBroken("leerling", leerling)
        return row
