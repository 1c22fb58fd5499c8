"""Days as school law counts them, up to both ends of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.messages.tijd import dagen_later, leeftijd, maanden_later, schooljaar

D = dt.date


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (D(2014, 11, 2), D(2026, 11, 1), 11),
        (D(2014, 11, 2), D(2026, 11, 2), 12),
        (D(2012, 2, 29), D(2024, 2, 29), 12),
        (D(2012, 2, 29), D(2030, 2, 28), 17),
        (D(2012, 2, 29), D(2030, 3, 1), 18),
        (D(2027, 1, 1), D(2026, 12, 31), -1),
    ],
)
def test_age(born: dt.date, on: dt.date, years: int) -> None:
    """A year is added on the birthday; for 29 February that is 1 March in other years."""
    assert leeftijd(born, on) == years


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (D(2026, 1, 15), 12, D(2027, 1, 15)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2026, 11, 30), 1, D(2026, 12, 30)),
        (D(2026, 12, 31), 2, D(2027, 2, 28)),
        (D(9999, 12, 31), 1, D.max),
    ],
)
def test_months_later(day: dt.date, months: int, later: dt.date) -> None:
    """The same day, or the last of a shorter month, and never past the end of the calendar."""
    assert maanden_later(day, months) == later


@given(st.dates(), st.integers(0, 5_000))
def test_days_later(day: dt.date, days: int) -> None:
    """Counting on is what adding days is, up to the last day there is."""
    assert dagen_later(day, days).toordinal() == min(day.toordinal() + days, D.max.toordinal())


@given(st.dates())
def test_school_year(day: dt.date) -> None:
    """Every day lies in one school year of 1 August to 31 July, cut off at the ends of the calendar."""
    first, last = schooljaar(day)
    assert first <= day <= last
    assert first == D.min or (first.month, first.day) == (8, 1)
    assert last == D.max or (last.month, last.day, last.year) == (7, 31, first.year + 1) or first == D.min
    assert (last - first).days <= 365


@pytest.mark.parametrize(
    ("day", "first"),
    [(D(2026, 7, 31), D(2025, 8, 1)), (D(2026, 8, 1), D(2026, 8, 1)), (D.min, D.min)],
)
def test_school_year_turns_in_august(day: dt.date, first: dt.date) -> None:
    """31 July is the last day of one and 1 August the first of the next."""
    assert schooljaar(day)[0] == first
