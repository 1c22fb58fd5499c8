"""What an FG sees at a glance: profiles and months as pictures with their numbers, his partners, and what
changes in the agreements.

Every page asks the same operations that a system of his asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen
from gateway.web.fg import BLADEN as FG
from gateway.web.fg import T, bij, eerste_dag, first_of, namen, opties, partij_, periode, query, tabel
from gateway.web.formulier import Invoer
from gateway.web.grafiek import Staaf, Warmte, warmte
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.vraag import Vraag

BLADEN: Final = Bladen(FG.naam, frozenset({Werkrol.FG}), FG.wegwijzers, FG.dichtheid)
_CHARTS: Final = 5
"""So many profiles are drawn; all of them stand in the table."""
_WIDE: Final = 6
"""So many profiles stand beside one another in a heat map."""
_ZONDER: Final = "zonder profiel"


# ── profiles


@BLADEN.get("/fg/profielen", "Profielen")
async def profielen(vraag: Vraag) -> Response:
    p, partij = periode(vraag), partij_(vraag)
    velden = await vraag.lijn.get(f"{T}/vragen/vraag-5", partij=partij, van=p["van"], tot=p["tot"])
    per = _per_profiel(velden["rijen"])
    return vraag.toon(
        "fg/profielen.html",
        per=per,
        staven={naam: _staven(een) for naam, een in list(per.items())[:_CHARTS]},
        kaart=_kaart(velden["rijen"], list(per)[:_WIDE]),
        velden=velden,
        na=velden["na"],
        **await bij(vraag, p),
    )


def _per_profiel(rijen: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The counts of each profile together, of which most stays home first."""
    per: dict[str, dict[str, Any]] = {}
    for row in rijen:
        one = per.setdefault(
            row["profiel"] or _ZONDER,
            {"gevraagd": 0, "mee": 0, "gemeld": 0, "geopend": 0, "thuis": 0, "niemand": []},
        )
        for kolom in ("gevraagd", "mee", "thuis", "gemeld"):
            one[kolom] += row[kolom]
        if isinstance(row["geopend"], int):
            one["geopend"] += row["geopend"]
            if row["geopend"] == 0 and row["mee"]:
                one["niemand"].append(row["veld"])
    return dict(sorted(per.items(), key=lambda e: -(e[1]["thuis"] / max(1, e[1]["gevraagd"]))))


def _staven(een: Mapping[str, Any]) -> list[Staaf]:
    return [
        Staaf("gevraagd", een["gevraagd"], "gevraagd"),
        Staaf("ging mee", een["mee"], "mee"),
        Staaf("geopend", een["geopend"] if een["gemeld"] else None, "geopend"),
        Staaf("bleef thuis", een["thuis"], "thuis"),
    ]


def _kaart(rijen: Sequence[Mapping[str, Any]], profielen: Sequence[str]) -> list[tuple[str, list[Warmte]]]:
    """Of each field how often it was opened, by profile: of what the recipient told of."""
    at: dict[str, dict[str, Warmte]] = {}
    for row in rijen:
        if row["mee"]:
            opened = row["geopend"] if isinstance(row["geopend"], int) else None
            counted = row["mee"] if opened is None else row["gemeld"]
            at.setdefault(row["veld"], {})[row["profiel"] or _ZONDER] = warmte(opened, counted)
    never = Warmte("-", 0)
    return [(veld, [cells.get(naam, never) for naam in profielen]) for veld, cells in sorted(at.items())]


# ── agreements


@BLADEN.get("/fg/afspraken", "Afspraken")
async def afspraken(vraag: Vraag) -> Response:
    p = periode(vraag)
    found = await vraag.lijn.get(f"{T}/afspraken", partij=partij_(vraag), van=p["van"], tot=p["tot"])
    return vraag.toon("fg/afspraken.html", a=found, **await bij(vraag, p))


# ── partners


@BLADEN.get("/fg/partners", "Partners")
async def partners(vraag: Vraag) -> Response:
    p = periode(vraag)
    found = await _overzicht(vraag, p)
    return vraag.toon("fg/partners.html", o=found, **await bij(vraag, p))


@BLADEN.get("/fg/partners/{id}", "Een partner")
async def partner(vraag: Vraag) -> Response:
    """One partij with whom was exchanged: how much, which fields it got, and where each exchange stands."""
    p, ander = periode(vraag), vraag.pad("id")
    about = await bij(vraag, p)
    found = await _overzicht(vraag, p)
    rijen = [r for r in found["partners"] if r["ander"] == ander]
    if not rijen and ander not in about["namen"]:
        raise Neutraal
    velden = await vraag.lijn.get(
        f"{T}/vragen/vraag-4", partij=partij_(vraag), van=p["van"], tot=p["tot"], ontvanger=ander
    )
    return vraag.toon(
        "fg/partner.html",
        ander=ander,
        rijen=rijen,
        velden=velden,
        tabel=tabel(_only(velden, ("veld", "soort", "categorie", "keren")), about["namen"]),
        staven=_samen(rijen),
        filters=query(maand=p["maand"], partij=partij_(vraag), ontvanger=ander),
        kruimels=[("/fg/partners", "Partners")],
        **about,
    )


def _only(antw: Mapping[str, Any], kolommen: Sequence[str]) -> dict[str, Any]:
    """The same answer with these columns, in this order: the rest is the same in every row here."""
    return {**antw, "vraag": {**antw["vraag"], "kolommen": kolommen}}


