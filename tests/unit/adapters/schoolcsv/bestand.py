"""The sample agreement and the made-up file, and a small agreement for files of one line."""

from __future__ import annotations

from pathlib import Path

import pytest

import adapters.schoolcsv
from adapters.schoolcsv import Kolomafspraak, read_mapping
from schemas.errors import Fault, InvalidMessage
from schemas.messages.registratie import Registratievertaling
from tests.unit.adapters.edexml.school import TODAY

FILE = (Path(__file__).parents[3] / "data" / "csv" / "leerlingen.csv").read_bytes()
SAMPLE = (Path(adapters.schoolcsv.__file__).parent / "voorbeelden" / "voorbeeld.toml").read_bytes()
MAPPING = read_mapping(SAMPLE)
SMALL_TOML = """
versie = 1
bron = "Proef"
[school]
brin = "99ZZ"
[kolommen]
sleutel = "Nr"
achternaam = "Naam"
roepnaam = "Roepnaam"
geboortedatum = "Geboren"
geslacht = "Gesl"
jaargroep = "Jgr"
groep = "Klas"
instroomdatum = "In"
uitstroomdatum = "Uit"
[geslacht]
j = "1"
m = "2"
"""
SMALL = read_mapping(SMALL_TOML.encode())
HEADER = ("Nr", "Naam", "Roepnaam", "Geboren", "Gesl", "Jgr", "Klas", "In", "Uit")


def small(*rows: dict[str, str], header: tuple[str, ...] = HEADER, delimiter: str = ";") -> bytes:
    """A file with these cells; `Nr` and `Naam` are made up unless given."""
    lines = [delimiter.join(header)]
    for i, row in enumerate(rows, 1):
        cells = {"Nr": f"k{i}", "Naam": "Proef"} | row
        lines.append(delimiter.join(cells.get(name, "") for name in header))
    return "\r\n".join(lines).encode()


def read(*rows: dict[str, str], mapping: Kolomafspraak = SMALL) -> Registratievertaling:
    return adapters.schoolcsv.translate(small(*rows), mapping, today=TODAY)


def faults(raw: bytes, mapping: Kolomafspraak = SMALL) -> tuple[Fault, ...]:
    """The faults of a file that must be refused; check says the same as translate."""
    with pytest.raises(InvalidMessage) as caught:
        adapters.schoolcsv.translate(raw, mapping, today=TODAY)
    assert adapters.schoolcsv.check(raw, mapping, today=TODAY).fouten == caught.value.faults
    return caught.value.faults


def codes(raw: bytes, mapping: Kolomafspraak = SMALL) -> list[tuple[str, str, int | None]]:
    return [(f.code, f.place, f.line) for f in faults(raw, mapping)]
