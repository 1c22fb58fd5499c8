"""An overleg: planned about a zaak, made known, held. What is put in goes as messages, decided one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from consent.leeftijd import add_days, age, day
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.exchange.idempotency import Answer
from gateway.register.regels import Regels
from gateway.runtime.settle import until_settled
from gateway.zaak.bewaren import OVERLEG, Gelezen, lees_als
from gateway.zaak.soorten import overlegregel
from gateway.zaak.zaken import Wie, Zaken, answered, in_functie, past_niet
from schemas.account.verantwoording import EventType, Leaf
from schemas.checks.beginselen import GEWOON
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.people.partij import Partij
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.regio_delen import Overlegregel
from schemas.storage.storage import Change, Expectation, LeerlingRow, Moved, ZaakRow, ZaakWrite
from schemas.zaak.overleg import (
    OVERLEGRIJ,
    Afgezegd,
    DeelnemerErbij,
    Overlegfeiten,
    OverlegGezet,
    Overlegopening,
    Overlegrij,
    Overlegstand,
    Overlegverslag,
    opening_bezwaren,
    overleg_bezwaren,
    overlegbeeld,
    overlegstand,
)
from schemas.zaak.stappen import OverlegAfgezegd, OverlegGehouden, OverlegGepland, Zaakactie
from schemas.zaak.verloop import Zaakstatus, bezwaren


@dataclass(frozen=True, slots=True)
class Tafel:
    """An overleg that was opened."""

    row: ZaakRow
    leerling: LeerlingRow
    rij: Overlegrij

    @property
    def stand(self) -> Overlegstand:
        return overlegstand(self.rij)


@dataclass(frozen=True, slots=True)
class Overleggen:
    zaken: Zaken

    # ── planning and one step further

    async def plan(self, wie: Wie, zaak: str, opening: Overlegopening) -> Answer:
        """Plan an overleg about a zaak of this partij; 201. Raises NotFound, InvalidMessage, Busy."""
        return await until_settled(partial(self._plan, wie, zaak, opening))

    async def _plan(self, wie: Wie, sleutel: str, opening: Overlegopening) -> Answer | Moved:
        ports = self.zaken.ports
        regels, nu = await ports.regels.current(), ports.clock.now()
        partij, dag = regels.present(wie.partij.id, wie.client), day(nu)
        zaak = await self.zaken.van(partij, sleutel, dag)
        case = await ports.cases.load(zaak.leerling)
        ident = new_id()
        regel, hoedanigheid = overlegregel(regels, opening.overlegsoort), in_functie(partij, opening.functie)
        ahead = None if regel is None else regel.oproep_dagen
        oproep = None if ahead is None else max(dag, add_days(opening.datum, -ahead))
        gepland = OverlegGepland(overleg=ident, datum=opening.datum, oproep_tot=oproep)
        found = list(_opening(opening, regel, hoedanigheid, regels, dag))
        found += bezwaren(zaak.stand, gepland, partij.id, dag)
        if found or regel is None:
            raise InvalidMessage(tuple(found))
        eerste = OverlegGezet(nummer=1, op=nu, door=partij.id, stap=opening, hoedanigheid=hoedanigheid)
        rij = Overlegrij(zaak=zaak.row.id, regel=regel, gezet=(eerste,))
        write = self._write(ident, zaak.leerling, rij, None, (partij.id,))
        leaf = self._leaf(write.row, zaak.leerling, eerste, wie.client)
        erbij = await self.zaken.vervolg(zaak, (gepland,), partij.id, nu, wie)
        body = await self._body(ident, zaak.row.id, case, rij, partij, regels, nu, leaf)
        change = Change(leaves=(leaf, *erbij.leaves), taken=erbij.taken, zaken=(write, erbij.zaak))
        return await self._vastgelegd(wie, case, regels, nu, body, change)

    async def stap(self, wie: Wie, sleutel: str, stap: Any) -> Answer:
        """Take one step; 201 with the overleg as this partij sees it then. Raises what `plan` does."""
        return await until_settled(partial(self._stap, wie, sleutel, stap))

    async def _stap(self, wie: Wie, sleutel: str, stap: Any) -> Answer | Moved:
        ports = self.zaken.ports
        regels, nu = await ports.regels.current(), ports.clock.now()
        partij, dag = regels.present(wie.partij.id, wie.client), day(nu)
        tafel = await self.van(partij, sleutel)
        case = await ports.cases.load(tafel.leerling)
        voor = tafel.stand
        feiten = self._feiten(case, voor, regels, dag)
        hoedanigheid: Partijhoedanigheid | None = None
        found: list[Fault] = []
        if isinstance(stap, DeelnemerErbij):
            hoedanigheid, found = _erbij(stap, regels)
        found += overleg_bezwaren(voor, stap, partij.id, dag, feiten, hoedanigheid)
        zaak, verder = await self._in_de_zaak(tafel, stap)
        if zaak is not None:
            if isinstance(stap, Overlegverslag) and not zaak.stand.doet_mee(partij.id, dag):
                # who left a zaak decides nothing in it any more, also not from the chair of its table
                text = "U doet niet meer mee aan de zaak van dit overleg; zeg het af."
                found.append(Fault("zaak.partner", "/soort", text))
            for een in verder:
                found += (
                    replace(f, place=f"/acties{f.place}") if isinstance(een, Zaakactie) else f
                    for f in bezwaren(zaak.stand, een, partij.id, dag)
                )
        if found:
            raise InvalidMessage(tuple(replace(f, place=f"/stap{f.place}") for f in found))
        gezet = OverlegGezet(
            nummer=voor.versie + 1, op=nu, door=partij.id, stap=stap, hoedanigheid=hoedanigheid
        )
        rij = tafel.rij.model_copy(update={"gezet": (*tafel.rij.gezet, gezet)})
        nieuw = (stap.partij,) if isinstance(stap, DeelnemerErbij) else ()
        dagen = self.zaken.dagen(regels)
        write = self._write(tafel.row.id, tafel.leerling, rij, tafel.row.versie, nieuw, dagen)
        leaf = self._leaf(write.row, tafel.leerling, gezet, wie.client)
        change = Change(leaves=(leaf,), zaken=(write,))
        if zaak is not None:
            erbij = await self.zaken.vervolg(zaak, verder, partij.id, nu, wie)
            change = Change(leaves=(leaf, *erbij.leaves), taken=erbij.taken, zaken=(write, erbij.zaak))
        body = await self._body(tafel.row.id, tafel.rij.zaak, case, rij, partij, regels, nu, leaf)
        return await self._vastgelegd(wie, case, regels, nu, body, change)

    async def _vastgelegd(
        self, wie: Wie, case: Case, regels: Regels, nu: dt.datetime, body: bytes, change: Change
    ) -> Answer | Moved:
        """Nothing that it rested on changed: the register, what is recorded about the leerling, both rows."""
        answer = wie.claim.answer(201, body, nu)
        expect = Expectation(case.row.id, case.row.epoch)
        whole = replace(change, answer=answer, expect=expect, under=regels.under(nu))
        return answered(wie.claim, body, await self.zaken.ports.storage.commit(whole))

    # ── what is put in (inbreng.py)

    def verder(
        self, tafel: Tafel, stap: Any, door: str, client: str, nu: dt.datetime, regels: Regels
    ) -> tuple[Overlegrij, ZaakWrite, Leaf]:
        """One step further by what `door` put in, which the caller looked at: the row, its write and its line
        in the account.
        """
        gezet = OverlegGezet(nummer=tafel.stand.versie + 1, op=nu, door=door, stap=stap)
        rij = tafel.rij.model_copy(update={"gezet": (*tafel.rij.gezet, gezet)})
        dagen = self.zaken.dagen(regels)
        write = self._write(tafel.row.id, tafel.leerling, rij, tafel.row.versie, (), dagen)
        return rij, write, self._leaf(write.row, tafel.leerling, gezet, client)

    async def beantwoord(
        self,
        wie: Wie,
        tafel: Tafel,
        rij: Overlegrij,
        change: Change,
        regels: Regels,
        nu: dt.datetime,
        leaf: Leaf,
        getoond: Mapping[str, Any],
    ) -> Answer | Moved:
        """Commit what was put in, with the answer to who put it in."""
        case = await self.zaken.ports.cases.load(tafel.leerling)
        partij = regels.present(wie.partij.id, wie.client)
        body = await self._body(tafel.row.id, tafel.rij.zaak, case, rij, partij, regels, nu, leaf, getoond)
        whole = replace(change, answer=wie.claim.answer(201, body, nu))
        return answered(wie.claim, body, await self.zaken.ports.storage.commit(whole))

    # ── reading

    async def van(self, partij: Partij, sleutel: str) -> Tafel:
        """The overleg that this partij knows by that key, while it sits there. Raises NotFound."""
        bewaren = self.zaken.bewaren
        row = await self.zaken.ports.storage.zaak(bewaren.onze(partij.id, sleutel, OVERLEG))
        if row is None or row.soort != OVERLEG:
            raise NotFound
        tafel = await self._open(row)
        if partij.id not in tafel.stand.deelnemers:
            raise NotFound
        return tafel

    async def ontsloten(self, ident: str) -> Tafel | None:
        """The overleg by our own id; None when it was forgotten."""
        row = await self.zaken.ports.storage.zaak(ident)
        return None if row is None else await self._open(row)

    async def _open(self, row: ZaakRow) -> Tafel:
        leerling, plain = await self.zaken.bewaren.geopend(row)
        return Tafel(row, leerling, lees_als(OVERLEGRIJ, plain, row))

    async def lees(self, partij: Partij, sleutel: str) -> dict[str, Any]:
        """The overleg as this partij sees it. Raises NotFound."""
        ports = self.zaken.ports
        nu, tafel = ports.clock.now(), await self.van(partij, sleutel)
        case, regels = await ports.cases.load(tafel.leerling), await ports.regels.current()
        return await self._beeld(tafel.row.id, tafel.rij.zaak, case, tafel.stand, partij, regels, nu)

    async def lijst(self, partij: Partij, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """The overleggen at whose table this partij sits, some at a time, and where the list goes on."""
        found = await self.zaken.ports.storage.zaken(partij.id, OVERLEG, after, limit + 1)
        shown = []
        for _, row in found[:limit]:
            stand = (await self._open(row)).stand
            if partij.id in stand.deelnemers:
                shown.append(
                    {
                        "overlegId": self.zaken.bewaren.sleutel(partij.id, row.id, OVERLEG),
                        "datum": stand.opening.datum.isoformat(),
                        "fase": stand.fase,
                        "uBentVoorzitter": stand.voorzitter == partij.id,
                    }
                )
        return shown, found[limit - 1][0] if len(found) > limit else None

    # ── parts

    async def _in_de_zaak(self, tafel: Tafel, stap: Any) -> tuple[Gelezen | None, tuple[Any, ...]]:
        """The zaak, when this step says something in it, and what: that the overleg was held, with each
        action and the day of the next one, or that it does not come.
        """
        overleg = tafel.row.id
        if isinstance(stap, Overlegverslag):
            regel = tafel.rij.regel
            volgende, verslag = stap.volgende, None
            if volgende is None and regel.volgende_weken is not None:
                volgende = add_days(stap.datum, 7 * regel.volgende_weken)
            if regel.verslag_dagen is not None:
                verslag = add_days(stap.datum, regel.verslag_dagen)
            gehouden = OverlegGehouden(
                overleg=overleg,
                datum=stap.datum,
                leerling_nam_deel=stap.leerling,
                volgende=volgende,
                verslag_tot=verslag,
            )
            return await self.zaken.bewaren.lees(tafel.rij.zaak), (gehouden, *stap.acties)
        if isinstance(stap, Afgezegd):
            zaak = await self.zaken.bewaren.lees(tafel.rij.zaak)
            if zaak.stand.status is not Zaakstatus.GESLOTEN:  # of a closed one nothing is to come anyway
                return zaak, (OverlegAfgezegd(overleg=overleg),)
        return None, ()

    def _feiten(self, case: Case, stand: Overlegstand, regels: Regels, dag: dt.date) -> Overlegfeiten:
        born = case.authorities.geboortedatum
        aan_tafel = born is not None and age(born, dag) >= GEWOON.leeftijd_aan_tafel
        return Overlegfeiten(aan_tafel, tuple(wacht_op(stand, regels, dag)))

    def _write(
        self,
        ident: str,
        leerling: LeerlingRow,
        rij: Overlegrij,
        expected: int | None,
        partijen: tuple[str, ...],
        dagen: int = 0,
    ) -> ZaakWrite:
        """`dagen`: how long it is kept, of a step by which it may be over."""
        stand = overlegstand(rij)
        klaar = stand.voorbij_op
        vergeten = None if klaar is None else klaar + dt.timedelta(days=dagen)
        plain = OVERLEGRIJ.dump_json(rij, by_alias=True, exclude_none=True)
        row = self.zaken.bewaren.rij(ident, OVERLEG, leerling, stand.versie, plain, vergeten)
        return ZaakWrite(row, expected, partijen)

    def _leaf(self, row: ZaakRow, leerling: LeerlingRow, gezet: OverlegGezet, client: str) -> Leaf:
        return self.zaken.ports.account.leaf(
            EventType.CASE_STEP,
            leerling,
            {"client": client},
            afzender=gezet.door,
            zaak=row.id,
            zaakstap=f"tafel_{gezet.stap.soort}",
            zaakversie=row.versie,
            zaakstempel=row.stamp.hex(),
        )

    async def _body(
        self,
        ident: str,
        zaak: str,
        case: Case,
        rij: Overlegrij,
        partij: Partij,
        regels: Regels,
        nu: dt.datetime,
        leaf: Leaf,
        getoond: Mapping[str, Any] | None = None,
    ) -> bytes:
        stand = overlegstand(rij)
        answer = {"bladHash": self.zaken.ports.account.bladhash(leaf), "overleg": None, **(getoond or {})}
        if partij.id in stand.deelnemers:  # who left by this step sees nothing any more
            answer["overleg"] = await self._beeld(ident, zaak, case, stand, partij, regels, nu)
        return orjson.dumps(answer)

    async def _beeld(
        self,
        ident: str,
        zaak: str,
        case: Case,
        stand: Overlegstand,
        partij: Partij,
        regels: Regels,
        nu: dt.datetime,
    ) -> dict[str, Any]:
        gestuurd = [u for i in stand.inbreng for u in i.uitwisselingen]
        voor_hem = [
            v.uitwisseling
            for v in await self.zaken.ports.storage.leveringen_of(gestuurd)
            if v.ontvanger == partij.id and (v.status is Leveringstatus.KLAAR or v.overgedragen is not None)
        ]
        feiten = self._feiten(case, stand, regels, day(nu))
        sleutel = self.zaken.bewaren.sleutel
        return {
            "overlegId": sleutel(partij.id, ident, OVERLEG),
            "zaakId": sleutel(partij.id, zaak) if partij.id == stand.voorzitter else None,
            **overlegbeeld(stand, partij.id, feiten, voor_hem).model_dump(mode="json"),
        }


def _opening(
    opening: Overlegopening,
    regel: Overlegregel | None,
    hoedanigheid: Partijhoedanigheid | None,
    regels: Regels,
    dag: dt.date,
) -> Iterator[Fault]:
    if regel is None:
        text = "Deze soort overleg kent de regio niet, en wij ook niet."
        yield Fault("overleg.soort", "/overleg/overlegsoort", text)
    if hoedanigheid is None:
        yield past_niet("/overleg/functie")
    if regel is not None and hoedanigheid is not None:
        yield from opening_bezwaren(opening, regel, hoedanigheid)
    if opening.datum < dag:
        yield Fault("datum.volgorde", "/overleg/datum", "Deze datum is voorbij.")
    known = {c.id for c in regels.beleid.afspraken.convenanten.values()}
    if opening.convenant is not None and opening.convenant not in known:
        text = "Dit convenant staat niet in het register."
        yield Fault("overleg.convenant", "/overleg/convenant", text)


def _erbij(stap: DeelnemerErbij, regels: Regels) -> tuple[Partijhoedanigheid | None, list[Fault]]:
    partij = regels.partijen.get(stap.partij)
    if partij is None:
        return None, [Fault("partij.onbekend", "/partij", "Deze partij is niet aangesloten.")]
    hoedanigheid = in_functie(partij, stap.functie)
    return hoedanigheid, [] if hoedanigheid is not None else [past_niet("/functie")]


def wacht_op(stand: Overlegstand, regels: Regels, dag: dt.date) -> Iterator[str]:
    """A convenant only narrows: one that does not hold, or that somebody did not join, makes it wait."""
    if stand.opening.convenant is None:
        return
    alle = regels.beleid.afspraken.convenanten.values()
    geldig = [c for c in alle if c.id == stand.opening.convenant and c.holds_on(dag)]
    if not geldig:
        yield "overleg.convenant"
    elif not any(stand.deelnemers.keys() <= set(c.partijen) for c in geldig):
        yield "overleg.toegetreden"
