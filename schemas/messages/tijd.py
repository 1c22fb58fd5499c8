"""Days and years as school law counts them: calendar days in the Netherlands, given and never looked up."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

_AUGUSTUS: Final = 8


def leeftijd(geboren: dt.date, op: dt.date) -> int:
    """Whole years on that day; who was born on 29 February has a birthday on 1 March in other years."""
    return op.year - geboren.year - ((op.month, op.day) < (geboren.month, geboren.day))


def dagen_later(dag: dt.date, dagen: int) -> dt.date:
    """The day so many days later. Total: past the end of the calendar it is the last day (31-12-9999 means
    "no end").
    """
    try:
        return dag + dt.timedelta(days=dagen)
    except OverflowError:
        return dt.date.max


def maanden_later(dag: dt.date, maanden: int) -> dt.date:
    """The same day of the month so many months later, or the last day of a month that has no such day.

    Total, as `dagen_later` is.
    """
    jaar, maand = divmod(dag.year * 12 + dag.month - 1 + maanden, 12)
    if jaar > dt.MAXYEAR:
        return dt.date.max
    return dt.date(jaar, maand + 1, min(dag.day, calendar.monthrange(jaar, maand + 1)[1]))


def schooljaar(dag: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the school year that has this day: 1 August up to and including 31 July."""
    jaar = dag.year if dag.month >= _AUGUSTUS else dag.year - 1
    begin = dt.date(jaar, _AUGUSTUS, 1) if jaar >= dt.MINYEAR else dt.date.min
    return begin, dt.date(jaar + 1, _AUGUSTUS - 1, 31) if jaar < dt.MAXYEAR else dt.date.max
