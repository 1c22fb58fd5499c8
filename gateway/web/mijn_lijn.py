"""The line as an ouder or leerling may use it: what is asked of him, and what he said.

He has no scope of his school. What he does here is done by the operation that the school's own system would
use, for him and about himself alone: every record is found by his own id in the record of gezag, and
another's is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.gezin.bewijzen import Ik
from gateway.web.bezoek import Werkrol
from gateway.web.lijn import Json, Lijn, Neutraal, Probleem
from gateway.web.vraag import Vraag
from schemas.people.mensen import Mensrol, Zelf
from schemas.people.partij import Scope

_PAGE: Final = 200
_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Eigen:
    vraag: Vraag

    @property
    def zelf(self) -> Zelf:
        person = self.vraag.bezoek.caller.persoon
        if person is None or person.zelf is None:
            raise Neutraal
        return person.zelf

    @property
    def rol(self) -> Mensrol:
        """As what he is here; who is more than one thing chose as what he comes."""
        return Mensrol.LEERLING if Werkrol.LEERLING in self.vraag.bezoek.rollen else Mensrol.OUDER

    @property
    def ik(self) -> Ik:
        return Ik(self.vraag.bezoek.caller.partij, self.zelf, self.rol)

    @property
    def partij(self) -> str:
        return self.vraag.bezoek.caller.partij.id

    def lijn(self, scope: Scope) -> Lijn:
        caller = replace(self.vraag.bezoek.caller, scopes=frozenset({scope}))
        return Lijn(self.vraag.app, self.vraag.request, caller)

    async def vragen(self) -> list[tuple[str, Json]]:
        """Each question to him, with the taak that it stands in. An ouder is asked nothing from the day on
        which the leerling decides alone.
        """
        found: list[tuple[str, Json]] = []
        if self.rol is Mensrol.OUDER and not self.zelf.samen:
            return found
        for taak, place in await self.vraag.app.uitnodigingen.gevraagd(self.partij, self.zelf):
            read = await self.lijn(Scope.TAKEN).get(f"/v1/taken/{taak}")
            if read["status"] == "open" and place < len(read.get("vragen") or ()):
                found.append((f"{taak}{place:x}", read["vragen"][place]))
        return [(ident, q) for ident, q in found if q.get("persoonId") == self.zelf.persoon_id]

    async def een(self, ident: str) -> Json:
        """One question. Raises Neutraal for one that is not there, or not for him."""
        for own, asked in await self.vragen():
            if own == ident:
                return asked
        raise Neutraal

    async def zeg(self, body: Mapping[str, Any], key: str) -> Json | Probleem:
        """His own statement, whatever else stands in the body."""
        own = {**body, "persoonId": self.zelf.persoon_id}
        return await self.lijn(Scope.TOESTEMMING).post("/v1/toestemmingen", own, key=key)

    async def keuzes(self) -> list[Json]:
        """His own statements, in the order in which the line gives them."""
        found: list[Json] = []
        after: str | None = None
        for _ in range(_PAGES):
            page = await self.lijn(Scope.TOESTEMMING_LEZEN).get(
                f"/v1/leerlingen/{self.zelf.leerling_ref}/toestemmingen", aantal=_PAGE, na=after
            )
            found += page["toestemmingen"]
            after = page["na"]
            if after is None:
                break
        return [t for t in found if t.get("persoonId") == self.zelf.persoon_id]

    async def stop(self, ident: str, moment: str, key: str) -> Json | Probleem:
        """Withdraw a statement of his own. Raises Neutraal for another's."""
        if all(t["toestemmingId"] != ident for t in await self.keuzes()):
            raise Neutraal
        path = f"/v1/toestemmingen/{ident}/intrekkingen"
        return await self.lijn(Scope.TOESTEMMING).post(path, {"moment": moment}, key=key)
