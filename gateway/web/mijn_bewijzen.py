"""Proofs to keep: to read here, on paper, and as a file that anybody can check without us."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.explain.toestemmingsbewijs import Toestemmingsbewijs
from gateway.web import papier
from gateway.web.bladen import Bladen
from gateway.web.mijn import BLADEN as MIJN
from gateway.web.mijn import is_kind
from gateway.web.mijn_lijn import Eigen
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen(MIJN.naam, MIJN.rollen, MIJN.wegwijzers, MIJN.dichtheid)
_CRUMBS: Final = (("/mijn/bewijzen", "Bewijzen"),)
_SHOWN: Final = 100
"""The newest; the rest is in the download of everything."""
SOORTEN: Final = {
    "gegeven": "ja gezegd",
    "geweigerd": "nee gezegd",
    "ingetrokken": "gestopt met delen",
    "gedeeld": "er is gedeeld",
}


@BLADEN.get("/mijn/bewijzen", "Bewijzen")
async def lijst(vraag: Vraag) -> Response:
    register = (await vraag.app.regels.current()).partijen
    found = await vraag.app.bewijzen.lijst(Eigen(vraag).ik)
    rows = [
        {
            "id": row.id,
            "op": row.op,
            "wat": SOORTEN[row.soort.value],
            "naar": [register[p].naam if p in register else "een andere organisatie" for p in row.naar],
        }
        for row in found[:_SHOWN]
    ]
    return vraag.toon("mijn/bewijzen.html", rijen=rows, meer=max(0, len(found) - _SHOWN), kind=is_kind(vraag))


async def _een(vraag: Vraag) -> Toestemmingsbewijs | None:
    return await vraag.app.bewijzen.een(Eigen(vraag).ik, vraag.pad("id"))


@BLADEN.get("/mijn/bewijzen/{id}", "Bewijs")
async def een(vraag: Vraag) -> Response:
    """The words of the proof; until the account is signed again, that they are being made."""
    return vraag.toon(
        "mijn/bewijs.html",
        bewijs=await _een(vraag),
        ident=vraag.pad("id"),
        kind=is_kind(vraag),
        kruimels=_CRUMBS,
    )


@BLADEN.get("/mijn/bewijzen/{id}/pdf", "Bewijs")
async def op_papier(vraag: Vraag) -> Response:
    made = await _een(vraag)
    if made is None:
        return vraag.naar(f"/mijn/bewijzen/{vraag.pad('id')}")
    blocks: list[papier.Blok] = []
    for deel in made.delen:
        blocks.append(papier.Kop(deel.kop))
        one = len(deel.regels) == 1
        blocks.append(papier.Alinea(deel.regels[0]) if one else papier.Lijst(deel.regels))
    whole = papier.Papier(made.titel, blocks)
    raw = await papier.pdf(whole, vraag.nu, sandbox=vraag.omgeving.sandbox)
    return vraag.bestand(raw, papier.MEDIA, "bewijs.pdf")


@BLADEN.get("/mijn/bewijzen/{id}/bestand", "Bewijs")
async def als_bestand(vraag: Vraag) -> Response:
    made = await _een(vraag)
    if made is None:
        return vraag.naar(f"/mijn/bewijzen/{vraag.pad('id')}")
    return vraag.bestand(made.bestand, "application/json", "bewijs.json")


@BLADEN.get("/mijn/alles", "Alles downloaden")
async def alles(vraag: Vraag) -> Response:
    return vraag.toon("mijn/alles.html", kind=is_kind(vraag))


@BLADEN.post("/mijn/alles", "Alles downloaden")
async def download(vraag: Vraag) -> Response:
    """One file with all of it, made now and kept nowhere. A POST, because it takes work to make."""
    return vraag.bestand(await vraag.app.alles.zip(Eigen(vraag).ik), "application/zip", "alles.zip")
