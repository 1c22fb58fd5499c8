"""To ask toestemming: the talk at the table or on paper, per part and recipient, and taking it back.

Three facts stay three: that somebody read it, whether it is right, and whether it may be shared. Nothing is
chosen beforehand, a no asks for no name and no reason, and what nobody chose is not shared.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.responses import Response

from consent.leeftijd import AMSTERDAM
from gateway.explain import teksten
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Dichtheid
from gateway.web.formulier import Invoer
from gateway.web.ib import BLADEN as IB
from gateway.web.ib import partij_naam
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.vraag import Vraag
from schemas.base import Gegevenscategorie

BLADEN: Final = Bladen("School", frozenset({Werkrol.IB}), IB.wegwijzers)
TAFEL: Final = Bladen("School", frozenset({Werkrol.IB}), (), Dichtheid.RUIM)
"""Without a way to anything else: the screen is given to somebody else."""
_CRUMBS: Final = (("/ib", "Wacht op wie?"),)
_JA_NEE: Final = (("ja", "Ja"), ("nee", "Nee"))
_SENSITIVE: Final = 3
_TEXT: Final = "uitlegtekst-ozlijn/1"
MAX_SCAN: Final = 5_000_000
MAX_PAPER: Final = 100
"""Rows of one batch of paper."""


async def _asked(vraag: Vraag) -> dict[str, Any]:
    """The taak with its questions; the neutral page when it asks nobody anything any more."""
    found = await vraag.lijn.get(f"/v1/taken/{vraag.pad('id')}")
    if not found.get("vragen") or found["status"] != "open":
        raise Neutraal
    return found


def _who(vragen: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Everybody who is asked, by place in the list: two ouders are told apart by a number and no more."""
    words = [teksten.uitleg("hoedanigheid", v["hoedanigheid"]) for v in vragen]
    return [
        (str(i), w[:1].upper() + w[1:] + (f" {words[: i + 1].count(w)}" if words.count(w) > 1 else ""))
        for i, w in enumerate(words)
    ]


@BLADEN.get("/ib/gesprekken/{id}", "Toestemming vragen")
async def gesprek(vraag: Vraag) -> Response:
    return await _talk(vraag, Invoer())


async def _talk(vraag: Vraag, f: Invoer) -> Response:
    try:
        taak = await _asked(vraag)
    except Neutraal:
        return vraag.naar("/ib")
    naam = await _name(vraag, taak)
    return vraag.toon(
        "ib/gesprek.html", invoer=f, taak=taak, mensen=_who(taak["vragen"]), naam=naam, kruimels=_CRUMBS
    )


async def _name(vraag: Vraag, taak: Mapping[str, Any]) -> str | None:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    found = names.get(taak.get("leerlingId") or "")
    return None if found is None else found.roepnaam


async def _sheet(vraag: Vraag, taak: Mapping[str, Any], wie: str) -> dict[str, Any]:
    """What stands on the sheet for one person: to whom, for what, until when, and the parts."""
    place = int(wie) if wie.isdecimal() and len(wie) < 3 else 0  # noqa: PLR2004
    if place >= len(taak["vragen"]):
        raise Neutraal
    asked = taak["vragen"][place]
    first = asked["voorstellen"][0]
    register = (await vraag.app.regels.current()).partijen
    parts = [
        (c, teksten.uitleg("categorie", c), Gegevenscategorie(c).niveau >= _SENSITIVE)
        for c in asked["bereik"]["categorieen"]
    ]
    return {
        "wie": wie,
        "hoedanigheid": asked["hoedanigheid"],
        "kind": asked["hoedanigheid"] == "leerling",
        "naam": await _name(vraag, taak),
        "van": vraag.bezoek.caller.partij.naam,
        "naar": [
            (partij_naam(o["partij"], register), teksten.uitleg("rol", o["rol"]))
            for o in asked["bereik"]["ontvangers"]
        ],
        "doelen": [teksten.uitleg("doel", d) for d in asked["bereik"]["doelen"]],
        "vertelt": "secrecy_waiver" in asked["functies"],
        "tot": first["geldigTotEnMet"],
        "delen": parts,
        "voorstellen": asked["voorstellen"],
    }


