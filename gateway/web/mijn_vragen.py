"""To ask what the AVG lets an ouder or leerling ask: inzage, correctie, wissing, beperking and bezwaar.

What he writes is for his school and for nobody else. It is answered there, and the answer is read here.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from starlette.responses import Response

from gateway.explain import teksten
from gateway.gezin.alles import woorden
from gateway.identity.tokens import acting
from gateway.web.bladen import Bladen
from gateway.web.formulier import Invoer
from gateway.web.lijn import Json, Neutraal, Probleem
from gateway.web.mijn import BLADEN as MIJN
from gateway.web.mijn import is_kind
from gateway.web.mijn_lijn import Eigen
from gateway.web.toestemmingsblad import ontvangers
from gateway.web.vraag import Vraag
from schemas.errors import InvalidMessage
from schemas.people.avgverzoek import Avgrecht, Avgstatus, Avgverzoek, Beantwoord, Verlengd

BLADEN: Final = Bladen(MIJN.naam, MIJN.rollen, MIJN.wegwijzers, MIJN.dichtheid)
_CRUMBS: Final = (("/mijn/vragen", "Vragen stellen"),)
RECHTEN: Final = {
    Avgrecht.INZAGE: "Laat mij zien wat er over {} is vastgelegd",
    Avgrecht.CORRECTIE: "Er klopt iets niet. Verbeter het",
    Avgrecht.WISSING: "Wis gegevens",
    Avgrecht.BEPERKING: "Gebruik gegevens even niet",
    Avgrecht.BEZWAAR: "Ik ben het er niet mee eens dat gegevens worden gebruikt of gedeeld",
    Avgrecht.OPMERKING: "Ik wil iets laten weten",
}
STANDEN: Final = {
    Avgstatus.OPEN: ("Wacht op antwoord", "wait"),
    Avgstatus.BEANTWOORD: ("Beantwoord", "ok"),
    Avgstatus.INGETROKKEN: ("Niet meer nodig", "neutral"),
}
UITKOMSTEN: Final = {
    "gedaan": "De school deed wat werd gevraagd.",
    "deels": "De school deed een deel van wat werd gevraagd.",
    "niet": "De school deed niet wat werd gevraagd.",
}


def rechten(vraag: Vraag) -> list[tuple[str, str]]:
    over = "mij" if is_kind(vraag) else "mijn kind en mij"
    return [(r.value, text.format(over)) for r, text in RECHTEN.items()]


@BLADEN.get("/mijn/vragen", "Vragen stellen")
async def lijst(vraag: Vraag) -> Response:
    found = await vraag.app.avgverzoeken.van(Eigen(vraag).ik)
    words = dict(rechten(vraag))
    rows = [(v, words[v.eerste.recht.value], STANDEN[v.status]) for v in found]
    return vraag.toon("mijn/vragen.html", rijen=rows, kind=is_kind(vraag))


@BLADEN.get("/mijn/vragen/nieuw", "Een vraag stellen")
async def nieuw(vraag: Vraag) -> Response:
    return await _nieuw(vraag, Invoer())


async def _nieuw(vraag: Vraag, f: Invoer) -> Response:
    regels = await vraag.app.regels.current()
    yes = [
        (t["toestemmingId"], f"{', '.join(ontvangers(t['bereik'], regels))}: {_wat(t)}")
        for t in await _running(Eigen(vraag))
    ]
    return vraag.toon(
        "mijn/vraag_nieuw.html",
        invoer=f,
        rechten=rechten(vraag),
        over=yes,
        kind=is_kind(vraag),
        kruimels=_CRUMBS,
    )


def _wat(t: Json) -> str:
    return "; ".join(teksten.uitleg("categorie", c) for c in t["bereik"]["categorieen"])


async def _running(own: Eigen) -> list[Json]:
    """His own yes that still counts: to which he can object."""
    return [
        t
        for t in await own.keuzes()
        if t["gebeurtenis"] == "gegeven" and t["stand"] in ("gegeven", "nog_niet_geldig")
    ]


@BLADEN.post("/mijn/vragen/nieuw", "Een vraag stellen")
async def stel(vraag: Vraag) -> Response:
    """Ask. An objection to what he agreed to himself also ends that, at once: who objects is not made to
    wait for an answer.
    """
    own, f = Eigen(vraag), vraag.invoer
    recht = next((r for r in Avgrecht if f.heeft("recht", r.value)), None)
    if recht is None:
        f = f.met_fout("recht", "Kies wat u wilt vragen.")
    if not f.tekst("woorden"):
        f = f.met_fout("woorden", "Schrijf op waar het om gaat.")
    about = f.tekst("over") or None
    if about is not None and all(t["toestemmingId"] != about for t in await _running(own)):
        raise Neutraal
    if f.fouten or recht is None:
        return await _nieuw(vraag, f)
    try:
        with acting(vraag.bezoek.caller):
            made = await vraag.app.avgverzoeken.vraag(own.ik, f.sleutel, recht, f.tekst("woorden"), about)
    except InvalidMessage as error:
        return await _nieuw(vraag, f.met_fout("woorden", error.faults[0].text))
    if recht is Avgrecht.BEZWAAR and about is not None:
        answer = await own.stop(about, vraag.nu.isoformat(), f.sleutel)
        if isinstance(answer, Probleem):
            return await _nieuw(vraag, f.met(answer, {}))
    return vraag.naar(f"/mijn/vragen/{made.id}", gedaan="gevraagd")


@BLADEN.get("/mijn/vragen/{id}", "Uw vraag")
async def een(vraag: Vraag) -> Response:
    return _een(vraag, await vraag.app.avgverzoeken.een(Eigen(vraag).ik, vraag.pad("id")), Invoer())


def _een(vraag: Vraag, v: Avgverzoek, f: Invoer) -> Response:
    return vraag.toon(
        "mijn/vraag.html",
        invoer=f,
        v=v,
        titel=dict(rechten(vraag))[v.eerste.recht.value],
        stand=STANDEN[v.status],
        stappen=stappen(v),
        kind=is_kind(vraag),
        kruimels=_CRUMBS,
    )


def stappen(v: Avgverzoek) -> list[dict[str, object]]:
    """Each step in words, the oldest first."""
    return [
        {
            "op": s.op,
            "soort": s.stap.soort,
            "woorden": woorden(s.stap),
            "uitkomst": UITKOMSTEN[s.stap.uitkomst.value] if isinstance(s.stap, Beantwoord) else None,
            "tot": s.uiterlijk if isinstance(s.stap, Verlengd) else None,
        }
        for s in v.stappen
    ]


@BLADEN.post("/mijn/vragen/{id}", "Uw vraag")
async def verder(vraag: Vraag) -> Response:
    """Add something, or take the question back."""
    f, ik, app = vraag.invoer, Eigen(vraag).ik, vraag.app.avgverzoeken
    ident, at = vraag.pad("id"), f.tekst("stap")
    now = await app.een(ik, ident)
    number = int(at) if at.isdecimal() and len(at) < 3 else 0  # noqa: PLR2004
    if f.tekst("doe") == "intrekken":
        return await _done(vraag, now, app.trek_in(ik, ident, number), "ingetrokken")
    if not f.tekst("woorden"):
        return _een(vraag, now, f.met_fout("woorden", "Schrijf wat u nog wilt zeggen."))
    return await _done(vraag, now, app.vervolg(ik, ident, number, f.tekst("woorden")), "gezegd")


async def _done(vraag: Vraag, now: Avgverzoek, step: Awaitable[Avgverzoek], word: str) -> Response:
    try:
        with acting(vraag.bezoek.caller):
            await step
    except InvalidMessage as error:
        return _een(vraag, now, vraag.invoer.met_fout("woorden", error.faults[0].text))
    return vraag.naar(f"/mijn/vragen/{vraag.pad('id')}", gedaan=word)
