"""One ontwikkelingsperspectief per soort that has no findings on `OP`. All fictional."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from schemas.messages.opp import Ontwikkelingsperspectief
from tests.builders import an_id, an_opp

Json = dict[str, Any]
OP: Final = dt.date(2026, 12, 1)
BESTEMMING: Final[dict[str, Json]] = {
    "opp_po": {"code": "vmbo-kb", "stelsel": "vo-onderwijssoort"},
    "opp_sbo": {"code": "pro_tm_vmbo-bb", "stelsel": "vo-onderwijssoort"},
    "opp_so": {"code": "arbeidsmarktgericht", "stelsel": "vso-profiel"},
    "opp_vso": {"code": "arbeid", "stelsel": "vso-bestemming", "omschrijving": "Werk in het groen."},
    "opp_vo": {"code": "mbo-4", "stelsel": "vervolgonderwijs"},
    "opp_pro": {"code": "mbo-entree", "stelsel": "vervolgonderwijs"},
    "oza": {"code": "dagbesteding", "stelsel": "vso-profiel"},
}
STEM: Final[Json] = {
    "datum": "2026-09-05",
    "fase": "opstellen",
    "gehoordDoor": "mentor",
    "vorm": "gesprek",
    "eigenWoorden": "Ik wil vooraan zitten.",
    "vervolg": "Zit nu vooraan.",
}


def leerling(**kw: Any) -> Json:
    data = {
        "naamdelen": {"achternaam": "Fictief"},
        "geboortedatum": "2017-03-01",
        "datumInschrijving": "2026-08-15",
    }
    return {"leerling": data | kw}


def plan(soort: str = "opp_po", **kw: Any) -> Json:
    data = {"id": an_id("plan"), "soort": soort, "versie": 1, "status": "vastgesteld"}
    return {"plan": data | {"ingangsdatum": "2026-09-10", "adviesCommissieOp": "2026-09-01"} | kw}


def perspectief(soort: str = "opp_po", **kw: Any) -> Json:
    data: Json = {
        "vaststelling": {"status": "vastgesteld", "versie": 1, "datum": "2026-09-10"},
        "uitstroombestemming": BESTEMMING.get(soort),
        "soortWerk": {"code": "regulier", "stelsel": "soort-werk"} if soort == "opp_pro" else None,
        "onderbouwing": "Verzonnen onderbouwing.",
        "belemmerendeFactoren": ["Raakt snel afgeleid."],
        "bevorderendeFactoren": ["Werkt graag samen."],
        "oogo": {"datum": "2026-09-08", "resultaat": "overeenstemming"},
    }
    return {"perspectief": data | kw}


def handelingsdeel(**kw: Any) -> Json:
    data: Json = {
        "vaststelling": {"status": "vastgesteld", "versie": 1, "datum": "2026-09-10"},
        "ondersteuningsbehoeften": ["Een rustige plek."],
        "doelen": [{"sleutel": "d1", "leefgebied": "school", "omschrijving": "Leest een kwartier."}],
        "begeleiding": [{"wat": "Uitleg in een kleine groep."}],
        "afwijkingenOnderwijsprogramma": "Geen.",
        "praktijkvorming": "Twee dagen in de week.",
        "instemming": {"status": "gegeven", "door": ["ouder"], "datum": "2026-09-09"},
    }
    return {"handelingsdeel": data | kw}


def een_plan(soort: str = "opp_po", **kw: Any) -> Ontwikkelingsperspectief:
    """That plan with these parts instead of its own."""
    delen = plan(soort) | perspectief(soort) | handelingsdeel() | leerling()
    if soort == "mbo_ondersteuningsafspraken":
        delen |= {"perspectief": None} | leerling(geboortedatum="2009-03-01")
        delen |= handelingsdeel(instemming={"status": "gegeven", "door": ["leerling"], "datum": "2026-08-01"})
    return an_opp(**delen | {"leerlingStem": [STEM]} | kw)
