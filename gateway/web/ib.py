"""The place of intern begeleider, zorgcoördinator and mbo-coach: what waits for whom, and his own leerlingen.

What is being written stands in gateway/web/ib_bericht.py, asking toestemming in gateway/web/ib_gesprek.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from pydantic import ValidationError
from starlette.responses import Response

from consent.leeftijd import age, end_of_school_year
from gateway.concepten.concepten import Naaminhoud
from gateway.explain import teksten
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen(
    "School",
    frozenset({Werkrol.IB}),
    (
        Wegwijzer("/ib", "Wacht op wie?"),
        Wegwijzer("/ib/leerlingen", "Leerlingen"),
        Wegwijzer("/ib/berichten", "Concepten"),
        Wegwijzer("/ib/papier", "Papier"),
        Wegwijzer("/ib/zaken", "Zaken"),
        Wegwijzer("/ib/zomer", "Zomer"),
        Wegwijzer("/ib/nood", "Na afweging"),
        Wegwijzer("/postvak", "Postvak"),
    ),
)
MAX_ROWS: Final = 200
"""Rows of the list: who has more is told that there is more."""
WACHT: Final = {"u": "u", "thuis": "ouder of leerling", "ontvanger": "ontvanger", "vanzelf": "vanzelf"}
_ASKED: Final = frozenset(
    {
        "toestemming_vragen",
        "terugweg_vragen",
        "doorweg_vragen",
        "geheimhouding_vragen",
        "opnieuw_vragen",
    }
)
"""Taken in which somebody at home is asked something."""
_STEPS: Final = {
    "toestemming_vragen": "Vraag toestemming",
    "terugweg_vragen": "Vraag of een antwoord mag",
    "doorweg_vragen": "Vraag of de een de ander iets mag vertellen",
    "geheimhouding_vragen": "Vraag of u het mag vertellen",
    "opnieuw_vragen": "Vraag opnieuw",
    "gezag_nagaan": "Kijk na wie gezag heeft",
}
_STATES: Final = {"klaar": "ontvanger", "afgeleverd": "ontvanger", "aangehouden": "vanzelf"}


@dataclass(frozen=True, slots=True)
class Rij:
    """One thing that goes on: about whom, what, for whom it waits, and the next step."""

    leerling: str
    wat: str
    wacht: str
    sinds: str
    stap: str
    pad: str
    te_laat: bool = False
    stand: str | None = None


def partij_naam(ident: str, partijen: Mapping[str, Any]) -> str:
    """An organisation by its name in the register, or by its id when it is not in it any more."""
    found = partijen.get(ident)
    return ident if found is None else str(found.naam)


@BLADEN.get("/ib", "Wacht op wie?")
async def begin(vraag: Vraag) -> Response:
    """One list of everything, with what waits for oneself first and then the oldest."""
    rows, more = await _rows(vraag)
    wacht = vraag.vraagt("wacht", WACHT)
    counts = {name: sum(r.wacht == name for r in rows) for name in WACHT}
    shown = [r for r in rows if wacht is None or r.wacht == wacht]
    return vraag.toon(
        "ib/begin.html",
        rijen=shown,
        aantallen=counts,
        totaal=len(rows),
        wacht=wacht,
        woorden=WACHT,
        meer=more,
    )


async def _rows(vraag: Vraag) -> tuple[list[Rij], bool]:
    partij = vraag.bezoek.caller.partij.id
    names = await vraag.app.concepten.namen(partij)
    drafts = await vraag.app.concepten.van(partij)
    about = {c.inhoud.verstuurd_als: c.inhoud.leerling for c in drafts if c.inhoud.verstuurd_als}
    register = (await vraag.app.regels.current()).partijen
    tasks = await vraag.lijn.get("/v1/taken", aantal=MAX_ROWS)
    sent = await vraag.lijn.get("/v1/uitwisselingen")
    rows = [_task(vraag, t, names, register) for t in tasks["taken"]]
    covered = {t.get("leveringId") for t in tasks["taken"]}
    for each in sent["uitwisselingen"]:
        for levering in each["leveringen"]:
            if levering["id"] in covered or levering["status"] not in _STATES:
                continue
            ref = about.get(each["id"]) or ""
            to = partij_naam(levering["ontvanger"], register)
            rows.append(
                Rij(
                    names[ref].kort if ref in names else "Leerling",
                    f"{gewoon_soort(each['soort'])} naar {to}",
                    _STATES[levering["status"]],
                    levering["sinds"],
                    "Bekijk",
                    f"/ib/leveringen/{each['id']}/{levering['id']}",
                    stand=levering["status"],
                )
            )
    rows.sort(key=lambda r: (r.wacht != "u", r.sinds))
    return rows[:MAX_ROWS], bool(tasks["na"] or sent["volgende"] or len(rows) > MAX_ROWS)


def _task(vraag: Vraag, taak: Mapping[str, Any], names: Mapping[str, Naaminhoud], register: Any) -> Rij:
    ref, soort = taak.get("leerlingId") or "", taak["soort"]
    what = taak["uitleg"]
    if taak.get("ontvanger") and taak.get("doel"):
        to = partij_naam(taak["ontvanger"]["partij"], register)
        what = f"{_capital(teksten.uitleg('doel', taak['doel']))}, naar {to}"
    until = taak.get("uiterlijk")
    late = until is not None and dt.datetime.fromisoformat(until) < vraag.nu
    asked = soort in _ASKED and bool(taak.get("vragen"))
    path = f"/ib/gesprekken/{taak['id']}" if asked else f"/ib/taken/{taak['id']}"
    if soort == "avg_verzoek":
        path = f"/ib/verzoeken/{taak['over']}"
    name = names[ref].kort if ref in names else "De school" if soort == "voorstel_bekijken" else "Leerling"
    wie = "thuis" if asked else "u"
    return Rij(name, what, wie, taak["ontstaanOp"], _STEPS.get(soort, "Bekijk"), path, late)


def gewoon_soort(soort: str) -> str:
    return _capital(soort.replace("_", " "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@BLADEN.get("/ib/taken/{id}", "Een taak")
async def taak(vraag: Vraag) -> Response:
    """One taak with what to do; what the gateway cannot see is reported as done here."""
    found = await vraag.lijn.get(f"/v1/taken/{vraag.pad('id')}")
    return await _taak(vraag, found, vraag.invoer)


async def _taak(vraag: Vraag, found: Mapping[str, Any], invoer: Invoer) -> Response:
    voorstel = None
    if found["soort"] == "voorstel_bekijken":
        voorstel = await vraag.lijn.get(f"/v1/taken/{found['id']}/voorstel")
    kruimels = (("/ib", "Wacht op wie?"),)
    return vraag.toon("ib/taak.html", invoer=invoer, taak=found, voorstel=voorstel, kruimels=kruimels)


@BLADEN.post("/ib/taken/{id}/gedaan", "Een taak")
async def taak_gedaan(vraag: Vraag) -> Response:
    ident = vraag.pad("id")
    answer = await vraag.lijn.post(f"/v1/taken/{ident}/_gedaan")
    if isinstance(answer, Probleem):
        found = await vraag.lijn.get(f"/v1/taken/{ident}")
        return await _taak(vraag, found, vraag.invoer.met(answer, {}))
    return vraag.naar("/ib", gedaan="taak")


@BLADEN.get("/ib/leveringen/{uitwisseling}/{levering}", "Wat is er gestuurd")
async def levering(vraag: Vraag) -> Response:
    """One levering of one's own, with what goes, waits and stays home and why."""
    base = f"/v1/uitwisselingen/{vraag.pad('uitwisseling')}/leveringen/{vraag.pad('levering')}"
    found = await vraag.lijn.get(base)
    told = await vraag.lijn.get(f"{base}/uitleg")
    register = (await vraag.app.regels.current()).partijen
    return vraag.toon(
        "ib/levering.html",
        levering=found,
        uitleg=told,
        redenen={r["code"]: r for r in told["redenen"]},
        naar=partij_naam(found["ontvanger"], register),
        kruimels=(("/ib", "Wacht op wie?"),),
    )


