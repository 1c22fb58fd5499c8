"""What a leaf in the account says of a recorded fact: ids and codes, and in the sealed detail who was behind
it.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.account.leaves import Account, instant
from gateway.follow_up.withdrawal import said_no_at
from schemas.account.verantwoording import EventType, Leaf
from schemas.people.afweging import Afweging, Nabeoordeling, Naoordeel, TweedeBlik, Uitstel
from schemas.people.feit import Feit
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.overstap import Overstap, Overstapstap
from schemas.people.partij import Partij
from schemas.people.registratie import Leerlingregistratie
from schemas.people.toestemming import Bezwaar, Gebeurtenis, Gezagsgegevens, ProfessioneelVeto, Toestemming
from schemas.storage.storage import LeerlingRow

_EVENT: Final = {
    "toestemming": EventType.CONSENT_RECORDED,
    "gezag": EventType.AUTHORITY_CHANGED,
    "bekwaamheid": EventType.CAPACITY_RECORDED,
    "bezwaar": EventType.OBJECTION_RECORDED,
    "veto": EventType.VETO_RECORDED,
    "grond": EventType.GROUND_ASSERTED,
    "omstandigheid": EventType.CIRCUMSTANCE_STATED,
    "afweging": EventType.WEIGHING_RECORDED,
    "tweede_blik": EventType.WEIGHING_SEEN,
    "nabeoordeling": EventType.WEIGHING_REVIEWED,
    "uitstel": EventType.INFORMING_DEFERRED,
    "registratie": EventType.REGISTRATION_RECORDED,
    "overstap": EventType.TRANSFER_OFFERED,
    "thuiszitten": EventType.ABSENCE_RECORDED,
}
_TRANSFER: Final = {
    Overstapstap.AANGEBODEN: EventType.TRANSFER_OFFERED,
    Overstapstap.AANVAARD: EventType.TRANSFER_ACCEPTED,
    Overstapstap.GEWEIGERD: EventType.TRANSFER_REFUSED,
    Overstapstap.ONGEDAAN: EventType.TRANSFER_UNDONE,
}


def fact_leaf(
    account: Account, partij: Partij, client: str, row: LeerlingRow, after: LeerlingRow, fact: Feit
) -> Leaf:
    soort = _EVENT[fact.feit]
    if isinstance(fact, Toestemming) and fact.gebeurtenis is Gebeurtenis.INGETROKKEN:
        soort = EventType.CONSENT_WITHDRAWN
    elif isinstance(fact, Overstap):
        soort = _TRANSFER[fact.stap]
    detail = {"client": client}
    if isinstance(fact, Toestemming) and fact.bewijs is not None:
        detail["gebruiker"] = fact.bewijs.vastlegger
    elif (user := _user(fact)) is not None:
        detail["gebruiker"] = user
    return account.leaf(
        soort,
        row,
        detail,
        feit=fact.id,
        afzender=partij.id,
        consent_epoch=after.epoch,
        leerling_volgnummer=after.volgnummer,
        **_said(fact),
    )


def says_no(fact: Feit) -> bool:
    return (
        said_no_at(fact) is not None
        or (isinstance(fact, ProfessioneelVeto) and fact.besluit == "veto")
        or (isinstance(fact, TweedeBlik) and not fact.akkoord)
        or (isinstance(fact, Overstap) and fact.stap in (Overstapstap.GEWEIGERD, Overstapstap.ONGEDAAN))
        or (isinstance(fact, Nabeoordeling) and fact.oordeel is Naoordeel.NIET_TERECHT)
    )


def _user(fact: Feit) -> str | None:
    """Which employee of the partij is behind it. That is personal data, so it may only stand in the sealed
    detail.
    """
    if isinstance(fact, Gezagsgegevens):
        return fact.gecontroleerd_door
    if isinstance(fact, Grondverklaring | Omstandigheid):
        return fact.verklaard_door
    if isinstance(fact, Afweging):
        return fact.opsteller.medewerker
    return fact.door.medewerker if isinstance(fact, TweedeBlik) else None


def _said(fact: Feit) -> dict[str, Any]:
    """What a leaf says of a fact, as ids and codes.

    Of a statement it says which cells it opens or closes, so that the log alone tells what may not be
    released after it.
    """
    if isinstance(fact, Grondverklaring | Omstandigheid | Afweging):
        return {
            "ontvanger": fact.ontvanger.partij,
            "ontvanger_rol": fact.ontvanger.rol,
            "grondsoort": fact.soort if isinstance(fact, Grondverklaring) else None,
            "doel": fact.doel if isinstance(fact, Afweging) else None,
            "richting": fact.richting if isinstance(fact, Afweging) else None,
        }
    if isinstance(fact, TweedeBlik):
        return {"over": fact.afweging, "akkoord": fact.akkoord}
    if isinstance(fact, Nabeoordeling):
        return {"over": fact.afweging, "oordeel": fact.oordeel}
    if isinstance(fact, Uitstel):
        return {"over": fact.over}
    if isinstance(fact, Leerlingregistratie):
        return {"over": fact.vervangt}
    if isinstance(fact, Overstap):
        return {"ontvanger": fact.naar, "over": None if fact.id == fact.overstap else fact.overstap}
    if isinstance(fact, Toestemming):
        return {
            "record": fact.record,
            "functie": fact.functie,
            "ondertekenaar": fact.ondertekenaar,
            "bereik": fact.bereik,
            "gebeurtenis": fact.gebeurtenis,
            "moment": instant(fact.moment, "microseconds"),
        }
    if isinstance(fact, Bezwaar):
        return {
            "ondertekenaar": fact.persoon,
            "bereik": fact.bereik,
            "moment": instant(fact.moment, "microseconds"),
        }
    return {}
