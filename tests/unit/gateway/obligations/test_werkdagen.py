"""Five working days, as a Dutch office counts them."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.obligations.werkdagen import einde_van_werkdag, feestdagen, is_werkdag

FEESTDAGEN = {
    2026: "0101 0403 0405 0406 0427 0505 0514 0524 0525 1225 1226",
    2027: "0101 0326 0328 0329 0427 0505 0506 0516 0517 1225 1226",
    2031: "0101 0411 0413 0414 0426 0505 0522 0601 0602 1225 1226",
}
"""From a calendar: in 2031 27 April is a Sunday, so Koningsdag is the day before."""


@pytest.mark.parametrize("jaar", FEESTDAGEN)
def test_the_days_of_the_law_are_no_working_days(jaar: int) -> None:
    """Goede Vrijdag and 5 May are among them every year; Good Friday, Easter and the rest move along."""
    expected = {dt.datetime.strptime(f"{jaar}{d}", "%Y%m%d").date() for d in FEESTDAGEN[jaar].split()}
    assert feestdagen(jaar) == expected
    assert not any(map(is_werkdag, expected))


@pytest.mark.parametrize(
    ("vanaf", "einde"),
    [
        # an ordinary Monday: Tuesday to next Monday
        ("2026-11-23T09:00:00+00:00", "2026-11-30T23:00:00+00:00"),
        # a Friday evening and the Sunday after it end on the same Friday
        ("2026-11-20T17:00:00+00:00", "2026-11-27T23:00:00+00:00"),
        ("2026-11-22T10:00:00+00:00", "2026-11-27T23:00:00+00:00"),
        # 23:30 UTC is the next day in Amsterdam
        ("2026-11-22T23:30:00+00:00", "2026-11-30T23:00:00+00:00"),
        # over Christmas and New Year
        ("2026-12-22T10:00:00+00:00", "2026-12-30T23:00:00+00:00"),
        ("2026-12-28T10:00:00+00:00", "2027-01-05T23:00:00+00:00"),
        # Goede Vrijdag and Easter Monday, into summer time
        ("2027-03-25T10:00:00+00:00", "2027-04-05T22:00:00+00:00"),
        # 5 May and Ascension Day
        ("2027-05-03T10:00:00+00:00", "2027-05-12T22:00:00+00:00"),
    ],
)
def test_five_working_days_end_at_a_midnight_in_amsterdam(vanaf: str, einde: str) -> None:
    """The day itself does not count, nor weekends and feestdagen; the fifth day counts to its end."""
    found = einde_van_werkdag(dt.datetime.fromisoformat(vanaf), 5)
    assert found == dt.datetime.fromisoformat(einde)
    assert found.tzinfo is dt.UTC
