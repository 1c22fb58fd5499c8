"""An overleg on pages: called together, invited with what each needs to know, held, recorded and told.

Under /ib and under /postvak, as zaken are: who is invited sees the table, says whether he comes and puts in
what is his. A seat opens nothing; what is put in is a message, made in gateway/web/opstellen.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.responses import Response

from gateway.explain import teksten
from gateway.register.regels import Regels
from gateway.web.formulier import Invoer
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
    woorden,
)
from gateway.web.vraag import Vraag
from gateway.web.zaken import (
    eigen_functies,
    partij_naam,
    partijen_met_functie,
    vaste_lijsten,
)
from gateway.zaak.soorten import onze_soorten
from schemas.people.hoedanigheden import gelezen
from schemas.people.regio_delen import Overlegregel
from schemas.people.toestemming import Gebruiksdoel
from schemas.zaak.overleg import WACHT, Genodigde

SAMEN: Final = Samen()
D, K, L, V, T = Veldsoort.DAG, Veldsoort.KEUZE, Veldsoort.LIJST, Veldsoort.VINKJES, Veldsoort.TEKST
MEEST_ACTIES: Final = 12
"""Rows for actions in one record; who needs more records them in the zaak."""
_OPENING: Final = Stap(
    "gepland",
    (
        Stapveld("overlegsoort", L),
        Stapveld("datum", D),
        Stapveld("doel", L),
        Stapveld("functie", L, lijst="eigen_functies"),
        Stapveld("wettelijkeTaak", L, lijst="taak"),
        Stapveld("convenant", L, nodig=False),
        Stapveld("dpia", T, nodig=False),
    ),
)
STAPPEN: Final[Mapping[str, Stap]] = {
    s.code: s
    for s in (
        Stap(
            "deelnemer_erbij",
            (
                Stapveld(PARTIJ_FUNCTIE, L),
                Stapveld("wettelijkeTaak", L, lijst="taak"),
                Stapveld("cellen", V),
            ),
        ),
        Stap("deelnemer_eraf", (Stapveld("partij", K, lijst="eraf"),)),
        Stap("uitgenodigd", (Stapveld("wie", K, lijst="genodigde"), Stapveld("doelVerteldOp", D))),
        Stap("bekend"),
        Stap("afgezegd"),
        Stap("antwoord", (Stapveld("komt", K),)),
        Stap(
            "gehouden",
            (
                Stapveld("datum", D),
                Stapveld("aanwezig", V, nodig=False, lijst="anderen"),
                Stapveld("ouders", K, lijst="deelname"),
                Stapveld("leerling", K, lijst="deelname"),
                Stapveld("oneens", V, nodig=False, lijst="deelnemers"),
                Stapveld("volgende", D, nodig=False),
            ),
        ),
    )
}
_ACTIE: Final = Stap(
    "actie",
    (
        Stapveld("code", L, lijst="actiecode"),
        Stapveld("eigenaar", L, lijst="deelnemers"),
        Stapveld("uiterlijk", D),
    ),
)


# ── planning


def _soorten(regels: Regels) -> dict[str, Overlegregel]:
    """Every kind there is, by code: ours, and those of the region in their place."""
    van_de_regio = () if regels.inrichting is None else regels.inrichting.overleg
    return {**onze_soorten(), **{r.code: r for r in van_de_regio}}


async def _opening_opties(vraag: Vraag) -> dict[str, Opties]:
    regels = await vraag.app.regels.current()
    ik = vraag.bezoek.caller.partij
    eigen = set(gelezen(ik).hoedanigheden)
    convenanten = regels.beleid.afspraken.convenanten.values()
    return {
        **vaste_lijsten(),
        "overlegsoort": [
            (code, r.naam) for code, r in _soorten(regels).items() if not eigen.isdisjoint(r.roept_bijeen)
        ],
        "doel": [(d.value, _groot(teksten.uitleg("doel", d.value))) for d in Gebruiksdoel],
        "eigen_functies": eigen_functies(ik),
        "convenant": sorted({(c.id, c.id) for c in convenanten if ik.id in c.partijen}),
    }


@SAMEN.get("/overleggen/nieuw", "Een overleg bijeenroepen")
async def nieuw(vraag: Vraag) -> Response:
    return await _plan_form(vraag, Invoer.of(zaak=vraag.vraagt("zaak")))


async def _plan_form(vraag: Vraag, f: Invoer) -> Response:
    if not f.tekst("zaak").isalnum():
        raise Neutraal
    await vraag.lijn.get(f"/v1/zaken/{f.tekst('zaak')}")
    here = f"{thuis(vraag)}/zaken/{f.tekst('zaak')}"
    return vraag.toon(
        "samen/overleg_nieuw.html",
        invoer=f,
        hier=f"{thuis(vraag)}/overleggen/nieuw",
        terug=here,
        velden=_OPENING.velden,
        opties=await _opening_opties(vraag),
        kruimels=kruimels(vraag, (here, f"Zaak {f.tekst('zaak')[:4]}")),
    )


@SAMEN.post("/overleggen/nieuw", "Een overleg bijeenroepen")
async def plan(vraag: Vraag) -> Response:
    overleg, f = _OPENING.lees(vraag.invoer, await _opening_opties(vraag))
    if f.fouten:
        return await _plan_form(vraag, f)
    body = {"zaakId": f.tekst("zaak"), "overleg": overleg}
    answer = await vraag.lijn.post("/v1/overleggen", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _plan_form(vraag, f.met(answer, _OPENING.plaatsen("/overleg")))
    return vraag.naar(f"{thuis(vraag)}/overleggen/{answer['overleg']['overlegId']}", gedaan="gepland")


# ── one overleg


async def lees(vraag: Vraag) -> Json:
    return await vraag.lijn.get(f"/v1/overleggen/{vraag.pad('id')}")


@SAMEN.get("/overleggen/{id}", "Een overleg")
async def overleg(vraag: Vraag) -> Response:
    found = await lees(vraag)
    regels = await vraag.app.regels.current()
    ik = vraag.bezoek.caller.partij.id
    regel = _soorten(regels).get(found["overlegsoort"])
    return vraag.toon(
        "samen/overleg.html",
        thuis=thuis(vraag),
        overleg=found,
        ik=ik,
        soortnaam=found["overlegsoort"] if regel is None else regel.naam,
        naam=lambda ident: partij_naam(regels, ident),
        rol=lambda code: teksten.uitleg("rol", code),
        soort=lambda code: teksten.uitleg("categorie", code),
        doel=teksten.uitleg("doel", found["doel"]),
        woord=genoemd,
        wacht=[WACHT[code] for code in found["wachtOp"]],
        stappen=_mogelijk(found),
        gedaan_bij={code: t["gedaan"] for code, t in woorden()["tafel"].items()},
        kruimels=kruimels(vraag),
    )


def _mogelijk(found: Json) -> frozenset[str]:
    """The steps to which a page leads."""
    if found["fase"] in ("gehouden", "afgezegd"):
        return frozenset()
    if not found["uBentVoorzitter"]:
        return frozenset({"antwoord", "deelnemer_eraf"})
    steps = {"deelnemer_erbij", "uitgenodigd", "gehouden", "afgezegd"}
    if found["fase"] == "anoniem":
        steps.add("bekend")
    if len(found["deelnemers"]) > 1:
        steps.add("deelnemer_eraf")
    return frozenset(steps)


async def _opties(vraag: Vraag, found: Json, wat: Stap) -> dict[str, Opties]:
    regels = await vraag.app.regels.current()
    ik = vraag.bezoek.caller.partij
    there = [(d["partij"], partij_naam(regels, d["partij"])) for d in found["deelnemers"]]
    others = [(p, n) for p, n in there if p != ik.id]
    made: dict[str, Opties] = {
        **vaste_lijsten(),
        "deelnemers": there,
        "anderen": others,
        "eraf": others if found["uBentVoorzitter"] else [(ik.id, ik.naam)],
        "genodigde": opties_van(Genodigde, "genodigde"),
        "komt": opties_van(("ja", "nee"), "komt"),
    }
    if wat.code == "deelnemer_erbij":
        zonder = frozenset(p for p, _ in there)
        made[PARTIJ_FUNCTIE], _ = partijen_met_functie(regels, vraag.vraagt("zoek") or "", zonder)
    return made


def _gevraagd(vraag: Vraag) -> Stap:
    found = STAPPEN.get(vraag.pad("stap"))
    if found is None:
        raise Neutraal
    return found


@SAMEN.get("/overleggen/{id}/stap/{stap}", "Een stap in een overleg")
async def stap(vraag: Vraag) -> Response:
    return await _stap_form(vraag, _gevraagd(vraag), await lees(vraag), Invoer())


async def _stap_form(vraag: Vraag, wat: Stap, found: Json, f: Invoer) -> Response:
    here = f"{thuis(vraag)}/overleggen/{found['overlegId']}"
    zoek = vraag.vraagt("zoek") or ""
    return vraag.toon(
        "samen/verslag.html" if wat.code == "gehouden" else "samen/stap.html",
        invoer=f,
        velden=wat.velden,
        opties=await _opties(vraag, found, wat),
        tekst=woorden()["tafel"][wat.code],
        hier=f"{here}/stap/{wat.code}",
        terug=here,
        zoek=zoek,
        f_zoek=Invoer.of(zoek=zoek),
        zoekt=wat.code == "deelnemer_erbij",
        rijen=_rijen(f),
        anoniem=found["fase"] == "anoniem",
        kruimels=kruimels(vraag, (here, f"Overleg {found['overlegId'][:4]}")),
    )


@SAMEN.post("/overleggen/{id}/stap/{stap}", "Een stap in een overleg")
async def zet(vraag: Vraag) -> Response:
    wat, found = _gevraagd(vraag), await lees(vraag)
    opties = await _opties(vraag, found, wat)
    if wat.code == "gehouden" and vraag.invoer.tekst("wat") == "rij":
        more = {**vraag.invoer.waarden, "rijen": (str(_rijen(vraag.invoer) + 1),)}
        return await _stap_form(vraag, wat, found, replace(vraag.invoer, waarden=more))
    body, f = wat.lees(vraag.invoer, opties)
    plaatsen = wat.plaatsen("/stap")
    if wat.code == "gehouden":
        f = _acties(f, opties, body, plaatsen)
    if wat.code == "antwoord" and "komt" in body:
        body["komt"] = body["komt"] == "ja"
    if f.fouten:
        return await _stap_form(vraag, wat, found, f)
    ident = found["overlegId"]
    answer = await vraag.lijn.post(f"/v1/overleggen/{ident}/stappen", {"stap": body}, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _stap_form(vraag, wat, found, f.met(answer, plaatsen))
    if answer["overleg"] is None:
        return vraag.naar(f"{thuis(vraag)}/zaken", gedaan="van_tafel")
    return vraag.naar(f"{thuis(vraag)}/overleggen/{ident}", gedaan=wat.code)


def _rijen(f: Invoer) -> int:
    """How many rows for actions are shown: as many as were asked for, and one to begin with."""
    asked = f.tekst("rijen")
    return min(int(asked), MEEST_ACTIES) if asked.isdecimal() and len(asked) < 3 and int(asked) else 1  # noqa: PLR2004


def _acties(f: Invoer, opties: Mapping[str, Opties], body: Json, plaatsen: dict[str, str]) -> Invoer:
    """Every row in which something was filled in is an action; a part of one is a fault."""
    made: list[dict[str, Any]] = []
    for n in range(_rijen(f)):
        row = Invoer({v.naam: f.alle(f"acties.{n}.{v.naam}") or ("",) for v in _ACTIE.velden})
        if not any(row.tekst(v.naam) for v in _ACTIE.velden):
            continue
        actie, row = _ACTIE.lees(row, opties)
        for fout in row.fouten:
            f = f.met_fout(f"acties.{n}.{fout.veld}", fout.tekst)
        # The line names a fault of an action by the action's own fields: it stands at the row that was last.
        at = len(made)
        for v in _ACTIE.velden:
            plaatsen[f"/stap/acties/{at}/{v.naam}"] = f"acties.{n}.{v.naam}"
            plaatsen[f"/stap/acties/{v.naam}"] = f"acties.{n}.{v.naam}"
        made.append(actie)
    body["acties"] = made
    return f


def _groot(text: str) -> str:
    return text[:1].upper() + text[1:]
