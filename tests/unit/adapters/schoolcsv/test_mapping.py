"""An agreement about columns is typed, checked whole, and has no place for a number of a person."""

from __future__ import annotations

import pytest

from adapters.schoolcsv import read_mapping
from adapters.schoolcsv.mapping import MAX_BYTES
from schemas.errors import WrongUse
from tests.unit.adapters.schoolcsv.bestand import MAPPING, SMALL, SMALL_TOML


def wrong(old: str, new: str) -> str:
    assert old in SMALL_TOML
    with pytest.raises(WrongUse) as caught:
        read_mapping(SMALL_TOML.replace(old, new, 1).encode())
    return str(caught.value)


def test_the_sample_agreement_is_read() -> None:
    """The sample that ships names every field there is."""
    assert MAPPING.bron == "Voorbeeld-LAS"
    fields = [field for field, _ in MAPPING.columns()]
    assert fields == [*type(MAPPING.kolommen).model_fields, "vestigingscode", "schooljaar"]


def test_dates_are_dutch_or_iso_unless_said_otherwise() -> None:
    """Both forms occur, so both are read when the agreement names none."""
    assert SMALL.datumvormen == ("DD-MM-JJJJ", "JJJJ-MM-DD")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("versie = 1", "versie = 2", "versie"),
        ("versie = 1", "", "versie"),
        ('bron = "Proef"', "", "bron"),
        ('brin = "99ZZ"', "", "brin"),
        ('brin = "99ZZ"', 'brin = "99zz"', "brin"),
        ('brin = "99ZZ"', 'brin = "99ZZ"\nbrin_kolom = "B"', "brin_kolom"),
        ('brin = "99ZZ"', 'brin = "99ZZ"\nvestigingscode = "0"', "vestigingscode"),
        (
            'brin = "99ZZ"',
            'brin = "99ZZ"\nvestigingscode = "00"\nvestigingscode_kolom = "V"',
            "vestigingscode",
        ),
        ('brin = "99ZZ"', 'brin = "99ZZ"\nschooljaar = "2025-2027"', "schooljaar"),
        ('brin = "99ZZ"', 'brin = "99ZZ"\nschooljaar = "2025-2026"\nschooljaar_kolom = "S"', "schooljaar"),
        ('sleutel = "Nr"', "", "sleutel"),
        ('sleutel = "Nr"', 'sleutel = " "', "sleutel"),
        ('sleutel = "Nr"', 'sleutel = "BSN"', "nummer van een persoon"),
        ('sleutel = "Nr"', 'sleutel = "Onderwijsnummer"', "nummer van een persoon"),
        ('sleutel = "Nr"', 'sleutel = "Nr"\nbsn = "BSN"', "kolommen.bsn"),
        ('sleutel = "Nr"', 'sleutel = "Naam"', "maar één gegeven"),
        ('achternaam = "Naam"\nroepnaam = "Roepnaam"\n', "", "achternaam of roepnaam"),
        ('j = "1"\nm = "2"', "", "tabel geslacht"),
        ('j = "1"', 'j = "3"', "geslacht.j"),
        ('j = "1"', "j = 1", "geslacht.j"),
        ("[geslacht]", '[jaargroep]\n"1" = "9"\n[geslacht]', "jaargroep.1"),
        ("[school]", "datumvormen = []\n[school]", "datumvormen"),
        ("[school]", 'datumvormen = ["MM-DD-JJJJ"]\n[school]', "datumvormen"),
        ("[school]", '[bestand]\nscheidingsteken = "x"\n[school]', "scheidingsteken"),
        ("[school]", '[bestand]\ncodering = "utf-7"\n[school]', "codering"),
        ("[school]", '[onbekend]\nx = "x"\n[school]', "onbekend"),
    ],
    ids=range(26),
)
def test_what_is_wrong_is_named(old: str, new: str, named: str) -> None:
    """A wrong, missing or unknown field is refused and named."""
    assert named in wrong(old, new)


def test_all_that_is_wrong_is_named_at_once() -> None:
    """Two mistakes in one agreement are both told."""
    said = wrong('bron = "Proef"\n[school]\nbrin = "99ZZ"', "[school]\nbrin = 7")
    assert "bron" in said
    assert "school.brin" in said


@pytest.mark.parametrize(
    "raw",
    [b"versie = ", b"\xff", b"x = 2026-01-01", b"a = " + b"[" * 50_000, b"#" * (MAX_BYTES + 1)],
    ids=["cut", "bytes", "date", "deep", "large"],
)
def test_what_is_no_toml_for_this_is_refused(raw: bytes) -> None:
    """Neither bad TOML nor what JSON cannot hold gives anything but a refusal."""
    with pytest.raises(WrongUse):
        read_mapping(raw)


@pytest.mark.parametrize("line", ['achternaam = "Naam"\n', 'roepnaam = "Roepnaam"\n'])
def test_one_of_both_names_is_enough(line: str) -> None:
    """A source may know its leerlingen by achternaam or by roepnaam alone."""
    assert read_mapping(SMALL_TOML.replace(line, "").encode()).versie == 1
