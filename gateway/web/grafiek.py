"""Where what stands in a chart: numbers in, places out. The templates draw, and always give the table too.

Integers only. A bar begins at zero, has its number at its end, and never more than twelve stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Soort = Literal["gevraagd", "mee", "geopend", "thuis", "vlak"]

MOST_BARS: Final = 12
BAR: Final = 20
GAP: Final = 8
TEXT: Final = 22
"""Room above a bar for its name."""
WIDE: Final = 640
NARROW: Final = 320
"""For a phone: the same chart, drawn again, so that its letters stay readable."""
_NUMBER: Final = 64
"""Room at the end of the longest bar for its number."""
_TOO_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Staaf:
    """One bar. `waarde` None: nobody told, and that is no zero."""

    naam: str
    waarde: int | None
    soort: Soort = "vlak"


@dataclass(frozen=True, slots=True)
class Getekend:
    """A bar with its place."""

    naam: str
    waarde: int | None
    soort: Soort
    y: int
    breed: int


@dataclass(frozen=True, slots=True)
class Vlak:
    """One drawing, of one width."""

    breed: int
    hoog: int
    staven: tuple[Getekend, ...]


def staven(rijen: Sequence[Staaf]) -> tuple[Vlak, Vlak]:
    """The drawing for a wide screen and for a phone. Raises ValueError for more bars than one can compare."""
    if len(rijen) > MOST_BARS:
        raise ValueError("too many bars for one chart")
    most = max((r.waarde or 0 for r in rijen), default=0)
    return tuple(_vlak(rijen, most, breed) for breed in (WIDE, NARROW))  # type: ignore[return-value]


def _vlak(rijen: Sequence[Staaf], most: int, breed: int) -> Vlak:
    room = breed - _NUMBER
    step = TEXT + BAR + GAP
    made = tuple(
        Getekend(r.naam, r.waarde, r.soort, i * step + TEXT, room * (r.waarde or 0) // most if most else 0)
        for i, r in enumerate(rijen)
    )
    return Vlak(breed, len(rijen) * step, made)


@dataclass(frozen=True, slots=True)
class Punt:
    naam: str
    waarde: int
    x: int
    y: int
    gezegd: bool
    """Whether its name stands below it: not all fit on a phone."""


@dataclass(frozen=True, slots=True)
class Lijnvlak:
    breed: int
    hoog: int
    nul: int
    """Where zero is."""
    punten: tuple[Punt, ...]

    @property
    def pad(self) -> str:
        """For `points` of a polyline."""
        return " ".join(f"{p.x},{p.y}" for p in self.punten)


def lijn(rijen: Sequence[tuple[str, int]]) -> tuple[Lijnvlak, Lijnvlak]:
    """(name, number) in order of time, from zero; for a wide screen and for a phone."""
    most = max((n for _, n in rijen), default=0) or 1
    return tuple(_lijnvlak(rijen, most, breed) for breed in (WIDE, NARROW))  # type: ignore[return-value]


def _lijnvlak(rijen: Sequence[tuple[str, int]], most: int, breed: int) -> Lijnvlak:
    top, height, side = 24, 160, 24
    room = (breed - 2 * side) // max(len(rijen) - 1, 1)
    every = max(1, -(-len(rijen) * 48 // breed))
    punten = tuple(
        Punt(naam, n, side + i * room, top + height - height * n // most, (len(rijen) - 1 - i) % every == 0)
        for i, (naam, n) in enumerate(rijen)
    )
    return Lijnvlak(breed, top + height + 32, top + height, punten)


@dataclass(frozen=True, slots=True)
class Warmte:
    """One cell of a heat map: what is printed, and how dark."""

    tekst: str
    trede: int
    nooit: bool = False


def warmte(geopend: int | None, mee: int) -> Warmte:
    """Opened ÷ released in percents. Of a few nothing is said: a percentage of three tells of people."""
    if mee < _TOO_FEW:
        return Warmte("te weinig", 0)
    if geopend is None:
        return Warmte("niet gemeld", 0)
    if geopend == 0:
        return Warmte("nooit geopend", 0, nooit=True)
    share = 100 * geopend // mee
    return Warmte(f"{share} %", min(share // 20, 4))
