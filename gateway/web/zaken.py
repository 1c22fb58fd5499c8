"""A zaak on pages: opened, one step further, what is not in order yet and what to do about it.

The same pages stand under /ib and under /postvak: a zaak has one regisseur, and that is as often a
wijkteam as a school. Everything is a step of /v1/zaken; who may take it is for the line to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

import orjson
from starlette.responses import Response

from gateway.explain import teksten
from gateway.register.regels import Regels
from gateway.web.formulier import Invoer
from gateway.web.ib import gewoon_soort
from gateway.web.lijn import Json, Neutraal, Probleem
from gateway.web.samen import Samen, kruimels, thuis
from gateway.web.stapformulier import (
    PARTIJ_FUNCTIE,
    Opties,
    Stap,
    Stapveld,
    Veldsoort,
    genoemd,
    opties_van,
    soorten_gegevens,
    woorden,
)
from gateway.web.tonen import dag
from gateway.web.vraag import Vraag
from schemas.base import NOOIT, Gegevenscategorie
from schemas.checks.zaakbeginselen import WAAR
from schemas.messages.arrangement import Evaluatiebesluit, Terugkeerdoel
from schemas.messages.inrichting import Functie, Ondersteuningsniveau
from schemas.messages.opp import Overlegresultaat
from schemas.people.hoedanigheden import EIGENSCHAPPEN, gelezen
from schemas.people.partij import Partij
from schemas.zaak.stappen import Actiecode, Besluitcode, Slotreden, Wettelijketaak, Zaakdeelname, Zaakwet

SAMEN: Final = Samen()
MAX_PARTIJEN: Final = 60
"""Organisations with their functions in one list; who looks for another types a part of its name."""
D, K, L, V, J = (
    Veldsoort.DAG,
    Veldsoort.KEUZE,
    Veldsoort.LIJST,
    Veldsoort.VINKJES,
    Veldsoort.VINKJE,
)
_TAAK: Final = Stapveld("wettelijkeTaak", L, lijst="taak")
STAPPEN: Final[Mapping[str, Stap]] = {
    s.code: s
    for s in (
        Stap(
            "partner_erbij",
            (Stapveld(PARTIJ_FUNCTIE, L), _TAAK, Stapveld("cellen", V), Stapveld("tot", D, nodig=False)),
        ),
        Stap("partner_eraf", (Stapveld("partij", K, lijst="eraf"),)),
        Stap("regie_aangeboden", (Stapveld("aan", K, lijst="anderen"),)),
        Stap("regie_over"),
        Stap("regie_niet_over"),
        Stap(
            "actie",
            (
                Stapveld("code", L, lijst="actiecode", label="Wat moet er gebeuren?"),
                Stapveld("eigenaar", K, lijst="partners"),
                Stapveld("uiterlijk", D),
            ),
        ),
        Stap("actie_gedaan", (Stapveld("actie", K, lijst="acties"),)),
        Stap(
            "besluit",
            (
                Stapveld("code", L, lijst="besluitcode"),
                Stapveld("wetten", V, lijst="wet"),
                Stapveld("geldigVanaf", D),
                Stapveld("geldigTotEnMet", D, nodig=False),
                Stapveld("namens", L, nodig=False, lijst="mandaten"),
                Stapveld("overleg", L, nodig=False, lijst="overleggen"),
            ),
        ),
        Stap(
            "ontwikkelingsperspectief",
            (
                Stapveld("vastgesteldOp", D, nodig=False),
                Stapveld("bestemming", K, nodig=False, lijst="opp_bestemming"),
                Stapveld("overlegOp", D, nodig=False),
                Stapveld("overlegResultaat", K, nodig=False, lijst="overlegresultaat"),
                Stapveld("inzageOuders", J, nodig=False),
            ),
        ),
        Stap("in_uitvoering", (Stapveld("ingangsdatum", D),)),
        Stap(
            "evaluatie",
            (
                Stapveld("datum", D),
                Stapveld("uitkomst", K, lijst="besluit"),
                Stapveld("ouders", K, lijst="deelname"),
                Stapveld("leerling", K, lijst="deelname"),
                Stapveld("herzienOp", D, nodig=False),
            ),
        ),
        Stap("opgeschaald", (Stapveld("aan", K, lijst="anderen"), Stapveld("niveau", L, nodig=False))),
        Stap(
            "plaatsing",
            (
                Stapveld("bestemming", K, label="Wat voor plek?"),
                Stapveld("bij", L, nodig=False, lijst="partners"),
                Stapveld("bevestigdOp", D),
            ),
        ),
        Stap("heropend"),
        Stap("gesloten", (Stapveld("reden", K, lijst="slot"),)),
    )
}
_OPENING: Final = Stap(
    "geopend",
    (
        Stapveld("functie", L, lijst="eigen_functies"),
        Stapveld("wettelijkeTaak", L, lijst="taak"),
        Stapveld("functies", V, lijst="functies"),
        Stapveld("herzienOp", D, nodig=False),
    ),
    {"onderwerp": "leerling", "vorm": "individueel"},
)


# ── what may be chosen


def eigen_functies(partij: Partij) -> Opties:
    """In which functions an organisation acts, by its registration."""
    found = {f: None for h in gelezen(partij).hoedanigheden for f in EIGENSCHAPPEN[h].functies}
    return [(f.value, _groot(teksten.uitleg("rol", f.value))) for f in found]


def partijen_met_functie(regels: Regels, zoek: str, zonder: frozenset[str]) -> tuple[Opties, bool]:
    """Organisations in each of their functions, by a part of the name; and whether there are more."""
    found: list[tuple[str, str]] = []
    for partij in sorted(regels.partijen.values(), key=lambda p: p.naam.casefold()):
        if partij.id in zonder or zoek.casefold() not in partij.naam.casefold():
            continue
        found += [
            (f"{partij.id}|{code}", f"{partij.naam}, {naam[:1].lower()}{naam[1:]}")
            for code, naam in eigen_functies(partij)
        ]
        if len(found) > MAX_PARTIJEN:
            return found[:MAX_PARTIJEN], True
    return found, False


async def _opties(vraag: Vraag, zaak: Json, stap: Stap) -> dict[str, Opties]:
    """Every list that a step of this zaak asks for."""
    regels = await vraag.app.regels.current()
    ik = vraag.bezoek.caller.partij
    there = [p["partij"] for p in zaak["partners"]]
    names = [(p, partij_naam(regels, p)) for p in there]
    found = {
        **vaste_lijsten(),
        "partners": names,
        "anderen": [(p, n) for p, n in names if p != ik.id],
        "eraf": names,
        "acties": [(a["id"], _actie(a, regels)) for a in zaak["acties"] if a["gedaanOp"] is None],
        "mandaten": [],
        "overleggen": [],
    }
    if stap.code == "partner_erbij":
        found[PARTIJ_FUNCTIE], _ = partijen_met_functie(regels, vraag.vraagt("zoek") or "", frozenset(there))
    if stap.code == "besluit":
        found["mandaten"] = sorted(
            {(m.gever, partij_naam(regels, m.gever)) for m in regels.mandaten if m.nemer == ik.id}
        )
        held = (await vraag.lijn.get("/v1/overleggen"))["overleggen"]
        found["overleggen"] = [
            (o["overlegId"], f"Overleg {o['overlegId'][:4]}, {dag(o['datum'])}")
            for o in held
            if o["fase"] == "gehouden"
        ]
    return found


def vaste_lijsten() -> dict[str, Opties]:
    """The lists that are the same for everybody."""
    return {
        "taak": opties_van(Wettelijketaak, "taak"),
        "cellen": soorten_gegevens(c for c in Gegevenscategorie if c not in NOOIT),
        "actiecode": opties_van(Actiecode, "code"),
        "besluitcode": opties_van(Besluitcode, "code"),
        "wet": opties_van(Zaakwet, "wet"),
        "opp_bestemming": opties_van(("verwacht", "voorlopig"), "opp_bestemming"),
        "overlegresultaat": opties_van(get_args(Overlegresultaat), "overlegresultaat"),
        "besluit": opties_van(Evaluatiebesluit, "besluit"),
        "deelname": opties_van(Zaakdeelname, "deelname"),
        "niveau": opties_van(Ondersteuningsniveau, "niveau"),
        "bestemming": opties_van(Terugkeerdoel, "bestemming"),
        "slot": opties_van(Slotreden, "slot"),
        "functies": opties_van(Functie, "functies"),
    }


def partij_naam(regels: Regels, ident: str | None) -> str:
    """An organisation by its name in the register; one of whom you do not know has none."""
    if ident is None:
        return "Een ander"
    found = regels.partijen.get(ident)
    return ident if found is None else found.naam


def _groot(text: str) -> str:
    return text[:1].upper() + text[1:]


# ── the list, and a new one


@SAMEN.get("/zaken", "Zaken")
async def lijst(vraag: Vraag) -> Response:
    """The zaken and overleggen in which one's own organisation takes part."""
    cases = await vraag.lijn.get("/v1/zaken", na=vraag.vraagt("na"))
    tables = await vraag.lijn.get("/v1/overleggen")
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    drafts = await vraag.app.concepten.van(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "samen/zaken.html",
        thuis=thuis(vraag),
        zaken=cases,
        overleggen=tables,
        namen=names,
        concepten=[
            (c.id, gewoon_soort(c.inhoud.soort), c.inhoud.gewijzigd_op)
            for c in drafts
            if c.inhoud.verstuurd_als is None and any(n.startswith("voor.") for n in c.inhoud.velden)
        ],
    )


