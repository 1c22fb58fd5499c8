"""To ask toestemming: the talk at the table or on paper, per part and recipient, and taking it back.

Three facts stay three: that somebody read it, whether it is right, and whether it may be shared. Nothing is
chosen beforehand, a no asks for no name and no reason, and what nobody chose is not shared.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from consent.kennisgeving import Kennisgeving
from consent.leeftijd import AMSTERDAM
from gateway.explain import teksten
from gateway.identity.sessies import Tafel
from gateway.web import postvak as receiving
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.formulier import Invoer
from gateway.web.ib import BLADEN as IB
from gateway.web.ib import partij_naam
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.samen import thuis
from gateway.web.tafel import geef
from gateway.web.toestemmingsblad import (
    NO_TEXT,
    Gekozen,
    Toestemmingsblad,
    blad_van,
    leg_vast,
    te_lezen,
    vraagmerk,
)
from gateway.web.vraag import Vraag

_BEIDE: Final = frozenset({Werkrol.ONTVANGER, Werkrol.IB})
BLADEN: Final = Bladen("School", frozenset({Werkrol.IB}), IB.wegwijzers)
POSTVAK: Final = Bladen("Postvak", _BEIDE, receiving.BLADEN.wegwijzers)
"""The other half: who gives help asks for his own, also that he may tell what he keeps secret."""
TAFEL: Final = Bladen("School", frozenset({Werkrol.IB}), (), Dichtheid.RUIM)
TAFEL_POSTVAK: Final = Bladen("Postvak", _BEIDE, (), Dichtheid.RUIM)
"""Paper: without a way to anything else."""
MAX_SCAN: Final = 5_000_000
CHANGED: Final = "Een van deze vragen is net veranderd of beantwoord. Kijk opnieuw en kies dan."
_ROW: Final = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{32}")
MAX_PAPER: Final = 100
"""Rows of one batch of paper."""


def _lijst(vraag: Vraag) -> tuple[str, str]:
    """The list in which the question stands: its address and its name."""
    return ("/ib", "Wacht op wie?") if thuis(vraag) == "/ib" else ("/postvak/taken", "Taken")


async def _asked(vraag: Vraag) -> dict[str, Any]:
    """The taak with its questions; the neutral page when it asks nobody anything any more."""
    found = await vraag.lijn.get(f"/v1/taken/{vraag.pad('id')}")
    if not found.get("vragen") or found["status"] != "open":
        raise Neutraal
    return found


def _who(vragen: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Everybody who is asked, by the mark of the question: two ouders are told apart by a number."""
    words = [teksten.uitleg("hoedanigheid", v["hoedanigheid"]) for v in vragen]
    return [
        (
            vraagmerk(vragen[i]),
            w[:1].upper() + w[1:] + (f" {words[: i + 1].count(w)}" if words.count(w) > 1 else ""),
        )
        for i, w in enumerate(words)
    ]


@BLADEN.get("/ib/gesprekken/{id}", "Toestemming vragen")
@POSTVAK.get("/postvak/gesprekken/{id}", "Toestemming vragen")
async def gesprek(vraag: Vraag) -> Response:
    return await _talk(vraag, Invoer())


async def _talk(vraag: Vraag, f: Invoer) -> Response:
    try:
        taak = await _asked(vraag)
    except Neutraal:
        return vraag.naar(_lijst(vraag)[0])
    naam = await _name(vraag, taak)
    return vraag.toon(
        "ib/gesprek.html",
        invoer=f,
        taak=taak,
        mensen=_who(taak["vragen"]),
        naam=naam,
        thuis=thuis(vraag),
        kruimels=(_lijst(vraag),),
    )


async def _name(vraag: Vraag, taak: Mapping[str, Any]) -> str | None:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    found = names.get(taak.get("leerlingId") or "")
    return None if found is None else found.roepnaam


def _of(taak: Mapping[str, Any], wie: str) -> Mapping[str, Any]:
    """The question with this mark. Raises Neutraal when nobody is asked that any more."""
    for asked in taak["vragen"]:
        if vraagmerk(asked) == wie:
            found: Mapping[str, Any] = asked
            return found
    raise Neutraal


