"""The faults of an envelope: what is wrong with a push before its message is looked into."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from pydantic import ConfigDict, TypeAdapter

from consent.zelf import ZELF
from gateway.exchange.intake.mensen import person_faults
from gateway.exchange.intake.onderwerp import about, named_faults
from gateway.exchange.intake.wegen import may_get, may_send
from gateway.ports.standards import Standards
from gateway.register.regels import Regels
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Dossier, Verzending
from schemas.messages.berichten import BERICHTEN, GEDRAGEN
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.hoedanigheden import gelezen, leest_als
from schemas.people.partij import Partij, Partijsoort
from schemas.people.partijcodes import Partijhoedanigheid

APART: Final = {"terugkoppeling": "terugkoppeling"}
"""Types that come in by a field of their own."""
_SCHOOL: Final = (Partijhoedanigheid.ONDERWIJS,)


def envelope_faults(
    sender: Partij, verzending: Verzending, regels: Regels, standards: Standards
) -> list[Fault]:
    """What is wrong with it, all at once."""
    dossier = verzending.dossier
    from_care = dossier is not None and standards[dossier.standaard].answers is not None
    of_school = dossier is not None and not from_care
    place, soort = _told(verzending, from_care=from_care)
    van = gelezen(sender).hoedanigheden if verzending.namens is None else tuple(ZELF)
    faults = [*_whole_faults(sender, verzending, of_school=of_school), *_own_faults(verzending)]
    if dossier is not None and of_school:
        faults += _school_faults(sender, dossier)
    known = {"afzender.geenSchool", "bericht.apart"} & {f.code for f in faults}
    helps = van != _SCHOOL or not from_care  # messages of jeugdhulp tell how help stands
    if not known and soort in GEDRAGEN and van and not (helps and may_send(soort, van)):
        text = "Zo'n bericht komt niet van wie u bent: docs/partijen.md zegt van wie wel."
        faults.append(Fault("bericht.afzender", place, text))
    return [*faults, *_recipient_faults(verzending, regels, soort, van)]


def _whole_faults(sender: Partij, verzending: Verzending, *, of_school: bool) -> Iterator[Fault]:
    """Of the envelope as a whole: who sends, one content, and of whom it is."""
    if sender.soort is Partijsoort.FG:
        text = "Een functionaris gegevensbescherming verstuurt niets over een leerling."
        yield Fault("afzender.nietGedragen", "", text)
    yield from _status_faults(sender, verzending)
    contents = (verzending.dossier, verzending.terugkoppeling, verzending.bericht)
    if sum(c is not None for c in contents) != 1:
        text = "Stuur één van deze: een dossier, een terugkoppeling of een bericht."
        yield Fault("inhoud.een", "", text)
    if verzending.opp_deel is not None and not of_school:
        text = "Een OPP-deel hoort bij een dossier van een school."
        yield Fault("inhoud.oppDeel", "/oppDeel", text)
    yield from named_faults(verzending)
    over_leerling = about(sender, verzending) is Onderwerpsoort.LEERLING
    yield from person_faults(sender, verzending, over_leerling=over_leerling)
    names_none = verzending.in_antwoord_op is None and verzending.leerling is None
    if verzending.in_antwoord_op is not None and (of_school or verzending.leerling is not None):
        text = "Noem de levering die dit beantwoordt, of een leerling van uzelf: niet allebei."
        yield Fault("inhoud.inAntwoordOp", "/inAntwoordOp", text)
    elif names_none and not of_school and over_leerling:
        text = "Noem de leerling uit uw eigen administratie, of de levering die dit beantwoordt."
        yield Fault("leerling.zonderSleutel", "/leerling/leerlingid", text)


def _status_faults(sender: Partij, verzending: Verzending) -> Iterator[Fault]:
    """How help stands says who helps, every time; a school says nothing of it."""
    said = verzending.terugkoppeling
    if said is None:
        return
    school = gelezen(sender).hoedanigheden == _SCHOOL
    if school and said.status is not None:
        text = "Hoe de hulp staat, zegt wie helpt. Stuur als school alleen adviezen."
        yield Fault("terugkoppeling.status", "/terugkoppeling/status", text)
    elif not school and said.status is None:
        text = "Zeg hoe de hulp staat: de status ontbreekt."
        yield Fault("terugkoppeling.status", "/terugkoppeling/status", text)


def _school_faults(sender: Partij, dossier: Dossier) -> Iterator[Fault]:
    """Of a dossier as schools have it: nothing that belongs to one of care, and only from a school, for it
    names its leerling by BRIN.
    """
    extra = {
        "bij": dossier.bij,
        "eerderGemeld": dossier.eerder_gemeld,
        "eindeAfgewacht": dossier.einde_afgewacht,
    }
    for name in (name for name, value in extra.items() if value):
        yield Fault("dossier.bij", f"/dossier/{name}", "Dit hoort niet bij een dossier van een school.")
    if sender.soort is not Partijsoort.SCHOOL:
        yield Fault("afzender.geenSchool", "/dossier", "Alleen een school stuurt een dossier.")


def _told(verzending: Verzending, *, from_care: bool) -> tuple[str, str]:
    """The place of the content, and the type of message that it is or becomes."""
    if verzending.bericht is not None:
        return "/bericht/soort", verzending.bericht.soort
    if verzending.terugkoppeling is not None:
        return "/terugkoppeling", "terugkoppeling"
    return "/dossier", "terugkoppeling" if from_care else "ontwikkelingsperspectief"


def _own_faults(verzending: Verzending) -> Iterator[Fault]:
    """Faults of a message in our own schema: its type must be one that we carry."""
    if verzending.bericht is None:
        return
    soort = verzending.bericht.soort
    if soort not in BERICHTEN:
        text = "Deze soort bestaat niet. Zie de schema's (ozlijn schema export)."
        yield Fault("soort.onbekend", "/bericht/soort", text)
    elif soort in APART:
        yield Fault("bericht.apart", "/bericht/soort", f"Stuur dit als {APART[soort]}, niet als bericht.")
    elif soort not in GEDRAGEN:
        text = "Deze soort neemt de lijn nog niet aan: het schema is een concept."
        yield Fault("bericht.concept", "/bericht/soort", text)


def _recipient_faults(
    verzending: Verzending, regels: Regels, soort: str, van: tuple[Partijhoedanigheid, ...]
) -> Iterator[Fault]:
    """Faults in the recipients: each must be connected, be one who can get such a message, and be named
    once.
    """
    seen = set()
    for i, o in enumerate(verzending.ontvangers):
        partij = regels.partijen.get(o.partij)
        if partij is None or partij.aflevering is None:
            text = "Deze ontvanger is niet aangesloten."
            yield Fault("ontvanger.onbekend", f"/ontvangers/{i}/partij", text)
        elif may_send(soort, van):
            aan = leest_als(partij, o.rol) if o.persoon_id is None else Partijhoedanigheid.OUDER
            if aan is not None and not may_get(soort, van, aan):
                text = "Zo'n bericht van u gaat niet naar deze ontvanger: docs/partijen.md zegt wie wel."
                yield Fault("bericht.ontvanger", f"/ontvangers/{i}/partij", text)
        if o in seen:
            text = "Deze ontvanger staat er twee keer in."
            yield Fault("ontvanger.dubbel", f"/ontvangers/{i}", text)
        seen.add(o)


def decoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    """The decoded bytes of each text. Raises InvalidMessage that names every place which is not base64."""
    found: dict[str, bytes] = {}
    wrong: list[Fault] = []
    for place, text in texts.items():
        try:
            found[place] = _bytes(text)
        except ValueError:
            wrong.append(Fault("dossier.base64", place, "De inhoud is geen base64."))
    if wrong:
        raise InvalidMessage(tuple(wrong))
    return found


_READER: Final = TypeAdapter(bytes, config=ConfigDict(val_json_bytes="base64"))
_OTHER: Final = "\\-_"
"""An escape of JSON, and the two signs of the other alphabet, which that reader takes as well."""


def _bytes(text: str) -> bytes:
    """The bytes of a text in base64 with its padding. Raises ValueError for any other text.

    Read as the JSON text that it came as, for that takes a quarter of the work. What is not plainly base64 is
    for Python's own reader, which says what it is.
    """
    if len(text) % 4 == 0 and not any(sign in text for sign in _OTHER):
        with suppress(ValueError):
            return _READER.validate_json(f'"{text}"')
    return base64.b64decode(text, validate=True)
