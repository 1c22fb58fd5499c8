"""A mandate holds for the decisions it names, on both its days and those between."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.people.partij import (
    Besluitsoort,
    Machtiging,
    Nummer,
    Partij,
    Partijsoort,
    Registermandaat,
    Scope,
)

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def a_mandate(last: dt.date | None) -> Registermandaat:
    return Registermandaat(
        gever="gemeente:9999",
        nemer="agb:99999901",
        besluiten=(Besluitsoort.TOELEIDINGSBESLUIT,),
        geldig_vanaf=FIRST,
        geldig_tot_en_met=last,
        besluit_ref="mandaatbesluit 2026-3",
    )


@pytest.mark.parametrize(
    ("soort", "op", "last", "holds"),
    [
        ("toeleidingsbesluit", FIRST, LAST, True),
        ("toeleidingsbesluit", LAST, LAST, True),
        ("toeleidingsbesluit", FIRST - dt.timedelta(days=1), LAST, False),
        ("toeleidingsbesluit", LAST + dt.timedelta(days=1), LAST, False),
        ("toeleidingsbesluit", LAST + dt.timedelta(days=1), None, True),
        ("aanvraag_antwoord", FIRST, None, False),
    ],
)
def test_when_a_mandate_holds(soort: str, op: dt.date, last: dt.date | None, *, holds: bool) -> None:
    """Without a last day it holds until it is taken out of the register."""
    assert a_mandate(last).holds(soort, op) is holds


@pytest.mark.parametrize(
    ("op", "last", "holds"),
    [
        (FIRST, LAST, True),
        (LAST, LAST, True),
        (FIRST - dt.timedelta(days=1), None, False),
        (LAST + dt.timedelta(days=1), LAST, False),
        (LAST + dt.timedelta(days=1), None, True),
    ],
)
def test_when_a_machtiging_holds(op: dt.date, last: dt.date | None, *, holds: bool) -> None:
    """On both its days and those between; without a last day until it is taken out."""
    given = Machtiging(
        van="brin:99ZZ00",
        aan="leverancier:las",
        voor=(Scope.LEZEN,),
        geldig_vanaf=FIRST,
        geldig_tot_en_met=last,
    )
    assert given.holds(op) is holds


def test_a_school_is_called_by_the_last_number_that_began() -> None:
    """Whatever the order they stand in; before the first of them by its own."""
    numbers = [Nummer(brin=f"99Y{c}", vestigingscode="00", vanaf=d) for c, d in (("B", LAST), ("A", FIRST))]
    school = Partij(
        id="brin:99ZZ00",
        soort=Partijsoort.SCHOOL,
        naam="Verzonnen",
        brin="99ZZ",
        vestigingscode="01",
        nummers=tuple(numbers),
    )
    days = (FIRST - dt.timedelta(days=1), FIRST, LAST)
    assert [school.genummerd_op(d).brin for d in days] == ["99ZZ", "99YA", "99YB"]
    assert school.genummerd_op(days[0]) is school
