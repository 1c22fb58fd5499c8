"""The place of an FG: the exceptions of a period, the 23 questions, one exchange, and what he does with them.

Every page asks the same operations that a system of his asks, so it shows nothing that those would not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.explain import teksten
from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.bladen import Bladen, Dichtheid, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.grafiek import Staaf
from gateway.web.ib import partij_naam
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.vraag import Vraag
from schemas.account.verantwoording import EventType
from schemas.people.toestemming import Richting

BLADEN: Final = Bladen(
    "Toezicht",
    frozenset({Werkrol.FG}),
    (
        Wegwijzer("/fg", "Uitzonderingen"),
        Wegwijzer("/fg/vragen", "Vragen"),
        Wegwijzer("/fg/leveringen", "Uitwisselingen"),
        Wegwijzer("/fg/leerlingen", "Leerling"),
        Wegwijzer("/fg/partners", "Partners"),
        Wegwijzer("/fg/perioden", "Maanden"),
        Wegwijzer("/fg/profielen", "Profielen"),
        Wegwijzer("/fg/afwegingen", "Afwegingen"),
        Wegwijzer("/fg/steekproeven", "Steekproeven"),
        Wegwijzer("/fg/nakijken", "Nakijken"),
        Wegwijzer("/fg/bewijspakketten", "Bewijs"),
        Wegwijzer("/fg/gelezen", "Gelezen"),
    ),
    Dichtheid.COMPACT,
)
T: Final = "/v1/toezicht"
DOELEN: Final = (
    ("toezicht", "Toezicht uit eigen beweging"),
    ("klacht", "Een klacht"),
    ("inzageverzoek", "Een verzoek om inzage"),
    ("datalek", "Een mogelijk datalek"),
    ("nabeoordeling", "Een oordeel achteraf"),
)
OORDELEN: Final = (
    ("terecht", "Terecht"),
    ("terecht_te_ruim", "Terecht, maar te ruim"),
    ("niet_terecht", "Niet terecht"),
)
PUNTEN: Final = (
    ("grond", "Past de grond bij wat er gebeurde?"),
    ("nodig", "Was alles wat meeging nodig?"),
    ("ontvanger", "Was dit de juiste ontvanger?"),
    ("informatie", "Konden ouders en leerling het weten?"),
    ("vastlegging", "Klopt de vastlegging?"),
)
ANTWOORDEN: Final = (("goed", "Ja"), ("niet_goed", "Nee"), ("niet_te_zeggen", "Niet te zeggen"))
NORMEN: Final = (
    ("avg-5", "AVG 5: beginselen en verantwoording"),
    ("avg-7", "AVG 7: toestemming en intrekken"),
    ("avg-30", "AVG 30: wat aan wie gaat"),
    ("avg-32", "AVG 32: wie deed wat, en wie keek"),
    ("avg-35", "AVG 35: cijfers voor de effectbeoordeling"),
    ("uavg-5", "UAVG 5 en BW 1:251: leeftijd en gezag"),
    ("zonder-toestemming", "BPSW 11 en 13: delen zonder toestemming"),
)
KOPPEN: Final[Mapping[str, str]] = {
    "op": "Wanneer",
    "leveringId": "Uitwisseling",
    "uitwisselingId": "Bericht",
    "partij": "Partij",
    "kant": "Kant",
    "afzender": "Van",
    "ontvanger": "Naar",
    "ontvangers": "Naar",
    "rol": "Rol",
    "rollen": "Rollen",
    "doel": "Waarvoor",
    "zonderToestemming": "Zonder toestemming",
    "categorieen": "Soorten gegevens",
    "categorie": "Soort gegevens",
    "soort": "Soort",
    "opMachtiging": "Op machtiging",
    "feitId": "Feit",
    "bladId": "Regel",
    "doorAfzenderVastgelegd": "Door afzender vastgelegd",
    "zelfdeVelden": "Zelfde velden",
    "thuis": "Bleef thuis",
    "mee": "Ging mee",
    "gewoonVerklaard": "Gewoon verklaard",
    "afwegingId": "Afweging",
    "verklaringId": "Verklaring",
    "toestemmingId": "Toestemming",
    "leerlingId": "Leerling",
    "antwoordVoor": "Antwoord voor",
    "beantwoordOp": "Beantwoord",
    "teLaat": "Te laat",
    "gecontroleerdOp": "Nagekeken op",
    "nagekekenOp": "Nagekeken op",
    "grootteToen": "Regels toen",
    "wortelToen": "Kenmerk toen",
    "grootteNu": "Regels nu",
    "wortelNu": "Kenmerk nu",
    "kijkdoel": "Waarvoor",
}
WAT: Final[Mapping[str, str]] = {
    "exchange.requested": "verstuurd",
    "exchange.release_intent": "opgehaald",
    "exchange.delivered": "ontvangst of gebruik gemeld",
    "exchange.recalled": "teruggenomen",
    "exchange.content_lost": "inhoud verloren",
    "consent.recorded": "toestemming vastgelegd",
    "consent.withdrawn": "toestemming ingetrokken",
    "withdrawal.answered": "intrekking beantwoord",
    "authority.changed": "gezag vastgelegd",
    "capacity.recorded": "oordeel over bekwaamheid",
    "objection.recorded": "bezwaar vastgelegd",
    EventType.VETO_RECORDED.value: "veto vastgelegd",
    "ground.asserted": "grond verklaard",
    "circumstance.stated": "omstandigheid verklaard",
    "weighing.recorded": "afgewogen",
    "weighing.seen": "tweede blik",
    "informing.deferred": "informeren uitgesteld",
    "registration.recorded": "registratie overgenomen",
    "task.done": "taak gedaan",
}
"""What somebody did, in words."""
_NOT_SHOWN: Final = frozenset({"kant", "bewijs"})
_KENMERKEN: Final = frozenset(
    {"uitwisselingId", "feitId", "bladId", "verklaringId", "toestemmingId", "over", "persoon", "medewerker"}
    | {"wortelToen", "wortelNu"}
)
"""Of these the beginning is enough to tell two apart; the table to keep has them whole."""
_PARTIJEN: Final = frozenset({"partij", "afzender", "ontvanger", "ontvangers", "door", "ander"})
_WOORDEN: Final[Mapping[str, str]] = {
    "rol": "rol",
    "rollen": "rol",
    "doel": "doel",
    "grond": "kort",
    "categorie": "categorie",
    "categorieen": "categorie",
    "van": "hoedanigheid",
    "toen": "besluit",
    "nu": "besluit",
}
"""The table of texts in which the codes of a column stand."""
KORT: Final[Mapping[str, Mapping[str, str]]] = {
    "kort": {
        "consent": "toestemming",
        "statutory": "een regel in de wet",
        "break_glass": "een afweging",
        "geen_persoon": "gaat over niemand",
        "none": "geen",
    },
    "besluit": {
        "PERMIT": "alles mag",
        "PERMIT_REDUCED": "een deel mag",
        "HOLD": "wacht",
        "DENY": "gaat niet door",
        "ERROR": "het lukte niet",
    },
}
"""What a whole sentence is too long for."""
_MOMENTEN: Final = frozenset({"op", "antwoordVoor", "beantwoordOp", "nagekekenOp"})


# ── the period


def periode(vraag: Vraag) -> dict[str, Any]:
    """The month that was asked, else this one; as days, with the month before and after it."""
    first = eerste_dag(vraag.vraagt("maand") or "") or vraag.nu.date().replace(day=1)
    after = first_of(first, 1)
    return {
        "maand": first.isoformat()[:7],
        "van": first.isoformat(),
        "tot": after.isoformat(),
        "vorige": first_of(first, -1).isoformat()[:7],
        "volgende": after.isoformat()[:7] if after <= vraag.nu.date() else None,
    }


def eerste_dag(maand: str) -> dt.date | None:
    """Of a month written as 2026-11; None when it is none, or of a century in which nothing happened here."""
    try:
        first = dt.date.fromisoformat(f"{maand}-01")
    except ValueError:
        return None
    return first if 2000 <= first.year < 2100 else None  # noqa: PLR2004


def first_of(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(max(1, index // 12), index % 12 + 1, 1)


def _partijen(vraag: Vraag) -> list[str]:
    return list(vraag.bezoek.caller.partij.toezicht_op)


class Namen(dict[str, str]):
    """The names of organisations by their ids; one that left the register is called by its id."""

    def __missing__(self, ident: str) -> str:
        return ident


def namen_van(register: Mapping[str, Any]) -> Namen:
    return Namen((ident, partij_naam(ident, register)) for ident in register)


async def namen(vraag: Vraag) -> Namen:
    return namen_van((await vraag.app.regels.current()).partijen)


def opties(vraag: Vraag, bekend: Mapping[str, str]) -> list[tuple[str, str]]:
    """The organisations under his toezicht, to choose from; two of one name have their id beside it."""
    own = _partijen(vraag)
    named = [bekend[p] for p in own]
    return [(p, n if named.count(n) == 1 else f"{n} ({p})") for p, n in zip(own, named, strict=True)]


def partij_(vraag: Vraag) -> str | None:
    return vraag.vraagt("partij", mag=_partijen(vraag))


async def bij(vraag: Vraag, p: Mapping[str, Any]) -> dict[str, Any]:
    """What every page about a period shows: the period, the choice of a partij, and names."""
    bekend = await namen(vraag)
    return {
        "p": p,
        "partij": partij_(vraag),
        "opties": opties(vraag, bekend),
        "keuze": _gekozen(vraag, p),
        "namen": bekend,
    }


def _gekozen(vraag: Vraag, p: Mapping[str, Any]) -> Invoer:
    return Invoer.of(maand=p["maand"], partij=partij_(vraag))


def query(**parts: str | None) -> str:
    """The filters of an address, which hold nothing about a person."""
    return "&".join(f"{n}={v}" for n, v in parts.items() if v is not None)


# ── exceptions


@BLADEN.get("/fg", "Uitzonderingen")
async def begin(vraag: Vraag) -> Response:
    p, partij = periode(vraag), partij_(vraag)
    now = await vraag.lijn.get(f"{T}/uitzonderingen", partij=partij, van=p["van"], tot=p["tot"])
    before = await vraag.lijn.get(f"{T}/uitzonderingen", partij=partij, van=f"{p['vorige']}-01", tot=p["van"])
    was = {u["naam"]: u["aantal"] for u in before["uitzonderingen"]}
    open_ = await _te_beoordelen(vraag, p, partij)
    rows = sorted(now["uitzonderingen"], key=lambda u: not (u["moetNul"] and u["aantal"]))
    return vraag.toon(
        "fg/begin.html",
        rijen=[u | {"was": was.get(u["naam"], 0), "pad": _pad(u, p, partij)} for u in rows],
        gelezen=now["gelezen"],
        na=now["na"],
        open=open_,
        niets=not any(u["aantal"] for u in rows),
        **await bij(vraag, p),
    )


async def _te_beoordelen(vraag: Vraag, p: Mapping[str, Any], partij: str | None) -> int:
    found = await vraag.lijn.get(f"{T}/afwegingen", partij=partij, van=p["van"], tot=p["tot"])
    return sum(a["oordeel"] is None for a in found["afwegingen"])


def _pad(u: Mapping[str, Any], p: Mapping[str, Any], partij: str | None) -> str:
    filters = query(maand=p["maand"], partij=partij)
    if u["vraag"] is not None:
        return f"/fg/vragen/{u['vraag']}?{filters}"
    if u["naam"] in ("profielVeranderd", "afspraakLooptAf"):
        return f"/fg/afspraken?{filters}"
    status = {"geweigerd": "geweigerd", "mislukt": "mislukt"}.get(u["naam"])
    return f"/fg/leveringen?{query(maand=p['maand'], partij=partij, status=status)}"


# ── questions


@BLADEN.get("/fg/vragen", "Vragen")
async def vragen(vraag: Vraag) -> Response:
    found = (await vraag.lijn.get(f"{T}/vragen"))["vragen"]
    groepen: dict[str, list[Any]] = {}
    for v in found:
        groepen.setdefault(v["groep"], []).append(v)
    return vraag.toon("fg/vragen.html", groepen=groepen, **await bij(vraag, periode(vraag)))


@BLADEN.get("/fg/vragen/{id}", "Antwoord op een vraag")
async def vraag_(vraag: Vraag) -> Response:
    p, partij, na = periode(vraag), partij_(vraag), vraag.vraagt("na")
    ident = vraag.pad("id")
    if ident == "vraag-1":
        return vraag.naar("/fg/leerlingen")
    ontvanger = vraag.vraagt("ontvanger")
    antw = await vraag.lijn.get(
        f"{T}/vragen/{ident}", partij=partij, van=p["van"], tot=p["tot"], na=na, ontvanger=ontvanger
    )
    filters = query(maand=p["maand"], partij=partij, ontvanger=ontvanger)
    about = await bij(vraag, p)
    return vraag.toon(
        "fg/vraag.html",
        antw=antw,
        tabel=tabel(antw, about["namen"]),
        verder=None if antw["na"] is None else f"/fg/vragen/{ident}?{filters}&na={antw['na']}",
        csv=f"/fg/vragen/{ident}/tabel?{filters}" + ("" if na is None else f"&na={na}"),
        kruimels=[("/fg/vragen", "Vragen")],
        **about,
    )


@BLADEN.get("/fg/vragen/{id}/tabel", "Tabel bij een vraag")
async def als_tabel(vraag: Vraag) -> Response:
    p, ident = periode(vraag), vraag.pad("id")
    raw = await vraag.lijn.download(
        f"{T}/vragen/{ident}",
        "text/csv",
        partij=partij_(vraag),
        van=p["van"],
        tot=p["tot"],
        na=vraag.vraagt("na"),
        ontvanger=vraag.vraagt("ontvanger"),
    )
    return vraag.bestand(raw, "text/csv; charset=utf-8", f"{ident}.csv")


def tabel(antw: Mapping[str, Any], bekend: Mapping[str, str]) -> dict[str, Any]:
    """The answer as a page shows it: heads and codes in words, moments as days, organisations by name, an
    exchange as a link.
    """
    kolommen = [
        k
        for k in antw["vraag"]["kolommen"]
        if k not in _NOT_SHOWN and any(row[k] not in (None, False, [], ()) for row in antw["rijen"])
    ]
    return {
        "koppen": [KOPPEN.get(k, k[:1].upper() + k[1:]) for k in kolommen],
        "rijen": [[_cel(k, row[k], bekend) for k in kolommen] for row in antw["rijen"]],
    }


def _cel(kolom: str, value: Any, bekend: Mapping[str, str]) -> dict[str, Any]:
    if value is None:
        return {"soort": "tekst", "waarde": "-"}
    if kolom in _MOMENTEN and "T" in str(value):
        return {"soort": "moment", "waarde": value}
    if kolom in _LINKS:
        return {"soort": "link", "waarde": str(value)[:4], "pad": f"{_LINKS[kolom]}/{value}"}
    if isinstance(value, bool):
        return {"soort": "tekst", "waarde": "ja" if value else "nee"}
    if isinstance(value, (list, tuple)):
        return {"soort": "tekst", "waarde": ", ".join(_tekst(kolom, v, bekend) for v in value) or "-"}
    return {"soort": "tekst", "waarde": value if isinstance(value, int) else _tekst(kolom, value, bekend)}


def _tekst(kolom: str, value: Any, bekend: Mapping[str, str]) -> str:
    """One text of a cell in words: a name for an organisation, words for a code."""
    if kolom in _PARTIJEN:
        return bekend[value]
    if kolom in _WOORDEN:
        return woord(_WOORDEN[kolom], value)
    if kolom in _KENMERKEN:
        return str(value)[:8]
    if kolom == "wat":
        return WAT.get(value, value)
    return leerling(value) if kolom == "leerlingId" else str(value)


_LINKS: Final[Mapping[str, str]] = {"leveringId": "/fg/uitwisselingen", "afwegingId": "/fg/afwegingen"}


def woord(soort: str, code: str) -> str:
    """A code in words; the code itself where nobody gave it words."""
    if soort in KORT:
        return KORT[soort].get(code, code)
    try:
        return teksten.uitleg(soort, code)
    except KeyError:
        return code


def leerling(ref: str | None) -> str:
    """A leerling as he is shown until a doel is given: two signs of a random reference."""
    return "-" if ref is None else f"··{ref[-2:]}"


# ── exchanges


@BLADEN.get("/fg/leveringen", "Uitwisselingen")
async def leveringen(vraag: Vraag) -> Response:
    p, partij = periode(vraag), partij_(vraag)
    status, grond, ontvanger = vraag.vraagt("status"), vraag.vraagt("grond"), vraag.vraagt("ontvanger")
    antw = await vraag.lijn.get(
        f"{T}/leveringen",
        partij=partij,
        van=p["van"],
        tot=p["tot"],
        status=status,
        grond=grond,
        ontvanger=ontvanger,
        aantal=50,
        na=vraag.vraagt("na"),
    )
    filters = query(maand=p["maand"], partij=partij, status=status, grond=grond, ontvanger=ontvanger)
    return vraag.toon(
        "fg/leveringen.html",
        rijen=antw["leveringen"],
        woord=woord,
        verder=None if antw["na"] is None else f"/fg/leveringen?{filters}&na={antw['na']}",
        opnieuw=antw["naTeRekenen"],
        **await bij(vraag, p),
    )


@BLADEN.get("/fg/uitwisselingen/{id}", "Een uitwisseling")
async def uitwisseling(vraag: Vraag) -> Response:
    return await _uitwisseling(vraag, vraag.invoer)


async def _uitwisseling(vraag: Vraag, invoer: Invoer, naam: Mapping[str, Any] | None = None) -> Response:
    v = await vraag.lijn.get(f"{T}/leveringen/{vraag.pad('id')}")
    told = v["toelichting"]
    mee = [f for g in (told or {}).get("meegegeven", ()) for f in g["velden"]]
    thuis = [f for g in (told or {}).get("achtergehouden", ()) for f in g["velden"]]
    return vraag.toon(
        "fg/uitwisseling.html",
        v=v,
        namen=await namen(vraag),
        woord=woord,
        stappen=[h | {"normen": _normen(v, h)} for h in v["geschiedenis"]],
        staven=_nodig(v, len(mee), len(thuis)) if mee or thuis else [],
        mee=mee,
        thuis=thuis,
        normen=(told or {}).get("normen", ()),
        leerling=leerling(v["leerlingId"]),
        naam=naam,
        doelen=DOELEN,
        invoer=invoer,
        kruimels=[("/fg/leveringen", "Uitwisselingen")],
    )


def _normen(v: Mapping[str, Any], step: Mapping[str, Any]) -> list[str]:
    """The norms on which the reasons of one step rest."""
    known = {r["code"]: r["normen"] for r in v["redenen"]}
    found: dict[str, None] = {}
    for r in step["redenen"]:
        named = known.get(r["code"])
        if named is None:  # another decision than the last one
            named = [n.naam for n in teksten.normen(r["code"], Richting(v["richting"]))]
        found |= dict.fromkeys(named)
    return list(found)


def _nodig(v: Mapping[str, Any], mee: int, thuis: int) -> list[Staaf]:
    """What of this one message was asked, went, was opened and stayed home.

    Of what was opened a recipient may say nothing, and that is no zero.
    """
    went = mee if v["overgedragen"] else 0
    opened = None if v["geopend"] is None else len(v["geopend"])
    home = [Staaf("bleef thuis", thuis, "thuis")]
    if not v["overgedragen"]:
        home = [Staaf("wacht of gaat niet", mee, "vlak"), *home]
    return [
        Staaf("gevraagd", mee + thuis, "gevraagd"),
        Staaf("ging mee", went, "mee"),
        Staaf("geopend", opened, "geopend"),
        *home,
    ]


@BLADEN.post("/fg/uitwisselingen/{id}", "Een uitwisseling", niveau=Niveau.SUBSTANTIEEL, fresh=True)
async def tonen(vraag: Vraag) -> Response:
    """Show how the school calls the leerling: for a doel, after a fresh login, and the account says so."""
    f = vraag.invoer
    if not f.tekst("kijkdoel"):
        return await _uitwisseling(vraag, f.met_fout("kijkdoel", "Kies waarvoor u kijkt."))
    body = {"leveringId": vraag.pad("id"), "kijkdoel": f.tekst("kijkdoel")}
    told = await vraag.lijn.post(f"{T}/_toon", body)
    if isinstance(told, Probleem):
        return await _uitwisseling(vraag, f.met(told, {"/kijkdoel": "kijkdoel"}))
    return await _uitwisseling(vraag, Invoer(), told)


@BLADEN.get("/fg/uitwisselingen/{id}/opnieuw", "Beslis opnieuw")
async def opnieuw(vraag: Vraag) -> Response:
    ident = vraag.pad("id")
    told = await vraag.lijn.get(f"{T}/leveringen/{ident}/opnieuw")
    kruimels = [("/fg/leveringen", "Uitwisselingen"), (f"/fg/uitwisselingen/{ident}", "Een uitwisseling")]
    return vraag.toon("fg/opnieuw.html", o=told, woord=woord, kruimels=kruimels)


# ── one leerling


@BLADEN.get("/fg/leerlingen", "Een leerling")
async def leerling_vragen(vraag: Vraag) -> Response:
    own = opties(vraag, await namen(vraag))
    return vraag.toon("fg/leerling.html", antw=None, tabel=None, doelen=DOELEN, opties=own)


@BLADEN.post("/fg/leerlingen", "Een leerling", niveau=Niveau.SUBSTANTIEEL, fresh=True)
async def leerling_zoeken(vraag: Vraag) -> Response:
    f = vraag.invoer
    for veld, text in (
        ("partij", "Kies de organisatie van de leerling."),
        ("leerlingid", "Vul in hoe die organisatie de leerling noemt."),
        ("kijkdoel", "Kies waarvoor u kijkt."),
    ):
        if not f.tekst(veld):
            f = f.met_fout(veld, text)
    antw = None
    if not f.fouten:
        body = {
            "partij": f.tekst("partij"),
            "leerling": {"leerlingid": f.tekst("leerlingid")},
            "kijkdoel": f.tekst("kijkdoel"),
            "van": f"{vraag.nu.year - 5}-01-01",
        }
        found = await vraag.lijn.post(f"{T}/vragen/vraag-1/_zoek", body)
        if isinstance(found, Probleem):
            places = {"/partij": "partij", "/leerling": "leerlingid", "/kijkdoel": "kijkdoel"}
            f = f.met(found, places)
        else:
            antw = found
    bekend = await namen(vraag)
    return vraag.toon(
        "fg/leerling.html",
        antw=antw,
        tabel=None if antw is None else tabel(antw, bekend),
        doelen=DOELEN,
        opties=opties(vraag, bekend),
        invoer=f,
    )


# ── weighings


@BLADEN.get("/fg/afwegingen", "Afwegingen")
async def afwegingen(vraag: Vraag) -> Response:
    p, partij = periode(vraag), partij_(vraag)
    found = await vraag.lijn.get(
        f"{T}/afwegingen", partij=partij, van=p["van"], tot=p["tot"], na=vraag.vraagt("na")
    )
    rijen = sorted(found["afwegingen"], key=lambda a: (a["oordeel"] is not None, a["uiterlijk"]))
    filters = query(maand=p["maand"], partij=partij)
    verder = None if found["na"] is None else f"/fg/afwegingen?{filters}&na={found['na']}"
    return vraag.toon(
        "fg/afwegingen.html", rijen=rijen, verder=verder, oordelen=dict(OORDELEN), **await bij(vraag, p)
    )


@BLADEN.get("/fg/afwegingen/{id}", "Een afweging")
async def afweging(vraag: Vraag) -> Response:
    return await _afweging(vraag, vraag.invoer)


async def _afweging(vraag: Vraag, invoer: Invoer) -> Response:
    a = await vraag.lijn.get(f"/v1/afwegingen/{vraag.pad('id')}")
    return vraag.toon(
        "fg/afweging.html",
        a=a,
        partijen=await namen(vraag),
        oordelen=OORDELEN,
        namen=dict(OORDELEN),
        vragen=VERSLAG,
        invoer=invoer,
        kruimels=[("/fg/afwegingen", "Afwegingen")],
    )


VERSLAG: Final = (
    ("zorg", "Wat is de zorg?"),
    ("toestemmingGevraagd", "Is toestemming gevraagd?"),
    ("schadeZonderDelen", "Wat gebeurt er zonder delen?"),
    ("doelmatigheid", "Helpt delen?"),
    ("subsidiariteit", "Kan het met minder?"),
    ("proportionaliteit", "Staat het in verhouding?"),
    ("nietGedeeld", "Wat blijft bewust thuis?"),
    ("visieLeerling", "Wat vindt de leerling?"),
)


@BLADEN.post("/fg/afwegingen/{id}", "Een afweging")
async def oordelen(vraag: Vraag) -> Response:
    f, ident = vraag.invoer, vraag.pad("id")
    if not f.tekst("oordeel"):
        f = f.met_fout("oordeel", "Kies een oordeel.")
    if not f.tekst("toelichting"):
        f = f.met_fout("toelichting", "Schrijf waarom u dit vindt.")
    if f.fouten:
        return await _afweging(vraag, f)
    body = {
        "oordeel": f.tekst("oordeel"),
        "toelichting": f.tekst("toelichting"),
        "moment": vraag.nu.isoformat(),
    }
    made = await vraag.lijn.post(f"/v1/afwegingen/{ident}/nabeoordelingen", body, key=f.sleutel)
    if isinstance(made, Probleem):
        return await _afweging(vraag, f.met(made, {"/oordeel": "oordeel", "/toelichting": "toelichting"}))
    return vraag.naar(f"/fg/afwegingen/{ident}", gedaan="oordeel")


# ── samples


@BLADEN.get("/fg/steekproeven", "Steekproeven")
async def steekproeven(vraag: Vraag) -> Response:
    return await _steekproeven(vraag, vraag.invoer)


async def _steekproeven(vraag: Vraag, invoer: Invoer) -> Response:
    found: list[Any] = []
    for partij in _partijen(vraag)[:20]:
        told = await vraag.lijn.get(f"{T}/steekproeven", partij=partij)
        found += [s | {"partij": partij} for s in told["steekproeven"]]
    found.sort(key=lambda s: str(s["getrokkenOp"]), reverse=True)
    first = first_of(vraag.nu.date().replace(day=1), -1)
    bekend = await namen(vraag)
    return vraag.toon(
        "fg/steekproeven.html",
        rijen=found,
        namen=bekend,
        opties=opties(vraag, bekend),
        invoer=invoer
        if invoer.waarden
        else Invoer.of(van=first.isoformat(), tot=vraag.nu.date().isoformat(), aantal="20", zaad=""),
    )


@BLADEN.post("/fg/steekproeven", "Steekproeven")
async def trekken(vraag: Vraag) -> Response:
    f = vraag.invoer
    for veld, text in (
        ("partij", "Kies een organisatie."),
        ("zaad", "Vul een woord of getal in."),
    ):
        if not f.tekst(veld):
            f = f.met_fout(veld, text)
    for veld, text in (("van", "Vul de eerste dag in."), ("tot", "Vul de dag na de laatste in.")):
        if f.dag(veld) is None:
            f = f.met_fout(veld, text)
    if not f.tekst("aantal").isdecimal() or not 1 <= int(f.tekst("aantal")) <= 200:  # noqa: PLR2004
        f = f.met_fout("aantal", "Kies een getal van 1 tot en met 200.")
    if f.fouten:
        return await _steekproeven(vraag, f)
    body = {
        "partij": f.tekst("partij"),
        "van": f.tekst("van"),
        "tot": f.tekst("tot"),
        "zaad": f.tekst("zaad"),
        "aantal": int(f.tekst("aantal")),
    }
    made = await vraag.lijn.post(f"{T}/steekproeven", body, key=f.sleutel)
    if isinstance(made, Probleem):
        places = {f"/{n}": n for n in ("partij", "van", "tot", "zaad", "aantal")}
        return await _steekproeven(vraag, f.met(made, places))
    return vraag.naar(f"/fg/steekproeven/{made['id']}", gedaan="getrokken")


@BLADEN.get("/fg/steekproeven/{id}", "Een steekproef")
async def steekproef(vraag: Vraag) -> Response:
    return await _steekproef(vraag, vraag.invoer)


async def _steekproef(vraag: Vraag, invoer: Invoer) -> Response:
    s = await vraag.lijn.get(f"{T}/steekproeven/{vraag.pad('id')}")
    nu = next((g for g in s["gevallen"] if g["punten"] is None), None)
    if invoer.tekst("levering"):
        nu = next((g for g in s["gevallen"] if g["leveringId"] == invoer.tekst("levering")), nu)
    v = None if nu is None else await vraag.lijn.get(f"{T}/leveringen/{nu['leveringId']}")
    return vraag.toon(
        "fg/steekproef.html",
        s=s,
        namen=await namen(vraag),
        nu_geval=nu,
        v=v,
        punten=PUNTEN,
        antwoorden=ANTWOORDEN,
        invoer=invoer,
        kruimels=[("/fg/steekproeven", "Steekproeven")],
    )


@BLADEN.post("/fg/steekproeven/{id}", "Een steekproef")
async def bekijken(vraag: Vraag) -> Response:
    f, ident = vraag.invoer, vraag.pad("id")
    for punt, _ in PUNTEN:
        if not f.tekst(punt):
            f = f.met_fout(punt, "Kies wat u hiervan vindt.")
    if f.fouten:
        return await _steekproef(vraag, f)
    body: dict[str, Any] = {
        "leveringId": f.tekst("levering"),
        "punten": {punt: f.tekst(punt) for punt, _ in PUNTEN},
    }
    if f.tekst("toelichting"):
        body["toelichting"] = f.tekst("toelichting")
    made = await vraag.lijn.post(f"{T}/steekproeven/{ident}/oordelen", body, key=f.sleutel)
    if isinstance(made, Probleem):
        return await _steekproef(vraag, f.met(made, {"/toelichting": "toelichting"}))
    return vraag.naar(f"/fg/steekproeven/{ident}", gedaan="bekeken")


# ── the account


@BLADEN.get("/fg/nakijken", "Nakijken")
async def nakijken(vraag: Vraag) -> Response:
    day = vraag.nu.date()
    asked = {"van": f"{day.year}-01-01", "tot": (day + dt.timedelta(days=1)).isoformat()}
    since = await vraag.lijn.get(f"{T}/vragen/vraag-19", **asked)
    points = await vraag.lijn.get(f"{T}/vragen/vraag-21", **asked)
    bekend = await namen(vraag)
    return vraag.toon(
        "fg/nakijken.html",
        namen=bekend,
        sinds=since["rijen"],
        punten=points["rijen"],
        boom=points["boom"],
        opnieuw=["ozlijn ledger verify --checkpoint BESTAND", *points["naTeRekenen"]],
        opties=opties(vraag, bekend),
    )


@BLADEN.post("/fg/nakijken", "Nakijken")
async def nagekeken(vraag: Vraag) -> Response:
    """Remember what he saw on this page: for every partij under his toezicht."""
    f = vraag.invoer
    grootte = f.tekst("grootte")
    if not grootte.isdecimal():
        raise Neutraal
    for n, partij in enumerate(_partijen(vraag)):
        body = {"partij": partij, "grootte": int(grootte), "wortel": f.tekst("wortel")}
        made = await vraag.lijn.post(f"{T}/nagekeken", body, key=f"{f.sleutel[:28]}{n:04}")
        if isinstance(made, Probleem):
            return vraag.naar("/fg/nakijken", gedaan="anders")
    return vraag.naar("/fg/nakijken", gedaan="nagekeken")


@BLADEN.get("/fg/bewijspakketten", "Bewijspakketten")
async def pakketten(vraag: Vraag) -> Response:
    return vraag.toon("fg/pakketten.html", normen=NORMEN, **await bij(vraag, periode(vraag)))


@BLADEN.get("/fg/bewijspakketten/{id}", "Een bewijspakket")
async def pakket(vraag: Vraag) -> Response:
    p, norm = periode(vraag), vraag.pad("id")
    raw = await vraag.lijn.download(
        f"{T}/bewijspakketten/{norm}", "application/zip", partij=partij_(vraag), van=p["van"], tot=p["tot"]
    )
    return vraag.bestand(raw, "application/zip", f"bewijspakket-{norm}-{p['maand']}.zip")


@BLADEN.get("/fg/gelezen", "Gelezen")
async def gelezen(vraag: Vraag) -> Response:
    p = periode(vraag)
    antw = await vraag.lijn.get(f"{T}/vragen/vraag-23", partij=partij_(vraag), van=p["van"], tot=p["tot"])
    about = await bij(vraag, p)
    return vraag.toon("fg/gelezen.html", antw=antw, tabel=tabel(antw, about["namen"]), **about)
