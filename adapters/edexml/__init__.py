"""EDEXML 2.1, the file a school system exports for its leerlingen, groepen and leerkrachten.

There is one school and one schooljaar per file, without a namespace. Any two consecutive years are a
schooljaar, although the list in the official schema ends at 2024-2025.

It reads and checks bytes, and knows no other standard and no store.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from adapters.registratie import leerlingen
from adapters.registratie.registratie import finish, refused, report
from adapters.xml import parser as xml
from adapters.xml.herkenning import version_said
from adapters.xml.nodes import Found, sub, text
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.registratie import Registratiecontrole, Registratievertaling

__all__ = ["MAX_BYTES", "check", "concerns", "herken", "translate", "versie"]

MAX_BYTES: Final = 10 * 1024 * 1024
_ROOT: Final = "EDEX"
_VERSION_AT: Final = "/EDEX/school/xsdversie"
_SCHEMA: Final = xml.Schema(
    Path(__file__).with_name("edexml_2_1.xsd"), lists=leerlingen.LISTS, special={}, keyed=leerlingen.KEYED
)


def herken(namespace: str, name: str) -> str | None:
    """`edexml` when a document with this root is one for this adapter."""
    return "edexml" if not namespace and name == _ROOT else None


def concerns(name: str) -> bool:
    """Whether this adapter has something to say about a document with this root, if only that it is not
    read.
    """
    return name == _ROOT


def versie(raw: bytes) -> str | None:
    """The version that a file gives of itself, whether we read that version or not. None when it gives none
    or cannot be parsed.
    """
    try:
        document = xml.parse(raw, max_bytes=MAX_BYTES)
    except InvalidMessage:
        return None
    return version_said(document, ("school", "xsdversie"))


def translate(raw: bytes, *, today: dt.date, max_bytes: int = MAX_BYTES) -> Registratievertaling:
    """Translate one file, or raise with every fault found. Nobody in the file may be born after `today`.

    Raises MessageTooLarge, UnsupportedMessage (another version) or InvalidMessage (faults in document order).
    No fault, finding or exception holds a value of the file. Safe to call from several threads.
    """
    result = _read(raw, today, max_bytes)
    if isinstance(result, Registratiecontrole):
        raise InvalidMessage(result.fouten)
    return result


def check(raw: bytes, *, today: dt.date, max_bytes: int = MAX_BYTES) -> Registratiecontrole:
    """Everything `translate` would say of this file, as a value."""
    try:
        return report(_read(raw, today, max_bytes))
    except InvalidMessage as error:
        return refused(error)


def _read(raw: bytes, today: dt.date, max_bytes: int) -> Registratievertaling | Registratiecontrole:
    document = xml.parse(raw, max_bytes=max_bytes)
    if document.name == _ROOT and document.namespace:
        said = "EDEXML heeft geen namespace; dit bestand wel. Zo leest OZlijn het niet."
        raise UnsupportedMessage((Fault("edexml.namespace", "/EDEX", said, 1),))
    if herken(document.namespace, document.name) is None:
        raise InvalidMessage(
            (Fault("edexml.wortel", "/*", "Dit is geen EDEXML: het begint niet met EDEX.", 1),)
        )
    structure = document.faults(_SCHEMA)
    content = document.tree(_SCHEMA, valid=not structure)
    school = sub(content, "school")
    version = text(school, "xsdversie") or None
    odd = _version(version, document)
    reader = leerlingen.Reader(content, "/EDEX", "volledig", today)
    herkomst = {
        "standaard": "edexml",
        "versie": version or "2.1",
        "datum": leerlingen.day(text(school, "aanmaakdatum")),
    }
    return finish(document, reader, structure, odd, herkomst)


def _version(version: str | None, document: xml.Document) -> list[Found]:
    if version is None:
        said = "Het bestand noemt geen versie; het is gelezen als EDEXML 2.1."
        return [Found("edexml.versie_ontbreekt", "/EDEX/school", said)]
    if version == "2.0":
        # EDEXML 2.1 added @eckid, longer keys and one role to 2.0, and took nothing away.
        return [Found("edexml.versie_2_0", _VERSION_AT, "Dit is EDEXML 2.0; het is gelezen als 2.1.")]
    if version != "2.1":
        said = "Deze versie van EDEXML leest OZlijn niet; wel 2.0 en 2.1."
        raise UnsupportedMessage((Fault("edexml.versie", _VERSION_AT, said, document.line(_VERSION_AT)),))
    return []