@TAFEL.get("/ib/gesprekken/{id}/tafel", "Mag de school dit delen?")
async def tafel(vraag: Vraag) -> Response:
    """The sheet on a screen, for whoever is at the table."""
    taak = await _asked(vraag)
    sheet = await _sheet(vraag, taak, vraag.vraagt("wie") or "0")
    return vraag.toon(
        "ib/tafel.html", taak=taak, blad_=sheet, ja_nee=_JA_NEE, kind=vraag.vraagt("versie") == "kind"
    )


@TAFEL.get("/ib/gesprekken/{id}/print", "Mag de school dit delen?")
async def papieren_blad(vraag: Vraag) -> Response:
    """The same sheet to print, with boxes and a place to sign."""
    taak = await _asked(vraag)
    sheet = await _sheet(vraag, taak, vraag.vraagt("wie") or "0")
    return vraag.toon("ib/print.html", taak=taak, blad_=sheet)


@TAFEL.post("/ib/gesprekken/{id}/tafel", "Mag de school dit delen?")
async def leg_vast(vraag: Vraag) -> Response:
    """Record what was chosen. Of what was not chosen nothing is recorded, so it is not shared."""
    f = vraag.invoer
    taak = await _asked(vraag)
    sheet = await _sheet(vraag, taak, f.tekst("wie"))
    yes = [c for c, _, _ in sheet["delen"] if f.heeft(f"mag.{c}", "ja")]
    no = [c for c, _, _ in sheet["delen"] if f.heeft(f"mag.{c}", "nee")]
    if yes and not f.heeft("gelezen", "ja"):
        f = f.met_fout("gelezen", "Lees eerst wat er staat. Zeg daarna of u het las.")
    if yes and not f.tekst("ondertekend"):
        f = f.met_fout("ondertekend", "Vul uw naam in, dan weet de school wie ja zei.")
    if not yes and not no:
        f = f.met_fout(None, "U koos nog niets. Kies ja of nee, of geef het scherm terug.")
    if f.fouten:
        return vraag.toon("ib/tafel.html", invoer=f, taak=taak, blad_=sheet, ja_nee=_JA_NEE, kind=False)
    shown = {k: sheet[k] for k in ("van", "naar", "doelen", "delen", "tot")}
    signed = {"getoond": shown, "gekozen": f.waarden, "op": vraag.nu.isoformat()}
    proof = {
        "methode": "digitaal_ondertekend",
        "bewijsHash": _hash(signed),
        **_text(shown),
        "vastlegger": "intern begeleider",
    }
    wrong = await _record(vraag, sheet, yes, no, proof, vraag.nu)
    if wrong is not None:
        f = f.met(wrong, {})
        return vraag.toon("ib/tafel.html", invoer=f, taak=taak, blad_=sheet, ja_nee=_JA_NEE, kind=False)
    return vraag.naar("/ib/klaar")


@TAFEL.get("/ib/klaar", "Klaar")
async def klaar(vraag: Vraag) -> Response:
    return vraag.toon("ib/klaar.html")


def _hash(value: object) -> str:
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _text(shown: object) -> dict[str, str]:
    """Which text was read: exactly what stood on the sheet, and never one that was not shown. A register with
    texts of its own takes only those, and then says so to who records.
    """
    return {"kennisgevingRef": _TEXT, "kennisgevingHash": _hash(shown)}


