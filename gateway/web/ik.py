"""What somebody sets about himself: where he gets mail, and whether. Whoever signed in has this page.

And the page behind the link in a mail, for whoever has that link: it can only switch mail off.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response

from gateway.identity.sessies import Sessie
from gateway.post.post import Bevestigd, Gevraagd
from gateway.uitnodigen.code import typed
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.lijn import Neutraal
from gateway.web.sessie import sessie_van
from gateway.web.vraag import Vraag
from schemas.people.post import is_adres

BLADEN: Final = Bladen("Uw mail", frozenset(Werkrol), dichtheid=Dichtheid.RUIM)
OPEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@BLADEN.get("/ik", "Uw mail")
async def show(vraag: Vraag) -> Response:
    return await _shown(vraag)


@BLADEN.post("/ik/adres", "Uw mail")
async def ask(vraag: Vraag) -> Response:
    """A code goes to the address. What was there before stays until that code is typed."""
    adres = vraag.invoer.tekst("adres")
    if not is_adres(adres):
        text = "Dit is geen mailadres. Een mailadres ziet er zo uit: naam@voorbeeld.nl."
        return await _shown(vraag, "adres", text)
    sessie, wie = await _wie(vraag)
    if await vraag.app.post.vraag(wie, sessie.inhoud, adres) is Gevraagd.TE_VAAK:
        return await _shown(vraag, "adres", "U vroeg vandaag al vijf keer een code. Probeer het morgen weer.")
    return vraag.naar("/ik", gedaan="gestuurd")


@BLADEN.post("/ik/code", "Uw mail")
async def confirm(vraag: Vraag) -> Response:
    code = typed(vraag.invoer.tekst("code"))
    if code is None:
        return await _shown(vraag, "code", "Deze code klopt niet. Een code heeft drie keer vier tekens.")
    _, wie = await _wie(vraag)
    found = await vraag.app.post.bevestig(wie, code)
    if found is Bevestigd.JA:
        return vraag.naar("/ik", gedaan="bevestigd")
    text = "Deze code klopt niet. Kijk in de mail en typ hem nog eens."
    if found is Bevestigd.OP:
        text = "Deze code werkt niet meer. Vraag een nieuwe."
    return await _shown(vraag, "code" if found is Bevestigd.NEE else None, text)


@BLADEN.post("/ik/mail", "Uw mail")
async def switch(vraag: Vraag) -> Response:
    _, wie = await _wie(vraag)
    what = vraag.invoer.tekst("doe")
    if what == "weg":
        await vraag.app.post.vergeet(wie)
    elif what in ("aan", "uit"):
        await vraag.app.post.schakel(wie, aan=what == "aan")
    else:
        raise Neutraal
    return vraag.naar("/ik", gedaan=what)


@OPEN.get("/post/uit/{token}", "Geen mail meer")
async def off(vraag: Vraag) -> Response:
    """Reading it changes nothing: programs that look at mail follow every link in it."""
    return vraag.toon("ik/uit.html", pad=_uit(vraag))


@OPEN.post("/post/uit/{token}", "Geen mail meer")
async def switched_off(vraag: Vraag) -> Response:
    """One click, by a person or by his mail program (RFC 8058). It says the same of a link that is not of
    anybody.
    """
    await vraag.app.post.zet_uit(_token(vraag))
    return vraag.toon("ik/uitgezet.html")


def _token(vraag: Vraag) -> str:
    token = vraag.pad("token")
    if not _TOKEN.fullmatch(token):
        raise Neutraal
    return token


def _uit(vraag: Vraag) -> str:
    return f"/post/uit/{_token(vraag)}"


async def _wie(vraag: Vraag) -> tuple[Sessie, str]:
    """Who this is, over all his partijen. Where no mail goes nothing can be set."""
    sessie = await sessie_van(vraag.app, vraag.request)
    if sessie is None or not vraag.app.post.aan:
        raise Neutraal
    return sessie, vraag.app.sessies.wie(sessie.inhoud.issuer, sessie.inhoud.sub)


async def _shown(vraag: Vraag, veld: str | None = None, fout: str | None = None) -> Response:
    form = vraag.invoer if fout is None else vraag.invoer.met_fout(veld, fout)
    if not vraag.app.post.aan:
        return vraag.toon("ik/mail.html", invoer=form, stand=None)
    _, wie = await _wie(vraag)
    return vraag.toon("ik/mail.html", invoer=form, stand=await vraag.app.post.stand(wie))
