"""JW301: what a gemeente granted, as toewijzingen of an arrangement.

A 301 holds all current allocations of one client at one aanbieder, never a difference. An allocation it does
not name keeps its place: it ended before, or another aanbieder has it. Of two versions of one number the one
decided last counts, whichever came first (OP080), so the order in which messages are processed makes no
difference to the outcome.
"""

from __future__ import annotations

from typing import Any, Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.lezer import Lezer, code, getal, nummer, partijen, rijen, van_soort
from adapters.xml.nodes import integer, sub, text
from adapters.xml.parser import Node
from schemas.errors import Fault, InvalidMessage
from schemas.messages.arrangement import Arrangement
from schemas.messages.toewijzing import Toewijzing, Toewijzingsomvang, Toewijzingstatus

PRODUCT: Final = "Client/ToegewezenProducten/ToegewezenProduct"
OVERGENOMEN: Final = {
    "Header/Afzender": "gemeente",
    "Header/Ontvanger": "aanbieder",
    f"{PRODUCT}/ToewijzingNummer": "nummer",
    f"{PRODUCT}/ReferentieAanbieder": "referentieAanbieder",
    f"{PRODUCT}/Product/Categorie": "productcategorie",
    f"{PRODUCT}/Product/Code": "product",
    f"{PRODUCT}/Toewijzingsdatum": "beslotenOp",
    f"{PRODUCT}/Toewijzingstijd": "beslotenOm",
    f"{PRODUCT}/Ingangsdatum": "ingangsdatum",
    f"{PRODUCT}/Einddatum": "einddatum",
    f"{PRODUCT}/RedenWijziging": "wijzigingsreden",
    f"{PRODUCT}/Omvang": "omvang",
    f"{PRODUCT}/Budget": "budget",
}
"""The field of Toewijzing for each element, or for the class above it. `status` follows from
RedenWijziging.
"""
NIET_OVERGENOMEN: Final = {
    "Header/BerichtCode": "zegt alleen welk bericht het is",
    "Header/BerichtVersie": "zegt alleen welk bericht het is",
    "Header/BerichtSubversie": "zegt alleen welk bericht het is",
    "Header/BerichtIdentificatie": "hoort bij het bericht, niet bij de toewijzing",
    "Header/XsdVersie": "hoort bij het bericht, niet bij de toewijzing",
    "Client/Bsn": "het arrangement kent de leerling al; een nummer reist niet mee",
    "Client/Geboortedatum": "gegevens van de cliënt komen uit het arrangement zelf",
    "Client/Geslacht": "gegevens van de cliënt komen uit het arrangement zelf",
    "Client/Naam": "gegevens van de cliënt komen uit het arrangement zelf",
    "Client/Communicatie": "een tolk zegt iets over het gezin",
    "Client/JuridischeStatus": "maatregelen van de rechter gaan het arrangement niet aan",
    "Client/WettelijkeVertegenwoordiging": "maatregelen van de rechter gaan het arrangement niet aan",
    "Client/Commentaar": "vrije tekst kan alles bevatten",
    "Client/Relaties": "gegevens van andere personen",
    "Client/Contactgegevens": "een adres kan geheim of tijdelijk zijn",
    f"{PRODUCT}/Commentaar": "vrije tekst kan alles bevatten",
}
"""Why an element or class stops here. Together with `OVERGENOMEN` this is every element of a 301."""

_STATUS: Final = {
    None: Toewijzingstatus.TOEGEWEZEN,
    "13": Toewijzingstatus.VERWIJDERD,
    "05": Toewijzingstatus.INGETROKKEN,
}
COLLECTIEF: Final = Fault(
    "ijw.collectief", "/arrangement/collectief", "Dit arrangement gaat niet over een leerling."
)


def toewijzingen(bericht: JwBericht) -> tuple[Toewijzing, ...]:
    """Every ToegewezenProduct of a 301, in its order, those that are deleted too.

    `status`: 13 is deleted, 05 (shortened) is ended earlier, any other RedenWijziging is changed: the other
    codes do not say by themselves which way. Raises InvalidMessage with every value our types do not hold.
    """
    van_soort(bericht, "JW301")
    lezer, (gemeente, aanbieder) = Lezer(), partijen(bericht)
    found = [
        _velden(row, place, lezer) | {"gemeente": gemeente, "aanbieder": aanbieder}
        for place, row in rijen(bericht.inhoud, *PRODUCT.split("/"))
    ]
    lezer.sluit()
    return tuple(Toewijzing(**velden) for velden in found)


