"""What somebody asks about data of the leerling (AVG 15 to 18 and 21), and the answer that he gets.

Each step is one commit: the line in the account, the whole request sealed under the key of the leerling, and
the taak for who must answer. So a request that was taken is never without somebody who must do it, and it is
forgotten with the leerling.

The term is a month (article 12(3)) and, where the partij says why, two months more. A term that would end in
a weekend or on a feestdag ends on the working day after it. Who is late is told to his FG.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from pydantic import ValidationError

from consent.leeftijd import add_days, add_months, day, midnight
from gateway.account.leaves import new_id
from gateway.exchange.ports import Ports
from gateway.gezin.bewijzen import Ik
from gateway.obligations.werkdagen import einde_van_werkdag, is_werkdag
from gateway.runtime.settle import until_settled
from gateway.zaak.bewaren import Bewaren
from schemas.account.verantwoording import EventType
from schemas.errors import Fault, InvalidMessage, NotFound, StateBroken
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.people.avgverzoek import (
    AVGVERZOEK,
    MAX_STEPS,
    Avgrecht,
    Avgstap,
    Avgstatus,
    Avguitkomst,
    Avgverzoek,
    Beantwoord,
    Gevraagd,
    Ingetrokken,
    Verlengd,
    Vervolgd,
)
from schemas.people.mensen import Mensrol, Zelf
from schemas.people.partij import Partij
from schemas.storage.storage import (
    Change,
    Committed,
    Expectation,
    LeerlingRow,
    Moved,
    TaakWrite,
    ZaakRow,
    ZaakWrite,
)

AVG: Final = "avgverzoek"
"""Names these rows among those of zaken."""
MONTHS: Final = 1
MORE_MONTHS: Final = 2
KEPT_DAYS: Final = 5 * 365
"""After the last step: as long as the account itself is kept."""
MAX_OPEN: Final = 20
"""Of one person at one partij at once, so that nobody can fill the list of a school."""
FG_DAYS: Final = 5
"""Working days for an FG to look at what is late."""
WORDS: Final = "Schrijf iets, en hooguit 4.000 tekens."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Gelezen:
    row: ZaakRow
    leerling: LeerlingRow
    verzoek: Avgverzoek


@dataclass(frozen=True, slots=True)
class Bijschool:
    """A request as who must answer it sees it. `leerling_ref`: his own reference to the leerling."""

    verzoek: Avgverzoek
    leerling_ref: str


@dataclass(frozen=True, slots=True)
class Avgverzoeken:
    ports: Ports
    bewaren: Bewaren

    # ── the person

    async def van(self, ik: Ik) -> tuple[Avgverzoek, ...]:
        """What he asked of this partij, the newest first. Another's is not there."""
        found = [
            g.verzoek
            for row in await self.ports.storage.zaken_of(ik.zelf.leerling)
            if row.soort == AVG
            for g in (await self._open(row),)
            if self._is_of(g, ik)
        ]
        return tuple(found[::-1])

    async def een(self, ik: Ik, ident: str) -> Avgverzoek:
        """Raises NotFound, the same for one that is not there and one of somebody else."""
        return (await self._own(ik, ident)).verzoek

    async def vraag(
        self,
        ik: Ik,
        sleutel: str,
        recht: Avgrecht,
        woorden: str,
        over: str | None = None,
        mee: tuple[str, ...] = (),
    ) -> Avgverzoek:
        """Ask. `sleutel` is what the form was shown with: sent twice, it is asked once.

        Raises InvalidMessage, NotFound, Busy.
        """
        named = f"avgverzoek\0{ik.zelf.leerling}\0{ik.zelf.persoon_id}\0{sleutel}"
        ident = self.ports.vault.blind_index(ik.partij.id, named).hex()[:32]
        gevraagd = _made(lambda: Gevraagd(recht=recht, woorden=woorden, over=over, mee=mee))

        async def attempt() -> Avgverzoek | Moved:
            there = await self.ports.storage.zaak(ident)
            if there is not None:
                return (await self._own(ik, ident)).verzoek
            if sum(v.status is Avgstatus.OPEN for v in await self.van(ik)) >= MAX_OPEN:
                text = "Er staan al twintig vragen open. Wacht op een antwoord of trek er een in."
                raise InvalidMessage((Fault("avgverzoek.teVeel", "", text),))
            leerling = await self.ports.leerling(ik.zelf.leerling)
            now = self.ports.clock.now()
            step = Avgstap(op=now, uiterlijk=term(now, MONTHS), stap=gevraagd)
            made = Avgverzoek(id=ident, partij=ik.partij.id, persoon_id=ik.zelf.persoon_id, stappen=(step,))
            return await self._commit(leerling, made, None)

        return await until_settled(attempt)

    async def vervolg(self, ik: Ik, ident: str, stap: int, woorden: str) -> Avgverzoek:
        """Add something after the step of this number; of an answered request it asks anew."""
        added = _made(lambda: Vervolgd(woorden=woorden))

        def step(v: Avgverzoek, now: dt.datetime) -> Avgstap | None:
            waits = v.uiterlijk if v.status is Avgstatus.OPEN else None
            return Avgstap(op=now, uiterlijk=waits or term(now, MONTHS), stap=added)

        return await self._step(partial(self._own, ik, ident), stap, step, MAX_STEPS - 2)

    async def trek_in(self, ik: Ik, ident: str, stap: int) -> Avgverzoek:
        """He needs no answer any more. Of what was answered nothing is taken back."""

        def step(v: Avgverzoek, now: dt.datetime) -> Avgstap | None:
            return Avgstap(op=now, stap=Ingetrokken()) if v.status is Avgstatus.OPEN else None

        return await self._step(partial(self._own, ik, ident), stap, step)

    async def aan_tafel(self, partij: Partij, taak: str, persoon: str, sleutel: str, woorden: str) -> None:
        """What somebody said at the table of his school does not hold: a correctie in his name, so that it is
        looked at. Raises NotFound, InvalidMessage, Busy.
        """
        asked = await self.ports.storage.taak(taak)
        if asked is None or asked.partij != partij.id:
            raise NotFound
        row = await self.ports.leerling(asked.leerling)
        zelf = Zelf(row.id, row.owner_ref, persoon)
        await self.vraag(Ik(partij, zelf, Mensrol.OUDER), sleutel, Avgrecht.CORRECTIE, woorden)

    # ── who must answer

    async def bij(self, partij: Partij, ident: str) -> Bijschool:
        """A request to this partij. Raises NotFound."""
        found = await self._at(partij, ident)
        return Bijschool(found.verzoek, found.leerling.owner_ref)

    async def verleng(self, partij: Partij, ident: str, stap: int, woorden: str) -> Avgverzoek:
        """Two months more, with the reason that the person reads; once, and before the term ends."""
        why = _made(lambda: Verlengd(woorden=woorden))

        def step(v: Avgverzoek, now: dt.datetime) -> Avgstap | None:
            if not v.verlengbaar or v.uiterlijk is None or v.uiterlijk <= now:
                return None
            asked = next(s.op for s in v.stappen if s.uiterlijk == v.uiterlijk)
            return Avgstap(op=now, uiterlijk=term(asked, MONTHS + MORE_MONTHS), stap=why)

        return await self._step(partial(self._at, partij, ident), stap, step, MAX_STEPS - 1)

    async def antwoord(
        self, partij: Partij, ident: str, stap: int, uitkomst: Avguitkomst, woorden: str
    ) -> Avgverzoek:
        """What the partij did or did not, in words that the person reads."""
        said = _made(lambda: Beantwoord(uitkomst=uitkomst, woorden=woorden))

        def step(v: Avgverzoek, now: dt.datetime) -> Avgstap | None:
            return Avgstap(op=now, stap=said) if v.status is Avgstatus.OPEN else None

        return await self._step(partial(self._at, partij, ident), stap, step)

    async def te_laat(self, taak: Taak, now: dt.datetime) -> Change:
        """What follows when nobody answered in time: the FGs of the partij look at it."""
        regels = await self.ports.regels.current_or_deny()
        told = tuple(
            TaakWrite(
                Taak(
                    id=new_id(),
                    soort=Taaksoort.STILTE_BEKIJKEN,
                    partij=fg,
                    leerling=taak.leerling,
                    sleutel=f"{taak.sleutel}:stilte:{taak.versie}",
                    ontstaan_op=now,
                    uiterlijk=einde_van_werkdag(now, FG_DAYS),
                    sinds=now,
                    over=taak.over,
                )
            )
            for fg in regels.fgs(taak.partij)
        )
        leaf = self.ports.account.leaf(
            EventType.TASK_LATE,
            await self.ports.leerling(taak.leerling),
            afzender=taak.partij,
            taak=taak.soort,
            over=taak.over,
        )
        return Change(leaves=(leaf,), taken=told, under=regels.under(now))

    # ── parts

    async def _step(
        self,
        find: Callable[[], Awaitable[_Gelezen]],
        stap: int,
        step: Callable[[Avgverzoek, dt.datetime], Avgstap | None],
        most: int = MAX_STEPS,
    ) -> Avgverzoek:
        """One step after that of number `stap`. Sent twice, or after a step that somebody else took
        meanwhile, it changes nothing and gives the request as it is. It is refused after `most` steps: the
        last ones are kept for a longer term and for the answer, so that nobody can write a request full.
        """

        async def attempt() -> Avgverzoek | Moved:
            found = await find()
            if len(found.verzoek.stappen) != stap:
                return found.verzoek
            following = step(found.verzoek, self.ports.clock.now())
            if following is None:
                return found.verzoek
            if stap >= most:
                text = "Hier past niets meer bij. Stel een nieuwe vraag."
                raise InvalidMessage((Fault("avgverzoek.vol", "", text),))
            return await self._commit(found.leerling, found.verzoek.na(following), found.row)

        return await until_settled(attempt)

    async def _commit(
        self, leerling: LeerlingRow, after: Avgverzoek, was: ZaakRow | None
    ) -> Avgverzoek | Moved:
        now, versie = self.ports.clock.now(), len(after.stappen)
        over = None if after.status is Avgstatus.OPEN else now + dt.timedelta(days=KEPT_DAYS)
        plain = AVGVERZOEK.dump_json(after, by_alias=True, exclude_none=True)
        row = self.bewaren.rij(after.id, AVG, leerling, versie, plain, over)
        leaf = self.ports.account.leaf(
            EventType.CASE_STEP,
            leerling,
            afzender=after.partij,
            zaak=row.id,
            zaakstap=f"avg_{after.stappen[-1].stap.soort}",
            zaakversie=versie,
            zaakstempel=row.stamp.hex(),
        )
        write = ZaakWrite(row, None if was is None else was.versie, (after.partij,))
        taken = await self._taken(leerling, after, now)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf,),
                expect=Expectation(leerling.id, leerling.epoch),
                taken=taken,
                zaken=(write,),
            )
        )
        return after if isinstance(result, Committed) else Moved()

    async def _taken(
        self, leerling: LeerlingRow, after: Avgverzoek, now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        """The taak of who must answer as it is after this step, and the end of what the FGs look at."""
        sleutel = f"avgverzoek:{after.id}"
        there = await self.ports.storage.taak_by_sleutel(after.partij, sleutel)
        if there is None:
            assert after.uiterlijk is not None, "what was just asked waits"
            made = Taak(
                id=new_id(),
                soort=Taaksoort.AVG_VERZOEK,
                partij=after.partij,
                leerling=leerling.id,
                sleutel=sleutel,
                ontstaan_op=now,
                uiterlijk=after.uiterlijk,
                sinds=now,
                over=after.id,
            )
            return (TaakWrite(made),)
        waits = after.status is Avgstatus.OPEN
        changed = there.model_copy(
            update={
                "status": Taakstatus.OPEN if waits else Taakstatus.AFGEHANDELD,
                "uiterlijk": after.uiterlijk or there.uiterlijk,
                "sinds": there.sinds if waits and there.status is Taakstatus.OPEN else now,
                "uitkomst": None if waits else after.status.value,
                "geescaleerd_op": None if waits else there.geescaleerd_op,
                "versie": there.versie + 1,
            }
        )
        ended = [
            TaakWrite(
                t.model_copy(
                    update={
                        "status": Taakstatus.AFGEHANDELD,
                        "sinds": now,
                        "uitkomst": "na_stilte",
                        "versie": t.versie + 1,
                    }
                ),
                t.versie,
            )
            for t in await self.ports.storage.taken_of(leerling.id)
            if not waits and t.sleutel.startswith(f"{sleutel}:stilte:") and t.status is Taakstatus.OPEN
        ]
        return (TaakWrite(changed, there.versie), *ended)

    async def _own(self, ik: Ik, ident: str) -> _Gelezen:
        found = await self._found(ident)
        if not self._is_of(found, ik):
            raise NotFound
        return found

    async def _at(self, partij: Partij, ident: str) -> _Gelezen:
        found = await self._found(ident)
        if found.verzoek.partij != partij.id:
            raise NotFound
        return found

    def _is_of(self, g: _Gelezen, ik: Ik) -> bool:
        v = g.verzoek
        return (v.partij, v.persoon_id, g.leerling.id) == (ik.partij.id, ik.zelf.persoon_id, ik.zelf.leerling)

    async def _found(self, ident: str) -> _Gelezen:
        row = await self.ports.storage.zaak(ident)
        if row is None or row.soort != AVG:
            raise NotFound
        return await self._open(row)

    async def _open(self, row: ZaakRow) -> _Gelezen:
        leerling, plain = await self.bewaren.geopend(row)
        try:
            return _Gelezen(row, leerling, AVGVERZOEK.validate_json(plain))
        except ValidationError:
            raise StateBroken(row.soort, row.id) from None


def term(vanaf: dt.datetime, months: int) -> dt.datetime:
    """The end of the day that many months later, or of the first working day after it; aware UTC."""
    on = add_months(day(vanaf), months)
    while not is_werkdag(on):
        on = add_days(on, 1)
    return midnight(add_days(on, 1))


def _made(make: Callable[[], T]) -> T:
    """Raises InvalidMessage, without what was filled in."""
    try:
        return make()
    except ValidationError:
        raise InvalidMessage((Fault("avgverzoek.woorden", "/woorden", WORDS),)) from None
