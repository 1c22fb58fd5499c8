"""The place of an ouder or leerling: what waits for him, what he chose, and what was shared on that.

What is not shared because of somebody else reads the same to everybody, so nothing here tells what another
person said.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson
from starlette.responses import Response

from gateway.explain import teksten
from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.bladen import Bladen, Dichtheid, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.lijn import Probleem
from gateway.web.mijn_lijn import Eigen
from gateway.web.vraag import Vraag
from schemas.base import Gegevenscategorie
from schemas.people.mensen import Handeling

BLADEN: Final = Bladen(
    "Mijn keuzes",
    frozenset({Werkrol.OUDER, Werkrol.LEERLING}),
    (
        Wegwijzer("/mijn", "Begin"),
        Wegwijzer("/mijn/keuzes", "Mijn keuzes"),
        Wegwijzer("/mijn/tijdlijn", "Wat is er gedeeld"),
    ),
    Dichtheid.RUIM,
)
_SENSITIVE: Final = 3
_TEXT: Final = "uitlegtekst-ozlijn/1"


def _kind(vraag: Vraag) -> bool:
    return Werkrol.LEERLING in vraag.bezoek.rollen


async def _sheet(vraag: Vraag, asked: dict[str, Any]) -> dict[str, Any]:
    register = (await vraag.app.regels.current()).partijen
    wanted = asked["bereik"]
    return {
        "van": vraag.bezoek.caller.partij.naam,
        "naar": [register[o["partij"]].naam for o in wanted["ontvangers"] if o["partij"] in register],
        "doelen": [teksten.uitleg("doel", d) for d in wanted["doelen"]],
        "tot": asked["voorstellen"][0]["geldigTotEnMet"],
        "vertelt": "secrecy_waiver" in asked["functies"],
        "delen": [
            (c, teksten.uitleg("categorie", c), Gegevenscategorie(c).niveau >= _SENSITIVE)
            for c in wanted["categorieen"]
        ],
    }


@BLADEN.get("/mijn", "Uw keuzes")
async def begin(vraag: Vraag) -> Response:
    waits = [(ident, await _sheet(vraag, asked)) for ident, asked in await Eigen(vraag).vragen()]
    return vraag.toon("mijn/begin.html", wacht=waits, kind=_kind(vraag))


@BLADEN.get("/mijn/delen/{id}", "Dit willen wij delen")
async def delen(vraag: Vraag) -> Response:
    asked = await Eigen(vraag).een(vraag.pad("id"))
    return vraag.toon(
        "mijn/delen.html", blad_=await _sheet(vraag, asked), ident=vraag.pad("id"), kind=_kind(vraag)
    )


@BLADEN.post("/mijn/delen/{id}", "Dit willen wij delen", niveau=Niveau.SUBSTANTIEEL, fresh=True)
async def leg_vast(vraag: Vraag) -> Response:
    """His own choices. Of what he did not choose nothing is recorded, so it is not shared."""
    own, f, sessies = Eigen(vraag), vraag.invoer, vraag.app.sessies
    asked = await own.een(vraag.pad("id"))
    person, eis = vraag.bezoek.caller.persoon, await sessies.eis(Handeling.TOESTEMMEN)
    if person is None or not person.voldoet(eis, sessies.now()):  # what a register asks beyond the page
        return vraag.naar(
            "/aanmelden/opnieuw", naar=f"/mijn/delen/{vraag.pad('id')}", niveau=eis.niveau.value
        )
    sheet = await _sheet(vraag, asked)
    chosen = {
        "gegeven": [c for c, _, _ in sheet["delen"] if f.heeft(f"mag.{c}", "ja")],
        "geweigerd": [c for c, _, _ in sheet["delen"] if f.heeft(f"mag.{c}", "nee")],
    }
    if not chosen["gegeven"] and not chosen["geweigerd"]:
        f = f.met_fout(None, "U koos nog niets. Kies ja of nee.")
    elif chosen["gegeven"] and not f.heeft("gelezen", "ja"):
        f = f.met_fout("gelezen", "Lees eerst wat er staat. Zeg daarna of u het las.")
    if f.fouten:
        return _again(vraag, f, sheet)
    signed = {"getoond": sheet, "gekozen": chosen, "op": vraag.nu.isoformat()}
    sensitive = {c for c, _, heavy in sheet["delen"] if heavy}
    for n, proposal in enumerate(asked["voorstellen"]):
        for word, parts in chosen.items():
            if not parts:
                continue
            body = {
                **proposal,
                "bereik": {**proposal["bereik"], "categorieen": parts},
                "besluit": word,
                "moment": vraag.nu.isoformat(),
                "uitdrukkelijk": sorted(sensitive & set(parts)) if word == "gegeven" else [],
                "bewijs": {
                    "methode": "digitaal_ondertekend",
                    "bewijsHash": _hash(signed),
                    "kennisgevingRef": _TEXT,
                    "kennisgevingHash": _hash(sheet),
                    "vastlegger": "zelf ingelogd",
                },
            }
            key = hashlib.sha256(f"{f.sleutel}/{vraag.pad('id')}/{n}/{word}".encode()).hexdigest()[:32]
            answer = await own.zeg(body, key)
            if isinstance(answer, Probleem):
                return _again(vraag, f.met(answer, {}), sheet)
    return vraag.naar("/mijn/keuzes", gedaan="vastgelegd")


def _again(vraag: Vraag, f: Invoer, sheet: dict[str, Any]) -> Response:
    return vraag.toon("mijn/delen.html", invoer=f, blad_=sheet, ident=vraag.pad("id"), kind=_kind(vraag))


@BLADEN.get("/mijn/keuzes", "Mijn keuzes")
async def keuzes(vraag: Vraag) -> Response:
    found = await Eigen(vraag).keuzes()
    register = (await vraag.app.regels.current()).partijen
    rows = [
        {
            "id": t["toestemmingId"],
            "ja": t["gebeurtenis"] == "gegeven",
            "op": t["moment"],
            "tot": t["geldigTotEnMet"],
            "stand": t["uitleg"],
            "loopt": "trekIn" in t["links"] and t["stand"] in ("gegeven", "nog_niet_geldig"),
            "naar": [
                register[o["partij"]].naam for o in t["bereik"]["ontvangers"] if o["partij"] in register
            ],
            "wat": [teksten.uitleg("categorie", c) for c in t["bereik"]["categorieen"]],
        }
        for t in found[::-1]
    ]
    return vraag.toon("mijn/keuzes.html", rijen=rows, kind=_kind(vraag))


@BLADEN.post("/mijn/keuzes", "Mijn keuzes")
async def stop(vraag: Vraag) -> Response:
    """No more steps than agreeing took, and no higher login: a no must be easy."""
    f = vraag.invoer
    answer = await Eigen(vraag).stop(f.tekst("id"), vraag.nu.isoformat(), f.sleutel)
    if isinstance(answer, Probleem):
        return vraag.toon("mijn/keuzes.html", invoer=f.met(answer, {}), rijen=[], kind=_kind(vraag))
    return vraag.naar("/mijn/keuzes", gedaan="gestopt")


@BLADEN.get("/mijn/tijdlijn", "Wat is er gedeeld")
async def tijdlijn(vraag: Vraag) -> Response:
    own = Eigen(vraag)
    mine = frozenset(t["toestemmingId"] for t in await own.keuzes())
    register = (await vraag.app.regels.current()).partijen
    rows = [
        {
            "op": v.sinds,
            "naar": register[v.ontvanger].naam if v.ontvanger in register else "een andere organisatie",
            "doel": teksten.uitleg("doel", v.doel),
            "wat": [teksten.uitleg("categorie", c) for c in v.besluit.per_category],
        }
        for v in await vraag.app.uitnodigingen.wat_er_ging(own.partij, own.zelf, mine)
    ]
    return vraag.toon("mijn/tijdlijn.html", rijen=rows, kind=_kind(vraag))


def _hash(value: object) -> str:
    return f"sha256:{hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()}"
