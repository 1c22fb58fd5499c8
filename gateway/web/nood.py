"""Sharing without toestemming, after a weighing by two people: written by one, judged by another.

Each signs in himself, surely and freshly; who they are comes from their logins, never from a field. These
pages call the operations of /v1/afwegingen. While a weighing is written it is a sealed concept of its partij.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from starlette.responses import Response

from gateway.concepten.concepten import MAX_TEXT, Concept
from gateway.explain import teksten
from gateway.explain.veldnamen import plek
from gateway.register.plekken import reads
from gateway.register.regels import Regels
from gateway.web.bezoek import Niveau
from gateway.web.formulier import Invoer
from gateway.web.ib import gewoon_soort
from gateway.web.lijn import Json, Neutraal, Probleem
from gateway.web.samen import Samen, thuis
from gateway.web.tonen import dag, moment
from gateway.web.vraag import Vraag
from gateway.web.zaken import partij_naam
from schemas.errors import Conflict
from schemas.people.partij import Partijsoort
from schemas.people.toestemming import Gebruiksdoel

SAMEN: Final = Samen()
SOORT: Final = "afweging"
"""Of a concept: that it is a weighing, and no message."""
_STRENG: Final[Mapping[str, Any]] = {"niveau": Niveau.SUBSTANTIEEL, "fresh": True}
"""Of who reads or writes a weighing. A register can ask more to record it (`[[eisen]]`), never less."""
_UREN: Final = ("4", "24", "48", "72")
_TITEL: Final = "Delen na afweging"


@cache
def woorden() -> Mapping[str, Any]:
    return tomllib.loads(files("gateway.web").joinpath("nood.toml").read_text(encoding="utf-8"))


def _keuzes(lijst: str) -> list[tuple[str, str]]:
    return list(woorden()[lijst].items())


def _kruimels(vraag: Vraag) -> tuple[tuple[str, str], ...]:
    return ((f"{thuis(vraag)}/nood", _TITEL),)


@SAMEN.get("/nood", _TITEL)
async def begin(vraag: Vraag) -> Response:
    """What this is, what is being written, and the weighings of one's own organisation."""
    mine = [
        c for c in await vraag.app.concepten.van(vraag.bezoek.caller.partij.id) if c.inhoud.soort == SOORT
    ]
    return vraag.toon(
        "nood/begin.html",
        hier=f"{thuis(vraag)}/nood",
        open=[c for c in mine if c.inhoud.verstuurd_als is None],
        klaar=[c for c in mine if c.inhoud.verstuurd_als is not None],
    )


# ── 1. about whom and to whom


def _richting(vraag: Vraag) -> str:
    return "S2J" if vraag.bezoek.caller.partij.soort is Partijsoort.SCHOOL else "J2S"


def _profielen(vraag: Vraag, regels: Regels) -> list[Any]:
    """The profiles by which something can go for the safety of a leerling."""
    found = regels.beleid.now(vraag.app.clock.now())
    return [p for p in found if p.doel == Gebruiksdoel.VEILIGHEID and p.richting == _richting(vraag)]


def _ontvangers(vraag: Vraag, regels: Regels) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for p in _profielen(vraag, regels):
        for partij in regels.partijen.values():
            if partij.id == vraag.bezoek.caller.partij.id or p.rol not in partij.rollen:
                continue
            place = reads(partij, p.rol)
            if not p.aan or (place is not None and place.als in p.aan):
                found[f"{partij.id}|{p.rol}"] = f"{partij.naam}, {teksten.uitleg('rol', p.rol)}"
    return sorted(found.items(), key=lambda o: o[1].casefold())


@SAMEN.get("/nood/nieuw", _TITEL)
async def nieuw(vraag: Vraag) -> Response:
    return await _eerst(vraag, Invoer.of(levering=vraag.vraagt("levering")))


async def _eerst(vraag: Vraag, f: Invoer) -> Response:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "nood/nieuw.html",
        invoer=f,
        hier=f"{thuis(vraag)}/nood/nieuw",
        terug=f"{thuis(vraag)}/nood",
        leerlingen=sorted(((ref, n.kort) for ref, n in names.items()), key=lambda n: n[1]),
        ontvangers=_ontvangers(vraag, await vraag.app.regels.current()),
        kruimels=_kruimels(vraag),
    )


