"""From bytes to rows of cells: encoding, delimiter, quotes and bounds. Knows no field.

The delimiter is the one under which the header holds the most declared columns; where that does not decide,
`csv.Sniffer` does. It looks at the first characters only: its patterns take quadratic time on hostile text.

The encoding is UTF-8 or else Windows-1252. Of anything else charset-normalizer says what it looks like, and
the file is refused until the agreement names it: its guess can be wrong in every name without a sign of it.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from charset_normalizer import from_bytes

from schemas.errors import Fault, InvalidMessage, MessageTooLarge

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 300
MAX_ROW: Final = 100_000
"""Characters in one row: below the limit of the csv module for a field, which the whole process shares."""
DELIMITERS: Final = (";", ",", "\t", "|")
OLD_ENCODINGS: Final = ("cp850", "cp437", "mac_roman")
_GUESSED: Final = 16_000
"""Bytes either side, for the guess of an encoding."""
_SNIFFED: Final = 2_000
"""Characters, for the guess of a delimiter."""

_UTF_8_IN_IT: Final = re.compile(rb"\xc3[\x80-\xbf]")
"""An accented letter in UTF-8. In Windows-1252 that is Ã and a sign, which no Dutch name has."""
_SHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_TEXTS: Final = {
    "csv.leeg": "Het bestand is leeg.",
    "csv.te_groot": "Het bestand is groter dan toegestaan.",
    "csv.te_veel_rijen": "Het bestand heeft meer rijen dan toegestaan.",
    "csv.te_veel_kolommen": "Deze rij heeft meer kolommen dan toegestaan.",
    "csv.rij_te_lang": "Deze rij is langer dan toegestaan, of een aanhalingsteken is niet gesloten.",
    "csv.geen_csv": "Dit is een rekenblad of een ZIP-bestand. Bewaar het als CSV.",
    "csv.nul": "Hier staat een nulteken: dit is geen tekstbestand.",
    "csv.codering": "De bytes passen niet bij de codering: de afgesproken, of die het bestand zelf noemt.",
    "csv.codering_onbekend": "Dit is geen UTF-8 en geen Windows-1252. Noem de codering in de kolomafspraak.",
    "csv.codering_gemengd": "Het bestand is deels UTF-8 en deels niet: namen zouden verminkt raken.",
    "csv.aanhaling": "Een aanhalingsteken in deze rij is niet gesloten of staat op een verkeerde plaats.",
}


class Row(NamedTuple):
    number: int
    """0 is the header."""
    line: int
    """Where it begins; a cell in quotes can hold line ends."""
    cells: list[str]


def fault(code: str, place: str = "/", line: int | None = None) -> Fault:
    return Fault(code, place, _TEXTS[code], line)


def decode(raw: bytes, declared: str | None, *, max_bytes: int) -> str:
    """The text of the file. Raises InvalidMessage, without cause: a codec quotes the bytes it met."""
    if len(raw) > max_bytes:
        raise MessageTooLarge((fault("csv.te_groot"),))
    if raw.startswith(_SHEETS):
        raise InvalidMessage((fault("csv.geen_csv"),))
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and declared != "utf-16" and b"\0" in raw:
        raise InvalidMessage((fault("csv.nul", line=_line(raw, raw.index(b"\0"))),))
    text, refused = _decode(raw, "utf-16" if wide else declared)
    if refused is not None:
        raise InvalidMessage((refused,))
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise InvalidMessage((fault("csv.nul", line=text.count("\n", 0, text.index("\0")) + 1),))
    if not text.strip():
        raise InvalidMessage((fault("csv.leeg"),))
    return text


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1


def _decode(raw: bytes, declared: str | None) -> tuple[str, Fault | None]:
    codec = declared or "utf-8"
    try:
        return raw.decode(codec), None
    except UnicodeDecodeError as error:
        at = error.start
    if declared is not None or raw.startswith(b"\xef\xbb\xbf"):
        return "", fault("csv.codering", line=_line(raw, at))
    if _UTF_8_IN_IT.search(raw):
        return "", fault("csv.codering_gemengd", line=_line(raw, at))
    try:
        return raw.decode("windows-1252"), None
    except UnicodeDecodeError:
        said = fault("csv.codering_onbekend", line=_line(raw, at))
        return "", Fault(said.code, said.place, said.text + _looks_like(raw, at), said.line)


def _looks_like(raw: bytes, at: int) -> str:
    """A hint about the encoding, around the first byte that fits neither. A person looks at the names and
    then declares it.
    """
    found = from_bytes(raw[max(0, at - _GUESSED) : at + _GUESSED], cp_isolation=list(OLD_ENCODINGS)).best()
    return f" Het lijkt op {found.encoding}; kijk de namen na." if found is not None else ""


class _Lines:
    """Lines of a text, until a row gets too long; whoever reads a row sets `length` back."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.length += len(line)
        if self.length > MAX_ROW:
            raise _RowTooLongError
        return line


class _RowTooLongError(Exception):
    pass


class Stopped(NamedTuple):
    """Where reading had to end, because nothing after it can be told apart."""

    fault: Fault
    too_large: bool = False


def rows(text: str, delimiter: str, *, above: int = 0) -> Iterator[Row | Stopped]:
    """The header and the rows, empty lines left out; at the end Stopped when the rest is unreadable.

    `above`: lines of the file that stood above this text, for the numbers of the lines.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        lines.length = 0
        line = above + reader.line_num + 1
        code = None
        try:
            cells = next(reader, None)
        except csv.Error:
            code = "csv.aanhaling"
        except _RowTooLongError:
            code = "csv.rij_te_lang"
        if code is not None:
            yield Stopped(fault(code, _place(number), line))
            return
        if cells is None:
            return
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            yield Stopped(fault("csv.te_veel_kolommen", _place(number), line), too_large=True)
            return
        if number > MAX_ROWS:
            yield Stopped(fault("csv.te_veel_rijen", _place(number), line), too_large=True)
            return
        yield Row(number, line, cells)
        number += 1


def _place(number: int) -> str:
    return f"/rij[{number}]" if number else "/kop"


def find_delimiter(text: str, columns: frozenset[str]) -> str:
    """The delimiter under which the header has most of `columns`. When some are equal, what the text looks
    like decides.
    """
    known = {d: _known(text, d, columns) for d in DELIMITERS}
    best = [d for d in DELIMITERS if known[d] == max(known.values())]
    if len(best) > 1:
        with contextlib.suppress(csv.Error):
            return csv.Sniffer().sniff(text[:_SNIFFED], "".join(best)).delimiter
    return best[0]


def _known(text: str, delimiter: str, columns: frozenset[str]) -> int:
    first = next(rows(text, delimiter), None)
    return len(columns.intersection(map(str.strip, first.cells))) if isinstance(first, Row) else 0
