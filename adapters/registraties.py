"""The registration of a school in a file that it sends, whichever standard that is."""

from __future__ import annotations

import datetime as dt

from adapters import edexml, schoolcsv, uwlr
from adapters.standaarden import unreadable
from adapters.xml.herkenning import FAULT, SOAP, begin_of
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.registratie import Registratievertaling, ZonderGegevens


def read_registratie(
    raw: bytes, kolommen: bytes | None, *, today: dt.date
) -> Registratievertaling | ZonderGegevens:
    """The registration of a school in a file that it sent, recognised by what is in it.

    `kolommen`: the agreed columns of a CSV, which nothing else has. Raises MessageTooLarge,
    UnsupportedMessage or InvalidMessage with every fault; none of them holds a value of the file.
    """
    begin = begin_of(raw)
    if begin is None:
        if kolommen is not None and raw.strip():
            mapping = schoolcsv.read_sent_mapping(kolommen, "/kolommen")
            return schoolcsv.translate(raw, mapping, today=today)
        raise InvalidMessage(unreadable(raw).fouten)
    if kolommen is not None:
        said = "Dit is XML; een kolomafspraak hoort bij een CSV."
        raise InvalidMessage((Fault("kolommen.overbodig", "/kolommen", said),))
    if uwlr.concerns(*begin.message) or begin.message == (SOAP, FAULT):
        return uwlr.translate(raw, today=today)
    if edexml.concerns(begin.message[1]):
        return edexml.translate(raw, today=today)
    said = "Dit is geen registratie van leerlingen: geen EDEXML en geen antwoord van UWLR."
    raise UnsupportedMessage((Fault("registratie.onbekend", "/*", said),))
