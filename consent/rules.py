"""What one person's statements amount to, and who else has a say: one small function per rule.

Who must agree stands in consent/signers.py.

Everything here is pure. Marks as in the fact base: [W] law read, [P] our policy, stricter than the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final

from consent.beleid import Beleid
from consent.bewijsmiddel import shortcomings
from consent.leeftijd import (
    ALONE_FROM,
    YOUTH_FROM,
    add_months,
    age,
    day,
    end_of_school_year,
    possible_births,
)
from consent.statements import Group, Own, Statements
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.people.partij import Partij
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsgegevens,
    Hoedanigheid,
    Maatregel,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Toestemmingstand,
    VervangendeToestemming,
)

Functies = frozenset[ToestemmingFunctie]
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
CARRYING: Functies = frozenset({AVG, WAIVER})
"""The functions that may carry an exchange; care_consent and opp_agreement never do."""
_IN_ORDER: Final = tuple(sorted(CARRYING))
EXPLICIT_FROM: Final = 3
"""The level from which a category needs a separate tick or signature (AVG 9(2)(a))."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """What is recorded about who may decide for one leerling. Each tuple in order of recording.

    `geboortedatum` None: nothing is known of the age. Of what `precisie` does not cover any day is possible.
    """

    geboortedatum: dt.date | None
    gezag: tuple[Gezagsgegevens, ...] = ()
    bekwaamheid: tuple[Bekwaamheidsoordeel, ...] = ()
    bezwaren: tuple[Bezwaar, ...] = ()
    vetos: tuple[ProfessioneelVeto, ...] = ()
    precisie: Geboorteprecisie = Geboorteprecisie.DAG
    eigenaar: str | None = None
    """The partij whose leerling this is; None where no other partij records facts."""

    @property
    def births(self) -> tuple[dt.date, ...]:
        """Every day the leerling may have been born on."""
        return () if self.geboortedatum is None else possible_births(self.geboortedatum, self.precisie)

    @property
    def snapshot(self) -> Gezagsgegevens | None:
        """The snapshot of gezag checked last: it replaces the others whole. Of one day, the last recorded."""
        return max(reversed(self.gezag), key=lambda g: g.gecontroleerd_op, default=None)

    @property
    def roles(self) -> dict[str, Hoedanigheid]:
        """What everybody in that snapshot is of the leerling, himself included."""
        snapshot = self.snapshot
        if snapshot is None:
            return {}
        people = {p.persoon: p.hoedanigheid for p in snapshot.personen}
        by_order = {o.persoon: o.hoedanigheid for o in snapshot.vertegenwoordigingen}
        return {**people, **by_order, snapshot.leerling: Hoedanigheid.LEERLING}


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
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
    *,
    alone: bool,
) -> Stand:
    """What one person's statements say of one cell, over all functions he is needed for.

    A refusal or withdrawal of any carrying function blocks, also one he is not needed for. An objection names
    no function: it is lifted by a later permit of what he is needed for. `alone`: from 16, his statement is
    the ground itself and not something beside that of who decides for him.
    """
    own = said.by(persoon)
    objections = [
        b for b in who.bezwaren if b.persoon == persoon and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    stands = []
    for functie in _IN_ORDER:
        if functie not in needed and all(g.functie is not functie for g in own):
            continue  # neither asked nor spoken of
        heard = objections if functie in needed else ()
        found = _one(functie, cell, own, heard, who, persoon, policy, as_of, alone=alone)
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
    own: Own,
    objections: Sequence[Bezwaar],
    who: Authorities,
    persoon: str,
    policy: Beleid,
    as_of: dt.datetime,
    *,
    alone: bool,
) -> Stand:
    """One person, one function: the latest effective event wins, at the same instant the deny (§4.3)."""
    today = day(as_of)
    fitting = own.covering(functie, cell)
    newest = _newest(fitting, today, as_of)
    latest = newest[0].moment if newest else None
    denials = tuple(c for c in newest if c.gebeurtenis is not Gebeurtenis.GEGEVEN)
    standing = frozenset(b.vastgelegd_door for b in objections if latest is None or b.moment >= latest)
    if denials or standing:
        withdrawn = any(c.gebeurtenis is Gebeurtenis.INGETROKKEN for c in denials)
        return Stand(State.DENIED, used=denials, withdrawn=withdrawn, objected_by=standing)
    if not newest:
        waiting = tuple(c for g in fitting for c in g.until(as_of))
        if waiting:
            return Stand(State.MISSING, (Reden.CONSENT_NOT_YET_VALID,), waiting)
        return _elsewhere(functie, cell, own, policy, as_of)
    found = [(_lacking(c, cell, who, persoon, policy, today, alone=alone), c) for c in newest]
    lacking, best = min(found, key=lambda f: len(f[0]))
    return Stand(State.MISSING if lacking else State.PERMIT, lacking, (best,))


def _newest(groups: Iterable[Group], today: dt.date, as_of: dt.datetime) -> list[Toestemming]:
    """The latest effective statements: more than one when said at one instant, which has no order.

    A given statement has effect from its first day on, a no from the moment it was said.
    """
    found: list[Toestemming] = []
    for group in groups:
        for c in group.until(as_of):
            if c.gebeurtenis is Gebeurtenis.GEGEVEN and c.geldig_vanaf > today:
                continue
            if found and c.moment < found[0].moment:
                break
            if found and c.moment > found[0].moment:
                found = []
            found.append(c)
    return sorted(found, key=lambda c: c.id)


def _lacking(
    given: Toestemming,
    cell: Cell,
    who: Authorities,
    persoon: str,
    policy: Beleid,
    today: dt.date,
    *,
    alone: bool,
) -> tuple[Reden, ...]:
    """Why a given statement does not carry, or nothing."""
    out = []
    if today > carries_until(given, policy.regio.toestemming_max_maanden):
        out.append(Reden.CONSENT_EXPIRED)
    if given.bewijs is None or shortcomings(given.bewijs, day(given.moment)):
        out.append(Reden.CONSENT_EVIDENCE_MISSING)
    elif policy.kennisgevingen is not None and given.bewijs.kennisgeving_hash not in policy.kennisgevingen:
        out.append(Reden.CONSENT_NOTICE_OUTDATED)
    if cell.categorie.niveau >= EXPLICIT_FROM and not given.uitdrukkelijk:
        out.append(Reden.CONSENT_NOT_EXPLICIT)
    if who.snapshot is None or persoon != who.snapshot.leerling:
        return tuple(out)
    if cell.categorie is Gegevenscategorie.LEERLINGSTEM and not alone:
        return tuple(out)  # beside who decides for him he releases his own words at any age
    # What he stated before the age at which it counts, or while incapable, has to be stated again (§8).
    unable = incapable(judgement(who.bekwaamheid, cell.doel, given.moment))
    if unable:
        out.append(Reden.SIGNER_INCAPABLE)
    if unable or any(_too_young(born, day(given.moment), today) for born in who.births):
        out.append(Reden.RECONSENT_REQUIRED)
    return tuple(out)


def _too_young(born: dt.date, then: dt.date, today: dt.date) -> bool:
    """Whether he has since reached an age at which his own statement counts otherwise: 12, or 16."""
    now = age(born, today)
    counts_from = ALONE_FROM if now >= ALONE_FROM else YOUTH_FROM
    return now >= counts_from and age(born, then) < counts_from


def judgement(
    notes: Iterable[Bekwaamheidsoordeel], doel: Gebruiksdoel, as_of: dt.datetime
) -> Bekwaamheidsoordeel | None:
    """The newest judgement for this matter, if there is one. At one instant incapable wins."""
    fitting = [n for n in notes if doel in n.doelen and n.moment <= as_of]
    return max(
        fitting,
        key=lambda n: (n.moment, not n.wilsbekwaam, n.maatregel is not Maatregel.GEEN, n.maatregel),
        default=None,
    )


def incapable(judged: Bekwaamheidsoordeel | None) -> bool:
    """A leerling is held capable until a professional judged otherwise, per matter (7.3.15(2)) [P]."""
    return judged is not None and not judged.wilsbekwaam


def carries_until(given: Toestemming, months: int = 12) -> dt.date:
    """Last day a statement carries: its own end, 31 July, or so many months, whichever is first [P]."""
    return _last_day(given.geldig_vanaf, given.geldig_tot_en_met, months)


@lru_cache(maxsize=4_096)
def _last_day(first: dt.date, last: dt.date, months: int) -> dt.date:
    """Remembered, for of many statements few have days of their own."""
    return min(last, end_of_school_year(first), add_months(first, months) - dt.timedelta(days=1))


def record_state(events: Iterable[Toestemming], today: dt.date, months: int) -> Toestemmingstand:
    """Of the events of one record, at least one: a withdrawal ends it for good, whenever it was recorded."""
    said = {c.gebeurtenis: c for c in events}
    if Gebeurtenis.INGETROKKEN in said:
        return Toestemmingstand.INGETROKKEN
    if Gebeurtenis.GEWEIGERD in said:
        return Toestemmingstand.GEWEIGERD
    given = said[Gebeurtenis.GEGEVEN]
    if today < given.geldig_vanaf:
        return Toestemmingstand.NOG_NIET_GELDIG
    return Toestemmingstand.VERLOPEN if today > carries_until(given, months) else Toestemmingstand.GEGEVEN


def _elsewhere(
    functie: ToestemmingFunctie, cell: Cell, own: Own, policy: Beleid, as_of: dt.datetime
) -> Stand:
    """Nothing covers the cell: tell the nearest thing that is there."""
    today = day(as_of)
    given = [
        c
        for g in own
        for c in g.until(as_of)
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
