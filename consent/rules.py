"""Who must agree, and what one person's statements amount to: one small function per rule.

Everything here is pure. Marks as in the fact base: [W] law read, [P] our policy, stricter than the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from consent.beleid import Beleid
from consent.leeftijd import (
    ALONE_FROM,
    YOUTH_FROM,
    Band,
    add_months,
    age,
    band,
    day,
    end_of_school_year,
)
from schemas.base import Gegevenscategorie
from schemas.decision import Reden
from schemas.partij import Partij
from schemas.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Maatregel,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    VervangendeToestemming,
)

Functies = frozenset[ToestemmingFunctie]
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
CARRYING: Functies = frozenset({AVG, WAIVER})
"""The functions that may carry an exchange; care_consent and opp_agreement never do."""
_IN_ORDER: Final = tuple(sorted(CARRYING))
EXPLICIT_FROM: Final = 3
"""The level from which a category needs a separate tick or signature (AVG 9(2)(a))."""
JOINT: Final = 2
"""Gezag that is held jointly is held by two."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """What is recorded about who may decide for one leerling. Each tuple in order of recording.

    `geboortedatum` None, or `leeftijd_onzeker`, means the band cannot be told.
    """

    geboortedatum: dt.date | None
    gezag: tuple[Gezagsgegevens, ...] = ()
    bekwaamheid: tuple[Bekwaamheidsoordeel, ...] = ()
    bezwaren: tuple[Bezwaar, ...] = ()
    vetos: tuple[ProfessioneelVeto, ...] = ()
    leeftijd_onzeker: bool = False
    eigenaar: str | None = None
    """The partij whose leerling this is; None where no other partij records facts."""

    @property
    def snapshot(self) -> Gezagsgegevens | None:
        """The snapshot of gezag checked last: it replaces the others whole. Of one day, the last recorded."""
        return max(reversed(self.gezag), key=lambda g: g.gecontroleerd_op, default=None)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one category of one request asks."""

    richting: Richting
    doel: Gebruiksdoel
    categorie: Gegevenscategorie
    ontvanger: Ontvanger

    def misses(self, bereik: Bereik) -> tuple[Reden, ...]:
        """In which dimensions a statement does not cover this cell; empty when it does."""
        out = []
        if bereik.richting is not self.richting:
            out.append(Reden.CONSENT_SCOPE_DIRECTION)
        if self.doel not in bereik.doelen:
            out.append(Reden.CONSENT_SCOPE_PURPOSE)
        if self.categorie not in bereik.categorieen:
            out.append(Reden.CONSENT_SCOPE_CATEGORY)
        if self.ontvanger not in bereik.ontvangers:
            same_partij = any(o.partij == self.ontvanger.partij for o in bereik.ontvangers)
            out.append(Reden.RECIPIENT_ROLE_MISMATCH if same_partij else Reden.CONSENT_SCOPE_RECIPIENT)
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose permit one cell needs, and for which functions. `unknown`: nobody can be named yet."""

    required: dict[str, Functies]
    band: Band | None
    youth: str | None
    holds: tuple[Reden, ...] = ()
    """Reasons why no set of permits is enough yet."""
    unknown: bool = False
    held_by: tuple[str, ...] = ()
    """Partijen on whose recorded facts `holds` rests; none: on the owner's."""
    quorum_of_one: bool = False
    """Joint gezag: one parent may do for level 1 (rule `one_parent_suffices`)."""


