"""Ages and terms in calendar days of the Netherlands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.leeftijd import Band, add_months, age, day, end_of_school_year, midnight, turns
from consent.recht_nu import HUIDIG


@pytest.mark.parametrize(
    ("on", "years"),
    [
        ((2024, 2, 28), 11),
        ((2024, 2, 29), 12),
        ((2027, 2, 28), 14),
        ((2027, 3, 1), 15),
        ((2028, 2, 28), 15),
        ((2028, 2, 29), 16),
        ((2030, 2, 28), 17),
        ((2030, 3, 1), 18),
    ],
)
def test_ce_33(on: tuple[int, int, int], years: int) -> None:
    """Born on 29 February 2012: the birthday is 1 March in a year without one."""
    assert age(dt.date(2012, 2, 29), dt.date(*on)) == years


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 40_000))
def test_age_counts_birthdays(born: dt.date, days: int) -> None:
    """The age is the number of birthdays since birth."""
    on = born + dt.timedelta(days=days)
    birthdays = 0
    for year in range(born.year + 1, on.year + 1):
        try:
            birthday = born.replace(year=year)
        except ValueError:
            birthday = dt.date(year, 3, 1)
        birthdays += birthday <= on
    assert age(born, on) == birthdays


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 30))
def test_an_age_begins_on_one_day(born: dt.date, years: int) -> None:
    """On the day he turns so many he has that age, and the day before he has not; 29 February included."""
    for date in (born, dt.date(2012, 2, 29)):
        first = turns(date, years)
        assert first is not None
        assert age(date, first) == years
        assert age(date, first - dt.timedelta(days=1)) == years - 1


@given(st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)))
def test_a_day_begins_at_its_midnight(on: dt.date) -> None:
    """In summer and in winter; a moment earlier it is the day before."""
    assert day(midnight(on)) == on
    assert day(midnight(on) - dt.timedelta(microseconds=1)) == on - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("years", "expected"),
    [(0, "A"), (11, "A"), (12, "B"), (15, "B"), (16, "C"), (17, "C"), (18, "D"), (100, "D")],
)
def test_bands(years: int, expected: str) -> None:
    """Twelve, sixteen and eighteen each begin a new band."""
    assert HUIDIG.op(dt.date(2026, 11, 30)).band(years) is Band(expected)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2027-05-13T21:59:59+00:00", "2027-05-13"),
        ("2027-05-13T22:00:00+00:00", "2027-05-14"),
        ("2027-01-13T22:59:59+00:00", "2027-01-13"),
        ("2027-01-13T23:00:00+00:00", "2027-01-14"),
        ("2027-01-14T08:59:59+10:00", "2027-01-13"),
        ("9999-12-31T23:59:59+00:00", "9999-12-31"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01"),
    ],
)
def test_day(instant: str, expected: str) -> None:
    """The day is that of Amsterdam in summer and winter, whatever zone the instant is written in."""
    assert day(dt.datetime.fromisoformat(instant)) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-10-15", 3, "2027-01-15"),
        ("2026-12-01", 0, "2026-12-01"),
        ("9999-06-01", 12, "9999-12-31"),
    ],
)
def test_add_months(start: str, months: int, expected: str) -> None:
    """The same day so many months later, or the last day of a shorter month or of the calendar."""
    assert add_months(dt.date.fromisoformat(start), months) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-08-01", "2027-07-31"),
        ("2027-07-31", "2027-07-31"),
        ("2027-01-01", "2027-07-31"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_end_of_school_year(on: str, expected: str) -> None:
    """A school year ends on 31 July, the day itself included."""
    assert end_of_school_year(dt.date.fromisoformat(on)) == dt.date.fromisoformat(expected)


@given(st.dates(), st.integers(0, 24))
def test_terms_never_raise(on: dt.date, months: int) -> None:
    """Terms of any date a fact can hold exist and do not lie before it."""
    results: list[Any] = [add_months(on, months), end_of_school_year(on)]
    assert all(r >= on for r in results)


@pytest.mark.parametrize("far_first", [True, False])
def test_a_day_at_the_end_of_the_calendar_is_that_of_the_instant(far_first: bool) -> None:
    """Whatever zone it is written in, and whichever of them was asked first: equal instants are one day."""
    last = dt.datetime(9999, 12, 31, 23, 30, tzinfo=dt.UTC)
    far = dt.timezone(dt.timedelta(hours=-23, minutes=-59))
    first = dt.datetime(1, 1, 1, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    day.cache_clear()
    same = (last.astimezone(far), last)
    assert {day(each) for each in (same if far_first else same[::-1])} == {dt.date.max}
    assert day(first) == dt.date.min
