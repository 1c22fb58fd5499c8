"""A period in numbers: with whom was exchanged, and how a year went. Counts, over a bounded number of
leveringen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from consent.leeftijd import day
from gateway.explain import toezicht
from gateway.explain.toezicht import Gezien, Zoekvraag
from gateway.toezicht.bron import Bron, beurten
from gateway.toezicht.vraag import Rij
from gateway.toezicht.wie import held, velden
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.shown.toezicht import Kant
from schemas.storage.storage import Periode

MAANDEN: Final = 13
"""A year and the month of a year ago, so that the two of the same name stand in it."""
MOST_MONTH: Final = 1_000
MOST_YEAR: Final = 4_000
"""So many leveringen are counted for the line of a year. Months further back say that they were not."""


@dataclass(frozen=True, slots=True)
class Overzicht:
    rijen: list[Rij]
    gelezen: int
    na: str | None


async def met_wie(bron: Bron, periode: Periode, aantal: int) -> Overzicht:
    """For each partij under toezicht and everybody it exchanged with: how much, and how much of that went."""
    page = await toezicht.look(bron.ports.storage, Zoekvraag(periode), aantal, bron.held)
    found: dict[tuple[str, str, Kant], dict[str, int]] = {}
    async for g in beurten(held(page.gezien)):
        v = g.levering
        ander = v.ontvanger if g.kant is Kant.AFZENDER else v.afzender
        row = found.setdefault((g.partij, ander, g.kant), dict.fromkeys(_GETELD, 0))
        for naam, n in _counted(g).items():
            row[naam] += n
    rijen = [
        {"partij": partij, "ander": ander, "kant": kant, **counts}
        for (partij, ander, kant), counts in sorted(found.items())
    ]
    return Overzicht(rijen, len(page.gezien), toezicht.cursor(page.na))


def _counted(g: Gezien) -> dict[str, int]:
    went = g.levering.overgedragen is not None
    return {
        "leveringen": 1,
        "overgedragen": int(went),
        "zonderToestemming": int(went and g.zonder_toestemming is True),
        "velden": len(velden(g)) if went else 0,
        "geweigerd": int(g.kant is Kant.AFZENDER and g.levering.status is Leveringstatus.GEWEIGERD),
        "mislukt": int(g.kant is Kant.AFZENDER and g.levering.status is Leveringstatus.MISLUKT),
    }


_GETELD: Final = ("leveringen", "overgedragen", "zonderToestemming", "velden", "geweigerd", "mislukt")


async def jaarlijn(bron: Bron, partijen: tuple[str, ...], tot: dt.date) -> list[dict[str, Any]]:
    """Thirteen months, the last of which holds the day before `tot`, the oldest first.

    They are counted from the last one back. A month with more than MOST_MONTH leveringen has `volledig` false
    and counts no further; months for which nothing is left to count have no numbers.
    """
    first = (tot - dt.timedelta(days=1)).replace(day=1)
    made: list[dict[str, Any]] = []
    left = MOST_YEAR
    for _ in range(MAANDEN):
        after = (first + dt.timedelta(days=32)).replace(day=1)
        at = toezicht.periode(partijen, first, after, day(bron.ports.clock.now()))
        row: dict[str, Any] = {"maand": first.isoformat()[:7], "volledig": False}
        row |= dict.fromkeys(_LIJNEN)
        if left > 0:
            part = await met_wie(bron, at, min(left, MOST_MONTH))
            left -= part.gelezen
            row["volledig"] = part.na is None
            row |= {naam: sum(r[naam] for r in part.rijen) for naam in _LIJNEN}
        made.append(row)
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return made[::-1]


_LIJNEN: Final = ("overgedragen", "zonderToestemming", "geweigerd", "mislukt")
