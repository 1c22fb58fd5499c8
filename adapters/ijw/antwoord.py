"""JW319: a request is rejected or under investigation; and that message made from our own. A JW301 says that
it is granted.

The reason of a rejection stays between gemeente and aanbieder, because it tells of money, of contracts, of
care.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from adapters.ijw.aanvulling import Antwoordaanvulling
from adapters.ijw.bericht import JwBericht
from adapters.ijw.lezer import Lezer, rijen, van_soort
from adapters.ijw.ontwerp import Deel, Ontwerp, Waarde, kop, waarde
from adapters.ijw.toewijzing import PRODUCT
from adapters.xml.nodes import sub, text
from schemas.identifiers import Id, PartijId
from schemas.messages.toeleiding import AanvraagAntwoord, Aanvraaguitkomst

UITKOMST: Final = {"1": Aanvraaguitkomst.AFGEWEZEN, "2": Aanvraaguitkomst.IN_ONDERZOEK}
"""Our outcome for each VerzoekAntwoord (WJ760)."""
_VERZOEKANTWOORD: Final = {uitkomst: code for code, uitkomst in UITKOMST.items()}
_TOEGEKEND: Final = "Een toekenning gaat met een toewijzing (301), niet met een antwoord."
_KOP: Final = "/aanvulling/kop"


def antwoord(bericht: JwBericht, *, zaak: Id) -> AanvraagAntwoord:
    """What a 319 answers. `zaak` is our own id of the request: iJw knows only ReferentieAanbieder.

    Left behind: RedenAfwijzingVerzoek. Raises InvalidMessage for another message.
    """
    van_soort(bericht, "JW319")
    lezer, node = Lezer(), sub(bericht.inhoud, "Antwoord")
    gegeven_op = _dagtekening(bericht, lezer)
    lezer.sluit()
    return AanvraagAntwoord(
        zaak=zaak,
        uitkomst=UITKOMST[text(node, "VerzoekAntwoord") or ""],
        beantwoord_door=_gemeente(bericht),
        beantwoord_op=gegeven_op,
        andere_gemeente=text(sub(node, "Woonplaatsbeginsel"), "Gemeente"),
        verwijzing=node["ReferentieAanbieder"],
    )


def toekenning(bericht: JwBericht, referentie: str, *, zaak: Id) -> AanvraagAntwoord | None:
    """That a 301 grants the request with that ReferentieAanbieder. None when the 301 is about something else.

    Only that it is granted is said here; what is granted becomes toewijzingen.
    """
    van_soort(bericht, "JW301")
    rows = [row for _, row in rijen(bericht.inhoud, *PRODUCT.split("/"))]
    if not any(row.get("ReferentieAanbieder") == referentie for row in rows):
        return None
    lezer = Lezer()
    gegeven_op = _dagtekening(bericht, lezer)
    lezer.sluit()
    return AanvraagAntwoord(
        zaak=zaak,
        uitkomst=Aanvraaguitkomst.TOEGEKEND,
        beantwoord_door=_gemeente(bericht),
        beantwoord_op=gegeven_op,
        verwijzing=referentie,
    )


def draft_319(gegeven: AanvraagAntwoord, aanvulling: Antwoordaanvulling) -> JwBericht:
    """The 319 that gives this answer. Raises InvalidMessage with every fault, each at its place."""
    ontwerp, eigen = Ontwerp("JW319"), aanvulling.kop
    code = _VERZOEKANTWOORD.get(gegeven.uitkomst)
    if code is None:
        ontwerp.fout("ijw.toegekend", "/antwoord/uitkomst", _TOEGEKEND)
    referentie = ontwerp.een(
        waarde(gegeven.verwijzing, "/antwoord/verwijzing"),
        waarde(aanvulling.referentie, "/aanvulling/referentie"),
    )
    besloot = (gegeven.beantwoord_door or "").removeprefix("gemeente:") or None
    van = ontwerp.een(waarde(besloot, "/antwoord/beantwoordDoor"), waarde(eigen.gemeente, f"{_KOP}/gemeente"))
    gemeente = waarde(gegeven.andere_gemeente, "/antwoord/andereGemeente")
    inhoud = {
        "Header": kop(
            "488",
            ontwerp.moet(van, f"{_KOP}/gemeente", "0000"),
            ontwerp.moet(waarde(eigen.aanbieder, f"{_KOP}/aanbieder"), f"{_KOP}/aanbieder", "00000000"),
            Waarde(eigen.identificatie, f"{_KOP}/identificatie"),
            Waarde(eigen.dagtekening.isoformat(), f"{_KOP}/dagtekening"),
        ),
        "Antwoord": Deel(
            {
                "ReferentieAanbieder": ontwerp.moet(referentie, "/aanvulling/referentie", "-"),
                "VerzoekAntwoord": Waarde(code or "2", "/antwoord/uitkomst"),
                "RedenAfwijzingVerzoek": waarde(aanvulling.reden, "/aanvulling/reden"),
                "Woonplaatsbeginsel": Deel({"Gemeente": gemeente}, gemeente.bron) if gemeente else None,
            },
            "/antwoord",
        ),
    }
    return ontwerp.maak(inhoud, eigen.xsd_versie, eigen.dagtekening)


def _gemeente(bericht: JwBericht) -> PartijId:
    """Who decided: the gemeente that sends the message."""
    return f"gemeente:{text(sub(bericht.inhoud, 'Header'), 'Afzender')}"


def _dagtekening(bericht: JwBericht, lezer: Lezer) -> dt.date:
    kop_ = sub(bericht.inhoud, "Header")
    return lezer.moet_datum(
        sub(kop_, "BerichtIdentificatie"), "Dagtekening", "/Bericht/Header/BerichtIdentificatie"
    )
