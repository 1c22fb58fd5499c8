"""Who reads or speaks for himself: what he is stands in the record of who gives it to him."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from consent.decide import decide
from consent.plek import Plek
from consent.request import Request
from consent.rules import Authorities
from consent.verdict import Verdict
from consent.zelf import mens, person_problem, unchecked, while_unchecked
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision, Outcome, Reden, Redengrond
from schemas.people.hoedanigheden import Partijhoedanigheid
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting, Toestemming
from tests.builders import (
    AANBIEDER,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    X,
    a_bereik,
    a_gezag,
    a_partij,
    a_persoon,
    a_request,
    a_school,
    a_toestemming,
    an_id,
    authorities,
    beleid,
    born,
    profielen,
    single_gezag,
)

H = Partijhoedanigheid
G = Gegevenscategorie


def known(**kw: Any) -> Authorities:
    """P1 has gezag and X has not, as the school recorded it."""
    return authorities(single_gezag(**kw), eigenaar=SCHOOL)


@pytest.mark.parametrize(
    ("persoon", "found"),
    [(P1, H.OUDER), (X, H.OUDER_ZONDER_GEZAG), (YOUTH, H.LEERLING), (P2, None), (an_id("niemand"), None)],
)
def test_what_somebody_is_follows_from_gezag(persoon: str, found: H | None) -> None:
    """An ouder with gezag, one without, the leerling himself, or nobody."""
    assert mens(known(), SCHOOL, persoon) is found


def test_only_the_own_record_counts() -> None:
    """Who recorded no gezag knows nobody; who did, knows those of its own record and no others."""
    assert mens(known(), AANBIEDER, P1) is None
    theirs = a_gezag(vastgelegd_door=AANBIEDER, id=an_id("van de aanbieder"))
    both = replace(known(), elders=(theirs,))
    assert mens(both, AANBIEDER, P2) is H.OUDER
    assert mens(both, SCHOOL, P2) is None
    assert mens(authorities(eigenaar=SCHOOL, gezag=()), SCHOOL, P1) is None


def test_gezag_that_ended_counts_at_once() -> None:
    """The newest check says it whole."""
    later = single_gezag(id=an_id("later"), gecontroleerd_op=dt.date(2026, 10, 1))
    both = authorities(a_gezag(), later, eigenaar=SCHOOL)
    assert mens(both, SCHOOL, P2) is None
    assert mens(authorities(a_gezag(), eigenaar=SCHOOL), SCHOOL, P2) is H.OUDER


@pytest.mark.parametrize(
    ("kw", "stale"),
    [
        ({}, False),
        ({"gecontroleerd_op": dt.date(2025, 10, 15)}, True),
        ({"gecontroleerd_op": dt.date(2025, 10, 16)}, False),
        ({"gecontroleerd_op": dt.date(2026, 10, 16)}, True),
        ({"geldig_tot_en_met": dt.date(2026, 10, 14)}, True),
        ({"geldig_tot_en_met": dt.date(2026, 10, 15)}, False),
    ],
)
def test_a_check_of_gezag_ends(kw: dict[str, object], stale: bool) -> None:
    """After twelve months, on the day that it names, and it does not count before it was made."""
    assert unchecked(known(**kw), SCHOOL, beleid(), NOW) is stale
    assert unchecked(known(), AANBIEDER, beleid(), NOW)


def to(persoon: str | None = P1, aan: H | None = H.OUDER, **kw: Any) -> Request:
    ontvanger = Ontvanger(partij=SCHOOL, rol=Rol.ZELF, persoon_id=persoon)
    plek = None if aan is None else Plek(aan)
    return replace(a_request(), ontvanger=ontvanger, partij=a_school(), aan=plek, **kw)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (to(), None),
        (to(YOUTH, H.LEERLING), None),
        (a_request(), None),
        (to(X, H.OUDER_ZONDER_GEZAG), Reden.RECIPIENT_NOT_INVOLVED),
        (to(X, None), Reden.RECIPIENT_NOT_INVOLVED),
        (to(afzender=AANBIEDER), Reden.RECIPIENT_NOT_INVOLVED),
        (replace(to(), partij=None), Reden.RECIPIENT_UNKNOWN),
        (replace(to(), partij=a_school(aflevering=None)), Reden.RECIPIENT_UNKNOWN),
    ],
)
def test_to_whom_nothing_goes_whatever_the_rules_say(request_: Request, problem: Reden | None) -> None:
    """Without gezag, of nobody's record, or through somebody else's system, who would read it."""
    assert person_problem(request_) is problem


def test_what_would_go_waits_while_gezag_is_not_checked() -> None:
    """Only what would go, only to an ouder: what the leerling reads rests on nobody's gezag."""
    why = (Redengrond(Reden.CONSENT_VALID, (SCHOOL,)),)
    verdicts = {G.DOELEN: Verdict(Outcome.PERMIT, why), G.VERZUIM: Verdict(Outcome.DENY, why)}
    old = known(gecontroleerd_op=dt.date(2025, 1, 1))
    found = while_unchecked(verdicts, to(), old, beleid(), NOW)
    assert (found[G.DOELEN].outcome, found[G.DOELEN].reasons[0].code) == (
        Outcome.HOLD,
        Reden.GEZAG_UNVERIFIED,
    )
    assert found[G.VERZUIM] is verdicts[G.VERZUIM]
    for request, who in (
        (to(), known()),
        (to(YOUTH, H.LEERLING), old),
        (a_request(), old),
        (to(X, None), old),
    ):
        assert while_unchecked(verdicts, request, who, beleid(), NOW) == verdicts


