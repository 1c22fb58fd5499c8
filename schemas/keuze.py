"""The base of closed lists of words that are stored and sent."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING


class Keuze(StrEnum):
    """One word of a closed list.

    It differs from StrEnum in one thing: `value` is read without a call of Python. The JSON of one levering
    reads it forty times.
    """

    if not TYPE_CHECKING:  # a type checker takes it for a word
        value = property(attrgetter("_value_"))
