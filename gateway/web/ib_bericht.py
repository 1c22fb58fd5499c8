"""To write a message and to send it: about whom, for what and to whom, the form of its schema, and what may
go.

A concept is kept at every step. Nothing is sent before its writer saw, field by field, what would go now,
what waits and what stays home; and when that changed since he saw it, he looks again first.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import orjson
from starlette.responses import Response

from gateway.account.leaves import new_id
from gateway.api.schemas import files
from gateway.concepten.concepten import MAX_TEXT, Concept
from gateway.explain import teksten
from gateway.explain.veldnamen import plek
from gateway.register.plekken import reads, sends
from gateway.register.regels import Regels
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen
from gateway.web.formulier import Invoer
from gateway.web.ib import BLADEN as IB
from gateway.web.ib import gewoon_soort, partij_naam
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.opstellen import OPP, VOOR, antwoorden, formulier, fouten_van, inhoud_van
from gateway.web.schemaformulier import Schemaformulier, met_rij, uit, velden
from gateway.web.vraag import Vraag
from schemas.errors import Conflict
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Partij

BLADEN: Final = Bladen("School", frozenset({Werkrol.IB}), IB.wegwijzers)
_CRUMBS: Final = (("/ib", "Wacht op wie?"), ("/ib/berichten", "Concepten"))
_ALONE: Final = frozenset({"terugkoppeling", "intrekkingsantwoord"})
"""Messages that travel in another part of the envelope than one's own."""
_ENVELOPE: Final = ("leerling", "soort", "naar", "doel", "wat")
_WRITTEN_HERE: Final = {"standaard": "OZlijn", "versie": "1", "bron": "ingevuld in een browser"}
STAND: Final = ("mee", "wacht", "thuis")


@BLADEN.get("/ib/berichten", "Concepten")
async def lijst(vraag: Vraag) -> Response:
    """What is still being written, and what was sent lately."""
    partij = vraag.bezoek.caller.partij.id
    drafts = await vraag.app.concepten.van(partij)
    names = await vraag.app.concepten.namen(partij)
    return vraag.toon(
        "ib/concepten.html",
        open=[c for c in drafts if c.inhoud.verstuurd_als is None and c.inhoud.soort in BERICHTEN],
        namen=names,
        gewoon=gewoon_soort,
    )


# ── 1. about whom, and what


def _kinds(vraag: Vraag, regels: Regels) -> list[tuple[str, str]]:
    """Every type of message that a profile of today lets one's own partij send in its own name."""
    found = {p.bericht for p in _profiles(vraag, regels)}
    return [(soort, gewoon_soort(soort)) for soort in BERICHTEN if soort in found]


def _profiles(vraag: Vraag, regels: Regels) -> list[Any]:
    own = sends(vraag.bezoek.caller.partij)
    van = None if own is None else own.als
    return [
        p
        for p in regels.beleid.now(vraag.app.clock.now())
        if p.richting == "S2J" and p.bericht not in _ALONE and (not p.van or van in p.van)
    ]


@BLADEN.get("/ib/berichten/nieuw", "Iets delen")
async def nieuw(vraag: Vraag) -> Response:
    return await _first(vraag, Invoer.of(leerling=vraag.vraagt("leerling")))


async def _first(vraag: Vraag, f: Invoer) -> Response:
    regels = await vraag.app.regels.current()
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    known = sorted(((ref, n.kort) for ref, n in names.items()), key=lambda n: n[1])
    return vraag.toon(
        "ib/bericht_1.html", invoer=f, leerlingen=known, soorten=_kinds(vraag, regels), kruimels=_CRUMBS
    )


