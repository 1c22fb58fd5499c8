"""An index over statements says nothing that the statements themselves do not say."""

from __future__ import annotations

from consent.statements import Statements
from tests.builders import P1, P2, STATED, a_toestemming, an_intrekking


def test_grouped_by_person_newest_first() -> None:
    """Per person, in one group per function and scope, the newest first; until an instant, none after it."""
    old = a_toestemming(P1)
    new = an_intrekking(old)
    said = Statements([old, a_toestemming(P2)]).plus(new)
    assert list(said) == [old, a_toestemming(P2), new]
    assert set(said.people) == {P1, P2}
    (group,) = said.by(P1)
    assert group.events == (new, old)
    assert list(group.until(STATED)) == [old]
    assert list(said.by("somebody else")) == []
    assert Statements.of(said) is said
