"""What people are asked because of what is recorded: a levering that waits, or a day that is coming (§8 of
`consent.md`).

Everything here is derived anew from the facts each time, and compared with the open taken. So a taak is
there as long as its need is, closes by itself in the commit that ends the need, and running twice makes
nothing twice.

A partij is told only what rests on facts of its own (design §3), and of a levering only when it is its own:
whoever would receive learns nothing until something may come. What a levering of jeugdhulp lacks is asked of
its sender alone: the statements that lift secrecy, from the people of its own record of gezag. The owner of
the record is asked for the ground when something of himself was taken, whether anybody wants to say something
or not (terugweg.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from consent.agenda import ASK_DAYS, HOLDS, Facts, Verandering, changes_ahead, next_look, questions
from consent.decide import LETS_GO
from consent.leeftijd import midnight
from consent.rules import WAIVER, Cell
from consent.te_vragen import missing, says_no
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.obligations import achttien, thuiszitters
from gateway.obligations.cellen import cel
from gateway.obligations.feiten import asking, facts_of, said_by
from gateway.obligations.terugweg import VOORUIT, between, way_back
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.exchange.taak import GEDAAN, Taak, Taaksoort, Taakstatus, Vraag
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.people.toestemming import Richting
from schemas.storage.storage import TaakWrite

OURS: Final = frozenset(
    {
        Taaksoort.TOESTEMMING_VRAGEN,
        Taaksoort.TERUGWEG_VRAGEN,
        Taaksoort.DOORWEG_VRAGEN,
        Taaksoort.GEHEIMHOUDING_VRAGEN,
        Taaksoort.GEZAG_NAGAAN,
        Taaksoort.BEKWAAMHEID_NAGAAN,
        Taaksoort.GROND_AANVULLEN,
        Taaksoort.BEZWAAR_BEKIJKEN,
        Taaksoort.OPNIEUW_VRAGEN,
        Taaksoort.THUISZITTERSTAP,
        Taaksoort.ACHTTIEN,
    }
)
SAID_NO: Final = frozenset(
    {
        Reden.CONSENT_REFUSED,
        Reden.CONSENT_WITHDRAWN,
        Reden.WITHDRAWN_IN_FLIGHT,
        Reden.YOUTH_REFUSES,
        Reden.PROFESSIONAL_VETO,
    }
)
"""Where somebody said no, that comes first in what a clerk can do: never ask on for the rest."""
_REMIND = dt.timedelta(days=ASK_DAYS[1])
_ANSWERED: Final = (
    LETS_GO
    | SAID_NO
    | {Reden.FIELD_NOT_IN_PROFILE, Reden.GROUND_INCOMPLETE, Reden.STATUTORY_BAR, Reden.NOT_CARRIED}
    | {Reden.RULE_UNKNOWN, Reden.RULE_ON_HOLD, Reden.PREDICATE_UNKNOWN, Reden.CAPACITY_UNKNOWN}
)
"""Nobody is asked about a category for which one of these is a reason: it goes, or asking does not help.

Nor where the sender rests it on a ground of the law, or a rule of the flow asks something else than
toestemming: that it completes, and no citizen is asked instead.
"""
_KENNISGEVING: Final = ":kennisgeving"
"""Ends the sleutel of a taak that belongs to no calendar day, because a new kennisgeving caused it."""
_NEVER_LOOK: Final = dt.date.max


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change writes along: the taken it makes, changes or closes, and when to look again."""

    taken: tuple[TaakWrite, ...]
    kijk_op: dt.date


