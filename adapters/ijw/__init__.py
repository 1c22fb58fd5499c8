"""iJw 3.2, the messages between gemeente and jeugdhulpaanbieder: bytes to a JwBericht.

What is checked here is level 1 of the standard, the format. A message that fails it gets no retour: the
sender hears it from the transport. What the rules say of the content is checked on the JwBericht.
"""

from __future__ import annotations

import re
from typing import Final

from adapters import xml
from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import SOORTEN, herken, schema
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage

__all__ = ["MAX_BYTES", "SOORTEN", "JwBericht", "herken", "read"]

MAX_BYTES: Final = 25 * 1024 * 1024
"""OP179 and OP192: a message, and the envelope around it, is at most 25 MB."""
_ISTANDAARDEN: Final = re.compile(r"http://www\.istandaarden\.nl/(\w+)/(\w+)/\w+/schema")
_READS: Final = "OZlijn leest iJw 3.2."


def read(raw: bytes, *, max_bytes: int = MAX_BYTES) -> JwBericht:
    """Read one message, or raise with every fault against its format.

    UTF-8 only, with or without BOM, any line ends. Raises MessageTooLarge, UnsupportedMessage (another
    release, another iStandaard) or InvalidMessage (faults in document order, the code of the RS or CS rule
    where that is certain). No fault or exception holds a value of the message. Safe to call from several
    threads.
    """
    document = xml.parse(raw, max_bytes=max_bytes, utf8_only=True)
    soort = herken(document.namespace, document.name)
    if soort is None:
        raise _not_ours(document)
    known = schema(soort)
    faults = document.faults(known)
    if faults:
        raise InvalidMessage(tuple(faults))
    return JwBericht(soort, document.tree(known))


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
        code, text = "ijw.bericht", "Dit bericht bestaat niet in iJw 3.2."
    return UnsupportedMessage((Fault(code, "/Bericht", f"{text} {_READS}", 1),))
