"""Age bands in Europe/Amsterdam calendar days, never in UTC (`consent.md` §2.1)."""

from __future__ import annotations

import calendar
import datetime as dt
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from schemas.people.toestemming import Geboorteprecisie

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


class Band(StrEnum):
    """Which ages these are says the law of the day (consent/recht.py); today they are as below."""

    A = "A"
    """Under 12: the wettelijk vertegenwoordigers decide (UAVG 5(1), Jeugdwet 7.3.15(1))."""
    B = "B"
    """12 to 15: the wettelijk vertegenwoordigers and the youth together."""
    C = "C"
    """16 and 17: the youth himself (UAVG 5(1) a contrario)."""
    D = "D"
    """From 18: the person himself."""


@lru_cache(maxsize=8_192)
def day(instant: dt.datetime) -> dt.date:
    """The calendar day in the Netherlands at an aware instant. Total, also at both ends of the calendar.

    It is kept per instant, in whatever zone that is written, so of the zone nothing may be in the answer.
    """
    try:
        return instant.astimezone(AMSTERDAM).date()
    except OverflowError:
        return dt.date.min if instant.year == dt.MINYEAR else dt.date.max


def age(born: dt.date, on: dt.date) -> int:
    """Full years on a day. Who was born on 29 February has a birthday on 1 March in other years [P]."""
    month, dom = born.month, born.day
    if (month, dom) == (2, 29) and not calendar.isleap(on.year):
        month, dom = 3, 1
    return on.year - born.year - ((on.month, on.day) < (month, dom))


@lru_cache(maxsize=1_024)
def possible_births(born: dt.date, precisie: Geboorteprecisie) -> tuple[dt.date, ...]:
    """Every day on which somebody may have been born, in order: the BRP has dates without a day or a
    month.
    """
    if precisie is Geboorteprecisie.DAG:
        return (born,)
    months = (born.month,) if precisie is Geboorteprecisie.MAAND else range(1, 13)
    return tuple(
        dt.date(born.year, m, d) for m in months for d in range(1, calendar.monthrange(born.year, m)[1] + 1)
    )


@lru_cache(maxsize=4_096)
def add_months(start: dt.date, months: int) -> dt.date:
    """The same day of the month, or the last day of a shorter month. The calendar ends in 9999."""
    index = start.month - 1 + months
    year, month = start.year + index // 12, index % 12 + 1
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@lru_cache(maxsize=4_096)
def add_days(start: dt.date, days: int) -> dt.date:
    """Total: it stops at the first and the last day of the calendar."""
    ordinal = min(max(start.toordinal() + days, dt.date.min.toordinal()), dt.date.max.toordinal())
    return dt.date.fromordinal(ordinal)


@lru_cache(maxsize=4_096)
def end_of_school_year(on: dt.date) -> dt.date:
    """31 July on or after a day: a school year runs from 1 August. The calendar ends in 9999."""
    end = on.replace(month=7, day=31)
    return end if on <= end else add_months(end, 12)


def turns(born: dt.date, years: int) -> dt.date | None:
    """The first day on which somebody has that age. None when the calendar ends before it."""
    if born.year + years > dt.MAXYEAR:
        return None
    if (born.month, born.day) == (2, 29) and not calendar.isleap(born.year + years):
        return dt.date(born.year + years, 3, 1)
    return born.replace(year=born.year + years)


def midnight(on: dt.date) -> dt.datetime:
    """The instant at which a day begins in the Netherlands, in UTC."""
    return dt.datetime.combine(on, dt.time.min, AMSTERDAM).astimezone(dt.UTC)
