"""At which class of an answer a retourcode stands, and what each code says in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from adapters.ijw.regel import IN_MESSAGE
from adapters.ijw.regelfout import Regelfout
from adapters.xml.parser import Node

REJECTED: Final = "0001"
"""The message was rejected for technical reasons."""
ACCEPTED: Final = "0200"
"""No remark about this class."""
NOT_JUDGED: Final = "0233"
"""Nobody looked at this class."""
HEADER: Final = "/Bericht/Header"
"""Where codes stand alone: an answer that has one here because of a fault says no more."""


def class_codes(fouten: Iterable[Regelfout], classes: Collection[str]) -> dict[str, list[str]]:
    """The retourcodes per class that carries one, in the order in which they were found, each once.

    A fault below a class, or at a row that is not there, belongs to the nearest class above it; one about
    the message as a whole to the header. Any fault of level 2 is all that counts: behind it nobody looked.
    A fault without retourcode cannot be told in an answer.
    """
    codes: dict[str, dict[str, None]] = {}
    for fout in fouten:
        if fout.level <= IN_MESSAGE:
            return {HEADER: [REJECTED]}
        if fout.retourcode is not None:
            codes.setdefault(_class_of(fout.place, classes), {})[fout.retourcode] = None
    return {place: list(found) for place, found in codes.items()}


def _class_of(place: str, classes: Collection[str]) -> str:
    while place and place not in classes:
        place = place.rpartition("/")[0]
    return place or HEADER


def retourcodes(codes: list[str]) -> Node:
    """The class RetourCodes, to be put last into the class it speaks about."""
    return {"RetourCodes": {"RetourCode": codes}}


REDENEN: Final = {
    "0001": "Het bericht is afgekeurd om technische redenen.",
    "0200": "Geen opmerking over dit onderdeel.",
    "0233": "Dit onderdeel is niet beoordeeld.",
    "0611": "Het ingediende tarief is niet het tarief uit het contract.",
    "8001": "De declaratie is volledig toegewezen.",
    "8017": "Van deze creditprestatie is geen debetprestatie bekend.",
    "8021": "Het referentienummer van deze prestatie is al aangeleverd.",
    "8187": "De prestatie hoort niet bij deze client.",
    "8214": "De declaratieperiode is niet de maand na de vorige, terwijl elke periode zorg is geleverd.",
    "8848": "De dagtekening ligt in de toekomst.",
    "9019": "De start of stop is niet te koppelen aan een toewijzing.",
    "9056": "De identificatie is al gebruikt: per soort bericht is zij uniek voor de afzender.",
    "9063": "Het bericht kan niet worden verwerkt, omdat er geen eerder bericht is ontvangen.",
    "9069": "Er is geen actueel startbericht met dezelfde sleutel.",
    "9071": "De start kan niet worden verwijderd, omdat de zorg al is beëindigd.",
    "9074": "Er is al een eerder bericht ontvangen met dezelfde sleutel.",
    "9307": "De prestatie begint niet tussen de ingangsdatum en de einddatum van de toewijzing.",
    "9308": "De prestatie eindigt niet tussen de ingangsdatum en de einddatum van de toewijzing.",
    "9319": "De productperiode valt niet geheel binnen een declaratieperiode.",
    "9321": "Het ingediende volume is meer dan is toegewezen.",
    "9322": "Alle ingediende volumes samen zijn meer dan is toegewezen.",
    "9326": "De lopende levering is nog niet gestopt met een stopbericht.",
    "9332": "Het nummer van de toewijzing is niet uniek binnen het wettelijk domein.",
    "9333": "Het declaratienummer is niet uniek.",
    "9338": "Niet elke prestatie hoort bij een toewijzing, volgens het toewijzingnummer.",
    "9339": "De productcategorie is niet die van de toewijzing.",
    "9340": "De productcode is niet die van de toewijzing.",
    "9341": "De eenheid past niet bij die van de toewijzing.",
    "9346": "Het bedrag is niet het volume maal het tarief, terwijl de eenheid geen euro is.",
    "9347": "De referentie van de aanbieder is niet uniek binnen het wettelijk domein.",
    "9349": "Het verzoek om wijziging noemt niet alle actuele toewijzingen van de client.",
    "9350": "Een ongewijzigd product hoort niet bij een actuele toewijzing, volgens het toewijzingnummer.",
    "9351": "Een te wijzigen product hoort niet bij een actuele toewijzing, volgens het toewijzingnummer.",
    "9355": "De referentie van de aanbieder komt niet voor in een eerder verzoek.",
    "9357": "De gewenste ingangsdatum ligt niet na de dagtekening en is niet die van de toewijzing.",
    "9359": "Er is al een toewijzing gestuurd met deze referentie van de aanbieder.",
    "9360": "Er is al een antwoord gestuurd met deze referentie van de aanbieder.",
    "9361": "Het product komt vaker voor in perioden die elkaar overlappen.",
    "9365": "Er is al een afwijzing gestuurd met deze referentie van de aanbieder.",
    "9366": "De productreferentie komt niet voor in een declaratie.",
    "9367": "De waarde is niet die van de declaratie met dezelfde productreferentie.",
    "9369": "Alle ingediende volumes samen passen niet in het toegewezen budget.",
    "9373": "Het budget is gewijzigd, maar de gewenste ingangsdatum is niet die van de toewijzing.",
    "9374": "Er loopt al een verzoek.",
    "9375": "Er is een omvang, terwijl de toewijzing geen product heeft en na 2020 eindigt of open is.",
    "9379": "De referentie van de aanbieder is ingevuld, maar hoort niet bij een verzoek.",
    "9384": "Er wordt gedeclareerd op een verwijderde toewijzing.",
    "9385": "Op de toewijzing zijn al declaraties goedgekeurd.",
    "9387": "De productperiode begint niet op de eerste van de maand, en de toewijzing niet later.",
    "9388": "De productperiode eindigt niet op de laatste van de maand, en de toewijzing niet eerder.",
    "9389": "Van deze prestatie is al een debetprestatie bekend die niet is gecrediteerd.",
    "9390": "Deze prestatie is al gecrediteerd.",
    "9411": "De omvang ontbreekt, terwijl de toewijzing een productcode heeft.",
    "9412": "Er is een omvang, terwijl de toewijzing geen productcode heeft en na 2020 eindigt of open is.",
    "9413": "De levering is al tijdelijk gestopt: er is een eerdere stop met reden 20.",
    "9414": "De einddatum ligt voor die van de actuele stop.",
    "9415": "De levering is al definitief gestopt: er is een eerdere stop met een andere reden dan 20.",
    "S300": "De gemeentecode staat niet in de lijst van het CBS.",
    "S329": "De productcode hoort niet bij de productcategorie.",
}
"""Each code of the standard (WJ001) in words."""
HUBFOUTEN: Final = {
    "IB001": "Het bericht past niet bij zijn schema.",
    "IB003": "Het bericht is te groot.",
    "IB005": "De gemeente is onbekend.",
    "IB010": "De AGB-code is onbekend.",
    "IB012": "Het bericht is te groot.",
    "IB014": "De inhoud past niet bij het schema.",
    "IB016": "De referentie is al gebruikt.",
    "IB019": "Het antwoord op de declaratie is al gestuurd.",
    "IB020": "Het antwoord op de declaratie is al gestuurd.",
    "BRS13": "Het bericht past niet bij zijn schema.",
    "BRS14": "De XML is niet welgevormd.",
    "BRS18": "Echte personen mogen niet op een testomgeving.",
    "BRS20": "De identificatie is al gebruikt.",
    "BRS28": "Het bericht voldoet niet aan de regels van de standaard.",
    "BRS114": "De TraceerId is al gebruikt.",
    "CC11": "Het antwoord op de declaratie is al aangeboden.",
    "StUF055": "De inhoud van de envelop past niet bij het schema.",
}
"""Codes of the hubs (an Fo01) of which the meaning is known, in words; there are more."""