@BLADEN.post("/ib/berichten/nieuw", "Iets delen")
async def begin(vraag: Vraag) -> Response:
    f = vraag.invoer
    partij = vraag.bezoek.caller.partij
    names = await vraag.app.concepten.namen(partij.id)
    ref = f.tekst("leerling")
    if ref not in names:
        f = f.met_fout("leerling", "Kies over welke leerling het gaat.")
    if f.tekst("soort") not in dict(_kinds(vraag, await vraag.app.regels.current())):
        f = f.met_fout("soort", "Kies wat u wilt delen.")
    if f.fouten:
        return await _first(vraag, f)
    gezag = (await vraag.lijn.get(f"/v1/leerlingen/{ref}/gezagsgegevens"))["telt"]
    naam = names[ref]
    filled = uit(
        {
            "leerling": {
                "naamdelen": {"voornamen": [naam.roepnaam], "achternaam": naam.achternaam},
                "geboortedatum": gezag["geboortedatum"],
            },
            "contactpersoon": {"naam": vraag.bezoek.naam, "functie": "intern_begeleider"},
        }
    )
    if f.tekst("soort") == OPP:
        filled |= uit({"plan": {"id": new_id(), "versie": 1, "status": "concept"}})
    ident = await vraag.app.concepten.begin(partij.id, f.tekst("soort"), ref, filled, _actor(vraag))
    return vraag.naar(f"/ib/berichten/{ident}/naar")


def _actor(vraag: Vraag) -> str | None:
    persoon = vraag.bezoek.caller.persoon
    return None if persoon is None else persoon.ref


# ── 2. for what and to whom


@BLADEN.get("/ib/berichten/{id}/naar", "Waarvoor en naar wie")
async def naar(vraag: Vraag) -> Response:
    return await _second(vraag, await _draft(vraag), None)


async def _draft(vraag: Vraag) -> Concept:
    """A draft of a message. What is drafted elsewhere, as a weighing, has pages that ask more of a login."""
    found = await vraag.app.concepten.lees(vraag.bezoek.caller.partij.id, vraag.pad("id"))
    if found.inhoud.soort not in BERICHTEN:
        raise Neutraal
    return found


async def _second(vraag: Vraag, concept: Concept, f: Invoer | None) -> Response:
    regels = await vraag.app.regels.current()
    options = _ways(vraag, regels, concept.inhoud.soort)
    return vraag.toon(
        "ib/bericht_2.html",
        invoer=f or Invoer(concept.inhoud.velden),
        concept=concept,
        wegen=[(code, label, told) for code, label, told in options],
        gewoon=gewoon_soort,
        kruimels=_CRUMBS,
    )


def _ways(vraag: Vraag, regels: Regels, soort: str) -> list[tuple[str, str, str]]:
    """Every doel, partij and role to which a profile of today lets such a message go: code, words, and what
    is needed at most.
    """
    found = []
    own = vraag.bezoek.caller.partij.id
    for p in _profiles(vraag, regels):
        if p.bericht != soort:
            continue
        for partij in regels.partijen.values():
            if partij.id == own or partij.aflevering is None or p.rol not in partij.rollen:
                continue
            place = reads(partij, p.rol)
            if p.aan and (place is None or place.als not in p.aan):
                continue
            wat = sorted({teksten.uitleg("categorie", c) for c in _categories(p)})
            found.append(
                (
                    f"{p.doel}|{partij.id}|{p.rol}",
                    f"{partij.naam}, {teksten.uitleg('rol', p.rol)}: {teksten.uitleg('doel', p.doel)}",
                    "Hoogstens: " + ", ".join(wat) + ".",
                )
            )
    return sorted(found, key=lambda w: w[1].casefold())


def _categories(profile: Any) -> frozenset[str]:
    labels = {b.pad: b.categorie for b in BERICHTEN[profile.bericht].bladen}
    return frozenset(labels[p] for p in profile.paden if p in labels)


