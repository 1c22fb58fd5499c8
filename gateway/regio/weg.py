"""Which road the table of a region gives who lives somewhere, and who pays first where it is settled."""

from __future__ import annotations

from typing import Any

from consent.inrichting import Geval, Regio
from schemas.checks.woonplaats import Aangeboden, Gemeente


def region_road(
    regio: Regio, arrangement: str, maanden: int | None, gemeente: Gemeente | None, waar: Aangeboden
) -> dict[str, Any]:
    """As it is shown. Without a road a person is asked what the row says, or his age when no row fits."""
    geval = Geval(arrangement, maanden, regio.woont_in(gemeente))
    rij, weg = regio.woonplaats_voor(geval, waar)
    wie, waaruit = regio.betaalt(arrangement, weg)
    vraag = "Welke leeftijd heeft de leerling? Daarvan hangt de weg af." if rij is None else rij.vraag
    return {
        "regio": regio.id,
        "versie": regio.versie,
        "arrangement": arrangement,
        "woont": geval.woont,
        "rij": None if rij is None else rij.code,
        "weg": weg,
        "vraagtMens": weg is None,
        "mensVraag": vraag,
        "voorfinanciert": wie,
        "geldstromen": list(waaruit),
    }
