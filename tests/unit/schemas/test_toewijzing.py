"""What a toewijzing says of itself: which version is current, whether it still holds, how the help stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.toewijzing import Leveringstand, Toewijzing, Toewijzingstatus, Voortgang

MAY: dt.date = dt.date(2026, 5, 1)


def a_toewijzing(**kw: Any) -> Toewijzing:
    data: dict[str, Any] = {
        "nummer": "17",
        "gemeente": "0363",
        "besloten_op": dt.date(2026, 4, 1),
        "ingangsdatum": dt.date(2026, 4, 1),
        "status": Toewijzingstatus.TOEGEWEZEN,
    }
    return Toewijzing(**(data | kw))


def test_later_decision() -> None:
    """Versions are ordered by day, then by time; one without a time comes first on its day."""
    versions = [
        a_toewijzing(besloten_op=MAY),
        a_toewijzing(besloten_op=MAY, besloten_om=dt.time(12)),
        a_toewijzing(besloten_om=dt.time(23)),
    ]
    assert sorted(versions, key=lambda t: t.besloten) == [versions[2], versions[0], versions[1]]


@pytest.mark.parametrize(
    ("kw", "holds"),
    [
        ({}, True),
        ({"einddatum": MAY}, True),
        ({"einddatum": MAY - dt.timedelta(days=1)}, False),
        ({"ingangsdatum": dt.date(2027, 1, 1)}, True),
        ({"status": Toewijzingstatus.VERWIJDERD}, False),
        ({"status": Toewijzingstatus.INGETROKKEN}, True),
    ],
)
def test_holds(kw: dict[str, Any], holds: bool) -> None:
    """Its last day counts, one that still has to begin holds too, and one that was deleted never."""
    assert a_toewijzing(**kw).geldt_vanaf(MAY) is holds


def test_state_of_help() -> None:
    """Nothing reported is not started; otherwise the last start or stop says."""
    start = Voortgang(stand=Leveringstand.GESTART, op=MAY)
    stop = Voortgang(stand=Leveringstand.GESTOPT, op=MAY, begonnen_op=MAY)
    assert a_toewijzing().leveringstand is Leveringstand.NIET_GESTART
    assert a_toewijzing(voortgang=(start, stop)).leveringstand is Leveringstand.GESTOPT


def test_period() -> None:
    """A toewijzing cannot end before it begins."""
    with pytest.raises(ValidationError):
        a_toewijzing(einddatum=dt.date(2026, 3, 31))
