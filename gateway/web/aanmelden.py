"""Signing in. While nobody can, the page says so."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)


@BLADEN.get("/aanmelden", "Inloggen")
async def choose(vraag: Vraag) -> Response:
    return vraag.toon("aanmelden.html")