@SAMEN.get("/zaken/nieuw", "Een zaak openen")
async def nieuw(vraag: Vraag) -> Response:
    f = Invoer.of(leerling=vraag.vraagt("leerling"), levering=vraag.vraagt("levering"))
    return await _open_form(vraag, f)


async def _open_form(vraag: Vraag, f: Invoer) -> Response:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    known = sorted(((ref, n.kort) for ref, n in names.items()), key=lambda n: n[1])
    opties = {**vaste_lijsten(), "eigen_functies": eigen_functies(vraag.bezoek.caller.partij)}
    return vraag.toon(
        "samen/zaak_nieuw.html",
        invoer=f,
        thuis=thuis(vraag),
        leerlingen=known,
        velden=_OPENING.velden,
        opties=opties,
        kruimels=kruimels(vraag),
    )


@SAMEN.post("/zaken/nieuw", "Een zaak openen")
async def openen(vraag: Vraag) -> Response:
    f = vraag.invoer
    opties = {**vaste_lijsten(), "eigen_functies": eigen_functies(vraag.bezoek.caller.partij)}
    zaak, f = _OPENING.lees(f, opties)
    if not f.tekst("leerling") and not f.tekst("levering"):
        f = f.met_fout("leerling", "Kies over welke leerling het gaat.")
    if f.fouten:
        return await _open_form(vraag, f)
    about = (
        {"leveringId": f.tekst("levering")} if f.tekst("levering") else {"leerlingId": f.tekst("leerling")}
    )
    answer = await vraag.lijn.post("/v1/zaken", {**about, "zaak": zaak}, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _open_form(
            vraag, f.met(answer, {**_OPENING.plaatsen("/zaak"), "/leerlingId": "leerling"})
        )
    return vraag.naar(f"{thuis(vraag)}/zaken/{answer['zaak']['zaakId']}", gedaan="geopend")


# ── one zaak


async def lees(vraag: Vraag) -> Json:
    return await vraag.lijn.get(f"/v1/zaken/{vraag.pad('id')}")


@SAMEN.get("/zaken/{id}", "Een zaak")
async def zaak(vraag: Vraag) -> Response:
    found = await lees(vraag)
    regels = await vraag.app.regels.current()
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "samen/zaak.html",
        thuis=thuis(vraag),
        zaak=found,
        ik=vraag.bezoek.caller.partij.id,
        over=names.get(found["leerlingId"] or ""),
        naam=lambda ident: partij_naam(regels, ident),
        rol=lambda code: teksten.uitleg("rol", code),
        soort=lambda code: teksten.uitleg("categorie", code),
        woord=genoemd,
        waarvoor="; ".join(genoemd("functies", c) for c in found["functies"] or ()),
        bevindingen=[_bevinding(b) for b in found["bevindingen"]],
        stappen=_mogelijk(found),
        kop=lambda code: woorden()["stap"][code]["kop"],
        gedaan_bij={code: t["gedaan"] for code, t in woorden()["stap"].items()},
        kruimels=kruimels(vraag),
    )


