"""Every building block of a page in every state, on one page: only in a sandbox, to look at and to test."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.web.bladen import Bladen, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen("Bouwstenen", sandbox=True, wegwijzers=(Wegwijzer("/proef/bouwstenen", "Bouwstenen"),))

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
