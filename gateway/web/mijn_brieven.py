"""What is meant for an ouder or leerling himself: open it, read it, keep it, and sign for it.

He takes it from the postbus of his school, by the operations that its system would use, and only what names
him as who reads. Opening is what the account calls handing over: it is decided again then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Final

from starlette.responses import Response

from gateway.account.persoonswoord import signed_for
from gateway.concepten.geopend import Geopendinhoud
from gateway.web import papier
from gateway.web.bezoek import Niveau
from gateway.web.bladen import Bladen
from gateway.web.formulier import Invoer
from gateway.web.ib import gewoon_soort
from gateway.web.lijn import Lijn, Neutraal, Probleem
from gateway.web.mijn import BLADEN as MIJN
from gateway.web.mijn import is_kind
from gateway.web.mijn_lijn import Eigen
from gateway.web.postvak import velden
from gateway.web.vraag import Vraag
from schemas.exchange.uitwisseling import Levering
from schemas.people.partij import Scope

BLADEN: Final = Bladen(MIJN.naam, MIJN.rollen, MIJN.wegwijzers, MIJN.dichtheid)
_CRUMBS: Final = (("/mijn/brieven", "Voor mij"),)


@BLADEN.get("/mijn/brieven", "Voor u")
async def lijst(vraag: Vraag) -> Response:
    found = await vraag.app.brieven.voor(Eigen(vraag).ik)
    rows = [(v.id, gewoon_soort(v.berichtsoort), v.sinds) for v in found[::-1]]
    return vraag.toon("mijn/brieven.html", rijen=rows, kind=is_kind(vraag))


async def _een(vraag: Vraag) -> Levering:
    """Raises Neutraal for one that is not there, or not for him."""
    for levering in await vraag.app.brieven.voor(Eigen(vraag).ik):
        if levering.id == vraag.pad("id"):
            return levering
    raise Neutraal


def _lijn(vraag: Vraag) -> Lijn:
    return Eigen(vraag).lijn(Scope.POSTBUS)


@BLADEN.get("/mijn/brieven/{id}", "Voor u", niveau=Niveau.SUBSTANTIEEL)
async def een(vraag: Vraag) -> Response:
    return await _toon(vraag, await _een(vraag), Invoer())


async def _toon(vraag: Vraag, levering: Levering, f: Invoer) -> Response:
    kept = await vraag.app.geopend.lees(vraag.bezoek.caller.partij.id, levering.id)
    rows = list(velden(kept)) if kept is not None and kept.bericht is not None else []
    return vraag.toon(
        "mijn/brief.html",
        invoer=f,
        ident=levering.id,
        wat=gewoon_soort(levering.berichtsoort),
        rijen=rows,
        tot=levering.lease_tot,
        kind=is_kind(vraag),
        kruimels=_CRUMBS,
    )


@BLADEN.post("/mijn/brieven/{id}", "Voor u", niveau=Niveau.SUBSTANTIEEL)
async def open_(vraag: Vraag) -> Response:
    """Open it, or say that he has it: after that our copy is destroyed."""
    levering, lijn = await _een(vraag), _lijn(vraag)
    ident, partij = levering.id, vraag.bezoek.caller.partij.id
    kept = await vraag.app.geopend.lees(partij, ident)
    if vraag.invoer.tekst("doe") == "heb":
        person = vraag.bezoek.caller.persoon
        if kept is None or kept.bericht is None or person is None:
            raise Neutraal
        word = signed_for(vraag.app.signer, person, ident, kept.hash, vraag.nu)
        answer = await lijn.post(f"/v1/leveringen/{ident}/leveringsbewijzen", {"jws": word})
        if isinstance(answer, Probleem):
            return await _toon(vraag, levering, vraag.invoer.met(answer, {}))
        await lijn.post(f"/v1/leveringen/{ident}/_verwerkt")
        await vraag.app.geopend.leeg(partij, ident, kept)
        return vraag.naar("/mijn/brieven", gedaan="bewaard")
    if kept is None or kept.bericht is None:
        taken = await lijn.call("POST", f"/v1/leveringen/{ident}/_neem")
        if isinstance(taken, Probleem):
            return await _toon(vraag, levering, vraag.invoer.met_fout(None, taken.tekst))
        raw = bytes(taken.body)
        until = dt.datetime.fromisoformat((await lijn.get(f"/v1/leveringen/{ident}"))["leaseTot"])
        content = Geopendinhoud(
            bericht=raw.decode("utf-8", "replace"),
            hash=hashlib.sha256(raw).hexdigest(),
            soort=levering.berichtsoort,
            afzender=levering.afzender,
        )
        await vraag.app.geopend.bewaar(partij, ident, content, until)
    return vraag.naar(f"/mijn/brieven/{ident}")


@BLADEN.get("/mijn/brieven/{id}/pdf", "Voor u", niveau=Niveau.SUBSTANTIEEL)
async def op_papier(vraag: Vraag) -> Response:
    levering = await _een(vraag)
    kept = await vraag.app.geopend.lees(vraag.bezoek.caller.partij.id, levering.id)
    if kept is None or kept.bericht is None:
        raise Neutraal
    rows = tuple((f"{r['deel']}: {r['veld']}", r["waarde"]) for r in velden(kept))
    sheet = papier.Papier(gewoon_soort(levering.berichtsoort), (papier.Gegevens(rows),))
    made = await papier.pdf(sheet, vraag.nu, sandbox=vraag.omgeving.sandbox)
    return vraag.bestand(made, papier.MEDIA, "voor-u.pdf")
