"""What an FG does: asks, looks at a person for a doel, draws a sample and judges it, checks the account.

Everything he may not see is NotFound, the same for a foreign partij and for what does not exist.
"""

from __future__ import annotations

import base64
import datetime as dt
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.leeftijd import day
from gateway.account.leaves import new_id
from gateway.case.case import open_identity
from gateway.exchange.idempotency import Answer, Claim
from gateway.explain import naspelen, toezicht, views
from gateway.explain.toezicht import Gezien, Zoekvraag
from gateway.obligations.werkdagen import einde_van_werkdag
from gateway.obligations.zonder_toestemming import NABEOORDELEN_BINNEN
from gateway.toezicht import vragen, zonder
from gateway.toezicht.afspraken import lopen_af
from gateway.toezicht.boek import Kijker
from gateway.toezicht.bron import Bron
from gateway.toezicht.overzicht import Overzicht, jaarlijn, met_wie
from gateway.toezicht.vraag import Gevraagd, Rij
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.people.toezicht import (
    Inzage,
    Inzagesoort,
    Kijkdoel,
    Nagekeken,
    Puntoordeel,
    Steekproef,
    Steekproefoordeel,
    Steekproefpunt,
    Toezichtfeit,
    Voorstel,
    Voorstelsoort,
)
from schemas.shown.toezicht import Kant
from schemas.storage.storage import Periode, TaakWrite

MOST_DRAWN: Final = 200
MOST_PROPOSED: Final = 100
"""So many proposals of a year are shown."""
VOORSTEL_WERKDAGEN: Final = 20
"""So long a partij has to look at a proposal."""
MOST_READ: Final = 100_000
"""From no more than so many leveringen a sample is drawn: who has more names a shorter period."""
GESLOTEN: Final = "Het dossier van deze leerling is gewist."