def signers(cell: Cell, who: Authorities, policy: Beleid, as_of: dt.datetime) -> Signers:
    """The signer table of `consent.md` §2.3: rows A, B1, B2, C1, D1; other rows hold with their reason."""
    today = day(as_of)
    snapshot = who.snapshot
    youth = snapshot.leerling if snapshot else None
    if who.geboortedatum is None or who.leeftijd_onzeker or who.geboortedatum > today:
        # Everybody a band could ask may block already; nobody's permit is enough.
        anybody = _representatives(snapshot, cell) | _self(youth, cell)
        return Signers(anybody, None, youth, (Reden.AGE_UNCERTAIN,))
    years = band(age(who.geboortedatum, today))
    own, foreign = _judgements(who, cell.richting)
    if _capacity(foreign, cell.doel, as_of) != _Capacity():
        # Who gains by it may raise the question, not settle it by taking a signer away [P].
        everybody = _representatives(snapshot, cell) | _self(youth, cell)
        by = tuple(sorted({n.vastgelegd_door for n in foreign}))
        return Signers(everybody, years, youth, (Reden.CAPACITY_ROUTE_UNCLEAR,), held_by=by)
    capacity = _capacity(own, cell.doel, as_of)
    if years in (Band.C, Band.D):
        measured = years is Band.D and capacity.maatregel is not Maatregel.GEEN
        if measured or not capacity.wilsbekwaam:  # rows C2, D2, D3: who signs is not settled
            return Signers({}, years, youth, (Reden.CAPACITY_ROUTE_UNCLEAR,), unknown=True)
        return Signers(_self(youth, cell), years, youth, unknown=youth is None)
    required = _representatives(snapshot, cell)  # rows A, B2
    if years is Band.B and capacity.wilsbekwaam and youth is not None:  # row B1
        # UAVG 5(1) asks the representative, Jeugdwet 7.3.11(1) the youth; S2J asks the youth as well [P].
        if cell.richting is Richting.J2S:
            required = {p: frozenset({AVG}) for p in required} | {youth: frozenset({WAIVER})}
        else:
            required |= {youth: frozenset({AVG})}
    if cell.categorie is Gegevenscategorie.LEERLINGSTEM and youth is not None:
        # The leerling's own words leave only if he lets them, at any age [P].
        required |= {youth: _needed(cell)}
    held = () if gezag_verified(snapshot, cell, policy, today) else (Reden.GEZAG_UNVERIFIED,)
    return Signers(
        required,
        years,
        youth,
        held,
        unknown=not required,
        quorum_of_one=snapshot is not None
        and snapshot.soort is Gezagsoort.GEZAMENLIJK
        and not policy.regio.beide_ouders,
    )


def _needed(cell: Cell) -> Functies:
    """J2S needs a ground and a lifted secrecy duty, S2J a ground (design §12)."""
    return CARRYING if cell.richting is Richting.J2S else frozenset({AVG})


def _self(youth: str | None, cell: Cell) -> dict[str, Functies]:
    return {youth: _needed(cell)} if youth else {}


def _representatives(snapshot: Gezagsgegevens | None, cell: Cell) -> dict[str, Functies]:
    """The wettelijk vertegenwoordigers: who holds gezag by the newest snapshot (BW 1:251-253, 1:268)."""
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return {}
    return {p.persoon: _needed(cell) for p in snapshot.personen if p.gezag and p.persoon != snapshot.leerling}


@dataclass(frozen=True, slots=True)
class _Capacity:
    wilsbekwaam: bool = True
    maatregel: Maatregel = Maatregel.GEEN


def _judgements(
    who: Authorities, richting: Richting
) -> tuple[Sequence[Bekwaamheidsoordeel], Sequence[Bekwaamheidsoordeel]]:
    """Those of who may judge for this direction, and those of others: S2J benefits the jeugdhulp side."""
    if who.eigenaar is None or richting is Richting.J2S:
        return who.bekwaamheid, ()
    own = [n for n in who.bekwaamheid if n.vastgelegd_door == who.eigenaar]
    return own, [n for n in who.bekwaamheid if n.vastgelegd_door != who.eigenaar]


def _capacity(notes: Sequence[Bekwaamheidsoordeel], doel: Gebruiksdoel, as_of: dt.datetime) -> _Capacity:
    """The newest judgement for this matter; capable without one [P]. At one instant incapable wins."""
    fitting = [n for n in notes if doel in n.doelen and n.moment <= as_of]
    if not fitting:
        return _Capacity()
    newest = max(fitting, key=lambda n: (n.moment, not n.wilsbekwaam, n.maatregel is not Maatregel.GEEN))
    return _Capacity(newest.wilsbekwaam, newest.maatregel)


def gezag_verified(snapshot: Gezagsgegevens | None, cell: Cell, policy: Beleid, today: dt.date) -> bool:
    """Known, checked less than twelve months ago, and not on a parent's word alone above level 1 [P].

    Joint gezag that names one holder only is not known: somebody who must agree is missing from it.
    """
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return False
    if snapshot.soort is Gezagsoort.GEZAMENLIJK and len(_representatives(snapshot, cell)) < JOINT:
        return False
    stale = add_months(snapshot.gecontroleerd_op, policy.gezag_max_maanden)
    if not snapshot.gecontroleerd_op <= today < stale:
        return False
    if snapshot.geldig_tot_en_met is not None and today > snapshot.geldig_tot_en_met:
        return False
    return not (snapshot.bron is Gezagsbron.VERKLARING_OUDER and cell.categorie.niveau > 1)


class State(IntEnum):
    """How far a person's statements carry a cell. Higher blocks harder."""

    PERMIT = 0
    MISSING = 1
    ELSEWHERE = 2
    """Only statements about other cells: somebody agreed to something else."""
    DENIED = 3


