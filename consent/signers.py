"""Who must agree: the signer table of `consent.md` §2.3, one small function per row.

Everything here is pure. Marks as in the fact base: [W] law read, [P] our policy, stricter than the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from consent import gezag
from consent.beleid import Beleid
from consent.leeftijd import Band, add_months, age, day
from consent.recht import Rechtstand, Tekent
from consent.rules import AVG, CARRYING, Authorities, Cell, Functies, judgements
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Richting,
)

_FOR_A_CHILD: Final = frozenset({Hoedanigheid.BIJZONDERE_CURATOR})
_FOR_AN_ADULT: Final = frozenset({Hoedanigheid.CURATOR, Hoedanigheid.MENTOR, Hoedanigheid.BEWINDVOERDER})
_CURATOR: Final = frozenset({Hoedanigheid.CURATOR})

Required = dict[str, Functies]


@dataclass(slots=True)
class Signers:
    """Whose permit one cell needs, and for which functions.

    Nothing changes it once it is made. It is not frozen, nor is what else is made for every category: to set
    the fields of a frozen one takes more than finding them.
    """

    required: Required
    bands: frozenset[Band] = frozenset()
    """Every band in which the leerling may be. Empty when nothing is known of his age."""
    youth: str | None = None
    holds: tuple[Reden, ...] = ()
    """Reasons why no set of permits is enough yet."""
    unknown: bool = False
    """Somebody must agree who cannot be named yet."""
    held_by: tuple[str, ...] = ()
    """The partijen on whose facts `holds` rests. Empty when it rests on those of the owner."""
    quorum_of_one: bool = False
    """Gezag is joint, and one parent may do for level 1 (rule `one_parent_suffices`)."""
    represented: bool = False
    """He is an adult for whom somebody decides by order, and he himself does not decide."""
    by_order: Required = field(default_factory=dict)
    """The people who are asked because a court lets them decide, and for what."""
    holders: frozenset[str] = frozenset()
    """The people who are asked because they hold gezag."""
    taken_over: Functies = frozenset()
    """What a bijzondere curator says in the place of the people who hold gezag."""
    may_refuse: bool = False
    """The leerling is not asked, but his own no blocks all the same."""
    judged_at: dt.datetime | None = None
    """Since when he was found incapable. What he refused before that stands, whatever he says since."""
    may_still_refuse: bool = False
    """A no that he gives after it blocks as well. Otherwise it only makes a person look."""
    remarks: tuple[Reden, ...] = ()
    """Remarks that are told with every outcome."""


@dataclass(slots=True)
class _Facts:
    """What the rows of the table look at."""

    cell: Cell
    who: Authorities
    policy: Beleid
    as_of: dt.datetime
    judged: Bekwaamheidsoordeel | None
    """What who may judge for this direction thought of it last."""
    on: dt.date = field(init=False)
    law: Rechtstand = field(init=False)

    def __post_init__(self) -> None:
        self.on, self.law = day(self.as_of), self.policy.law(self.as_of)

    def asks(self, rij: str) -> Tekent:
        """Who signs for this cell by a row of the signer table of that day."""
        return self.law.ondertekenaars[rij].naar(self.cell.richting)

    @property
    def youth(self) -> str | None:
        return self.who.snapshot.leerling if self.who.snapshot else None

    @property
    def incapable(self) -> bool:
        """A leerling is held capable until a professional judged otherwise, per matter (7.3.15(2)) [P]."""
        return self.judged is not None and not self.judged.wilsbekwaam


def signers(cell: Cell, who: Authorities, policy: Beleid, as_of: dt.datetime) -> Signers:
    """The signer table: the row of the leerling's band, or all rows he may be in, together [P].

    A hold leaves everybody whom it may concern the right to block; nobody's permit is enough then.
    """
    judged = judgements(who, cell, as_of)
    # When two judgements of one instant differ, nothing tells which holds: nobody's permit is enough until
    # that is known.
    contested = len({n.wilsbekwaam for n in judged}) > 1
    by_capacity = {n.wilsbekwaam: n for n in judged}
    every = [_Facts(cell, who, policy, as_of, n) for n in by_capacity.values() or (None,)]
    births = [b for b in who.births if b <= every[0].on]
    if not births:
        return _anybody(every[0])
    bands = frozenset(every[0].law.band(age(b, every[0].on)) for b in births)
    rows = [_ROWS[b](facts) for b in sorted(bands) for facts in every]
    found = rows[0] if len(rows) == 1 else _together(rows, bands)
    if not contested or bands == {Band.A}:
        return found
    return replace(found, holds=tuple(dict.fromkeys((*found.holds, Reden.CAPACITY_ROUTE_UNCLEAR))))


def _together(rows: Sequence[Signers], bands: frozenset[Band]) -> Signers:
    """An age that is not certain asks everybody whom any possible band asks (§2.1) [P]."""
    required: Required = {}
    for row in rows:
        for persoon, functies in row.required.items():
            required[persoon] = required.get(persoon, frozenset()) | functies
    taken_over = frozenset.intersection(*(row.taken_over for row in rows))
    return Signers(
        required,
        bands,
        rows[0].youth,
        tuple(dict.fromkeys(r for row in rows for r in row.holds)),
        unknown=any(row.unknown for row in rows),
        quorum_of_one=any(row.quorum_of_one for row in rows),
        by_order=_added(*(row.by_order for row in rows)),
        holders=frozenset().union(*(row.holders for row in rows)),
        taken_over=taken_over,
        may_refuse=any(row.may_refuse for row in rows),
        judged_at=max((row.judged_at for row in rows if row.judged_at is not None), default=None),
        may_still_refuse=any(row.may_still_refuse for row in rows),
        remarks=(Reden.AGE_UNCERTAIN,) if len(bands) > 1 else (),
    )


def _row_a(f: _Facts) -> Signers:
    """Under 12: who represents the child, in place of the child (UAVG 5(1), Jeugdwet 7.3.15(1)) [W]."""
    return _represented(f, Band.A, f.asks("A"))


def _row_b(f: _Facts) -> Signers:
    """B1, 12 to 15 and capable: the representatives and the youth. B2, not capable: the representatives.

    UAVG 5(1) asks the ground of the representative, Jeugdwet 7.3.11(1) the youth to lift secrecy [W].
    School to jeugdhulp asks the youth for the ground as well [P]. B2 is Jeugdwet 7.3.15(2) [W]; what he
    refused before he was found incapable stands.
    """
    if f.youth is None or f.incapable:
        return _heard(f, _represented(f, Band.B, f.asks("B2")))
    return _represented(f, Band.B, f.asks("B1"))


def _row_c(f: _Facts) -> Signers:
    """C1, 16 and 17: the youth alone (UAVG 5(1) a contrario, Jeugdwet 7.3.5(1)) [W].

    C2, not capable: HOLD. Jeugdwet 7.3.15(2) names the representative for secrecy, but UAVG 5 names nobody
    for the ground [?], so nobody's signature is enough, that of a bijzondere curator included. His own no
    blocks, also after he was found incapable.
    """
    if not f.incapable:
        return _alone(f, Band.C, f.asks("C1"))
    somebody = f.asks("C2")
    named = bool(somebody.vertegenwoordiger or somebody.leerling)
    row = _represented(f, Band.C, somebody) if named else _unclear(f, Band.C)
    return replace(_heard(f, row), may_still_refuse=True)


def _row_d(f: _Facts) -> Signers:
    """D1, from 18: he himself [W]. D2: who represents him by order, in so far as he cannot. D3: HOLD.

    UAVG 5(2) and Jeugdwet 7.3.15(2) let a representative act only in so far as the adult is incapable or
    unauthorised in this matter [W]. Judged capable, or under bewind or mentorschap without a judgement: he
    signs himself, whatever measure is on record. Under curatele without a judgement: the curator within his
    order; his own yes is not enough, his own no blocks [P]. Judged incapable: curator or mentor within the
    order; a bewindvoerder only for the goods, and never to lift secrecy. Nobody for that: HOLD, for
    Jeugdwet 7.3.15(3) names an order of persons for secrecy only, nobody for the ground [W].
    """
    if f.judged is None:
        if not gezag.under_curatele(f.who.orders, f.who.bekwaamheid, f.as_of):
            return _alone(f, Band.D, f.asks("D1"))
        return replace(_by_orders(f, _CURATOR), may_refuse=True, may_still_refuse=True)
    if not f.incapable:
        return _alone(f, Band.D, f.asks("D1"))
    return _heard(f, _by_orders(f, _FOR_AN_ADULT))


def _by_orders(f: _Facts, as_who: frozenset[Hoedanigheid]) -> Signers:
    """Everybody who may decide for this adult by order, each for the functies of his order."""
    needed = frozenset(f.asks("D2").vertegenwoordiger) & f.cell.helft
    required = _by_order(f, as_who, needed)
    covered: Functies = frozenset().union(*required.values())
    represented = dict(required)
    if f.cell.categorie is Gegevenscategorie.LEERLINGSTEM:
        required |= _self(f)
    if covered != needed:
        return replace(_unclear(f, Band.D), required=required, by_order=represented)
    held = () if _checked(f) else (Reden.GEZAG_UNVERIFIED,)
    return Signers(required, frozenset({Band.D}), f.youth, held, represented=True, by_order=represented)


def _heard(f: _Facts, row: Signers) -> Signers:
    """Found incapable: what he refused before that stands, what he refuses since makes a person look."""
    assert f.judged is not None or f.youth is None
    return replace(row, may_refuse=True, judged_at=f.judged.moment if f.judged else None)


_ROWS: Final[Mapping[Band, Callable[[_Facts], Signers]]] = {
    Band.A: _row_a,
    Band.B: _row_b,
    Band.C: _row_c,
    Band.D: _row_d,
}


def _represented(f: _Facts, years: Band, asks: Tekent) -> Signers:
    """As a row of the signer table says it."""
    his = frozenset(asks.leerling) & f.cell.helft
    youth = {f.youth: his} if f.youth is not None and his else {}
    return _by_representatives(f, years, frozenset(asks.vertegenwoordiger) & f.cell.helft, youth)


def _by_representatives(f: _Facts, years: Band, functies: Functies, youth: Required) -> Signers:
    """Everybody who represents the child, and beside them the child himself for what the row asks of him.

    His own words leave only if he lets them go, at any age: being heard is not consenting (§3) [P].
    """
    # A bijzondere curator takes the place of the people who hold gezag, for exactly his order (BW 1:250) [W].
    curators = _by_order(f, _FOR_A_CHILD, functies)
    taken_over: Functies = frozenset().union(*curators.values())
    rest = functies - taken_over
    holders = dict.fromkeys(gezag.holders(f.who.snapshot), rest) if rest else {}
    known = gezag_verified(f) if rest else not functies or _checked(f)
    joint = bool(rest) and f.who.snapshot is not None and f.who.snapshot.soort is Gezagsoort.GEZAMENLIJK
    required = _added(holders, curators, youth)
    if f.cell.categorie is Gegevenscategorie.LEERLINGSTEM:
        required |= _self(f)
    return Signers(
        required,
        frozenset({years}),
        f.youth,
        () if known else (Reden.GEZAG_UNVERIFIED,),
        unknown=bool(rest) and not holders,
        quorum_of_one=joint,
        by_order=curators,
        holders=frozenset(holders),
        taken_over=taken_over,
    )


def _added(*of: Required) -> Required:
    """Each person once, with everything for which he is asked."""
    out: Required = {}
    for required in of:
        for persoon, functies in required.items():
            out[persoon] = out.get(persoon, frozenset()) | functies
    return out


def _alone(f: _Facts, years: Band, asks: Tekent) -> Signers:
    himself = {f.youth: frozenset(asks.leerling) & f.cell.helft} if f.youth else {}
    return Signers(himself, frozenset({years}), f.youth, unknown=f.youth is None)


def _unclear(f: _Facts, years: Band) -> Signers:
    return Signers({}, frozenset({years}), f.youth, (Reden.CAPACITY_ROUTE_UNCLEAR,), unknown=True)


def _anybody(f: _Facts) -> Signers:
    """Nothing is known of his age: everybody whom any row could ask may block, and nobody's yes is enough."""
    needed = _needed(f.cell)
    by_order = _by_order(f, _FOR_A_CHILD | _FOR_AN_ADULT, needed)
    holders = dict.fromkeys(gezag.holders(f.who.snapshot), needed)
    return Signers(
        _added(holders, by_order, _self(f)),
        youth=f.youth,
        holds=(Reden.AGE_UNCERTAIN,),
        by_order=by_order,
        holders=frozenset(holders),
    )