@SAMEN.post("/nood/nieuw", _TITEL, **_STRENG)
async def maak(vraag: Vraag) -> Response:
    f = vraag.invoer
    if f.tekst("ontvanger") not in dict(_ontvangers(vraag, await vraag.app.regels.current())):
        f = f.met_fout("ontvanger", "Kies aan wie u wilt delen.")
    if not f.tekst("persoon"):
        f = f.met_fout("persoon", "Vul in welke persoon het krijgt.")
    f = _past(f, "persoon")
    if len(f.tekst("levering")) > MAX_TEXT or (not f.tekst("levering") and not f.tekst("leerling")):
        f = f.met_fout("leerling", "Kies over welke leerling het gaat.")
    if f.fouten:
        return await _eerst(vraag, f)
    kept = {n: (f.tekst(n),) for n in ("ontvanger", "persoon", "levering") if f.tekst(n)}
    partij = vraag.bezoek.caller.partij.id
    about = f.tekst("leerling") or None
    if about is not None:
        await vraag.lijn.get(f"/v1/leerlingen/{about}/gezagsgegevens")  # one's own, or the neutral page
    ident = await vraag.app.concepten.begin(partij, SOORT, about, kept, _actor(vraag))
    return vraag.naar(f"{thuis(vraag)}/nood/{ident}/vragen")


def _actor(vraag: Vraag) -> str | None:
    persoon = vraag.bezoek.caller.persoon
    return None if persoon is None else persoon.ref


# ── 2 and 3. the questions, and why each field is needed


async def _concept(vraag: Vraag) -> Concept:
    found = await vraag.app.concepten.lees(vraag.bezoek.caller.partij.id, vraag.pad("id"))
    if found.inhoud.soort != SOORT or found.inhoud.verstuurd_als is not None:
        raise Neutraal
    return found


async def _bewaar(vraag: Vraag, concept: Concept, velden: Mapping[str, tuple[str, ...]]) -> bool:
    kept = {n: v for n, v in {**concept.inhoud.velden, **velden}.items() if any(v)}
    try:
        await vraag.app.concepten.bewaar(vraag.bezoek.caller.partij.id, concept, kept, _actor(vraag))
    except Conflict:
        return False
    return True


_CHANGED: Final = "Een collega veranderde dit net. Kijk nog eens."
_VRAGEN: Final = ("zorgcodes", "functie", "wanneer", "op", "reden", "uren", "acuut")


@SAMEN.get("/nood/{id}/vragen", _TITEL, **_STRENG)
async def vragen(vraag: Vraag) -> Response:
    concept = await _concept(vraag)
    return _vragen_form(vraag, concept, Invoer(concept.inhoud.velden))