class Verzoeken:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def plan(
        self, case: Case, leveringen: Sequence[Levering], regels: Regels, now: dt.datetime
    ) -> Plan:
        """For all of one leerling. `leveringen`: those that were open, as they will be after this change."""
        facts = facts_of(case, regels)
        wanted = [t for v in leveringen for t in _needs(v, case, facts, regels, now)]
        if case.over_leerling:
            wanted += _ahead(changes_ahead(facts, now), case, now)
            wanted += thuiszitters.taken(case, regels, now)
            wanted += achttien.taken(case, now)
        of = {v.id: v for v in leveringen}
        there = [t for t in await self._storage.taken_of(case.row.id) if _ours(t, of.get(t.levering or ""))]
        wanted += await self._back(there, case, regels, now)
        announced = {(t.partij, t.sleutel) for t in wanted}
        over = (t for t in there if (t.partij, t.sleutel) not in announced)
        wanted += [left for t in over if (left := _not_decided(t, case, facts, now)) is not None]
        return Plan(await self._writes(wanted, there, leveringen, now), look_on(case, regels, now))

    async def of(
        self, levering: Levering, case: Case, regels: Regels, now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        """For one levering as it will be after this change."""
        wanted = list(_needs(levering, case, facts_of(case, regels), regels, now))
        there = await self._open_of(levering)
        wanted += await self._back(there, case, regels, now)
        return await self._writes(wanted, there, (levering,), now)

    async def _back(self, there: Iterable[Taak], case: Case, regels: Regels, now: dt.datetime) -> list[Taak]:
        """The questions for the way back, and for what one may tell another, that are open, as they are now.

        A school that was asked for an answer that waits, by a release that told it of that, is asked for the
        way back of what is answered instead.
        """
        of = {t.levering: t for t in there if t.soort in VOORUIT and t.levering}
        about = [t.levering for t in there if t.soort is Taaksoort.TERUGWEG_VRAGEN and t.levering]
        onward = [t for t in there if t.soort is Taaksoort.DOORWEG_VRAGEN]
        told = (t for t in there if t.soort is Taaksoort.TOESTEMMING_VRAGEN and t.partij == case.row.owner)
        waits = [t.levering for t in told if t.richting is Richting.J2S and t.levering]
        for v in await self._storage.leveringen_by_id(waits) if waits else ():
            found = await self._storage.uitwisseling(v.uitwisseling)
            about += [found[0].in_antwoord_op] if found and found[0].in_antwoord_op else []
        named = list(dict.fromkeys([*about, *of]))
        sent = {v.id: v for v in await self._storage.leveringen_by_id(named)} if named else {}
        wanted = [t for i in dict.fromkeys(about) if i in sent for t in way_back(sent[i], case, regels, now)]
        for t in onward:
            if t.levering in sent and t.ontvanger is not None:
                wanted += between(sent[t.levering], (t.ontvanger,), case, regels, now)
        return wanted

    async def taken_by(
        self, levering: Levering, case: Case, regels: Regels, now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        """For a levering that its recipient takes now for the first time: the question for the way back, and
        for what he and who got something before may tell each other.
        """
        if levering.opgehaald > 1 or levering.afzender != case.row.owner or levering.persoon is not None:
            return ()
        wanted = list(way_back(levering, case, regels, now))
        before = [v for v in await self._storage.delivered(levering.leerling) if v.afzender == case.row.owner]
        wanted += between(levering, (v.aan for v in before), case, regels, now)
        latest = {(v.ontvanger, v.rol, v.doel): v for v in before}
        for v in latest.values():
            wanted += between(v, (levering.aan,), case, regels, now)
        return await self._writes(wanted, (), (levering,), now)

    async def ended(self, levering: Levering, now: dt.datetime) -> tuple[TaakWrite, ...]:
        """For a levering that waits no longer after this change, or that had failed and ends, without a new
        decision.
        """
        return await self._writes((), await self._open_of(levering), (levering,), now)

    async def _open_of(self, levering: Levering) -> list[Taak]:
        found = await self._storage.taken_of(levering.leerling)
        # What is asked ahead is about what was sent, and not about its state.
        mine = (t for t in found if t.levering == levering.id and t.soort not in VOORUIT)
        return [t for t in mine if _ours(t, levering)]

    async def _writes(
        self, wanted: Iterable[Taak], there: Iterable[Taak], leveringen: Sequence[Levering], now: dt.datetime
    ) -> tuple[TaakWrite, ...]:
        writes = []
        left = {(t.partij, t.sleutel): t for t in there}
        once: dict[tuple[str, str], Taak] = {}  # two leveringen can give cause for one and the same question
        for taak in wanted:
            once.setdefault((taak.partij, taak.sleutel), taak)
        for key, taak in once.items():
            stored = left.pop(key, None) or await self._storage.taak_by_sleutel(*key)
            following = taak if stored is None else _next(stored, taak, now)
            if following is not None:
                writes.append(TaakWrite(following, None if stored is None else stored.versie))
        of = {v.id: v for v in leveringen}
        for taak in left.values():
            closed = _closed(taak, of.get(taak.levering or ""), now)
            if closed is not None:
                writes.append(TaakWrite(closed, taak.versie))
        return tuple(writes)


def _ours(taak: Taak, levering: Levering | None) -> bool:
    """Whether this change may end the taak.

    That a levering did not arrive (niet_aangekomen.py) is no need that follows from the facts. It ends when
    the levering, which had failed, is something else after the change.
    """
    if taak.soort is Taaksoort.LEVERING_BEKIJKEN:
        return levering is not None and levering.status is not Leveringstatus.MISLUKT
    return taak.soort in OURS


def first(levering: Levering, case: Case, regels: Regels, now: dt.datetime) -> tuple[TaakWrite, ...]:
    """For a levering that does not exist yet."""
    return tuple(map(TaakWrite, _needs(levering, case, facts_of(case, regels), regels, now)))


def look_on(case: Case, regels: Regels, now: dt.datetime) -> dt.date:
    """The next day on which this leerling is looked at; the last of the calendar when there is none."""
    if not case.over_leerling:
        return _NEVER_LOOK  # nobody grows older in it, and nobody said anything that ends
    days = (
        next_look(facts_of(case, regels), now),
        thuiszitters.volgende_dag(case, now),
        achttien.volgende_dag(case, now),
    )
    return min((d for d in days if d is not None), default=_NEVER_LOOK)


# ── what is needed


def _needs(v: Levering, case: Case, facts: Facts, regels: Regels, now: dt.datetime) -> Iterator[Taak]:
    """One taak per need of a levering: for its sender, of what he may know. Nobody else is told of it."""
    owner, decision = case.row.owner, v.besluit
    own = tuple(r.code for r in decision.reasons if v.afzender in r.partijen)
    side = case.authorities.side(v.afzender)
    if v.status is Leveringstatus.AANGEHOUDEN:
        if v.afzender == owner:
            seen, cells = replace(facts, who=facts.who.alone), tuple(_waits_for(v, regels))
        else:
            seen = facts if side is None else replace(facts, who=side)
            # Who keeps no secret of a profession has none lifted: it lacks the ground alone.
            secret = (c for c in _waits_for(v, regels) if c.richting is Richting.J2S)
            cells = tuple(replace(c, helft=frozenset({WAIVER})) for c in secret)
        # As far as the sender knows: who answered elsewhere is asked as well, for that he did is not told.
        vragen = questions(cells, replace(seen, said=said_by(v.afzender, case)), now)
        if vragen and (v.afzender == owner or side is not None):
            said = tuple(r for r in own if r not in HOLDS and r is not Reden.OBJECTION_NOT_ENTITLED)
            yield _of_levering(
                v, Taaksoort.TOESTEMMING_VRAGEN, v.afzender, now, redenen=said, **asking(vragen)
            )
        elif side is None and v.afzender != owner and cells:
            # Who lifts its secrecy it has not recorded yet; who is in the school's record it does not learn.
            asked = dict.fromkeys(c.categorie for c in cells)
            yield _of_levering(
                v,
                Taaksoort.GEHEIMHOUDING_VRAGEN,
                v.afzender,
                now,
                functies=(WAIVER,),
                categorieen=tuple(c for c in Gegevenscategorie if c in asked),
            )
        for soort in dict.fromkeys(HOLDS.values()):
            found = tuple(r for r in own if HOLDS.get(r) is soort)
            if soort is Taaksoort.GEZAG_NAGAAN and not HOLDS.keys() & set(decision.codes):
                # Nobody can be named who signs: what is not recorded is who there is.
                unnamed = any(s.persoon is None for s in decision.signers)
                found += (Reden.CONSENT_MISSING,) * (unnamed and v.afzender == owner)
            if found:
                yield _of_levering(v, soort, v.afzender, now, redenen=found)
    for r in decision.reasons:
        if r.code is Reden.OBJECTION_NOT_ENTITLED and v.status in _CURRENT and v.afzender in r.partijen:
            # Looked at by who sends it, if it was he who heard it.
            yield _of_levering(v, Taaksoort.BEZWAAR_BEKIJKEN, v.afzender, now, redenen=(r.code,))


_CURRENT: Final = frozenset({Leveringstatus.AANGEHOUDEN, Leveringstatus.KLAAR})


def _waits_for(v: Levering, regels: Regels) -> Iterator[Cell]:
    """The cells of a held levering that statements can still open."""
    for categorie, reasons in v.besluit.per_category.items():
        if categorie not in NOOIT and _ANSWERED.isdisjoint(r.code for r in reasons):
            yield cel(v, categorie, regels)


def _of_levering(v: Levering, soort: Taaksoort, partij: str, now: dt.datetime, **fields: Any) -> Taak:
    return Taak(
        id=new_id(),
        soort=soort,
        partij=partij,
        leerling=v.leerling,
        sleutel=f"{soort}:{v.id}",
        ontstaan_op=now,
        sinds=now,
        uiterlijk=v.vervalt_op,
        levering=v.id,
        doel=v.doel,
        richting=v.richting,
        ontvanger=v.aan,
        **fields,
    )


def _ahead(changes: Iterable[Verandering], case: Case, now: dt.datetime) -> Iterator[Taak]:
    """One taak per partij, need and day; what a new kennisgeving ended is asked within the reminding term."""
    for change in changes:
        on = _KENNISGEVING if change.op is None else f":{change.op.isoformat()}"
        yield Taak(
            id=new_id(),
            soort=change.soort,
            partij=change.partij,
            leerling=case.row.id,
            sleutel=f"{change.soort}:{case.row.id}{on}",
            ontstaan_op=now,
            sinds=now,
            uiterlijk=now + _REMIND if change.op is None else midnight(change.op),
            redenen=change.redenen,
            **asking(change.vragen),
        )


def _not_decided(t: Taak, case: Case, facts: Facts, now: dt.datetime) -> Taak | None:
    """A question about something that has stopped since, as long as nobody renewed it or let it go.

    From what its own partij knows, as when it was announced. None: it is no such question, or it is answered.
    """
    if t.soort is not Taaksoort.OPNIEUW_VRAGEN or t.uiterlijk > now:
        return None
    owner, side = case.row.owner, case.authorities.side(t.partij)
    who = case.authorities.alone if side is None else side
    own = said_by(t.partij, case)

    def open_for(vraag: Vraag) -> bool:
        bereik, functies = vraag.bereik, frozenset(vraag.functies)
        sends = t.partij == owner and bereik.richting is Richting.S2J
        said = facts.said if sends else own
        cells = (
            Cell(
                bereik.richting,
                doel,
                categorie,
                ontvanger,
                bereik.afzender,
                functies,
                nieuw=bereik.afzender is not None,
            )
            for doel in bereik.doelen
            for categorie in bereik.categorieen
            for ontvanger in bereik.ontvangers
        )
        return any(
            vraag.persoon in missing(c, said, who, facts.policy, now)
            and not says_no(c, said, who, facts.policy, now)
            for c in cells
        )

    vragen = tuple(v for v in t.vragen if open_for(v))
    if not vragen:
        return None
    left = asking(vragen)
    return t.model_copy(
        update={
            "vragen": left["vragen"],
            "personen": left["personen"],
            "functies": left["functies"],
            "categorieen": left["categorieen"],
        }
    )


# ── from what is there to what is needed


def _next(stored: Taak, wanted: Taak, now: dt.datetime) -> Taak | None:
    """The next version of a taak, or None when it already says this."""
    if stored.uitkomst == GEDAAN:
        return None
    was_open = stored.status is Taakstatus.OPEN
    keeps = wanted.sleutel.endswith(_KENNISGEVING) or wanted.soort in VOORUIT
    uiterlijk = stored.uiterlijk if was_open and keeps else wanted.uiterlijk
    remind = (
        wanted.levering is None
        and stored.herinnerd_op is None
        and stored.ontstaan_op < uiterlijk - _REMIND <= now
    )
    following = stored.model_copy(
        update={
            "vragen": wanted.vragen,
            "personen": wanted.personen,
            "redenen": wanted.redenen,
            "functies": wanted.functies,
            "categorieen": wanted.categorieen,
            "uiterlijk": uiterlijk,
            "status": Taakstatus.OPEN,
            "sinds": stored.sinds if was_open else now,
            "uitkomst": None,
            "herinnerd_op": now if remind else stored.herinnerd_op,
        }
    )
    return None if following == stored else following.model_copy(update={"versie": stored.versie + 1})


def _closed(taak: Taak, levering: Levering | None, now: dt.datetime) -> Taak | None:
    """A taak whose need is gone, as it ends; None: it stays.

    To a partij that did not send the levering its end says nothing of what became of that.
    """
    if taak.soort is Taaksoort.BEZWAAR_BEKIJKEN and (levering is None or levering.status not in _CURRENT):
        return None  # a person still looks at it, whatever became of the levering
    status, uitkomst = Taakstatus.AFGEHANDELD, "niet_meer_nodig"
    if taak.soort in VOORUIT:
        pass
    elif taak.levering is None:
        if taak.uiterlijk <= now:
            status, uitkomst = Taakstatus.VERVALLEN, "dag_voorbij"
    elif levering is None or levering.afzender != taak.partij:
        status = Taakstatus.VERVALLEN
    elif levering.status is Leveringstatus.KLAAR:
        uitkomst = "herhaald" if taak.soort is Taaksoort.LEVERING_BEKIJKEN else "vrijgegeven"
    elif levering.status is not Leveringstatus.AANGEHOUDEN:
        status, uitkomst = Taakstatus.VERVALLEN, "gaat_niet_door"
    return _done(taak, status, uitkomst, now)


def _done(taak: Taak, status: Taakstatus, uitkomst: str, now: dt.datetime) -> Taak:
    return taak.model_copy(
        update={"status": status, "uitkomst": uitkomst, "sinds": now, "versie": taak.versie + 1}
    )
