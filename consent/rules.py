"""What one person's statements amount to, and who else has a say: one small function per rule.

Who must agree stands in consent/signers.py.

Everything here is pure. Marks as in the fact base: [W] law read, [P] our policy, stricter than the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from consent import gezag
from consent.beleid import EXPLICIT_LEVEL, Beleid
from consent.bewijsmiddel import explicit, shortcomings
from consent.leeftijd import (
    add_days,
    add_months,
    age,
    day,
    end_of_school_year,
    possible_births,
)
from consent.recht import Rechtstand
from consent.statements import Group, Own, Statements
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.identifiers import PartijId
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsgegevens,
    Hoedanigheid,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Toestemmingstand,
    Vertegenwoordiging,
    VervangendeToestemming,
)

Functies = frozenset[ToestemmingFunctie]
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
CARRYING: Functies = frozenset({AVG, WAIVER})
"""The functions that may carry an exchange; care_consent and opp_agreement never do."""
_IN_ORDER: Final = tuple(sorted(CARRYING))


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
    elders: tuple[Gezagsgegevens, ...] = ()
    """What other sides recorded of gezag for themselves. Who decides here it does not say: see `side`."""

    births: tuple[dt.date, ...] = field(init=False, repr=False, compare=False)
    """Every day the leerling may have been born on."""
    snapshot: Gezagsgegevens | None = field(init=False, repr=False, compare=False)
    """The snapshot of gezag checked last: who holds gezag says it whole."""
    orders: tuple[Vertegenwoordiging, ...] = field(init=False, repr=False, compare=False)
    """Whom a court lets decide, of all that is on record and that nobody ended; never the leerling."""
    substitutions: tuple[VervangendeToestemming, ...] = field(init=False, repr=False, compare=False)
    """For whom a court speaks, likewise."""
    roles: dict[str, Hoedanigheid] = field(init=False, repr=False, compare=False)
    """What everybody in that snapshot or in an order is of the leerling, himself included."""

    def __post_init__(self) -> None:
        born = self.geboortedatum
        snapshot = gezag.newest(self.gezag)
        every = gezag.representations(self.gezag)
        orders = tuple(o for o in every if snapshot is None or o.persoon != snapshot.leerling)
        roles: dict[str, Hoedanigheid] = {}
        if snapshot is not None:
            roles = {p.persoon: p.hoedanigheid for p in snapshot.personen}
            roles |= {o.persoon: o.hoedanigheid for o in orders}
            roles[snapshot.leerling] = Hoedanigheid.LEERLING
        derived = {
            "births": () if born is None else possible_births(born, self.precisie),
            "snapshot": snapshot,
            "orders": orders,
            "substitutions": gezag.substitutions(self.gezag),
            "roles": roles,
        }
        for name, value in derived.items():  # worked out once, and not at every look-up
            object.__setattr__(self, name, value)

    @property
    def alone(self) -> Authorities:
        """As the owner recorded it, as if no other side had recorded gezag."""
        return replace(self, elders=()) if self.elders else self

    def side(self, partij: str | None) -> Authorities | None:
        """Who decides as another side recorded it for itself; None: it recorded no gezag."""
        own = tuple(g for g in self.elders if g.vastgelegd_door == partij)
        last = gezag.newest(own)
        if last is None:
            return None
        return replace(
            self, geboortedatum=last.geboortedatum, precisie=last.geboorteprecisie, gezag=own, elders=()
        )

    @property
    def others(self) -> tuple[Authorities, ...]:
        """Every other side that recorded gezag for itself."""
        found = (self.side(p) for p in dict.fromkeys(g.vastgelegd_door for g in self.elders))
        return tuple(s for s in found if s is not None)

    def keepers(self, cell: Cell) -> tuple[Authorities, ...]:
        """The sides whose own record says who lifts secrecy for this cell: of who sends it, or of anybody
        where no levering is there yet.
        """
        if cell.richting is not Richting.J2S or not self.elders:
            return ()
        if cell.afzender is None:
            return self.others
        found = self.side(cell.afzender)
        return () if found is None else (found,)


@dataclass(slots=True, unsafe_hash=True)
class Cell:
    """What one category of one request asks for. Nothing changes it once it is made."""

    richting: Richting
    """The column of the signer table: by the secrecy of who sends."""
    doel: Gebruiksdoel
    categorie: Gegevenscategorie
    ontvanger: Ontvanger
    afzender: PartijId | None = None
    """None: whoever sends it, where no levering is there yet."""
    helft: Functies = CARRYING
    """The functions that are looked at. The ground and the lifted secrecy can be of different records."""
    toen: Richting | None = None
    """The direction under which a statement without a sender is about this flow; None: `richting` itself."""
    nieuw: bool = False
    """A flow that there was not yet when statements named no sender: only one that names him is about it."""

    @property
    def gevraagd_als(self) -> tuple[Richting, PartijId | None]:
        """Under which direction, and from which sender, people are asked about this cell."""
        return (self.richting, self.afzender) if self.nieuw else (self.toen or self.richting, None)

    def misses(self, bereik: Bereik) -> tuple[Reden, ...]:
        """The dimensions in which a statement does not cover this cell. Empty when it covers it."""
        out = []
        other = self.elsewhere(bereik)
        if other is not None:
            out.append(other)
        if self.doel not in bereik.doelen:
            out.append(Reden.CONSENT_SCOPE_PURPOSE)
        if self.categorie not in bereik.categorieen:
            out.append(Reden.CONSENT_SCOPE_CATEGORY)
        if self.ontvanger not in bereik.ontvangers:
            same_partij = any(o.partij == self.ontvanger.partij for o in bereik.ontvangers)
            out.append(Reden.RECIPIENT_ROLE_MISMATCH if same_partij else Reden.CONSENT_SCOPE_RECIPIENT)
        return tuple(out)

    def elsewhere(self, bereik: Bereik) -> Reden | None:
        """Why a statement is about what goes by another road altogether; None: it is about this one."""
        if bereik.afzender is None:
            if self.nieuw:
                return Reden.CONSENT_SCOPE_SENDER
            here = bereik.richting is (self.toen or self.richting)
            return None if here else Reden.CONSENT_SCOPE_DIRECTION
        if bereik.afzender != self.afzender:
            return Reden.CONSENT_SCOPE_SENDER
        return None if bereik.richting is self.richting else Reden.CONSENT_SCOPE_DIRECTION


class State(IntEnum):
    """How far a person's statements carry a cell. A higher state blocks harder."""

    PERMIT = 0
    MISSING = 1
    ELSEWHERE = 2
    """There are only statements about other cells: somebody agreed to something else."""
    DENIED = 3


