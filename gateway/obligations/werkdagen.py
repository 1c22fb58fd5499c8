"""Terms in working days, counted in Europe/Amsterdam.

A working day is none of: Saturday, Sunday, the algemeen erkende feestdagen and Goede Vrijdag, which the
Algemene termijnenwet (art. 3) puts beside them. 5 May counts as one every year.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Final

import holidays

from consent.leeftijd import AMSTERDAM, day

_SATURDAY: Final = 5


@lru_cache(maxsize=16)
def feestdagen(jaar: int) -> frozenset[dt.date]:
    """The days of one year that art. 3 names. The library calls days OPTIONAL that not everybody has off."""
    categories = (holidays.PUBLIC, holidays.OPTIONAL)
    return frozenset(holidays.country_holidays("NL", years=jaar, categories=categories))


def is_werkdag(on: dt.date) -> bool:
    return on.weekday() < _SATURDAY and on not in feestdagen(on.year)


def einde_van_werkdag(vanaf: dt.datetime, aantal: int) -> dt.datetime:
    """The end of the `aantal`-th working day after the day of `vanaf`, that day not counted; aware UTC.

    The instant is the midnight with which that day ends: what is done before it is in time.
    """
    on = day(vanaf)
    while aantal:
        on += dt.timedelta(1)
        aantal -= is_werkdag(on)
    return dt.datetime.combine(on + dt.timedelta(1), dt.time(), AMSTERDAM).astimezone(dt.UTC)
