"""On which days ahead something changes about who must agree, and whom to ask before it does (§8 of
`consent.md`). Pure.

`days_ahead` is complete: what `decide` answers to a request that stays the same, under facts that stay the
same, changes on one of these days only. A property test compares decisions day by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final, TypeVar

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid
from consent.gelijk import kenmerk
from consent.leeftijd import add_months, day, midnight, turns
from consent.recht import Rechtstand
from consent.request import Request
from consent.rules import CARRYING, Authorities, Cell, State, carries_until
from consent.statements import Statements
from consent.te_vragen import missing, to_ask
from consent.verdict import Verdict, by_record
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Outcome, Reden
from schemas.exchange.taak import Taaksoort, Vraag
from schemas.identifiers import PartijId
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.toestemming import (
    Bereik,
    Gebeurtenis,
    Gebruiksdoel,
    Hoedanigheid,
    Ontvanger,
    Richting,
    Toestemming,
    ToestemmingFunctie,
)

V = TypeVar("V")

ASK_DAYS: Final = (60, 14)
"""People are asked this many days ahead, and reminded this many days ahead [P]."""
HOLDS: Final = {
    Reden.GEZAG_UNVERIFIED: Taaksoort.GEZAG_NAGAAN,
    Reden.AGE_UNCERTAIN: Taaksoort.GEZAG_NAGAAN,
    Reden.CAPACITY_ROUTE_UNCLEAR: Taaksoort.BEKWAAMHEID_NAGAAN,
    Reden.SIGNER_INCAPABLE: Taaksoort.BEKWAAMHEID_NAGAAN,
    Reden.GROUND_INCOMPLETE: Taaksoort.GROND_AANVULLEN,
    Reden.PREDICATE_UNKNOWN: Taaksoort.GROND_AANVULLEN,
}
"""Reasons that no statement repairs: somebody must look something up, or judge."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a decision about one leerling rests on, except the request itself."""

    said: Statements
    who: Authorities
    policy: Beleid
    grounds: Sequence[Grondverklaring] = ()
    weighings: Sequence[OfferedAfweging] = ()
    circumstances: Sequence[Omstandigheid] = ()


@dataclass(frozen=True, slots=True)
class Verandering:
    """Something that carries now and will not carry later: what one partij does about it before that day."""

    op: dt.date | None
    """The first day on which it no longer carries. None when a new kennisgeving stopped it already."""
    soort: Taaksoort
    partij: PartijId
    redenen: tuple[Reden, ...]
    """Only reasons that rest on facts of that partij itself."""
    vragen: tuple[Vraag, ...] = ()


# ── which days


def days_ahead(facts: Facts, as_of: dt.datetime) -> tuple[dt.date, ...]:
    """Every later day (Europe/Amsterdam) on which a decision about this leerling may change, in order."""
    today = day(as_of)
    return tuple(sorted({d for d in (*_days(facts), *_by_instant(facts, as_of)) if d > today}))


def next_look(facts: Facts, as_of: dt.datetime) -> dt.date | None:
    """The first later day on which there is somebody to ask or to remind, or a decision may change."""
    today = day(as_of).toordinal()
    looks = (d.toordinal() - ahead for d in days_ahead(facts, as_of) for ahead in (*ASK_DAYS, 0))
    first = min((n for n in looks if n > today), default=None)
    return None if first is None else dt.date.fromordinal(first)


def _days(facts: Facts) -> Iterator[dt.date]:
    yield from facts.policy.dagen
    for who in (facts.who, *facts.who.others):
        yield from _ages_reached(facts, who)
        for law in facts.policy.recht.standen:
            yield from _by_law(facts, who, law)
        yield from _gezag(facts, who)
    for given in facts.said:
        if given.gebeurtenis is Gebeurtenis.GEGEVEN:
            yield given.geldig_vanaf
    for convenant in facts.policy.afspraken.convenanten.values():
        yield convenant.geldig_van
        yield from _after(convenant.geldig_tot_en_met)
    for ground in facts.grounds:
        yield ground.geldig_vanaf
        yield from _after(ground.geldig_tot_en_met)
    for said in facts.circumstances:
        yield said.geldig_vanaf
        yield from _after(said.geldig_tot_en_met)
        for law in facts.policy.recht.standen:
            yield from _after(add_months(said.geldig_vanaf, law.termijn["grond_maanden"]))


