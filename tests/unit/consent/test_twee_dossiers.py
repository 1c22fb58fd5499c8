"""From jeugdhulp to school with two records of gezag: that of the school, and that of who must keep secret.

Each says who gives its own half: the ground, and the lifted secrecy (ADR 0035).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from consent.agenda import Facts, changes_ahead, days_ahead
from consent.decide import decide
from consent.rules import Authorities, Functies
from consent.signers import signers
from consent.statements import Statements
from consent.te_vragen import says_no
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.exchange.taak import Taaksoort
from schemas.people.toestemming import Gezagsgegevens, Gezagsoort, Richting, Toestemming
from tests.builders import (
    AANBIEDER,
    AVG,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    a_cell,
    a_gezag,
    a_persoon,
    a_request,
    a_toestemming,
    a_weigering,
    an_id,
    authorities,
    beleid,
    born,
)

C1, C2, CHILD = an_id("ouder een bij de aanbieder"), an_id("ouder twee daar"), an_id("leerling daar")
"""The same people as the aanbieder recorded them: nothing joins the two."""
AT_SCHOOL, AT_CARE = (P1, P2, YOUTH), (C1, C2, CHILD)
J2S = Richting.J2S


def care(age: int, *, people: bool = True, **kw: Any) -> Gezagsgegevens:
    personen = (a_persoon(C1), a_persoon(C2)) if people else ()
    told = {"geboortedatum": born(age), "leerling": CHILD, "id": an_id("gezag daar")} | kw
    return a_gezag(**told | {"vastgelegd_door": AANBIEDER}).model_copy(update={"personen": personen})


def two(age: int, *elders: Gezagsgegevens, **kw: Any) -> Authorities:
    school = a_gezag(geboortedatum=born(age))
    known = authorities(school, geboortedatum=born(age), eigenaar=SCHOOL, **kw)
    return replace(known, elders=elders or (care(age),))


def yes(persoon: str, functie: Any, **kw: Any) -> Toestemming:
    door = AANBIEDER if persoon in AT_CARE else SCHOOL
    return a_toestemming(persoon, functie=functie, richting=J2S, **({"vastgelegd_door": door} | kw))


def no(persoon: str, functie: Any, **kw: Any) -> Toestemming:
    door = AANBIEDER if persoon in AT_CARE else SCHOOL
    return a_weigering(persoon, functie=functie, richting=J2S, vastgelegd_door=door, **kw)


def decided(who: Authorities, *said: Toestemming) -> Decision:
    request = a_request(G.CONTACT, G.DOELEN, richting=J2S, afzender=AANBIEDER, eigenaar=SCHOOL, wacht=True)
    return decide(request, said, who, (), None, beleid(), NOW)


@pytest.mark.parametrize(
    ("age", "ground", "lifts"),
    [(9, (P1, P2), (C1, C2)), (13, (P1, P2), (CHILD,)), (16, (YOUTH,), (CHILD,)), (19, (YOUTH,), (CHILD,))],
)
def test_each_side_asks_its_own_half_of_its_own_people(
    age: int, ground: tuple[str, ...], lifts: tuple[str, ...]
) -> None:
    """With both halves it goes; each statement that is missing holds it, and only its own side reads that."""
    halves = [yes(p, AVG) for p in ground] + [yes(p, WAIVER) for p in lifts]
    who = two(age)
    assert decided(who, *halves).outcome in (Outcome.PERMIT, Outcome.PERMIT_REDUCED)
    assert {s.persoon for s in decided(who, *halves).signers} == {*ground, *lifts}
    for n, missing in enumerate(halves):
        found = decided(who, *halves[:n], *halves[n + 1 :])
        assert found.outcome is Outcome.HOLD
        # One half that is there is no reason why it would go.
        assert all(r.code is not Reden.CONSENT_VALID for each in found.per_category.values() for r in each)
        side = missing.vastgelegd_door
        lacking = [r for r in found.reasons if r.code is not Reden.FIELD_NOT_IN_PROFILE]
        assert {p for r in lacking for p in r.partijen} == {side}


@pytest.mark.parametrize("age", [9, 13, 16])
def test_a_yes_in_the_other_record_does_not_count(age: int) -> None:
    """What the school recorded lifts no secrecy, what the aanbieder recorded gives no ground."""
    swapped = [yes(p, WAIVER) for p in AT_SCHOOL] + [yes(p, AVG) for p in AT_CARE]
    assert decided(two(age), *swapped).outcome is Outcome.HOLD


@pytest.mark.parametrize("functie", [AVG, WAIVER])
@pytest.mark.parametrize("persoon", [*AT_SCHOOL, *AT_CARE])
def test_a_no_in_either_record_blocks(persoon: str, functie: Any) -> None:
    """At thirteen everybody of a record has a say in it, also about the half that is of the other."""
    halves = [yes(P1, AVG), yes(P2, AVG), yes(CHILD, WAIVER)]
    later = {"moment": NOW - dt.timedelta(hours=1)}
    found = decided(two(13), *halves, no(persoon, functie, **later))
    assert found.outcome is Outcome.DENY
    wanted = Reden.YOUTH_REFUSES if persoon in (YOUTH, CHILD) else Reden.CONSENT_REFUSED
    assert wanted in found.codes
    side = AANBIEDER if persoon in AT_CARE else SCHOOL
    assert {p for r in found.reasons if r.code is wanted for p in r.partijen} == {side}


def test_a_youth_of_thirteen_lifts_secrecy_whoever_has_gezag() -> None:
    """The aanbieder need not know who holds gezag for what the youth says alone; a child of nine it must."""
    unknown: dict[str, Any] = {"people": False, "soort": Gezagsoort.ONBEKEND}
    thirteen = two(13, care(13, **unknown))
    ground = [yes(P1, AVG), yes(P2, AVG)]
    assert decided(thirteen, *ground, yes(CHILD, WAIVER)).outcome is not Outcome.HOLD
    nine = decided(two(9, care(9, **unknown)), *ground)
    assert (nine.outcome, Reden.GEZAG_UNVERIFIED in nine.codes) == (Outcome.HOLD, True)
    assert [r.partijen for r in nine.reasons if r.code is Reden.GEZAG_UNVERIFIED] == [(AANBIEDER,)]


def test_the_record_of_a_third_says_nothing() -> None:
    """Gezag that another aanbieder recorded is not that of this sender."""
    other = care(13).model_copy(update={"vastgelegd_door": "agb:99999902"})
    halves = [yes(P1, AVG), yes(P2, AVG), yes(CHILD, WAIVER)]
    assert decided(two(13, other), *halves).outcome is Outcome.HOLD
    with_own = [yes(P1, AVG), yes(P2, AVG), yes(YOUTH, WAIVER)]
    assert decided(two(13, other), *with_own).outcome is not Outcome.HOLD


def test_from_school_the_other_record_says_nothing() -> None:
    """What the school sends rests on its own record, whatever the aanbieder recorded of gezag."""
    who = two(9, care(9, people=False, soort=Gezagsoort.ONBEKEND, afgeschermd_voor=(AANBIEDER,)))
    said = [a_toestemming(P1), a_toestemming(P2)]
    request = a_request(G.DOELEN, eigenaar=SCHOOL, afzender=SCHOOL)
    alone = decide(request, said, who.alone, (), None, beleid(), NOW)
    assert decide(request, said, who, (), None, beleid(), NOW) == alone
    assert alone.permit is not None


def test_protection_in_the_senders_record_binds_its_sender() -> None:
    """And one that it lifts there is not lifted in the record of the school."""
    halves = [yes(P1, AVG), yes(P2, AVG), yes(CHILD, WAIVER)]
    kept = decided(two(13, care(13, afgeschermd_voor=(SCHOOL,))), *halves)
    assert [(r.code, r.partijen) for r in kept.reasons] == [(Reden.PROTECTED_PARTY, (AANBIEDER,))]
    lifted = two(13, care(13, niet_meer_afgeschermd_voor=(SCHOOL,)))
    school = a_gezag(geboortedatum=born(13), afgeschermd_voor=(SCHOOL,))
    both = replace(lifted, gezag=(school,))
    assert [(r.code, r.partijen) for r in decided(both, *halves).reasons] == [
        (Reden.PROTECTED_PARTY, (SCHOOL,))
    ]


@pytest.mark.parametrize(("afzender", "heard"), [(AANBIEDER, True), (None, True), ("agb:99999902", False)])
def test_a_no_is_heard_in_the_record_of_who_sends(afzender: str | None, heard: bool) -> None:
    """Of a delivery: in that of its own sender. Where nobody sends yet: in every record there is."""
    said = Statements([no(C1, AVG)])
    cell = a_cell(richting=J2S, afzender=afzender)
    assert says_no(cell, said, two(13), beleid(), NOW) is heard
    assert not says_no(a_cell(), said, two(13), beleid(), NOW)


# ── the agenda


def facts(who: Authorities, *said: Toestemming) -> Facts:
    return Facts(Statements(said), who, beleid())


SOON = {"geldig_tot_en_met": dt.date(2026, 11, 20)}


def told(found: Facts, partij: str) -> list[Any]:
    return [v for v in changes_ahead(found, NOW) if v.partij == partij]


def test_each_side_renews_its_own_half() -> None:
    """Both halves end: the school asks for the ground, the aanbieder for the lifted secrecy, of its own."""
    halves = [yes(P1, AVG, **SOON), yes(P2, AVG, **SOON), yes(CHILD, WAIVER, **SOON)]
    found = facts(two(13), *halves)
    (school,), (aanbieder,) = told(found, SCHOOL), told(found, AANBIEDER)
    assert {(v.persoon, v.functies) for v in school.vragen} == {(P1, (AVG,)), (P2, (AVG,))}
    assert {(v.persoon, v.functies) for v in aanbieder.vragen} == {(CHILD, (WAIVER,))}


WHAT_CARE_MAY_RECORD: list[list[Toestemming]] = [
    [],
    [yes(CHILD, WAIVER)],
    [yes(CHILD, WAIVER, **SOON)],
    [no(CHILD, WAIVER)],
    [yes(P1, WAIVER, vastgelegd_door=AANBIEDER), yes(P2, WAIVER, vastgelegd_door=AANBIEDER)],
]


@pytest.mark.parametrize("age", [11, 13, 15, 16])
@pytest.mark.parametrize("soon", [{}, SOON])
def test_what_the_school_reads_ahead_is_its_own(age: int, soon: dict[str, Any]) -> None:
    """The same questions, on the same days, whatever the aanbieder recorded about what would come to it."""
    school = [yes(p, AVG, **soon) for p in AT_SCHOOL] + [a_toestemming(p, **soon) for p in AT_SCHOOL]
    read = [
        told(facts(replace(two(age), elders=elders), *school, *said), SCHOOL)
        for said in WHAT_CARE_MAY_RECORD
        for elders in ((), (care(age),), (care(age, gecontroleerd_op=dt.date(2025, 11, 1)),))
    ]
    assert all(each == read[0] for each in read)
    assert bool(read[0]) is bool(soon)


def test_who_recorded_part_of_it_renews_that() -> None:
    """Without gezag of its own the aanbieder renews exactly what it recorded of the school's people."""
    door = {"vastgelegd_door": AANBIEDER}
    found = facts(replace(two(9), elders=()), yes(P1, AVG), yes(P1, WAIVER, **door, **SOON))
    (one,) = told(found, AANBIEDER)
    assert {(v.persoon, v.functies) for v in one.vragen} == {(P1, (WAIVER,))}


def test_a_check_of_gezag_that_grows_old_is_its_own_sides() -> None:
    """The aanbieder looks up gezag again for itself; the school is not told."""
    old = care(9, gecontroleerd_op=dt.date(2025, 11, 20))
    halves = [yes(p, AVG) for p in (P1, P2)] + [yes(p, WAIVER) for p in (C1, C2)]
    found = facts(two(9, old), *halves)
    (one,) = told(found, AANBIEDER)
    assert (one.op, one.soort) == (dt.date(2026, 11, 20), Taaksoort.GEZAG_NAGAAN)
    assert told(found, SCHOOL) == []
    assert dt.date(2026, 11, 20) in days_ahead(found, NOW)


def test_a_half_is_named_by_its_functions() -> None:
    """What is asked of one side never holds a function of the other."""
    for helft, wanted in ((frozenset({AVG}), {P1, P2}), (frozenset({WAIVER}), {YOUTH})):
        half: Functies = helft
        cell = replace(a_cell(richting=J2S), helft=half)
        needed = signers(cell, two(13).alone, beleid(), NOW)
        assert set(needed.required) == wanted
        assert set(needed.required.values()) == {half}