@BLADEN.post("/ib/berichten/{id}/naar", "Waarvoor en naar wie")
async def kies(vraag: Vraag) -> Response:
    concept, f = await _draft(vraag), vraag.invoer
    regels = await vraag.app.regels.current()
    if f.tekst("weg") not in {w[0] for w in _ways(vraag, regels, concept.inhoud.soort)}:
        return await _second(vraag, concept, f.met_fout("weg", "Kies waarvoor en naar wie dit gaat."))
    kept = {**concept.inhoud.velden, "weg": (f.tekst("weg"),)}
    if not await _keep(vraag, concept, kept):
        return await _second(vraag, await _draft(vraag), f.met_fout(None, _CHANGED))
    return vraag.naar(f"/ib/berichten/{concept.id}")


_CHANGED: Final = "Een collega veranderde dit concept net. Kijk nog eens."


async def _keep(vraag: Vraag, concept: Concept, kept: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        await vraag.app.concepten.bewaar(vraag.bezoek.caller.partij.id, concept, kept, _actor(vraag))
    except Conflict:
        return False
    return True


# ── 3. the form


@cache
def _schema(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(raw)
    return found


async def _form(vraag: Vraag, soort: str) -> Schemaformulier:
    if soort == OPP:
        return await formulier(vraag, soort)
    published = await asyncio.to_thread(files, vraag.app.settings.api_url)
    return Schemaformulier(_schema(published[f"v1/{soort}.json"]), frozenset({"school", "soort", "versie"}))


@BLADEN.get("/ib/berichten/{id}", "Invullen")
async def schrijf(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    if concept.inhoud.verstuurd_als is not None:
        return vraag.naar("/ib/berichten")
    if concept.inhoud.soort == OPP or any(n.startswith(VOOR) for n in concept.inhoud.velden):
        return vraag.naar(f"/ib/opstellen/{concept.id}")
    return await _third(vraag, concept, Invoer(concept.inhoud.velden))


async def _third(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    form = await _form(vraag, concept.inhoud.soort)
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "ib/bericht_3.html",
        invoer=f,
        concept=concept,
        delen=form.delen(f),
        naam=names.get(concept.inhoud.leerling or ""),
        gewoon=gewoon_soort,
        kruimels=_CRUMBS,
    )


@BLADEN.post("/ib/berichten/{id}", "Invullen")
async def bewaar(vraag: Vraag) -> Response:
    """Keep what was filled in, whatever the button: then go on, add a row, go back one change, or stop."""
    concept, f = await _draft(vraag), vraag.invoer
    what = f.tekst("wat")
    if what == "terug":
        try:
            await vraag.app.concepten.terug(vraag.bezoek.caller.partij.id, concept, _actor(vraag))
        except Conflict:
            return await _third(vraag, await _draft(vraag), f.met_fout(None, _CHANGED))
        return vraag.naar(f"/ib/berichten/{concept.id}", gedaan="teruggezet")
    for veld, said in velden(f).items():
        if any(len(v) > MAX_TEXT for v in said):
            f = f.met_fout(veld, "Deze tekst is te lang. Maak hem korter.")
    if f.fouten:
        return await _third(vraag, concept, f)
    kept = {**velden(f), "weg": concept.inhoud.velden.get("weg", ())}
    if not await _keep(vraag, concept, kept):
        return await _third(vraag, await _draft(vraag), f.met_fout(None, _CHANGED))
    if what.startswith("rij:"):
        return await _third(vraag, await _draft(vraag), met_rij(f, what.removeprefix("rij:")))
    if what == "bewaar":
        return vraag.naar(f"/ib/berichten/{concept.id}", gedaan="bewaard")
    concept = await _draft(vraag)
    body = await _body(vraag, concept)
    answer = await vraag.lijn.post("/v1/uitwisselingen/_proef", body)
    if isinstance(answer, Probleem):
        form = await _form(vraag, concept.inhoud.soort)
        at = {p.plaats: _place(form, p.plaats, f) for p in answer.fouten}
        f = f.met(answer, {plaats: veld for plaats, veld in at.items() if veld is not None})
        return await _third(vraag, concept, f)
    return vraag.naar(f"/ib/berichten/{concept.id}/nakijken")


def _place(form: Schemaformulier, plaats: str, f: Invoer) -> str | None:
    inside = "/bericht/inhoud"
    return form.veld_van(plaats.removeprefix(inside), f) if plaats.startswith(inside) else None


async def _body(vraag: Vraag, concept: Concept) -> dict[str, Any]:
    """The push that this concept is, with one's own school in it."""
    f = Invoer(concept.inhoud.velden)
    form = await _form(vraag, concept.inhoud.soort)
    doel, partij, rol = (*f.tekst("weg").split("|"), "", "", "")[:3]
    inhoud = inhoud_van(form, concept) if concept.inhoud.soort == OPP else form.inhoud(f)
    if "school" in form.schema.get("properties", {}):
        inhoud["school"] = _school(vraag.bezoek.caller.partij)
    if concept.inhoud.soort == OPP:
        inhoud["herkomst"] = _WRITTEN_HERE
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    known = names.get(concept.inhoud.leerling or "")
    regels = await vraag.app.regels.current()
    asked = sorted(
        {
            c
            for p in _profiles(vraag, regels)
            if (p.bericht, p.doel, p.rol) == (concept.inhoud.soort, doel, rol)
            for c in _categories(p)
        }
    )
    return {
        "leerling": {"leerlingid": known.leerlingid if known else ""},
        "doel": doel,
        "ontvangers": [{"partij": partij, "rol": rol}],
        "categorieen": asked,
        "vrijeTekstNagekeken": f.heeft("nagekeken", "ja"),
        "bericht": {"soort": concept.inhoud.soort, "inhoud": inhoud},
    }


def _school(partij: Partij) -> dict[str, object]:
    return {"naam": partij.naam, "brin": partij.brin, "vestigingscode": partij.vestigingscode}


@BLADEN.post("/ib/berichten/{id}/weg", "Een concept weggooien")
async def gooi_weg(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    await vraag.app.concepten.weg(vraag.bezoek.caller.partij.id, concept.id)
    return vraag.naar("/ib/berichten", gedaan="weg")


# ── 4. what may go


@BLADEN.get("/ib/berichten/{id}/nakijken", "Wat mag mee?")
async def nakijken(vraag: Vraag) -> Response:
    return await _fourth(vraag, await _draft(vraag), Invoer())


async def _fourth(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    if concept.inhoud.verstuurd_als is not None:
        return vraag.naar("/ib/berichten")
    body = await _body(vraag, concept)
    answer = await vraag.lijn.post("/v1/uitwisselingen/_proef", body)
    if isinstance(answer, Probleem):
        if concept.inhoud.soort == OPP:
            form = await _form(vraag, OPP)
            return await antwoorden(
                vraag, concept, Invoer(), fouten_van(form, answer, "/bericht/inhoud", concept)
            )
        return vraag.naar(f"/ib/berichten/{concept.id}")
    found = answer["ontvangers"][0]
    register = (await vraag.app.regels.current()).partijen
    rows = _rows(concept.inhoud.soort, found, body["bericht"]["inhoud"])
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "ib/bericht_4.html",
        invoer=f,
        concept=concept,
        rijen=rows,
        gevonden=found,
        bevindingen=answer["bevindingen"],
        kenmerk=_mark(found),
        nagekeken=body["vrijeTekstNagekeken"],
        naar=partij_naam(found["ontvanger"], register),
        rol=teksten.uitleg("rol", found["rol"]),
        doel=teksten.uitleg("doel", body["doel"]),
        naam=names.get(concept.inhoud.leerling or ""),
        kruimels=(*_CRUMBS, (f"/ib/berichten/{concept.id}", "Invullen")),
    )


def _mark(found: Mapping[str, Any]) -> str:
    """What was shown, to see at the sending whether it is still so."""
    shown = {k: found[k] for k in ("uitkomst", "meegegeven", "achtergehouden", "redenen")}
    return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _rows(soort: str, found: Mapping[str, Any], inhoud: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Field by field: what goes, what waits for somebody, and what stays home, each with why."""
    if_agreed = set(found["alsIedereenToestemt"]["meegegeven"])
    out: dict[str, list[dict[str, str]]] = {name: [] for name in STAND}
    for pad in found["meegegeven"]:
        out["mee"].append(_row(soort, pad, "Dit mag.", inhoud))
    for group in found["achtergehouden"]:
        for pad in group["velden"]:
            waits = pad in if_agreed or group["reden"] == "FREE_TEXT_UNREVIEWED"
            why = "Nog nodig: toestemming." if group["reden"] == "FIELD_NOT_CONSENTED" else group["uitleg"]
            out["wacht" if waits else "thuis"].append(_row(soort, pad, why, inhoud))
    return out


def _row(soort: str, pad: str, waarom: str, inhoud: Mapping[str, Any]) -> dict[str, str]:
    words = plek(soort, pad)
    return {
        "deel": words.deelnaam,
        "veld": words.naam,
        "waarde": _value(inhoud, pad.split(".")),
        "waarom": waarom,
    }


def _value(node: Any, steps: list[str]) -> str:
    """What stands at a path, in a few words: it is the writer's own text."""
    if not steps:
        if isinstance(node, list):
            return ", ".join(map(str, node))[:80]
        return (
            {True: "ja", False: "nee"}.get(node, str(node)[:80]) if isinstance(node, bool) else str(node)[:80]
        )
    step, rest = steps[0], steps[1:]
    alias = step.removesuffix("[]")
    if not isinstance(node, Mapping) or alias not in node:
        return ""
    below = node[alias]
    if step.endswith("[]") and rest:
        return ", ".join(v for item in below if (v := _value(item, rest)))[:80]
    return _value(below, rest)


@BLADEN.post("/ib/berichten/{id}/nagekeken", "Wat mag mee?")
async def nagekeken(vraag: Vraag) -> Response:
    """The writer read his own words again for this recipient, or takes that back."""
    concept = await _draft(vraag)
    kept = dict(concept.inhoud.velden)
    if vraag.invoer.heeft("nagekeken", "ja"):
        kept["nagekeken"] = ("ja",)
    else:
        kept.pop("nagekeken", None)
    if not await _keep(vraag, concept, kept):
        return await _fourth(vraag, await _draft(vraag), vraag.invoer.met_fout(None, _CHANGED))
    return vraag.naar(f"/ib/berichten/{concept.id}/nakijken")


@BLADEN.post("/ib/berichten/{id}/versturen", "Wat mag mee?")
async def verstuur(vraag: Vraag) -> Response:
    """Send it, when what would go is still what was shown."""
    concept, f = await _draft(vraag), vraag.invoer
    if concept.inhoud.verstuurd_als is not None:
        return vraag.naar("/ib", gedaan="verstuurd")
    body = await _body(vraag, concept)
    shown = await vraag.lijn.post("/v1/uitwisselingen/_proef", body)
    if isinstance(shown, Probleem):
        return vraag.naar(f"/ib/berichten/{concept.id}")
    if _mark(shown["ontvangers"][0]) != f.tekst("kenmerk"):
        changed = replace(f, fouten=()).met_fout(
            None, "Er is iets veranderd. Kijk nog eens. Er is niets verstuurd."
        )
        return await _fourth(vraag, concept, changed)
    # The id of the concept is the key: a form that comes twice, also from two browsers, sends it once.
    answer = await vraag.lijn.post("/v1/uitwisselingen", body, key=concept.id)
    if isinstance(answer, Probleem):
        return await _fourth(vraag, concept, f.met(answer, {}))
    try:
        await vraag.app.concepten.verstuurd(vraag.bezoek.caller.partij.id, concept, answer["uitwisselingId"])
    except Conflict:
        return vraag.naar("/ib", gedaan="verstuurd")
    return vraag.naar("/ib", gedaan="verstuurd")
