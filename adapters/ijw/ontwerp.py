"""Making a message from what others know, so that whatever is wrong with it is told where they wrote it.

A value goes in together with its place in the source. The schema and the rules of iJw judge the message that
comes out, as they would judge anybody's; what they find at an element becomes a fault at its source. So no
rule is written twice, and no fault names an element that the sender never saw.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from adapters.ijw import read, write
from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import XSD_VERSIE, xsd_versie
from adapters.ijw.regel import IN_MESSAGE
from adapters.ijw.regels import check
from schemas.errors import Fault, InvalidMessage

ONTBREEKT: Final = "Dit is nodig voor het bericht en is nergens ingevuld."
TEGENSPRAAK: Final = "Dit is anders dan wat het arrangement zegt."


NAMEN: Final = {
    "Product": "categorie",
    "Einddatum": "einddatum",
    "ToewijzingEinddatum": "einddatum",
    "Omvang": "omvang",
    "Budget": "budget",
    "BeschikkingIngangsdatum": "beschikking",
    "GewensteIngangsdatum": "gewenste_ingangsdatum",
    "Naam": "naam",
    "ZorgverlenerCode": "zorgverlenercode",
    "XsdVersie": "xsd_versie",
    "RedenAfwijzingVerzoek": "/aanvulling/reden",
    "Woonplaatsbeginsel": "/antwoord/andereGemeente",
}
"""How an element that is not there is called where it could have been filled in; whole, where that is a place
of its own."""


class Waarde(NamedTuple):
    """A text and the place it was read from."""

    tekst: str
    bron: str


class Deel(NamedTuple):
    """A class of the message, with the place where most of it was filled in."""

    inhoud: dict[str, Any]
    bron: str


class Ontwerp:
    """A message in the making. Waarden and Delen stand where a JwBericht has texts; None is left out."""

    def __init__(self, soort: str) -> None:
        self._soort = soort
        self.faults: list[Fault] = []

    def fout(self, code: str, place: str, text: str) -> None:
        self.faults.append(Fault(code, place, text))

    def moet(self, waarde: Waarde | None, bron: str, plaatshouder: str) -> Waarde:
        """The value, or a fault that says where it could have been filled in.

        The stand-in lets the schema judge what comes behind it; the message it is in is given to nobody.
        """
        if waarde is None:
            self.fout("ijw.ontbreekt", bron, ONTBREEKT)
        return waarde or Waarde(plaatshouder, bron)

    def een(self, vast: Waarde | None, extra: Waarde | None) -> Waarde | None:
        """What both sides say of one fact; a fault at the second when they differ."""
        if vast is not None and extra is not None and vast.tekst != extra.tekst:
            self.fout("ijw.tegenspraak", extra.bron, TEGENSPRAAK)
        return vast or extra

    def maak(self, inhoud: dict[str, Any], versie: str | None, dagtekening: dt.date) -> JwBericht:
        """The finished message. Raises InvalidMessage with every fault."""
        bronnen: dict[str, str] = {}
        plain = _plain(inhoud, "/Bericht", bronnen)
        plain["Header"]["XsdVersie"] = xsd_versie(versie or XSD_VERSIE)
        bericht = JwBericht(self._soort, plain)
        rules = [f for f in check(bericht, today=dagtekening) if f.level == IN_MESSAGE]
        found = [(f.code, f.place, f.text) for f in rules]
        try:
            bericht = read(write(bericht))
        except InvalidMessage as error:
            found = [*((f.code, f.place, f.text) for f in error.faults), *found]
        for code, place, text in found:
            self.fout(code, _bron(place, bronnen), text)
        if self.faults:
            raise InvalidMessage(tuple(self.faults))
        return bericht


def kop(berichtcode: str, afzender: Waarde, ontvanger: Waarde, identificatie: Waarde, op: Waarde) -> Deel:
    return Deel(
        {
            "BerichtCode": berichtcode,
            "BerichtVersie": "3",
            "BerichtSubversie": "2",
            "Afzender": afzender,
            "Ontvanger": ontvanger,
            "BerichtIdentificatie": {"Identificatie": identificatie, "Dagtekening": op},
        },
        "/aanvulling/kop",
    )


def waarde(value: object, bron: str) -> Waarde | None:
    """A value of a model as the wire writes it; None when there is none."""
    match value:
        case None:
            return None
        case bool():
            return Waarde("1" if value else "2", bron)
        case dt.date():
            return Waarde(value.isoformat(), bron)
        case _:
            return Waarde(str(value), bron)


def _plain(node: Any, place: str, bronnen: dict[str, str]) -> Any:
    match node:
        case Waarde():
            bronnen[place] = node.bron
            return node.tekst
        case Deel():
            bronnen[place] = node.bron
            return _plain(node.inhoud, place, bronnen)
        case dict():
            filled = {name: value for name, value in node.items() if value is not None}
            return {name: _plain(value, f"{place}/{name}", bronnen) for name, value in filled.items()}
        case list():
            return [_plain(value, f"{place}[{i}]", bronnen) for i, value in enumerate(node, 1)]
        case _:
            return node


def _bron(place: str, bronnen: dict[str, str]) -> str:
    """Where an element was, or could have been, filled in."""
    rest = ""
    while place and place not in bronnen:
        place, _, rest = place.rpartition("/")
    bron, name = bronnen.get(place, "/aanvulling"), NAMEN.get(rest)
    if name and name.startswith("/"):
        return name
    return f"{bron}/{name}" if name and not bron.endswith(f"/{name}") else bron
