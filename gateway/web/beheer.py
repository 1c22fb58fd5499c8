"""Where an operator sees whether all goes well: ids and codes, never a name, never a content."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.bladen import Bladen, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.lijn import Json, Probleem
from gateway.web.tonen import teksten
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen(
    "Beheer",
    frozenset({Werkrol.BEHEERDER}),
    (
        Wegwijzer("/beheer", "Toestand"),
        Wegwijzer("/beheer/leveringen", "Leveringen"),
        Wegwijzer("/beheer/werk", "Achtergrond"),
        Wegwijzer("/beheer/partijen", "Partijen"),
        Wegwijzer("/beheer/sleutels", "Sleutels"),
        Wegwijzer("/beheer/afspraken", "Afspraken"),
        Wegwijzer("/beheer/register/voorstel", "Register"),
    ),
)

STANDEN: Final = (
    *("mislukt", "aangehouden", "klaar", "afgeleverd"),
    *("bevestigd", "geweigerd", "ingetrokken", "vervallen"),
)
"""In the order in which an operator asks: what failed first."""
MAX_FILES: Final = 8_000_000
"""Bytes of a form with the files of a register."""
_ID: Final = re.compile("[0-9a-f]{32}")
_AT_ONCE: Final = 50
"""So many failed leveringen are offered again in one go, so that a person sees what he does."""
_LIST: Final = ("/beheer/leveringen", "Leveringen")
_UPLOAD: Final = ("/beheer/register/voorstel", "Register")


@BLADEN.get("/beheer", "Toestand")
async def state(vraag: Vraag) -> Response:
    found = await vraag.lijn.get("/v1/beheer/toestand")
    return vraag.toon("beheer/toestand.html", t=found, open={r["status"]: r for r in found["open"]})


@BLADEN.get("/beheer/werk", "Werk op de achtergrond")
async def werk(vraag: Vraag) -> Response:
    """Of each process what it did last, how long that took, what failed and when it begins again."""
    return vraag.toon("beheer/werk.html", r=await vraag.lijn.get("/v1/beheer/rondes"))


@BLADEN.get("/beheer/leveringen", "Leveringen")
async def leveringen(vraag: Vraag) -> Response:
    status = vraag.vraagt("status", STANDEN)
    found = await vraag.lijn.get(
        "/v1/beheer/leveringen", status=status, na=vraag.vraagt("na"), aantal=_AT_ONCE
    )
    return vraag.toon(
        "beheer/leveringen.html",
        invoer=Invoer.of(status=status),
        standen=[(code, teksten()["standen"][code][0]) for code in STANDEN],
        gekozen=status,
        rijen=found["leveringen"],
        na=found["na"],
    )


@BLADEN.get("/beheer/leveringen/herhalen", "Opnieuw aanbieden")
async def dry_run(vraag: Vraag) -> Response:
    """What would be offered again: nothing happens yet."""
    return await _failed(vraag, Invoer())


@BLADEN.post("/beheer/leveringen/herhalen", "Opnieuw aanbieden", niveau=Niveau.SUBSTANTIEEL)
async def again(vraag: Vraag) -> Response:
    """Each that was ticked, one by one: what cannot go now is told, and holds up no other."""
    chosen = [c for c in vraag.invoer.alle("levering") if _ID.fullmatch(c)][:_AT_ONCE]
    done, told = 0, []
    for ident in chosen:
        answer = await vraag.lijn.post(f"/v1/beheer/leveringen/{ident}/_herhaal")
        if isinstance(answer, Probleem):
            told.append((ident[:8], answer.tekst))
        else:
            done += 1
    if not chosen:
        return await _failed(vraag, vraag.invoer.met_fout("levering", "Kies ten minste één levering."))
    return vraag.toon("beheer/herhaald.html", gelukt=done, niet=told, kruimels=(_LIST,))


async def _failed(vraag: Vraag, f: Invoer) -> Response:
    found = await vraag.lijn.get("/v1/beheer/leveringen", status="mislukt", aantal=_AT_ONCE)
    choices = [
        (r["leveringId"], f"{r['leveringId'][:8]}, van {r['afzender']} naar {r['ontvanger']}", r["tekst"])
        for r in found["leveringen"]
    ]
    return vraag.toon("beheer/herhalen.html", invoer=f, keuzes=choices, meer=found["na"], kruimels=(_LIST,))


@BLADEN.get("/beheer/partijen", "Partijen")
async def partijen(vraag: Vraag) -> Response:
    return vraag.toon("beheer/partijen.html", r=await vraag.lijn.get("/v1/beheer/register"))


@BLADEN.get("/beheer/sleutels", "Sleutels")
async def keys(vraag: Vraag) -> Response:
    return vraag.toon("beheer/sleutels.html", r=await vraag.lijn.get("/v1/beheer/register"))


@BLADEN.get("/beheer/afspraken", "Afspraken")
async def agreements(vraag: Vraag) -> Response:
    return vraag.toon("beheer/afspraken.html", r=await vraag.lijn.get("/v1/beheer/register"))


@BLADEN.get("/beheer/register/voorstel", "Register")
async def upload(vraag: Vraag) -> Response:
    return vraag.toon("beheer/voorstel.html")


@BLADEN.post("/beheer/register/voorstel", "Wat er verandert", hoogstens=MAX_FILES)
async def compare(vraag: Vraag) -> Response:
    """The difference, before anything is applied. The files come along in the form that applies them."""
    f = vraag.invoer
    offered = [
        {"naam": naam, "inhoud": base64.b64encode(raw).decode()} for naam, raw in f.genoemd if naam and raw
    ]
    if not offered:
        return vraag.toon("beheer/voorstel.html", invoer=f.met_fout("bestanden", "Kies de bestanden."))
    answer = await vraag.lijn.post("/v1/beheer/register/_verschil", {"bestanden": offered})
    if isinstance(answer, Probleem):
        return vraag.toon("beheer/voorstel.html", invoer=f.met(answer, {"/bestanden": "bestanden"}))
    return _difference(vraag, answer, offered)


@BLADEN.post(
    "/beheer/register/toepassen", "Register", niveau=Niveau.SUBSTANTIEEL, fresh=True, hoogstens=MAX_FILES
)
async def put_in_force(vraag: Vraag) -> Response:
    f = vraag.invoer
    offered = [
        {"naam": naam, "inhoud": inhoud}
        for naam, inhoud in zip(f.alle("naam"), f.alle("inhoud"), strict=False)
    ]
    versie = f.tekst("versie")
    body = {
        "bestanden": offered,
        "versie": int(versie) if versie.isdecimal() else -1,
        "verwijder": f.heeft("verwijder", "ja"),
    }
    answer = await vraag.lijn.post("/v1/beheer/register", body)
    if isinstance(answer, Probleem):
        return await _told_again(vraag, answer, offered)
    return vraag.naar("/beheer", gedaan="toegepast")


async def _told_again(vraag: Vraag, why: Probleem, offered: list[dict[str, str]]) -> Response:
    """The difference as it is now, with why it was not applied."""
    f = vraag.invoer.met(why, {"/verwijder": "verwijder"})
    answer = await vraag.lijn.post("/v1/beheer/register/_verschil", {"bestanden": offered})
    if isinstance(answer, Probleem):
        return vraag.toon("beheer/voorstel.html", invoer=f)
    return _difference(vraag, answer, offered, f)


def _difference(
    vraag: Vraag, answer: Json, offered: list[dict[str, str]], invoer: Invoer | None = None
) -> Response:
    shown: Mapping[str, Any] = {"v": answer, "bestanden": offered}
    return vraag.toon("beheer/verschil.html", invoer=invoer or Invoer(), kruimels=(_UPLOAD,), **shown)
