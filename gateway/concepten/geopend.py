"""What a person without a system opened and did not sign for yet: the bytes he got, for as long as his lease.

They are his: the line handed them over and said so in the account. Here they stand sealed until he signs,
refuses or the lease ends, so that he can read again and keep them before our copy is destroyed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import StringConstraints

from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.base import Model
from schemas.identifiers import PartijId
from schemas.storage.storage import Keepsoort

ANSWER_DAYS: Final = 400
"""So long a recipient can still tell the school something about what he signed for."""

MAX_LISTED: Final = 200


class Geopendinhoud(Model):
    """The bytes that were handed over, as text, with their SHA-256 (hex)."""

    bericht: Annotated[str, StringConstraints(max_length=10_000_000)] | None = None
    """None once he signed for it."""
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    soort: str
    afzender: str


@dataclass(frozen=True, slots=True)
class Geopend:
    storage: Storage
    vault: Vault
    clock: Clock

    async def bewaar(self, partij: PartijId, levering: str, inhoud: Geopendinhoud, tot: dt.datetime) -> None:
        """Keep it until the lease ends. The same levering handed over again stands in its place."""
        there = await self.storage.kept(Keepsoort.GEOPEND, levering)
        versie = 0 if there is None else there.versie + 1
        row = sealed(self.vault, Keepsoort.GEOPEND, levering, partij, inhoud, versie=versie, verloopt=tot)
        await self.storage.keep(row, None if there is None else there.versie)

    async def lees(self, partij: PartijId, levering: str) -> Geopendinhoud | None:
        """None when it is not there any more, or is of another partij."""
        row = await self.storage.kept(Keepsoort.GEOPEND, levering)
        if row is None or row.groep != partij:
            return None
        if row.verloopt is not None and row.verloopt <= self.clock.now():
            return None
        return opened(self.vault, row, Geopendinhoud)

    async def van(self, partij: PartijId) -> tuple[tuple[str, Geopendinhoud], ...]:
        """What this partij opened and can still say something about, by levering; at most `MAX_LISTED`."""
        now = self.clock.now()
        rows = await self.storage.kept_in(Keepsoort.GEOPEND, partij, "", MAX_LISTED)
        there = (r for r in rows if r.verloopt is None or r.verloopt > now)
        return tuple((r.id, opened(self.vault, r, Geopendinhoud)) for r in there)

    async def leeg(self, partij: PartijId, levering: str, inhoud: Geopendinhoud) -> None:
        """He signed: the content goes, and from whom it came stays, to tell that school something."""
        until = self.clock.now() + dt.timedelta(days=ANSWER_DAYS)
        await self.bewaar(partij, levering, inhoud.model_copy(update={"bericht": None}), until)

    async def weg(self, levering: str) -> None:
        await self.storage.drop(Keepsoort.GEOPEND, levering)
