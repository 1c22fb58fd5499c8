"""Whether somebody who may decide says no to a cell, and what of a decision rests on toestemming."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide
from consent.statements import Statements
from consent.te_vragen import says_no
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Ground, Outcome, Reden
from schemas.people.gronden import Grondsoort
from schemas.people.toestemming import Gezagsoort, Toestemming
from tests.builders import (
    NOW,
    P1,
    P2,
    SCHOOL,
    YOUTH,
    X,
    a_bereik,
    a_bezwaar,
    a_cell,
    a_gezag,
    a_grond,
    a_persoon,
    a_request,
    a_toestemming,
    a_vervanging,
    a_weigering,
    about_safety,
    an_intrekking,
    an_oordeel,
    authorities,
    beleid,
    born,
    offered,
    safety,
)

OF_P1, OF_P2, OF_YOUTH, OF_X = (a_toestemming(p) for p in (P1, P2, YOUTH, X))
GIVEN = (OF_P1, OF_P2, OF_YOUTH, OF_X)
LATER = NOW - dt.timedelta(hours=1)


def no(*said: Toestemming, years: int = 9, **kw: Any) -> bool:
    who = kw.pop("who", None) or authorities(geboortedatum=born(years), **kw)
    return says_no(a_cell(), Statements(said), who, beleid(), NOW)


@pytest.mark.parametrize(
    ("years", "who", "counts"),
    [
        (9, OF_P1, True),
        (9, OF_P2, True),
        (9, OF_YOUTH, False),
        (9, OF_X, False),
        (13, OF_P1, True),
        (13, OF_YOUTH, True),
        (13, OF_X, False),
        (16, OF_P1, False),
        (16, OF_YOUTH, True),
        (18, OF_P2, False),
        (18, OF_YOUTH, True),
    ],
)
def test_only_who_may_decide_takes_back(years: int, who: Toestemming, counts: bool) -> None:
    """The representative under 16, otherwise the leerling, both from 12 to 15; whatever form the no has."""
    assert not no(*GIVEN, years=years)
    assert no(*GIVEN, an_intrekking(who), years=years) is counts
    assert no(*GIVEN, a_weigering(who.ondertekenaar, moment=LATER), years=years) is counts
    objection = a_bezwaar(who.ondertekenaar, moment=LATER)
    assert no(*GIVEN, years=years, bezwaren=(objection,)) is counts


def test_a_later_yes_and_another_cell_are_no_no() -> None:
    """The newest word counts, per cell; what nobody spoke of is not refused."""
    assert not no()
    assert not no(an_intrekking(OF_P1), a_toestemming(P1, moment=NOW))
    assert not no(OF_P1, a_weigering(P1, moment=LATER, bereik=a_bereik(categorieen=(G.CONTACT,))))


def test_the_court_speaks_in_place_of_an_ouder() -> None:
    """Whose signature a judge replaced cannot take that back."""
    gezag = a_gezag(vervangende_toestemmingen=(a_vervanging(P2),))
    assert not no(OF_P1, OF_P2, an_intrekking(OF_P2), who=authorities(gezag))
    assert no(OF_P1, OF_P2, an_intrekking(OF_P1), who=authorities(gezag))


def test_where_nobody_is_known_the_word_taken_back_counts() -> None:
    """Sixteen and not capable, or gezag unknown: no objection of just anybody, but one's own withdrawal."""
    for who in (
        authorities(geboortedatum=born(16), bekwaamheid=(an_oordeel(vastgelegd_door=SCHOOL),)),
        authorities(a_gezag(a_persoon(P1), soort=Gezagsoort.ONBEKEND)),
    ):
        assert not no(*GIVEN, who=who)
        assert not no(*GIVEN, a_weigering(X, moment=LATER), who=who)
        assert no(*GIVEN, an_intrekking(OF_YOUTH), who=who)


@given(
    st.lists(st.sampled_from([*GIVEN, *map(an_intrekking, GIVEN), *map(a_weigering, (P1, P2, YOUTH))])),
    st.sampled_from([9, 13, 16, 18]),
)
def test_what_somebody_says_no_to_is_never_permitted(said: list[Toestemming], years: int) -> None:
    """The notice and the decision cannot disagree: closed by a no means that nothing goes on toestemming."""
    who = authorities(geboortedatum=born(years))
    decision = decide(a_request(), said, who, (), None, beleid(), NOW)
    if no(*said, years=years):
        assert decision.outcome is Outcome.DENY
        assert decision.on_toestemming == ()
    withdrawn = {Reden.CONSENT_WITHDRAWN, Reden.CONSENT_REFUSED, Reden.YOUTH_REFUSES}
    if withdrawn & set(decision.codes):
        assert no(*said, years=years)


CELLS = a_bereik(doelen=(about_safety().doel,), ontvangers=(about_safety().ontvanger,))
AGREED = tuple(a_toestemming(p, bereik=CELLS) for p in (P1, P2))


@pytest.mark.parametrize(
    ("grounds", "weighing", "said", "ground", "rests"),
    [
        ((), None, AGREED, Ground.CONSENT, (G.DOELEN,)),
        ((a_grond(),), None, AGREED, Ground.STATUTORY, ()),
        ((a_grond(),), None, (), Ground.STATUTORY, ()),
        ((a_grond(soort=Grondsoort.LEERPLICHT),), None, AGREED, Ground.CONSENT, (G.DOELEN,)),
        ((), offered(), (), Ground.BREAK_GLASS, ()),
        ((), offered(), AGREED, Ground.CONSENT, (G.DOELEN,)),
        ((), None, (), Ground.NONE, ()),
    ],
)
def test_what_goes_on_another_ground_does_not_rest_on_toestemming(
    grounds: Any, weighing: Any, said: Any, ground: Ground, rests: tuple[G, ...]
) -> None:
    """It does not rest on toestemming even when people agreed as well, so a withdrawal takes nothing away
    from it.
    """
    decision = decide(about_safety(), said, authorities(), grounds, weighing, safety(), NOW)
    assert (decision.ground, decision.on_toestemming) == (ground, rests)
