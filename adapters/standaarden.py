"""Every standard we read, found by the file itself: for a person with a file and no gateway.

A standard is told by the root of its XML, by `soort` for iJw as JSON, or by being asked for: CSV has no mark of
its own. Nothing here decides, stores or sends.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from typing import Final

from adapters import edexml, ijw, oso, schoolcsv, uwlr, xml
from adapters.ijw import envelop, regels, retour
from adapters.ijw.draadjson import naar_json, uit_json
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.verloop import MemoryVerloop
from adapters.ijw.verloopregels import check_verloop
from schemas.bericht import Bericht, Inhoud
from schemas.errors import Fault, InvalidMessage
from schemas.registratie import Registratievertaling, ZonderGegevens
from schemas.vertaling import Bevinding, Gelezen, Geschreven, Vertaling

ONBEKEND: Final = "onbekend"
_SCHEMA_LEVEL: Final = 2
"""Level of the rules inside one message: what they refuse is no message to lay beside earlier ones."""
_UNKNOWN: Final = Fault(
    "standaard.onbekend", "/", "Dit is geen bericht van een standaard die OZlijn leest. CSV vraagt --kolommen."
)
Answer = Callable[[ijw.JwBericht], tuple[Regelfout, ...]]


class Lezer:
    """Reads file after file. It remembers the iJw messages it accepted, for the rules over several messages.

    `kolommen`: the agreed columns of a CSV (TOML). `volledig`: the files hold all messages there ever were, so
    what is not among them was never sent. Raises WrongUse when `kolommen` is wrong. For one thread.
    """

    def __init__(self, today: dt.date, kolommen: bytes | None, *, volledig: bool) -> None:
        self._today = today
        self._kolommen = schoolcsv.read_mapping(kolommen) if kolommen is not None else None
        key = secrets.token_bytes(32)  # of this run alone: nothing of it is kept
        self._verloop = MemoryVerloop(
            lambda bsn: hmac.digest(key, bsn.encode(), "sha256").hex(), volledig=lambda *_: volledig
        )

    def __call__(self, raw: bytes, name: str) -> Gelezen:
        """What the file says, and everything that is wrong or odd in it. Never raises on content."""
        root = xml.root_of(raw)
        if root is not None:
            return self._xml(raw, root)
        if raw[:1] == b"{":
            return self._ijw(raw, uit_json)
        if self._kolommen is not None:
            return _registratie("CSV", lambda: schoolcsv.translate(raw, mapping), lambda: schoolcsv.check(raw, mapping))
        return Gelezen(ONBEKEND, None, (_UNKNOWN,), ())
