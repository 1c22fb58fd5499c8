"""Per way of taking a toestemming what must be shown of it; and what lacks it does not carry."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from consent.bewijsmiddel import shortcomings
from consent.decide import decide
from schemas.decision.decision import Outcome, Reden
from tests.builders import (
    NOW,
    P1,
    STATED,
    a_bewijs,
    a_request,
    a_toestemming,
    authorities,
    beleid,
    single_gezag,
)

DAY = dt.date(2026, 9, 14)
ORAL, PAPER = "mondeling_twee_getuigen", "papier_gescand"
TWO = ("mentor", "intern begeleider")


@pytest.mark.parametrize(
    ("kw", "wrong"),
    [
        ({}, []),
        ({"getuigen": TWO}, ["getuigen"]),
        ({"ondertekend_op": DAY}, ["dag"]),
        ({"methode": ORAL, "getuigen": TWO}, []),
        ({"methode": ORAL}, ["getuigen"]),
        ({"methode": ORAL, "getuigen": TWO[:1]}, ["getuigen"]),
        ({"methode": ORAL, "getuigen": ("Mentor", " mentor ")}, ["getuigen"]),
        ({"methode": ORAL, "getuigen": ("mentor", "intern begeleider"), "vastlegger": "mentor"}, []),
        ({"methode": ORAL, "ondertekend_op": DAY}, ["getuigen", "dag"]),
        ({"methode": PAPER, "ondertekend_op": DAY}, []),
        ({"methode": PAPER}, ["dag"]),
        ({"methode": PAPER, "ondertekend_op": dt.date(2026, 9, 13)}, ["dag"]),
        ({"methode": PAPER, "getuigen": TWO, "ondertekend_op": dt.date(2026, 9, 15)}, ["getuigen", "dag"]),
    ],
)
def test_each_way_has_its_demands(kw: dict[str, Any], wrong: list[str]) -> None:
    """Two different witnesses for what was said, the day for what is on paper, neither for another way."""
    found = shortcomings(a_bewijs(**kw), DAY)
    assert [f.code for f in found] == [f"bewijs.{w}" for w in wrong]
    assert [f.place for f in found] == [{"getuigen": "/getuigen", "dag": "/ondertekendOp"}[w] for w in wrong]


@pytest.mark.parametrize("kw", [{"methode": ORAL, "getuigen": TWO[:1]}, {"methode": PAPER}])
def test_what_lacks_its_proof_does_not_carry(kw: dict[str, Any]) -> None:
    """However it came on record: held, and told why."""
    said = a_toestemming(P1, bewijs=a_bewijs(**kw))
    decision = decide(a_request(), [said], authorities(single_gezag()), (), None, beleid(), NOW)
    assert decision.outcome is Outcome.HOLD
    assert decision.codes == (Reden.CONSENT_EVIDENCE_MISSING,)
    assert said.moment == STATED
