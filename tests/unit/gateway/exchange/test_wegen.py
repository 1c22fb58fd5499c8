"""Which type of message comes from whom and goes to whom."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.exchange.intake.wegen import may_get, may_send, parse_wegen, wegen
from schemas.messages.berichten import GEDRAGEN
from schemas.people.hoedanigheden import MENSEN
from schemas.people.partijcodes import Partijhoedanigheid as P

ROW = """
[[weg]]
bericht = "hulpvraag"
van = ["*"]
aan = ["*"]
waarom = "Ieder mag om hulp vragen."
"""


def test_every_type_that_is_carried_has_its_row() -> None:
    """And no other: a type without a row comes from nobody."""
    assert wegen().keys() == GEDRAGEN
    assert not may_send("nieuwsbrief", list(P))
    assert not may_get("nieuwsbrief", list(P), P.ONDERWIJS)


def test_a_plan_is_of_a_school_and_a_school_tells_who_helps_what_works() -> None:
    """How help stands is not hers to say: that refuses the envelope (tests/flow/test_bad_input.py)."""
    for h in P:
        assert may_send("ontwikkelingsperspectief", [h]) is (h is P.ONDERWIJS)
        assert may_send("terugkoppeling", [h]) is (h not in MENSEN)
    assert may_get("ontwikkelingsperspectief", [P.ONDERWIJS], P.JGZ)
    assert not may_get("ontwikkelingsperspectief", [P.JGZ], P.ONDERWIJS)
    told = [h for h in P if may_get("terugkoppeling", [P.ONDERWIJS], h)]
    assert told == [P.JEUGDHULP, P.JEUGDTEAM]


@pytest.mark.parametrize("wrong", ['van = ["iedereen"]', "van = []", 'waarom = ""', 'zomaar = "x"'])
def test_a_row_that_is_not_right_is_refused(wrong: str) -> None:
    """A capacity that is none, nobody, or no reason."""
    assert len(parse_wegen(ROW)) == 1
    field = wrong.split(" =", maxsplit=1)[0]
    lines = [line for line in ROW.splitlines() if not line.startswith(f"{field} =")]
    with pytest.raises(ValidationError):
        parse_wegen("\n".join([*lines, wrong]))
