"""Who must agree: the signer table of `consent.md` §2.3, one small function per row.

Everything here is pure. Marks as in the fact base: [W] law read, [P] our policy, stricter than the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from consent.beleid import Beleid
from consent.leeftijd import Band, add_months, age, band, day
from consent.rules import AVG, CARRYING, WAIVER, Authorities, Cell, Functies, incapable, judgement
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Maatregel,
    Richting,
    Vertegenwoordiging,
)

JOINT: Final = 2
"""Gezag that is held jointly is held by two."""
GEZAG_MAX_MAANDEN: Final = 12
"""A policy may ask a check of gezag more often, never less [P]."""
_FOR_A_CHILD: Final = frozenset({Hoedanigheid.BIJZONDERE_CURATOR})
_FOR_AN_ADULT: Final = frozenset({Hoedanigheid.CURATOR, Hoedanigheid.MENTOR, Hoedanigheid.BEWINDVOERDER})

Required = dict[str, Functies]


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose permit one cell needs, and for which functions."""

    required: Required
    bands: frozenset[Band] = frozenset()
    """Every band the leerling may be in; empty: nothing is known of his age."""
    youth: str | None = None
    holds: tuple[Reden, ...] = ()
    """Reasons why no set of permits is enough yet."""
    unknown: bool = False
    """Somebody must agree whom nobody can name yet."""
    held_by: tuple[str, ...] = ()
    """Partijen on whose recorded facts `holds` rests; none: on the owner's."""
    quorum_of_one: bool = False
    """Joint gezag: one parent may do for level 1 (rule `one_parent_suffices`)."""
    represented: bool = False
    """An adult for whom somebody decides by order: he himself does not."""
    remarks: tuple[Reden, ...] = ()
    """Told with every outcome."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rows look at."""

    cell: Cell
    who: Authorities
    policy: Beleid
    as_of: dt.datetime
    own: Sequence[Bekwaamheidsoordeel]
    """The judgements of who may judge for this direction."""
    on: dt.date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "on", day(self.as_of))

    @property
    def youth(self) -> str | None:
        return self.who.snapshot.leerling if self.who.snapshot else None

    @property
    def judged(self) -> Bekwaamheidsoordeel | None:
        return judgement(self.own, self.cell.doel, self.as_of)


def signers(cell: Cell, who: Authorities, policy: Beleid, as_of: dt.datetime) -> Signers:
    """The signer table: the row of the leerling's band, or all rows he may be in, together [P].

    A hold leaves everybody whom it may concern the right to block; nobody's permit is enough then.
    """
    own, foreign = _judgements(who, cell.richting)
    facts = _Facts(cell, who, policy, as_of, own)
    births = [b for b in who.births if b <= facts.on]
    if not births:
        return Signers(_anybody(facts), youth=facts.youth, holds=(Reden.AGE_UNCERTAIN,))
    bands = frozenset(band(age(b, facts.on)) for b in births)
    raised = judgement(foreign, cell.doel, as_of)
    if raised is not None and (not raised.wilsbekwaam or raised.maatregel is not Maatregel.GEEN):
        # Who gains by it may raise the question, not settle it by taking a signer away [P].
        by = tuple(sorted({n.vastgelegd_door for n in foreign}))
        holds = (Reden.CAPACITY_ROUTE_UNCLEAR,)
        return Signers(_anybody(facts), bands, facts.youth, holds, held_by=by)
    rows = [_ROWS[b](facts) for b in sorted(bands)]
    return rows[0] if len(rows) == 1 else _together(rows, bands)


def _together(rows: Sequence[Signers], bands: frozenset[Band]) -> Signers:
    """An age that is not certain asks everybody whom any possible band asks (§2.1) [P]."""
    required: Required = {}
    for row in rows:
        for persoon, functies in row.required.items():
            required[persoon] = required.get(persoon, frozenset()) | functies
    return Signers(
        required,
        bands,
        rows[0].youth,
        tuple(dict.fromkeys(r for row in rows for r in row.holds)),
        unknown=any(row.unknown for row in rows),
        quorum_of_one=any(row.quorum_of_one for row in rows),
        remarks=(Reden.AGE_UNCERTAIN,),
    )


