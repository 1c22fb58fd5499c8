"""The rules about people: the client, relaties, names, birth dates and contacts. Mostly of the JW301."""

from __future__ import annotations

import re
from typing import Final

from adapters.ijw.regel import Omgeving, regel
from adapters.ijw.waarden import day, exact, filled, whole
from adapters.xml.nodes import sub, subs, text
from adapters.xml.parser import Node
from schemas.identifiers import passes_elfproef

_POSTCODE: Final = re.compile(r"[1-9][0-9]{3}[a-zA-Z]{2}")
_UNKNOWN: Final = 1900_01_01
_FIRST_OF_YEAR: Final = 1_01
_120_YEARS: Final = 120_00_00
_FIXED_ADDRESSES: Final = {"01", "02", "03"}
"""Soort of a contact that is a BRP, correspondence or residence address."""


@regel("CS002", "/Bsn", "Dit nummer is geen geldig burgerservicenummer.")
def bsn_klopt(client: Node, _: Omgeving) -> bool:
    """CS002: the number passes the elfproef; nine zeros pass the sum but belong to nobody."""
    return passes_elfproef(text(client, "Bsn") or "")


# --- birth date: JW301, JW305, JW307, JW315


@regel("TR002", "/Geboortedatum/Datum", "De geboortedatum ligt meer dan 120 jaar voor de dagtekening.")
def geboren_in_laatste_120_jaar(persoon: Node, omgeving: Omgeving) -> bool:
    """TR002: nobody is more than 120 years old, unless the date stands for an unknown one."""
    geboren = sub(persoon, "Geboortedatum")
    datum, dagtekening = day(geboren, "Datum"), omgeving.dagtekening
    if datum is None or dagtekening is None:
        return True
    unknown = datum == _UNKNOWN and text(geboren, "DatumGebruik") == "3"
    return unknown or datum + _120_YEARS >= dagtekening


@regel("TR134", "/Geboortedatum/Datum", "De geboortedatum mag niet na de dagtekening liggen.")
def geboren_voor_dagtekening(persoon: Node, omgeving: Omgeving) -> bool:
    """TR134: somebody in a message was born when it was dated."""
    return omgeving.not_after_dagtekening(day(sub(persoon, "Geboortedatum"), "Datum"))


@regel(
    "CS139",
    "/Geboortedatum/DatumGebruik",
    "Deze aanduiding past niet bij de datum: een onbekend deel staat als 01 in de datum, "
    "een onbekende datum als 1900-01-01.",
)
def onbekend_deel_is_01(persoon: Node, _: Omgeving) -> bool:
    """CS139: the part of a birth date that is said to be unknown holds the value agreed for that."""
    geboren = sub(persoon, "Geboortedatum")
    datum = day(geboren, "Datum")
    if datum is None:
        return True
    match text(geboren, "DatumGebruik"):
        case "1":
            return datum % 100 == 1
        case "2":
            return datum % 10_000 == _FIRST_OF_YEAR
        case "3":
            return datum == _UNKNOWN
        case _:
            return True


GEBOORTEDATUM: Final = (geboren_in_laatste_120_jaar, geboren_voor_dagtekening, onbekend_deel_is_01)


# --- name and language: JW301


@regel("CS318", "/Naam", "Een client is een natuurlijk persoon: naamgebruik 6 mag hier niet.")
def client_is_mens(client: Node, _: Omgeving) -> bool:
    """CS318: the client is a person, so the name is not used as that of an organisation."""
    return text(sub(client, "Naam"), "NaamGebruik") != "6"


@regel(
    "CS050",
    "/Naam/NaamGebruik",
    "Dit naamgebruik past niet bij de namen: met partnernaam 1 tot en met 4, zonder 1 of 6.",
)
def naamgebruik_past_bij_namen(persoon: Node, _: Omgeving) -> bool:
    """CS050: only who has a partner's name can use it, and a pseudonym (5) is never allowed."""
    naam = sub(persoon, "Naam")
    return text(naam, "NaamGebruik") in ({"1", "2", "3", "4"} if filled(naam, "Partnernaam") else {"1", "6"})


