"""Mutations of the synthetic POSWV dossier, by place."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import adapters.oso
from schemas.errors import Fault, InvalidMessage

NS = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
PLAIN = (Path(adapters.oso.__file__).parent / "voorbeelden" / "poswv.xml").read_bytes()
FULL = (Path(__file__).parents[3] / "data" / "oso" / "poswv_volledig.xml").read_bytes()
"""Every element POSWV allows at least once, values made up from their names."""
ET.register_namespace("", NS)
L = "huidigeschool/leerling"
S = L + "/onderwijsondersteuning"

Change = Callable[[ET.Element], None]


def _path(place: str) -> str:
    return "/".join(f"{{{NS}}}{step}" for step in place.split("/"))


def find(root: ET.Element, place: str) -> ET.Element:
    found = root.find(_path(place)) if place else root
    assert found is not None, place
    return found


def put(place: str, text: str) -> Change:
    def change(root: ET.Element) -> None:
        find(root, place).text = text

    return change


def drop(place: str) -> Change:
    def change(root: ET.Element) -> None:
        parent = find(root, place.rpartition("/")[0])
        for child in parent.findall(_path(place.rpartition("/")[2])):
            parent.remove(child)

    return change


def add(place: str, xml: str, *, before: str | None = None, after: str | None = None) -> Change:
    """Add a fragment under `place`: before or after the first child of that name, else at the end."""

    def change(root: ET.Element) -> None:
        parent = find(root, place)
        new = list(ET.fromstring(f'<x xmlns="{NS}">{xml}</x>'))
        index = len(parent)
        name = before or after
        if name is not None:
            index = list(parent).index(find(parent, name)) + (1 if after else 0)
        for offset, child in enumerate(new):
            parent.insert(index + offset, child)

    return change


def mutate(*changes: Change, base: bytes = PLAIN, year: int = 2019) -> bytes:
    """The dossier with changes; `year`: of its namespace. Changes are written as for 2019."""
    if year != 2019:
        other = NS.replace("2019", str(year)).encode()
        return mutate(*changes, base=base.replace(other, NS.encode())).replace(NS.encode(), other)
    root = ET.parse(io.BytesIO(base)).getroot()
    for change in changes:
        change(root)
    out = io.BytesIO()
    ET.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def faults(raw: bytes) -> tuple[Fault, ...]:
    """The faults of a dossier that must be refused."""
    try:
        adapters.oso.translate(raw, provenance=False)
    except InvalidMessage as error:
        return error.faults
    raise AssertionError("the dossier was accepted")


def codes(raw: bytes) -> list[tuple[str, str]]:
    return [(f.code, f.place.removeprefix("/dossier")) for f in faults(raw)]
