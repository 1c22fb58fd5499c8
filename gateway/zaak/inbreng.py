"""Putting something in at a table: for each participant an uitwisseling of his own, all in one commit.

While the table waits (the convenant does not hold, or somebody did not join it) what is put in is kept: in
a row of its own, sealed under the key of what the zaak is about, and forgotten after the term for what waits.
It is decided when the table opens, under the facts and rules of that moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from consent.leeftijd import day
from gateway.account.leaves import instant, new_id
from gateway.exchange.accept import Accept, Incoming
from gateway.exchange.idempotency import Answer
from gateway.exchange.intake.intake import Intake
from gateway.register.regels import Regels
from gateway.runtime.settle import until_settled
from gateway.zaak.bewaren import lees_als
from gateway.zaak.overleggen import Overleggen, Tafel, wacht_op
from gateway.zaak.zaken import Wie
from schemas.account.verantwoording import EventType, Leaf
from schemas.base import Gegevenscategorie, Model
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.exchange.uitwisseling import Uitwisseling, Verzending
from schemas.identifiers import Id, PartijId
from schemas.messages.berichten import onderwerpen
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.storage.storage import Change, Committed, Moved, Under, ZaakRow, ZaakWrite
from schemas.zaak.overleg import (
    InbrengVervallen,
    Ingebracht,
    Overlegstand,
    Wachtend,
    inbreng_bezwaren,
)

INBRENG: Final = "inbreng"
WACHTENDEN: Final = "wachtend"
"""The list in which everything that waits stands. It is no partij's."""
_LEERPLICHT: Final = ("V14", "V15", "V16")
"""The only flows to leerplicht, and so all that it gets at a table too."""
_PAGE: Final = 200


class Bewaard(Model):
    """What is kept of something that waits. Without `verzending` it has gone, or lapsed."""

    overleg: Id
    door: PartijId
    client: str
    trace: str
    vervalt_op: dt.datetime
    verzending: Verzending | None = None


BEWAARD: Final[TypeAdapter[Bewaard]] = TypeAdapter(Bewaard)
_Parts = dict[str, Verzending | None]
"""By participant what is offered to him; None: it is not for him."""


