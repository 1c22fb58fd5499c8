"""Every building block of a page in every state, on one page: only in a sandbox, to look at and to test."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.web.bladen import Bladen, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.grafiek import Staaf, warmte
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen(
    "Bouwstenen",
    sandbox=True,
    wegwijzers=(
        Wegwijzer("/proef/bouwstenen", "Bouwstenen"),
        Wegwijzer("/proef/bouwstenen/grafieken", "Grafieken"),
    ),
)

_WRONG: Final = (
    Invoer.of(naam="Mira", brief="Een regel.\nEn nog een.", keuze="ja", vakken=("doelen",), akkoord="ja")
    .met_fout("naam", "Vul ook een achternaam in.")
    .met_fout("keuze", "Kies ja of nee.")
    .met_fout(None, "Er is iets veranderd. Kijk nog eens.")
)


@BLADEN.get("/proef/bouwstenen", "Bouwstenen")
async def blocks(vraag: Vraag) -> Response:
    """All that stands still."""
    return vraag.toon("proef/bouwstenen.html", invoer=Invoer.of(keuze="ja"))


@BLADEN.get("/proef/bouwstenen/fouten", "Bouwstenen")
async def faults(vraag: Vraag) -> Response:
    """A form in which something is wrong."""
    return vraag.toon("proef/fouten.html", invoer=_WRONG, kruimels=(("/proef/bouwstenen", "Bouwstenen"),))


@BLADEN.get("/proef/bouwstenen/grafieken", "Grafieken")
async def charts(vraag: Vraag) -> Response:
    """Each chart, with what is odd: nothing told, too few, never opened."""
    nodig = (
        Staaf("gevraagd", 29, "gevraagd"),
        Staaf("meegegeven", 17, "mee"),
        Staaf("geopend", 11, "geopend"),
        Staaf("thuis", 12, "thuis"),
    )
    onbekend = (Staaf("meegegeven", 4, "mee"), Staaf("geopend", None, "geopend"), Staaf("thuis", 0, "thuis"))
    names = ("nov", "dec", "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov")
    maanden = tuple(zip(names, (2, 0, 1, 3, 2, 4, 1, 0, 0, 2, 6, 3, 5), strict=True))
    warm = (
        ("Doelen", (warmte(40, 40), warmte(13, 20), warmte(1, 3))),
        ("Verzuim", (warmte(9, 40), warmte(0, 20), warmte(None, 12))),
        ("Factoren", (warmte(1, 40), warmte(9, 20), warmte(11, 12))),
    )
    return vraag.toon("proef/grafieken.html", nodig=nodig, onbekend=onbekend, maanden=maanden, warm=warm)


@BLADEN.post("/proef/bouwstenen/fouten", "Bouwstenen")
async def sent(vraag: Vraag) -> Response:
    """What was filled in comes back with its faults; without faults one is told that it worked."""
    f = vraag.invoer
    if not f.tekst("naam"):
        f = f.met_fout("naam", "Vul een naam in.")
    if f.tekst("keuze") not in ("ja", "nee"):
        f = f.met_fout("keuze", "Kies ja of nee.")
    if f.fouten:
        return vraag.toon("proef/fouten.html", invoer=f, kruimels=(("/proef/bouwstenen", "Bouwstenen"),))
    return vraag.naar("/proef/bouwstenen", gedaan="vastgelegd")
