"""Rows of an FG as a table for a spreadsheet: one line per levering, no cell that counts as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

KOLOMMEN: Final = (
    *("op", "klopt", "partij", "kant", "afzender", "ontvanger", "rol", "doel", "richting", "soort"),
    *("status", "overgedragen", "uitkomst", "grond", "zonderToestemming", "uitleg"),
    *("redenen", "normen", "categorieen", "velden"),
    *("leerlingId", "leveringId", "uitwisselingId"),
)
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Also in full width, which some spreadsheets read as the same signs."""


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """RFC 4180 with `;` between the cells, as Dutch spreadsheets expect, in UTF-8 with a mark in front."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, KOLOMMEN, delimiter=";")
    table.writeheader()
    for row in rows:
        codes = [r["code"] for r in row["redenen"]]
        normen = dict.fromkeys(n for r in row["redenen"] for n in r["normen"])
        told = {**row, "redenen": codes, "normen": list(normen)}
        table.writerow({name: safe(_text(told[name])) for name in KOLOMMEN})
    return out.getvalue().encode("utf-8-sig")


def table(kolommen: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The same for rows of which every cell is a value or a list of values."""
    out = io.StringIO(newline="")
    made = csv.DictWriter(out, kolommen, delimiter=";")
    made.writeheader()
    for row in rows:
        made.writerow({name: safe(_text(row.get(name))) for name in kolommen})
    return out.getvalue().encode("utf-8-sig")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return " | ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def safe(text: str) -> str:
    """The text as a cell that no spreadsheet calculates: an apostrophe in front says that it is text."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
