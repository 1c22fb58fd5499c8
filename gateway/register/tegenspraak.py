"""What a partij in the register cannot be at once: its id, its kind, its identifiers and its roles agree.

This is checked on the table of the file and not on a whole `Partij`, so that a fault in one field does not
hide that two others contradict each other. Only a file that is applied is checked. A register that an older
release stored stays as it is until the next file, which must be right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas.errors import Fault
from schemas.people.partij import Partijsoort, Rol

_ID: Final = re.compile(r"(brin):([0-9]{2}[A-Z]{2})([0-9]{2})|(oin|agb|gemeente):([0-9]+)")
_FIELD: Final = {"oin": "oin", "agb": "agb", "gemeente": "gemeentecode"}

_S = Partijsoort
_EIGEN: Final[Mapping[Partijsoort, frozenset[str]]] = {
    _S.SCHOOL: frozenset({"oin", "brin", "vestigingscode"}),
    _S.JEUGDHULPAANBIEDER: frozenset({"oin", "agb"}),
    _S.GEMEENTE: frozenset({"oin", "gemeentecode"}),
    _S.GECERTIFICEERDE_INSTELLING: frozenset({"oin", "agb"}),
    _S.VEILIG_THUIS: frozenset({"oin", "agb"}),
    _S.VERWIJSINDEX: frozenset({"oin"}),
    _S.FG: frozenset({"oin"}),
    _S.ANDERE: frozenset(),
}
"""The identifiers that each kind can have. A BRIN names a school and a CBS code a gemeente; anybody can have
an OIN.
"""

ROLLEN: Final[Mapping[Partijsoort, frozenset[Rol]]] = {
    _S.SCHOOL: frozenset({Rol.INTERN_BEGELEIDER, Rol.LEERKRACHT, Rol.ADMINISTRATIE}),
    _S.JEUGDHULPAANBIEDER: frozenset({Rol.JEUGDHULPVERLENER, Rol.GEDRAGSWETENSCHAPPER, Rol.ADMINISTRATIE}),
    # A team of the gemeente may itself give help, under the secrecy of the Jeugdwet.
    _S.GEMEENTE: frozenset(
        {
            Rol.TOEGANGSMEDEWERKER,
            Rol.LEERPLICHTAMBTENAAR,
            Rol.JEUGDHULPVERLENER,
            Rol.GEDRAGSWETENSCHAPPER,
            Rol.ADMINISTRATIE,
        }
    ),
    # Jeugdwet 3.2: a GI gives no jeugdhulp.
    _S.GECERTIFICEERDE_INSTELLING: frozenset(
        {Rol.JEUGDBESCHERMER, Rol.GEDRAGSWETENSCHAPPER, Rol.ADMINISTRATIE}
    ),
    _S.VEILIG_THUIS: frozenset({Rol.MELDPUNTMEDEWERKER, Rol.GEDRAGSWETENSCHAPPER, Rol.ADMINISTRATIE}),
    _S.VERWIJSINDEX: frozenset({Rol.ADMINISTRATIE}),
    _S.FG: frozenset(),
    _S.ANDERE: frozenset(),
}
"""The roles in which each kind may receive."""


def contradictions(i: int, partij: Mapping[str, Any]) -> Iterator[Fault]:
    """The contradictions in the table at place `i`. A field that is not well-formed has its own fault and is
    passed over here.
    """
    place = f"/partijen/{i}"
    named = dict(named_in(partij.get("id")))
    for field, value in named.items():
        found = partij.get(field)
        if isinstance(found, str) and found != value:
            text = "Dit is iets anders dan in het id van de partij staat."
            yield Fault("register.kenmerk", f"{place}/{field}", text)
    soort = partij.get("soort")
    if not isinstance(soort, str) or soort not in frozenset(Partijsoort):
        return
    if soort == Partijsoort.ANDERE:
        text = "Noem in plaats van deze soort de hoedanigheden van de partij."
        yield Fault("register.soort", f"{place}/soort", text)
        return
    eigen, rollen = _EIGEN[Partijsoort(soort)], ROLLEN[Partijsoort(soort)]
    if not eigen.issuperset(named):
        text = "Een partij van deze soort kan zo niet heten: dit kenmerk is van een andere soort."
        yield Fault("register.soort", f"{place}/id", text)
    for field in sorted(set().union(*_EIGEN.values()) - eigen):
        if partij.get(field) is not None:
            text = "Een partij van deze soort heeft dit kenmerk niet."
            yield Fault("register.soort", f"{place}/{field}", text)
    told = partij.get("rollen")
    for j, rol in enumerate(told if isinstance(told, list) else ()):
        if isinstance(rol, str) and rol in frozenset(Rol) and rol not in rollen:
            text = "Een partij van deze soort kan deze rol niet hebben."
            yield Fault("register.rol", f"{place}/rollen/{j}", text)


def named_in(ident: object) -> Iterator[tuple[str, str]]:
    """The identifiers that stand in an id, by the field they belong in."""
    found = _ID.fullmatch(ident) if isinstance(ident, str) else None
    if found is None:
        return
    if found[1]:
        yield from (("brin", found[2]), ("vestigingscode", found[3]))
    else:
        yield _FIELD[found[4]], found[5]
