"""A decision that somebody's no about a look-alike holds back."""

from __future__ import annotations

import pytest

from consent.decide import decide
from consent.statements import Statements
from consent.tegenhouden import held_back
from schemas.decision.decision import Decision, Ground, Outcome, Reden, Redengrond
from schemas.people.toestemming import Toestemming
from tests.builders import (
    NOW,
    P1,
    P2,
    SCHOOL,
    YOUTH,
    a_request,
    a_toestemming,
    a_weigering,
    authorities,
    beleid,
    born,
)

AGREED = tuple(a_toestemming(p) for p in (P1, P2, YOUTH))
OTHER = "brin:99XX01"
NO = (
    Redengrond(Reden.PROFESSIONAL_VETO, (SCHOOL,)),
    Redengrond(Reden.CONSENT_REFUSED, (SCHOOL,)),
    Redengrond(Reden.CONSENT_REFUSED, (OTHER, SCHOOL)),
)


def decided(*said: Toestemming) -> Decision:
    who = authorities(geboortedatum=born(9))
    return decide(a_request(), Statements(said), who, (), None, beleid(), NOW)


@pytest.mark.parametrize("said", [AGREED, ()], ids=["permitted", "held"])
def test_a_no_makes_of_it_a_denial_that_lets_nothing_go(said: tuple[Toestemming, ...]) -> None:
    """Everything that would go or wait stays home under its one reason, and nothing is left to rest on."""
    found = decided(*said)
    assert found.outcome in (Outcome.PERMIT, Outcome.PERMIT_REDUCED, Outcome.HOLD)
    denied = held_back(found, NO)
    assert (denied.outcome, denied.ground, denied.permit) == (Outcome.DENY, Ground.NONE, None)
    assert (denied.released, denied.consent_event_ids, denied.ground_ids) == ((), (), ())
    reasons = (
        Redengrond(Reden.CONSENT_REFUSED, (OTHER, SCHOOL)),
        Redengrond(Reden.PROFESSIONAL_VETO, (SCHOOL,)),
    )
    assert set(denied.reasons) == set(reasons)
    assert [Reden(c) for c in denied.codes] == sorted(denied.codes, key=list(Reden).index)
    assert denied.per_category == dict.fromkeys(found.per_category, denied.reasons)
    home = [p for paden in denied.withheld.values() for p in paden]
    assert sorted(home) == sorted((*found.released, *(p for ps in found.withheld.values() for p in ps)))
    assert set(found.released) <= set(denied.withheld[Reden.FIELD_NOT_CONSENTED])


def test_of_nothing_that_goes_or_waits_no_field_is_made_up() -> None:
    """A decision about no field at all has none to keep home either."""
    bare = decided().model_copy(update={"released": (), "withheld": {}})
    assert held_back(bare, NO).withheld == {}


def test_without_a_no_it_stays_as_it_is() -> None:
    """Without a no the decision stays as it is, and a refusal keeps its own reasons."""
    found = decided(*AGREED)
    assert held_back(found, ()) is found
    refused = decided(a_weigering(P1))
    assert refused.outcome is Outcome.DENY
    assert held_back(refused, NO) is refused
