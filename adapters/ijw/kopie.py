"""Copies of messages that go their own way: read beside the line, held to their rules, told as one state.

The aanbieder or the gemeente gives a copy of what it sent or received, bare or in its envelope. Each is held
to its format and to the rules of one message; what only several messages can tell is named and not looked
into. A message counts only with the retour that accepted it. Of the number of the client nothing is kept: it
is compared, so that all of it is about one jeugdige, and goes with the message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Final

from adapters.ijw import MAX_BYTES, envelop, read, regels
from adapters.ijw.antwoord import UITKOMST
from adapters.ijw.bericht import JwBericht
from adapters.ijw.hulpstand import Einde, Hulpstadium, stand_van
from adapters.ijw.lezer import partijen
from adapters.ijw.retour import ANSWERS, match_retour
from adapters.ijw.terugkoppeling import terugkoppeling
from adapters.ijw.verloop import MemoryVerloop, aanvaard
from adapters.ijw.verloopregels import van_soort
from adapters.xml.herkenning import begin_of
from adapters.xml.nodes import sub, text
from schemas.errors import Fault, InvalidMessage
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.toeleiding import Aanvraaguitkomst
from schemas.messages.vertaling import Kopiestand, Kopievertaling

Reeks = list[tuple[str, JwBericht]]
"""Messages, each with the place that it came from."""
HULP: Final = frozenset({"JW305", "JW307"})
HEEN: Final = HULP | {"JW301", "JW319"}
_STANDEN: Final = {
    Hulpstadium.GESTART: Kopiestand.GESTART,
    Hulpstadium.HERVAT: Kopiestand.GESTART,
    Hulpstadium.ONDERBROKEN: Kopiestand.GEPAUZEERD,
    Hulpstadium.BEEINDIGD: Kopiestand.GESTOPT,
}
_ANTWOORDEN: Final = {
    Aanvraaguitkomst.AFGEWEZEN: Kopiestand.AFGEWEZEN,
    Aanvraaguitkomst.IN_ONDERZOEK: Kopiestand.IN_ONDERZOEK,
}
_TEXTS: Final = {
    "ijw.soort": "Dit bericht en zijn retour horen hier niet.",
    "ijw.client": "Alle berichten moeten over dezelfde jeugdige gaan.",
    "ijw.partijen": "Alle berichten moeten tussen dezelfde gemeente en aanbieder zijn.",
    "ijw.verschilt": "Van dit bericht is er een tweede kopie die iets anders zegt.",
    "ijw.niet_aanvaard": "Bij geen enkel bericht zit het retour dat het aanvaardt.",
    "envelop.fout": "Dit is een foutmelding (Fo01), geen bericht.",
}


def lees_reeks(
    berichten: Sequence[tuple[str, bytes]], heen: Collection[str], *, today: dt.date
) -> tuple[Reeks, Reeks]:
    """All messages, and those of them that were accepted by a retour beside them.

    Raises InvalidMessage with every fault of all of them, places behind that of the message: in the format,
    against the rules of one message, of another kind than `heen` and its retours, about more than one
    jeugdige, two copies of one message that differ, and when nothing was accepted.
    """
    faults: list[Fault] = []
    found: Reeks = []
    first: dict[tuple[str | None, ...], JwBericht] = {}
    """Of each message one copy: both who sent it and who got it may have given one."""
    retours = {ANSWERS[soort] for soort in heen}
    for place, raw in berichten:
        try:
            bericht = read(_bare(raw), max_bytes=MAX_BYTES)
        except InvalidMessage as error:
            faults += [Fault(f.code, f"{place}{f.place}", f.text, f.line) for f in error.faults]
            continue
        if bericht.soort not in retours and bericht.soort not in heen:
            faults.append(fout("ijw.soort", place))
            continue
        broken = regels.check(bericht, today=today)
        faults += [Fault(f.code, f"{place}{f.place}", f.text) for f in broken]
        same = first.setdefault(_identiteit(bericht), bericht)
        if same is bericht:
            found.append((place, bericht))
        elif same.inhoud != bericht.inhoud:
            faults.append(fout("ijw.verschilt", place))
    gestuurd = [(place, b) for place, b in found if b.soort in heen]
    clients = {number for _, b in gestuurd if (number := text(sub(b.inhoud, "Client"), "Bsn")) is not None}
    if len(clients) > 1:
        faults.append(fout("ijw.client", berichten[0][0]))
    if faults:
        raise InvalidMessage(tuple(faults))
    accepting = [b for _, b in found if aanvaard(b)]
    counted = [(place, b) for place, b in gestuurd if any(match_retour(answer, b) for answer in accepting)]
    if not counted:
        raise InvalidMessage((fout("ijw.niet_aanvaard", berichten[0][0]),))
    return gestuurd, counted


def lees_kopieen(
    berichten: Sequence[tuple[str, bytes]],
    verteld: Terugkoppeling | None,
    *,
    afgewacht: bool,
    today: dt.date,
) -> Kopievertaling:
    """What copies of 301, 305, 307 and 319 with their retours come to, in whatever order they are given.

    Raises InvalidMessage as `lees_reeks` does, and when they are not all between one gemeente and one
    aanbieder: then they are of more than one case.
    """
    gestuurd, geteld = lees_reeks(berichten, HEEN, today=today)
    if len({partijen(b) for _, b in gestuurd}) > 1:
        raise InvalidMessage((fout("ijw.partijen", berichten[0][0]),))
    verloop = MemoryVerloop(lambda _: "client", volledig=lambda *_: False)
    for _, bericht in geteld:
        if bericht.soort in HULP:
            verloop.apply(bericht)
    hulp = stand_van(verloop, "client")
    stand = _STANDEN.get(hulp.status) or _zonder_hulp(geteld, herroepen=hulp.gecorrigeerd)
    if hulp.einde in (Einde.MENS_BESLIST, Einde.NOG_NIETS):
        stand = Kopiestand.MENS_BESLIST if hulp.einde is Einde.MENS_BESLIST else Kopiestand.WACHT
    gemeente, aanbieder = partijen(gestuurd[0][1])
    return Kopievertaling(
        stand=stand,
        maand=hulp.maand,
        terugkoppeling=terugkoppeling(hulp, verteld=verteld, lang_genoeg_gewacht=afgewacht),
        gemeente=gemeente,
        aanbieder=aanbieder,
        geboortedatum=geboren(gestuurd),
        geteld=len(geteld),
        gelezen=len(gestuurd),
        niet_nagegaan=tuple(dict.fromkeys(r for _, b in gestuurd for r in van_soort(b.soort))),
    )


def geboren(berichten: Reeks) -> dt.date | None:
    """The one birth date of all of them that have one; None where a part of it is unknown or they differ."""
    dates = set()
    for _, bericht in berichten:
        client = sub(bericht.inhoud, "Client")
        born = sub(client, "Geboortedatum")
        if client:
            dates.add(None if "DatumGebruik" in born else text(born, "Datum"))
    try:
        return dt.date.fromisoformat(dates.pop() or "") if len(dates) == 1 else None
    except ValueError:  # a year that no calendar has
        return None


def fout(code: str, place: str) -> Fault:
    return Fault(code, place, _TEXTS[code])


def _bare(raw: bytes) -> bytes:
    """The message itself, out of its envelope when it has one. Raises InvalidMessage."""
    begin = begin_of(raw)
    if begin is None or not envelop.is_envelop(begin.namespace, begin.name):
        return raw
    found = envelop.unwrap(raw, max_bytes=MAX_BYTES)
    if isinstance(found, envelop.Foutbericht):
        raise InvalidMessage((Fault("envelop.fout", "", _TEXTS["envelop.fout"]),))
    return found.payload


def _zonder_hulp(geteld: Reeks, *, herroepen: bool) -> Kopiestand:
    """No help runs or ran: it was taken back, or only allocated, or an answer says how the request stands."""
    if herroepen:
        return Kopiestand.HERROEPEN
    if any(b.soort == "JW301" for _, b in geteld):
        return Kopiestand.TOEGEWEZEN
    said = [(_dagtekening(b), text(sub(b.inhoud, "Antwoord"), "VerzoekAntwoord") or "") for _, b in geteld]
    return _ANTWOORDEN[UITKOMST[max(said)[1]]]


def _identiteit(bericht: JwBericht) -> tuple[str | None, ...]:
    """By what a message is known: unique per sender and kind. A retour has that of what it answers."""
    header = sub(bericht.inhoud, "Header")
    named = sub(header, "BerichtIdentificatie")
    return bericht.soort, text(header, "Afzender"), text(named, "Identificatie"), text(named, "Dagtekening")


def _dagtekening(bericht: JwBericht) -> str:
    return text(sub(sub(bericht.inhoud, "Header"), "BerichtIdentificatie"), "Dagtekening") or ""