def _row_a(f: _Facts) -> Signers:
    """Under 12: who represents the child, in place of the child (UAVG 5(1), Jeugdwet 7.3.15(1)) [W]."""
    return _by_representatives(f, Band.A, _needed(f.cell), {})


def _row_b(f: _Facts) -> Signers:
    """B1, 12 to 15 and capable: the representatives and the youth. B2, not capable: the representatives.

    UAVG 5(1) asks the ground of the representative, Jeugdwet 7.3.11(1) the youth to lift secrecy [W].
    School to jeugdhulp asks the youth for the ground as well [P]. B2 is Jeugdwet 7.3.15(2) [W].
    """
    if f.youth is None or incapable(f.judged):
        return _by_representatives(f, Band.B, _needed(f.cell), {})
    functie = WAIVER if f.cell.richting is Richting.J2S else AVG
    return _by_representatives(f, Band.B, frozenset({AVG}), {f.youth: frozenset({functie})})


def _row_c(f: _Facts) -> Signers:
    """C1, 16 and 17: the youth alone (UAVG 5(1) a contrario, Jeugdwet 7.3.5(1)) [W].

    C2, not capable: HOLD. Jeugdwet 7.3.15(2) names the representative for secrecy, but UAVG 5 names nobody
    for the ground [?], so nobody's signature is enough, that of a bijzondere curator included.
    """
    if incapable(f.judged):
        return _unclear(f, Band.C)
    return _alone(f, Band.C)


def _row_d(f: _Facts) -> Signers:
    """D1, from 18: he himself [W]. D2: who represents him by order, within that order. D3: HOLD.

    D2: curatele, mentorschap or bewind (UAVG 5(2), Jeugdwet 7.3.15(2)) [W]. Outside the order, or when a
    measure is known and its order is not on record, only a judgement that he is capable in this matter makes
    him decide himself [P]. D3: not capable and without an order; Jeugdwet 7.3.15(3) names an order of persons
    for secrecy only, nobody for the ground [W].
    """
    required = _by_order(f, _FOR_AN_ADULT, _needed(f.cell))
    if required:
        if f.cell.categorie is Gegevenscategorie.LEERLINGSTEM:
            required |= _self(f)
        held = () if _checked(f) else (Reden.GEZAG_UNVERIFIED,)
        return Signers(required, frozenset({Band.D}), f.youth, held, represented=True)
    under_order = any(_in_force(o.geldig_vanaf, o.geldig_tot_en_met, f.on) for o in _orders(f, _FOR_AN_ADULT))
    if incapable(f.judged) or _measured(f.judged) or (f.judged is None and under_order):
        return _unclear(f, Band.D)
    return _alone(f, Band.D)


_ROWS: Final[Mapping[Band, Callable[[_Facts], Signers]]] = {
    Band.A: _row_a,
    Band.B: _row_b,
    Band.C: _row_c,
    Band.D: _row_d,
}


def _by_representatives(f: _Facts, years: Band, functies: Functies, youth: Required) -> Signers:
    """Everybody who represents the child, and beside them whom the row asks of the child himself.

    His own words leave only if he lets them go, at any age: being heard is not consenting (§3) [P].
    """
    # A bijzondere curator stands in place of who has gezag, within his order (BW 1:250) [W].
    required = _by_order(f, _FOR_A_CHILD, functies)
    known = _checked(f) if required else gezag_verified(f)
    joint = not required and f.who.snapshot is not None and f.who.snapshot.soort is Gezagsoort.GEZAMENLIJK
    required = (required or dict.fromkeys(_representatives(f), functies)) | youth
    if f.cell.categorie is Gegevenscategorie.LEERLINGSTEM:
        required |= _self(f)
    held = () if known else (Reden.GEZAG_UNVERIFIED,)
    return Signers(required, frozenset({years}), f.youth, held, unknown=not required, quorum_of_one=joint)


def _alone(f: _Facts, years: Band) -> Signers:
    return Signers(_self(f), frozenset({years}), f.youth, unknown=f.youth is None)


def _unclear(f: _Facts, years: Band) -> Signers:
    return Signers({}, frozenset({years}), f.youth, (Reden.CAPACITY_ROUTE_UNCLEAR,), unknown=True)


