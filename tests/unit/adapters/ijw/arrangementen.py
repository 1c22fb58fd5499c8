"""A fictional arrangement and what a request needs besides it, for the tests of the mapping."""

from __future__ import annotations

import datetime as dt
import json
from copy import deepcopy
from typing import Any, Final

from adapters.ijw import aanvulling as a
from adapters.ijw.bericht import JwBericht
from schemas.errors import Fault
from schemas.messages.arrangement import Arrangement
from schemas.messages.toewijzing import Toewijzing
from tests.builders import a_bsn, an_id
from tests.unit.adapters.ijw.voorbeelden import AGB, GEMEENTE, bericht, header

ZAAK: Final = an_id("zaak")
_PARTNER: Final = {
    "sleutel": "p2",
    "soort": "jeugdhulpaanbieder",
    "naam": "Jeugdhulp Verzonnen",
    "rollen": ["uitvoerder"],
    "identificaties": [{"soort": "agb", "waarde": AGB}],
}


def an_arrangement(**kw: Any) -> Arrangement:
    """Of one leerling, with one aanbieder, for the year from April 2026, inspanningsgericht."""
    data: dict[str, Any] = {
        "kern": {
            "id": an_id("arrangement"),
            "status": "actief",
            "ingangsdatum": "2026-04-13",
            "einddatum": "2027-04-12",
        },
        "individueel": {"leerling": leerling(), "gemeente": GEMEENTE},
        "inrichting": {"uitvoeringsvariant": "inspanningsgericht"},
        "partners": [_PARTNER],
    }
    toewijzingen = kw.pop("toewijzingen", ())
    arrangement = Arrangement.model_validate_json(json.dumps(data | kw))
    return arrangement.model_copy(update={"toewijzingen": tuple(toewijzingen)})


def leerling(**kw: Any) -> dict[str, Any]:
    return {
        "naamdelen": {
            "voornamen": ["Noor", "Ada"],
            "voorletters": "N.A.",
            "voorvoegsel": "van",
            "achternaam": "Fictief-Groen",
            "roepnaam": "Noor",
        },
        "geboortedatum": "2016-03-14",
        "geslacht": {"code": "1", "stelsel": "oso-14"},
    } | kw


def een_groep() -> dict[str, Any]:
    """Keywords for an arrangement that is not about one leerling."""
    return {"individueel": None, "collectief": {"groep": {"omvang": 12}}}


def a_toewijzing(nummer: int | str = 300201, **kw: Any) -> Toewijzing:
    """Of 4 hours a month of product 45A04."""
    data: dict[str, Any] = {
        "nummer": str(nummer),
        "gemeente": GEMEENTE,
        "aanbieder": AGB,
        "productcategorie": {"code": "45", "stelsel": "JZ020"},
        "product": {"code": "45A04", "stelsel": "ijw-productcode"},
        "beslotenOp": "2026-04-01",
        "beslotenOm": "09:30:00",
        "ingangsdatum": "2026-04-13",
        "einddatum": "2027-04-12",
        "status": "toegewezen",
        "omvang": {
            "volume": 4,
            "eenheid": {"code": "04", "stelsel": "WJ756"},
            "frequentie": {"code": "4", "stelsel": "WMO757"},
        },
    }
    return Toewijzing.model_validate_json(json.dumps(data | kw))


def met_budget(nummer: int = 300202, **kw: Any) -> Toewijzing:
    """A generic one, with a budget and an end and without a product."""
    generic = {"product": None, "productcategorie": None, "omvang": None, "budget": 250_000}
    return a_toewijzing(nummer, **(generic | {"ingangsdatum": "2028-01-01", "einddatum": "2028-12-31"} | kw))


KOP: Final = {"identificatie": "FICTIEF1", "dagtekening": "2026-06-01"}
VERWIJZER: Final = {"type": "02", "zorgverlenercode": "99999911"}


def a_product(**kw: Any) -> dict[str, Any]:
    return {
        "referentie": "FICTIEF-AANVRAAG-0001",
        "categorie": "45",
        "code": "45A04",
        "omvang": {"volume": 4, "eenheid": "04", "frequentie": "4"},
    } | kw


def aanvulling_315(**kw: Any) -> a.Toewijzingsaanvulling:
    data: dict[str, Any] = {
        "kop": KOP,
        "client": {"bsn": a_bsn()},
        "verwijzer": VERWIJZER,
        "producten": [a_product()],
    }
    return a.Toewijzingsaanvulling.model_validate_json(json.dumps(data | kw))


def aanvulling_317(**kw: Any) -> a.Wijzigingsaanvulling:
    data: dict[str, Any] = {
        "kop": KOP,
        "client": {"bsn": a_bsn()},
        "referentie": "FICTIEF-WIJZIGING-0001",
        "reden": "1",
    }
    return a.Wijzigingsaanvulling.model_validate_json(json.dumps(data | kw))


def places(faults: tuple[Fault, ...]) -> set[tuple[str, str]]:
    """(code, place) of every fault."""
    return {(f.code, f.place) for f in faults}


def toegewezen(*rows: dict[str, Any], dag: str = "2026-04-01", **client: Any) -> JwBericht:
    """A 301 with these rows; what a row does not say is that of an allocation of 4 hours a month."""
    first = bericht("JW301").inhoud["Client"]["ToegewezenProducten"]["ToegewezenProduct"][0]
    return _met("JW301", ("ToegewezenProducten", "ToegewezenProduct"), first, rows, dag, client)


def gestart(*rows: dict[str, Any], dag: str = "2026-12-31", **client: Any) -> JwBericht:
    first = bericht("JW305").inhoud["Client"]["StartProducten"]["StartProduct"][0]
    return _met("JW305", ("StartProducten", "StartProduct"), first, rows, dag, client)


def gestopt(*rows: dict[str, Any], dag: str = "2026-12-31", **client: Any) -> JwBericht:
    first = bericht("JW307").inhoud["Client"]["StopProducten"]["StopProduct"][0]
    return _met("JW307", ("StopProducten", "StopProduct"), first, rows, dag, client)


def _met(
    soort: str,
    names: tuple[str, str],
    first: dict[str, Any],
    rows: tuple[dict[str, Any], ...],
    dag: str,
    client: dict[str, Any],
) -> JwBericht:
    inhoud = deepcopy(bericht(soort).inhoud)
    filled = [{k: v for k, v in (first | row).items() if v is not None} for row in rows or ({},)]
    inhoud["Client"] |= {names[0]: {names[1]: filled}} | client
    return JwBericht(soort, inhoud | {"Header": header(soort, dag)})


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
