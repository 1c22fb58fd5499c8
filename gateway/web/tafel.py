"""The screen at the school's table, while somebody else has it in hands.

Giving it ends the session of who gave it in that browser. What is left is a session of the table: one sheet,
for one person, and no other page. So going back, a page that a browser kept or an address that somebody types
shows nothing of the school. Who works there signs in again afterwards, really: not by a session that his
issuer still has.

These pages are for everybody who has that session, and no other page knows it. So none of them can take the
person at the table for who gave the screen.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.responses import Response

from gateway.identity.sessies import Sessie, Tafel
from gateway.identity.tokens import acting
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.formulier import Invoer
from gateway.web.lijn import Json, Lijn, Neutraal, Probleem
from gateway.web.sessie import koekjes
from gateway.web.toestemmingsblad import (
    MERK,
    Toestemmingsblad,
    blad_van,
    gekozen,
    hashed,
    leg_vast,
    nagekeken,
)
from gateway.web.vraag import Vraag
from schemas.errors import InvalidMessage
from schemas.people.partij import Scope

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)
TITEL: Final = "Mag dit worden gedeeld?"
MAY: Final = frozenset({Scope.TAKEN, Scope.TOESTEMMING})
"""All that is done at a table in the name of who gave the screen: read this one question and record the
answer.
"""
AFTER_HOURS: Final = 12
"""So long the next login in this browser is a real one."""
NOT_RIGHT: Final = "Aan tafel gezegd: wat er op het blad staat, klopt niet. Vraag wat er anders moet."
"""A no to whether it is right is a question to look at it."""
_JA_NEE: Final = (("ja", "Ja"), ("nee", "Nee"))
_CSRF: Final = "tafel"


@dataclass(frozen=True, slots=True)
class _Aan:
    """Who sits at the table, as the session says it."""

    sessie: Sessie
    tafel: Tafel
    lijn: Lijn
    blad: Toestemmingsblad


def tafelkoekje(vraag: Vraag) -> str:
    """Says that a screen was given in this browser. It holds nothing."""
    return f"{koekjes(vraag.app).aanmelden}-tafel"


async def geef(vraag: Vraag, tafel: Tafel) -> Response:
    """End the session in this browser and begin that of the table. Raises Neutraal without a session."""
    names = koekjes(vraag.app)
    secret = await vraag.app.sessies.geef_scherm(vraag.request.cookies.get(names.sessie, ""), tafel)
    if secret is None:
        raise Neutraal
    answer = vraag.naar("/tafel")
    names.zet(answer, names.sessie, secret)
    names.zet(answer, tafelkoekje(vraag), "gegeven", AFTER_HOURS * 3_600)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


async def _aan(vraag: Vraag) -> _Aan | None:
    """None: no screen was given here, or it is over."""
    app = vraag.app
    sessie = await app.sessies.tafel(vraag.request.cookies.get(koekjes(app).sessie, ""))
    if sessie is None or sessie.caller is None or sessie.inhoud.tafel is None:
        return None
    tafel = sessie.inhoud.tafel
    lijn = Lijn(app, vraag.request, replace(sessie.caller, scopes=sessie.caller.scopes & MAY))
    try:
        taak = await lijn.get(f"/v1/taken/{tafel.taak}")
    except Neutraal:
        return None
    asked = next((q for q in taak.get("vragen") or () if q["persoonId"] == tafel.persoon), None)
    if asked is None or taak["status"] != "open":
        return None
    blad = blad_van(asked, sessie.caller.partij.naam, await app.regels.current())
    return _Aan(sessie, tafel, lijn, blad)


def _toon(vraag: Vraag, aan: _Aan, f: Invoer) -> Response:
    return vraag.toon(
        f"tafel/{'kind' if aan.tafel.versie == 'kind' else 'blad'}.html",
        invoer=f,
        blad_=aan.blad,
        versie=aan.tafel.versie,
        ja_nee=_JA_NEE,
        token=aan.sessie.csrf,
    )


@BLADEN.get("/tafel", TITEL)
async def tafel_blad(vraag: Vraag) -> Response:
    aan = await _aan(vraag)
    return vraag.naar("/tafel/klaar") if aan is None else _toon(vraag, aan, Invoer())


@BLADEN.post("/tafel", TITEL)
async def leg_keuzes_vast(vraag: Vraag) -> Response:
    """Record what was chosen, and end the session of the table. Of what was not chosen nothing is recorded,
    so it is not shared.
    """
    aan = await _aan(vraag)
    if aan is None:
        return vraag.naar("/tafel/klaar")
    f = vraag.invoer
    if not aan.sessie.csrf_holds(f.tekst(_CSRF)):
        raise Neutraal
    if f.tekst("doe") == "terug":
        return await _einde(vraag)
    keuze = gekozen(f, aan.blad)
    f = nagekeken(f, aan.blad, keuze)
    if keuze.ja and f.tekst(MERK) == aan.blad.merk and not f.tekst("ondertekend"):
        f = f.met_fout("ondertekend", "Vul uw naam in, dan weet de school wie ja zei.")
    if f.fouten:
        return _toon(vraag, aan, f)
    signed = {
        "getoond": aan.blad.getoond(),
        "ja": keuze.ja,
        "nee": keuze.nee,
        "klopt": f.tekst("klopt"),
        "naam": f.tekst("ondertekend"),
        "op": vraag.nu.isoformat(),
    }
    bewijs: dict[str, Any] = {
        "methode": "digitaal_ondertekend",
        "bewijsHash": hashed(signed),
        **aan.blad.gelezen(),
        "vastlegger": "intern begeleider",
    }

    async def zeg(body: Json, key: str) -> Json | Probleem:
        return await aan.lijn.post("/v1/toestemmingen", body, key=key)

    wrong = await leg_vast(zeg, aan.blad, keuze, bewijs, vraag.nu, f.sleutel)
    if wrong is not None:
        return _toon(vraag, aan, f.met(wrong, {}))
    if f.heeft("klopt", "nee"):
        # He has twenty that wait, at most: then one more is refused, and the screen ends all the same.
        with acting(aan.lijn.caller), contextlib.suppress(InvalidMessage):
            await vraag.app.avgverzoeken.aan_tafel(
                aan.lijn.caller.partij, aan.tafel.taak, aan.tafel.persoon, f"{f.sleutel}/klopt", NOT_RIGHT
            )
    return await _einde(vraag, gedaan="vastgelegd")


async def _einde(vraag: Vraag, gedaan: str | None = None) -> Response:
    names = koekjes(vraag.app)
    await vraag.app.sessies.eindig(vraag.request.cookies.get(names.sessie, ""))
    answer = vraag.naar("/tafel/klaar", gedaan=gedaan)
    names.wis(answer, names.sessie)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@BLADEN.get("/tafel/klaar", "Klaar")
async def klaar(vraag: Vraag) -> Response:
    return vraag.toon("tafel/klaar.html")
