"""An agreement about columns is typed, checked whole, and has no place for a number of a person."""

from __future__ import annotations

import pytest

from adapters.schoolcsv import read_mapping, read_sent_mapping
from adapters.schoolcsv.mapping import MAX_BYTES
from schemas.errors import InvalidMessage, WrongUse
from tests.unit.adapters.schoolcsv.bestand import MAPPING, SMALL, SMALL_TOML

OUDER = '[[verzorgers]]\nnaam = "Ouder"\n'


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
        ("[school]", f'{OUDER}relatie = "R"\n[school]', "tabel relatie"),
        ("[school]", f'{OUDER}gezag = "G"\n[school]', "tabel ja_nee"),
        ("[school]", f'{OUDER}geheim = "G"\n[school]', "tabel ja_nee"),
        ("[school]", f'{OUDER}telefoon = "T"\n[school]', "verzorgers.0.telefoon"),
        ("[school]", f"{OUDER * 5}[school]", "verzorgers"),
        ("[school]", '[[verzorgers]]\nnaam = "Naam"\n[school]', "maar één gegeven"),
        ("[school]", '[[verzorgers]]\nnaam = "BSN ouder 1"\n[school]', "nummer van een persoon"),
        ("[school]", f'[relatie]\nx = "leerling"\n{OUDER}[school]', "relatie.x"),
        ("[school]", f'[ja_nee]\nx = "ja"\n{OUDER}[school]', "ja_nee.x"),
    ],
    ids=range(35),
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


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (SMALL_TOML.replace('j = "1"', 'KANARIE = "KANARIE"'), [("kolommen.waarde", "/kolommen/geslacht")]),
        (f'KANARIE = "KANARIE"\n{SMALL_TOML}', [("kolommen.waarde", "/kolommen")]),
        (SMALL_TOML.replace('j = "1"\nm = "2"', ""), [("kolommen.waarde", "/kolommen")]),
        (SMALL_TOML.replace('bron = "Proef"', "bron = 5"), [("kolommen.waarde", "/kolommen/bron")]),
        ("KANARIE =", [("kolommen.toml", "/kolommen")]),
        ("#" * (MAX_BYTES + 1), [("kolommen.toml", "/kolommen")]),
    ],
    ids=range(6),
)
def test_what_is_wrong_in_a_sent_agreement_is_told_without_its_words(
    raw: str, told: list[tuple[str, str]]
) -> None:
    """Names of ours only: what the sender wrote himself may be anything."""
    with pytest.raises(InvalidMessage) as caught:
        read_sent_mapping(raw.encode(), "/kolommen")
    assert [(f.code, f.place) for f in caught.value.faults] == told
    assert "KANARIE" not in repr(caught.value.faults)


def test_a_sent_agreement_that_is_right_is_the_agreement() -> None:
    """The same as from a file."""
    assert read_sent_mapping(SMALL_TOML.encode(), "/kolommen") == SMALL
