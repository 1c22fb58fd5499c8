"""A zaak: opened, one step further, read. Each step is one commit with its line in the account.

What a partij may not know is one answer, whatever the cause: the zaak is not there, is another's, or he left
it (NotFound).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from consent.leeftijd import day
from consent.stromen import Stroomregel
from gateway.account.leaves import instant, new_id
from gateway.case.case import Case
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.intake.eigen import validated
from gateway.exchange.leerling import Found
from gateway.exchange.pairwise import ZAAK, new_zaak
from gateway.exchange.ports import Ports
from gateway.register.regels import Regels
from gateway.runtime.settle import until_settled
from gateway.zaak.bewaren import OVERLEG, Bewaren, Gelezen, lees_als
from gateway.zaak.taken import Zaaktaken
from schemas.account.verantwoording import EventType, Leaf
from schemas.base import NOOIT
from schemas.checks.beginselen import check_beginselen
from schemas.checks.zaakbeginselen import Zaakbevinding, Zaakfeiten, zaak_bevindingen
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import EigenBericht
from schemas.messages.arrangement import Arrangement
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.hoedanigheden import EIGENSCHAPPEN, gelezen
from schemas.people.partij import Besluitsoort, Partij, Scope
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid
from schemas.storage.storage import (
    AlreadyAnswered,
    Change,
    Expectation,
    LeerlingRow,
    Moved,
    TaakWrite,
    ZaakRow,
    ZaakWrite,
)
from schemas.zaak.overleg import OVERLEGRIJ, Overlegrij, overlegstand
from schemas.zaak.stappen import (
    STAPPEN,
    Geopend,
    Getoetst,
    Gezet,
    Hulpstand,
    InUitvoering,
    PartnerErbij,
    Zaakbesluit,
    soort_van,
)
from schemas.zaak.verloop import Zaakstand, Zaakstatus, bezwaren, na, stand_van
from schemas.zaak.zicht import zaakbeeld


@dataclass(frozen=True, slots=True)
class Wie:
    """Who asks, with which system, and the claim on his Idempotency-Key."""

    partij: Partij
    client: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class Vervolg:
    """What a change writes along of a zaak."""

    zaak: ZaakWrite
    leaves: tuple[Leaf, ...]
    taken: tuple[TaakWrite, ...]


@dataclass(frozen=True, slots=True)
class Zaken:
    ports: Ports
    bewaren: Bewaren
    bewaar_dagen: int
    """How long a zaak is kept after it closed, where the region did not say."""

    def dagen(self, regels: Regels) -> int:
        eigen = None if regels.inrichting is None else regels.inrichting.bewaren.zaak_dagen
        return self.bewaar_dagen if eigen is None else min(eigen, self.bewaar_dagen)

    # ── opening and one step further

    async def openen(self, wie: Wie, stap: Geopend, find: Callable[[], Awaitable[Found]]) -> Answer:
        """Open a zaak about a leerling; 201. Raises NotFound, InvalidMessage, Busy, RecordUnavailable."""
        return await until_settled(partial(self._openen, wie, stap, find))

    async def _openen(self, wie: Wie, stap: Geopend, find: Callable[[], Awaitable[Found]]) -> Answer | Moved:
        new, case = await find()
        regels, nu = await self.ports.regels.current(), self.ports.clock.now()
        partij = regels.present(wie.partij.id, wie.client)
        found = list(_vorm(stap))
        if case.onderwerp is not stap.onderwerp:
            text = "Dit gaat over een ander soort onderwerp dan u noemt."
            found.append(Fault("onderwerp.anders", "/zaak/onderwerp", text))
        hoedanigheid = in_functie(partij, stap.functie)
        if hoedanigheid is None:
            found.append(past_niet("/zaak/functie"))
        if found:
            raise InvalidMessage(tuple(found))
        gezet = Gezet(
            nummer=1, id=new_id(), op=nu, dag=day(nu), door=partij.id, stap=stap, hoedanigheid=hoedanigheid
        )
        stand = stand_van((gezet,))
        write = self._write(new_zaak(), case.row, (gezet,), stand, None, (partij.id,))
        leaf = self.leaf(write.row, case.row, gezet, wie)
        body = await self._body(write.row.id, case, stand, partij, nu, leaf)
        answer = wie.claim.answer(201, body, nu)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf,),
                answer=answer,
                new_leerling=new,
                expect=None if new else Expectation(case.row.id, case.row.epoch),
                under=regels.under(nu),
                taken=await self._taken().plan(write.row.id, case.row.id, stand, nu, regels.termijnen),
                stempel=self.ports.stamps.leerling(case.row) if new else None,
                zaken=(write,),
            )
        )
        return answered(wie.claim, answer.body, result)

    async def stap(self, wie: Wie, sleutel: str, stap: Any) -> Answer:
        """Take one step; 201 with the zaak as this partij sees it then.

        Raises NotFound, InvalidMessage, Busy, RecordUnavailable.
        """
        return await until_settled(partial(self._stap, wie, sleutel, stap))

    async def toets(self, wie: Wie, sleutel: str, bericht: EigenBericht) -> Answer:
        """Hold a plan to the principles. Of the plan nothing is kept but the codes of what was found.

        Raises what `stap` does.
        """
        plan = validated(bericht)
        if not isinstance(plan, Arrangement):
            text = "Een plan is een bericht van de soort arrangement."
            raise InvalidMessage((Fault("zaak.plan", "/bericht/soort", text),))
        if plan.kern.id != sleutel:
            text = "Dit plan is van een andere zaak: noem hier het zaakId."
            raise InvalidMessage((Fault("zaak.andere", "/bericht/inhoud/kern/id", text),))
        found = check_beginselen(plan, day(self.ports.clock.now()))
        codes = tuple(dict.fromkeys(b.code for b in found))
        shown = {"plan": [{"code": b.code, "plaats": b.place, "tekst": b.text} for b in found]}
        getoetst = Getoetst(versie=plan.kern.versie, bevindingen=codes)
        return await until_settled(partial(self._stap, wie, sleutel, getoetst, shown))

    async def _stap(
        self, wie: Wie, sleutel: str, stap: Any, erbij_getoond: Mapping[str, Any] | None = None
    ) -> Answer | Moved:
        # 1. the zaak as it is, and whether this partij may take this step in it
        regels, nu = await self.ports.regels.current(), self.ports.clock.now()
        partij, dag = regels.present(wie.partij.id, wie.client), day(nu)
        zaak = await self.van(partij, sleutel, dag)
        case = await self.ports.cases.load(zaak.leerling)
        voor = zaak.stand
        erbij = _erbij(voor, stap, partij, regels, dag)
        if isinstance(stap, Zaakbesluit) and stap.overleg is not None:
            stap = await self._aan_tafel(voor, stap, partij)
        hoort = [*bezwaren(voor, stap, partij.id, dag), *erbij.bezwaren, *_mandaat(stap, partij, regels, dag)]
        hoort += _mede(stap, partij, regels, nu)
        if isinstance(stap, InUitvoering):
            feiten = await self.feiten(zaak.row.id, case, partij, dag)
            hard = (b for b in zaak_bevindingen(voor, dag, feiten) if b.hard)
            hoort += (Fault(b.code, "/soort", b.tekst) for b in hard)
        if hoort:
            raise InvalidMessage(tuple(replace(f, place=f"/stap{f.place}") for f in hoort))
        # 2. what it comes to
        gezet = Gezet(
            nummer=voor.versie + 1,
            id=new_id(),
            op=nu,
            dag=dag,
            door=partij.id,
            stap=stap,
            hoedanigheid=erbij.hoedanigheid,
        )
        stand = na(voor, gezet)
        alle, was = (*zaak.gezet, gezet), zaak.row.versie
        dagen = self.dagen(regels)
        write = self._write(zaak.row.id, zaak.leerling, alle, stand, was, erbij.partijen, dagen)
        # 3. recorded in one commit. Two zaken about one leerling do not both begin at once: whoever begins
        # draws a number of his, which the other expected to be free.
        begint = isinstance(stap, InUitvoering)
        row = zaak.leerling
        leaf = self.leaf(write.row, row, gezet, wie, drawn=begint)
        body = await self._body(zaak.row.id, case, stand, partij, nu, leaf, erbij_getoond)
        answer = wie.claim.answer(201, body, nu)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf,),
                answer=answer,
                expect=Expectation(row.id, row.epoch, row.volgnummer if begint else None, draw=begint),
                under=regels.under(nu),
                taken=await self._taken().plan(zaak.row.id, row.id, stand, nu, regels.termijnen),
                stempel=self.ports.stamps.leerling(row, drawn=True) if begint else None,
                zaken=(write,),
            )
        )
        return answered(wie.claim, answer.body, result)

    async def vervolg(
        self, zaak: Gelezen, stappen: Sequence[Any], door: str, nu: dt.datetime, wie: Wie
    ) -> Vervolg:
        """What follows in a zaak from what was done at its table, for the same commit. The caller looked
        whether `door` may take each of these steps.
        """
        gezet, stand = zaak.gezet, zaak.stand
        for stap in stappen:
            een = Gezet(nummer=len(gezet) + 1, id=new_id(), op=nu, dag=day(nu), door=door, stap=stap)
            gezet, stand = (*gezet, een), na(stand, een)
        write = self._write(zaak.row.id, zaak.leerling, gezet, stand, zaak.row.versie, ())
        leaves = tuple(self.leaf(write.row, zaak.leerling, g, wie) for g in gezet[len(zaak.gezet) :])
        termijnen = (await self.ports.regels.current()).termijnen
        taken = await self._taken().plan(zaak.row.id, zaak.leerling.id, stand, nu, termijnen)
        return Vervolg(write, leaves, taken)

    # ── reading

    async def van(self, partij: Partij, sleutel: str, dag: dt.date) -> Gelezen:
        """The zaak that this partij knows by that key, while he takes part. Raises NotFound."""
        zaak = await self.bewaren.lees(self.bewaren.onze(partij.id, sleutel))
        if not zaak.stand.doet_mee(partij.id, dag):
            raise NotFound
        return zaak

    async def lees(self, partij: Partij, sleutel: str) -> dict[str, Any]:
        """The zaak as this partij sees it. Raises NotFound."""
        nu = self.ports.clock.now()
        zaak = await self.van(partij, sleutel, day(nu))
        case = await self.ports.cases.load(zaak.leerling)
        return await self._beeld(zaak.row.id, case, zaak.stand, partij, nu)

    async def lijst(self, partij: Partij, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """The zaken in which this partij takes part now, some at a time, and where the list goes on."""
        dag = day(self.ports.clock.now())
        found = await self.ports.storage.zaken(partij.id, ZAAK, after, limit + 1)
        shown = []
        for _, row in found[:limit]:
            zaak = await self.bewaren.ontsloten(row)
            stand = zaak.stand
            if stand.doet_mee(partij.id, dag):
                shown.append(
                    {
                        "zaakId": self.bewaren.sleutel(partij.id, row.id),
                        "leerlingId": _eigen_leerling(zaak.leerling, stand, partij),
                        "status": stand.status,
                        "uBentRegisseur": stand.regisseur == partij.id,
                    }
                )
        return shown, found[limit - 1][0] if len(found) > limit else None

    async def toezicht(self, partij: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """For an FG: what a partij under his toezicht did in each of its zaken, and when. No content."""
        found = await self.ports.storage.zaken(partij, ZAAK, after, limit + 1)
        shown = []
        for _, row in found[:limit]:
            zaak = await self.bewaren.ontsloten(row)
            eigen = [g for g in zaak.gezet if g.door == partij]
            shown.append(
                {
                    "zaakId": self.bewaren.sleutel(partij, row.id),
                    "status": zaak.stand.status,
                    "stappen": [{"soort": soort_van(g.stap), "op": instant(g.op)} for g in eigen],
                }
            )
        return shown, found[limit - 1][0] if len(found) > limit else None

    async def feiten(self, ident: str, case: Case, partij: Partij, dag: dt.date) -> Zaakfeiten:
        """What the principles must know beside the steps of this zaak.

        Of other zaken only those that this partij knows: that somebody helps this leerling is told to nobody
        who takes no part in it.
        """
        anderen = [
            await self.bewaren.ontsloten(row)
            for row in await self.ports.storage.zaken_of(case.row.id)
            if row.soort == ZAAK and row.id != ident
        ]
        bekend = (a.stand for a in anderen if a.stand.doet_mee(partij.id, dag))
        loopt = any(stand.status is Zaakstatus.IN_UITVOERING for stand in bekend)
        return Zaakfeiten(case.authorities.geboortedatum, loopt)

    async def te_laat(self, taak: Taak, nu: dt.datetime) -> Change:
        """What follows from an action or an overleg that did not come in time: its regisseur is asked to
        remind.
        """
        ident = taak.sleutel.split(":")[1]
        zaak = await self.bewaren.lees(ident)
        termijnen = (await self.ports.regels.current()).termijnen
        plan = await self._taken().plan(ident, zaak.leerling.id, zaak.stand, nu, termijnen)
        return Change(taken=tuple(w for w in plan if w.taak.id != taak.id))

    # ── parts

    def leaf(
        self, row: ZaakRow, leerling: LeerlingRow, gezet: Gezet, wie: Wie, *, drawn: bool = False
    ) -> Leaf:
        numbered = {"leerling_volgnummer": leerling.volgnummer + 1} if drawn else {}
        return self.ports.account.leaf(
            EventType.CASE_STEP,
            leerling,
            {"client": wie.client},
            afzender=wie.partij.id,
            zaak=row.id,
            zaakstap=soort_van(gezet.stap),
            zaakversie=gezet.nummer,
            zaakstempel=row.stamp.hex(),
            **numbered,
        )

    def _write(
        self,
        ident: str,
        leerling: LeerlingRow,
        gezet: tuple[Gezet, ...],
        stand: Zaakstand,
        expected: int | None,
        partijen: tuple[str, ...],
        dagen: int = 0,
    ) -> ZaakWrite:
        """`dagen`: how long it is kept, of a step by which it may close."""
        klaar = stand.gesloten_op
        vergeten = None if klaar is None else klaar + dt.timedelta(days=dagen)
        plain = STAPPEN.dump_json(gezet, by_alias=True, exclude_none=True)
        row = self.bewaren.rij(ident, ZAAK, leerling, stand.versie, plain, vergeten)
        return ZaakWrite(row, expected, partijen)

    async def _aan_tafel(self, z: Zaakstand, stap: Zaakbesluit, partij: Partij) -> Zaakbesluit:
        """The decision with our own id of the overleg at which it was taken, by who decides there. Raises
        InvalidMessage.
        """
        assert stap.overleg is not None
        ident = self.bewaren.onze(partij.id, stap.overleg, OVERLEG)
        row = await self.ports.storage.zaak(ident)
        rij: Overlegrij | None = None
        if row is not None and ident in {*z.gepland, *(o.overleg for o in z.gehouden)}:
            _, plain = await self.bewaren.geopend(row)
            rij = lees_als(OVERLEGRIJ, plain, row)
        if rij is None or partij.id not in overlegstand(rij).deelnemers:
            text = "Dit overleg hoort niet bij deze zaak, of u zit er niet aan tafel."
            raise InvalidMessage((Fault("zaak.overleg", "/stap/overleg", text),))
        beslist = rij.regel.beslist
        if beslist is not None and z.partners[partij.id].hoedanigheid is not beslist:
            text = "Aan deze tafel beslist een andere hoedanigheid dan de uwe."
            raise InvalidMessage((Fault("P27", "/stap/overleg", text),))
        return stap.model_copy(update={"overleg": ident})

    def _taken(self) -> Zaaktaken:
        return Zaaktaken(self.ports.storage, self.bewaren.sleutel)

    async def _body(
        self,
        ident: str,
        case: Case,
        stand: Zaakstand,
        partij: Partij,
        nu: dt.datetime,
        leaf: Leaf,
        erbij: Mapping[str, Any] | None = None,
    ) -> bytes:
        answer = {"bladHash": self.ports.account.bladhash(leaf), "zaak": None, **(erbij or {})}
        if stand.doet_mee(partij.id, day(nu)):  # who left by this step sees nothing any more
            answer["zaak"] = await self._beeld(ident, case, stand, partij, nu)
        return orjson.dumps(answer)

    async def _beeld(
        self, ident: str, case: Case, stand: Zaakstand, partij: Partij, nu: dt.datetime
    ) -> dict[str, Any]:
        dag = day(nu)
        beeld = zaakbeeld(stand, partij.id, dag).model_dump(mode="json")
        bevindingen: tuple[Zaakbevinding, ...] = ()
        if stand.regisseur == partij.id:
            feiten = await self.feiten(ident, case, partij, dag)
            bevindingen = zaak_bevindingen(stand, dag, feiten)
        return {
            "zaakId": self.bewaren.sleutel(partij.id, ident),
            "leerlingId": _eigen_leerling(case.row, stand, partij),
            **beeld,
            "bevindingen": [{"code": b.code, "tekst": b.tekst, "hard": b.hard} for b in bevindingen],
        }


def _eigen_leerling(leerling: LeerlingRow, stand: Zaakstand, partij: Partij) -> str | None:
    """The own reference of who opened the zaak for the leerling whom he has the record of.

    Nobody else gets it: taking part in a zaak does not tell about whom it is.
    """
    opened = stand.geopend.onderwerp is Onderwerpsoort.LEERLING and stand.regie[0].partij == partij.id
    return leerling.owner_ref if opened and leerling.owner == partij.id else None


@dataclass(frozen=True, slots=True)
class _Erbij:
    """Of a step by which a partner comes: as what, and what is against it."""

    bezwaren: tuple[Fault, ...] = ()
    partijen: tuple[str, ...] = ()
    hoedanigheid: Partijhoedanigheid | None = None


def _erbij(z: Zaakstand, stap: Any, door: Partij, regels: Regels, dag: dt.date) -> _Erbij:
    if not isinstance(stap, PartnerErbij):
        return _Erbij()
    partij = regels.partijen.get(stap.partij)
    if partij is None:
        return _Erbij((Fault("partij.onbekend", "/partij", "Deze partij is niet aangesloten."),))
    hoedanigheid = in_functie(partij, stap.functie)
    if hoedanigheid is None:
        return _Erbij((past_niet("/functie"),))
    afzenders = {p.hoedanigheid for p in z.partners.values() if p.partij in z.kent(door.id)}
    gaat = regels.stromen_op(dag)
    return _Erbij(tuple(_cellen(stap, gaat, afzenders, hoedanigheid)), (partij.id,), hoedanigheid)


def _cellen(
    stap: PartnerErbij,
    gaat: Sequence[Stroomregel],
    afzenders: set[Partijhoedanigheid | None],
    aan: Partijhoedanigheid,
) -> Iterator[Fault]:
    """A need to know for which no flow exists is none: nothing of it could reach him in this region now."""
    kan = {s for r in gaat if aan in r.aan and not afzenders.isdisjoint(r.van) for s in r.soorten}
    for i, cel in enumerate(stap.cellen):
        if cel not in kan or cel in NOOIT:
            text = "Van niemand die u in deze zaak kent kan deze soort gegevens naar deze partij."
            yield Fault("cel.geenStroom", f"/cellen/{i}", text)


def in_functie(partij: Partij, functie: Partijfunctie) -> Partijhoedanigheid | None:
    """In which of its capacities a partij acts in that function. None: in none."""
    return next((h for h in gelezen(partij).hoedanigheden if functie in EIGENSCHAPPEN[h].functies), None)


def past_niet(place: str) -> Fault:
    return Fault("functie.past", place, "In deze functie handelt deze partij niet.")


def _vorm(stap: Geopend) -> Iterator[Fault]:
    """One leerling is individueel, and nothing else is (P15)."""
    if (stap.onderwerp is Onderwerpsoort.LEERLING) != (stap.vorm == "individueel"):
        text = "Een individueel arrangement gaat over één leerling, een collectief niet."
        yield Fault("P15", "/zaak/vorm", text)


def _mandaat(stap: Any, partij: Partij, regels: Regels, dag: dt.date) -> Iterator[Fault]:
    """Who decides in another's name has his mandate, in the register and on that day (P27)."""
    if isinstance(stap, Zaakbesluit) and stap.namens is not None:
        soort = Besluitsoort.TOELEIDINGSBESLUIT
        if not regels.may_decide(partij.id, stap.namens, soort, dag):
            yield Fault("P27", "/namens", "U heeft vandaag geen mandaat van deze partij.")


def _mede(stap: Any, partij: Partij, regels: Regels, nu: dt.datetime) -> Iterator[Fault]:
    """Whose copies were laid beside his own still lets that be, under the register of this commit."""
    if isinstance(stap, Hulpstand) and stap.mede is not None:
        may = regels.machtigingen.scopes(partij.organisatie or partij.id, stap.mede, nu)
        if Scope.VERZENDEN not in may:
            text = "De andere kant heeft uw organisatie daar vandaag niet voor gemachtigd."
            yield Fault("afzender.geenMachtiging", "/mede/partij", text)


def answered(claim: Claim, body: bytes, result: Any) -> Answer | Moved:
    if isinstance(result, AlreadyAnswered):
        return repeat(claim, result)
    return result if isinstance(result, Moved) else Answer(201, body)
