"""A decision walked through day by day: what passing days change, the agenda had named.

It stands apart from the other tests of the agenda because it decides tens of thousands of times: those run
under a tracer, which makes it three times as long and shows nothing more.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.afwegen import OfferedAfweging
from consent.agenda import Facts
from consent.beleid import Beleid
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from schemas.people.gronden import Grondverklaring
from schemas.people.toestemming import Toestemming
from tests import strategies
from tests.unit.consent.test_agenda import soon, unnamed


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
