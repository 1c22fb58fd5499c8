"""The decision and a second reading of the facts say the same, over random cases of the whole input space."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from consent.beleid import Beleid
from consent.decide import decide
from consent.request import Request
from consent.rules import Authorities
from schemas.decision.decision import Outcome
from schemas.people.toestemming import Richting
from tests.builders import a_partij, a_profiel, an_id, plekken, stromen
from tests.unit.consent.lezing_gezag import Vraagstuk
from tests.unit.consent.tweede_lezing import Uitkomst, lees
from tests.unit.consent.willekeurig import CATEGORIEEN, DOELEN, vraagstuk

VELDEN = {
    "contact": "school.naam",
    "doelen": "handelingsdeel.doelen[].status",
    "gezondheid": "bronfeiten.medicijngebruik",
    "leerlingstem": "leerlingStem[].datum",
}
SAYS = {
    Outcome.PERMIT: Uitkomst.JA,
    Outcome.PERMIT_REDUCED: Uitkomst.JA,
    Outcome.HOLD: Uitkomst.WACHT,
    Outcome.DENY: Uitkomst.NEE,
}
PER_TEST = 1_000


@cache
def policy() -> Beleid:
    """One profile per doel and direction, with one field of each category."""
    return Beleid.of(
        (
            a_profiel(
                *VELDEN.values(),
                id=f"{doel}-{richting}".lower(),
                doel=doel,
                richting=richting,
                rol="jeugdhulpverlener" if richting is Richting.S2J else "intern_begeleider",
            )
            for doel in DOELEN
            for richting in Richting
        ),
        "",
        stromen=stromen(),
    )


def decided(v: Vraagstuk) -> Uitkomst:
    newest = max(enumerate(v.gezag), key=lambda g: (g[1].gecontroleerd_op, g[0]))[1]
    request = Request(
        decision_id=an_id("besluit"),
        eigenaar=v.school,
        afzender=v.afzender,
        ontvanger=v.ontvanger,
        partij=a_partij(id=v.ontvanger.partij),
        doel=v.doel,
        richting=v.richting,
        bericht="ontwikkelingsperspectief",
        gevraagd=(v.categorie,),
        velden=(VELDEN[v.categorie],),
        vrije_tekst_nagekeken=True,
        wacht=True,
    )
    there = plekken(v.richting, a_partij(id=v.ontvanger.partij), v.ontvanger.rol)
    request = replace(request, van=there["van"], aan=there["aan"])
    who = Authorities(
        newest.geboortedatum, v.gezag, v.oordelen, v.bezwaren, v.vetos, newest.geboorteprecisie, v.school
    )
    return SAYS[decide(request, v.toestemmingen, who, (), None, policy(), v.op).outcome]


def differences(numbers: range) -> list[tuple[int, str, str]]:
    found = []
    for n in numbers:
        v = vraagstuk(n)
        here, there = decided(v), lees(v)
        if here is not there:
            found.append((n, f"besluit {here.name}", f"tweede lezing {there.name}"))
    return found


@pytest.mark.parametrize("thousand", range(10))
def test_both_readings_agree(thousand: int) -> None:
    """Ten thousand cases, the same ones every time."""
    assert differences(range(thousand * PER_TEST, (thousand + 1) * PER_TEST)) == []


@pytest.mark.parametrize(
    "number",
    [
        25_189,  # may be 16: a yes to his own words while incapable takes back no withdrawal of before it
        46_349,  # the same of a refusal, of the very instant at which he was found incapable
        71_176,  # an objection is taken back by a yes to what this direction asks
    ],
)
def test_what_the_hundred_thousand_found_stays_right(number: int) -> None:
    """What he refused before he was found incapable stands (§0, Capacity), and what he took back does not."""
    assert differences(range(number, number + 1)) == []


@pytest.mark.slow
@pytest.mark.parametrize("thousand", range(10, 110))
def test_both_readings_agree_on_many_more(thousand: int) -> None:
    """Both readings agree on a hundred thousand other cases."""
    assert differences(range(thousand * PER_TEST, (thousand + 1) * PER_TEST)) == []


def test_the_cases_reach_every_answer() -> None:
    """Of every category each answer comes up often: a comparison of refusals only would show nothing."""
    seen = Counter((v.categorie, lees(v)) for v in map(vraagstuk, range(2 * PER_TEST)))
    assert all(seen[c, u] >= 25 for c in CATEGORIEEN for u in Uitkomst), seen
