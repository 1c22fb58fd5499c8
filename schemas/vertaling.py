"""What an adapter makes of the bytes it got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.bericht import Bericht
from schemas.decision import Reden

B = TypeVar("B", bound=Bericht)


@dataclass(frozen=True, slots=True)
class Bevinding:
    """Something odd that does not stop the message: dropped, repaired or only reported.

    Same rules as a Fault: a place and a rule, never a value.
    """

    code: str
    place: str
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Leerlingsleutel:
    """How the sender's own system names the leerling: only to find him again, through a blind index."""

    brin: str
    vestigingscode: str
    leerlingid: str | None


@dataclass(frozen=True, slots=True)
class Vertaling(Generic[B]):
    """A message in the shared schema, with what the source says against passing parts of it on.

    `beperkingen` maps a leaf path (list positions as `[]`) to the reason why the source itself keeps it
    home: OPT-UIT, no agreement, no permission. A restriction holds for every occurrence of that path in
    `bericht`. The source can only restrict: nothing in here ever permits.
    """

    bericht: B
    beperkingen: dict[str, Reden]
    bevindingen: tuple[Bevinding, ...]
    leerling: Leerlingsleutel
