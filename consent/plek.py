"""Who sends or receives: a capacity, and in which function there. Pure.

What follows from it for a decision is derived here and nowhere typed in: the column of the signer table, and
whether a statement of before anybody could name a sender is about this flow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from schemas.people.hoedanigheden import (
    EIGENSCHAPPEN,
    Geheimhouding,
    Partijfunctie,
    Partijhoedanigheid,
    geldt_als,
)
from schemas.people.toestemming import Richting


@dataclass(slots=True, unsafe_hash=True)
class Plek:
    """Who sends or receives: in which capacity, in which function, and for schoolmaatschappelijk werk by whom
    employed. Nothing changes it once it is made.
    """

    hoedanigheid: Partijhoedanigheid
    functie: Partijfunctie | None = None
    werkgever: Partijhoedanigheid | None = None

    als: Partijhoedanigheid | None = field(init=False, repr=False, compare=False)
    """The capacity whose rules hold."""

    def __post_init__(self) -> None:
        self.als = geldt_als(self.hoedanigheid, self.werkgever)


def regime(van: Plek | None) -> Geheimhouding | None:
    """Which law makes who sends keep a secret. None: in which capacity he sends is not known."""
    als = None if van is None else van.als
    return None if als is None else EIGENSCHAPPEN[als].geheimhouding


P = Partijhoedanigheid
TOEN: Final = frozenset(
    {
        P.JEUGDHULP,
        P.JEUGDHULP_GGZ,
        P.TOEGANG,
        P.JEUGDTEAM,
        P.LEERPLICHT_RMC,
        P.GECERTIFICEERDE_INSTELLING,
        P.VEILIG_THUIS,
        P.VERWIJSINDEX,
    }
)
"""What stood on the other side of the line from a school, in the days that a statement named no sender."""


def lijn(van: Plek | None, aan: Plek | None) -> Richting | None:
    """The direction of a flow as the line knew it when there were only two. None: it had no such flow, so
    nothing that was stated without a sender is about it.
    """
    if van is None or aan is None:
        return None
    if van.als is P.ONDERWIJS and aan.als in TOEN:
        return Richting.S2J
    return Richting.J2S if van.als in TOEN and aan.als is P.ONDERWIJS else None
