"""What the owner of a record asks before anybody wants it: whether who got something may answer, and whether
he may tell another who got something as well.

From what the owner sent himself and what stands in his own record, and from nothing that a recipient does
(ADR 0035, ADR 0072). So a question comes whether anybody wants to say something or not, and tells nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from consent.agenda import Facts, questions
from consent.leeftijd import day
from consent.plek import Plek
from consent.rules import AVG, Cell
from consent.statements import Statements
from consent.stromen import Kracht
from consent.te_vragen import says_no
from consent.verdict import flow_cell
from gateway.account.leaves import new_id
from gateway.case.case import Case
from gateway.obligations.cellen import cel
from gateway.obligations.feiten import asking, facts_of, said_by
from gateway.register.plekken import reads, sends
from gateway.register.regels import Regels
from schemas.base import NOOIT
from schemas.decision.decision import Ground
from schemas.exchange.taak import Taak, Taaksoort
from schemas.exchange.uitwisseling import Levering
from schemas.people.hoedanigheden import Partijhoedanigheid, richting_van
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting

VOORUIT: Final = frozenset({Taaksoort.TERUGWEG_VRAGEN, Taaksoort.DOORWEG_VRAGEN})
"""Taken about what may come, which no state of a levering ends."""
_TERM: Final = dt.timedelta(days=30)
"""For these questions: about as long as an answer waits."""


def way_back(v: Levering, case: Case, regels: Regels, now: dt.datetime) -> Iterator[Taak]:
    """What a school asks those who give the ground for an answer to what it sent: the whole of what the
    profiles ever let come back to it.

    Not where it went without toestemming, nor after a no: who said no is not asked for the way back.
    """
    owner, school = case.row.owner, regels.partijen.get(case.row.owner)
    if not _agreed(v, case, regels, now) or school is None:
        return
    back = reads(regels.partijen.get(v.ontvanger), v.rol)
    van = None if back is None else back.als
    cells = [
        flow_cell(
            back,
            reads(school, p.rol),
            p.richting,
            p.doel,
            categorie,
            Ontvanger(partij=owner, rol=p.rol),
            v.ontvanger,
            regels.beleid,
        )
        for p in regels.beleid.now(now)
        if p.richting is Richting.J2S
        and p.tussen(van, Partijhoedanigheid.ONDERWIJS)
        and p.bericht == "terugkoppeling"
        and p.rol in school.rollen
        and p.doel in (v.doel, Gebruiksdoel.AFSTEMMING)
        for categorie in sorted({regels.beleid.labels(p.bericht)[pad] for pad in p.paden} - NOOIT)
    ]
    sleutel = f"{Taaksoort.TERUGWEG_VRAGEN}:{v.leerling}:{v.ontvanger}:{v.doel}"
    yield from _asked(Taaksoort.TERUGWEG_VRAGEN, sleutel, v, cells, case, regels, now, richting=Richting.J2S)


def between(
    v: Levering, to: Iterable[Ontvanger], case: Case, regels: Regels, now: dt.datetime
) -> Iterator[Taak]:
    """What the owner asks his people for what the recipient of `v` may tell each of these others, to whom the
    owner sent something too: the ground, where a rule of that flow asks toestemming.

    Not where `v` went without toestemming, nor after a no.
    """
    there = [o for o in to if o.partij not in {v.ontvanger, case.row.owner} and o.persoon_id is None]
    teller = regels.partijen.get(v.ontvanger)
    if not there or teller is None or not _agreed(v, case, regels, now):
        return
    van = sends(teller, v.rol)
    for o in dict.fromkeys(there):
        partij = regels.partijen.get(o.partij)
        richting = richting_van(teller, partij, None if van is None else van.als)
        cells = _onward(v, van, reads(partij, o.rol), richting, o, regels, now)
        # A partij can have it in two roles for one purpose, and what it may tell is asked by the role.
        pair = f"{v.ontvanger}:{v.rol}:{o.partij}:{o.rol}"
        sleutel = f"{Taaksoort.DOORWEG_VRAGEN}:{v.leerling}:{pair}:{v.doel}"
        yield from _asked(
            Taaksoort.DOORWEG_VRAGEN, sleutel, v, cells, case, regels, now, richting=richting, ontvanger=o
        )


def _onward(
    v: Levering,
    van: Plek | None,
    aan: Plek | None,
    richting: Richting,
    to: Ontvanger,
    regels: Regels,
    now: dt.datetime,
) -> list[Cell]:
    """The cells of which a profile lets something go between these two, and a rule asks toestemming."""
    if van is None or aan is None:
        return []
    als, leest = van.als, aan.als
    asked = {
        (doel, soort)
        for r in regels.stromen_op(day(now))
        if r.kracht is Kracht.TOESTEMMING and als in r.van and leest in r.aan
        if not r.functies or aan.functie in r.functies
        for doel in r.doelen
        for soort in r.soorten
    }
    found = {
        (p.doel, categorie)
        for p in regels.beleid.now(now)
        if (p.rol, p.richting) == (to.rol, richting) and p.tussen(als, leest)
        if p.doel in (v.doel, Gebruiksdoel.AFSTEMMING)
        for categorie in {regels.beleid.labels(p.bericht)[pad] for pad in p.paden} - NOOIT
    }
    return [
        flow_cell(van, aan, richting, doel, categorie, to, v.ontvanger, regels.beleid)
        for doel, categorie in sorted(asked & found)
    ]


def _agreed(v: Levering, case: Case, regels: Regels, now: dt.datetime) -> bool:
    """Whether the owner sent it to a partij on toestemming, and nobody said no to it since."""
    if v.afzender != case.row.owner or v.besluit.ground is not Ground.CONSENT or v.persoon is not None:
        return False  # what goes to a person is his own
    facts = _own(case, regels)
    if not facts.said.any_no and not facts.who.bezwaren:
        return True  # about nothing at all did anybody say no
    there = (cel(v, c, regels) for c in v.besluit.per_category)
    return not any(says_no(c, facts.said, facts.who, regels.beleid, now) for c in there)


def _own(case: Case, regels: Regels) -> Facts:
    """What the owner himself knows of it: his own record, and what was stated to him."""
    owner, facts = case.row.owner, facts_of(case, regels)
    own = tuple(n for n in facts.who.bekwaamheid if n.vastgelegd_door == owner)
    objected = tuple(b for b in facts.who.bezwaren if b.vastgelegd_door == owner)
    who = facts.who.alone
    if (who.bekwaamheid, who.bezwaren) != (own, objected):
        who = replace(who, bekwaamheid=own, bezwaren=objected)
    said: Statements = said_by(owner, case)
    return replace(facts, said=said, who=who)


def _asked(
    soort: Taaksoort,
    sleutel: str,
    v: Levering,
    cells: Iterable[Cell],
    case: Case,
    regels: Regels,
    now: dt.datetime,
    **fields: Any,
) -> Iterator[Taak]:
    """The question, of the half that is the owner's: the ground."""
    ground = [replace(c, helft=frozenset({AVG})) for c in cells]
    vragen = questions(ground, _own(case, regels), now)
    if vragen:
        yield Taak(
            id=new_id(),
            soort=soort,
            partij=case.row.owner,
            leerling=v.leerling,
            sleutel=sleutel,
            ontstaan_op=now,
            sinds=now,
            uiterlijk=now + _TERM,
            levering=v.id,
            doel=v.doel,
            **fields,
            **asking(vragen),
        )