@regel("CD007", "/Communicatie/Taal", "De taal is verplicht bij een tolk voor een taal, en mag anders niet.")
def taal_bij_tolk(client: Node, _: Omgeving) -> bool:
    """CD007: a language is named exactly when an interpreter of a language is needed."""
    communicatie = sub(client, "Communicatie")
    return filled(communicatie, "Taal") == (text(communicatie, "Vorm") == "1")


# --- contact: JW301


@regel("TR061", "", "Er is geen BRP-adres, correspondentie-adres of verblijfadres van de client.")
def client_heeft_vast_adres(client: Node, _: Omgeving) -> bool:
    """TR061: a client has at least one address that is not temporary; those of relaties do not count."""
    contacten = subs(sub(client, "Contactgegevens"), "Contact")
    return any(text(c, "Soort") in _FIXED_ADDRESSES for c in contacten)


@regel("TR006", "", "Een contact heeft een telefoonnummer, of een huisnummer met een postcode.")
def contact_is_bereikbaar(contact: Node, _: Omgeving) -> bool:
    """TR006: a contact can be phoned or written to."""
    adres = sub(contact, "Adres")
    return filled(contact, "Telefoon") or (filled(adres, "Huis") and filled(adres, "Postcode"))


@regel("CD025", "/Adres/Huis", "Bij een adres in Nederland is het huisnummer verplicht.")
def huisnummer_in_nederland(contact: Node, _: Omgeving) -> bool:
    """CD025: a Dutch address has a house number."""
    adres = sub(contact, "Adres")
    return text(adres, "LandCode") != "NL" or whole(sub(adres, "Huis"), "Huisnummer") is not None


@regel("CD034", "/Adres/Postcode", "Bij een BRP-adres of verblijfadres is de postcode verplicht.")
def postcode_bij_woonadres(contact: Node, _: Omgeving) -> bool:
    """CD034: an address where somebody lives has a postcode."""
    return text(contact, "Soort") not in {"01", "03"} or filled(sub(contact, "Adres"), "Postcode")


@regel(
    "CS089", "/Adres/Postcode", "Een adres in Nederland heeft een postcode van vier cijfers en twee letters."
)
def postcode_in_nederlandse_vorm(contact: Node, _: Omgeving) -> bool:
    """CS089: a Dutch address has a postcode in the Dutch form, in six characters.

    The rule hangs on LandCode, so a Dutch address without a postcode breaks it as well as CD005.
    """
    adres = sub(contact, "Adres")
    if text(adres, "LandCode") != "NL":
        return True
    return _POSTCODE.fullmatch(exact(adres, "Postcode") or "") is not None


@regel("CD005", "/Adres/LandCode", "Land en postcode horen bij elkaar: vul beide in, of geen van beide.")
def land_bij_postcode(contact: Node, _: Omgeving) -> bool:
    """CD005: a postcode says nothing without its country, nor the other way round."""
    adres = sub(contact, "Adres")
    return filled(adres, "LandCode") == filled(adres, "Postcode")


@regel("CD009", "/Periode", "Een periode mag alleen bij een tijdelijk verblijfadres.")
def periode_bij_tijdelijk_adres(contact: Node, _: Omgeving) -> bool:
    """CD009: only a temporary address has a period."""
    return not filled(contact, "Periode") or text(contact, "Soort") == "04"


@regel(
    "CS003",
    "/Periode/Einddatum",
    "De einddatum mag niet voor de begindatum liggen, en heeft een begindatum nodig.",
)
def periode_loopt_vooruit(contact: Node, _: Omgeving) -> bool:
    """CS003: a period does not end before it began. As in the reference check, an end alone is wrong too."""
    periode = sub(contact, "Periode")
    begin, eind = day(periode, "Begindatum"), day(periode, "Einddatum")
    return eind is None or (begin is not None and begin <= eind)


CONTACT: Final = (
    contact_is_bereikbaar,
    huisnummer_in_nederland,
    postcode_bij_woonadres,
    postcode_in_nederlandse_vorm,
    land_bij_postcode,
    periode_bij_tijdelijk_adres,
    periode_loopt_vooruit,
)
