"""What a spreadsheet leaves behind in a CSV: told with its place, because nobody meant to write it.

A spreadsheet takes a key for a number and rounds it, writes what it could not work out as an error, and puts
a line above the table that only it understands. Such a file is read as far as it says something.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SEP: Final = re.compile(r'"?sep=(?P<teken>.)"?(?:[;,|]{2,}|[ \t]*)(?:\r\n|\n|\r|$)', re.IGNORECASE)
"""With empty cells behind it when a spreadsheet saved the file once more: for it the line was a row."""
_ERROR: Final = re.compile(
    r"#(?:N/[A-Z]{1,2}|NV|#+|GETTING_DATA|GEGEVENS_OPHALEN|¡?[^\W\d_][\w/ ]{1,20}[!?])|(?:Err|Fout):[0-9]{3}",
    re.IGNORECASE,
)
"""#N/B, #WAARDE!, #NAAM? and their kin in every language; ##### of a column too narrow; Err:502."""
_TEXT_FORMULA: Final = re.compile(r'="(?P<tekst>[^"]*)"')
_APOSTROPHE: Final = re.compile(r"'(?P<tekst>[0-9]+)")
_POWER: Final = re.compile(
    r"[0-9](?:[.,][0-9]+)?E[+-]?[0-9]{1,3}|[0-9]{2,3}(?:[.,][0-9]+)?E[+-][0-9]{1,3}", re.IGNORECASE
)
"""With more digits in front only with a sign: 12E3 can be a key that somebody made up."""
_DECIMAL: Final = re.compile(r"[0-9]+[.,]0+")
_MIDNIGHT: Final = re.compile(r"(?P<dag>\S+)[ T]0?0:00(?::00(?:[.,]0+)?)?")


class Sep(NamedTuple):
    """The first line of a file that names its delimiter to Excel."""

    teken: str
    length: int
    """The length of the line with its line end."""


def sep_line(text: str) -> Sep | None:
    found = _SEP.match(text)
    return Sep(found["teken"], found.end()) if found else None


def is_error(cell: str) -> bool:
    """Whether a cell is what a spreadsheet writes when it has no value."""
    return _ERROR.fullmatch(cell) is not None


def kept_as_text(cell: str) -> str | None:
    """The text in a cell that was written so that a spreadsheet would not make a number of it."""
    found = _TEXT_FORMULA.fullmatch(cell) or _APOSTROPHE.fullmatch(cell)
    return found["tekst"] if found else None


def is_rounded(key: str) -> bool:
    """Whether a key was written as a power of ten, so that digits of it may be gone."""
    return _POWER.fullmatch(key) is not None


def is_decimal(key: str) -> bool:
    return _DECIMAL.fullmatch(key) is not None


def without_midnight(cell: str) -> str | None:
    """The day of a date that got a time of nought; None when it has no time."""
    found = _MIDNIGHT.fullmatch(cell)
    return found["dag"] if found else None
