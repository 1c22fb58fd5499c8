"""Pages for everybody: what OZlijn is, and the way to one's own place."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)

BEGIN: Final = {
    Werkrol.IB: "/ib",
    Werkrol.ONTVANGER: "/postvak",
    Werkrol.OUDER: "/mijn",
    Werkrol.LEERLING: "/mijn",
    Werkrol.FG: "/fg",
    Werkrol.BEHEERDER: "/beheer",
}
"""Where somebody with this role begins; of several roles the first here."""


@BLADEN.get("/", "Gegevens delen over een leerling")
async def start(vraag: Vraag) -> Response:
    return vraag.toon("start.html")


@BLADEN.get("/begin", "Uw begin")
async def begin(vraag: Vraag) -> Response:
    if vraag.wie is None:
        return vraag.naar("/aanmelden" if vraag.omgeving.inloggen else "/")
    return vraag.naar(next((pad for rol, pad in BEGIN.items() if rol in vraag.wie.rollen), "/"))


@BLADEN.get("/toegankelijkheid", "Toegankelijkheid")
async def toegankelijkheid(vraag: Vraag) -> Response:
    """What everybody can use, what is not known and where to say that something does not work."""
    return vraag.toon("toegankelijkheid.html")