@dataclass(frozen=True, slots=True)
class Inbreng:
    overleggen: Overleggen
    accept: Accept

    async def __call__(self, wie: Wie, sleutel: str, verzending: Verzending, trace: str) -> Answer:
        """Offer a message to each who is named, or keep it while the table waits; 201.

        Raises NotFound, InvalidMessage, Busy, RecordUnavailable: then nothing is stored.
        """
        return await until_settled(partial(self._once, wie, sleutel, verzending, trace, {}))

    async def _once(
        self, wie: Wie, sleutel: str, verzending: Verzending, trace: str, vertaald: dict[Under, Intake]
    ) -> Answer | Moved:
        ports = self.overleggen.zaken.ports
        regels, nu = await ports.regels.current(), ports.clock.now()
        partij = regels.present(wie.partij.id, wie.client)
        tafel = await self.overleggen.van(partij, sleutel)
        if found := tuple(_bezwaren(tafel.stand, verzending, partij.id)):
            raise InvalidMessage(found)
        incoming = Incoming(sender=partij, client=wie.client, verzending=verzending, trace=trace)
        voor = _voor_elk(tafel.stand, regels, verzending, day(nu))
        # All of it is well-formed before anything is sent, or kept
        change, made = await self.accept.each(incoming, _for(voor), regels, vertaald)
        if any(wacht_op(tafel.stand, regels, day(nu))):
            return await self._bewaar(wie, tafel, incoming, regels, nu)
        stap = Ingebracht(uitwisselingen=_ids(made))
        rij, write, leaf = self.overleggen.verder(tafel, stap, partij.id, wie.client, nu, regels)
        idents = iter(_ids(made))
        lines = [(p, None if v is None else next(idents)) for p, v in voor.items()]
        change = _met(change, made, (leaf,), (write,))
        return await self.overleggen.beantwoord(
            wie, tafel, rij, change, regels, nu, leaf, _getoond(lines, None)
        )

    # ── what waits

    async def _bewaar(
        self, wie: Wie, tafel: Tafel, incoming: Incoming, regels: Regels, nu: dt.datetime
    ) -> Answer | Moved:
        """Keep it until the table opens."""
        afzender, hold = incoming.sender.id, self.overleggen.zaken.ports.terms.hold_days
        named = tuple(dict.fromkeys(o.partij for o in incoming.verzending.ontvangers))
        dagen = min(regels.beleid.hold_days(hold, afzender, ontvanger) for ontvanger in named)
        tot, ident = nu + dt.timedelta(days=dagen), new_id()
        kept = Bewaard(
            overleg=tafel.row.id,
            door=afzender,
            client=wie.client,
            trace=incoming.trace,
            vervalt_op=tot,
            verzending=incoming.verzending,
        )
        stap = Wachtend(inbreng=ident, vervalt_op=tot)
        rij, write, leaf = self.overleggen.verder(tafel, stap, afzender, wie.client, nu, regels)
        row, told = self._rij(ident, tafel, kept, 1, tot)
        change = Change(
            leaves=(leaf, told),
            zaken=(write, ZaakWrite(row, partijen=(WACHTENDEN,))),
            under=regels.under(nu),
        )
        shown = _getoond([(p, None) for p in named], tot)
        return await self.overleggen.beantwoord(wie, tafel, rij, change, regels, nu, leaf, shown)

    async def openen(self) -> int:
        """Decide what waited at a table that has opened, and drop what cannot go any more; how many.

        It goes on after one that fails and raises that error at the end. Running twice sends once: each is
        written over the very version that was read.
        """
        storage, done, after = self.overleggen.zaken.ports.storage, 0, 0
        broken: Exception | None = None
        while page := await storage.zaken(WACHTENDEN, INBRENG, after, _PAGE):
            after = page[-1][0]
            for _, row in page:
                try:
                    done += await until_settled(partial(self._open, row.id, {}))
                except Exception as error:  # noqa: BLE001 - whatever it is, it is of this one only
                    broken = error
        if broken is not None:
            raise broken
        return done

    async def _open(self, ident: str, vertaald: dict[Under, Intake]) -> bool | Moved:
        zaken = self.overleggen.zaken
        row = await zaken.ports.storage.zaak(ident)
        if row is None:  # its term was over
            return False
        _, plain = await zaken.bewaren.geopend(row)
        kept = lees_als(BEWAARD, plain, row)
        if kept.verzending is None:
            return False
        regels, nu = await zaken.ports.regels.current(), zaken.ports.clock.now()
        tafel = await self.overleggen.ontsloten(kept.overleg)
        if tafel is None:  # the overleg was forgotten before this: nobody is left to tell
            return False
        partij = regels.partijen.get(kept.door)
        weg = partij is None or kept.door not in tafel.stand.deelnemers or kept.vervalt_op <= nu
        if partij is None or weg or any(_bezwaren(tafel.stand, kept.verzending, kept.door)):
            return await self._vervalt(row, kept, tafel, regels, nu)
        if any(wacht_op(tafel.stand, regels, day(nu))):
            return False
        incoming = Incoming(sender=partij, client=kept.client, verzending=kept.verzending, trace=kept.trace)
        voor = _voor_elk(tafel.stand, regels, kept.verzending, day(nu))
        try:
            change, made = await self.accept.each(incoming, _for(voor), regels, vertaald)
        except (InvalidMessage, NotFound):  # by the register or the record of now it is no message any more
            return await self._vervalt(row, kept, tafel, regels, nu)
        stap = Ingebracht(uitwisselingen=_ids(made), wachtte=ident)
        _, write, leaf = self.overleggen.verder(tafel, stap, kept.door, kept.client, nu, regels)
        dropped, told = self._weg(row, kept, tafel, nu)
        return await self._done(_met(change, made, (leaf, told), (write, dropped)))

    async def _vervalt(
        self, row: ZaakRow, kept: Bewaard, tafel: Tafel, regels: Regels, nu: dt.datetime
    ) -> bool | Moved:
        """It does not go any more, and nothing of it stays. Who put it in sees that at the table."""
        stap = InbrengVervallen(inbreng=row.id)
        _, write, leaf = self.overleggen.verder(tafel, stap, kept.door, kept.client, nu, regels)
        dropped, told = self._weg(row, kept, tafel, nu)
        return await self._done(Change(leaves=(leaf, told), zaken=(write, dropped), under=regels.under(nu)))

    async def _done(self, change: Change) -> bool | Moved:
        result = await self.overleggen.zaken.ports.storage.commit(change)
        return result if isinstance(result, Moved) else isinstance(result, Committed)

    def _weg(self, row: ZaakRow, kept: Bewaard, tafel: Tafel, nu: dt.datetime) -> tuple[ZaakWrite, Leaf]:
        """The row without its message, to be forgotten at once."""
        empty = kept.model_copy(update={"verzending": None})
        nieuw, leaf = self._rij(row.id, tafel, empty, row.versie + 1, nu)
        return ZaakWrite(nieuw, row.versie), leaf

    def _rij(
        self, ident: str, tafel: Tafel, kept: Bewaard, versie: int, tot: dt.datetime
    ) -> tuple[ZaakRow, Leaf]:
        zaken = self.overleggen.zaken
        plain = BEWAARD.dump_json(kept, by_alias=True, exclude_none=True)
        row = zaken.bewaren.rij(ident, INBRENG, tafel.leerling, versie, plain, tot)
        leaf = zaken.ports.account.leaf(
            EventType.CASE_STEP,
            tafel.leerling,
            {"client": kept.client},
            afzender=kept.door,
            zaak=ident,
            zaakstap="inbreng_weg" if kept.verzending is None else "inbreng_bewaard",
            zaakversie=versie,
            zaakstempel=row.stamp.hex(),
        )
        return row, leaf