def _anybody(f: _Facts) -> Required:
    """Everybody whom any row could ask."""
    needed = _needed(f.cell)
    represents = dict.fromkeys(_representatives(f), needed)
    return represents | _by_order(f, _FOR_A_CHILD | _FOR_AN_ADULT, needed) | _self(f)


def _needed(cell: Cell) -> Functies:
    """J2S needs a ground and a lifted secrecy duty, S2J a ground (design §12)."""
    return CARRYING if cell.richting is Richting.J2S else frozenset({AVG})


def _self(f: _Facts) -> Required:
    return {f.youth: _needed(f.cell)} if f.youth else {}


def _representatives(f: _Facts) -> tuple[str, ...]:
    """The wettelijk vertegenwoordigers: who holds gezag by the newest snapshot (BW 1:251-253, 1:268).

    Ondertoezichtstelling is no change of gezag: a GI that does not hold the voogdij represents nobody
    (BW 1:262, 263) [W].
    """
    snapshot = f.who.snapshot
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return ()
    return tuple(
        p.persoon
        for p in snapshot.personen
        if p.gezag
        and p.persoon != snapshot.leerling
        and (p.hoedanigheid is not Hoedanigheid.GI_VOOGD or snapshot.soort is Gezagsoort.GI_VOOGD)
    )


def _orders(f: _Facts, as_who: frozenset[Hoedanigheid]) -> tuple[Vertegenwoordiging, ...]:
    snapshot = f.who.snapshot
    if snapshot is None:
        return ()
    return tuple(
        o
        for o in snapshot.vertegenwoordigingen
        if o.hoedanigheid in as_who and o.persoon != snapshot.leerling
    )


def _by_order(f: _Facts, as_who: frozenset[Hoedanigheid], functies: Functies) -> Required:
    """Who represents the leerling by court order, for exactly what the order says, while it is in force."""
    return {
        o.persoon: functies
        for o in _orders(f, as_who)
        if _in_force(o.geldig_vanaf, o.geldig_tot_en_met, f.on)
        and f.cell.doel in o.doelen
        and f.cell.categorie in o.categorieen
        and functies <= set(o.functies)
    }


def _in_force(first: dt.date, last: dt.date | None, today: dt.date) -> bool:
    return first <= today and (last is None or today <= last)


def _measured(judged: Bekwaamheidsoordeel | None) -> bool:
    return judged is not None and judged.maatregel is not Maatregel.GEEN


def _judgements(
    who: Authorities, richting: Richting
) -> tuple[Sequence[Bekwaamheidsoordeel], Sequence[Bekwaamheidsoordeel]]:
    """Those of who may judge for this direction, and those of others: S2J benefits the jeugdhulp side."""
    if who.eigenaar is None or richting is Richting.J2S:
        return who.bekwaamheid, ()
    own = [n for n in who.bekwaamheid if n.vastgelegd_door == who.eigenaar]
    return own, [n for n in who.bekwaamheid if n.vastgelegd_door != who.eigenaar]


def gezag_verified(f: _Facts) -> bool:
    """Known and checked. Joint gezag that names one holder only is not known: somebody is missing from it."""
    snapshot = f.who.snapshot
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return False
    if snapshot.soort is Gezagsoort.GEZAMENLIJK and len(set(_representatives(f))) < JOINT:
        return False
    return _checked(f)


def _checked(f: _Facts) -> bool:
    """Looked up less than twelve months ago, and not on a parent's word alone above level 1 [P]."""
    snapshot: Gezagsgegevens | None = f.who.snapshot
    assert snapshot is not None, "who represents is known from a snapshot"
    stale = add_months(snapshot.gecontroleerd_op, min(f.policy.gezag_max_maanden, GEZAG_MAX_MAANDEN))
    if not snapshot.gecontroleerd_op <= f.on < stale:
        return False
    if snapshot.geldig_tot_en_met is not None and f.on > snapshot.geldig_tot_en_met:
        return False
    return not (snapshot.bron is Gezagsbron.VERKLARING_OUDER and f.cell.categorie.niveau > 1)