@dataclass(frozen=True, slots=True)
class Stand:
    state: State
    reasons: tuple[Reden, ...] = ()
    used: tuple[Toestemming, ...] = ()
    """The statements it rests on."""
    withdrawn: bool = False
    substituted: bool = False
    objected_by: frozenset[str] = field(default_factory=frozenset)
    """Partijen that recorded an objection that weighs as a refusal."""

    @property
    def recorded_by(self) -> frozenset[str]:
        return frozenset(s.vastgelegd_door for s in self.used) | self.objected_by


def stand(
    persoon: str,
    needed: Functies,
    cell: Cell,
    consents: Iterable[Toestemming],
    who: Authorities,
    years: Band | None,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    """What one person's statements say of one cell, over all functions he is needed for.

    A refusal or withdrawal of any carrying function blocks, also one he is not needed for. An objection names
    no function: it is lifted by a later permit of what he is needed for.
    """
    own = [c for c in consents if c.ondertekenaar == persoon and c.moment <= as_of]
    objections = [
        b for b in who.bezwaren if b.persoon == persoon and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    stands = []
    for functie in _IN_ORDER:
        if functie not in needed and all(c.functie is not functie for c in own):
            continue  # neither asked nor spoken of
        heard = objections if functie in needed else ()
        found = _one(functie, cell, own, heard, who, years, persoon, policy, as_of)
        if functie in needed or found.state is State.DENIED:
            stands.append(found)
    if len(stands) == 1 and len(stands[0].used) <= 1:
        return stands[0]  # nothing to weigh or to merge
    worst = max(s.state for s in stands)
    decisive = [s for s in stands if s.state is worst]
    return Stand(
        worst,
        tuple(dict.fromkeys(r for s in decisive for r in s.reasons)),
        tuple(dict.fromkeys(u for s in decisive for u in s.used)),
        withdrawn=any(s.withdrawn for s in decisive),
        objected_by=frozenset(p for s in decisive for p in s.objected_by),
    )


def _one(
    functie: ToestemmingFunctie,
    cell: Cell,
    own: Sequence[Toestemming],
    objections: Sequence[Bezwaar],
    who: Authorities,
    years: Band | None,
    persoon: str,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    """One person, one function: the latest effective event wins, at the same instant the deny (§4.3)."""
    today = day(as_of)
    fitting = [c for c in own if c.functie is functie and not cell.misses(c.bereik)]
    effective = [c for c in fitting if c.gebeurtenis is not Gebeurtenis.GEGEVEN or c.geldig_vanaf <= today]
    latest = max((c.moment for c in effective), default=None)
    # What was said at one instant has no order: the outcome may not depend on that of recording.
    newest = sorted((c for c in effective if c.moment == latest), key=lambda c: c.id)
    denials = tuple(c for c in newest if c.gebeurtenis is not Gebeurtenis.GEGEVEN)
    standing = frozenset(b.vastgelegd_door for b in objections if latest is None or b.moment >= latest)
    if denials or standing:
        withdrawn = any(c.gebeurtenis is Gebeurtenis.INGETROKKEN for c in denials)
        return Stand(State.DENIED, used=denials, withdrawn=withdrawn, objected_by=standing)
    if not newest:
        if fitting:
            return Stand(State.MISSING, (Reden.CONSENT_NOT_YET_VALID,), tuple(fitting))
        return _elsewhere(functie, cell, own, policy, today)
    found = [(_lacking(c, cell, who, years, persoon, policy, today), c) for c in newest]
    lacking, best = min(found, key=lambda f: len(f[0]))
    return Stand(State.MISSING if lacking else State.PERMIT, lacking, (best,))


def _lacking(
    given: Toestemming,
    cell: Cell,
    who: Authorities,
    years: Band | None,
    persoon: str,
    policy: Beleid,
    today: dt.date,
) -> tuple[Reden, ...]:
    """Why a given statement does not carry, or nothing."""
    out = []
    if today > carries_until(given, policy.regio.toestemming_max_maanden):
        out.append(Reden.CONSENT_EXPIRED)
    if given.bewijs is None:
        out.append(Reden.CONSENT_EVIDENCE_MISSING)
    elif policy.kennisgevingen is not None and given.bewijs.kennisgeving_hash not in policy.kennisgevingen:
        out.append(Reden.CONSENT_NOTICE_OUTDATED)
    if cell.categorie.niveau >= EXPLICIT_FROM and not given.uitdrukkelijk:
        out.append(Reden.CONSENT_NOT_EXPLICIT)
    if who.geboortedatum is None or who.snapshot is None or persoon != who.snapshot.leerling:
        return tuple(out)
    alone = years in (Band.C, Band.D)
    if cell.categorie is Gegevenscategorie.LEERLINGSTEM and not alone:
        return tuple(out)  # beside the ouders he releases his own words at any age
    # What he stated before the age at which it counts, or while incapable, has to be stated again (§8).
    incapable = not _capacity(who.bekwaamheid, cell.doel, given.moment).wilsbekwaam
    if incapable:
        out.append(Reden.SIGNER_INCAPABLE)
    if incapable or age(who.geboortedatum, day(given.moment)) < (ALONE_FROM if alone else YOUTH_FROM):
        out.append(Reden.RECONSENT_REQUIRED)
    return tuple(out)


def carries_until(given: Toestemming, months: int = 12) -> dt.date:
    """Last day a statement carries: its own end, 31 July, or so many months, whichever is first [P]."""
    return min(
        given.geldig_tot_en_met,
        end_of_school_year(given.geldig_vanaf),
        add_months(given.geldig_vanaf, months) - dt.timedelta(days=1),
    )


def _elsewhere(
    functie: ToestemmingFunctie, cell: Cell, own: Sequence[Toestemming], policy: Beleid, today: dt.date
) -> Stand:
    """Nothing covers the cell: tell the nearest thing that is there."""
    given = [
        c
        for c in own
        if c.gebeurtenis is Gebeurtenis.GEGEVEN
        and c.geldig_vanaf <= today <= carries_until(c, policy.regio.toestemming_max_maanden)
    ]
    other_function = [c for c in given if c.functie is not functie and not cell.misses(c.bereik)]
    if other_function:
        reasons = (Reden.CONSENT_FUNCTION_MISMATCH, Reden.CONSENT_MISSING)
        return Stand(State.MISSING, reasons, tuple(other_function))
    same = [c for c in given if c.functie is functie]
    if not same:
        return Stand(State.MISSING, (Reden.CONSENT_MISSING,))
    nearest = min(same, key=lambda c: (_far(cell, c), len(cell.misses(c.bereik)), c.id))
    misses = cell.misses(nearest.bereik)
    if _far(cell, nearest):
        # Agreeing to another organisation, or to the other direction, is no answer to this question.
        return Stand(State.MISSING, (Reden.CONSENT_MISSING, *misses), (nearest,))
    return Stand(State.ELSEWHERE, misses, (nearest,))


def _far(cell: Cell, given: Toestemming) -> bool:
    """A statement about another exchange altogether: the other direction, or another organisation."""
    here = given.bereik.richting is cell.richting
    return not here or all(o.partij != cell.ontvanger.partij for o in given.bereik.ontvangers)


def substitute(
    persoon: str, needed: Functies, cell: Cell, who: Authorities, today: dt.date
) -> VervangendeToestemming | None:
    """The court order that stands in for this person in this cell, if there is one (BW 1:253a) [W].

    It settles a dispute between ouders, so it never stands in for the leerling.
    """
    snapshot = who.snapshot
    if snapshot is None or persoon == snapshot.leerling:
        return None
    for order in snapshot.vervangende_toestemmingen:
        if (
            order.vervangt == persoon
            and needed <= set(order.functies)
            and order.geldig_vanaf <= today <= order.geldig_tot_en_met
            and not cell.misses(order.bereik)
        ):
            return order
    return None


def one_parent_suffices(signing: Stand, other: Stand, cell: Cell) -> bool:
    """Joint gezag, level 1, the signer declared that the other knows and agrees, who did not object [P].

    BW 1:253i(1) lets one parent act while no objection of the other has appeared.
    """
    return (
        cell.categorie.niveau == 1
        and signing.state is State.PERMIT
        and not signing.substituted  # a court signs for one ouder, and declares nothing of the other
        and all(s.andere_ouder_geinformeerd for s in signing.used)
        and other.state in (State.MISSING, State.ELSEWHERE)
    )


def veto(who: Authorities, richting: Richting, doel: Gebruiksdoel, as_of: dt.datetime) -> frozenset[str]:
    """Partijen of which a professional vetoes this (Jeugdwet 7.3.11(1)); their newest word counts."""
    newest: dict[tuple[str, str], ProfessioneelVeto] = {}
    for v in who.vetos:
        if v.moment <= as_of and v.richting is richting and doel in v.doelen:
            key = (v.vastgelegd_door, v.professional)
            if key not in newest or (v.moment, v.besluit == "veto") >= (
                newest[key].moment,
                newest[key].besluit == "veto",
            ):
                newest[key] = v
    return frozenset(partij for (partij, _), v in newest.items() if v.besluit == "veto")


def recipient_problem(ontvanger: Ontvanger, partij: Partij | None) -> Reden | None:
    """The recipient must be connected and receive in that role."""
    if partij is None or partij.id != ontvanger.partij or partij.aflevering is None:
        return Reden.RECIPIENT_UNKNOWN
    if ontvanger.rol not in partij.rollen:
        return Reden.RECIPIENT_ROLE_MISMATCH
    return None
