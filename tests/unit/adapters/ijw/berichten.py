"""iJw messages that break no rule, and ways to break one: all fictional.

Each message has a row of every variant the rules tell apart, so that one change is enough to break a rule. A
path goes by element names from `Bericht` and numbers what repeats: `Client/StartProducten/StartProduct[2]`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

from adapters.ijw import JwBericht
from tests.builders import a_bsn

TODAY: Final = dt.date(2026, 4, 20)
DAGTEKENING: Final = "2026-04-15"
GEMEENTE, AANBIEDER = "0363", "99999901"
BERICHTCODES: Final = {
    "JW301": "436",
    "JW305": "438",
    "JW307": "440",
    "JW315": "446",
    "JW317": "486",
    "JW319": "488",
    "JW323": "490",
    "JW325": "491",
}
FROM_GEMEENTE: Final = {"JW301", "JW319", "JW325"}

Change = Callable[[Any], None]
Node = dict[str, Any]


def header(soort: str) -> Node:
    ends = [GEMEENTE, AANBIEDER] if soort in FROM_GEMEENTE else [AANBIEDER, GEMEENTE]
    versie = {"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.1"}
    node: Node = {
        "BerichtCode": BERICHTCODES[soort],
        "BerichtVersie": "3",
        "BerichtSubversie": "2",
        "Afzender": ends[0],
        "Ontvanger": ends[1],
        "BerichtIdentificatie": {"Identificatie": "HEEN1", "Dagtekening": DAGTEKENING},
        "XsdVersie": versie,
    }
    if soort == "JW325":
        node["DeclaratieIdentificatie"] = {"Identificatie": "DECL1", "Dagtekening": "2026-04-02"}
        node["XsdVersieDeclaratie"] = versie
        node["RetourCodes"] = {"RetourCode": ["0200"]}
    return node


def persoon() -> Node:
    return {
        "Bsn": a_bsn(1),
        "Geboortedatum": {"Datum": "2015-01-01", "DatumGebruik": "2"},
        "Geslacht": "2",
        "Naam": {"Geslachtsnaam": {"Achternaam": "Voorbeeld"}, "Voornamen": "Noor"},
    }


def adres(**kw: Any) -> Node:
    return {"Huis": {"Huisnummer": "1"}, "Postcode": "1234AB", "LandCode": "NL"} | kw


TELEFOON: Final = {"Telefoon01": {"Telefoonnummer": "0201234567", "Landnummer": "0031"}}


def specific(begin: str, end: str, **kw: Any) -> Node:
    """A product with a code: it has an omvang, and ends because that is per week."""
    return {
        "Product": {"Categorie": "45", "Code": "45A04"},
        begin: "2026-05-01",
        end: "2026-12-31",
        "Omvang": {"Volume": "2", "Eenheid": "04", "Frequentie": "2"},
    } | kw


def aspecific(begin: str, end: str, **kw: Any) -> Node:
    """A product category with a budget: it ends."""
    return {"Product": {"Categorie": "43"}, begin: "2026-05-01", end: "2026-12-31", "Budget": "100000"} | kw


def generic(begin: str, end: str, **kw: Any) -> Node:
    """No product at all, so in days that no other row has."""
    return {begin: "2027-01-01", end: "2027-12-31", "Budget": "200000"} | kw


def jw301() -> Node:
    begin = "Ingangsdatum", "Einddatum"
    decided = {"Toewijzingsdatum": "2026-04-14", "Toewijzingstijd": "10:00:00"}
    naam = {
        "Geslachtsnaam": {"Achternaam": "Voorbeeld"},
        "Partnernaam": {"Achternaam": "Dam"},
        "NaamGebruik": "4",
    }
    contact = {"Soort": "01", "Adres": adres(), "Telefoon": TELEFOON}
    temporary = {
        "Soort": "04",
        "Adres": adres(),
        "Telefoon": TELEFOON,
        "Periode": {"Begindatum": "2026-01-01", "Einddatum": "2026-02-01"},
    }
    return {
        "Client": persoon()
        | {
            "Naam": {"Geslachtsnaam": {"Achternaam": "Voorbeeld"}, "NaamGebruik": "1"},
            "Communicatie": {"Vorm": "1", "Taal": "Zweeds"},
            "Relaties": {
                "Relatie": [
                    {
                        "Nummer": "1",
                        "Soort": "10",
                        "Geboortedatum": {"Datum": "1985-06-07"},
                        "Naam": naam,
                        "Contact": [deepcopy(temporary)],
                    },
                    {
                        "Nummer": "2",
                        "Soort": "07",
                        "Naam": {"Geslachtsnaam": {"Achternaam": "Praktijk"}, "NaamGebruik": "6"},
                        "Contact": [deepcopy(contact)],
                    },
                ]
            },
            "Contactgegevens": {"Contact": [contact, temporary]},
            "ToegewezenProducten": {
                "ToegewezenProduct": [
                    {"ToewijzingNummer": "1"} | decided | specific(*begin),
                    {"ToewijzingNummer": "2"} | decided | aspecific(*begin),
                    {"ToewijzingNummer": "3"} | decided | generic(*begin),
                    # Deleted: its days do not count.
                    {"ToewijzingNummer": "4"}
                    | decided
                    | specific(*begin, Einddatum="2026-05-01", RedenWijziging="13"),
                ]
            },
        }
    }


def started(number: str, **kw: Any) -> Node:
    return {
        "ToewijzingNummer": number,
        "Product": {"Categorie": "45", "Code": "45A04"},
        "ToewijzingIngangsdatum": "2026-04-01",
        "Begindatum": "2026-04-02",
        "StatusAanlevering": "1",
    } | kw


def jw305() -> Node:
    rows = [started("1"), started("2", StatusAanlevering="3")]
    return {"Client": persoon() | {"StartProducten": {"StartProduct": rows}}}


def jw307() -> Node:
    end = {"RedenBeeindiging": "31", "Einddatum": "2026-04-10"}
    rows = [started("1", **end), started("2", **end, StatusAanlevering="3")]
    return {"Client": persoon() | {"StopProducten": {"StopProduct": rows}}}


def jw315() -> Node:
    begin = "ToewijzingIngangsdatum", "ToewijzingEinddatum"
    decision = {"BeschikkingNummer": "12", "BeschikkingIngangsdatum": "2026-04-01"}
    doctor = {"Verwijzer": {"Type": "02", "ZorgverlenerCode": "01999999"}}
    named = {"Verwijzer": {"Type": "03", "Naam": "Voorbeeldarts"}}
    gemeente = {"Verwijzer": {"Type": "01", "Naam": "Wijkteam"}}
    return {
        "Client": persoon()
        | {
            "AangevraagdeProducten": {
                "AangevraagdProduct": [
                    {"ReferentieAanbieder": "R1"} | decision | specific(*begin) | doctor,
                    {"ReferentieAanbieder": "R2"} | aspecific(*begin) | named,
                    {"ReferentieAanbieder": "R3"} | generic(*begin) | gemeente,
                ]
            }
        }
    }


def jw317() -> Node:
    begin = "GewensteIngangsdatum", "Einddatum"
    more, less = specific(*begin), aspecific(*begin)
    del more["Product"], less["Product"]
    return {
        "Client": {
            "Bsn": a_bsn(1),
            "Verzoek": {
                "ReferentieAanbieder": "V1",
                "RedenVerzoek": "1",
                "OngewijzigdeProducten": {"OngewijzigdProduct": [{"ToewijzingNummer": "1"}]},
                "TeWijzigenProducten": {
                    "TeWijzigenProduct": [{"ToewijzingNummer": "2"} | more, {"ToewijzingNummer": "3"} | less]
                },
                "NieuweProducten": {"NieuwProduct": [specific(*begin), aspecific(*begin), generic(*begin)]},
            },
        }
    }


def jw319() -> Node:
    return {
        "Antwoord": {
            "ReferentieAanbieder": "V1",
            "VerzoekAntwoord": "1",
            "RedenAfwijzingVerzoek": "8",
            "Woonplaatsbeginsel": {"Gemeente": "0344"},
        }
    }


MARCH: Final = {"Begindatum": "2026-03-01", "Einddatum": "2026-03-31"}


def prestatie(reference: str, **kw: Any) -> Node:
    """Ten hours in March for 60 euros each."""
    return {
        "ProductReferentie": {"ReferentieNummer": reference},
        "ToewijzingNummer": "1",
        "ProductCategorie": "45",
        "ProductCode": "45A04",
        "ProductPeriode": dict(MARCH),
        "GeleverdVolume": "10",
        "Eenheid": "04",
        "ProductTarief": "6000",
        "IngediendBedrag": {"Bedrag": "60000", "DebetCredit": "D"},
    } | kw


def credit(reference: str, of: str, **kw: Any) -> Node:
    return prestatie(
        reference,
        ProductReferentie={"ReferentieNummer": reference, "VorigReferentieNummer": of},
        ProductPeriode={"Begindatum": "2026-02-01", "Einddatum": "2026-02-28"},
        IngediendBedrag={"Bedrag": "60000", "DebetCredit": "C"},
        **kw,
    )


def in_euros(reference: str, euros: str = "500") -> Node:
    row = prestatie(
        reference,
        GeleverdVolume=euros,
        Eenheid="83",
        ProductCode="45A05",
        IngediendBedrag={"Bedrag": euros, "DebetCredit": "D"},
    )
    del row["ProductTarief"]
    return row


def jw323() -> Node:
    """Claims 600 - 600 + 5 euros of one client and 600 of another."""
    return {
        "Declaratie": {
            "DeclaratieNummer": "D1",
            "DeclaratiePeriode": dict(MARCH),
            "DeclaratieDagtekening": "2026-04-02",
            "TotaalIngediendBedrag": {"TotaalBedrag": "60500", "DebetCredit": "D"},
            "Clienten": {
                "Client": [
                    {
                        "Bsn": a_bsn(1),
                        "Prestaties": {"Prestatie": [prestatie("P1"), credit("P2", "OLD1"), in_euros("P3")]},
                    },
                    {"Bsn": a_bsn(2), "Prestaties": {"Prestatie": [prestatie("P4")]}},
                ]
            },
        }
    }


def jw325() -> Node:
    """Of a claim of 605 euros, 600 of one client were rejected; of another two rows that are nothing."""
    ok, no = {"RetourCodes": {"RetourCode": ["0200"]}}, {"RetourCodes": {"RetourCode": ["9338"]}}
    two = [prestatie("P4") | no, credit("P5", "OLD2") | no]
    clienten = [
        {"Bsn": a_bsn(1), "Prestaties": {"Prestatie": [prestatie("P1") | no]}} | ok,
        {"Bsn": a_bsn(2), "Prestaties": {"Prestatie": two}} | ok,
    ]
    return {
        "DeclaratieAntwoord": {
            "DeclaratieNummer": "D1",
            "TotaalIngediendBedrag": {"TotaalBedrag": "60500", "DebetCredit": "D"},
            "TotaalToegekendBedrag": {"TotaalBedrag": "500", "DebetCredit": "D"},
            "Clienten": {"Client": clienten},
        }
        | ok
    }


_MAKERS: Final[dict[str, Callable[[], Node]]] = {
    "JW301": jw301,
    "JW305": jw305,
    "JW307": jw307,
    "JW315": jw315,
    "JW317": jw317,
    "JW319": jw319,
    "JW323": jw323,
    "JW325": jw325,
}
SOORTEN: Final = tuple(_MAKERS)


def bericht(soort: str, *changes: Change) -> JwBericht:
    """The message of that kind that breaks no rule, after these changes."""
    inhoud = deepcopy({"Header": header(soort)} | _MAKERS[soort]())
    for change in changes:
        change(inhoud)
    return JwBericht(soort, inhoud)


_STEP: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")


def _find(node: Any, path: str) -> tuple[Any, str | int]:
    """The container of a path, and its key there."""
    at: Any = {"": node}
    key: str | int = ""
    for step in path.split("/"):
        match = _STEP.fullmatch(step)
        assert match, path
        at, key = at[key], match[1]
        if match[2]:
            at, key = at[key], int(match[2]) - 1
    return at, key


def get(message: JwBericht, path: str) -> Any:
    at, key = _find(message.inhoud, path)
    return at[key]


def put(path: str, value: Any) -> Change:
    def change(inhoud: Any) -> None:
        at, key = _find(inhoud, path)
        at[key] = deepcopy(value)

    return change


def drop(path: str) -> Change:
    def change(inhoud: Any) -> None:
        at, key = _find(inhoud, path)
        del at[key]

    return change


def again(path: str, *changes: Change) -> Change:
    """Add the row of that path once more at the end, with changes of its own; paths in these start there."""

    def change(inhoud: Any) -> None:
        at, key = _find(inhoud, path)
        row = deepcopy(at[key])
        for one in changes:
            one(row)
        at.append(row)

    return change
