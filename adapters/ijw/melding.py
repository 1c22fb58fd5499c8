"""What the starts and stops of one jeugdige say together, as the coded terugkoppeling to his school.

The aanbieder hands over the messages as they were sent and answered. Nothing of them is kept: not the number
of the client, not the product, not the reason. A start or stop counts only with the retour that accepted it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from adapters.ijw import MAX_BYTES, read
from adapters.ijw.bericht import JwBericht
from adapters.ijw.hulpstand import stand_van
from adapters.ijw.retour import match_retour
from adapters.ijw.terugkoppeling import terugkoppeling
from adapters.ijw.verloop import MemoryVerloop, aanvaard
from adapters.xml.nodes import sub, text
from schemas.errors import Fault, InvalidMessage
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling

_HEEN: Final = frozenset({"JW305", "JW307"})
_SOORTEN: Final = _HEEN | {"JW306", "JW308"}
_AFZENDER: Final = "/Bericht/Header/Afzender"
_TEXTS: Final = {
    "ijw.soort": "Alleen een start of stop (305, 307) en het antwoord daarop (306, 308) horen hier.",
    "ijw.client": "Alle berichten moeten over dezelfde jeugdige gaan.",
    "ijw.niet_aanvaard": "Bij geen enkel bericht zit het antwoord (306 of 308) dat het aanvaardt.",
    "ijw.niets_te_melden": "Hier is voor een school niets nieuws over te melden, of een mens moet het doen.",
}


def translate_meldingen(
    berichten: Sequence[tuple[str, bytes]], verteld: Terugkoppeling | None, *, afgewacht: bool
) -> Antwoordvertaling:
    """The terugkoppeling over `berichten`, each with the place it came from; their order means nothing.

    `verteld` is what the school heard last, as the sender knows it. `afgewacht`: an end with reason 36 or 37
    was waited on long enough to be one. Raises InvalidMessage with all faults of all messages, places behind
    that of the message, and when there is nothing that may go by itself.
    """
    faults: list[Fault] = []
    read_: list[tuple[str, JwBericht]] = []
    for place, raw in berichten:
        try:
            bericht = read(raw, max_bytes=MAX_BYTES)
        except InvalidMessage as error:
            faults += [Fault(f.code, f"{place}{f.place}", f.text, f.line) for f in error.faults]
            continue
        if bericht.soort not in _SOORTEN:
            faults.append(_fault("ijw.soort", place))
        read_.append((place, bericht))
    known = [(place, bericht) for place, bericht in read_ if bericht.soort in _HEEN]
    clients = {_client(bericht) for _, bericht in known}
    if len(clients) > 1:
        faults.append(_fault("ijw.client", berichten[0][0]))
    if faults:
        raise InvalidMessage(tuple(faults))
    verloop = MemoryVerloop(lambda _: "client", volledig=lambda *_: False)
    accepting = [bericht for _, bericht in read_ if aanvaard(bericht)]
    counted = 0
    for _, heen in known:
        if any(match_retour(answer, heen) for answer in accepting):
            verloop.apply(heen)
            counted += 1
    if not counted:
        raise InvalidMessage((_fault("ijw.niet_aanvaard", berichten[0][0]),))
    made = terugkoppeling(stand_van(verloop, "client"), verteld=verteld, lang_genoeg_gewacht=afgewacht)
    if made is None:
        raise InvalidMessage((_fault("ijw.niets_te_melden", berichten[0][0]),))
    senders = ((f"{place}{_AFZENDER}", text(sub(b.inhoud, "Header"), "Afzender") or "") for place, b in known)
    return Antwoordvertaling(made, _born(known), tuple(senders))


def _born(known: list[tuple[str, JwBericht]]) -> dt.date | None:
    """The one birth date of all of them; None where a part of it is unknown or they differ."""
    dates = set()
    for _, bericht in known:
        born = sub(sub(bericht.inhoud, "Client"), "Geboortedatum")
        dates.add(None if "DatumGebruik" in born else text(born, "Datum"))
    try:
        return dt.date.fromisoformat(dates.pop() or "") if len(dates) == 1 else None
    except ValueError:  # a year that no calendar has
        return None


def _client(bericht: JwBericht) -> str | None:
    return text(sub(bericht.inhoud, "Client"), "Bsn")


def _fault(code: str, place: str) -> Fault:
    return Fault(code, place, _TEXTS[code])
