"""What one of the 23 questions is, and what its answer is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.explain.toezicht import Gezien
from gateway.toezicht.bron import Bron
from schemas.people.toezicht import Kijkdoel
from schemas.storage.storage import Periode

Rij = dict[str, Any]
"""One row of an answer. A value is a text, a number, true or false, None, or a list of texts."""
NIET_GEMELD = "niet gemeld"
"""Where the recipient said nothing of what he used: that is unknown, and no zero."""


class Groep(StrEnum):
    """The heads under which the questions stand."""

    WIE = "Wie kreeg wat"
    NODIG = "Was het nodig"
    ZONDER = "Zonder toestemming"
    TOESTEMMING = "Klopt de toestemming"
    VERANTWOORDING = "Klopt de verantwoording"


@dataclass(frozen=True, slots=True)
class Gevraagd:
    """One question over one period of some partijen, from where the last answer ended."""

    nummer: int
    periode: Periode
    fg: str
    ontvanger: str | None = None
    kijkdoel: Kijkdoel | None = None
    vanaf: int | None = None
    """For a question about the account: the position to go on from."""


@dataclass(frozen=True, slots=True)
class Deel:
    """A part of an answer, and how many leveringen or lines were looked at for it."""

    rijen: list[Rij]
    gelezen: int
    na: str | None = None


Over = Callable[[Bron, Gevraagd, Sequence[Gezien]], Awaitable[list[Rij]]]
"""Makes rows of the leveringen of a period."""
Zelf = Callable[[Bron, Gevraagd], Awaitable[Deel]]
"""Reads by itself what the question is about."""


@dataclass(frozen=True, slots=True)
class Vraag:
    nummer: int
    groep: Groep
    tekst: str
    kolommen: tuple[str, ...]
    over: Over | None = None
    zelf: Zelf | None = None
    norm: str = ""
    optellen: tuple[str, ...] = ()
    """The columns that name a row of a count: parts of an answer are added by them. Empty: a
    list.
    """
    oudste_eerst: str | None = None
    """The column by which rows stand, the largest first."""
    leerling: bool = False
    """It is about one leerling, who must be named with a doel."""
    hoogstens: int = 1_000
    """So many leveringen are looked at for one part of an answer."""
    leeg: bool = False
    """An answer without rows is how it must be."""