@dataclass(slots=True)
class Stand:
    state: State
    reasons: tuple[Reden, ...] = ()
    used: tuple[Toestemming, ...] = ()
    """The statements on which this rests."""
    withdrawn: bool = False
    substituted: bool = False
    explicit: bool = True
    """Everybody who had to said it of this category separately, as level 3 asks."""
    objected_by: frozenset[str] = field(default_factory=frozenset)
    """The partijen that recorded an objection that counts as a refusal."""

    @property
    def recorded_by(self) -> frozenset[str]:
        return frozenset(s.vastgelegd_door for s in self.used) | self.objected_by


@dataclass(slots=True)
class Heard:
    """In which ways one person is heard about one cell."""

    persoon: str
    needed: Functies
    """The functions for which he is asked."""
    alone: bool
    """From 16 on his statement is the ground itself, and no longer comes beside that of the person who
    decides for him.
    """
    by_order: Functies = frozenset()
    """The functions for which he is asked because a court lets him decide."""
    holder: bool = False
    """He is asked because he holds gezag."""
    taken_over: Functies = frozenset()
    """The functions in which somebody else speaks in his place: a bijzondere curator or a court. He is not
    heard in these.
    """


def stand(
    heard: Heard, cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> Stand:
    """What one person's statements say of one cell, over all functions he is needed for.

    A refusal or withdrawal of any carrying function blocks, also one he is not needed for. An objection names
    no function: it is lifted by a later permit of what he is needed for.
    """
    own = said.by(heard.persoon)
    objections = [
        b
        for b in who.bezwaren
        if b.persoon == heard.persoon and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    stands = []
    for functie in _IN_ORDER:
        if functie in heard.taken_over:
            continue
        if functie not in heard.needed and all(g.functie is not functie for g in own):
            continue  # he was neither asked nor did he speak
        aloud = objections if functie in heard.needed else ()
        found = _one(functie, heard, cell, own, aloud, who, policy, as_of)
        if functie in heard.needed or found.state is State.DENIED:
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
        explicit=all(s.explicit for s in decisive),
        objected_by=frozenset(p for s in decisive for p in s.objected_by),
    )


def _one(
    functie: ToestemmingFunctie,
    heard: Heard,
    cell: Cell,
    own: Own,
    objections: Sequence[Bezwaar],
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    """One person, one function: the latest effective event wins, at the same instant the deny (§4.3).

    Only what he said while he had the authority: "signed as something he was not yet" does not count.
    """
    today = day(as_of)
    fitting = own.covering(functie, cell)
    newest = _newest(
        fitting,
        as_of,
        lambda c: _begun(c, today) and _counts(c, functie, heard, cell, who, policy),
    )
    latest = newest[0].moment if newest else None
    denials = tuple(c for c in newest if c.gebeurtenis is not Gebeurtenis.GEGEVEN)
    standing = frozenset(
        b.vastgelegd_door
        for b in objections
        if (latest is None or b.moment >= latest) and entitled(heard, functie, cell, who, policy, b.moment)
    )
    if denials or standing:
        withdrawn = any(c.gebeurtenis is Gebeurtenis.INGETROKKEN for c in denials)
        return Stand(State.DENIED, used=denials, withdrawn=withdrawn, objected_by=standing)
    if newest:
        return _of_permits(newest, heard, cell, who, policy, as_of)
    given = [c for g in fitting for c in g.until(as_of) if c.gebeurtenis is Gebeurtenis.GEGEVEN]
    before = tuple(c for c in given if _begun(c, today))
    if before:
        return Stand(State.MISSING, (Reden.SIGNER_NO_AUTHORITY,), before)
    waiting = tuple(given)
    if waiting:
        return Stand(State.MISSING, (Reden.CONSENT_NOT_YET_VALID,), waiting)
    return _elsewhere(functie, cell, own, policy, as_of)


def _begun(c: Toestemming, today: dt.date) -> bool:
    """A yes has effect from its first day on, a no from the moment it was said."""
    return c.gebeurtenis is not Gebeurtenis.GEGEVEN or c.geldig_vanaf <= today


def _counts(
    c: Toestemming, functie: ToestemmingFunctie, heard: Heard, cell: Cell, who: Authorities, policy: Beleid
) -> bool:
    """Whether he had the authority at that moment, and gave a yes in that capacity.

    That the leerling agreed when he was too young is told apart, in `_lacking`.
    """
    given = c.gebeurtenis is Gebeurtenis.GEGEVEN
    if who.snapshot is not None and heard.persoon == who.snapshot.leerling and given:
        return True
    as_other = given and c.hoedanigheid is Hoedanigheid.ANDER
    if as_other and who.roles.get(heard.persoon) is not Hoedanigheid.ANDER:
        return False
    return entitled(heard, functie, cell, who, policy, c.moment)


def entitled(
    heard: Heard,
    functie: ToestemmingFunctie,
    cell: Cell,
    who: Authorities,
    policy: Beleid,
    at: dt.datetime,
) -> bool:
    """Whether he could decide about this cell at that moment, by the law of then: by order, by gezag, or for
    himself from 12. His own words the leerling may keep home at any age.
    """
    snapshot = who.snapshot
    if snapshot is not None and heard.persoon == snapshot.leerling:
        own_words = cell.categorie is Gegevenscategorie.LEERLINGSTEM
        ages = [age(born, day(at)) for born in who.births]
        return own_words or not ages or max(ages) >= policy.law(at).jeugdige_mee
    if functie in heard.by_order or not heard.holder:
        return any(
            o.persoon == heard.persoon
            and functie in gezag.carries(o)
            and cell.doel in o.doelen
            and cell.categorie in o.categorieen
            and gezag.in_force(o, day(at))
            for o in who.orders
        )
    return heard.persoon in gezag.holders(gezag.known_at(who.gezag, at))


def _of_permits(
    newest: Sequence[Toestemming],
    heard: Heard,
    cell: Cell,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    """Of one instant the one recorded last; recorded together, all of them must carry.

    So of two that differ the less permitting counts, and never the one whose random id happens to come first.
    """
    last = max(c.vastgelegd_op for c in newest)
    said = tuple(c for c in newest if c.vastgelegd_op == last)
    lacking = dict.fromkeys(r for c in said for r in _lacking(c, heard, cell, who, policy, as_of))
    return Stand(
        State.MISSING if lacking else State.PERMIT,
        tuple(lacking),
        said,
        explicit=all(explicit(c.uitdrukkelijk, c.bereik, cell.categorie) for c in said),
    )


def _newest(
    groups: Iterable[Group], as_of: dt.datetime, counts: Callable[[Toestemming], bool]
) -> list[Toestemming]:
    """The latest statements that count: more than one when said at one instant, which has no order.

    Reads each group from its newest back, and no further than the first that counts.
    """
    found: list[Toestemming] = []
    for group in groups:
        for c in group.until(as_of):
            if found and c.moment < found[0].moment:
                break
            if not counts(c):
                continue
            if found and c.moment > found[0].moment:
                found = []
            found.append(c)
    return sorted(found, key=lambda c: c.id)


def _lacking(
    given: Toestemming, heard: Heard, cell: Cell, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> tuple[Reden, ...]:
    """Why a given statement does not carry, or nothing."""
    out = []
    today, law = day(as_of), policy.law(as_of)
    if today > carries_until(given, policy, law):
        out.append(Reden.CONSENT_EXPIRED)
    if given.bewijs is None or shortcomings(given.bewijs, day(given.moment)):
        out.append(Reden.CONSENT_EVIDENCE_MISSING)
    elif policy.kennisgevingen is not None and given.bewijs.kennisgeving_hash not in policy.kennisgevingen:
        out.append(Reden.CONSENT_NOTICE_OUTDATED)
    if cell.categorie.niveau >= EXPLICIT_LEVEL and not explicit(
        given.uitdrukkelijk, given.bereik, cell.categorie
    ):
        out.append(Reden.CONSENT_NOT_EXPLICIT)
    if who.snapshot is None or heard.persoon != who.snapshot.leerling:
        return tuple(out)
    if cell.categorie is Gegevenscategorie.LEERLINGSTEM and not heard.alone:
        return tuple(out)  # beside the person who decides for him, he may release his own words at any age
    # What he stated before the age at which it counts, or while incapable, must be stated again (§8).
    unable = any(not n.wilsbekwaam for n in judgements(who, cell, given.moment))
    if unable:
        out.append(Reden.SIGNER_INCAPABLE)
    if unable or any(_too_young(born, day(given.moment), today, law) for born in who.births):
        out.append(Reden.RECONSENT_REQUIRED)
    return tuple(out)


def _too_young(born: dt.date, then: dt.date, today: dt.date, law: Rechtstand) -> bool:
    """Whether he has since reached an age at which his own statement counts otherwise: 12, or 16."""
    now = age(born, today)
    counts_from = law.zelf if now >= law.zelf else law.jeugdige_mee
    return now >= counts_from and age(born, then) < counts_from


def judgements(who: Authorities, cell: Cell, at: dt.datetime) -> tuple[Bekwaamheidsoordeel, ...]:
    """The newest judgement for this matter of who may judge; more than one when nothing tells which was last.

    School to jeugdhulp: of the side of the school. Jeugdhulp to school: of the side that must keep secret.
    Who would receive settles nothing (Jeugdwet 7.3.15(2), 7.3.11(1)). Without one the leerling is held
    capable [P].
    """
    fitting = [
        n for n in who.bekwaamheid if cell.doel in n.doelen and n.moment <= at and _judges(n, who, cell)
    ]
    last = max(((n.moment, n.vastgelegd_op) for n in fitting), default=None)
    return tuple(n for n in fitting if (n.moment, n.vastgelegd_op) == last)


def _judges(n: Bekwaamheidsoordeel, who: Authorities, cell: Cell) -> bool:
    by = n.vastgelegd_door
    if who.eigenaar is None:
        return True  # there is one side only
    if by == cell.ontvanger.partij:
        return False
    if cell.richting is Richting.J2S:
        return by != who.eigenaar if cell.afzender is None else by == cell.afzender
    return by in (who.eigenaar, cell.afzender)


def carries_until(given: Toestemming, policy: Beleid, law: Rechtstand) -> dt.date:
    """Last day a statement carries: its own end, 31 July, or so many months after it was said [P].

    Of the months of the law and those of the region the fewer count. One that would begin later than sixty
    days after it was said never carries: its last day lies before its first.
    """
    stated = day(given.moment)
    if given.geldig_vanaf > add_days(stated, law.termijn["begin_binnen_dagen"]):
        return add_days(given.geldig_vanaf, -1)
    months = min(policy.regio.toestemming_max_maanden, law.termijn["toestemming_maanden"])
    return min(
        given.geldig_tot_en_met,
        end_of_school_year(given.geldig_vanaf),
        add_days(add_months(stated, months), -1),
    )


def record_state(events: Iterable[Toestemming], policy: Beleid, as_of: dt.datetime) -> Toestemmingstand:
    """Of the events of one record, at least one: a withdrawal ends it for good, whenever it was recorded."""
    said = {c.gebeurtenis: c for c in events}
    if Gebeurtenis.INGETROKKEN in said:
        return Toestemmingstand.INGETROKKEN
    if Gebeurtenis.GEWEIGERD in said:
        return Toestemmingstand.GEWEIGERD
    given, today = said[Gebeurtenis.GEGEVEN], day(as_of)
    if today < given.geldig_vanaf:
        return Toestemmingstand.NOG_NIET_GELDIG
    over = today > carries_until(given, policy, policy.law(as_of))
    return Toestemmingstand.VERLOPEN if over else Toestemmingstand.GEGEVEN


def _elsewhere(
    functie: ToestemmingFunctie, cell: Cell, own: Own, policy: Beleid, as_of: dt.datetime
) -> Stand:
    """Nothing covers the cell: tell the nearest thing that is there."""
    today, law = day(as_of), policy.law(as_of)
    given = [
        c
        for g in own
        for c in g.until(as_of)
        if c.gebeurtenis is Gebeurtenis.GEGEVEN and c.geldig_vanaf <= today <= carries_until(c, policy, law)
    ]
    other_function = [c for c in given if c.functie is not functie and not cell.misses(c.bereik)]
    if other_function:
        reasons = (Reden.CONSENT_FUNCTION_MISMATCH, Reden.CONSENT_MISSING)
        return Stand(State.MISSING, reasons, tuple(other_function))
    same = [c for c in given if c.functie is functie]
    if not same:
        return Stand(State.MISSING, (Reden.CONSENT_MISSING,))
    distance = {c.id: (_far(cell, c), len(cell.misses(c.bereik))) for c in same}
    least = min(distance.values())
    nearest = tuple(c for c in same if distance[c.id] == least)
    misses = tuple(dict.fromkeys(m for c in nearest for m in cell.misses(c.bereik)))
    if _far(cell, nearest[0]):
        # Agreeing to another organisation, or to the other direction, is no answer to this question.
        return Stand(State.MISSING, (Reden.CONSENT_MISSING, *misses), nearest)
    return Stand(State.ELSEWHERE, misses, nearest)


def _far(cell: Cell, given: Toestemming) -> bool:
    """A statement about another exchange altogether: the other direction, another sender or organisation."""
    return cell.elsewhere(given.bereik) is not None or all(
        o.partij != cell.ontvanger.partij for o in given.bereik.ontvangers
    )


def substituted(
    persoon: str, functie: ToestemmingFunctie, cell: Cell, who: Authorities, today: dt.date
) -> bool:
    """Whether a court order stands in for this parent, in this functie and cell (BW 1:253a) [W].

    It settles a dispute between two parents who hold gezag together: it never stands in for the leerling, for
    a voogd or for a GI. That it never does so for both is for who counts the votes.
    """
    return (
        bool(who.substitutions)
        and persoon in gezag.two_parents(who.snapshot)
        and any(
            o.vervangt == persoon
            and functie in o.functies
            and gezag.in_force(o, today)
            and not cell.misses(o.bereik)
            for o in who.substitutions
        )
    )


def one_parent_suffices(signing: Stand, other: Stand, cell: Cell) -> bool:
    """Joint gezag, level 1, the signer declared that the other knows and agrees, who did not object [P].

    BW 1:253i(1) lets one parent act while no objection of the other has appeared.
    """
    return (
        cell.categorie.niveau == 1
        and signing.state is State.PERMIT
        and not signing.substituted  # a court signs for one ouder, and declares nothing about the other
        and all(s.andere_ouder_geinformeerd for s in signing.used)
        and other.state in (State.MISSING, State.ELSEWHERE)
    )