async def _sheet(
    vraag: Vraag, asked: Mapping[str, Any], lezen: Sequence[Kennisgeving] | None = None
) -> Toestemmingsblad:
    return blad_van(asked, vraag.bezoek.caller.partij.naam, await vraag.app.regels.current(), lezen)


@BLADEN.post("/ib/gesprekken/{id}", "Toestemming vragen")
@POSTVAK.post("/postvak/gesprekken/{id}", "Toestemming vragen")
async def geef_scherm(vraag: Vraag) -> Response:
    """Give the screen to one person: from here on nobody of the school is signed in, in this browser."""
    taak = await _asked(vraag)
    f, ident = vraag.invoer, vraag.pad("id")
    try:
        asked = _of(taak, f.tekst("wie"))
    except Neutraal:
        return await _talk(vraag, f.met_fout(None, CHANGED))
    for versie in ("gewoon", "groot", "kind"):
        if f.tekst("versie") == versie:
            return await geef(vraag, Tafel(taak=ident, persoon=asked["persoonId"], versie=versie))
    raise Neutraal


@TAFEL.get("/ib/gesprekken/{id}/print", "Mag dit worden gedeeld?")
@TAFEL_POSTVAK.get("/postvak/gesprekken/{id}/print", "Mag dit worden gedeeld?")
async def papieren_blad(vraag: Vraag) -> Response:
    """The same sheet to print, with boxes and a place to sign. `versie`: in large type, or to read for a
    child.
    """
    taak = await _asked(vraag)
    wie = vraag.vraagt("wie")
    sheet = await _sheet(vraag, taak["vragen"][0] if wie is None else _of(taak, wie))
    versie = vraag.vraagt("versie", ("groot", "kind")) or "gewoon"
    naam = await _name(vraag, taak)
    return vraag.toon("ib/print.html", taak=taak, blad_=sheet, naam=naam, versie=versie, thuis=thuis(vraag))


# ── on paper


@BLADEN.get("/ib/papier", "Papier vastleggen")
@POSTVAK.get("/postvak/papier", "Papier vastleggen")
async def papier(vraag: Vraag) -> Response:
    """After an evening with parents: a row for each sheet that may have come back."""
    return await _paper(vraag, Invoer())


async def _questions(vraag: Vraag) -> list[dict[str, Any]]:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    register = (await vraag.app.regels.current()).partijen
    found = []
    for taak in (await vraag.lijn.get("/v1/taken", aantal=MAX_PAPER))["taken"]:
        vragen = taak.get("vragen") or ()
        for asked, (mark, word) in zip(vragen, _who(vragen), strict=True):
            name = names.get(taak.get("leerlingId") or "")
            found.append(
                {
                    "veld": f"{taak['id']}.{mark}",
                    "gevraagd": asked,
                    "wie": word,
                    "leerling": name.kort if name else "Leerling",
                    "wat": ", ".join(teksten.uitleg("categorie", c) for c in asked["bereik"]["categorieen"]),
                    "naar": ", ".join(
                        partij_naam(o["partij"], register) for o in asked["bereik"]["ontvangers"]
                    ),
                }
            )
    return found[:MAX_PAPER]


async def _paper(vraag: Vraag, f: Invoer) -> Response:
    texts = [(t.ref, f"{t.titel}, versie {t.versie}") for t in te_lezen(await vraag.app.regels.current())]
    rows = await _questions(vraag)
    return vraag.toon("ib/papier.html", invoer=f, rijen=rows, teksten_=texts, thuis=thuis(vraag))