def _vragen_form(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    return vraag.toon(
        "nood/vragen.html",
        invoer=f,
        hier=f"{thuis(vraag)}/nood/{concept.id}/vragen",
        vragen=_keuzes("vragen"),
        codes=_keuzes("zorgcodes"),
        functies=_keuzes("functie"),
        wanneer=_keuzes("wanneer"),
        uren=_keuzes("uren"),
        kruimels=_kruimels(vraag),
    )


def _past(f: Invoer, naam: str) -> Invoer:
    """The form, with a fault when this does not fit in a concept."""
    too_long = any(len(text) > MAX_TEXT for text in f.alle(naam))
    return f.met_fout(naam, "Deze tekst is te lang. Maak hem korter.") if too_long else f


def _beantwoord(f: Invoer) -> Invoer:
    """The form with a fault at each question that has no answer yet."""
    for naam in woorden()["vragen"]:
        if not f.tekst(naam):
            f = f.met_fout(naam, "Beantwoord deze vraag.")
    for naam in (*woorden()["vragen"], *_VRAGEN):
        f = _past(f, naam)
    if not f.alle("zorgcodes"):
        f = f.met_fout("zorgcodes", "Kies er ten minste één.")
    for naam, lijst in (("functie", "functie"), ("wanneer", "wanneer"), ("uren", "uren")):
        if f.tekst(naam) not in woorden()[lijst]:
            f = f.met_fout(naam, "Kies er een.")
    if f.dag("op") is None:
        f = f.met_fout("op", "Vul een dag in.")
    if f.tekst("wanneer") == "uitgesteld" and not f.tekst("reden"):
        f = f.met_fout("reden", "Zeg waarom u wacht met vertellen.")
    return f


@SAMEN.post("/nood/{id}/vragen", _TITEL, **_STRENG)
async def antwoord(vraag: Vraag) -> Response:
    concept, f = await _concept(vraag), _beantwoord(vraag.invoer)
    if f.fouten:
        return _vragen_form(vraag, concept, f)
    said = {n: f.alle(n) for n in (*woorden()["vragen"], *_VRAGEN)}
    if not await _bewaar(vraag, concept, said):
        return _vragen_form(vraag, await _concept(vraag), f.met_fout(None, _CHANGED))
    return vraag.naar(f"{thuis(vraag)}/nood/{concept.id}/velden")


def _paden(vraag: Vraag, regels: Regels, concept: Concept) -> list[tuple[str, str]]:
    """Every field that a profile for safety lets go to this recipient: its path and its name."""
    rol = Invoer(concept.inhoud.velden).tekst("ontvanger").rpartition("|")[2]
    found: dict[str, str] = {}
    for p in _profielen(vraag, regels):
        if p.rol == rol:
            for pad in p.paden:
                words = plek(p.bericht, pad)
                found.setdefault(pad, f"{words.deelnaam}: {words.naam[:1].lower()}{words.naam[1:]}")
    return sorted(found.items(), key=lambda v: v[1])


@SAMEN.get("/nood/{id}/velden", _TITEL, **_STRENG)
async def velden(vraag: Vraag) -> Response:
    concept = await _concept(vraag)
    return await _velden_form(vraag, concept, Invoer(concept.inhoud.velden))


async def _velden_form(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    return vraag.toon(
        "nood/velden.html",
        invoer=f,
        hier=f"{thuis(vraag)}/nood/{concept.id}/velden",
        terug=f"{thuis(vraag)}/nood/{concept.id}/vragen",
        velden=[
            (f"veld.{pad}", naam) for pad, naam in _paden(vraag, await vraag.app.regels.current(), concept)
        ],
        kruimels=_kruimels(vraag),
    )


@SAMEN.post("/nood/{id}/velden", _TITEL, **_STRENG)
async def kies_velden(vraag: Vraag) -> Response:
    concept, f = await _concept(vraag), vraag.invoer
    paths = _paden(vraag, await vraag.app.regels.current(), concept)
    said = {f"veld.{pad}": (f.tekst(f"veld.{pad}")[:MAX_TEXT],) for pad, _ in paths}
    if not any(any(v) for v in said.values()):
        return await _velden_form(
            vraag, concept, f.met_fout(None, "Zeg bij ten minste één gegeven waarom het nodig is.")
        )
    if not await _bewaar(vraag, concept, said):
        return await _velden_form(vraag, await _concept(vraag), f.met_fout(None, _CHANGED))
    return vraag.naar(f"{thuis(vraag)}/nood/{concept.id}/nakijken")


# ── 4. looked over, and recorded


@SAMEN.get("/nood/{id}/nakijken", _TITEL, **_STRENG)
async def nakijken(vraag: Vraag) -> Response:
    return await _nakijken(vraag, await _concept(vraag), Invoer())


async def _nakijken(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    filled = Invoer(concept.inhoud.velden)
    regels = await vraag.app.regels.current()
    partij, _, rol = filled.tekst("ontvanger").partition("|")
    names = dict(_paden(vraag, regels, concept))
    known = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    naam = known.get(concept.inhoud.leerling or "")
    here = f"{thuis(vraag)}/nood/{concept.id}"
    w = woorden()
    return vraag.toon(
        "nood/nakijken.html",
        invoer=f,
        hier=here,
        gezien=concept.versie,
        rijen=[
            ("Over", naam.kort if naam else "De leerling van een levering"),
            (
                "Aan",
                f"{partij_naam(regels, partij)}, {teksten.uitleg('rol', rol)}, {filled.tekst('persoon')}",
            ),
            ("Waarover", ", ".join(w["zorgcodes"].get(c, c) for c in filled.alle("zorgcodes"))),
            ("Ouders en leerling horen het", w["wanneer"].get(filled.tekst("wanneer"), "-")),
            ("Zo lang kan het", w["uren"].get(filled.tekst("uren"), "-")),
            ("Acuut gevaar", filled.tekst("acuut") or "Nee: eerst kijkt een tweede persoon mee"),
        ],
        vragen=[(tekst, filled.tekst(n)) for n, tekst in _keuzes("vragen")],
        velden=[
            (names[n.removeprefix("veld.")], v[0])
            for n, v in filled.waarden.items()
            if n.removeprefix("veld.") in names
        ],
        kruimels=_kruimels(vraag),
    )


@SAMEN.post("/nood/{id}/nakijken", _TITEL, **_STRENG)
async def leg_vast(vraag: Vraag) -> Response:
    concept = await _concept(vraag)
    if vraag.invoer.tekst("gezien") != str(concept.versie):  # it is his word: only what he read
        return await _nakijken(vraag, concept, vraag.invoer.met_fout(None, _CHANGED))
    f = Invoer(concept.inhoud.velden)
    if not all(f.tekst(n) for n in (*woorden()["vragen"], "functie", "wanneer", "uren", "op")):
        return vraag.naar(f"{thuis(vraag)}/nood/{concept.id}/vragen")
    body = _body(vraag, concept, f)
    # The id of the concept is the key: a form that comes twice records it once.
    answer = await vraag.lijn.post("/v1/afwegingen", body, key=concept.id)
    if isinstance(answer, Probleem):
        return await _nakijken(vraag, concept, vraag.invoer.met(answer, {}))
    with contextlib.suppress(Conflict):  # the other of two at once kept the reference
        partij = vraag.bezoek.caller.partij.id
        await vraag.app.concepten.verstuurd(partij, concept, answer["id"], _actor(vraag))
    return vraag.naar(f"{thuis(vraag)}/nood/afweging/{answer['id']}", gedaan="vastgelegd")


def _body(vraag: Vraag, concept: Concept, f: Invoer) -> Json:
    partij, _, rol = f.tekst("ontvanger").partition("|")
    now = vraag.app.clock.now()
    told: Json = {"wanneer": f.tekst("wanneer"), "op": f.tekst("op")}
    if told["wanneer"] == "uitgesteld":
        told["redenUitstel"] = f.tekst("reden")
    hours = int(f.tekst("uren")) if f.tekst("uren") in _UREN else 0
    body: Json = {
        "richting": _richting(vraag),
        "ontvanger": {"partij": partij, "rol": rol},
        "ontvangerPersoon": f.tekst("persoon"),
        "zorgcodes": list(f.alle("zorgcodes")),
        "verslag": {n: f.tekst(n) for n in woorden()["vragen"]},
        "velden": [
            {"pad": n.removeprefix("veld."), "nodigOmdat": v[0]}
            for n, v in sorted(f.waarden.items())
            if n.startswith("veld.") and any(v)
        ],
        "informeren": told,
        # Who it is comes from the login; the name is asked of systems only.
        "opsteller": {"medewerker": vraag.bezoek.naam, "functie": f.tekst("functie")},
        "moment": now.isoformat(),
        "vensterVan": now.isoformat(),
        "vensterTot": (now + dt.timedelta(hours=hours)).isoformat(),
    }
    if f.tekst("acuut"):
        body["acuut"] = f.tekst("acuut")
    about = (
        {"leveringId": f.tekst("levering")}
        if f.tekst("levering")
        else {"leerlingId": concept.inhoud.leerling}
    )
    return body | about


# ── one weighing: what it says to whom, the second look, and how it ends


@SAMEN.get("/nood/afweging/{id}", _TITEL, **_STRENG)
async def afweging(vraag: Vraag) -> Response:
    return await _afweging(vraag, Invoer())


async def _afweging(vraag: Vraag, f: Invoer) -> Response:
    found = await vraag.lijn.get(f"/v1/afwegingen/{vraag.pad('id')}")
    if found["afzender"] != vraag.bezoek.caller.partij.id:
        raise Neutraal
    regels = await vraag.app.regels.current()
    blikken = found["tweedeBlikken"]
    over = dt.datetime.fromisoformat(found["vensterTot"]) <= vraag.app.clock.now()
    names = {pad: naam for p in _profielen(vraag, regels) for pad, naam in _namen(p)}
    w, to = woorden(), found["ontvanger"]
    mine = await vraag.app.concepten.van(vraag.bezoek.caller.partij.id)
    made_by = {c.inhoud.verstuurd_als: c.inhoud.door for c in mine if c.inhoud.soort == SOORT}
    return vraag.toon(
        "nood/afweging.html",
        invoer=f,
        hier=f"{thuis(vraag)}/nood/afweging/{vraag.pad('id')}",
        a=found,
        stand=_stand(found, blikken, over=over),
        zelf=_actor(vraag) is not None and made_by.get(vraag.pad("id")) == _actor(vraag),
        over=over,
        naar=f"{partij_naam(regels, to['partij'])}, {teksten.uitleg('rol', to['rol'])}",
        waarover=", ".join(w["zorgcodes"].get(c, gewoon_soort(c)) for c in found["zorgcodes"]),
        vragen=[(tekst, found["verslag"][n]) for n, tekst in _keuzes("vragen")],
        velden=[(names.get(v["pad"], v["pad"]), v["nodigOmdat"]) for v in found["velden"]],
        functies=_keuzes("functie"),
        functie=lambda code: w["functie"].get(code, gewoon_soort(code)),
        wie_leest=_wie_leest(found),
        kruimels=_kruimels(vraag),
    )


def _namen(profiel: Any) -> list[tuple[str, str]]:
    found = []
    for pad in profiel.paden:
        words = plek(profiel.bericht, pad)
        found.append((pad, f"{words.deelnaam}: {words.naam[:1].lower()}{words.naam[1:]}"))
    return found


def _stand(found: Mapping[str, Any], blikken: list[Any], *, over: bool) -> tuple[str, str]:
    """How it stands, as a badge: text and kind."""
    if any(not b["akkoord"] for b in blikken):
        return "Gestopt: iemand was niet akkoord", "neutral"
    if over:
        return "Voorbij: de tijd is om", "neutral"
    if blikken:
        return "Geldt", "ok"
    if found["acuut"]:
        return "Geldt nu, en wacht op een tweede persoon", "wait"
    return "Wacht op een tweede persoon", "wait"


def _wie_leest(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = found["informeren"]
    op = dag(told["op"])
    thuis_zin = {
        "vooraf": f"Horen het voordat u deelt, op {op}.",
        "achteraf": f"Horen het nadat u deelde, op {op}.",
        "uitgesteld": f"Horen het later. Op {op} kijkt u opnieuw of dat nog nodig is.",
    }
    return [
        ("De tweede persoon", "Alles wat hieronder staat."),
        ("De ontvanger", "Alleen de gegevens die u koos. Niet waarom u ze deelt."),
        ("De functionaris gegevensbescherming", "De hele afweging zonder namen, en elk gebruik."),
        ("Ouders en leerling", thuis_zin[told["wanneer"]]),
        ("Collega's met uw rol", f"De hele afweging. Zij geldt tot {moment(found['vensterTot'])}."),
    ]


@SAMEN.post("/nood/afweging/{id}", _TITEL, **_STRENG)
async def tweede_blik(vraag: Vraag) -> Response:
    """What a second person thinks of it. Not agreeing also ends what was agreed on before."""
    f, ident = vraag.invoer, vraag.pad("id")
    if f.tekst("akkoord") not in ("ja", "nee"):
        f = f.met_fout("akkoord", "Kies ja of nee.")
    if f.tekst("functie") not in woorden()["functie"]:
        f = f.met_fout("functie", "Kies er een.")
    if not f.tekst("toelichting"):
        f = f.met_fout("toelichting", "Zeg waarom u dat vindt.")
    if f.fouten:
        return await _afweging(vraag, f)
    body = {
        "door": {"medewerker": vraag.bezoek.naam, "functie": f.tekst("functie")},
        "akkoord": f.tekst("akkoord") == "ja",
        "moment": vraag.app.clock.now().isoformat(),
        "toelichting": f.tekst("toelichting"),
    }
    answer = await vraag.lijn.post(f"/v1/afwegingen/{ident}/tweede-blikken", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        places = {"/door/functie": "functie", "/door/medewerker": "akkoord", "/toelichting": "toelichting"}
        return await _afweging(vraag, f.met(answer, places))
    return vraag.naar(f"{thuis(vraag)}/nood/afweging/{ident}", gedaan=f.tekst("akkoord"))


@SAMEN.post("/nood/afweging/{id}/uitstel", _TITEL, **_STRENG)
async def uitstel(vraag: Vraag) -> Response:
    """Put off telling those at home once more, with a new reason, or name the day on which they are told."""
    f, ident = vraag.invoer, vraag.pad("id")
    await vraag.lijn.get(f"/v1/afwegingen/{ident}")  # one's own, or the neutral page
    if f.tekst("wanneer") not in woorden()["wanneer"]:
        f = f.met_fout("wanneer", "Kies er een.")
    if f.dag("op") is None:
        f = f.met_fout("op", "Vul een dag in.")
    if f.fouten:
        return await _afweging(vraag, f)
    told: Json = {"wanneer": f.tekst("wanneer"), "op": f.tekst("op")}
    if told["wanneer"] == "uitgesteld":
        told["redenUitstel"] = f.tekst("reden")
    body = {"informeren": told, "moment": vraag.app.clock.now().isoformat()}
    answer = await vraag.lijn.post(f"/v1/afwegingen/{ident}/uitstellen", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _afweging(
            vraag, f.met(answer, {"/informeren/redenUitstel": "reden", "/informeren": "op"})
        )
    return vraag.naar(f"{thuis(vraag)}/nood/afweging/{ident}", gedaan="uitstel")
