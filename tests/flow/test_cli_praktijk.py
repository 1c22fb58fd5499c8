"""`ozlijn praktijk`, as somebody of a region uses it."""

from __future__ import annotations

import json

from tests.flow.test_cli import ozlijn
from tests.flow.test_cli_bestanden import run


def test_the_coverage_names_every_practice_and_its_totals() -> None:
    """All 98, then how many stand where; nobody has to count."""
    lines = run("praktijk", "--dekking").stdout.splitlines()
    assert [line[:3] for line in lines[:98]] == [f"S{n:02}" for n in range(1, 99)]
    assert lines[99] == "98 praktijken:"
    found = json.loads(run("praktijk", "--dekking", "--json").stdout)
    assert sum(found["totalen"]["praktijken"].values()) == len(found["praktijken"]) == 98


def test_one_practice_leg_by_leg() -> None:
    """With the rule of each leg, what waits, and where card and facts differ."""
    told = run("praktijk", "--dekking", "s50").stdout
    assert "  X1 onderwijs > toegang V57: gaat." in told
    assert "  X1 toegang > toegang -: wacht." in told
    assert "  Kaart en feiten: " in told
    assert "praktijken:" not in told


def test_a_practice_that_is_not_there_is_wrong_use() -> None:
    """Also when nothing is asked of it."""
    assert ozlijn("praktijk", "--dekking", "S99").code == 2
    assert "S99" in ozlijn("praktijk", "--dekking", "S99").err
    assert ozlijn("praktijk").code == 2
