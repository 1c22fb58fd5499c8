"""Every message with a value of its own in each element, so that a value that turns up can be named.

What the schema lets choose freely is marked so that it stands nowhere else: a text, a number, a day. Codes of
a closed list and short fields cannot be told apart from others: there the shape of the outcome has to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import schema
from adapters.xml.layout import Part, Value
from tests.builders import a_bsn

BSN: Final = a_bsn(41)
VAST: Final = {
    "Bsn": BSN,
    "ToewijzingNummer": "777000111",
    "ReferentieAanbieder": "K-REFERENTIE",
    "StatusAanlevering": "1",
    "RedenBeeindiging": "33",
    "RedenWijziging": "14",
    "VerzoekAntwoord": "1",
    "Toewijzingstijd": "23:59:58",
}
"""What messages about one delivery share, and what decides what becomes of a row."""
DAGEN: Final = {
    "StartProduct": {"Begindatum": "2026-02-17"},
    "StopProduct": {"Begindatum": "2026-02-17", "Einddatum": "2026-09-23"},
}
"""The days of that delivery: no school is told a day."""
AGB: Final = "77700022"
HEEN: Final = ("JW301", "JW305", "JW307", "JW315", "JW317", "JW319", "JW323", "JW325")
_LANG_GENOEG: Final = 5

NOOIT: Final[dict[str, tuple[str, ...]]] = {
    "Client/Bsn (matching key only)": ("Bsn",),
    "Client/JuridischeStatus": ("JuridischeStatus",),
    "Client/WettelijkeVertegenwoordiging": ("WettelijkeVertegenwoordiging",),
    "Client/GezagsdragerBekend": ("GezagsdragerBekend",),
    "Client/Communicatie": ("Communicatie",),
    "Client/Relaties": ("Relaties",),
    "Client/Contactgegevens": ("Contactgegevens",),
    "*/Commentaar": ("Commentaar",),
    "*/Product": ("Product",),
    "*/ProductCategorie": ("ProductCategorie",),
    "*/ProductCode": ("ProductCode",),
    "*/Omvang": ("Omvang",),
    "*/Budget": ("Budget",),
    "*/ToewijzingNummer": ("ToewijzingNummer",),
    "*/ReferentieAanbieder": ("ReferentieAanbieder",),
    "*/BeschikkingNummer": ("BeschikkingNummer",),
    "*/BeschikkingIngangsdatum": ("BeschikkingIngangsdatum",),
    "*/Verwijzer": ("Verwijzer",),
    "*/Raamcontract": ("Raamcontract",),
    "*/RedenWijziging": ("RedenWijziging",),
    "*/RedenVerzoek": ("RedenVerzoek",),
    "*/RedenBeeindiging (raw code)": ("RedenBeeindiging",),
    "Antwoord/*": ("Antwoord",),
    "Declaratie/*": ("Declaratie",),
    "DeclaratieAntwoord/*": ("DeclaratieAntwoord",),
    "RetourCodes": ("RetourCodes",),
    "Header/Afzender or Header/Ontvanger when it is the AGB code of the provider": ("Afzender", "Ontvanger"),
    # Not in the list by name, but in the table it comes from.
    "identifiers of messages": (
        "Identificatie",  # not the day beside it: that of an answer is told to who asked
        "IdentificatieRetour",
        "DeclaratieNummer",
        "ReferentieNummer",
    ),
    "amounts and tariffs": ("ProductTarief", "IngediendBedrag", "TotaalIngediendBedrag"),
    "the client himself": ("Naam", "Geboortedatum", "Geslacht"),
}
"""What a school never gets by default, by its name in the facts: the elements, with all that is in them."""
TABEL: Final = ("identifiers of messages", "amounts and tariffs", "the client himself")


@cache
def gemerkt(soort: str) -> tuple[JwBericht, dict[str, str]]:
    """The message, and the value at each place that can be recognised."""
    known = schema(soort)
    merken: dict[str, str] = {}
    nummers = iter(range(1, 10_000))

    def fill(part: Part, above: str) -> Any:
        place = f"{above}/{part.name}"
        if part.value is None:
            one: Any = {child.name: fill(child, place) for child in part.parts or ()}
        else:
            one, telt = _waarde(part, next(nummers), above.rpartition("/")[2])
            if telt:
                merken[place] = one
        return [one] if part.name in known.lists else one

    inhoud = {child.name: fill(child, "/Bericht") for child in known.layout.parts or ()}
    return JwBericht(soort, inhoud), merken


def van(soort: str, elementen: tuple[str, ...]) -> list[str]:
    """The marks inside these elements of a message."""
    _, merken = gemerkt(soort)
    return [merk for place, merk in merken.items() if not set(elementen).isdisjoint(place.split("/"))]


def heeft(soort: str, elementen: tuple[str, ...]) -> bool:
    return any(not set(elementen).isdisjoint(place.split("/")) for place in _leaves(schema(soort).layout, ""))


def _leaves(part: Part, above: str) -> Iterator[str]:
    place = f"{above}/{part.name}"
    if part.parts is None:
        yield place
    for child in part.parts or ():
        yield from _leaves(child, place)


def _waarde(part: Part, i: int, klasse: str) -> tuple[str, bool]:
    """A value the schema accepts, and whether it can be recognised."""
    value = part.value
    assert value is not None
    fixed = DAGEN.get(klasse, {}).get(part.name) or VAST.get(part.name)
    if fixed is not None:
        return fixed, len(fixed) >= _LANG_GENOEG
    if listed := value.facets.get("enumeration"):
        return listed[-1], False
    match value.base:
        case "date":
            return (dt.date(1950, 1, 1) + dt.timedelta(days=i)).isoformat(), True
        case "integer":
            most = int(value.facets.get("maxInclusive", ("3",))[0])
            return (str(70_000_000 + i), True) if most > 80_000_000 else _vast(value, "7")
        case _:
            return (AGB, True) if _is_aanbieder(klasse, value) else _tekst(value, i)


def _is_aanbieder(klasse: str, value: Value) -> bool:
    return klasse == "Header" and value.facets.get("pattern") == ("[0-9]{8}",)


def _vast(value: Value, anders: str) -> tuple[str, bool]:
    pattern = value.facets.get("pattern", (anders,))[0]
    return (pattern if pattern.isdigit() else anders), False


def _tekst(value: Value, i: int) -> tuple[str, bool]:
    match value.names[0] if value.names[0].startswith("LDT_") else value.names[1]:
        case "LDT_AgbCode":
            return f"7{i:07}", True
        case "LDT_Gemeente":
            return "0363", False
        case "LDT_Versie":
            return "1.0.0", False
        case "LDT_Voorletters":
            return "QXZWVK", True
        case "LDT_Telefoonnummer":
            return f"0699{i:06}", True
        case "LDT_BerichtCode":
            return _vast(value, "")
        case _:
            most = int(value.facets.get("maxLength", ("60",))[0])
            return (f"K{i:04}", True) if most >= _LANG_GENOEG else ("Q"[:most], False)
