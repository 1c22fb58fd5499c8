"""What is ordinary is read in one look: the same answer as the long way, and nothing that must be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import oso
from adapters.oso import attachments, reading
from adapters.oso.mapping import Mapping
from adapters.registratie import leerlingen
from adapters.registratie.registratie import build
from adapters.schoolcsv.leerlingen import Reader, _has_nothing_odd
from adapters.schoolcsv.table import Row
from adapters.xml import parser as xml
from adapters.xml.herkenning import begin_in, begin_of
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.registratie import Schoolregistratie
from tests.unit.adapters.edexml.school import SCHOOL, TODAY
from tests.unit.adapters.schoolcsv.bestand import HEADER, SMALL
from tests.unit.adapters.uwlr.antwoord import ANSWER

DOSSIERS = sorted((Path(__file__).parents[2] / "data" / "oso").glob("*.xml"))
CELLS = (
    *("", " ", "Proef", " Proef ", "van der", "van  der", "Zoë", "Désirée", "Ruçhan", "x" * 200, "x" * 201),
    *("#N/B", "#1", "Err:502", "Fout:502", '="0012"', "'0012", "'t Proef", "0:00", "1-1-2016 0:00", "1E5"),
    *(
        "a\tb",
        "a\nb",
        "a\x07b",
        "a\u00a0b",
        "\u00a0a",
        "a\u2003b",
        "a\u2028b",
        "a\u3000",
        "ZoÃ«",
        "â‚¬",
        "\ufffd",
    ),
    *("\u200b", "\u00ad", "a\u0085b", "Ã", "«Ã", "=1+1", "2025 / 2026", "1,5", "\u0661"),
)


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_without_anything_odd_is_taken_as_it_stands(cell: str) -> None:
    """Where the short way is taken, the long way says the same and has nothing to tell."""
    reader = Reader(SMALL, TODAY)
    assert reader.header(Row(0, 1, list(HEADER)))
    row = Row(1, 2, [cell if name == "Naam" else "x" for name in HEADER])
    short = reader._cells(row)["achternaam"]
    told = Reader(SMALL, TODAY)
    told.header(Row(0, 1, list(HEADER)))
    assert short == told._cell(row, "achternaam")
    assert reader.faults == told.faults
    assert reader.tally.found() == told.tally.found()
    if _has_nothing_odd(row.cells):
        assert (told.faults, told.tally.found()) == ([], [])


def test_most_rows_have_nothing_odd() -> None:
    """The short way is there for the rows that schools send: names with accents too."""
    assert _has_nothing_odd(
        ["000417", "Zoë", "van der", "Désirée Proefhuis", "03-11-2012", "2025 / 2026", ""]
    )


def test_every_letter_that_was_encoded_twice_is_seen() -> None:
    """The first look at two signs passes over no text that the whole examination would find."""

    def twice(letter: str) -> str:
        one_by_one = (bytes([b]) for b in letter.encode())
        return "".join(b.decode("cp1252") if b not in _UNDEFINED else b.decode("latin-1") for b in one_by_one)

    assert all(leerlingen.looks_double_encoded(twice(chr(n))) for n in (*range(0x80, 0x2100), 0x1F600))


_UNDEFINED = {b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"}
KEYS = (
    "1",
    "000417",
    "a-b",
    "{0A}",
    "a.b",
    " 1",
    "1 ",
    " ",
    "",
    "#1",
    "http://x",
    "HTTPS://x",
    "a:b",
    "a/b",
    "é",
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("more", [{}, {"@x": "1"}, {"@eckid": "https://x"}, {"achternaam": "Proef"}], ids=str)
def test_an_ordinary_key_is_read_as_any_key(key: str, more: dict[str, str]) -> None:
    """Where the short way is taken, the long way gives the same key and tells the same."""
    answers = []
    for way in (leerlingen.Reader._sleutel, leerlingen.Reader._other_sleutel):
        reader = leerlingen.Reader({}, "/EDEX", "volledig", TODAY)
        seen = {"000417"}
        said = way(reader, {"@key": key, **more}, seen, set(), "/EDEX/leerlingen/leerling[1]")
        answers.append((said, seen, reader.faults, reader.tally.found()))
    assert answers[0] == answers[1]


def test_an_ordinary_name_in_an_attachment_is_no_path() -> None:
    """A name that is passed over is one in which no path would be found."""
    signs = ("", "a", ".", "..", "/", "\\", "C:", "\x00", "\u202e", " ", "-", "(1)", "é")
    names = [f"{a}{b}{c}{d}" for a in signs for b in signs for c in signs for d in signs]
    passed = [name for name in names if attachments._ORDINARY.fullmatch(name)]
    assert "a..a" in passed
    assert not any(attachments._PATH.search(name) for name in passed)


@pytest.mark.parametrize("path", DOSSIERS, ids=lambda p: p.stem)
def test_a_dossier_fills_no_field_that_the_message_does_not_have(path: Path) -> None:
    """The message is validated without looking for other fields; here they are forbidden."""
    read = reading._read(path.read_bytes(), oso.MAX_BYTES, None)
    mapping = Mapping(read.dossier, read.documents, read.versie, provenance=True)
    content = {**mapping.message(), "herkomst": mapping.provenance(read.status) | {"leemtes": ()}}
    strict = Ontwikkelingsperspectief.model_validate(content, by_alias=True, by_name=False, extra="forbid")
    said = oso.translate(path.read_bytes(), provenance=False).bericht
    assert strict.model_dump(exclude={"herkomst"}) == said.model_dump(exclude={"herkomst"})


def test_a_school_fills_no_field_that_a_registration_does_not_have() -> None:
    """The same for what a school system exports."""
    schema = xml.Schema(
        Path(leerlingen.__file__).parents[1] / "edexml" / "edexml_2_1.xsd",
        lists=leerlingen.LISTS,
        keyed=leerlingen.KEYED,
    )
    tree = xml.parse(SCHOOL, max_bytes=10_000_000).tree(schema)
    content = leerlingen.Reader(tree, "/EDEX", "volledig", TODAY).content
    content |= {"herkomst": {"standaard": "edexml", "versie": "2.1"}}
    strict = Schoolregistratie.model_validate(content, by_name=True, by_alias=False, extra="forbid")
    assert strict == build(content)


_SOAP = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">%b</s:Envelope>'


@pytest.mark.parametrize(
    "raw",
    [
        ANSWER,
        SCHOOL,
        b"<a/>",
        b'<a xmlns="urn:a"><Body><b/></Body></a>',
        _SOAP % b"",
        _SOAP % b"<s:Body/>",
        _SOAP
        % b"<s:Header><Body><x/></Body></s:Header><s:Body>a<!-- <b/> --><?c d?><e xmlns='urn:e'/></s:Body>",
        _SOAP % b"<s:Body/><Body><x/></Body>",
        b"<Envelope><Body><Body><x/></Body></Body></Envelope>",
    ],
    ids=range(9),
)
def test_a_parsed_document_begins_as_its_bytes_do(raw: bytes) -> None:
    """Who has parsed a document need not read its bytes again to see how it begins."""
    assert begin_in(xml.parse(raw, max_bytes=10_000_000)) == begin_of(raw)
