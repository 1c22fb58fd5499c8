"""Limits of sharing without toestemming, as data: a region may make them stricter, never looser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.base import Gegevenscategorie
from schemas.errors import Fault, InvalidMessage
from schemas.people.afweging import LANGSTE_VENSTER, Weegfunctie
from schemas.people.gronden import Grondsoort

G = Gegevenscategorie
_ORDINARY: Final = frozenset({G.CONTACT, G.ONDERWIJSPOSITIE})
_NOT_HIS_OWN_WORDS: Final = frozenset(c for c in G if c.niveau > 0) - {G.LEERLINGSTEM, G.BIJLAGE}
GRONDCATEGORIEEN: Final[Mapping[Grondsoort, frozenset[Gegevenscategorie]]] = {
    Grondsoort.OTS_GI: _NOT_HIS_OWN_WORDS,
    Grondsoort.VEILIG_THUIS: _NOT_HIS_OWN_WORDS,
    Grondsoort.VERWIJSINDEX: frozenset({G.CONTACT}),
    Grondsoort.LEERPLICHT: _ORDINARY | {G.VERZUIM, G.GEZONDHEID},
    Grondsoort.OVERSTAP: _ORDINARY | {G.DOELEN, G.FACTOREN, G.VERZUIM, G.LEERRESULTATEN, G.BESLUITEN},
}
"""The most a ground can let go, within the profile [P]. The verwijsindex: only that one is involved (Jeugdwet
7.1.4.1) [W]. Leerplicht: of health what is needed as background (Leerplichtwet 21a), which the profile keeps
to "is ill". The leerling's own words never: only he releases them. Overstap: up to level 2, for what the
onderwijskundig rapport may hold of health was not read [G]."""
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
    categorieen: Mapping[Grondsoort, frozenset[Gegevenscategorie]] = field(
        default_factory=lambda: dict(GRONDCATEGORIEEN)
    )
    """Per ground what it may let go; a ground that is left out is not used in this region."""

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
        for soort, categorieen in self.categorieen.items():
            if not categorieen <= GRONDCATEGORIEEN[soort]:
                yield f"categorieen/{soort}"

    def described(self) -> dict[str, object]:
        """The limits as plain data in a fixed order, for the policy hash."""
        return {
            "venster": self.venster.total_seconds(),
            "tweedeBlik": self.tweede_blik.total_seconds(),
            "vrijgaven": self.vrijgaven,
            "goedkeurders": sorted(self.goedkeurders),
            "categorieen": sorted((s, sorted(c)) for s, c in self.categorieen.items()),
        }
