"""How much an allocation allows in a period, and the days that bound a month."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Final

from adapters.ijw.gelezen import Versie

PER_DAG, PER_WEEK, PER_MAAND, TOTAAL = "1", "2", "4", "6"
_OUTPUT: Final = frozenset({"82", "83"})
"""Units of output: per week they count Sundays, where the others count the weeks touched (IV077)."""
_ZONDAG: Final = 6
_WEEK: Final = 7


def ruimte(versie: Versie, begin: str | None, eind: str | None) -> int | None:
    """The most that fits in those days, both included; None when nothing bounds it.

    A broken week or month counts as a whole one (IV078).
    """
    if versie.volume is None:
        return None
    if versie.frequentie == TOTAAL:
        return versie.volume
    if begin is None or eind is None:
        return None
    first, last = dt.date.fromisoformat(begin), dt.date.fromisoformat(eind)
    if last < first:
        return None
    match versie.frequentie:
        case "1":
            return versie.volume * ((last - first).days + 1)
        case "2":
            return versie.volume * (sundays(first, last) if versie.eenheid in _OUTPUT else weeks(first, last))
        case "4":
            return versie.volume * ((last.year - first.year) * 12 + last.month - first.month + 1)
        case _:
            return None


def weeks(first: dt.date, last: dt.date) -> int:
    """How many weeks, Monday to Sunday, have a day in the period."""
    return (_monday(last) - _monday(first)) // _WEEK + 1


def sundays(first: dt.date, last: dt.date) -> int:
    return weeks(first, last) - (last.weekday() != _ZONDAG)


def _monday(day: dt.date) -> int:
    return day.toordinal() - day.weekday()


def eerste_dag(day: str | None) -> str | None:
    """The first day of that month."""
    return None if day is None else f"{day[:7]}-01"


def laatste_dag(day: str | None) -> str | None:
    """The last day of that month."""
    if day is None:
        return None
    year, month = int(day[:4]), int(day[5:7])
    return f"{day[:7]}-{calendar.monthrange(year, month)[1]:02}"
