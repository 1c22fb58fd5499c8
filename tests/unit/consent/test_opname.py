"""Admission and detention, there and back: which message goes by which rule, and what waits (V09 to V53).

Written from the facts, beside the tables that it holds.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest

from gateway.register.regels import shipped_profiles
from gateway.register.stroomregels import shipped_stromen
from schemas.base import Gegevenscategorie as G
from schemas.people.partijcodes import Partijhoedanigheid as P
from schemas.people.toestemming import Gebruiksdoel

OP: Final = dt.date(2026, 11, 30)


def rules(van: P, aan: P) -> dict[str, frozenset[G]]:
    found = shipped_stromen().voor(van, aan, Gebruiksdoel.OVERSTAP, OP)
    return {f"{r.id} {r.kracht}": frozenset(r.soorten) for r in found}


@pytest.mark.parametrize(
    ("van", "aan", "regel"),
    [
        (P.ONDERWIJS, P.ONDERWIJS, "V09 plicht"),
        (P.ONDERWIJS, P.JEUGDHULP, "V56 toestemming"),
        (P.JEUGDHULP, P.ONDERWIJS, "V53 toestemming"),
        (P.JUSTITIELE_JEUGDINRICHTING, P.ONDERWIJS, "V46t toestemming"),
        (P.JEUGDRECLASSERING, P.ONDERWIJS, "V46t toestemming"),
    ],
)
def test_what_goes_there_and_back_goes_by_its_rule(van: P, aan: P, regel: str) -> None:
    assert regel in rules(van, aan)


@pytest.mark.parametrize(
    ("van", "aan"),
    [
        (P.ONDERWIJS, P.JUSTITIELE_JEUGDINRICHTING),
        (P.ONDERWIJS, P.JEUGDRECLASSERING),
        (P.ONDERWIJS, P.JEUGDHULP_GGZ),
        (P.JEUGDHULP_GGZ, P.ONDERWIJS),
        (P.JUSTITIELE_JEUGDINRICHTING, P.JEUGDHULP),
    ],
)
def test_what_the_matrix_does_not_name_waits(van: P, aan: P) -> None:
    """A school sends nothing to where somebody is detained: to the school there, as to any next school."""
    assert rules(van, aan) == {}


@pytest.mark.parametrize("van", [P.JUSTITIELE_JEUGDINRICHTING, P.JEUGDRECLASSERING])
def test_back_from_detention_comes_the_day_and_the_help_and_never_why(van: P) -> None:
    found = rules(van, P.ONDERWIJS)
    assert found["V46 verbod"] == {G.BESLUITEN, G.GEZIN_VEILIGHEID}
    assert found["V46 verbod"].isdisjoint(found["V46t toestemming"])
    own = [p for p in shipped_profiles() if p.bericht == "terugkeer" and van in p.van]
    assert [p.id for p in own] == ["overstap-intern-begeleider-j2s-terugkeer-jji"]
    fields = {v.pad for v in own[0].velden}
    assert {"terugkeerOp", "ondersteuningMee", "contactpersoon.telefoon"} <= fields
    assert "contactpersoon.functie" not in fields, "it tells that it was detention"
