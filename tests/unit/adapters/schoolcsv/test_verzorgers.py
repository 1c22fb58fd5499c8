"""What a CSV says of ouders and verzorgers: a hint, read by an agreed table, and of a secret one no name."""

from __future__ import annotations

import re
from typing import Final

import pytest

from adapters.schoolcsv import read_mapping, translate
from schemas.messages.registratie import Verzorgeraanwijzing
from schemas.people.toestemming import Hoedanigheid
from tests.conftest import ROOT
from tests.unit.adapters.edexml.school import TODAY
from tests.unit.adapters.schoolcsv.bestand import HEADER, SMALL_TOML, codes, small

AFSPRAAK: Final = read_mapping(
    (
        SMALL_TOML
        + """
[relatie]
vader = "ouder"
voogd = "voogd"
[ja_nee]
J = true
N = false
[[verzorgers]]
naam = "O1"
relatie = "R1"
gezag = "G1"
geheim = "S1"
[[verzorgers]]
naam = "O2"
"""
    ).encode()
)
WIDE: Final = (*HEADER, "O1", "R1", "G1", "S1", "O2")


def verzorgers(*rows: dict[str, str]) -> tuple[Verzorgeraanwijzing, ...]:
    """Of the only leerling."""
    (leerling,) = translate(small(*rows, header=WIDE), AFSPRAAK, today=TODAY).bericht.leerlingen
    return leerling.verzorgers


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, ()),
        ({"S1": "N"}, ()),
        ({"O2": "A. Proef"}, (Verzorgeraanwijzing(naam="A. Proef"),)),
        (
            {"O1": "A. Proef", "R1": "vader", "G1": "J", "S1": "N", "O2": "B. Proef"},
            (
                Verzorgeraanwijzing(
                    naam="A. Proef", hoedanigheid=Hoedanigheid.OUDER, gezag_volgens_bron=True
                ),
                Verzorgeraanwijzing(naam="B. Proef"),
            ),
        ),
        (
            {"O1": "A. Geheim", "R1": "voogd", "G1": "N", "S1": "J"},
            (Verzorgeraanwijzing(hoedanigheid=Hoedanigheid.VOOGD, gezag_volgens_bron=False, geheim=True),),
        ),
    ],
    ids=range(5),
)
def test_a_verzorger_is_what_his_columns_say(
    row: dict[str, str], expected: tuple[Verzorgeraanwijzing, ...]
) -> None:
    """In the order of the agreement; of nobody when the cells are empty."""
    assert verzorgers(row) == expected


def test_rows_of_one_leerling_agree_about_his_verzorgers() -> None:
    """One row may leave it out; two that differ are a fault at the first column."""
    one = {"Nr": "k1", "O1": "A. Proef"}
    assert verzorgers({"Nr": "k1"}, one, {"Nr": "k1"}) == (Verzorgeraanwijzing(naam="A. Proef"),)
    raw = small(one, {"Nr": "k1", "O1": "B. Proef"}, header=WIDE)
    assert codes(raw, AFSPRAAK) == [("csv.tegenstrijdig", "/rij[2]/O1", 3)]


def test_a_value_outside_its_table_is_a_fault() -> None:
    """Nobody guesses what a code of another system means; whether data are secret least of all."""
    raw = small({"O1": "A. Proef", "R1": "opa", "G1": "ja", "S1": "?"}, header=WIDE)
    assert [(code, place) for code, place, _ in codes(raw, AFSPRAAK)] == [
        ("csv.relatie", "/rij[1]/R1"),
        ("csv.ja_nee", "/rij[1]/G1"),
        ("csv.ja_nee", "/rij[1]/S1"),
    ]


def test_the_columns_of_the_documentation_are_an_agreement() -> None:
    """The block of docs/schoolsystemen.md behind an agreement of a school."""
    page = (ROOT / "docs" / "schoolsystemen.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    read = read_mapping((SMALL_TOML + block).encode())
    assert [v.naam for v in read.verzorgers] == ["Ouder 1"]
    assert (read.relatie, read.ja_nee) == ({"Vader": "ouder", "Moeder": "ouder"}, {"J": True, "N": False})
