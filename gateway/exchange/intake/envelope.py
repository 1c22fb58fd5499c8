"""The faults of an envelope: what is wrong with a push before its message is looked into."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Final

from gateway.exchange.intake.onderwerp import about, named_faults
from gateway.ports.standards import Standards
from gateway.register.regels import Regels
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Verzending
from schemas.messages.berichten import BERICHTEN, GEDRAGEN
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partij import Partij, Partijsoort

APART: Final = {"terugkoppeling": "terugkoppeling"}
"""Types that come in by a field of their own."""


def envelope_faults(
    sender: Partij, verzending: Verzending, regels: Regels, standards: Standards
) -> list[Fault]:
    faults: list[Fault] = []

    def fault(code: str, place: str, text: str) -> None:
        faults.append(Fault(code, place, text))

    if sender.soort is Partijsoort.ANDERE:
        text = "In deze hoedanigheid staat u in het register; versturen kan er nog niet in."
        fault("afzender.nietGedragen", "", text)
    contents = (verzending.dossier, verzending.terugkoppeling, verzending.bericht)
    if sum(c is not None for c in contents) != 1:
        fault("inhoud.een", "", "Stuur één van deze: een dossier, een terugkoppeling of een bericht.")
    dossier, is_school = verzending.dossier, sender.soort is Partijsoort.SCHOOL
    from_care = dossier is not None and standards[dossier.standaard].answers is not None
    told = verzending.terugkoppeling is not None or from_care
    over_leerling = about(sender, verzending) is Onderwerpsoort.LEERLING
    answers = told or (verzending.bericht is not None and not is_school)
    if verzending.opp_deel is not None and (dossier is None or from_care):
        fault("inhoud.oppDeel", "/oppDeel", "Een OPP-deel hoort bij een dossier van een school.")
    faults += named_faults(verzending)
    if over_leerling and answers != (verzending.in_antwoord_op is not None):
        text = "Jeugdhulp noemt de levering die dit beantwoordt; een school noemt de leerling."
        fault("inhoud.inAntwoordOp", "/inAntwoordOp", text)
    if dossier is not None and not from_care:
        extra = {
            "bij": dossier.bij,
            "eerderGemeld": dossier.eerder_gemeld,
            "eindeAfgewacht": dossier.einde_afgewacht,
        }
        for name in (name for name, value in extra.items() if value):
            fault("dossier.bij", f"/dossier/{name}", "Dit hoort niet bij een dossier van een school.")
    if dossier is not None and not from_care and not is_school:
        fault("afzender.geenSchool", "/dossier", "Alleen een school stuurt een dossier.")
    if told and is_school:
        place = "/dossier" if from_care else "/terugkoppeling"
        fault("afzender.isSchool", place, "Een terugkoppeling gaat van jeugdhulp naar school.")
    faults += _own_faults(verzending, of_school=is_school, over_leerling=over_leerling)
    return faults + _recipient_faults(verzending, regels, across=over_leerling, is_school=is_school)


def _own_faults(verzending: Verzending, *, of_school: bool, over_leerling: bool) -> Iterator[Fault]:
    """Faults of a message in our own schema: its type must be one that we carry, and it must name its
    leerling.
    """
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
    if soort == "ontwikkelingsperspectief" and not of_school:
        text = "Alleen een school stuurt een ontwikkelingsperspectief."
        yield Fault("afzender.geenSchool", "/bericht/soort", text)
    if of_school and over_leerling and verzending.leerling is None:
        text = "De envelop noemt geen leerlingid; geef er een in /leerling/leerlingid."
        yield Fault("leerling.zonderSleutel", "/leerling/leerlingid", text)


def _recipient_faults(
    verzending: Verzending, regels: Regels, *, across: bool, is_school: bool
) -> list[Fault]:
    """Faults in the recipients: each must be connected and named once, and stand on the other side where the
    message is about a leerling (`across`).
    """
    faults: list[Fault] = []
    seen = set()
    for i, o in enumerate(verzending.ontvangers):
        partij = regels.partijen.get(o.partij)
        if partij is None or partij.aflevering is None:
            text = "Deze ontvanger is niet aangesloten."
            faults.append(Fault("ontvanger.onbekend", f"/ontvangers/{i}/partij", text))
        elif across and (partij.soort is Partijsoort.SCHOOL) is is_school:
            text = "Deze lijn loopt tussen school en jeugdhulp."
            faults.append(Fault("ontvanger.richting", f"/ontvangers/{i}/partij", text))
        if o in seen:
            text = "Deze ontvanger staat er twee keer in."
            faults.append(Fault("ontvanger.dubbel", f"/ontvangers/{i}", text))
        seen.add(o)
    return faults


def decoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    """The decoded bytes of each text. Raises InvalidMessage that names every place which is not base64."""
    found: dict[str, bytes] = {}
    wrong: list[Fault] = []
    for place, text in texts.items():
        try:
            found[place] = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            wrong.append(Fault("dossier.base64", place, "De inhoud is geen base64."))
    if wrong:
        raise InvalidMessage(tuple(wrong))
    return found
