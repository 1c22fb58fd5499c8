"""Invitations: the school prints the letter or has it mailed; who gets it types the code, and may sign in.

A code is typed or pasted into a form and never stands in an address. From a letter it alone opens levels 1
and 2 and a form to print; from a mail it opens nothing without signing in.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import segno
from starlette.responses import Response

from gateway.explain.teksten import uitleg
from gateway.uitnodigen.code import typed
from gateway.uitnodigen.uitnodigingen import Dicht
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.lijn import Neutraal
from gateway.web.sessie import koekjes, sessie_van
from gateway.web.vraag import Vraag
from schemas.errors import GezagUnchecked
from schemas.people.mensen import Handeling
from schemas.people.partij import Partij
from schemas.people.post import is_adres

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)
SCHOOL: Final = Bladen("Uitnodigen", frozenset({Werkrol.IB}), dichtheid=Dichtheid.COMPACT)
_MINUTES: Final = 30


def _cookie(vraag: Vraag) -> str:
    return f"{koekjes(vraag.app).aanmelden}-code"


@BLADEN.get("/uitnodiging", "Uw code")
async def ask(vraag: Vraag) -> Response:
    return vraag.toon("uitnodigen/code.html")


@BLADEN.post("/uitnodiging", "Uw code")
async def answer(vraag: Vraag) -> Response:
    """Right or wrong: of a wrong one nothing is said but how often it can be tried."""
    code = typed(vraag.invoer.tekst("code"))
    if code is None:
        text = "Deze code klopt niet. Kijk in de brief of de mail. Een code heeft drie keer vier tekens."
        return vraag.toon("uitnodigen/code.html", invoer=vraag.invoer.met_fout("code", text))
    found = await vraag.app.uitnodigingen.open(code)
    if isinstance(found, Dicht):
        text = f"Deze code klopt niet. U kunt nog {found.over} keer proberen."
        if found.over == 0:
            text = "Deze code werkt niet meer. Vraag de school om een nieuwe."
        return vraag.toon("uitnodigen/code.html", invoer=vraag.invoer.zonder("code").met_fout("code", text))
    there = vraag.naar("/uitnodiging/bekijk")
    koekjes(vraag.app).zet(there, _cookie(vraag), found.geheim, _MINUTES * 60)
    return there


@BLADEN.get("/uitnodiging/bekijk", "Wat de school wil delen")
async def look(vraag: Vraag) -> Response:
    binnen = await vraag.app.uitnodigingen.binnen(vraag.request.cookies.get(_cookie(vraag), ""))
    if binnen is None:
        return vraag.naar("/uitnodiging")
    sessie = await sessie_van(vraag.app, vraag.request)
    delingen = await vraag.app.uitnodigingen.bekijk(binnen)
    return vraag.toon(
        "uitnodigen/bekijk.html",
        delingen=delingen,
        soorten={c: uitleg("categorie", c) for d in delingen for c in d.categorieen},
        leerling=binnen.rol.value == "leerling",
        csrf=binnen.csrf,
        per_mail=binnen.uitnodiging.per_mail,
        ingelogd=sessie is not None,
    )


@BLADEN.post("/uitnodiging/koppel", "Uw code")
async def link(vraag: Vraag) -> Response:
    """From now on who signed in is this person. The login must be sure, of a moment ago, and of an issuer for
    ouders.
    """
    app, names = vraag.app, koekjes(vraag.app)
    secret = vraag.request.cookies.get(_cookie(vraag), "")
    binnen = await app.uitnodigingen.binnen(secret)
    sessie = await sessie_van(app, vraag.request)
    if binnen is None:
        return vraag.naar("/uitnodiging")
    if vraag.invoer.tekst("koppel") != binnen.csrf:
        raise Neutraal
    if sessie is None:
        return vraag.naar("/aanmelden", naar="/uitnodiging/bekijk")
    mensen = (await app.authenticator.partijen.current()).mensen
    uitgever, eis = mensen.uitgevers[sessie.inhoud.uitgever], mensen.eisen[Handeling.KOPPELEN]
    if uitgever.voor == "medewerkers":
        return vraag.toon("uitnodigen/andere_inlog.html", status=HTTPStatus.FORBIDDEN)
    if not sessie.voldoet(eis, app.sessies.now()):
        return vraag.naar("/aanmelden/opnieuw", naar="/uitnodiging/bekijk", niveau=eis.niveau.value)
    wie = app.sessies.wie(sessie.inhoud.issuer, sessie.inhoud.sub)
    if not await app.uitnodigingen.koppel(secret, wie):
        return vraag.naar("/uitnodiging")
    await app.post.neem_over(wie, sessie.inhoud, binnen.uitnodiging.id)
    done = vraag.naar("/kies" if sessie.keuzes else "/begin")
    names.wis(done, _cookie(vraag))
    return done


@SCHOOL.get("/ib/uitnodigen/{leerling}", "Uitnodigen")
async def people(vraag: Vraag) -> Response:
    partij, ref = vraag.bezoek.caller.partij, vraag.pad("leerling")
    return vraag.toon("uitnodigen/mensen.html", **await _people(vraag, partij, ref))


async def _people(vraag: Vraag, partij: Partij, ref: str) -> dict[str, Any]:
    found = vraag.app.uitnodigingen
    made = {u.persoon_id: staat for u, staat in await found.lijst(partij, ref)}
    mensen = [(i, rol.value, made.get(i)) for i, rol in await found.mensen(partij, ref)]
    return {"leerling": ref, "mensen": mensen, "mail": vraag.app.post.aan}


async def _again(vraag: Vraag, veld: str | None, text: str) -> Response:
    """The same page with what was wrong."""
    shown = await _people(vraag, vraag.bezoek.caller.partij, vraag.pad("leerling"))
    return vraag.toon("uitnodigen/mensen.html", invoer=vraag.invoer.met_fout(veld, text), **shown)


@SCHOOL.post("/ib/uitnodigen/{leerling}", "Uitnodigen")
async def invite(vraag: Vraag) -> Response:
    """The letter, this once: the code is shown nowhere else."""
    partij, ref, app = vraag.bezoek.caller.partij, vraag.pad("leerling"), vraag.app
    person = vraag.invoer.tekst("persoon")
    if vraag.invoer.tekst("doe") == "stop":
        if not await app.post.stop(partij, ref, person):
            raise Neutraal
        return vraag.naar(f"/ib/uitnodigen/{ref}", gedaan="gestopt")
    adres = None
    if vraag.invoer.tekst("doe") == "mail" and app.post.aan:
        place = f"adres-{vraag.invoer.tekst('plek')}"
        adres = vraag.invoer.tekst(place)
        if not is_adres(adres):
            return await _again(vraag, place, "Dit is geen mailadres. Typ het zoals naam@voorbeeld.nl.")
    try:
        made = await app.post.nodig_uit(partij, ref, person, adres)
    except GezagUnchecked:
        return await _again(
            vraag, None, "Kijk eerst het gezag na in het gezagsregister. Maak daarna de uitnodiging."
        )
    if adres is not None:
        return vraag.naar(f"/ib/uitnodigen/{ref}", gedaan="gemaild")
    address = f"{app.settings.issuer}/uitnodiging"
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    return vraag.toon(
        "uitnodigen/brief.html",
        code=made.code,
        tot=made.geldig_tot,
        adres=address,
        plaatje=picture,
        school=partij.naam,
        leerling=ref,
        door=vraag.bezoek.naam,
    )