# ── leerlingen


@BLADEN.get("/ib/leerlingen", "Leerlingen")
async def leerlingen(vraag: Vraag) -> Response:
    """The leerlingen whom one's own school gave a name, and the way to any other."""
    return vraag.toon("ib/leerlingen.html", leerlingen=await _named(vraag))


async def _named(vraag: Vraag) -> list[tuple[str, Naaminhoud]]:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return sorted(names.items(), key=lambda n: (n[1].achternaam.casefold(), n[1].roepnaam.casefold()))


@BLADEN.post("/ib/leerlingen", "Leerlingen")
async def zoek(vraag: Vraag) -> Response:
    """Search by the number that one's own system has: a POST, so that it stands in no address."""
    f = vraag.invoer
    if not f.tekst("leerlingid"):
        f = f.met_fout("leerlingid", "Vul het nummer van de leerling in.")
        return vraag.toon("ib/leerlingen.html", invoer=f, leerlingen=await _named(vraag))
    answer = await vraag.lijn.call("POST", "/v1/leerlingen/_zoek", body={"leerlingid": f.tekst("leerlingid")})
    if isinstance(answer, Probleem):
        f = f.met(answer, {"/leerlingid": "leerlingid"})
        return vraag.toon("ib/leerlingen.html", invoer=f, leerlingen=await _named(vraag))
    return vraag.naar(f"/ib/leerlingen/{orjson.loads(answer.body)['leerlingId']}")


