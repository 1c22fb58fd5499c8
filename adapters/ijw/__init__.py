"""iJw 3.2, the messages between gemeente and jeugdhulpaanbieder: bytes to a JwBericht and back.

Here level 1 of the standard is checked, the format. A message that fails it gets no retour: its sender hears
it from the transport. What the rules say about the content is checked on the JwBericht (`regels`,
`verloopregels`).

A JwBericht holds the number of a client; what is kept or told of it does not. The rules over several messages
use pseudonyms, and what a school may hear becomes one coded state (`hulpstand`). Whether a school hears it is
decided elsewhere.
"""

from __future__ import annotations

import re
from typing import Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import (
    EIGEN_XSD_VERSIE,
    PREFIXES,
    SOORTEN,
    XSD_VERSIE,
    herken,
    schema,
    xsd_versie,
)
from adapters.xml import parser as xml
from adapters.xml import writer as xmlwriter
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage

__all__ = ["MAX_BYTES", "SOORTEN", "XSD_VERSIE", "JwBericht", "herken", "read", "write", "xsd_versie"]

MAX_BYTES: Final = 25 * 1024 * 1024
"""OP179 and OP192: a message, and the envelope around it, is at most 25 MB."""
MAX_MARKUP: Final = 1_500_000
"""The most markup that fits in 25 MB when a sender leaves out all white space and prefixes."""
_ISTANDAARDEN: Final = re.compile(r"http://www\.istandaarden\.nl/(\w+)/(\w+)/\w+/schema")
_UNKNOWN: Final = "Dit bericht bestaat niet in iJw 3.2."
_READS: Final = "OZlijn leest iJw 3.2."


def read(raw: bytes, *, max_bytes: int = MAX_BYTES) -> JwBericht:
    """Read one message, or raise with every fault against its format.

    UTF-8 only, with or without BOM, any line ends. Raises MessageTooLarge, UnsupportedMessage (another
    release, another iStandaard) or InvalidMessage (faults in document order, the code of the RS or CS rule
    where that is certain). No fault or exception holds a value of the message. Safe to call from several
    threads.
    """
    document = xml.parse(raw, max_bytes=max_bytes, max_markup=MAX_MARKUP, utf8_only=True)
    soort = herken(document.namespace, document.name)
    if soort is None:
        raise _not_ours(document)
    known = schema(soort)
    faults = document.faults(known)
    if faults:
        raise InvalidMessage(tuple(faults))
    return JwBericht(soort, document.content(known))


def write(bericht: JwBericht, *, versie: str = XSD_VERSIE) -> bytes:
    """The message as XML that its schema accepts: UTF-8 without BOM, CR/LF, the usual prefixes.

    Values are written as they are: a retour repeats what it answers unchanged, leading zeros in a number
    included, so whoever makes a new number writes it without. What is empty is left out. `versie` fills the
    message's own XsdVersie (in a retour XsdVersieRetour) where `inhoud` has none.

    Raises InvalidMessage with every fault: an unknown name, a control character, anything the schema refuses.
    """
    if bericht.soort not in SOORTEN:
        raise UnsupportedMessage((Fault("ijw.bericht", "/Bericht", _UNKNOWN),))
    known = schema(bericht.soort)
    raw = xmlwriter.render(known, _with_version(bericht, versie), PREFIXES[bericht.soort])
    faults = xml.parse(raw, max_bytes=MAX_BYTES, max_markup=MAX_MARKUP, utf8_only=True).faults(known)
    if faults:
        raise InvalidMessage(tuple(Fault(f.code, f.place, f.text) for f in faults))
    return raw


def _with_version(bericht: JwBericht, versie: str) -> xml.Node:
    header, name = bericht.inhoud.get("Header"), EIGEN_XSD_VERSIE[bericht.soort]
    if not isinstance(header, dict) or header.get(name):
        return bericht.inhoud
    return {**bericht.inhoud, "Header": {**header, name: xsd_versie(versie)}}


def _not_ours(document: xml.Document) -> InvalidMessage:
    family = _ISTANDAARDEN.fullmatch(document.namespace)
    if document.name != "Bericht" or family is None:
        return InvalidMessage(
            (Fault("ijw.wortel", "/*", f"Dit is geen iJw-bericht: het begint anders. {_READS}", 1),)
        )
    standard, release = family.groups()
    if standard != "ijw":
        code, text = "ijw.standaard", "Dit bericht is van een andere iStandaard dan iJw."
    elif release != "3_2":
        code, text = "ijw.versie", "Dit bericht is van een andere release van iJw."
    else:
        code, text = "ijw.bericht", _UNKNOWN
    return UnsupportedMessage((Fault(code, "/Bericht", f"{text} {_READS}", 1),))
