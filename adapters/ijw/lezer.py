"""Values of a message that its schema accepted as dates, numbers and codes of the shared schema.

The schema lets through what our types do not hold (a year of five digits). That is one Fault per value, with
its place and without the value; the value itself is then a default that nobody sees, because `sluit` raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.gelezen import VAN_GEMEENTE
from adapters.xml.nodes import integer, sub, subs, text
from adapters.xml.parser import Node
from schemas.errors import Fault, InvalidMessage
from schemas.messages.onderdelen import Code

STELSELS: Final = {
    "Categorie": "JZ020",
    "Code": "ijw-productcode",
    "ProductCategorie": "JZ020",
    "ProductCode": "ijw-productcode",
    "Eenheid": "WJ756",
    "Frequentie": "WMO757",
    "RedenWijziging": "JZ002",
    "RedenBeeindiging": "JZ588",
    "RedenVerzoek": "WJ758",
    "Type": "COD327",
}
"""The list of each coded element. A product code is of the national list or of one between two parties; a
message does not say which."""
DATUM: Final = "Deze datum valt buiten de jaren 1 tot en met 9999."
_LAATSTE: Final = dt.time(23, 59, 59, 999999)


class Lezer:
    """Reads values and keeps what could not be read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def sluit(self) -> None:
        """Raises InvalidMessage with every fault, when there is one."""
        if self.faults:
            raise InvalidMessage(tuple(self.faults))

    def fout(self, code: str, place: str, text: str) -> None:
        self.faults.append(Fault(code, place, text))

    def datum(self, node: Node, name: str, place: str) -> dt.date | None:
        value = text(node, name)
        try:
            return None if value is None else dt.date.fromisoformat(value)
        except ValueError:
            self.fout("ijw.datum", f"{place}/{name}", DATUM)
            return None

    def moet_datum(self, node: Node, name: str, place: str) -> dt.date:
        """A date the schema demands."""
        return self.datum(node, name, place) or dt.date.min

    def tijd(self, node: Node, name: str, place: str) -> dt.time | None:
        """A time to the microsecond. 24:00:00 is the last moment of its day, and sorts as that."""
        value = text(node, name)
        if value is None:
            return None
        if value.startswith("24"):
            return _LAATSTE
        whole, _, fraction = value.partition(".")
        try:
            return dt.time.fromisoformat(f"{whole}.{fraction[:6]:0<6}")
        except ValueError:
            self.fout("ijw.tijd", f"{place}/{name}", "Deze tijd is niet te lezen.")
            return None


def getal(node: Node, name: str) -> int | None:
    """A number the schema bounded; leading zeros mean nothing."""
    value = text(node, name)
    return None if value is None else integer(value)


def nummer(node: Node) -> str | None:
    """ToewijzingNummer as it is compared: 000300201 is 300201."""
    value = getal(node, "ToewijzingNummer")
    return None if value is None else str(value)


def code(node: Node, name: str) -> Code | None:
    value = text(node, name)
    return None if value is None else Code(code=value, stelsel=STELSELS[name])


def partijen(bericht: JwBericht) -> tuple[str, str]:
    """The gemeente and the aanbieder of a message, whichever of the two sent it."""
    header = sub(bericht.inhoud, "Header")
    afzender, ontvanger = text(header, "Afzender") or "", text(header, "Ontvanger") or ""
    return (afzender, ontvanger) if bericht.soort in VAN_GEMEENTE else (ontvanger, afzender)


def rijen(node: Node, *path: str, place: str = "/Bericht") -> Iterator[tuple[str, Node]]:
    """The instances of a class that repeats, with their places."""
    *above, name = path
    for step in above:
        node, place = sub(node, step), f"{place}/{step}"
    for i, row in enumerate(subs(node, name), 1):
        yield f"{place}/{name}[{i}]", row


def van_soort(bericht: JwBericht, *soorten: str) -> None:
    """Raises InvalidMessage for any other message."""
    if bericht.soort not in soorten:
        raise InvalidMessage(
            (Fault("ijw.soort", "/Bericht", f"Hier hoort een van deze berichten: {', '.join(soorten)}."),)
        )