_NEW: Final = {
    "/leerling/leerlingid": "leerlingid",
    "/geboortedatum": "geboortedatum",
    "/soort": "soort",
    "/personen": "soort",
    "/bron": "bron",
    "/gecontroleerdOp": "gecontroleerd",
}
GEZAG: Final = (
    ("gezamenlijk", "Twee ouders samen"),
    ("eenhoofdig", "Eén ouder alleen"),
    ("voogd", "Een voogd"),
    ("gi_voogd", "Een instelling die voogd is"),
    ("onbekend", "Dat weten wij nog niet"),
)
BRON: Final = (
    ("gezagsregister", "Het gezagsregister"),
    ("brp", "De basisregistratie personen"),
    ("rechterlijke_uitspraak", "Een uitspraak van de rechter"),
    ("verklaring_ouder", "Een ouder zei het"),
)
PERSONEN: Final[Mapping[str, list[dict[str, object]]]] = {
    "gezamenlijk": [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": True}],
    "eenhoofdig": [{"hoedanigheid": "ouder", "gezag": True}],
    "voogd": [{"hoedanigheid": "voogd", "gezag": True}],
    "gi_voogd": [{"hoedanigheid": "gi_voogd", "gezag": True}],
    "onbekend": [],
}


@BLADEN.get("/ib/leerlingen/nieuw", "Een leerling toevoegen")
async def nieuw(vraag: Vraag) -> Response:
    return vraag.toon(
        "ib/nieuw.html", gezag=GEZAG, bronnen=BRON, kruimels=(("/ib/leerlingen", "Leerlingen"),)
    )


@BLADEN.post("/ib/leerlingen/nieuw", "Een leerling toevoegen")
async def voeg_toe(vraag: Vraag) -> Response:
    """Record who holds gezag, which makes the leerling known, and what one's own pages call him."""
    f, kruimels = vraag.invoer, (("/ib/leerlingen", "Leerlingen"),)
    for veld, tekst in (
        ("roepnaam", "Vul een roepnaam in."),
        ("achternaam", "Vul een achternaam in."),
        ("leerlingid", "Vul het nummer van de leerling in."),
        ("geboortedatum", "Vul een geboortedatum in."),
        ("soort", "Kies wie gezag heeft."),
        ("bron", "Kies waar u dat zag."),
        ("gecontroleerd", "Vul in wanneer u dat nakeek."),
    ):
        if not f.tekst(veld):
            f = f.met_fout(veld, tekst)
    if f.fouten:
        return vraag.toon("ib/nieuw.html", invoer=f, gezag=GEZAG, bronnen=BRON, kruimels=kruimels)
    body = {
        "leerling": {"leerlingid": f.tekst("leerlingid")},
        "geboortedatum": f.tekst("geboortedatum"),
        "soort": f.tekst("soort"),
        "personen": PERSONEN.get(f.tekst("soort"), []),
        "bron": f.tekst("bron"),
        "gecontroleerdOp": f.tekst("gecontroleerd"),
        "gecontroleerdDoor": "intern begeleider",
    }
    try:
        naam = Naaminhoud(
            roepnaam=f.tekst("roepnaam"), achternaam=f.tekst("achternaam"), leerlingid=f.tekst("leerlingid")
        )
    except ValidationError:
        f = f.met_fout("roepnaam", "Deze naam is te lang.")
        return vraag.toon("ib/nieuw.html", invoer=f, gezag=GEZAG, bronnen=BRON, kruimels=kruimels)
    answer = await vraag.lijn.post("/v1/gezagsgegevens", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        f = f.met(answer, _NEW)
        return vraag.toon("ib/nieuw.html", invoer=f, gezag=GEZAG, bronnen=BRON, kruimels=kruimels)
    await vraag.app.concepten.noem(vraag.bezoek.caller.partij.id, answer["leerlingId"], naam)
    return vraag.naar(f"/ib/leerlingen/{answer['leerlingId']}", gedaan="toegevoegd")


@BLADEN.get("/ib/leerlingen/{id}", "Een leerling")
async def leerling(vraag: Vraag) -> Response:
    """What is on record about one's own leerling: gezag, toestemming per part and recipient, and what changes
    soon.
    """
    ref = vraag.pad("id")
    gezag = (await vraag.lijn.get(f"/v1/leerlingen/{ref}/gezagsgegevens"))["telt"]
    said = await vraag.lijn.get(f"/v1/leerlingen/{ref}/toestemmingen")
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    register = (await vraag.app.regels.current()).partijen
    tasks = [
        t for t in (await vraag.lijn.get("/v1/taken", aantal=MAX_ROWS))["taken"] if t.get("leerlingId") == ref
    ]
    return vraag.toon(
        "ib/leerling.html",
        ref=ref,
        naam=names.get(ref),
        gezag=gezag,
        straks=birthdays(gezag, vraag.nu.date()) if gezag else (),
        keuzes=[_choice(t, register) for t in said["toestemmingen"]],
        meer=said["na"],
        taken=[_task(vraag, t, names, register) for t in tasks],
        kruimels=(("/ib/leerlingen", "Leerlingen"),),
    )


@BLADEN.post("/ib/leerlingen/{id}/naam", "Een leerling")
async def noem(vraag: Vraag) -> Response:
    """Give a leerling of one's own a name on one's own pages."""
    ref, f = vraag.pad("id"), vraag.invoer
    await vraag.lijn.get(f"/v1/leerlingen/{ref}/gezagsgegevens")  # one's own, or the neutral page
    try:
        naam = Naaminhoud(
            roepnaam=f.tekst("roepnaam"), achternaam=f.tekst("achternaam"), leerlingid=f.tekst("leerlingid")
        )
    except ValidationError:
        return vraag.naar(f"/ib/leerlingen/{ref}", gedaan="naam_leeg")
    await vraag.app.concepten.noem(vraag.bezoek.caller.partij.id, ref, naam)
    return vraag.naar(f"/ib/leerlingen/{ref}", gedaan="naam")


@BLADEN.post("/ib/leerlingen/{id}/vergeet", "Een leerling")
async def vergeet(vraag: Vraag) -> Response:
    """Forget the name and the concepten. What is recorded about the leerling is another thing, and stays."""
    partij = vraag.bezoek.caller.partij.id
    if vraag.pad("id") not in await vraag.app.concepten.namen(partij):
        raise Neutraal
    await vraag.app.concepten.vergeet(partij, vraag.pad("id"))
    return vraag.naar("/ib/leerlingen", gedaan="vergeten")


def birthdays(gezag: Mapping[str, Any], today: dt.date) -> tuple[tuple[int, dt.date], ...]:
    """The next ages at which somebody else decides, each with its day: 12, 16 and 18."""
    born = dt.date.fromisoformat(gezag["geboortedatum"])
    ahead = [n for n in (12, 16, 18) if age(born, today) < n]
    return tuple((n, _birthday(born, n)) for n in ahead[:1])


def _birthday(born: dt.date, years: int) -> dt.date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return dt.date(born.year + years, 3, 1)


def _choice(said: Mapping[str, Any], register: Any) -> dict[str, Any]:
    """A statement as a row: who, what about, to whom, and whether it counts."""
    bereik = said["bereik"]
    return {
        "wie": teksten.uitleg("hoedanigheid", said["hoedanigheid"]),
        "wat": [teksten.uitleg("categorie", c) for c in bereik["categorieen"]],
        "naar": [partij_naam(o["partij"], register) for o in bereik["ontvangers"]],
        "stand": said["stand"],
        "uitleg": said["uitleg"],
        "tot": said.get("teltTotEnMet"),
        "id": said["toestemmingId"],
    }


# ── summer


@BLADEN.get("/ib/zomer", "Wat verloopt deze zomer")
async def zomer(vraag: Vraag) -> Response:
    """What stops counting at the end of the school year, of the leerlingen who have a name here."""
    end = end_of_school_year(vraag.nu.date())
    register = (await vraag.app.regels.current()).partijen
    rows = []
    for ref, naam in await _named(vraag):
        said = await vraag.lijn.get(f"/v1/leerlingen/{ref}/toestemmingen")
        for each in said["toestemmingen"]:
            until = each.get("teltTotEnMet")
            if each["stand"] == "gegeven" and until is not None and dt.date.fromisoformat(until) <= end:
                rows.append((ref, naam, _choice(each, register)))
    return vraag.toon("ib/zomer.html", rijen=rows, eind=end)