def _needed(cell: Cell) -> Functies:
    """J2S needs a ground and a lifted secrecy duty, S2J a ground (design §12)."""
    return (CARRYING if cell.richting is Richting.J2S else frozenset({AVG})) & cell.helft


def _self(f: _Facts) -> Required:
    return {f.youth: _needed(f.cell)} if f.youth else {}


def _by_order(f: _Facts, as_who: frozenset[Hoedanigheid], functies: Functies) -> Required:
    """Who represents the leerling by court order, for exactly what the order says, while it is in force."""
    found: Required = {}
    for o in f.who.orders:
        here = f.cell.doel in o.doelen and f.cell.categorie in o.categorieen and gezag.in_force(o, f.on)
        if here and o.hoedanigheid in as_who:
            carried = gezag.carries(o) & functies
            if carried:
                found[o.persoon] = found.get(o.persoon, frozenset()) | carried
    return found


def gezag_verified(f: _Facts) -> bool:
    """Known and checked. Joint gezag that names one holder only is not known: somebody is missing from it."""
    snapshot = f.who.snapshot
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return False
    if snapshot.soort is Gezagsoort.GEZAMENLIJK and len(gezag.holders(snapshot)) < gezag.PARENTS:
        return False
    return _checked(f)


def _checked(f: _Facts) -> bool:
    """Looked up less than twelve months ago, and not on a parent's word alone above level 1 [P]."""
    snapshot: Gezagsgegevens | None = f.who.snapshot
    assert snapshot is not None, "who represents is known from a snapshot"
    stale = add_months(
        snapshot.gecontroleerd_op, min(f.policy.gezag_max_maanden, f.law.termijn["gezag_maanden"])
    )
    if not snapshot.gecontroleerd_op <= f.on < stale:
        return False
    if snapshot.geldig_tot_en_met is not None and f.on > snapshot.geldig_tot_en_met:
        return False
    return not (snapshot.bron is Gezagsbron.VERKLARING_OUDER and f.cell.categorie.niveau > 1)