@dataclass(frozen=True, slots=True)
class Toezicht:
    bron: Bron

    # ── questions

    async def vraag(self, gevraagd: Gevraagd, aantal: int = vragen.MOST) -> vragen.Antwoord:
        return await vragen.beantwoord(self.bron, gevraagd, aantal)

    async def geheel(
        self, gevraagd: Gevraagd, vooruit: Callable[[int], None] | None = None
    ) -> vragen.Antwoord:
        """The whole answer, all parts together. `vooruit` hears how much was looked at."""
        parts: list[list[Rij]] = []
        looked = broken = 0
        first: vragen.Antwoord | None = None
        while True:
            part = await self.vraag(gevraagd)
            first = first or part
            parts.append(part.rijen)
            looked, broken = looked + part.gelezen, broken + part.kloptNiet
            if vooruit is not None:
                vooruit(looked)
            if part.na is None:
                whole = vragen.samen(part.vraag, parts)
                return replace(first, rijen=whole, gelezen=looked, kloptNiet=broken, na=None)
            gevraagd = vervolg(gevraagd, part.na)

    async def uitzonderingen(self, gevraagd: Gevraagd) -> tuple[list[vragen.Uitzondering], int, str | None]:
        return await vragen.uitzonderingen(self.bron, gevraagd)

    async def afspraken(self, periode: Periode) -> dict[str, list[Rij]]:
        """What of the agreements of these partijen changed in a period, and which of them end."""
        regels = await self.bron.regels()
        return {
            "profielen": await self.bron.profielen.veranderd(periode),
            "convenanten": lopen_af(regels, periode),
        }

    async def overzicht(self, periode: Periode, aantal: int = vragen.MOST) -> Overzicht:
        return await met_wie(self.bron, periode, aantal)

    async def maanden(self, partijen: tuple[str, ...], tot: dt.date) -> list[Rij]:
        return await jaarlijn(self.bron, partijen, tot)

    # ── looking at a person

    async def kijk(
        self,
        kijker: Kijker,
        partij: str,
        kijkdoel: Kijkdoel,
        soort: Inzagesoort,
        over: str | None = None,
        leerling: str | None = None,
    ) -> None:
        """Record that he looks at a person and for what, before he sees anything."""

        def make(filled: dict[str, Any]) -> Inzage:
            return Inzage(
                **filled,
                kijkdoel=kijkdoel,
                soort=soort,
                over=over,
                leerling=leerling,
                client=kijker.client,
                persoon=kijker.persoon,
            )

        await self.bron.boek.schrijf(kijker, partij, make)

    async def toon(
        self, kijker: Kijker, partijen: Sequence[str], levering: str, kijkdoel: Kijkdoel
    ) -> dict[str, Any]:
        """How the partij itself calls the leerling of a levering. Raises NotFound, also where the record of
        the leerling is of another partij.
        """
        seen = await toezicht.one(self.bron.ports.storage, levering, partijen, self.bron.held)
        row = await self.bron.ports.storage.leerling(seen.levering.leerling)
        if seen.klopt is False or row is None or row.owner != seen.partij:
            raise NotFound
        self.bron.ports.stamps.check_leerling(row)
        await self.kijk(kijker, seen.partij, kijkdoel, Inzagesoort.NAAM, levering, row.owner_ref)
        if not row.key:
            return {"leerlingId": row.owner_ref, "leerlingid": None, "uitleg": GESLOTEN}
        identity = open_identity(self.bron.ports.vault, row)
        return {"leerlingId": row.owner_ref, "leerlingid": identity.leerlingid, "uitleg": ""}

    # ── one decision again

    async def opnieuw(self, levering: str, partijen: Sequence[str]) -> dict[str, Any]:
        """The decision of a levering again, on the facts of then, under the rules of now. Raises NotFound."""
        seen = await toezicht.one(self.bron.ports.storage, levering, partijen, self.bron.held)
        if seen.kant is not Kant.AFZENDER or seen.klopt is False:
            raise NotFound
        hidden = views.rests_on_others(seen.levering.besluit, seen.partij)
        ports = self.bron.ports
        nakijker = naspelen.Nakijker(ports.storage, ports.vault, await self.bron.regels())
        again = await nakijker.again(seen.levering)
        b = seen.levering.besluit
        erbij, weg = ((), ()) if hidden else again.velden
        new, gone = ((), ()) if hidden else again.redenen
        return {
            "leveringId": levering,
            "toen": {"op": views.moment(b.as_of), "beleid": b.policy_hash, "uitkomst": seen.uitleg.uitkomst},
            "nu": None
            if again.nu is None
            else {
                "op": views.moment(ports.clock.now()),
                "beleid": again.nu.policy_hash,
                "uitkomst": None if hidden else again.nu.outcome,
            },
            "verschil": None if hidden else again.verschil,
            "waarom": again.waarom,
            "nagerekend": again.nagerekend,
            "velden": {"erbij": list(erbij), "weg": list(weg)},
            "redenen": {"erbij": list(new), "weg": list(gone)},
            "naTeRekenen": [f"ozlijn replay --since {day(b.as_of)} --alles"],
        }

    # ── a sample

    async def trek(
        self,
        kijker: Kijker,
        partij: str,
        van: dt.date,
        tot: dt.date,
        zaad: str,
        aantal: int,
        claim: Claim,
        body: Callable[[Toezichtfeit], bytes],
    ) -> Answer:
        """Draw leveringen at random, those that were sent and those that were received alike.

        The same seed gives the same from the same period, whoever draws. Raises InvalidMessage where there
        are more than can be read for it.
        """
        periode = toezicht.periode((partij,), van, tot, day(self.bron.ports.clock.now()))
        found = [g.levering.id async for g in self._all(periode)]
        drawn = tuple(getrokken(found, zaad, aantal))

        def make(filled: dict[str, Any]) -> Steekproef:
            return Steekproef(**filled, zaad=zaad, van=van, tot=tot, uit=len(found), gevallen=drawn)

        _, answer = await self.bron.boek.schrijf(kijker, partij, make, claim, body)
        assert answer is not None
        return answer

    async def _all(self, periode: Periode) -> AsyncIterator[Gezien]:
        looked = 0
        while True:
            page = await toezicht.look(
                self.bron.ports.storage, Zoekvraag(periode), vragen.MOST, self.bron.held
            )
            for g in page.gezien:
                yield g
            looked += len(page.gezien)
            if page.na is None:
                return
            if looked > MOST_READ:
                text = f"In deze periode staan meer dan {MOST_READ} leveringen. Neem een kortere."
                raise InvalidMessage((Fault("toezicht.teveel", "/tot", text),))
            periode = replace(periode, na=page.na)

    async def steekproeven(self, partij: str, jaar: int) -> list[dict[str, Any]]:
        """The samples of one partij in one year, each with what was judged of it, the newest first."""
        regels = await self.bron.regels()
        if partij not in regels.partijen:
            return []
        facts = await self.bron.boek.read(regels.partijen[partij], jaar)
        # What is judged after the end of a year stands in the book of the year after it.
        later = await self.bron.boek.read(regels.partijen[partij], jaar + 1)
        drawn = [f for f in facts if isinstance(f, Steekproef)]
        judged = [f for f in (*facts, *later) if isinstance(f, Steekproefoordeel)]
        return [_steekproef(s, [o for o in judged if o.steekproef == s.id]) for s in reversed(drawn)]

    async def steekproef(self, partijen: Sequence[str], ident: str) -> dict[str, Any]:
        """One sample. Raises NotFound."""
        partij, found = await self._drawn(partijen, ident)
        for told in await self.steekproeven(partij, day(found.vastgelegd_op).year):
            if told["id"] == ident:
                return {"partij": partij} | told
        raise NotFound

    async def _drawn(self, partijen: Sequence[str], ident: str) -> tuple[str, Steekproef]:
        stored = await self.bron.ports.storage.fact(ident)
        row = None if stored is None else await self.bron.ports.storage.leerling(stored.leerling)
        if stored is None or row is None or row.owner not in partijen or stored.kind != "steekproef":
            raise NotFound
        regels = await self.bron.regels()
        for f in await self.bron.boek.read(regels.partijen[row.owner], day(stored.recorded_at).year):
            if f.id == ident and isinstance(f, Steekproef):
                return row.owner, f
        raise NotFound

    async def oordeel(
        self,
        kijker: Kijker,
        partijen: Sequence[str],
        ident: str,
        levering: str,
        punten: dict[Steekproefpunt, Puntoordeel],
        toelichting: str | None,
        claim: Claim,
        body: Callable[[Toezichtfeit], bytes],
    ) -> Answer:
        """Record what he thinks of one case. Raises NotFound, and InvalidMessage for a case that is not in
        it.
        """
        partij, sample = await self._drawn(partijen, ident)
        if levering not in sample.gevallen:
            text = "Deze levering zit niet in deze steekproef."
            raise InvalidMessage((Fault("toezicht.geval", "/leveringId", text),))

        def make(filled: dict[str, Any]) -> Steekproefoordeel:
            return Steekproefoordeel(
                **filled, steekproef=ident, levering=levering, punten=punten, toelichting=toelichting
            )

        _, answer = await self.bron.boek.schrijf(kijker, partij, make, claim, body)
        assert answer is not None
        return answer

    # ── proposals

    async def stel_voor(
        self,
        kijker: Kijker,
        partij: str,
        said: Mapping[str, Any],
        claim: Claim,
        body: Callable[[Toezichtfeit], bytes],
    ) -> Answer:
        """Propose to change a profile or convenant: nothing changes by it, and the partij gets a taak.

        `said` are the fields of a Voorstel. Raises InvalidMessage for a profile or convenant that there is
        not, or a convenant of others.
        """
        regels = await self.bron.regels()
        convenanten = regels.beleid.afspraken.convenanten.values()
        if said["soort"] is Voorstelsoort.PROFIEL:
            known = {p.id for of_case in regels.beleid.profielen.values() for p in of_case}
        else:
            known = {c.id for c in convenanten if partij in c.partijen}
        if said["afspraak"] not in known:
            text = "Dit profiel of convenant van deze organisatie is er niet."
            raise InvalidMessage((Fault("toezicht.afspraak", "/afspraak", text),))

        def make(filled: dict[str, Any]) -> Voorstel:
            return Voorstel(**filled, **said)

        def taken(fact: Toezichtfeit, over: str) -> tuple[TaakWrite, ...]:
            assert isinstance(fact, Voorstel)
            now = fact.vastgelegd_op
            return (
                TaakWrite(
                    Taak(
                        id=new_id(),
                        soort=Taaksoort.VOORSTEL_BEKIJKEN,
                        partij=partij,
                        leerling=over,
                        sleutel=f"{Taaksoort.VOORSTEL_BEKIJKEN}:{fact.id}",
                        ontstaan_op=now,
                        sinds=now,
                        uiterlijk=einde_van_werkdag(now, VOORSTEL_WERKDAGEN),
                        over=fact.id,
                        velden=fact.velden,
                    )
                ),
            )

        _, answer = await self.bron.boek.schrijf(kijker, partij, make, claim, body, taken)
        assert answer is not None
        return answer

    async def voorstellen(self, partij: str, jaar: int) -> list[dict[str, Any]]:
        """What was proposed to one partij in one year, the newest first, with what became of it."""
        regels = await self.bron.regels()
        if partij not in regels.partijen:
            return []
        facts = await self.bron.boek.read(regels.partijen[partij], jaar)
        made = [f for f in facts if isinstance(f, Voorstel)][: -MOST_PROPOSED - 1 : -1]
        stored = await self.bron.ports.storage.fact(made[0].id) if made else None
        taken = () if stored is None else await self.bron.ports.storage.taken_of(stored.leerling)
        waits = {t.over for t in taken if t.status is Taakstatus.OPEN}
        return [_voorstel(f, Taakstatus.OPEN if f.id in waits else Taakstatus.AFGEHANDELD) for f in made]

    async def voorstel(self, taak: Taak) -> dict[str, Any]:
        """The proposal of a taak, for the partij that has it. Raises NotFound."""
        regels = await self.bron.regels()
        stored = None if taak.over is None else await self.bron.ports.storage.fact(taak.over)
        if stored is None or taak.soort is not Taaksoort.VOORSTEL_BEKIJKEN:
            raise NotFound
        for f in await self.bron.boek.read(regels.partijen[taak.partij], day(stored.recorded_at).year):
            if f.id == stored.id and isinstance(f, Voorstel):
                return _voorstel(f, taak.status)
        raise NotFound

    # ── the account

    async def nagekeken(
        self,
        kijker: Kijker,
        partij: str,
        grootte: int,
        wortel: str,
        claim: Claim,
        body: Callable[[Toezichtfeit], bytes],
    ) -> Answer:
        """Record up to where he knows the account. Raises InvalidMessage where it is not the account of
        now.
        """
        head = await self.bron.ports.storage.head()
        same = grootte <= head.size and _text(await self.bron.ports.storage.root(grootte)) == wortel
        if not same:
            text = "De verantwoording van nu heeft bij deze grootte een andere wortel."
            raise InvalidMessage((Fault("toezicht.nagekeken", "/wortel", text),))

        def make(filled: dict[str, Any]) -> Nagekeken:
            return Nagekeken(**filled, grootte=grootte, wortel=wortel)

        _, answer = await self.bron.boek.schrijf(kijker, partij, make, claim, body)
        assert answer is not None
        return answer

    # ── weighings

    async def afwegingen(self, periode: Periode, aantal: int) -> tuple[list[Rij], str | None]:
        """The weighings by which something went in this period, each with what the FG thinks of it, if he
        said so.
        """
        page = await toezicht.look(self.bron.ports.storage, Zoekvraag(periode), aantal, self.bron.held)
        rijen = []
        now = self.bron.ports.clock.now()
        for g, case, a, used in await zonder.gewogen(self.bron, page.gezien):
            said = [n for n in case.gewogen.nabeoordelingen if n.afweging == a.id]
            until = used.vastgelegd_op + NABEOORDELEN_BINNEN
            rijen.append(
                {
                    "afwegingId": a.id,
                    "leveringId": g.levering.id,
                    "op": views.moment(g.op),
                    "partij": g.partij,
                    "ontvanger": a.ontvanger.partij,
                    "rol": a.ontvanger.rol,
                    "acuut": a.acuut is not None,
                    "oordeel": said[-1].oordeel if said else None,
                    "uiterlijk": views.moment(until),
                    "teLaat": not said and now >= until,
                }
            )
        return rijen, toezicht.cursor(page.na)


