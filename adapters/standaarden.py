"""Every standard we read, found by the file itself: for a person with a file and no gateway.

A standard is told by the root of its XML and by what an envelope carries, by `soort` for iJw as JSON, or by
being asked for: CSV has no mark of its own. What looks like a standard and is not read is refused by the
adapter of that standard, in its own words. Nothing here decides, stores or sends.

An adapter is loaded when a file of its standard comes: who checks one dossier does not wait for the rules of
iJw. So nothing here belongs in a gateway, where the first message would wait for that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, Protocol

from adapters.xml import parser as xml
from adapters.xml.herkenning import ENVELOPE, FAULT, SOAP, Begin, begin_of
from schemas.errors import Fault, InvalidMessage
from schemas.messages.bericht import Inhoud
from schemas.messages.vertaling import Bevinding, Gelezen

if TYPE_CHECKING:
    from adapters.ijw.reeks import Reeks
    from adapters.ijw.verloop import MemoryVerloop
    from adapters.schoolcsv.mapping import Kolomafspraak
    from schemas.messages.registratie import Registratiecontrole, Registratievertaling, ZonderGegevens

ONBEKEND: Final = "onbekend"
_UNKNOWN: Final = Fault(
    "standaard.onbekend",
    "/",
    "Dit is geen bericht van een standaard die OZlijn leest. Voor CSV is een kolomafspraak nodig.",
)
_EMPTY: Final = Fault("standaard.leeg", "/", "Dit bestand is leeg.")
_PACKED: Final = Fault(
    "standaard.ingepakt",
    "/",
    "Dit is een ingepakt bestand of een rekenblad. Pak het uit, of bewaar het als CSV.",
)
_PACKERS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0")
"""How a ZIP, gzip, 7z, RAR and an old spreadsheet begin."""
_ISTANDAARDEN: Final = "http://www.istandaarden.nl/"
_SOORT: Final = re.compile(
    r"http://www\.istandaarden\.nl/(i[a-z]{2,3})/([0-9])_([0-9])/([a-z]{2,3}[0-9]{3})/schema"
)
_OSO_DOSSIER: Final = "dossier"
_OSO: Final = re.compile(r"http://www\.edustandaard\.nl/oso_gegevensset/.*")
_WIDE: Final = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"\0<")
"""How XML begins in UTF-16; without a mark and little end first it begins with `<` as any other."""


class _Schoolstandaard(Protocol):
    """What EDEXML and UWLR have in common."""

    def translate(self, raw: bytes, *, today: dt.date) -> Registratievertaling | ZonderGegevens: ...

    def check(self, raw: bytes, *, today: dt.date) -> Registratiecontrole: ...

    def versie(self, raw: bytes) -> str | None: ...


class Bestandslezer:
    """Reads file after file. `kolommen`: the agreed columns of a CSV (TOML); wrong ones raise WrongUse."""

    def __init__(self, today: dt.date, kolommen: bytes | None) -> None:
        self._today = today
        self._kolommen = None if kolommen is None else _mapping(kolommen)
        self._reeks: Reeks | None = None

    def __call__(self, raw: bytes, name: str) -> Gelezen:
        """What the file says, and everything that is wrong or odd in it. Never raises on content."""
        begin = begin_of(raw)
        if begin is not None:
            return self._xml(raw, name, begin)
        if is_draad(raw):
            from adapters.ijw.draadjson import uit_json  # noqa: PLC0415

            return self._ijw().bericht(lambda: uit_json(raw), name, "iJw 3.2")
        if self._kolommen is not None:
            return self._csv(raw, self._kolommen)
        return unreadable(raw)

    def naast_elkaar(self, *, volledig: bool) -> tuple[MemoryVerloop | None, dict[str, tuple[Fault, ...]]]:
        """What the iJw messages read so far have against each other: see `Reeks`. None when there were
        none.
        """
        return (None, {}) if self._reeks is None else self._reeks.naast_elkaar(volledig=volledig)

    def _ijw(self) -> Reeks:
        from adapters.ijw.reeks import Reeks  # noqa: PLC0415

        self._reeks = self._reeks or Reeks(self._today)
        return self._reeks

    def _xml(self, raw: bytes, file: str, begin: Begin) -> Gelezen:
        if begin.name == _OSO_DOSSIER and _OSO.fullmatch(begin.namespace):  # no other standard has either
            return self._oso(raw, begin)
        from adapters import edexml, ijw, uwlr  # noqa: PLC0415
        from adapters.ijw import envelop  # noqa: PLC0415

        namespace, name = begin.message
        if begin.name == ENVELOPE and begin.namespace == SOAP and begin.message == (SOAP, FAULT):
            return self._school("SOAP Fault", raw, uwlr)
        if uwlr.concerns(namespace, name):
            return self._school("UWLR", raw, uwlr)
        if begin.name == ENVELOPE or envelop.concerns(namespace, name):
            return self._ijw().in_envelop(raw, file, envelop.system(namespace, name) or "SOAP")
        if edexml.concerns(name):
            return self._school("EDEXML", raw, edexml)
        if namespace.startswith(_ISTANDAARDEN) or name == "Bericht":
            return self._ijw().bericht(lambda: ijw.read(raw), file, _istandaard(namespace))
        return self._oso(raw, begin) if name == _OSO_DOSSIER else unreadable(raw)

    def _school(self, naam: str, raw: bytes, standaard: _Schoolstandaard) -> Gelezen:
        """The message is named with the version that the file gives of itself, whether we read it or not."""
        said, today = standaard.versie(raw), self._today
        return _registratie(
            f"{naam} {said}" if said else naam,
            lambda: standaard.translate(raw, today=today),
            lambda: standaard.check(raw, today=today),
        )

    def _oso(self, raw: bytes, begin: Begin) -> Gelezen:
        from adapters import oso  # noqa: PLC0415

        naam = (oso.herken(*begin.message) or "oso").replace("oso", "OSO")
        try:
            vertaling = oso.translate(raw, provenance=True, weglatingen=True, today=self._today)
        except InvalidMessage:
            return _faulty(naam, oso.check(raw, today=self._today))
        herkomst = vertaling.bericht.herkomst
        named = f"{naam} {herkomst.profiel}" if herkomst.profiel else naam
        return Gelezen(named, vertaling.bericht.inhoud(), (), vertaling.bevindingen, vertaling.weggelaten)

    def _csv(self, raw: bytes, mapping: Kolomafspraak) -> Gelezen:
        from adapters import schoolcsv  # noqa: PLC0415

        today = self._today
        return _registratie(
            "CSV",
            lambda: schoolcsv.translate(raw, mapping, today=today),
            lambda: schoolcsv.check(raw, mapping, today=today),
        )


def is_draad(raw: bytes) -> bool:
    """Whether this is meant as an iJw message in JSON."""
    if raw.lstrip(b" \t\r\n")[:1] != b"{":
        return False
    from adapters.ijw import draadjson  # noqa: PLC0415

    return draadjson.is_draad(raw)


def _mapping(kolommen: bytes) -> Kolomafspraak:
    from adapters.schoolcsv.mapping import read_mapping  # noqa: PLC0415

    return read_mapping(kolommen)


def _istandaard(namespace: str) -> str:
    """The name of an iStandaard as people know it: "iWmo 3.1 WMO305"."""
    known = _SOORT.fullmatch(namespace)
    if known is None:
        return "iStandaard" if namespace.startswith(_ISTANDAARDEN) else "iJw"
    return f"i{known[1][1:].capitalize()} {known[2]}.{known[3]} {known[4].upper()}"


def _registratie(
    naam: str,
    translate: Callable[[], Registratievertaling | ZonderGegevens],
    check: Callable[[], Registratiecontrole],
) -> Gelezen:
    from schemas.messages.registratie import ZonderGegevens  # noqa: PLC0415

    try:
        found = translate()
    except InvalidMessage:
        control = check()
        return _faulty(naam, (*control.fouten, *control.bevindingen))
    if isinstance(found, ZonderGegevens):
        return Gelezen(naam, Inhoud("zonder_gegevens", {"reden": found.reden}), (), found.bevindingen)
    return Gelezen(naam, found.bericht.inhoud(), (), found.bevindingen)


def _faulty(naam: str, said: Iterable[Fault | Bevinding]) -> Gelezen:
    rows = tuple(said)
    return Gelezen(
        naam,
        None,
        tuple(f for f in rows if isinstance(f, Fault)),
        tuple(b for b in rows if isinstance(b, Bevinding)),
    )


def unreadable(raw: bytes) -> Gelezen:
    """What XML has against the file says more than that it is of no standard."""
    faults: tuple[Fault, ...] = (_UNKNOWN,) if raw.strip() else (_EMPTY,)
    if raw.startswith(_PACKERS):
        faults = (_PACKED,)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or raw.startswith(_WIDE):
        from adapters.ijw import MAX_BYTES  # noqa: PLC0415 - the largest of any standard

        try:
            xml.parse(raw, max_bytes=MAX_BYTES)
        except InvalidMessage as error:
            faults = error.faults
    return Gelezen(ONBEKEND, None, faults, ())
