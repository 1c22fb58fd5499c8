"""A row of the tables: a message with one change, and the rules that breaks. Or just does not break.

`expected` is all that may be found, in document order, as "RULE place". More than one line means that the
change cannot break one rule without the others: a duplicate key is an overlap as well, for one.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tests.unit.adapters.ijw.berichten import Change

TOMORROW: Final = "2026-04-16"
"""The day after the dagtekening of every message."""


class Case(NamedTuple):
    code: str
    soort: str
    changes: tuple[Change, ...]
    expected: tuple[str, ...]
    more: dict[str, Any]


def broken(code: str, soort: str, *what: Change | str, **more: Any) -> Case:
    """A row of the table: changes, then what must be found; without the latter one it is fine."""
    changes = tuple(w for w in what if not isinstance(w, str))
    return Case(code, soort, changes, tuple(w for w in what if isinstance(w, str)), more)


R301, R315 = "Client/ToegewezenProducten/ToegewezenProduct", "Client/AangevraagdeProducten/AangevraagdProduct"
SAME, CHANGED, NEW = (
    f"Client/Verzoek/{x}"
    for x in (
        "OngewijzigdeProducten/OngewijzigdProduct",
        "TeWijzigenProducten/TeWijzigenProduct",
        "NieuweProducten/NieuwProduct",
    )
)
START, STOP = "Client/StartProducten/StartProduct", "Client/StopProducten/StopProduct"
RELATIE, CONTACT = "Client/Relaties/Relatie", "Client/Contactgegevens/Contact"
C323, C325 = "Declaratie/Clienten/Client", "DeclaratieAntwoord/Clienten/Client"
P323, P325 = f"{C323}[1]/Prestaties/Prestatie", f"{C325}[1]/Prestaties/Prestatie"
IDENTITY = "Header/BerichtIdentificatie"
WITH_BIRTH_DATE = ("JW301", "JW305", "JW307", "JW315")
OMVANG: Final = {"Volume": "2", "Eenheid": "04", "Frequentie": "4"}
