"""The issuer of a sandbox over HTTP: the page with the invented people, and what is asked of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from gateway.identity.proefuitgever import MENSEN, PAD, Proefuitgever
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.lijn import Neutraal
from gateway.web.vraag import Vraag
from schemas.people.mensen import Niveau

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM, sandbox=True)
ASKED: Final = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "acr_values",
)


@BLADEN.get(f"{PAD}/.well-known/openid-configuration", "Uitgever")
async def metadata(vraag: Vraag) -> Response:
    return JSONResponse(_of(vraag).metadata())


@BLADEN.get(f"{PAD}/sleutels", "Sleutels")
async def keys(vraag: Vraag) -> Response:
    return JSONResponse(_of(vraag).sleutels())


@BLADEN.get(f"{PAD}/inloggen", "Kies wie u bent")
async def people(vraag: Vraag) -> Response:
    """Everybody there is, one click away."""
    query = vraag.request.query_params
    found = _of(vraag).gevraagd(dict(query))
    if found is None:
        raise Neutraal
    asked = {name: query.get(name, "") for name in ASKED}
    return vraag.toon("aanmelden/proefmensen.html", mensen=MENSEN, gevraagd=asked, niveau=found.niveau)


@BLADEN.post(f"{PAD}/inloggen", "Kies wie u bent")
async def chosen(vraag: Vraag) -> Response:
    asked = _of(vraag).gevraagd({name: vraag.invoer.tekst(name) for name in ASKED})
    niveau = vraag.invoer.tekst("niveau")
    if asked is None or niveau not in set(Niveau):
        raise Neutraal
    back = await _of(vraag).kies(asked, vraag.invoer.tekst("persoon"), Niveau(niveau))
    if back is None:
        raise Neutraal
    return vraag.naar(f"{asked.redirect_uri}?{urlencode(back)}")


@BLADEN.post(f"{PAD}/token", "Token")
async def token(vraag: Vraag) -> Response:
    form = {name: values[0] for name, values in vraag.invoer.waarden.items() if len(values) == 1}
    found = await _of(vraag).wissel(form)
    if isinstance(found, str):
        return JSONResponse({"error": found}, HTTPStatus.BAD_REQUEST)
    return JSONResponse(found)


@BLADEN.get(f"{PAD}/uitloggen", "Uitgelogd")
async def out(vraag: Vraag) -> Response:
    """Nobody is signed in here: each time somebody chooses anew."""
    return vraag.naar("/afgemeld")


def _of(vraag: Vraag) -> Proefuitgever:
    if vraag.app.proefuitgever is None:
        raise Neutraal
    return vraag.app.proefuitgever
