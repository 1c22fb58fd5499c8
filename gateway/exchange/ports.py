"""What every way through the exchange works with, put together once in wiring and passed in by name."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.account.leaves import Account
from gateway.case.case import Cases
from gateway.obligations.verzoeken import Verzoeken
from gateway.obligations.zonder_toestemming import ZonderToestemming
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron
from schemas.storage.storage import LeerlingRow


@dataclass(frozen=True, slots=True)
class Terms:
    """Business terms from the settings, in the units they are set in."""

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

    async def leerling(self, leerling: str) -> LeerlingRow:
        """The leerling of a levering, as the owner of his record sees him."""
        row = await self.storage.leerling(leerling)
        assert row is not None, "a levering has its leerling"
        return row
