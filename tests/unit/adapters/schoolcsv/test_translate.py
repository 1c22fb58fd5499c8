"""What a CSV of a school becomes: encodings, delimiters, dates, codes, rows of one leerling."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from adapters import schoolcsv
from adapters.schoolcsv import read_mapping
from adapters.schoolcsv.table import find_delimiter
from schemas.messages.registratie import Sleutelsoort
from tests.builders import a_bsn
from tests.unit.adapters.edexml.school import TODAY
from tests.unit.adapters.schoolcsv.bestand import (
    FILE,
    HEADER,
    MAPPING,
    SMALL,
    SMALL_TOML,
    codes,
    read,
    small,
)

GOLDEN = Path(__file__).parents[3] / "data" / "csv" / "leerlingen.json"
WANT = schoolcsv.translate(FILE, MAPPING, today=TODAY)
LOOSE = MAPPING.model_copy(update={"bestand": type(MAPPING.bestand)()})


def test_the_made_up_file_becomes_exactly_the_expected_registration() -> None:
    """Every field lands where the reviewed expectation says, and nothing more."""
    assert WANT.bericht.inhoud().data == json.loads(GOLDEN.read_text("utf-8"))
    assert [(b.code, b.place, b.line) for b in WANT.bevindingen] == [
        ("csv.kolom_weggelaten", "/kop/kolom[9]", 1),
        ("csv.kolom_weggelaten", "/kop/kolom[17]", 1),
        ("csv.kolom_weggelaten", "/kop/kolom[18]", 1),
        ("csv.rij_samengevoegd", "/rij[2]", 4),
        ("sleutel.dummy", "/rij[4]/Stamnummer", 6),
    ]


@pytest.mark.parametrize("value", ["999990019", "liever niet", "0,3", "=1+1", "BSN", "Opmerking", "Gewicht"])
def test_an_unknown_column_is_dropped_and_never_named(value: str) -> None:
    """Neither the name nor a cell of a column outside the agreement is in anything that comes out."""
    assert value in FILE.decode()
    assert value not in repr(WANT)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_encoding_line_ends_and_delimiter_are_found(codec: str, end: str, delimiter: str) -> None:
    """The same file in any of these forms is the same registration, with the same lines."""
    text = FILE.decode().replace("0,3", '"0,3"').replace(";", delimiter).replace("\n", end)
    raw = text.replace('"Let op' + delimiter, '"Let op;').encode(codec)
    assert schoolcsv.translate(raw, LOOSE, today=TODAY) == WANT


@pytest.mark.parametrize("codec", ["cp850", "cp437", "mac_roman"])
def test_an_old_encoding_must_be_declared(codec: str) -> None:
    """Bytes that Windows-1252 does not have are refused until the agreement names the encoding."""
    raw = small({"Naam": "Küçük Éè"}).decode().encode(codec)
    assert codes(raw) == [("csv.codering_onbekend", "/", 2)]
    (fault,) = schoolcsv.check(raw, SMALL, today=TODAY).fouten
    assert re.search(r"Het lijkt op (cp850|cp437|mac_roman); kijk de namen na\.$", fault.text)
    declared = read_mapping(
        SMALL_TOML.replace("[school]", f'[bestand]\ncodering = "{codec}"\n[school]').encode()
    )
    (leerling,) = schoolcsv.translate(raw, declared, today=TODAY).bericht.leerlingen
    assert leerling.naamdelen.achternaam == "Küçük Éè"


def test_an_undecided_delimiter_is_that_of_the_look_of_the_file() -> None:
    """A header that holds no agreed column under any delimiter is split as the rest of the file looks."""
    text = "A|B|C\n" + "\n".join(f"{n}|een|twee" for n in range(20))
    assert find_delimiter(text, frozenset({"Stamnummer"})) == "|"
    assert find_delimiter("Stamnummer,B|C", frozenset({"Stamnummer"})) == ","
    assert find_delimiter("niets", frozenset({"Stamnummer"})) == ";"


def test_a_declared_encoding_must_fit() -> None:
    """Bytes outside the declared encoding are refused with their line, not guessed at."""
    declared = read_mapping(
        SMALL_TOML.replace("[school]", '[bestand]\ncodering = "utf-8"\n[school]').encode()
    )
    assert codes(small({}, {"Naam": "Zoë"}).decode().encode("windows-1252"), declared) == [
        ("csv.codering", "/", 3)
    ]


def test_two_encodings_in_one_file_are_refused() -> None:
    """A file that is partly UTF-8 would spoil names whichever way it is read."""
    raw = small({"Naam": "Zoë"}) + b"\r\nk9;Zo\xeb;;;;;;;"
    assert codes(raw) == [("csv.codering_gemengd", "/", 3)]


@pytest.mark.parametrize("text", ["Zoë CAFÉ’S", "Zoë “de” Proef", "€", "Ÿ"])
def test_windows_1252_is_not_taken_for_a_mixture(text: str) -> None:
    """Capitals with accents beside curly quotes are honest Windows-1252."""
    raw = small({"Naam": text}).decode().encode("windows-1252")
    assert schoolcsv.translate(raw, SMALL, today=TODAY).bericht.leerlingen[0].naamdelen.achternaam == text


def test_a_decimal_comma_does_not_choose_the_delimiter() -> None:
    """The delimiter follows from the agreed header, not from how often a sign occurs."""
    raw = small({"Naam": "1,2,3,4,5,6,7,8,9"})
    (leerling,) = schoolcsv.translate(raw, SMALL, today=TODAY).bericht.leerlingen
    assert leerling.naamdelen.achternaam == "1,2,3,4,5,6,7,8,9"


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("31-12-2024", "2024-12-31"),
        ("2024-12-31", "2024-12-31"),
        ("29-02-2024", "2024-02-29"),
        (" 01-02-2024 ", "2024-02-01"),
        ("", "None"),
    ],
)
def test_a_dutch_and_an_iso_date(cell: str, want: str) -> None:
    """Both are read; day and month are never swapped."""
    assert str(read({"Geboren": cell}).bericht.leerlingen[0].geboortedatum) == want


@pytest.mark.parametrize(
    "cell",
    ["30-02-2024", "29-02-2023", "12/31/2024", "1-2-2024", "20241231", "2024-12-31T08:00", "x", "0000-01-01"],
)
def test_what_is_no_agreed_date_is_refused(cell: str) -> None:
    """A day that does not exist or a form that is not agreed is a fault at its column."""
    assert codes(small({}, {"Geboren": cell})) == [("csv.datum", "/rij[2]/Geboren", 3)]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("D-M-JJJJ", "1-2-2024"),
        ("DD/MM/JJJJ", "01/02/2024"),
        ("DD.MM.JJJJ", "01.02.2024"),
        ("JJJJMMDD", "20240201"),
    ],
)
def test_another_form_of_date_can_be_agreed(form: str, cell: str) -> None:
    """Each form is read when the agreement names it, and then only that one."""
    mapping = read_mapping(SMALL_TOML.replace("[school]", f'datumvormen = ["{form}"]\n[school]').encode())
    assert str(read({"Geboren": cell}, mapping=mapping).bericht.leerlingen[0].geboortedatum) == "2024-02-01"
    assert codes(small({"Geboren": "2024-02-01"}), mapping) == [("csv.datum", "/rij[1]/Geboren", 2)]


@pytest.mark.parametrize(("cell", "code", "word"), [("j", "1", "jongen"), ("m", "2", "meisje")])
def test_geslacht_goes_through_the_agreed_table(cell: str, code: str, word: str) -> None:
    """What the source writes becomes ISO 5218, which is the other way round than OSO."""
    geslacht = read({"Gesl": cell}).bericht.leerlingen[0].geslacht
    assert geslacht is not None
    assert (geslacht.code, geslacht.stelsel, geslacht.omschrijving) == (code, "iso-5218", word)


def test_a_code_outside_its_table_is_refused() -> None:
    """Nothing is guessed from a letter or a number."""
    assert codes(small({"Gesl": "J", "Jgr": "9"})) == [
        ("csv.geslacht", "/rij[1]/Gesl", 2),
        ("csv.jaargroep", "/rij[1]/Jgr", 2),
    ]
    texts = [f.text for f in schoolcsv.check(small({"Gesl": "J", "Jgr": "9"}), SMALL, today=TODAY).fouten]
    assert texts[0].endswith("geslacht: j, m.")
    assert ": B, D, 0, 1, " in texts[1]


def test_jaargroep_is_of_the_list_of_edexml_without_a_table() -> None:
    """A source that writes the list itself needs no table; H says that the leerling is history."""
    leerling = read({"Jgr": "H"}).bericht.leerlingen[0]
    assert leerling.jaargroep is not None
    assert (leerling.jaargroep.stelsel, leerling.historisch) == ("edexml-jaargroep", True)


def test_leading_zeros_stay() -> None:
    """A key is text."""
    assert read({"Nr": "000417"}).bericht.leerlingen[0].sleutel.waarde == "000417"


@pytest.mark.parametrize(
    ("key", "soort"), [("#1", Sleutelsoort.DUMMY), ("https://ketenid.nl/201703/x", Sleutelsoort.ECK_ID)]
)
def test_a_key_that_may_not_be_kept(key: str, soort: Sleutelsoort) -> None:
    """A dummy and an ECK iD are named as such and dropped."""
    result = read({"Nr": key})
    assert result.bericht.leerlingen[0].sleutel.soort is soort
    assert key not in repr(result)
    assert [b.code for b in result.bevindingen] == [f"sleutel.{soort}"]


def test_keys_that_are_all_citizen_numbers_are_refused() -> None:
    """A column of numbers that all pass the elfproef is not the key of a school system."""
    assert codes(small({"Nr": a_bsn(1)}, {"Nr": a_bsn(2)})) == [("sleutel.bsn", "/kop/Nr", None)]
    assert read({"Nr": a_bsn(1)}, {"Nr": "17"}).bericht.leerlingen


def test_rows_of_one_leerling_are_merged() -> None:
    """One row per placement: groups add up, the first begin counts, and the last end when all ended."""
    one = {"Nr": "7", "Roepnaam": "Noor", "Jgr": "4"}
    result = read(
        one | {"Klas": "4a", "In": "01-08-2023", "Uit": "31-07-2024"},
        one | {"Klas": "4b", "In": "01-08-2022", "Uit": "31-12-2024", "Roepnaam": ""},
        one | {"Klas": "4a"},
    )
    (leerling,) = result.bericht.leerlingen
    assert leerling.groepen == ("4a", "4b")
    assert (str(leerling.instroomdatum), leerling.uitstroomdatum) == ("2022-08-01", None)
    assert [(b.code, b.place, b.line, "2 keer" in b.text) for b in result.bevindingen] == [
        ("csv.rij_samengevoegd", "/rij[2]", 3, True)
    ]
    ended = read(one | {"Uit": "31-07-2024"}, one | {"Uit": "31-12-2024"}).bericht.leerlingen[0]
    assert str(ended.uitstroomdatum) == "2024-12-31"


@pytest.mark.parametrize(
    ("column", "one", "two"),
    [("Naam", "Proef", "Anders"), ("Geboren", "01-01-2015", "02-01-2015"), ("Gesl", "j", "m")],
)
def test_rows_of_one_key_about_two_people_are_refused(column: str, one: str, two: str) -> None:
    """A name, birth date or geslacht that differs means that the key is not a key."""
    raw = small({"Nr": "7", column: one}, {"Nr": "7", column: two})
    assert codes(raw) == [("csv.tegenstrijdig", f"/rij[2]/{column}", 3)]


def test_two_jaargroepen_of_one_leerling_are_reported() -> None:
    """Neither is taken over: which one holds now is not told."""
    result = read({"Nr": "7", "Jgr": "4"}, {"Nr": "7", "Jgr": "5"})
    assert result.bericht.leerlingen[0].jaargroep is None
    assert "csv.jaargroep_verschilt" in {b.code for b in result.bevindingen}


BY_COLUMN = read_mapping(
    SMALL_TOML.replace(
        'brin = "99ZZ"', 'brin_kolom = "Brin"\nvestigingscode_kolom = "Vest"\nschooljaar_kolom = "Jaar"'
    ).encode()
)
WIDE = (*HEADER, "Brin", "Vest", "Jaar")


@pytest.mark.parametrize("year", ["2025-2026", "2025 / 2026", "2025/2026", " 2025 - 2026"])
def test_the_school_can_stand_in_columns(year: str) -> None:
    """BRIN, vestiging and schooljaar come from the rows; a year may be written with a slash and spaces."""
    raw = small({"Brin": "99ZZ", "Vest": "01", "Jaar": year}, {"Brin": "99ZZ"}, header=WIDE)
    bericht = schoolcsv.translate(raw, BY_COLUMN, today=TODAY).bericht
    assert (bericht.school.brin, bericht.school.vestigingscode, bericht.schooljaar) == (
        "99ZZ",
        "01",
        "2025-2026",
    )


@pytest.mark.parametrize(("column", "other"), [("Brin", "98ZZ"), ("Vest", "02"), ("Jaar", "2024-2025")])
def test_two_schools_in_one_file_are_refused_once(column: str, other: str) -> None:
    """A registration is of one school, vestiging and schooljaar."""
    good = {"Brin": "99ZZ", "Vest": "01", "Jaar": "2025-2026"}
    raw = small(good, good | {column: other}, good | {column: other}, header=WIDE)
    assert codes(raw, BY_COLUMN) == [("csv.meer_scholen", f"/rij[2]/{column}", 3)]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("Brin", "99zz", "csv.brin"),
        ("Brin", "99ZZ00", "csv.brin"),
        ("Vest", "1", "csv.vestigingscode"),
        ("Jaar", "2025-2027", "csv.schooljaar"),
        ("Jaar", "25/26", "csv.schooljaar"),
    ],
)
def test_a_school_that_is_none_is_refused(column: str, cell: str, code: str) -> None:
    """A lost leading zero is not put back by guessing."""
    good = {"Brin": "99ZZ", "Vest": "01", "Jaar": "2025-2026"}
    assert (code, f"/rij[1]/{column}", 2) in codes(small(good | {column: cell}, header=WIDE), BY_COLUMN)


def test_a_brin_column_without_a_brin_is_refused() -> None:
    """Without a BRIN no key means anything."""
    assert codes(small({}, header=WIDE), BY_COLUMN) == [("csv.brin", "/kop/Brin", None)]


def test_a_header_without_any_agreed_column_is_missing() -> None:
    """A file that begins with a leerling is told that its header is missing."""
    raw = small({}).partition(b"\r\n")[2]
    assert codes(raw) == [("csv.kop_ontbreekt", "/kop", 1)]


def test_missing_and_doubled_columns_are_named() -> None:
    """Every agreed column must be there once."""
    header = ("Nr", "Naam", "Roepnaam", "Gesl", "Gesl", "Jgr", "Klas", "In", "Uit")
    assert codes(small({}, header=header)) == [
        ("csv.kolom_ontbreekt", "/kop/Geboren", 1),
        ("csv.kolom_dubbel", "/kop/Gesl", 1),
    ]
    assert ("csv.kolom_ontbreekt", "/kop/Nr", 1) in codes(small({}, header=HEADER[1:]))


def test_the_order_of_columns_means_nothing() -> None:
    """Columns are found by name, spaces around it aside."""
    raw = small({}, header=tuple(reversed(HEADER))).replace(b"Naam", b" Naam ")
    assert schoolcsv.translate(raw, SMALL, today=TODAY).bericht == read({}).bericht


def test_ragged_rows_are_each_refused() -> None:
    """A row with a cell too few or too many may have every value in the wrong column."""
    raw = small({}, {}, {}).split(b"\r\n")
    raw[1], raw[3] = raw[1][:-1], raw[3] + b";x"
    assert codes(b"\n".join(raw)) == [("csv.rij_lengte", "/rij[1]", 2), ("csv.rij_lengte", "/rij[3]", 4)]


def test_empty_rows_are_skipped() -> None:
    """Empty lines say nothing; a row of empty cells, as spreadsheets leave them, is reported once."""
    raw = small({}) + b"\r\n\r\n" + b";" * 8 + b"\r\n" + b"; " * 8 + b"\r\n"
    result = schoolcsv.translate(raw, SMALL, today=TODAY)
    assert len(result.bericht.leerlingen) == 1
    assert [(b.code, b.line) for b in result.bevindingen] == [("csv.lege_rij", 4)]


def test_a_header_alone_is_no_school() -> None:
    """No rows would mean that every leerling is gone."""
    assert codes(small()) == [("csv.geen_rijen", "/kop", None)]


def test_line_ends_in_quotes_are_counted() -> None:
    """A fault after a cell of several lines still names its own line."""
    raw = small({"Naam": '"Proef\r\nen\nnog een"'}, {"Geboren": "x"})
    assert codes(raw) == [("csv.datum", "/rij[2]/Geboren", 5)]
    assert read({"Naam": '"Proef\r\nen"'}).bericht.leerlingen[0].naamdelen.achternaam == "Proef en"


def test_what_a_leerling_needs() -> None:
    """A key, and an achternaam or a roepnaam; all faults come at once."""
    raw = small(
        {"Nr": ""}, {"Naam": ""}, {"Naam": "", "Roepnaam": "Noor"}, {"Naam": "x" * 201}, {"Naam": "a\x1bb"}
    )
    assert codes(raw) == [
        ("csv.sleutel_ontbreekt", "/rij[1]/Nr", 2),
        ("csv.naam_ontbreekt", "/rij[2]", 3),
        ("csv.te_lang", "/rij[4]/Naam", 5),
        ("csv.naam_ontbreekt", "/rij[4]", 5),
        ("csv.teken", "/rij[5]/Naam", 6),
        ("csv.naam_ontbreekt", "/rij[5]", 6),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+31", "-1", "@x", "=HYPERLINK(1)"])
def test_a_formula_is_text(cell: str) -> None:
    """Nothing is calculated; whoever writes a spreadsheet must guard it there."""
    assert read({"Naam": cell}).bericht.leerlingen[0].naamdelen.achternaam == cell


def test_a_group_of_both_kinds_is_one_group() -> None:
    """A group named as class and as extra group is there once."""
    mapping = read_mapping(
        SMALL_TOML.replace('groep = "Klas"', 'groep = "Klas"\nsamengestelde_groep = "Extra"').encode()
    )
    raw = small({"Klas": "a", "Extra": "b"}, {"Klas": "b", "Extra": "a"}, header=(*HEADER, "Extra"))
    bericht = schoolcsv.translate(raw, mapping, today=TODAY).bericht
    assert [(g.sleutel, g.samengesteld) for g in bericht.groepen] == [("a", False), ("b", True)]
    assert [lln.groepen for lln in bericht.leerlingen] == [("a", "b"), ("b", "a")]