def _by_law(facts: Facts, who: Authorities, law: Rechtstand) -> Iterator[dt.date]:
    """What is a day by the ages and terms of one law: whichever holds then, its days are among them."""
    births, snapshot = who.births, who.snapshot
    for given in facts.said:
        if given.gebeurtenis is Gebeurtenis.GEGEVEN:
            yield from _after(carries_until(given, facts.policy, law))
    if len(births) > 1 and snapshot is not None:
        for own in facts.said.by(snapshot.leerling):
            for said in own.events:
                # His own statement has to be made again once he may have reached an age since.
                turned = _birthdays(births, law.jeugdige_mee, law.zelf)
                yield from sorted(d for d in turned if d > day(said.moment))[:1]


def _ages_reached(facts: Facts, who: Authorities) -> Iterator[dt.date]:
    """When he reaches an age that any law or rule names, each looked at once."""
    laws = facts.policy.recht.standen
    ages = {*_ages(facts.policy), *(years for law in laws for years in law.leeftijd.values())}
    if facts.grounds:
        ages |= {g.onder for law in laws for g in law.gronden.values() if g.onder is not None}
    # Who was born on an unknown day is possibly of that age from the earliest, certainly from the latest.
    for born in {*who.births[:1], *who.births[-1:]}:
        yield born
        yield from _birthdays((born,), *ages)


def _ages(policy: Beleid) -> tuple[int, ...]:
    """The ages that a rule of a flow names."""
    return () if policy.stromen is None else policy.stromen.leeftijden


def _gezag(facts: Facts, who: Authorities) -> Iterator[dt.date]:
    """When the check of gezag counts no more, and court orders begin and end."""
    snapshot = who.snapshot
    if snapshot is None:
        return
    yield snapshot.gecontroleerd_op
    for law in facts.policy.recht.standen:
        months = min(facts.policy.gezag_max_maanden, law.termijn["gezag_maanden"])
        yield add_months(snapshot.gecontroleerd_op, months)
    yield from _after(snapshot.geldig_tot_en_met)
    for order in who.substitutions:
        yield order.geldig_vanaf
        yield from _after(order.geldig_tot_en_met)
    for representation in who.orders:
        yield representation.geldig_vanaf
        yield from _after(representation.geldig_tot_en_met)


def _by_instant(facts: Facts, as_of: dt.datetime) -> Iterator[dt.date]:
    """What changes at an instant is seen on that day, or on the next day when it comes after the moment of
    looking.
    """
    who, limits = facts.who, facts.policy.grenzen
    instants = [c.moment for c in facts.said]
    instants += [n.moment for n in who.bekwaamheid]
    instants += [b.moment for b in who.bezwaren]
    instants += [v.moment for v in who.vetos]
    instants += [g.moment for g in facts.grounds]
    instants += [o.moment for o in facts.circumstances]
    for weighing in facts.weighings:
        instants += [b.moment for b in weighing.tweede_blikken]
        for a in (weighing.afweging, *weighing.eerdere):
            instants += [a.venster_van, a.venster_tot]
            instants += _later(a.venster_van, limits.venster) + _later(a.moment, limits.tweede_blik)
    for at in instants:
        if at > as_of:
            yield day(at)
            yield from _after(day(at))


def _later(at: dt.datetime, by: dt.timedelta) -> list[dt.datetime]:
    try:
        return [at + by]
    except OverflowError:
        return []


def _after(last: dt.date | None) -> Iterator[dt.date]:
    """The first day after a last one. The calendar ends in 9999."""
    if last is not None and last < dt.date.max:
        yield last + dt.timedelta(days=1)


def _birthdays(births: Iterable[dt.date], *ages: int) -> Iterator[dt.date]:
    for born, years in product(births, ages):
        reached = turns(born, years)
        if reached is not None:
            yield reached


