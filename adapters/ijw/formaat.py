"""Level 1, the format: which rule of the standard a broken facet of the XSD is, and what to say of it.

The XSD does the checking. A rule of iJw belongs to a limit or to a data type, so it is known from the type of
the element alone. An empty element breaks the pattern of its type; RS007 (minimum length 1) is tied to no
element of iJw 3.2, and neither are RS003 and RS039.
"""

from __future__ import annotations

from typing import Final

from adapters.xml.layout import Value
from schemas.allowed import listed

MAX_LENGTH: Final = {
    "1": "RS008",
    "2": "RS009",
    "3": "RS010",
    "4": "RS011",
    "5": "RS012",
    "6": "RS013",
    "8": "RS014",
    "9": "RS015",
    "10": "RS016",
    "12": "RS017",
    "15": "RS018",
    "20": "RS019",
    "24": "RS020",
    "25": "RS021",
    "35": "RS023",
    "36": "RS024",
    "64": "RS025",
    "80": "RS026",
    "200": "RS028",
}
MINIMUM: Final = {"0": "RS001"}
MAXIMUM: Final = {
    "99": "RS002",
    "99999": "RS004",
    "99999999": "RS005",
    "999999999": "RS006",
    "999999999999": "RS040",
}
_NOT_BLANK: Final = ("RS033", "Dit element mag niet leeg zijn en moet op een regel staan.")
PATTERN: Final = {
    "BerichtCode": ("RS047", "De berichtcode hoort niet bij dit bericht."),
    "BerichtVersie": ("CS025", "De berichtversie is niet 3."),
    "BerichtSubversie": ("CS015", "De berichtsubversie is niet 2."),
    "DeclaratieNummer": ("CS319", "Hier mogen alleen letters en cijfers staan."),
    "LDT_AgbCode": ("RS036", "Een AGB-code heeft acht cijfers."),
    "LDT_BurgerServicenummer": ("RS037", "Een burgerservicenummer heeft negen cijfers."),
    "LDT_Commentaar": ("RS031", "Dit element mag niet leeg zijn."),
    "LDT_Datum": ("RS032", "Een datum heeft hier geen tijdzone."),
    "LDT_Gemeente": ("RS035", "Een gemeentecode heeft vier cijfers."),
    "LDT_Telefoonnummer": ("RS046", "Een telefoonnummer heeft hier alleen cijfers."),
    "LDT_Tijd": ("RS034", "Een tijd heeft hier geen tijdzone."),
    "LDT_Versie": (
        "RS048",
        "Een versie bestaat uit drie getallen met punten ertussen, zonder nullen ervoor.",
    ),
    "LDT_Voorletters": ("RS045", "Voorletters zijn alleen letters, zonder punten of spaties."),
    "LDT_Emailadres": _NOT_BLANK,
    "LDT_Huisletter": _NOT_BLANK,
    "LDT_HuisnummerToevoeging": _NOT_BLANK,
    "LDT_IdentificatieBericht": _NOT_BLANK,
    "LDT_Landnummer": _NOT_BLANK,
    "LDT_Naam": _NOT_BLANK,
    "LDT_NaamVerwijzer": _NOT_BLANK,
    "LDT_Organisatienaam": _NOT_BLANK,
    "LDT_Persoonsid": _NOT_BLANK,
    "LDT_Plaatsnaam": _NOT_BLANK,
    "LDT_Postcode": _NOT_BLANK,
    "LDT_ProductCode": _NOT_BLANK,
    "LDT_Referentie": _NOT_BLANK,
    "LDT_Straatnaam": _NOT_BLANK,
    "LDT_Taal": _NOT_BLANK,
    "LDT_Voorvoegsel": _NOT_BLANK,
}
"""The rule for each nearest type that has a pattern."""

CODELIST: Final = {
    "LDT_AanduidingWoonadres": "NUM061",
    "LDT_AdresSoort": "COD757",
    "LDT_Communicatievorm": "COD747",
    "LDT_DatumGebruik": "COD170",
    "LDT_DebetCredit": "COD043",
    "LDT_Eenheid": "WJ756",
    "LDT_Frequentie": "WMO757",
    "LDT_Geslacht": "COD046",
    "LDT_JaNee": "COD260",
    "LDT_JuridischeStatus": "WJ232",
    "LDT_LandCode": "COD032",
    "LDT_NaamGebruik": "COD700",
    "LDT_ProductCategorie": "JZ020",
    "LDT_RedenAfwijzingVerzoek": "WJ759",
    "LDT_RedenBeeindiging": "JZ588",
    "LDT_RedenVerzoek": "WJ758",
    "LDT_RedenWijziging": "JZ002",
    "LDT_RetourCode": "WJ001",
    "LDT_SoortRelatie": "COD472",
    "LDT_StatusAanlevering": "COD467",
    "LDT_TypeVerwijzer": "COD327",
    "LDT_VerzoekAntwoord": "WJ760",
    "LDT_WettelijkeVertegenwoordiging": "WJ003",
}
"""The code list of each type that the XSD enumerates."""

_ACCEPTS_EMPTY: Final = frozenset({"LDT_Telefoonnummer"})
_NOT_OF_BASE: Final = {
    "integer": ("xsd.getal", "Hier hoort een heel getal te staan."),
    "date": ("datum.ongeldig", "Dit is geen bestaande datum in de vorm jjjj-mm-dd."),
    "time": ("xsd.tijd", "Dit is geen bestaande tijd in de vorm uu:mm:ss."),
}


def rule(value: Value, facet: str) -> tuple[str, str] | None:
    """Code and text for a value that breaks `facet`; None where the standard has no rule of its own."""
    limit = value.facets.get(facet, ("",))[0]
    match facet:
        case "maxLength" if code := MAX_LENGTH.get(limit):
            return code, f"De tekst is langer dan toegestaan; de grens is {limit}."
        case "minInclusive" if code := MINIMUM.get(limit):
            return code, f"Het getal is te klein; het minimum is {limit}."
        case "maxInclusive" if code := MAXIMUM.get(limit):
            return code, f"Het getal is te groot; het maximum is {limit}."
        case "pattern":
            return _pattern(value)
        case "minLength" if _ACCEPTS_EMPTY.isdisjoint(value.names):
            return _pattern(value)
        case "enumeration":
            name = next((CODELIST[n] for n in value.names if n in CODELIST), None)
            codes = listed(value.facets["enumeration"])
            return ("xsd.codelijst", f"Deze code staat niet in codelijst {name}: {codes}.") if name else None
        case "type":
            return _NOT_OF_BASE.get(value.base)
        case _:
            return None


def _pattern(value: Value) -> tuple[str, str] | None:
    return next((PATTERN[name] for name in value.names if name in PATTERN), None)