def verwerk_301(arrangement: Arrangement, bericht: JwBericht) -> Arrangement:
    """The arrangement with what a 301 says of its toewijzingen, in the order of gemeente and number.

    What was reported of start and stop stays. A deleted allocation stays as well, as deleted: an older
    version that comes in later must not bring it back. The version of the arrangement itself is not raised:
    partners agreed to nothing new. Raises InvalidMessage for an arrangement of a group, for another client
    when the arrangement knows a BSN, or for values our types do not hold.
    """
    van_soort(bericht, "JW301")
    zelfde_leerling(arrangement, bericht)
    known = {sleutel(t): t for t in arrangement.toewijzingen}
    for nieuw in toewijzingen(bericht):
        oud = known.get(sleutel(nieuw))
        known[sleutel(nieuw)] = nieuw if oud is None else _laatste(oud, nieuw)
    return met_toewijzingen(arrangement, tuple(known[s] for s in sorted(known)))


def sleutel(toewijzing: Toewijzing) -> tuple[str, int, str]:
    """A number is unique in one gemeente, leading zeros apart; one that is no number comes first."""
    number = integer(toewijzing.nummer)
    return toewijzing.gemeente, *((number, "") if number is not None else (-1, toewijzing.nummer))


def met_toewijzingen(arrangement: Arrangement, alle: tuple[Toewijzing, ...]) -> Arrangement:
    return arrangement.model_copy(update={"toewijzingen": alle})


def zelfde_leerling(arrangement: Arrangement, bericht: JwBericht) -> None:
    """Raises InvalidMessage when a message about one client cannot be about the leerling of `arrangement`."""
    if arrangement.individueel is None:
        raise InvalidMessage((COLLECTIEF,))
    bsn = arrangement.individueel.leerling.bsn
    if bsn is not None and bsn.reveal() != text(sub(bericht.inhoud, "Client"), "Bsn"):
        raise InvalidMessage(
            (Fault("ijw.andere_leerling", "/Bericht/Client/Bsn", "Dit bericht gaat over een ander."),)
        )


def _laatste(oud: Toewijzing, nieuw: Toewijzing) -> Toewijzing:
    # Two versions of one moment should not be; the text of the whole settles it the same way everywhere.
    zonder = nieuw.model_copy(update={"voortgang": oud.voortgang})
    return max(oud, zonder, key=lambda t: (t.besloten, t.model_dump_json()))


def _velden(row: Node, place: str, lezer: Lezer) -> dict[str, Any]:
    product, reden = sub(row, "Product"), text(row, "RedenWijziging")
    begin = lezer.moet_datum(row, "Ingangsdatum", place)
    eind = lezer.datum(row, "Einddatum", place)
    if eind is not None and eind < begin:
        lezer.fout("CS003", f"{place}/Einddatum", "De einddatum ligt voor de ingangsdatum.")
    return {
        "nummer": nummer(row),
        "referentie_aanbieder": row.get("ReferentieAanbieder"),
        "productcategorie": code(product, "Categorie"),
        "product": code(product, "Code"),
        "besloten_op": lezer.moet_datum(row, "Toewijzingsdatum", place),
        "besloten_om": lezer.tijd(row, "Toewijzingstijd", place),
        "ingangsdatum": begin,
        "einddatum": eind,
        "status": _STATUS.get(reden, Toewijzingstatus.GEWIJZIGD),
        "wijzigingsreden": code(row, "RedenWijziging"),
        "omvang": omvang(sub(row, "Omvang")),
        "budget": getal(row, "Budget"),
    }


def omvang(node: Node) -> Toewijzingsomvang | None:
    volume, eenheid, frequentie = getal(node, "Volume"), code(node, "Eenheid"), code(node, "Frequentie")
    if volume is None or eenheid is None or frequentie is None:
        return None
    return Toewijzingsomvang(volume=volume, eenheid=eenheid, frequentie=frequentie)
