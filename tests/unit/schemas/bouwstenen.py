"""What arrangements to test with are made of, and one of each shape that keeps every principle on `OP`.

All people, organisations and codes of gemeenten are fictional.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

from schemas.messages.arrangement import Arrangement
from schemas.messages.omgeving import Omgeving
from tests.builders import a_bsn, an_id

Json = dict[str, Any]
OP: Final = dt.date(2026, 11, 2)
VERZONNEN, BUUR, VERWEG = "9901", "9902", "9903"
"""Codes of gemeenten that do not exist."""


def iedereen(nam_deel: bool = True, **kw: Any) -> Json:
    return {"ouders": {"namDeel": nam_deel, **kw}, "leerling": {"namDeel": nam_deel, **kw}}


def geen() -> Json:
    return {"geen": True}


def inbreng(wat: str, aantal: str | None = None, eenheid: str | None = None, **kw: Any) -> Json:
    return {"wat": wat} | ({"aantal": aantal, "eenheid": eenheid} if aantal else {}) | kw


def onderdeel(n: int, soort: str, leefgebied: str, tekst: str, eigenaar: str = "p1", **kw: Any) -> Json:
    data = {
        "sleutel": f"o{n}",
        "soort": soort,
        "leefgebied": leefgebied,
        "omschrijving": tekst,
        "eigenaar": eigenaar,
        "datum": "2026-09-07",
        "publiek": ["leerling", "ouders", "school", "jeugdhulp"],
    }
    return data | kw


SCHOOL: Final[Json] = {
    "sleutel": "p1",
    "soort": "school",
    "naam": "Basisschool De Verzinning",
    "rollen": ["initiatiefnemer"],
    "identificaties": [{"soort": "brin", "waarde": "99ZZ"}],
    "contactpersoon": {"naam": "I. Verzonnen", "functie": "intern begeleider"},
}
AANBIEDER: Final[Json] = {
    "sleutel": "p2",
    "soort": "jeugdhulpaanbieder",
    "naam": "Hulp Fictief",
    "rollen": ["hoofdaanbieder", "uitvoerder"],
    "identificaties": [{"soort": "agb", "waarde": "99999999"}],
}
GEMEENTE: Final[Json] = {
    "sleutel": "p3",
    "soort": "gemeente",
    "naam": "Gemeente Verzonnen",
    "rollen": ["financier"],
    "identificaties": [{"soort": "gemeentecode", "waarde": VERZONNEN}],
}
OUDER: Final[Json] = {"sleutel": "p9", "hoedanigheid": "ouder", "naam": {"achternaam": "Verzonnen"}}


def regel(regel: str, gemeente: str | None = None, van: str = "2020-01-01", **kw: Any) -> Json:
    data: Json = {"regel": regel, "van": van} | kw
    return data | ({"gemeente": gemeente, "gemeentePeildatum": van} if gemeente else {})


REGELS: Final = [regel("alleen_ingezetenen", VERZONNEN), regel("groepsaanbod_voor_allen")]
BESCHIKKINGSVRIJ: Final[Json] = {
    "beslisser": "school_en_aanbieder_met_ouders",
    "besluitvorm": "beschikkingsvrij",
}


def afspraak(sleutel: str, **kw: Any) -> Json:
    data = {"deelnemer": sleutel, "bijdrage": "Doet wat is afgesproken."}
    return (
        data | {"geld": geen(), "uren": inbreng("Vaste uren.", "6", "uur_per_week"), "middelen": geen()} | kw
    )


def een_leerling(**kw: Any) -> Json:
    data = {"bsn": a_bsn(), "naamdelen": {"achternaam": "Fictief"}, "geboortedatum": "2017-03-01"}
    return {"leerling": data | kw}


def gegevens() -> Json:
    """An individual arrangement that keeps every principle on `OP`."""
    return {
        "kern": {
            "id": an_id("arrangement"),
            "status": "actief",
            "ingangsdatum": "2026-09-14",
            "herzienOp": "2027-02-01",
        },
        "individueel": een_leerling(),
        "inrichting": {
            "functies": ["versterken"],
            "sectoren": ["po"],
            "toeleiding": [BESCHIKKINGSVRIJ],
            "plaatsen": [{"plaats": "school"}, {"plaats": "thuis"}],
            "bekostiging": "populatiebekostiging",
            "woonplaatsregels": REGELS,
        },
        "scholen": [SCHOOL],
        "partners": [AANBIEDER, GEMEENTE],
        "personen": [OUDER],
        "auteurs": [{"sleutel": "a1", "naam": "I. Verzonnen", "functie": "intern begeleider"}],
        "ouderrol": "partner",
        "regie": [{"regisseur": "p1", "van": "2026-09-14"}],
        "regieafspraken": [
            "informatie",
            "doelen",
            "inspanning",
            "voortgang",
            "evaluaties",
            "resultaten",
        ],
        "afspraken": [afspraak("p1"), afspraak("p2"), afspraak("p3", uren=geen())],
        "opp": {
            "plan": an_id("plan"),
            "versie": 1,
            "vastgesteldOp": "2026-09-10",
            "bestemming": "verwacht",
            "onderbouwd": True,
            "ondersteuningBeschreven": True,
            "overlegOp": "2026-09-08",
            "overlegResultaat": "overeenstemming",
            "inzageOuders": True,
        },
        "terugkeerdoel": "basisondersteuning",
        "tekortBasisondersteuning": "Extra uitleg in een kleine groep hielp niet genoeg.",
        "doelen": [
            onderdeel(1, "doel", "school", "Blijft een hele ochtend in de klas.", auteur="a1"),
            onderdeel(2, "doel", "thuis_gezin", "Maakt samen met een ouder huiswerk."),
            onderdeel(3, "actie", "school", "Vaste plek bij het raam.", bij="o1"),
        ],
        "factoren": [onderdeel(4, "kracht", "school", "Tekent graag en goed.")],
        "bijOntwerp": iedereen(),
        "bijUitvoering": iedereen(),
    }


def een_arrangement(**kw: Any) -> Arrangement:
    """That arrangement, with these parts instead of its own; None takes a part away."""
    return lees(gegevens() | kw)


def een_collectief(soort: str = "schoolpopulatie", inhoud: Json | None = None, **kw: Any) -> Arrangement:
    """The same for everybody at a school."""
    data = gegevens()
    del data["individueel"]
    return lees(data | {"collectief": {soort: inhoud or {"scholen": ["p1"]}}} | kw)


def lees(data: Json) -> Arrangement:
    return Arrangement.model_validate_json(json.dumps({k: v for k, v in data.items() if v is not None}))


def een_omgeving(**kw: Any) -> Omgeving:
    return Omgeving.model_validate_json(json.dumps(kw))