def vervolg(gevraagd: Gevraagd, na: str) -> Gevraagd:
    """The same question from where a part ended."""
    if vragen.VRAAG[gevraagd.nummer].zelf is not None:
        return replace(gevraagd, vanaf=int(na))
    periode = toezicht.from_cursor(gevraagd.periode, na, gevraagd.periode.leerling)
    return replace(gevraagd, periode=periode)


def _voorstel(f: Voorstel, status: Taakstatus) -> dict[str, Any]:
    return {
        "id": f.id,
        "voorgesteldOp": views.moment(f.vastgelegd_op),
        "soort": f.soort,
        "afspraak": f.afspraak,
        "velden": list(f.velden),
        "toelichting": f.toelichting,
        "status": status,
    }


def getrokken(leveringen: Sequence[str], zaad: str, aantal: int) -> list[str]:
    """As many of these as asked, in the order in which they are drawn: by the seed alone.

    Sorted first, so that who draws from the same leveringen draws the same in whatever order he read them.
    """
    pool = sorted(leveringen)
    lots = random.Random(f"ozlijn steekproef 1 {zaad}")  # noqa: S311 - it must be repeatable, not secret
    return lots.sample(pool, min(aantal, len(pool)))


def _steekproef(s: Steekproef, judged: Sequence[Steekproefoordeel]) -> dict[str, Any]:
    last = {o.levering: o for o in judged}
    return {
        "id": s.id,
        "getrokkenOp": views.moment(s.vastgelegd_op),
        "zaad": s.zaad,
        "van": s.van.isoformat(),
        "tot": s.tot.isoformat(),
        "uit": s.uit,
        "bekeken": len(last),
        "gevallen": [
            {
                "leveringId": v,
                "punten": None if v not in last else {p.value: o.value for p, o in last[v].punten.items()},
                "toelichting": None if v not in last else last[v].toelichting,
            }
            for v in s.gevallen
        ],
    }


def _text(hashed: bytes) -> str:
    return base64.b64encode(hashed).decode()