def to_ouder(*said: Toestemming, persoon: str = P1, age: int = 16, **kw: Any) -> Decision:
    """What care sends about a change of school to an ouder of somebody of that age, by its own record."""
    theirs = a_gezag(vastgelegd_door=AANBIEDER, id=an_id("van de aanbieder"), geboortedatum=born(age))
    who = authorities(
        a_gezag(a_persoon(X), geboortedatum=born(age)), elders=(theirs,), eigenaar=SCHOOL, age=age
    )
    profiel = next(p for p in profielen() if p.id == "overstap-zelf-j2s-overstapset")
    request = replace(
        a_request(richting=Richting.J2S),
        ontvanger=Ontvanger(partij=AANBIEDER, rol=Rol.ZELF, persoon_id=persoon),
        partij=a_partij(),
        van=Plek(H.JEUGDHULP),
        aan=None if (aan := mens(who, AANBIEDER, persoon)) is None else Plek(aan),
        doel=Gebruiksdoel.OVERSTAP,
        bericht="overstapset",
        gevraagd=(G.CONTACT, G.DOELEN),
        velden=tuple(sorted(profiel.paden)),
    )
    return decide(replace(request, **kw), said, who, (), None, beleid(), NOW)


def youth_agrees(to_whom: str) -> Toestemming:
    ontvanger = Ontvanger(partij=AANBIEDER, rol=Rol.ZELF, persoon_id=to_whom)
    scope = a_bereik(richting=Richting.J2S).model_copy(
        update={
            "afzender": AANBIEDER,
            "doelen": (Gebruiksdoel.OVERSTAP,),
            "categorieen": (G.CONTACT, G.DOELEN),
            "ontvangers": (ontvanger,),
        }
    )
    return a_toestemming(YOUTH, functie=WAIVER, bereik=scope, vastgelegd_door=AANBIEDER)


def test_from_sixteen_care_tells_an_ouder_what_the_youth_agrees_to() -> None:
    """V71: by the record of care alone, for the ouder whom he names, and for no other."""
    assert to_ouder().outcome is Outcome.HOLD
    agreed = to_ouder(youth_agrees(P1))
    assert agreed.outcome in {Outcome.PERMIT, Outcome.PERMIT_REDUCED}
    assert agreed.on_toestemming == (G.CONTACT, G.DOELEN)
    assert to_ouder(youth_agrees(P1), persoon=P2).released == ()
    nobody = to_ouder(youth_agrees(X), persoon=X)
    assert (nobody.outcome, nobody.codes) == (Outcome.DENY, (Reden.RECIPIENT_NOT_INVOLVED,))


def test_under_sixteen_good_care_says_it() -> None:
    """V70: it is not known whether that is good care, so it waits; no toestemming stands for it."""
    waits = to_ouder(youth_agrees(P1), age=14)
    assert (waits.outcome, waits.released) == (Outcome.HOLD, ())
