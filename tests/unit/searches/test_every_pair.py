"""Everybody asks everybody for everything: there is always an answer, with its reasons."""

from __future__ import annotations

from itertools import product

from consent.decide import decide
from schemas.base import NOOIT
from schemas.decision.decision import Ground, Outcome, Reden
from schemas.people.hoedanigheden import Partijhoedanigheid
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger
from tests.builders import NOW, authorities
from tests.unit.consent.stroomhulp import SOORTEN, wijd
from tests.unit.consent.test_naar_regels import ELDERS, asked


def test_every_pair_and_doel_has_a_decision() -> None:
    """Whatever is asked by whoever: it goes, waits or stays, with a reason and its rules; never an error."""
    who = authorities(age=13)
    outcomes = set()
    for van, aan, doel in product(Partijhoedanigheid, Partijhoedanigheid, Gebruiksdoel):
        request = asked(van, aan, *SOORTEN, doel=doel, to=Ontvanger(partij=ELDERS, rol=Rol.MEDEWERKER))
        found = decide(request, (), who, (), None, wijd(), NOW)
        assert found.regels is not None
        assert set(found.regels) == set(SOORTEN) - NOOIT
        assert all(found.per_category.values())
        assert set(found.released).isdisjoint(found.wachtend)
        if found.outcome is Outcome.DENY:
            home = {Reden.STATUTORY_BAR, Reden.NOT_CARRIED, Reden.FIELD_NOT_IN_PROFILE}
            assert all({r.code for r in of} & home for of in found.per_category.values())
        if found.permit is not None:
            assert found.ground is Ground.STATUTORY  # nobody agreed to anything
        outcomes.add(found.outcome)
    assert outcomes == {Outcome.PERMIT_REDUCED, Outcome.HOLD}  # his own words go by no rule alone