def _met(
    change: Change, made: Sequence[Uitwisseling], leaves: tuple[Leaf, ...], zaken: tuple[ZaakWrite, ...]
) -> Change:
    """The change of the exchanges, with what is written at the table; that alone when it is for nobody."""
    if not made:
        return Change(leaves=leaves, zaken=zaken, under=change.under)
    return replace(change, leaves=(*change.leaves, *leaves), zaken=zaken)


def _getoond(lines: Sequence[tuple[str, str | None]], tot: dt.datetime | None) -> dict[str, Any]:
    return {
        "ingebracht": [{"partij": p, "uitwisselingId": ident} for p, ident in lines],
        "wachtTot": None if tot is None else instant(tot),
    }


def _ids(made: Sequence[Uitwisseling]) -> tuple[str, ...]:
    return tuple(u.id for u in made)


def _for(voor: _Parts) -> tuple[Verzending, ...]:
    return tuple(v for v in voor.values() if v is not None)


def _bezwaren(stand: Overlegstand, verzending: Verzending, door: str) -> Iterator[Fault]:
    bericht = verzending.bericht
    soort = None if bericht is None else bericht.soort
    yield from inbreng_bezwaren(stand, door, soort, {} if bericht is None else bericht.inhoud)
    for i, o in enumerate(verzending.ontvangers):
        place, zit = f"/verzending/ontvangers/{i}", stand.deelnemers.get(o.partij)
        if zit is None or o.partij == door:
            yield Fault("overleg.deelnemer", f"{place}/partij", "Deze partij zit niet aan tafel.")
        elif o.rol.value != zit.functie.value:
            text = "Deze partij zit hier in een andere functie aan tafel: stuur het aan die functie."
            yield Fault("overleg.functie", f"{place}/rol", text)
    iemand = soort is None or Onderwerpsoort.LEERLING in onderwerpen(soort) or verzending.leerling is not None
    if not stand.was_bekend and iemand:
        text = "Zolang dit overleg anoniem is, gaat er niets waaruit blijkt over wie het gaat."
        yield Fault("overleg.anoniem", "/verzending/bericht", text)


def _voor_elk(stand: Overlegstand, regels: Regels, verzending: Verzending, dag: dt.date) -> _Parts:
    """What is offered to each: the same message, with no more than this participant needs to know here."""
    named = dict.fromkeys(o.partij for o in verzending.ontvangers)
    leerplicht = _leerplicht(regels, verzending, dag)
    return {partij: _voor(stand, leerplicht, verzending, partij) for partij in named}


def _voor(
    stand: Overlegstand, leerplicht: frozenset[Gegevenscategorie], verzending: Verzending, partij: str
) -> Verzending | None:
    deelnemer = stand.deelnemers[partij]
    mag = deelnemer.cellen
    if deelnemer.hoedanigheid is Partijhoedanigheid.LEERPLICHT_RMC:
        mag &= leerplicht
    gevraagd = tuple(c for c in verzending.categorieen if c in mag)
    if not gevraagd:
        return None
    ontvanger = tuple(o for o in verzending.ontvangers if o.partij == partij)
    return verzending.model_copy(update={"ontvangers": ontvanger, "categorieen": gevraagd})


def _leerplicht(regels: Regels, verzending: Verzending, dag: dt.date) -> frozenset[Gegevenscategorie]:
    return frozenset(
        soort
        for r in regels.stromen_op(dag)
        if r.id in _LEERPLICHT and verzending.doel in r.doelen
        for soort in r.soorten
    )
