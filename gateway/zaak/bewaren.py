"""A zaak from its row and back: sealed under the key of what it is about, and held to its stamp."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from gateway.account.stamps import Stamps
from gateway.exchange.pairwise import ZAAK
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.errors import NotFound, StateBroken
from schemas.storage.storage import LeerlingRow, Sealed, ZaakRow
from schemas.zaak.stappen import STAPPEN, Gezet
from schemas.zaak.verloop import Zaakstand, stand_van

OVERLEG: Final = "overleg"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gelezen:
    """A zaak that was opened, with what it is about as its owner sees that."""

    row: ZaakRow
    leerling: LeerlingRow
    gezet: tuple[Gezet, ...]

    @property
    def stand(self) -> Zaakstand:
        return stand_van(self.gezet)


@dataclass(frozen=True, slots=True)
class Bewaren:
    storage: Storage
    vault: Vault
    stamps: Stamps

    def sleutel(self, partij: str, ident: str, soort: str = ZAAK) -> str:
        """How this partij knows it. No two know it by the same key, and none by ours."""
        return self.vault.paired((soort, partij), ident, back=False)

    def onze(self, partij: str, sleutel: str, soort: str = ZAAK) -> str:
        """Our own id for a key that this partij named; of a key that is none, an id that does not exist."""
        return self.vault.paired((soort, partij), sleutel, back=True)

    async def lees(self, ident: str) -> Gelezen:
        """Raises NotFound, StateBroken."""
        row = await self.storage.zaak(ident)
        if row is None or row.soort != ZAAK:
            raise NotFound
        return await self.ontsloten(row)

    async def ontsloten(self, row: ZaakRow) -> Gelezen:
        leerling, plain = await self.geopend(row)
        return Gelezen(row, leerling, lees_als(STAPPEN, plain, row))

    async def geopend(self, row: ZaakRow) -> tuple[LeerlingRow, bytes]:
        """What it is about, and what was sealed. Raises StateBroken for a row that we did not write so."""
        self.stamps.check_zaak(row)
        leerling = await self.storage.leerling(row.leerling)
        if leerling is None:
            raise StateBroken("leerling", row.leerling)
        return leerling, self.vault.open(leerling.key, row.sealed, _context(row.id))

    def rij(
        self,
        ident: str,
        soort: str,
        leerling: LeerlingRow,
        versie: int,
        plain: bytes,
        vergeten_op: dt.datetime | None = None,
    ) -> ZaakRow:
        """The row to store, with its stamp."""
        sealed: Sealed = self.vault.seal(leerling.key, plain, _context(ident))
        row = ZaakRow(ident, soort, leerling.id, versie, sealed, b"", vergeten_op)
        return replace(row, stamp=self.stamps.zaak(row))


def lees_als(kind: TypeAdapter[T], plain: bytes, row: ZaakRow) -> T:
    """Raises StateBroken, without the text of the error, which may quote what is stored."""
    try:
        return kind.validate_json(plain)
    except ValidationError:
        raise StateBroken(row.soort, row.id) from None


def _context(ident: str) -> bytes:
    return b"zaak:" + ident.encode()
