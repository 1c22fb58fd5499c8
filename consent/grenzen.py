"""Limits of sharing without toestemming, as data: a region may make them stricter, never looser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from consent.recht import Grond
from schemas.base import Gegevenscategorie
from schemas.errors import Fault, InvalidMessage
from schemas.people.afweging import LANGSTE_VENSTER, Weegfunctie
from schemas.people.gronden import Grondsoort

MAY_APPROVE: Final = frozenset({Weegfunctie.AANDACHTSFUNCTIONARIS, Weegfunctie.GEDRAGSWETENSCHAPPER})
"""The functies of people who may be the second person. Never the FG, who must stay independent (AVG 38)
[G].
"""
REVIEW_WITHIN: Final = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Grenzen:
    """Values marked [P] in `consent.md` §6 and §7. Raises InvalidMessage for a value that loosens one."""

    venster: dt.timedelta = LANGSTE_VENSTER
    """How long a weighing may be used."""
    tweede_blik: dt.timedelta = REVIEW_WITHIN
    """Within this time a second person must look after an acute sharing."""
    vrijgaven: int = 10
    """The most releases one weighing may allow; without a number it allows one."""
    goedkeurders: frozenset[Weegfunctie] = MAY_APPROVE
    categorieen: Mapping[Grondsoort, frozenset[Gegevenscategorie]] | None = None
    """Per ground what it may let go of what the law lets it; one that is left out is not used in this region.
    None: what the law lets it (consent/recht.py)."""

    def __post_init__(self) -> None:
        faults = tuple(
            Fault("beleid.ruimer", f"/grenzen/{name}", "Een regio mag dit strenger maken, niet ruimer.")
            for name in self._loosened()
        )
        if faults:
            raise InvalidMessage(faults)

    def _loosened(self) -> Iterator[str]:
        if self.venster > LANGSTE_VENSTER:
            yield "venster"
        if self.tweede_blik > REVIEW_WITHIN:
            yield "tweedeBlik"
        if self.vrijgaven > Grenzen.vrijgaven:
            yield "vrijgaven"
        if not self.goedkeurders <= MAY_APPROVE:
            yield "goedkeurders"

    def of_ground(self, grond: Grond) -> frozenset[Gegevenscategorie]:
        """What a ground lets go here: of what the law lets it, what the region leaves."""
        by_law = frozenset(grond.categorieen)
        return by_law if self.categorieen is None else by_law & self.categorieen.get(grond.soort, frozenset())

    def described(self) -> dict[str, object]:
        """The limits as plain data in a fixed order, for the policy hash."""
        return {
            "venster": self.venster.total_seconds(),
            "tweedeBlik": self.tweede_blik.total_seconds(),
            "vrijgaven": self.vrijgaven,
            "goedkeurders": sorted(self.goedkeurders),
            "categorieen": None
            if self.categorieen is None
            else sorted((s, sorted(c)) for s, c in self.categorieen.items()),
        }
