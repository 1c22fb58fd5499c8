"""A CSV is hostile until proven otherwise: it never comes back, and nothing unforeseen escapes."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from functools import partial

import pytest

from adapters import schoolcsv
from adapters.schoolcsv.table import MAX_COLUMNS, MAX_ROW, MAX_ROWS
from schemas.errors import InvalidMessage, MessageTooLarge
from tests.damage import damaged_bytes
from tests.unit.adapters.edexml.school import TODAY, everything_said, said_the_same
from tests.unit.adapters.schoolcsv.bestand import FILE, HEADER, MAPPING, SMALL, codes, faults, small


def test_no_fault_repeats_anything_of_the_file() -> None:
    """With a mark in every cell and every unknown column name, no mark comes back."""
    rows = [{name: f"KANARIE{i}{name}" for name in (*HEADER, "X")} for i in range(50)]
    raw = small(*rows, header=(*HEADER, "KANARIE-kolom"))
    with pytest.raises(InvalidMessage) as caught:
        schoolcsv.translate(raw, SMALL, today=TODAY)
    assert len(caught.value.faults) == 201
    assert "KANARIE" not in everything_said(caught.value) + repr(schoolcsv.check(raw, SMALL, today=TODAY))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "csv.leeg"),
        (b"\xef\xbb\xbf \r\n", "csv.leeg"),
        (b"KANARIE\0", "csv.nul"),
        (small({"Naam": "KANARIE\0"}), "csv.nul"),
        ("Nr;KANARIE\0".encode("utf-16"), "csv.nul"),
        (b"PK\x03\x04KANARIE", "csv.geen_csv"),
        (b"\xd0\xcf\x11\xe0KANARIE", "csv.geen_csv"),
        (b"\xef\xbb\xbfNr;KANARIE\xff", "csv.codering"),
        (b"\xff\xfeK\xd8A", "csv.codering"),
        (b"<EDEX>KANARIE</EDEX>", "csv.kop_ontbreekt"),
        (b'"KANARIE', "csv.aanhaling"),
        (small({"Naam": '"KANARIE'}), "csv.aanhaling"),
        (small({"Naam": '"KANARIE"x'}), "csv.aanhaling"),
    ],
    ids=range(13),
)
def test_what_is_no_csv_is_refused_and_not_repeated(raw: bytes, code: str) -> None:
    """Binary files, broken encodings and broken quotes are each one clear fault."""
    with pytest.raises(InvalidMessage) as caught:
        schoolcsv.translate(raw, SMALL, today=TODAY)
    assert [f.code for f in caught.value.faults] == [code]
    assert "KANARIE" not in everything_said(caught.value)


def test_bytes_of_no_encoding_at_all_are_refused() -> None:
    """Noise is never read as a school."""
    rng = random.Random(3)
    for _ in range(20):
        assert not schoolcsv.check(bytes(rng.choices(range(1, 256), k=2_000)), SMALL, today=TODAY).goed


def test_faults_before_broken_quotes_are_still_told() -> None:
    """What can be told apart is checked; the broken row has its own line."""
    raw = small({"Geboren": "x"}, {"Naam": '"open'}, {"Geboren": "x"})
    assert codes(raw) == [("csv.datum", "/rij[1]/Geboren", 2), ("csv.aanhaling", "/rij[2]", 3)]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (small({}) + b"\n" + b";" * (MAX_COLUMNS + 1), "/rij[2]"),
        (b";" * (MAX_COLUMNS + 1), "/kop"),
        (small({}) + b"\nk;x;;;;;;;" * (MAX_ROWS + 1), f"/rij[{MAX_ROWS + 1}]"),
    ],
    ids=["columns", "header", "rows"],
)
def test_too_many_columns_or_rows(raw: bytes, place: str) -> None:
    """The number of columns and rows is bounded, and the bound is named."""
    with pytest.raises(MessageTooLarge) as caught:
        schoolcsv.translate(raw, SMALL, today=TODAY)
    assert [f.place for f in caught.value.faults] == [place]


def test_too_many_bytes() -> None:
    """The bound of the adapter is 10 MB unless the caller says otherwise."""
    for raw, bound in ((b"x" * (schoolcsv.MAX_BYTES + 1), schoolcsv.MAX_BYTES), (FILE, 100)):
        with pytest.raises(MessageTooLarge):
            schoolcsv.translate(raw, MAPPING, max_bytes=bound, today=TODAY)


@pytest.mark.parametrize(
    "raw",
    [
        b'"' * 9_000_000,
        b'"\n' * 4_500_000,
        b'"a";' * 2_000_000,
        b'";"' * 3_000_000,
        b";" * 9_000_000,
        b"\n" * 9_000_000,
        b"\r" * 9_000_000,
        b"'\"" * 4_000_000,
        b"\xeb" * 9_000_000,
        b"\x81" * 9_000_000,
        small({"Naam": '"' + "x\n" * MAX_ROW + '"'}),
        small({"Naam": "x" * 5_000_000}),
    ],
    ids=range(12),
)
def test_bombs_cost_bounded_time(raw: bytes) -> None:
    """Files of one sign, of quotes or of one endless row are refused before the time of a test is over."""
    assert len(faults(raw)) <= 2


def test_the_field_limit_of_the_process_is_left_alone() -> None:
    """The csv module has one limit for all; reading neither changes nor needs it."""
    before = csv.field_size_limit()
    assert before > MAX_ROW
    schoolcsv.check(small({"Naam": "x" * 90_000}), SMALL, today=TODAY)
    assert csv.field_size_limit() == before


def test_very_many_faults_are_bounded() -> None:
    """A fault in every row gives a bounded list that says that there are more."""
    found = faults(small(*({"Geboren": "x", "Gesl": "x"} for _ in range(5_000))))
    assert len(found) == 201
    assert found[-1].code == "csv.meer"


def test_a_truncated_file_never_does_anything_unforeseen() -> None:
    """A file cut anywhere is read or refused, never else; CSV has no end mark, so whole rows are read."""
    outcomes = [refused(FILE[:end]) for end in range(0, len(FILE), 3)]
    assert any(outcomes)
    assert not all(outcomes)


def test_no_value_shows_in_a_result_that_is_not_taken_over() -> None:
    """A finding about a dropped column tells its number only."""
    raw = small({"KANARIE": "KANARIE"}, header=(*HEADER, "KANARIE"))
    assert "KANARIE" not in repr(schoolcsv.translate(raw, SMALL, today=TODAY))


def refused(raw: bytes) -> bool:
    return said_the_same(
        raw,
        partial(schoolcsv.translate, today=TODAY, mapping=MAPPING),
        partial(schoolcsv.check, today=TODAY, mapping=MAPPING),
    )


ODD = (
    "",
    " ",
    '"',
    '""',
    ";",
    "\n",
    "x" * 201,
    "0",
    "#",
    "https://x",
    "99-99-9999",
    "\x1b",
    "Ã©",
    "\ufeff",
    "=1",
)


def single_changes() -> Iterator[bytes]:
    """Every file with one cell changed, one row or column gone or doubled."""
    lines = FILE.decode().replace(";\nbelt", " belt").splitlines()
    table = [line.split(";") for line in lines]
    for r, row in enumerate(table):
        yield "\n".join(lines[:r] + lines[r + 1 :]).encode()
        yield "\n".join([*lines[: r + 1], *lines[r:]]).encode()
        for c in range(len(row)):
            for odd in ODD:
                cells = [*row[:c], odd, *row[c + 1 :]]
                yield "\n".join([*lines[:r], ";".join(cells), *lines[r + 1 :]]).encode()
    for c in range(len(table[0])):
        yield "\n".join(";".join(row[:c] + row[c + 1 :]) for row in table).encode()


def test_every_single_change_is_read_or_refused() -> None:
    """Each cell changed, each row or column gone or doubled: translated or refused, never else."""
    outcomes = [refused(raw) for raw in single_changes()]
    assert len(outcomes) > 1_000
    assert outcomes.count(True) > 300
    assert outcomes.count(False) > 300


def mutants(count: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for _ in range(count):
        yield damaged_bytes(FILE, rng)


def test_damaged_files_never_do_anything_unforeseen() -> None:
    """Hundreds of damaged files are each translated or refused, never anything else."""
    outcomes = [refused(raw) for raw in mutants(300, seed=20261125)]
    assert 50 < sum(outcomes) < 300


@pytest.mark.fuzz
def test_ten_thousand_damaged_files() -> None:
    """Ten thousand damaged files do nothing unforeseen either."""
    outcomes = [refused(raw) for raw in mutants(10_000, seed=13)]
    assert 1_000 < sum(outcomes) < 10_000
