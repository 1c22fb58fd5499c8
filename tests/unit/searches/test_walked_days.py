"""A decision walked through day by day: what passing days change, the agenda had named."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.afwegen import OfferedAfweging
from consent.agenda import Facts, days_ahead
from consent.beleid import Beleid
from consent.decide import decide
from consent.leeftijd import day, midnight
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from schemas.people.gronden import Grondverklaring
from schemas.people.toestemming import Geboorteprecisie, Richting, Toestemming
from tests import strategies
from tests.builders import AVG, NOW, P1, P2, WAIVER, YOUTH, a_gezag, a_request, a_toestemming, authorities
from tests.unit.consent.test_agenda import TODAY, facts, on, soon, told, unnamed


# Half a minute on an idle core, and longer beside other work: the bound only ends what hangs.
@pytest.mark.timeout(1200)
@given(
    strategies.requests,
    st.one_of(soon(), st.tuples(strategies.consents, strategies.who)),
    strategies.policies,
    strategies.gronden,
    strategies.noodwegen,
    st.sampled_from([0, 0, 13]),
)
def test_a_decision_changes_on_named_days_only(
    request: Request,
    people: tuple[list[Toestemming], Authorities],
    policy: Beleid,
    grounds: tuple[Grondverklaring, ...],
    weighing: OfferedAfweging | None,
    hour: int,
) -> None:
    """Walked through day by day for more than a year: what passing days change, the agenda had named."""
    said, who = people
    found = Facts(Statements(said), who, policy, grounds, (weighing,) if weighing else ())
    assert unnamed(request, found, weighing, 430, hour) == []


@pytest.mark.parametrize("precisie", Geboorteprecisie)
@pytest.mark.parametrize("years", [12, 16, 18])
@pytest.mark.parametrize("richting", Richting)
def test_every_birthday_is_named(richting: Richting, years: int, precisie: Geboorteprecisie) -> None:
    """Every birthday is named, also when only the month or year of birth is known, whatever the leerling said
    on the way.
    """
    born = dt.date(2027 - years, 2, 10)
    who = authorities(a_gezag(geboortedatum=born, geboorteprecisie=precisie), geboortedatum=born)
    who = replace(who, precisie=precisie)
    said = [
        a_toestemming(p, functie=f, richting=richting, geldig_tot_en_met=on("2027-07-31"), moment=m)
        for p, m in ((P1, NOW), (P2, NOW), (YOUTH, NOW))
        for f in (AVG, WAIVER)
    ]
    found = facts(*said, who=who)
    request = a_request(richting=richting)
    days = [midnight(TODAY + dt.timedelta(days=n)) for n in range(1, 500)]
    decisions = [decide(request, found.said, found.who, (), None, found.policy, d) for d in days]
    changed = {
        day(d) for d, a, b in zip(days[1:], decisions, decisions[1:], strict=False) if told(a) != told(b)
    }
    assert changed
    assert changed <= set(days_ahead(found, NOW))
