"""Reading one value of an iJw message: dates and numbers as comparable integers. Nothing here raises."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from adapters.xml.nodes import integer
from adapters.xml.parser import Node

_LONG_DATE: Final = re.compile(r"(-?)(\d{4,9})-(\d\d)-(\d\d)", re.ASCII)
"""More digits than any iJw amount has; beyond them a number has no meaning and `int` grows slow."""
_DAYS_OF_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def filled(node: Node, name: str) -> bool:
    """Whether that child is there: a text of more than spaces, at least one row, or a group.

    A group is there also when nothing is in it, as in the reference check of the standard: `<Periode/>` says
    that there is a period.
    """
    value = node.get(name)
    if type(value) is dict:
        return True
    return value.strip() != "" if type(value) is str else bool(value)


def exact(node: Node, name: str) -> str | None:
    """The text of a child exactly as sent: free text in a key differs by a space too."""
    value = node.get(name)
    return value if type(value) is str else None


def ordinal(date: dt.date) -> int:
    """20260401 for 1 April 2026: such integers sort as the dates do, and a whole year is 10000."""
    return date.year * 10_000 + date.month * 100 + date.day


def day(node: Node, name: str) -> int | None:
    """The date of a child as `ordinal`; None when it has none.

    A schema date may lie outside what `datetime` knows (year 12026); it then still sorts where it belongs.
    """
    value = node.get(name)
    if type(value) is not str:
        return None
    text = value.strip()
    digits = text.replace("-", "")
    if len(text) == 10 and len(digits) == 8 and text[4] == text[7] == "-" and _is_number(digits):  # noqa: PLR2004
        return int(digits)
    return _far_day(text)


def _far_day(text: str) -> int | None:
    long = _LONG_DATE.fullmatch(text)
    if long is None:
        return None
    year = -int(long[2]) if long[1] else int(long[2])
    return year * 10_000 + int(long[3]) * 100 + int(long[4])


def whole(node: Node, name: str) -> int | None:
    """The integer of a child, as `nodes.integer` reads it."""
    value = node.get(name)
    return integer(value) if type(value) is str else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def last_of_month(date: int) -> int:
    """The last day of the month of an `ordinal`; 0 for a month that does not exist."""
    year, month = date // 10_000, date // 100 % 100
    if not 1 <= month <= 12:  # noqa: PLR2004
        return 0
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return year * 10_000 + month * 100 + _DAYS_OF_MONTH[month - 1] + (leap and month == 2)  # noqa: PLR2004


def signed(node: Node, amount: str) -> int | None:
    """The amount of a sum with DebetCredit, in cents: credit is negative. None when it has no amount."""
    cents = whole(node, amount)
    if cents is None:
        return None
    code = node.get("DebetCredit")
    return -cents if type(code) is str and code.strip() == "C" else cents
