"""At the school: a question of an ouder or leerling about data, and the answer to it."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from gateway.gezin.avgverzoeken import Bijschool
from gateway.identity.tokens import acting
from gateway.web.bladen import Bladen
from gateway.web.formulier import Invoer
from gateway.web.ib import BLADEN as IB
from gateway.web.ib import partij_naam
from gateway.web.mijn_vragen import RECHTEN, STANDEN, stappen
from gateway.web.vraag import Vraag
from schemas.errors import InvalidMessage
from schemas.people.avgverzoek import Avgrecht, Avgstatus, Avguitkomst

BLADEN: Final = Bladen(IB.naam, IB.rollen, IB.wegwijzers)
_CRUMBS: Final = (("/ib", "Wacht op wie?"),)
_WAYS: Final = {
    Avgrecht.INZAGE: "Geef een kopie van wat u over deze leerling heeft. Laat weg wat over anderen gaat.",
    Avgrecht.CORRECTIE: "Verbeter wat niet klopt, ook bij wie het van u kreeg. "
    "Een oordeel hoeft u niet te veranderen: voeg dan toe wat hier staat.",
    Avgrecht.WISSING: "Wis wat u niet meer nodig heeft. Wat u volgens de wet bewaart, blijft.",
    Avgrecht.BEPERKING: "Gebruik en deel deze gegevens niet tot u heeft geantwoord.",
    Avgrecht.BEZWAAR: "Stop met dit gebruik, tenzij u zwaarwegende redenen heeft. Schrijf die redenen op.",
    Avgrecht.OPMERKING: "Lees het en laat weten wat u ermee doet.",
}


@BLADEN.get("/ib/verzoeken/{id}", "Vraag over gegevens")
async def een(vraag: Vraag) -> Response:
    found = await vraag.app.avgverzoeken.bij(vraag.bezoek.caller.partij, vraag.pad("id"))
    return await _een(vraag, found, Invoer())


async def _een(vraag: Vraag, found: Bijschool, f: Invoer) -> Response:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    known, v = names.get(found.leerling_ref), found.verzoek
    register = (await vraag.app.regels.current()).partijen
    return vraag.toon(
        "ib/verzoek.html",
        invoer=f,
        v=v,
        titel=RECHTEN[v.eerste.recht].format("de leerling"),
        doe=_WAYS[v.eerste.recht],
        stand=STANDEN[v.status],
        stappen=stappen(v),
        mee=[partij_naam(p, register) for p in v.eerste.mee],
        open=v.status is Avgstatus.OPEN,
        te_laat=v.uiterlijk is not None and v.uiterlijk <= vraag.app.clock.now(),
        naam=None if known is None else known.roepnaam,
        leerling=found.leerling_ref,
        kruimels=_CRUMBS,
    )


@BLADEN.post("/ib/verzoeken/{id}", "Vraag over gegevens")
async def antwoord(vraag: Vraag) -> Response:
    """Answer it, or say why it takes two months more."""
    f, app, partij, ident = (
        vraag.invoer,
        vraag.app.avgverzoeken,
        vraag.bezoek.caller.partij,
        vraag.pad("id"),
    )
    found = await app.bij(partij, ident)
    at = f.tekst("stap")
    number = int(at) if at.isdecimal() and len(at) < 3 else 0  # noqa: PLR2004
    longer = f.tekst("doe") == "verlengen"
    outcome = next((u for u in Avguitkomst if f.heeft("uitkomst", u.value)), None)
    if not longer and outcome is None:
        f = f.met_fout("uitkomst", "Kies wat u deed.")
    if not f.tekst("woorden"):
        f = f.met_fout("woorden", "Schrijf wat de vrager leest.")
    if f.fouten:
        return await _een(vraag, found, f)
    words = f.tekst("woorden")
    try:
        with acting(vraag.bezoek.caller):
            if longer:
                await app.verleng(partij, ident, number, words)
            elif outcome is not None:
                await app.antwoord(partij, ident, number, outcome, words)
    except InvalidMessage as error:
        return await _een(vraag, found, f.met_fout("woorden", error.faults[0].text))
    return vraag.naar(f"/ib/verzoeken/{ident}", gedaan="verlengd" if longer else "beantwoord")