def _bevinding(found: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with what to do about it, and where."""
    doe = woorden()["doe"].get(found["code"], {})
    stap = doe.get("stap")
    kop = (
        "Houd het plan tegen de beginselen"
        if stap == "toetsing"
        else woorden()["stap"].get(stap, {}).get("kop")
    )
    return {
        **found,
        "doe": doe.get("zin", ""),
        "stap": stap,
        "kop": kop,
        "waar": WAAR[found["code"]].waar.value,
    }


def _mogelijk(zaak: Json) -> frozenset[str]:
    """The steps to which a page leads: those of which it is plain that they can be taken now."""
    if zaak["status"] == "gesloten":
        return frozenset({"heropend"} if zaak["uBentRegisseur"] else ())
    steps = {"actie", "besluit", "plaatsing"}
    others = len(zaak["partners"]) > 1
    if others:
        steps |= {"opgeschaald"}
    if any(a["gedaanOp"] is None for a in zaak["acties"]):
        steps.add("actie_gedaan")
    if zaak["regieVoorU"]:
        steps |= {"regie_over", "regie_niet_over"}
    if not zaak["uBentRegisseur"]:
        return frozenset(steps | {"partner_eraf"})
    steps |= {"partner_erbij", "ontwikkelingsperspectief", "evaluatie", "gesloten", "toetsing"}
    if others:
        steps |= {"partner_eraf"} | (
            {"regie_niet_over"} if zaak["regieAangebodenAan"] else {"regie_aangeboden"}
        )
    if zaak["status"] == "voorbereiding":
        steps.add("in_uitvoering")
    return frozenset(steps)


def _actie(a: Mapping[str, Any], regels: Regels) -> str:
    wie = partij_naam(regels, a["eigenaar"])
    return f"{genoemd('code', a['code'])}, {wie}, uiterlijk {dag(a['uiterlijk'])}"


# ── one step further


def _gevraagd(vraag: Vraag) -> Stap:
    found = STAPPEN.get(vraag.pad("stap"))
    if found is None:
        raise Neutraal
    return found


@SAMEN.get("/zaken/{id}/stap/{stap}", "Een stap in een zaak")
async def stap(vraag: Vraag) -> Response:
    wat = _gevraagd(vraag)
    actie = vraag.vraagt("actie")
    return await _stap_form(vraag, wat, await lees(vraag), Invoer.of(actie=actie))


async def _stap_form(vraag: Vraag, wat: Stap, zaak: Json, f: Invoer) -> Response:
    opties = await _opties(vraag, zaak, wat)
    here = f"{thuis(vraag)}/zaken/{zaak['zaakId']}"
    zoek = vraag.vraagt("zoek") or ""
    if wat.code == "partner_eraf" and not zaak["uBentRegisseur"]:
        ik = vraag.bezoek.caller.partij
        opties["eraf"] = [(ik.id, ik.naam)]
    return vraag.toon(
        "samen/stap.html",
        invoer=f,
        velden=wat.velden,
        opties=opties,
        tekst=woorden()["stap"][wat.code],
        hier=f"{here}/stap/{wat.code}",
        terug=here,
        zoek=zoek,
        f_zoek=Invoer.of(zoek=zoek),
        zoekt=wat.code == "partner_erbij",
        kruimels=kruimels(vraag, (here, f"Zaak {zaak['zaakId'][:4]}")),
    )


@SAMEN.post("/zaken/{id}/stap/{stap}", "Een stap in een zaak")
async def zet(vraag: Vraag) -> Response:
    wat, found = _gevraagd(vraag), await lees(vraag)
    opties = await _opties(vraag, found, wat)
    opties["eraf"] = opties["partners"]
    body, f = wat.lees(vraag.invoer, opties)
    if f.fouten:
        return await _stap_form(vraag, wat, found, f)
    ident = found["zaakId"]
    answer = await vraag.lijn.post(f"/v1/zaken/{ident}/stappen", {"stap": body}, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _stap_form(vraag, wat, found, f.met(answer, wat.plaatsen("/stap")))
    if answer["zaak"] is None:
        return vraag.naar(f"{thuis(vraag)}/zaken", gedaan="eruit")
    return vraag.naar(f"{thuis(vraag)}/zaken/{ident}", gedaan=wat.code)


# ── the plan held to the principles


@SAMEN.get("/zaken/{id}/toetsing", "Het plan nakijken")
async def toetsing(vraag: Vraag) -> Response:
    return await _toets_form(vraag, await lees(vraag), Invoer())


async def _toets_form(vraag: Vraag, found: Json, f: Invoer, plan: Any = None) -> Response:
    here = f"{thuis(vraag)}/zaken/{found['zaakId']}"
    return vraag.toon(
        "samen/toetsing.html",
        invoer=f,
        hier=f"{here}/toetsing",
        terug=here,
        plan=None
        if plan is None
        else [{**b, "doe": woorden()["doe"].get(b["code"], {}).get("zin", "")} for b in plan],
        kruimels=kruimels(vraag, (here, f"Zaak {found['zaakId'][:4]}")),
    )


@SAMEN.post("/zaken/{id}/toetsing", "Het plan nakijken", hoogstens=600_000)
async def toets(vraag: Vraag) -> Response:
    """The plan that was chosen goes to the line, which keeps only the codes of what it found."""
    found, f = await lees(vraag), vraag.invoer
    raw = f.bestanden.get("plan", b"")
    if not raw:
        return await _toets_form(vraag, found, f.met_fout("plan", "Kies het bestand met het plan."))
    try:
        inhoud = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return await _toets_form(vraag, found, f.met_fout("plan", "Dit bestand is geen JSON."))
    if isinstance(inhoud, Mapping) and "inhoud" in inhoud:
        inhoud = inhoud["inhoud"]
    if not isinstance(inhoud, Mapping):
        return await _toets_form(vraag, found, f.met_fout("plan", "In dit bestand staat geen plan."))
    return await getoetst(vraag, found, dict(inhoud), f)


async def getoetst(vraag: Vraag, found: Json, inhoud: Json, f: Invoer) -> Response:
    """Hold this plan to the principles and show what was found."""
    body = {"bericht": {"soort": "arrangement", "inhoud": inhoud}}
    answer = await vraag.lijn.post(f"/v1/zaken/{found['zaakId']}/toetsing", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _toets_form(vraag, found, f.met(answer, {}))
    return await _toets_form(vraag, answer["zaak"], Invoer(), answer["plan"])
