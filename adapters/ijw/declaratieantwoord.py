"""The answer to a claim (JW325): the totals, and only the prestaties that were rejected.

Unlike a retour it is a message of the gemeente itself, with its own identity, and what is approved stays
approved when something else is not. A fault of the claim as a whole rejects all of it, one of a client all
prestaties of that client.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import xsd_versie
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels_declaratie import amount
from adapters.ijw.retourcodes import ACCEPTED, HEADER, NOT_JUDGED, class_codes, retourcodes
from adapters.ijw.waarden import signed
from adapters.xml.nodes import sub, subs
from adapters.xml.parser import Node

ALL_GRANTED: Final = "8001"
_BERICHTCODE: Final = "491"
_DECLARATIE: Final = "/Bericht/Declaratie"


def make(
    declaratie: JwBericht,
    fouten: Iterable[Regelfout],
    *,
    identificatie: str,
    dagtekening: dt.date,
    versie: str,
    xslt_versie: str | None,
) -> JwBericht:
    """The JW325 to a JW323. See `retour.make_retour`."""
    top = sub(declaratie.inhoud, "Declaratie")
    codes = class_codes(fouten, frozenset(_classes(top)))
    sent = sub(declaratie.inhoud, "Header")
    header = {
        "BerichtCode": _BERICHTCODE,
        "BerichtVersie": sent.get("BerichtVersie"),
        "BerichtSubversie": sent.get("BerichtSubversie"),
        "Afzender": sent.get("Ontvanger"),
        "Ontvanger": sent.get("Afzender"),
        "BerichtIdentificatie": {"Identificatie": identificatie, "Dagtekening": dagtekening.isoformat()},
        "XsdVersie": xsd_versie(versie),
        "DeclaratieIdentificatie": sent.get("BerichtIdentificatie"),
        "XsdVersieDeclaratie": sent.get("XsdVersie"),
    }
    if xslt_versie is not None:
        header["XsltVersie"] = xslt_versie
    whole = codes.get(HEADER)
    if whole is not None:
        return JwBericht("JW325", {"Header": header | retourcodes(whole)})
    return JwBericht(
        "JW325",
        {"Header": header | retourcodes([ACCEPTED]), "DeclaratieAntwoord": _antwoord(top, codes)},
    )


def _antwoord(top: Node, codes: dict[str, list[str]]) -> Node:
    claimed = signed(sub(top, "TotaalIngediendBedrag"), "TotaalBedrag") or 0
    own = codes.get(_DECLARATIE)
    clienten = [] if own else list(_rejected(top, codes))
    rejected = sum(amount(p) for client in clienten for p in client["Prestaties"]["Prestatie"])
    antwoord = {
        "DeclaratieNummer": top.get("DeclaratieNummer"),
        "TotaalIngediendBedrag": top.get("TotaalIngediendBedrag"),
        "TotaalToegekendBedrag": _total(0 if own else claimed - rejected),
    }
    if clienten:
        antwoord["Clienten"] = {"Client": clienten}
    return antwoord | retourcodes(own or [ACCEPTED if clienten else ALL_GRANTED])


def _total(cents: int) -> Node:
    """A credit, and only a credit, is below zero (CS325)."""
    return {"TotaalBedrag": str(abs(cents)), "DebetCredit": "C" if cents < 0 else "D"}


def _rejected(top: Node, codes: dict[str, list[str]]) -> Iterator[Node]:
    for place, client in _clients(top):
        own = codes.get(place)
        rows = [
            prestatie | retourcodes(codes.get(here) or [NOT_JUDGED])
            for here, prestatie in _prestaties(place, client)
            if own or here in codes
        ]
        if rows:
            kept = {"Bsn": client.get("Bsn"), "Prestaties": {"Prestatie": rows}}
            yield kept | retourcodes(own or [ACCEPTED])


def _classes(top: Node) -> Iterator[str]:
    yield _DECLARATIE
    for place, client in _clients(top):
        yield place
        yield from (here for here, _ in _prestaties(place, client))


def _clients(top: Node) -> Iterator[tuple[str, Node]]:
    for i, client in enumerate(subs(sub(top, "Clienten"), "Client"), 1):
        yield f"{_DECLARATIE}/Clienten/Client[{i}]", client


def _prestaties(place: str, client: Node) -> Iterator[tuple[str, Node]]:
    for i, prestatie in enumerate(subs(sub(client, "Prestaties"), "Prestatie"), 1):
        yield f"{place}/Prestaties/Prestatie[{i}]", prestatie
