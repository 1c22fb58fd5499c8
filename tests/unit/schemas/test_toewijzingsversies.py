"""Which version of a toewijzing is current, and whether it still holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from schemas.messages.toewijzing import Toewijzing, Toewijzingstatus

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
