"""A mandate holds for the decisions it names, on both its days and those between."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.people.partij import Besluitsoort, Registermandaat

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