@BLADEN.post("/ib/papier", "Papier vastleggen", hoogstens=MAX_SCAN + 200_000)
@POSTVAK.post("/postvak/papier", "Papier vastleggen", hoogstens=MAX_SCAN + 200_000)
async def leg_papier_vast(vraag: Vraag) -> Response:
    """Record every row that was filled in, with one scan, one day and one text for all of them.

    A row that is refused says why and stays; the others are recorded.
    """
    f = vraag.invoer
    scan, day = f.bestanden.get("scan", b""), f.dag("ondertekend")
    texts = te_lezen(await vraag.app.regels.current())
    lezen = [t for t in texts if t.ref == f.tekst("tekst")] or None
    rows = await _questions(vraag)
    chosen = [r for r in rows if f.tekst(r["veld"]) in ("ja", "nee")]
    if not scan:
        f = f.met_fout("scan", "Kies het bestand met de gescande papieren.")
    if day is None or day > vraag.nu.date():
        f = f.met_fout("ondertekend", "Vul de dag in waarop is getekend.")
    if texts and lezen is None and any(f.tekst(r["veld"]) == "ja" for r in chosen):
        f = f.met_fout("tekst", "Kies welke uitleg er op het papier stond.")
    there = {r["veld"] for r in rows}
    if any(_ROW.fullmatch(n) and n not in there and f.tekst(n) for n in f.waarden):
        f = f.met_fout(None, CHANGED)
    elif not chosen:
        f = f.met_fout(None, "Kies bij minstens één regel ja of nee.")
    if f.fouten or day is None:
        return await _paper(vraag, f)
    moment = min(dt.datetime.combine(day, dt.time(12), AMSTERDAM), vraag.nu)
    for row in chosen:
        sheet = await _sheet(vraag, row["gevraagd"], lezen)
        proof = {
            "methode": "papier_gescand",
            "bewijsHash": f"sha256:{hashlib.sha256(scan).hexdigest()}",
            "ondertekendOp": day.isoformat(),
            **sheet.gelezen(),
            "vastlegger": "intern begeleider" if thuis(vraag) == "/ib" else "ontvanger",
        }
        parts = tuple(d.categorie for d in sheet.delen)
        keuze = Gekozen(parts, ()) if f.tekst(row["veld"]) == "ja" else Gekozen((), parts)
        wrong = NO_TEXT if keuze.ja and not sheet.mag_ja else None
        if wrong is None:
            refused = await leg_vast(
                lambda body, key: vraag.lijn.post("/v1/toestemmingen", body, key=key),
                sheet,
                keuze,
                proof,
                moment,
                f"{f.sleutel}/{row['veld']}",
            )
            f = f if refused is None else f.met(refused, {"": row["veld"]})
        else:
            f = f.met_fout(row["veld"], wrong)
    if f.fouten:
        return await _paper(vraag, f)
    return vraag.naar(f"{thuis(vraag)}/papier", gedaan="vastgelegd")


# ── taking it back


@BLADEN.get("/ib/toestemmingen/{id}/intrekken", "Toestemming intrekken")
async def intrekken(vraag: Vraag) -> Response:
    found = await vraag.lijn.get(f"/v1/toestemmingen/{vraag.pad('id')}")
    return await _withdrawing(vraag, found, Invoer())


async def _withdrawing(vraag: Vraag, found: Mapping[str, Any], f: Invoer) -> Response:
    register = (await vraag.app.regels.current()).partijen
    return vraag.toon(
        "ib/intrekken.html",
        invoer=f,
        ident=vraag.pad("id"),
        gezegd=found,
        door=teksten.uitleg("hoedanigheid", found["hoedanigheid"]),
        naar=[partij_naam(o["partij"], register) for o in found["bereik"]["ontvangers"]],
        kruimels=(_lijst(vraag), (f"/ib/leerlingen/{found['leerlingId']}", "Leerling")),
    )


@BLADEN.post("/ib/toestemmingen/{id}/intrekken", "Toestemming intrekken")
async def trek_in(vraag: Vraag) -> Response:
    ident = vraag.pad("id")
    found = await vraag.lijn.get(f"/v1/toestemmingen/{ident}")
    body = {"moment": vraag.nu.isoformat()}
    answer = await vraag.lijn.post(f"/v1/toestemmingen/{ident}/intrekkingen", body, key=vraag.invoer.sleutel)
    if isinstance(answer, Probleem):
        return await _withdrawing(vraag, found, vraag.invoer.met(answer, {}))
    return vraag.naar(f"/ib/leerlingen/{found['leerlingId']}", gedaan="ingetrokken")
