"""A message as JSON with the names of the wire, without loss, so that a program can write iJw without XML."""

from __future__ import annotations

from typing import Final

import orjson

from adapters.ijw import MAX_BYTES, SOORTEN, read, write
from adapters.ijw.bericht import JwBericht
from schemas.bounds import too_many_values
from schemas.errors import Fault, InvalidMessage, MessageTooLarge, UnsupportedMessage

PREFIX: Final = "ijw."
_VORM: Final = 'Een bericht in JSON heeft precies twee velden: "soort" en "inhoud".'


def naar_json(bericht: JwBericht) -> bytes:
    """`{"soort":"ijw.JW301","inhoud":{...}}` in UTF-8. Holds everything, the number of the client too."""
    return orjson.dumps({"soort": f"{PREFIX}{bericht.soort}", "inhoud": bericht.inhoud})


def uit_json(raw: bytes, *, max_bytes: int = MAX_BYTES) -> JwBericht:
    """The message in such JSON, judged by writing it through its schema and reading it back.

    So what comes out is what `read` gives of the XML: empty values are gone, and a message that did not say
    its own version of the XSD has one. Raises MessageTooLarge, UnsupportedMessage (no message of iJw 3.2) or
    InvalidMessage with every fault; none of them holds a value.
    """
    if len(raw) > max_bytes or too_many_values(raw):
        raise MessageTooLarge((Fault("json.te_groot", "/", "Dit bericht is te groot."),))
    try:
        data = orjson.loads(raw)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise InvalidMessage((Fault("json.geen_json", "/", "Dit is geen JSON-object in UTF-8."),))
    soort, inhoud = data.get("soort"), data.get("inhoud")
    if data.keys() != {"soort", "inhoud"} or not isinstance(inhoud, dict) or not isinstance(soort, str):
        raise InvalidMessage((Fault("json.vorm", "/", _VORM),))
    if not soort.startswith(PREFIX) or soort.removeprefix(PREFIX) not in SOORTEN:
        raise UnsupportedMessage((Fault("ijw.bericht", "/soort", "Dit bericht bestaat niet in iJw 3.2."),))
    return read(write(JwBericht(soort.removeprefix(PREFIX), inhoud)), max_bytes=MAX_BYTES)


def is_draad(raw: bytes) -> bool:
    """Whether this is meant as such JSON: then `uit_json` says what is wrong with it."""
    if too_many_values(raw):
        return False  # then it is not read at all
    try:
        data = orjson.loads(raw)
    except ValueError:
        return False
    return isinstance(data, dict) and str(data.get("soort")).startswith(PREFIX)
