"""What a spreadsheet leaves in a CSV is told with its place, and the rest of the file is read."""

from __future__ import annotations

import pytest

from adapters import schoolcsv
from adapters.schoolcsv.rekenblad import is_error, is_rounded, kept_as_text, sep_line
from schemas.messages.registratie import Registratievertaling, Sleutelsoort
from tests.unit.adapters.edexml.school import TODAY
from tests.unit.adapters.schoolcsv.bestand import (
    FILE,
    HEADER,
    MAPPING,
    SMALL,
    SMALL_TOML,
    codes,
    faults,
    read,
    small,
)


def told(result: Registratievertaling) -> list[tuple[str, str, int | None]]:
    return [(b.code, b.place, b.line) for b in result.bevindingen]


# --- the line above the table


@pytest.mark.parametrize(
    "line", ["sep=;", "SEP=;", '"sep=;"', "sep=; ", "sep=,", "sep=:", "sep=\t", "sep=;;;;;"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_line_that_names_the_delimiter_is_read_past(line: str, end: str, codec: str) -> None:
    """The registration is the same, and every line is still that of the file."""
    text = f"{line}{end}".encode().decode() + small({"Jgr": "C"}).decode().replace("\r\n", end)
    if line[4:5] in (",", "\t"):
        text = text.replace(";", line[-1])
    result = schoolcsv.translate(text.encode(codec), SMALL, today=TODAY)
    plain = schoolcsv.translate(small({"Jgr": "C"}), SMALL, today=TODAY)
    assert result.bericht == plain.bericht
    assert told(result)[0] == ("csv.sep_regel", "/kop", 1)
    wrong = text.replace("Proef", "x" * 300)
    fault, *_ = faults(wrong.encode(codec))
    assert (fault.code, fault.place, fault.line) == ("csv.te_lang", "/rij[1]/Naam", 3)


def test_the_sample_with_such_a_line_reads_as_the_sample() -> None:
    """What the sample file says, and one finding more."""
    plain = schoolcsv.translate(FILE, MAPPING, today=TODAY)
    result = schoolcsv.translate(b"sep=;\n" + FILE, MAPPING, today=TODAY)
    assert result.bericht == plain.bericht
    want = [("csv.sep_regel", "/kop", 1), *((c, p, n and n + 1) for c, p, n in told(plain))]
    assert told(result) == want


def test_an_agreed_delimiter_holds_over_the_line() -> None:
    """What was agreed is not for the file to change."""
    mapping = schoolcsv.read_mapping(
        SMALL_TOML.replace("[school]", '[bestand]\nscheidingsteken = ";"\n[school]').encode()
    )
    result = schoolcsv.translate(b"sep=,\r\n" + small({}), mapping, today=TODAY)
    assert len(result.bericht.leerlingen) == 1


def test_a_column_may_begin_with_sep() -> None:
    """Only a whole line `sep=` with one sign is not of the table."""
    assert sep_line("sep=;;\n") is None
    assert sep_line("sep=;;;x\n") is None
    assert sep_line("september;x\n") is None
    assert sep_line("x\nsep=;\n") is None
    assert sep_line("sep=;") is not None
    header = ("sep=a", *HEADER)
    result = schoolcsv.translate(small({}, header=header), SMALL, today=TODAY)
    assert "csv.sep_regel" not in {b.code for b in result.bevindingen}


# --- errors

ERRORS = [
    *("#N/B", "#N/A", "#NV", "#n/b", "#WAARDE!", "#VALUE!", "#VERW!", "#REF!", "#NAAM?", "#NAME?"),
    *("#DEEL/0!", "#DIV/0!", "#GETAL!", "#NUM!", "#LEEG!", "#NULL!", "#OVERLOOP!", "#SPILL!", "#BEREKENEN!"),
    *("#CALC!", "#VELD!", "#BEZET!", "#¡VALOR!", "########", "Err:502", "Fout:504", "#GETTING_DATA"),
]


@pytest.mark.parametrize("cell", ERRORS)
def test_an_error_is_no_value(cell: str) -> None:
    """Wherever it stands the field is empty, and each column is told of once."""
    fields = ("Roepnaam", "Geboren", "Gesl", "Jgr", "Klas", "In", "Uit")
    result = read(dict.fromkeys(fields, cell), {"Klas": cell})
    empty = read({}, {})
    assert result.bericht == empty.bericht
    assert [(c, p, n) for c, p, n in told(result) if c == "csv.rekenbladfout"] == [
        ("csv.rekenbladfout", f"/rij[1]/{field}", 2)
        for field in ("Roepnaam", "Geboren", "Gesl", "Jgr", "Klas", "In", "Uit")
    ]
    assert cell not in repr(result)


@pytest.mark.parametrize("cell", ERRORS)
def test_an_error_for_a_key_is_somebody_who_is_found_nowhere(cell: str) -> None:
    """Two such rows are two leerlingen, not one."""
    result = read({"Nr": cell, "Naam": "Een"}, {"Nr": cell, "Naam": "Twee"}, {})
    kinds = [(x.naamdelen.achternaam, x.sleutel.soort, x.sleutel.waarde) for x in result.bericht.leerlingen]
    assert kinds == [
        ("Een", Sleutelsoort.DUMMY, None),
        ("Twee", Sleutelsoort.DUMMY, None),
        ("Proef", Sleutelsoort.LAS, "k3"),
    ]
    assert ("csv.rekenbladfout", "/rij[1]/Nr", 2) in told(result)


@pytest.mark.parametrize("cell", ["#A-1", "#12", "#", "# N/B", "N/B", "#Jan", "Fout", "Err: 502", "#1!"])
def test_what_only_looks_like_an_error_is_a_value(cell: str) -> None:
    """A dummy key begins with # as well."""
    assert not is_error(cell)


def test_a_name_that_is_an_error_is_no_name() -> None:
    """Without any name the row says who it is about no more than an empty one."""
    assert codes(small({"Naam": "#N/B"})) == [("csv.naam_ontbreekt", "/rij[1]", 2)]


# --- numbers


@pytest.mark.parametrize("key", ["1,23457E+08", "1.23457E+08", "1E+05", "9,9e12", "2E-3"])
def test_a_key_as_a_power_of_ten_is_told(key: str) -> None:
    """Digits of it may be gone; what is left is kept as it is."""
    result = read({"Nr": key}, {})
    assert result.bericht.leerlingen[0].sleutel.waarde == key
    assert ("csv.sleutel_afgerond", "/rij[1]/Nr", 2) in told(result)


@pytest.mark.parametrize("key", ["417.0", "417,00"])
def test_a_key_with_decimals_is_told(key: str) -> None:
    """A program took it for a number."""
    assert ("csv.sleutel_decimaal", "/rij[2]/Nr", 3) in told(read({}, {"Nr": key}))


@pytest.mark.parametrize("key", ["000417", "12E05", "E5", "1E", "4.1", "1.2.0", "2hv1"])
def test_an_ordinary_key_is_not(key: str) -> None:
    """Leading zeros, letters and points alone are no sign."""
    assert not is_rounded(key)
    assert {b.code for b in read({"Nr": key}).bevindingen} == set()


@pytest.mark.parametrize(("cell", "text"), [('="000417"', "000417"), ("'000417", "000417"), ('=""', "")])
def test_a_value_marked_as_text_is_the_text(cell: str, text: str) -> None:
    """How people save leading zeros from a spreadsheet."""
    assert kept_as_text(cell) == text
    if text:
        result = read({"Nr": cell, "Klas": '="2hv1"'})
        assert result.bericht.leerlingen[0].sleutel.waarde == text
        assert result.bericht.leerlingen[0].groepen == ("2hv1",)
        assert ("csv.rekenbladtekst", "/rij[1]/Nr", 2) in told(result)


@pytest.mark.parametrize("cell", ["'t Hof", "=1+1", '="a"&"b"', "'", "''1"])
def test_another_cell_keeps_its_signs(cell: str) -> None:
    """An apostrophe begins a Dutch name; a formula is text and is never worked out."""
    assert kept_as_text(cell) is None


@pytest.mark.parametrize("cell", ["31-12-2012 00:00", "2012-12-31 00:00:00", "2012-12-31T00:00:00.000"])
def test_midnight_behind_a_date_is_left_off(cell: str) -> None:
    """A program that knows no days without a time; any other time is a fault."""
    result = read({"Geboren": cell})
    assert str(result.bericht.leerlingen[0].geboortedatum) == "2012-12-31"
    assert ("csv.tijd_bij_datum", "/rij[1]/Geboren", 2) in told(result)
    assert codes(small({"Geboren": cell.replace("00:00", "00:01", 1)})) == [
        ("csv.datum", "/rij[1]/Geboren", 2)
    ]


@pytest.mark.parametrize(
    ("cell", "kept"), [("02-11-2026", True), ("03-11-2026", False), ("2099-01-01", False)]
)
def test_nobody_is_born_after_today(cell: str, kept: bool) -> None:
    """A date of birth to come is told and not taken over."""
    result = read({"Geboren": cell})
    assert (result.bericht.leerlingen[0].geboortedatum is not None) == kept
    assert (("datum.geboorte_toekomst", "/rij[1]/Geboren", 2) in told(result)) != kept


# --- encoding


@pytest.mark.parametrize(("name", "odd"), [("ZoÃ«", True), ("Noor", False), ("Zoë", False), ("Ã", False)])
def test_a_text_that_was_encoded_twice_is_told(name: str, odd: bool) -> None:
    """It is kept as it is: a name that is nearly right is for a person to mend."""
    result = read({}, {"Roepnaam": name})
    assert result.bericht.leerlingen[1].naamdelen.roepnaam == name
    assert (("csv.dubbel_gecodeerd", "/rij[2]/Roepnaam", 3) in told(result)) == odd


@pytest.mark.parametrize("name", ["Zoë", "François", "Ångström", "Müller", "Ñuñez", "Ça Éè", "Jürgen d’Or"])
def test_every_name_that_is_encoded_twice_is_found(name: str) -> None:
    """By the real mistake: the bytes of UTF-8 read as Windows-1252."""
    result = read({"Roepnaam": name.encode().decode("windows-1252")})
    assert ("csv.dubbel_gecodeerd", "/rij[1]/Roepnaam", 2) in told(result)


def test_a_letter_that_was_lost_is_told() -> None:
    """What stands there instead is kept: which letter it was nobody knows."""
    result = read({"Roepnaam": "Zo\ufffd"})
    assert ("csv.teken_verloren", "/rij[1]/Roepnaam", 2) in told(result)
    assert result.bericht.leerlingen[0].naamdelen.roepnaam == "Zo\ufffd"


@pytest.mark.parametrize("key", ["123E+03", "12,5e+07", "1,23E+08", "4E12"])
def test_a_key_in_powers_of_ten_is_told_however_it_is_written(key: str) -> None:
    """A spreadsheet may put three digits in front, and then always writes a sign."""
    assert is_rounded(key)
    assert not is_rounded("12E34")
    assert not is_rounded("1234E+05")


@pytest.mark.parametrize("cell", ["#GEGEVENS_OPHALEN", "#GETTING_DATA", "#BEZIG!"])
def test_what_a_spreadsheet_is_still_working_out_is_no_value(cell: str) -> None:
    """It saves what it shows, also when that is that it is not ready."""
    assert is_error(cell)