# ── whom to ask


def questions(cells: Iterable[Cell], facts: Facts, as_of: dt.datetime) -> tuple[Vraag, ...]:
    """What must still be stated, and by whom, before all these cells are agreed to; in a fixed order.

    A cell for which a check comes first is left out, because the check may show that somebody else must be
    asked.
    """
    asked: Asked = {}
    alike = kenmerk(facts.said, facts.who)
    found: dict[Hashable, dict[str, frozenset[ToestemmingFunctie]]] = {}
    for cell in cells:
        # Of categories that nobody tells apart the same people are asked, so that is found once.
        flow = (cell.richting, cell.doel, cell.ontvanger, cell.afzender, cell.helft, cell.toen, cell.nieuw)
        key = (flow, alike(cell.categorie))
        people = found.get(key)
        if people is None:
            people = found[key] = to_ask(cell, facts.said, facts.who, facts.policy, as_of)
        for persoon, functies in people.items():
            asked.setdefault((persoon, functies), []).append(cell)
    return _vragen(asked, facts.who)


def changes_ahead(facts: Facts, as_of: dt.datetime) -> tuple[Verandering, ...]:
    """What carries now and stops within sixty days, or stopped by a new kennisgeving, and who repairs it.

    Each partij from what it may know alone: what is told to one is the same whatever another recorded about
    something that would come to it.
    """
    work: Work = {}
    for view in _views(facts):
        _ahead_of(view, as_of, work)
    return tuple(
        Verandering(on, soort, partij, tuple(r for r in Reden if r in w.redenen), _vragen(w.asked, w.who))
        for (on, soort, partij), w in work.items()
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What one partij may know of what carries in one direction."""

    partij: PartijId
    richting: Richting
    facts: Facts
    functies: frozenset[ToestemmingFunctie]
    """Its own part of what is needed."""
    whole: bool
    """It knows everybody who must agree; else only those whose statements it recorded."""
    eigenaar: PartijId
    """Whose record of gezag it looks at."""


def _views(facts: Facts) -> Iterator[_View]:
    """The owner sends to jeugdhulp, and knows all of that. Of what comes from there each knows its own."""
    who = facts.who
    owner = who.eigenaar or ""
    yield _View(owner, Richting.S2J, replace(facts, who=who.alone), CARRYING, whole=True, eigenaar=owner)
    recorded: dict[str, list[Toestemming]] = {}
    for c in facts.said:
        recorded.setdefault(c.vastgelegd_door, []).append(c)
    for partij, said in sorted(recorded.items()):
        side = who.side(partij)
        seen = who.alone if side is None else side
        mine = replace(
            facts,
            said=Statements(said),
            who=replace(
                seen,
                bekwaamheid=tuple(n for n in who.bekwaamheid if n.vastgelegd_door == partij),
                bezwaren=tuple(b for b in who.bezwaren if b.vastgelegd_door == partij),
            ),
        )
        whole = partij == owner or side is not None
        for richting in (Richting.J2S,) if partij == owner else tuple(Richting):
            functies = frozenset(c.functie for c in said if c.bereik.richting is richting)
            of = owner if side is None else partij
            yield _View(partij, richting, mine, functies, whole=whole, eigenaar=of)


def _ahead_of(view: _View, as_of: dt.datetime, work: Work) -> None:
    facts = view.facts
    last = day(as_of).toordinal() + ASK_DAYS[0]
    for on in days_ahead(facts, as_of):
        if on.toordinal() > last:
            break
        begins = midnight(on)
        before = begins - dt.timedelta(microseconds=1)
        _lost(view, on, before, (facts, before), (facts, begins), work)
    if facts.policy.kennisgevingen is not None:
        lenient = replace(facts, policy=replace(facts.policy, kennisgevingen=None))
        _lost(view, None, as_of, (lenient, as_of), (facts, as_of), work)


Asked = dict[tuple[str, frozenset[ToestemmingFunctie]], list[Cell]]


def _carried(said: Statements, policy: Beleid, at: dt.datetime) -> tuple[Bereik, ...]:
    """The scopes of which some statement carries on the day of that moment."""
    on, law = day(at), policy.law(at)
    return tuple(
        dict.fromkeys(
            g.bereik
            for persoon in said.people
            for g in said.by(persoon)
            if g.functie in CARRYING
            and any(
                c.gebeurtenis is Gebeurtenis.GEGEVEN and c.geldig_vanaf <= on <= carries_until(c, policy, law)
                for c in g.events
            )
        )
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """Cells that nothing on record tells apart, so that a decision on one of them holds for all."""

    richting: Richting
    afzender: PartijId | None
    doelen: tuple[Gebruiksdoel, ...]
    categorieen: tuple[Gegevenscategorie, ...]
    ontvangers: tuple[Ontvanger, ...]

    @property
    def cells(self) -> Iterator[Cell]:
        for doel, categorie, ontvanger in product(self.doelen, self.categorieen, self.ontvangers):
            yield Cell(
                self.richting, doel, categorie, ontvanger, self.afzender, nieuw=self.afzender is not None
            )


def _blocks(carried: Sequence[Bereik], facts: Facts) -> Iterator[_Block]:
    """All cells of these scopes, divided in blocks. A wide scope has thousands of cells and few blocks."""
    who, said = facts.who, facts.said
    orders = [o.bereik for o in who.substitutions]
    acting = who.orders
    spoken = {g.bereik for persoon in said.people for g in said.by(persoon)}
    scopes = [*spoken, *orders, *(b.bereik for b in who.bezwaren)]
    doelen = [set(d) for d in (*(b.doelen for b in scopes), *(o.doelen for o in acting))]
    doelen += [set(n.doelen) for n in who.bekwaamheid]
    categorieen = [set(c) for c in (*(b.categorieen for b in scopes), *(o.categorieen for o in acting))]
    ontvangers = [set(b.ontvangers) for b in scopes]
    partijen = [{o.partij for o in b.ontvangers} for b in scopes]
    for richting, afzender in dict.fromkeys((b.richting, b.afzender) for b in carried):
        mine = [b for b in carried if (b.richting, b.afzender) == (richting, afzender)]
        for block in product(
            _alike((d for b in mine for d in b.doelen), lambda d: [d in s for s in doelen]),
            _alike(
                (c for b in mine for c in b.categorieen),
                lambda c: [c.niveau, c is Gegevenscategorie.LEERLINGSTEM, *(c in s for s in categorieen)],
            ),
            _alike(
                (o for b in mine for o in b.ontvangers),
                lambda o: [*(o in s for s in ontvangers), *(o.partij in s for s in partijen)],
            ),
        ):
            found = _Block(richting, afzender, *block)
            if any(not next(found.cells).misses(b) for b in mine):
                yield found


def _alike(values: Iterable[V], mark: Callable[[V], list[object]]) -> Iterator[tuple[V, ...]]:
    """The different values, with those that have the same marks together."""
    found: dict[tuple[object, ...], list[V]] = {}
    for value in dict.fromkeys(values):
        found.setdefault(tuple(mark(value)), []).append(value)
    return map(tuple, found.values())


@dataclass(slots=True)
class _Work:
    """What one partij does about one day, while it is being gathered."""

    redenen: set[Reden]
    asked: Asked
    who: Authorities


Work = dict[tuple[dt.date | None, Taaksoort, str], _Work]


def _lost(
    view: _View,
    on: dt.date | None,
    carried_on: dt.datetime,
    before: tuple[Facts, dt.datetime],
    after: tuple[Facts, dt.datetime],
    work: Work,
) -> None:
    """Of cells that everybody asked had agreed to: who must agree anew, and what must be looked up."""
    facts, at = after
    known = frozenset(facts.said.people)
    carried = [b for b in _carried(facts.said, facts.policy, carried_on) if b.richting is view.richting]
    for block in _blocks(carried, facts):
        cell = replace(next(block.cells), helft=view.functies & CARRYING)
        had, has = (_verdict(cell, *then, view.eigenaar) for then in (before, after))
        mine = [(p, s) for p, s in had.stands if view.whole or p in known]
        agreed = bool(mine) and all(s.state is State.PERMIT for _, s in mine)
        if not agreed or has.outcome is not Outcome.HOLD:
            continue  # a no is not repaired by asking
        recorder = {u.ondertekenaar: u.vastgelegd_door for _, s in mine for u in s.used}
        for persoon, functies in missing(cell, facts.said, facts.who, facts.policy, at).items():
            # Who recorded what ends asks again; what another recorded is not told to the owner.
            if recorder.get(persoon, view.eigenaar) != view.partij:
                continue
            one = work.setdefault((on, Taaksoort.OPNIEUW_VRAGEN, view.partij), _Work(set(), {}, facts.who))
            one.asked.setdefault((persoon, functies), []).extend(block.cells)
            one.redenen |= {r.code for r in has.reasons if view.partij in r.partijen and r.code not in HOLDS}
        before_that = {r.code for r in had.reasons}
        for r in has.reasons:
            if r.code in HOLDS and r.code not in before_that and view.partij in r.partijen:
                key = (on, HOLDS[r.code], view.partij)
                work.setdefault(key, _Work(set(), {}, facts.who)).redenen.add(r.code)


def _verdict(cell: Cell, facts: Facts, at: dt.datetime, eigenaar: str | None = None) -> Verdict:
    """What toestemming comes to for one cell, whatever message would ask it."""
    request = Request(
        decision_id="0" * 32,
        eigenaar=eigenaar or facts.who.eigenaar or "",
        afzender="",
        ontvanger=cell.ontvanger,
        partij=None,
        doel=cell.doel,
        richting=cell.richting,
        bericht="",
        gevraagd=(cell.categorie,),
        velden=(),
        wacht=True,
    )
    return by_record(request, cell, facts.said, facts.who, facts.policy, at)


def _vragen(asked: Asked, who: Authorities) -> tuple[Vraag, ...]:
    roles = who.roles
    return tuple(
        Vraag(
            persoon=persoon,
            hoedanigheid=roles.get(persoon, Hoedanigheid.ANDER),
            functies=tuple(sorted(functies)),
            bereik=bereik,
        )
        for (persoon, functies), cells in sorted(asked.items(), key=lambda a: (a[0][0], sorted(a[0][1])))
        for bereik in _scopes(cells)
    )


_Flow = tuple[Richting, PartijId | None]


def _scopes(cells: Iterable[Cell]) -> Iterator[Bereik]:
    """A few scopes that cover exactly these cells and none more, in a fixed order."""
    categorieen: dict[tuple[_Flow, Gebruiksdoel, Ontvanger], set[Gegevenscategorie]] = {}
    for c in cells:
        categorieen.setdefault((c.gevraagd_als, c.doel, c.ontvanger), set()).add(c.categorie)
    doelen: dict[tuple[_Flow, Ontvanger, frozenset[Gegevenscategorie]], set[Gebruiksdoel]] = {}
    for (flow, doel, ontvanger), found in categorieen.items():
        doelen.setdefault((flow, ontvanger, frozenset(found)), set()).add(doel)
    ontvangers: dict[tuple[_Flow, frozenset[Gebruiksdoel], frozenset[Gegevenscategorie]], set[Ontvanger]] = {}
    for (flow, ontvanger, found_), over in doelen.items():
        ontvangers.setdefault((flow, frozenset(over), found_), set()).add(ontvanger)
    scopes = [
        Bereik(
            richting=flow[0],
            afzender=flow[1],
            doelen=tuple(d for d in Gebruiksdoel if d in over_),
            categorieen=tuple(c for c in Gegevenscategorie if c in found__),
            ontvangers=tuple(sorted(to, key=lambda o: (o.partij, o.rol))),
        )
        for (flow, over_, found__), to in ontvangers.items()
    ]
    yield from sorted(scopes, key=lambda b: b.model_dump_json())
