"""CSV of a school system, read with a column mapping that the school declares.

A place is `/rij[3]/Geboortedatum`: the third row under the header, and the column by its agreed name. A
column that is not agreed is never named, only counted. Cells are text: leading zeros stay, and nothing is
calculated. What a spreadsheet did to them is told (rekenblad.py).

No number of a person is read: no column can be agreed for one.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from adapters.registratie.registratie import build, findings, refused, report
from adapters.schoolcsv.leerlingen import Reader
from adapters.schoolcsv.mapping import Kolomafspraak, read_mapping, read_sent_mapping
from adapters.schoolcsv.rekenblad import sep_line
from adapters.schoolcsv.table import DELIMITERS, Stopped, decode, find_delimiter, rows
from schemas.errors import InvalidMessage, MessageTooLarge
from schemas.messages.registratie import Registratiecontrole, Registratievertaling

__all__ = ["MAX_BYTES", "Kolomafspraak", "check", "read_mapping", "read_sent_mapping", "translate"]

MAX_BYTES: Final = 10 * 1024 * 1024


def translate(
    raw: bytes, mapping: Kolomafspraak, *, today: dt.date, max_bytes: int = MAX_BYTES
) -> Registratievertaling:
    """Translate one file, or raise with every fault found. `today`: nobody in it is born after that day.

    Raises MessageTooLarge (bytes, rows or columns) or InvalidMessage (faults in order of the file). Where the
    quotes are wrong the rest cannot be told apart, so faults after that are not found. No fault, finding or
    exception holds a value of the file. Safe to call from several threads.
    """
    result = _read(raw, mapping, today, max_bytes)
    if isinstance(result, Registratiecontrole):
        raise InvalidMessage(result.fouten)
    return result


def check(
    raw: bytes, mapping: Kolomafspraak, *, today: dt.date, max_bytes: int = MAX_BYTES
) -> Registratiecontrole:
    """Everything `translate` would say of this file, as a value."""
    try:
        return report(_read(raw, mapping, today, max_bytes))
    except InvalidMessage as error:
        return refused(error)


def _read(
    raw: bytes, mapping: Kolomafspraak, today: dt.date, max_bytes: int
) -> Registratievertaling | Registratiecontrole:
    text = decode(raw, mapping.bestand.codering, max_bytes=max_bytes)
    columns = frozenset(column for _, column in mapping.columns())
    reader = Reader(mapping, today)
    delimiter: str | None = mapping.bestand.scheidingsteken
    sep = sep_line(text)
    if sep is not None:
        reader.sep_line()
        text = text[sep.length :]
        delimiter = delimiter or (sep.teken if sep.teken in DELIMITERS else None)
    for row in rows(text, delimiter or find_delimiter(text, columns), above=0 if sep is None else 1):
        if isinstance(row, Stopped):
            if row.too_large:
                raise MessageTooLarge((row.fault,))
            reader.faults.append(row.fault)
        elif row.number:
            reader.row(row)
        elif not reader.header(row):
            break
    content = reader.finish()
    bevindingen = findings(reader.tally.found(), reader.lines.get)
    if reader.faults:
        return Registratiecontrole(tuple(reader.faults), bevindingen)
    bericht = build({**content, "herkomst": {"standaard": "csv", "versie": "1", "bron": mapping.bron}})
    if isinstance(bericht, tuple):
        return Registratiecontrole(bericht, bevindingen)
    return Registratievertaling(bericht, bevindingen)
