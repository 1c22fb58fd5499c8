"""The two sets of leerlinggegevens that parties can agree on, as far as their rules are known.

A profile narrows what may be sent. What is too much is reported and not refused: it is dropped here anyway or
it is a name. That the LVS set of 2.2 demands the last four digits of the BSN is left out on purpose: nobody
should be told to send a number that is thrown away here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from adapters.registratie.leerlingen import Tally
from adapters.xml.nodes import subs
from adapters.xml.parser import Node


class Profiel(StrEnum):
    SMAL = "smal"
    """Smalle set: who is in which group, and little more."""
    LVS = "lvs"
    """For systems that follow results (leerlingvolgsysteem)."""


_BSN: Final = {"sofinummer", "bsn", "onderwijsnummer"}
_PERIOD: Final = {"instroomdatum", "uitstroomdatum"}
_TOO_MUCH: Final[dict[Profiel, frozenset[str]]] = {
    Profiel.SMAL: frozenset(
        {"voornamen", "voorletters-1", "geslacht", "vestiging", "bsn_ondwnr-4", "mutatiedatum"}
        | _BSN
        | _PERIOD
    ),
    Profiel.LVS: frozenset(
        {"voornamen", "vestiging", "gebruikersnaam", "emailadres", "etniciteit", "gewicht", "gewicht_nieuw"}
        | {"land", "land_vader", "land_moeder", "postcodenl", "postnummerbe", "postcodeoverig"}
        | _BSN
        | _PERIOD
    ),
}
_TOO_MUCH_2_3: Final[dict[Profiel, frozenset[str]]] = {
    Profiel.SMAL: frozenset({"geboortedatum"}),
    Profiel.LVS: frozenset({"voorletters-1", "bsn_ondwnr-4"}),
}
_NEEDED: Final[dict[Profiel, tuple[str, ...]]] = {
    Profiel.SMAL: (),
    Profiel.LVS: ("geboortedatum", "geslacht", "jaargroep"),
}


def warn(profiel: Profiel, leerlingen: Node, place: str, tally: Tally, *, version_2_3: bool) -> None:
    """Tell what the set does not allow or misses, once per element."""
    forbidden = _TOO_MUCH[profiel] | (_TOO_MUCH_2_3[profiel] if version_2_3 else frozenset())
    for i, leerling in enumerate(subs(leerlingen, "leerling"), 1):
        there = f"{place}/leerling[{i}]"
        for element in leerling:
            if element in forbidden:
                tally.add(
                    "profiel.te_veel", f"{there}/{element}", f"De set {profiel} heeft geen {element}", element
                )
        missing = [e for e in _NEEDED[profiel] if e not in leerling]
        if profiel is Profiel.LVS and "achternaam" in leerling and "roepnaam" not in leerling:
            missing.append("roepnaam")
        for element in missing:
            tally.add("profiel.te_weinig", there, f"De set {profiel} vraagt om {element}", element)
