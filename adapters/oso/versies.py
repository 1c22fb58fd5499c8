"""The years of the gegevensset that are read, and where they differ.

Until 2018 the support block was `zorg`, with `sefunctioneren` beside it and the handelingsplannen in a list
of their own. Its structure is that of the public schema of 2018.1; by the changes written in it, 2017.1 lacks
only `overleden` and `overlijdensdatum`. Uncertain for both years: the values of code lists that were never
published (`open_lists`). The category table of a profile is that of 2019.1 with `cat_zorgenbegeleiding` in
the place of `cat_onderwijsondersteuning`; towards another school the examples of both years call it
VERPLICHT, the later table OPTIONEEL, and both are taken. Of 2017.1 there are two releases of the rules
(2017.1.1, and 2017.1.2 of February 2018), of the later years one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.oso.codes import LEERLING
from adapters.xml import parser as xml

_LISTS: Final = frozenset(
    {
        "voornaam",
        "gbavoornaam",
        "adresbuitenland",
        "nationaliteit",
        "adres",
        "communicatie",
        "vroegschools",
        "schoolloopbaan",
        "diagnose",
        "code",
        "document",
        "handelingsplan",
        "tlv",
        "arrangement_cluster12",
        "arrangement_pao",
        "toets",
        "toetsonderdeel",
        "referentiescore",
        "cijferlijst",
        "onderdeel",
        "score",
        "verzorger",
        "resultaatvakkenvo",
        "certificaat",
        "competenties",
        "stage",
        "domein",
        "cijferse",
    }
)
"""Elements that repeat somewhere in the standard."""
_LISTS_2018: Final = _LISTS | {
    "lgf",
    "arrangement",
    "opp",
    "verblijf_opdc",
    "onderwijsbelemmering",
    "sterkpunt",
    "extrahulpingroep78",
    "begeleiding",
    "arts",
    "instelling",
}
_SPECIAL: Final = {"land": "omschrijving", "cijferlijstTypelijst": ""}


@dataclass(frozen=True, slots=True)
class Versie:
    name: str
    """The version as `metadata/standaardversie` writes it."""
    namespace: str
    schema: xml.Schema
    support: str
    """The element under leerling that holds opp, tlv and diagnoses."""
    switch: str
    """The category that governs it."""
    open_lists: frozenset[int] = frozenset()
    """Code lists whose values are not published for this year: any value that is not empty is taken."""
    vve_programmas: int = 15
    """How many codes list 9 has."""
    validatieversies: tuple[str, ...] = ()
    """The releases of the rules, first one first: a dossier names the one it was checked against."""

    @property
    def old(self) -> bool:
        return self.support == "zorg"

    @property
    def support_place(self) -> str:
        return f"{LEERLING}/{self.support}"


def _versie(year: int, vve_programmas: int = 15, releases: int = 1) -> Versie:
    old = year < 2019  # noqa: PLR2004  # the year of the great change
    return Versie(
        name=f"{year}.1",
        namespace=f"http://www.edustandaard.nl/oso_gegevensset/{year}/dossier",
        schema=xml.Schema(
            Path(__file__).with_name(f"gegevensset_{year}.xsd"),
            lists=_LISTS_2018 if old else _LISTS,
            special=_SPECIAL,
        ),
        support="zorg" if old else "onderwijsondersteuning",
        switch="zorgenbegeleiding" if old else "onderwijsondersteuning",
        open_lists=frozenset({23, 42, 43}) if old else frozenset(),
        vve_programmas=vve_programmas,
        validatieversies=tuple(f"{year}.1.{n}" for n in range(1, releases + 1)),
    )


VERSIES: Final = {v.namespace: v for v in (_versie(2019), _versie(2018), _versie(2017, 6, releases=2))}
"""The years that are read, by namespace."""
NAMES: Final = frozenset(v.name for v in VERSIES.values())
_ANY: Final = re.compile(r"http://www\.edustandaard\.nl/oso_gegevensset/([^/]+)/dossier")
_YEAR: Final = re.compile(r"[12][0-9]{3}|1\.[0-9]")


def is_dossier(namespace: str, name: str) -> bool:
    """Whether a root element is that of an OSO dossier of any year."""
    return name == "dossier" and _ANY.fullmatch(namespace) is not None


def herken(namespace: str, name: str) -> str | None:
    """`oso 2019.1` for a root element that is read, `oso 2024` for a year that is not, None for no OSO."""
    versie = VERSIES.get(namespace)
    if name != "dossier":
        return None
    if versie is not None:
        return f"oso {versie.name}"
    found = _ANY.fullmatch(namespace)
    return f"oso {found[1]}" if found and _YEAR.fullmatch(found[1]) else None