async def _record(
    vraag: Vraag,
    sheet: Mapping[str, Any],
    yes: Sequence[str],
    no: Sequence[str],
    proof: Mapping[str, Any],
    moment: dt.datetime,
) -> Probleem | None:
    """One statement for what may and one for what may not, per function that is asked. The first fault ends
    it: what was recorded stands, and a repeat with the same form records it no second time.
    """
    sensitive = {c for c, _, heavy in sheet["delen"] if heavy}
    for n, proposal in enumerate(sheet["voorstellen"]):
        for word, parts in (("gegeven", yes), ("geweigerd", no)):
            if not parts:
                continue
            body = {
                **proposal,
                "bereik": {**proposal["bereik"], "categorieen": list(parts)},
                "besluit": word,
                "moment": moment.isoformat(),
                "uitdrukkelijk": sorted(sensitive & set(parts)) if word == "gegeven" else [],
                "bewijs": dict(proof),
            }
            key = hashlib.sha256(f"{vraag.invoer.sleutel}/{sheet['wie']}/{n}/{word}".encode()).hexdigest()[
                :32
            ]
            answer = await vraag.lijn.post("/v1/toestemmingen", body, key=key)
            if isinstance(answer, Probleem):
                return answer
    return None


# ── on paper


@BLADEN.get("/ib/papier", "Papier vastleggen")
async def papier(vraag: Vraag) -> Response:
    """After an evening with parents: a row for each sheet that may have come back."""
    return await _paper(vraag, Invoer())


async def _questions(vraag: Vraag) -> list[dict[str, Any]]:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    register = (await vraag.app.regels.current()).partijen
    found = []
    for taak in (await vraag.lijn.get("/v1/taken", aantal=MAX_PAPER))["taken"]:
        for i, (asked, (_, word)) in enumerate(
            zip(taak.get("vragen") or (), _who(taak.get("vragen") or ()), strict=True)
        ):
            name = names.get(taak.get("leerlingId") or "")
            found.append(
                {
                    "veld": f"{taak['id']}.{i}",
                    "taak": taak,
                    "plaats": str(i),
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
    return vraag.toon("ib/papier.html", invoer=f, rijen=await _questions(vraag))


@BLADEN.post("/ib/papier", "Papier vastleggen", hoogstens=MAX_SCAN + 200_000)
async def leg_papier_vast(vraag: Vraag) -> Response:
    """Record every row that was filled in, with one scan and one day for all of them.

    A row that is refused says why and stays; the others are recorded.
    """
    f = vraag.invoer
    scan, day = f.bestanden.get("scan", b""), f.dag("ondertekend")
    rows = await _questions(vraag)
    chosen = [r for r in rows if f.tekst(r["veld"]) in ("ja", "nee")]
    if not scan:
        f = f.met_fout("scan", "Kies het bestand met de gescande papieren.")
    if day is None or day > vraag.nu.date():
        f = f.met_fout("ondertekend", "Vul de dag in waarop is getekend.")
    if not chosen:
        f = f.met_fout(None, "Kies bij minstens één regel ja of nee.")
    if f.fouten or day is None:
        return await _paper(vraag, f)
    moment = min(dt.datetime.combine(day, dt.time(12), AMSTERDAM), vraag.nu)
    done = 0
    for row in chosen:
        sheet = await _sheet(vraag, row["taak"], row["plaats"])
        shown = {k: sheet[k] for k in ("van", "naar", "doelen", "delen", "tot")}
        proof = {
            "methode": "papier_gescand",
            "bewijsHash": f"sha256:{hashlib.sha256(scan).hexdigest()}",
            "ondertekendOp": day.isoformat(),
            **_text(shown),
            "vastlegger": "intern begeleider",
        }
        parts = [c for c, _, _ in sheet["delen"]]
        agreed = f.tekst(row["veld"]) == "ja"
        wrong = await _record(
            vraag,
            {**sheet, "wie": row["veld"]},
            parts if agreed else (),
            () if agreed else parts,
            proof,
            moment,
        )
        if wrong is None:
            done += 1
        else:
            f = f.met(wrong, {"": row["veld"]})
    if f.fouten:
        return await _paper(vraag, f)
    return vraag.naar("/ib/papier", gedaan="vastgelegd")


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
        kruimels=(*_CRUMBS, (f"/ib/leerlingen/{found['leerlingId']}", "Leerling")),
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
