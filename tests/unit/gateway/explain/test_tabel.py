"""A table of rows of an FG: no cell is a formula, and a reader gets back what was written."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.explain.tabel import KOLOMMEN, as_csv, safe

ROW: dict[str, Any] = {name: name for name in KOLOMMEN} | {
    "redenen": [
        {"code": "BG_APPROVED", "normen": ("AVG 6(1)(d)",)},
        {"code": "FIELD_NOT_IN_PROFILE", "normen": ("AVG 5(1)(c)", "AVG 6(1)(d)")},
    ],
    "categorieen": ("contact", "doelen"),
    "velden": [],
    "overgedragen": True,
    "zonderToestemming": None,
}


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_row_is_a_line() -> None:
    """Several values stand in one cell, what is not known is empty, each norm stands there once."""
    head, line = read(as_csv([ROW]))
    assert tuple(head) == KOLOMMEN
    told = dict(zip(head, line, strict=True))
    assert told["redenen"] == "BG_APPROVED | FIELD_NOT_IN_PROFILE"
    assert told["normen"] == "AVG 6(1)(d) | AVG 5(1)(c)"
    assert (told["categorieen"], told["velden"]) == ("contact | doelen", "")
    assert (told["overgedragen"], told["zonderToestemming"]) == ("ja", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  =", "＝", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    """Whatever a name in the register begins with, also behind spaces: it is text."""
    formula = f'{start}HYPERLINK("https://example.nl";"klik")'
    _, line = read(as_csv([ROW | {"afzender": formula}]))
    assert line[KOLOMMEN.index("afzender")] == f"'{formula}"


@given(st.text())
def test_any_text_stays_one_cell(text: str) -> None:
    """With quotes, separators and ends of lines in it, and an apostrophe in front at most."""
    rows = read(as_csv([ROW | {"uitleg": text}]))
    assert [len(row) for row in rows] == [len(KOLOMMEN)] * 2
    assert rows[1][KOLOMMEN.index("uitleg")] == safe(text)
    assert safe(text) in (text, f"'{text}")