def _samen(rijen: Sequence[Mapping[str, Any]]) -> list[Staaf]:
    return [
        Staaf(naam, sum(r[kolom] for r in rijen))
        for kolom, naam in (
            ("leveringen", "uitwisselingen"),
            ("overgedragen", "overgedragen"),
            ("zonderToestemming", "zonder toestemming"),
            ("geweigerd", "gaat niet door"),
            ("mislukt", "niet goed aangekomen"),
        )
    ]


async def _overzicht(vraag: Vraag, p: Mapping[str, Any]) -> dict[str, Any]:
    return await vraag.lijn.get(f"{T}/overzicht", partij=partij_(vraag), van=p["van"], tot=p["tot"])


# ── months

SOORTEN: Final = (
    ("zonderToestemming", "Zonder toestemming"),
    ("overgedragen", "Overgedragen"),
    ("geweigerd", "Gaat niet door"),
    ("mislukt", "Niet goed aangekomen"),
)


@BLADEN.get("/fg/perioden", "Maanden")
async def perioden(vraag: Vraag) -> Response:
    """Thirteen months as a line, each with a page of its own."""
    p = periode(vraag)
    soort = vraag.vraagt("soort", mag=[s for s, _ in SOORTEN]) or SOORTEN[0][0]
    found = (await vraag.lijn.get(f"{T}/maanden", partij=partij_(vraag), tot=p["tot"]))["maanden"]
    counted = [m for m in found if m[soort] is not None]
    about = await bij(vraag, p)
    keuze = Invoer.of(maand=p["maand"], partij=partij_(vraag), soort=soort)
    return vraag.toon(
        "fg/perioden.html",
        maanden=found[::-1],
        punten=[(m["maand"][2:], m[soort]) for m in counted],
        soort=soort,
        soorten=SOORTEN,
        naam=dict(SOORTEN)[soort],
        **(about | {"keuze": keuze}),
    )


@BLADEN.get("/fg/perioden/{id}", "Een maand")
async def maand(vraag: Vraag) -> Response:
    """One month: what there was, with whom, what asks for attention, and every question about it."""
    asked = vraag.pad("id")
    first = eerste_dag(asked)
    if first is None:
        raise Neutraal
    after = first_of(first, 1)
    p = {
        "maand": asked,
        "van": first.isoformat(),
        "tot": after.isoformat(),
        "vorige": first_of(first, -1).isoformat()[:7],
        "volgende": after.isoformat()[:7] if after <= vraag.nu.date() else None,
    }
    found = await _overzicht(vraag, p)
    vragen = (await vraag.lijn.get(f"{T}/vragen"))["vragen"]
    return vraag.toon(
        "fg/periode.html",
        o=found,
        staven=_samen(found["partners"]),
        vragen=[v for v in vragen if not v["overLeerling"]],
        filters=query(maand=asked, partij=partij_(vraag)),
        kruimels=[("/fg/perioden", "Maanden")],
        **await bij(vraag, p),
    )


# ── proposals


@BLADEN.get("/fg/voorstellen", "Voorstellen")
async def voorstellen(vraag: Vraag) -> Response:
    asked = {n: vraag.vraagt(n) for n in ("partij", "profiel", "convenant", "veld")}
    soort = "convenant" if asked["convenant"] else "profiel"
    invoer = Invoer.of(
        partij=asked["partij"],
        soort=soort,
        afspraak=asked[soort],
        velden=asked["veld"],
    )
    return await _voorstellen(vraag, invoer)


async def _voorstellen(vraag: Vraag, invoer: Invoer) -> Response:
    bekend = await namen(vraag)
    own = opties(vraag, bekend)
    found: list[Any] = []
    for partij, _ in own[:_MOST_PARTIJEN]:
        told = await vraag.lijn.get(f"{T}/voorstellen", partij=partij)
        found += [v | {"partij": partij} for v in told["voorstellen"]]
    found.sort(key=lambda v: str(v["voorgesteldOp"]), reverse=True)
    return vraag.toon(
        "fg/voorstellen.html", rijen=found, opties=own, namen=bekend, soorten=_SOORT, invoer=invoer
    )


_MOST_PARTIJEN: Final = 20
_SOORT: Final = (("profiel", "Een profiel"), ("convenant", "Een convenant"))


@BLADEN.post("/fg/voorstellen", "Voorstellen")
async def voorstellen_doen(vraag: Vraag) -> Response:
    """Propose it; the organisation gets a task, and nothing else changes."""
    f = vraag.invoer
    for veld, text in (
        ("partij", "Kies de organisatie."),
        ("soort", "Kies waar het over gaat."),
        ("afspraak", "Vul de naam van het profiel of convenant in."),
        ("toelichting", "Schrijf wat u voorstelt en waarom."),
    ):
        if not f.tekst(veld):
            f = f.met_fout(veld, text)
    if f.fouten:
        return await _voorstellen(vraag, f)
    body = {n: f.tekst(n) for n in ("partij", "soort", "afspraak", "toelichting")}
    velden = f.tekst("velden").replace(",", " ").split()
    made = await vraag.lijn.post(f"{T}/voorstellen", body | {"velden": velden}, key=f.sleutel)
    if isinstance(made, Probleem):
        places = {f"/{n}": n for n in ("partij", "soort", "afspraak", "velden", "toelichting")}
        return await _voorstellen(vraag, f.met(made, places))
    return vraag.naar("/fg/voorstellen", gedaan="voorgesteld")
