"""What follows when something goes without toestemming: it is counted, told to those concerned, and reviewed.

The decision itself is in `consent/gronden.py` and `consent/afwegen.py`. Here stands what a release on a
ground of the law or on a weighing brings with it, in the commit of its release intent: the use of the
weighing as a fact, a taak for the FGs of the sender to review it (`consent.md` §7.2(5)), and a taak for the
sender to tell ouders and leerling on the day it named (§6, §7.1). FGs are told, and never approve.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from consent.leeftijd import AMSTERDAM, day
from consent.stromen import Inlichten
from gateway.account.leaves import Account, new_id
from gateway.case.case import Case
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron, Regels
from gateway.runtime.logs import Log
from schemas.account.verantwoording import EventType
from schemas.decision.decision import Decision, Ground
from schemas.events import FG_MISSING
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.exchange.uitwisseling import Levering
from schemas.identifiers import comparable
from schemas.people.afweging import Afweging, Nabeoordeling, TweedeBlik, Uitstel, Vrijgave
from schemas.people.feit import Feit
from schemas.people.toestemming import ProfessioneelVeto
from schemas.storage.storage import Change, TaakWrite

NABEOORDELEN_BINNEN: Final = dt.timedelta(days=30)
"""The after-review is monthly (§7.2(5))."""
STILTE_BINNEN: Final = dt.timedelta(days=7)
"""An FG must look within this time at what a partij left undone."""
_INLICHTEN: Final = {
    Inlichten.VOORAF: dt.timedelta(0),
    Inlichten.ACHTERAF: dt.timedelta(days=7),
    Inlichten.ACHTERAF_OF_UITGESTELD: dt.timedelta(days=7),
}
"""How long after it went those concerned are told at the latest, where nobody named a day [P]."""
_WITHOUT: Final = frozenset({Ground.STATUTORY, Ground.BREAK_GLASS})


class ZonderToestemming:
    def __init__(self, storage: Storage, account: Account, regels: Regelbron, log: Log) -> None:
        self._storage, self._account, self._regels, self._log = storage, account, regels, log

    async def released(
        self, case: Case, levering: Levering, decision: Decision, regels: Regels, now: dt.datetime
    ) -> tuple[tuple[Vrijgave, ...], tuple[TaakWrite, ...]]:
        """The facts and taken for the commit of this release; none when everybody agreed.

        A repeat of the same levering is no second use, because it gives the same bytes to the same recipient.
        """
        if decision.ground not in _WITHOUT:
            return (), ()
        vrijgaven: list[Vrijgave] = []
        taken: list[Taak] = []
        for a in case.gewogen.afwegingen:
            if a.id not in decision.ground_ids or case.gewogen.used_for(a.id, levering.id):
                continue
            vrijgaven.append(
                Vrijgave(
                    id=new_id(),
                    vastgelegd_door=levering.afzender,
                    vastgelegd_op=now,
                    afweging=a.id,
                    levering=levering.id,
                )
            )
            taken += [
                _taak(
                    Taaksoort.NABEOORDELEN,
                    fg,
                    f"nabeoordelen:{a.id}:{levering.id}",
                    levering,
                    now,
                    now + NABEOORDELEN_BINNEN,
                    over=a.id,
                    velden=decision.released,
                )
                for fg in self._watching(regels, levering.afzender)
            ]
        announced = tuple(case.informeren(decision.ground_ids))
        if not announced and (within := _tell_within(decision, regels)) is not None:
            # Nobody said when: the rule by which it went says it.
            until = einde_van(day(now + within))
            told = f"informeren:{levering.id}"
            taken.append(_taak(Taaksoort.OUDERS_INFORMEREN, levering.afzender, told, levering, now, until))
        for over, informeren in announced:
            if informeren.wanneer != "vooraf" or informeren.op > day(now):
                taken.append(
                    _taak(
                        Taaksoort.OUDERS_INFORMEREN,
                        levering.afzender,
                        f"informeren:{over}:{levering.id}",
                        levering,
                        now,
                        einde_van(informeren.op),
                        over=over,
                    )
                )
        if decision.ground is Ground.STATUTORY:
            taken += _vetos_that_did_not_apply(case, levering, now)
        return tuple(vrijgaven), await self._new(taken)

    async def recorded(
        self, after: Case, fact: Feit, regels: Regels, now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        """The taken that this fact makes, moves or ends, for the commit that records it."""
        leerling = after.row.id
        if isinstance(fact, Afweging) and fact.beoordelaar is None and fact.acuut is not None:
            taak = Taak(
                id=new_id(),
                soort=Taaksoort.TWEEDE_BLIK,
                partij=fact.vastgelegd_door,
                leerling=leerling,
                sleutel=f"tweede_blik:{fact.id}",
                ontstaan_op=now,
                uiterlijk=fact.moment + regels.beleid.grenzen.tweede_blik,
                sinds=now,
                over=fact.id,
                doel=fact.doel,
                richting=fact.richting,
                ontvanger=fact.ontvanger,
            )
            return (TaakWrite(taak),)
        if isinstance(fact, TweedeBlik):
            return await self._ended(
                leerling,
                fact.afweging,
                {Taaksoort.TWEEDE_BLIK},
                "akkoord" if fact.akkoord else "afgewezen",
                now,
            )
        if isinstance(fact, Nabeoordeling):
            return await self._ended(
                leerling, fact.afweging, {Taaksoort.NABEOORDELEN}, fact.oordeel.value, now
            )
        if isinstance(fact, Uitstel):
            return tuple(
                TaakWrite(
                    t.model_copy(
                        update={
                            "uiterlijk": einde_van(fact.informeren.op),
                            "geescaleerd_op": None,
                            "versie": t.versie + 1,
                        }
                    ),
                    t.versie,
                )
                for t in await self._storage.taken_of(leerling)
                if t.soort is Taaksoort.OUDERS_INFORMEREN and t.over == fact.over
            )
        return ()

    async def late(self, taak: Taak, now: dt.datetime) -> Change:
        """When a partij did not give the second look, or did not tell ouders, its FGs get a taak to look at
        that (§7.2(3)).
        """
        regels = await self._regels.current_or_deny()
        row = await self._storage.leerling(taak.leerling)
        fgs = regels.fgs(taak.partij)
        if not fgs:
            self._log(FG_MISSING, partij=taak.partij)
        taken = [
            Taak(
                id=new_id(),
                soort=Taaksoort.STILTE_BEKIJKEN,
                partij=fg,
                leerling=taak.leerling,
                sleutel=f"stilte:{taak.id}:{taak.versie}",
                ontstaan_op=now,
                uiterlijk=now + STILTE_BINNEN,
                sinds=now,
                over=taak.over,
                levering=taak.levering,
                doel=taak.doel,
                richting=taak.richting,
                ontvanger=taak.ontvanger,
            )
            for fg in fgs
        ]
        leaf = self._account.leaf(
            EventType.TASK_LATE, row, over=taak.over, afzender=taak.partij, taak=taak.soort
        )
        return Change(leaves=(leaf,), taken=tuple(map(TaakWrite, taken)), under=regels.under(now))

    def _watching(self, regels: Regels, partij: str) -> tuple[str, ...]:
        """The FGs who watch over this partij. Without a registered FG it is the partij itself, so that the
        duty to review is not lost.
        """
        fgs = regels.fgs(partij)
        if not fgs:
            self._log(FG_MISSING, partij=partij)
        return fgs or (partij,)

    async def _new(self, taken: list[Taak]) -> tuple[TaakWrite, ...]:
        """The taken that are not in the store yet, to be written."""
        return tuple(
            [TaakWrite(t) for t in taken if await self._storage.taak_by_sleutel(t.partij, t.sleutel) is None]
        )

    async def _ended(
        self, leerling: str, over: str, soorten: set[Taaksoort], uitkomst: str, now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        """End the open taken of these soorten about one record, and the taken by which an FG heard that they
        were late.
        """
        open_now = [t for t in await self._storage.taken_of(leerling) if t.over == over]
        late = tuple(f"stilte:{t.id}:" for t in open_now if t.soort in soorten)
        return tuple(
            TaakWrite(
                t.model_copy(
                    update={
                        "status": Taakstatus.AFGEHANDELD,
                        "sinds": now,
                        "uitkomst": uitkomst,
                        "versie": t.versie + 1,
                    }
                ),
                t.versie,
            )
            for t in open_now
            if t.soort in soorten or (late and t.sleutel.startswith(late))
        )


def _tell_within(decision: Decision, regels: Regels) -> dt.timedelta | None:
    """Within which time those whom it concerns are told, by the rules of the flow. None: they ask none of
    it.
    """
    if decision.regels is None or regels.beleid.stromen is None:
        return None
    named = {r for of in decision.regels.values() for r in of}
    return _INLICHTEN.get(regels.beleid.stromen.inlichten(named))


def _vetos_that_did_not_apply(case: Case, levering: Levering, now: dt.datetime) -> Iterator[Taak]:
    """For each partij with a veto that stands on this direction and doel: that something went by law.

    It is told no more than that, and once per veto: not by which levering, and not to whom.
    """
    newest: dict[tuple[str, str], ProfessioneelVeto] = {}
    for v in sorted(case.authorities.vetos, key=lambda v: (v.moment, v.besluit == "veto")):
        if v.richting is levering.richting and levering.doel in v.doelen and v.moment <= now:
            newest[v.vastgelegd_door, comparable(v.professional)] = v
    for v in newest.values():
        if v.besluit == "veto":
            yield Taak(
                id=new_id(),
                soort=Taaksoort.VETO_GOLD_NIET,
                partij=v.vastgelegd_door,
                leerling=levering.leerling,
                sleutel=f"veto_gold_niet:{v.id}",
                ontstaan_op=now,
                uiterlijk=now + NABEOORDELEN_BINNEN,
                sinds=now,
                over=v.id,
                doel=levering.doel,
                richting=levering.richting,
            )


def einde_van(dag: dt.date) -> dt.datetime:
    """The midnight with which a day in the Netherlands ends, as aware UTC."""
    return dt.datetime.combine(dag + dt.timedelta(1), dt.time(), AMSTERDAM).astimezone(dt.UTC)


def _taak(
    soort: Taaksoort,
    partij: str,
    sleutel: str,
    levering: Levering,
    now: dt.datetime,
    uiterlijk: dt.datetime,
    **more: Any,
) -> Taak:
    return Taak(
        id=new_id(),
        soort=soort,
        partij=partij,
        leerling=levering.leerling,
        sleutel=sleutel,
        ontstaan_op=now,
        uiterlijk=uiterlijk,
        sinds=now,
        levering=levering.id,
        doel=levering.doel,
        richting=levering.richting,
        ontvanger=levering.aan,
        **more,
    )
