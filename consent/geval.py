"""One case as JSON, with everything a decision looks at: to decide outside the gateway, or years later.

The form is stable within a `versie`: fields are only added, with a default. Facts stand in it as they were
recorded, in order of recording. So a case is something that a person can keep, hand to a lawyer, and decide
again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid
from consent.decide import decide
from consent.plek import Plek
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.decision.decision import Decision
from schemas.identifiers import Id, PartijId
from schemas.messages.berichten import BERICHTEN
from schemas.people.afweging import Afweging, TweedeBlik
from schemas.people.gronden import Grondverklaring
from schemas.people.hoedanigheden import Partijfunctie, Partijhoedanigheid, hoedanigheid_van
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.partij import Partij, Partijsoort, Postbus, Rol
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bezwaar,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsgegevens,
    Hash,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
)

T = TypeVar("T", bound=Model)

Gevalsfeit = Annotated[
    Toestemming
    | Gezagsgegevens
    | Bekwaamheidsoordeel
    | Bezwaar
    | ProfessioneelVeto
    | Grondverklaring
    | Omstandigheid
    | Afweging
    | TweedeBlik,
    Field(discriminator="feit"),
]


class Gevalsontvanger(Model):
    """The recipient, and what the register knows about it."""

    partij: PartijId
    rol: Rol
    soort: Partijsoort
    rollen: tuple[Rol, ...] | None = None
    """The roles in which it may receive. None: in this one."""
    aangesloten: bool = True
    persoon: Tekst | None = None
    """The person at the recipient who asks. Only a weighing is bound to him."""


class Vraag(Model):
    """What is asked: the same as `consent.request.Request`, in the words of the line."""

    leerling: Id | None = None
    eigenaar: PartijId
    afzender: PartijId
    ontvanger: Gevalsontvanger
    doel: Gebruiksdoel
    richting: Richting
    van: Partijhoedanigheid | None = None
    """In which capacity it is sent. None: by a school, or by jeugdhulp to one, as the direction says."""
    aan: Partijhoedanigheid | None = None
    """In which capacity it is received. None: the one that the kind of the recipient and its role name."""
    bericht: Tekst
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(max_length=15)]
    velden: Annotated[tuple[Tekst, ...], Field(max_length=2_000)] | None = None
    """The fields that the message has. None: every field that a message of this type can have."""
    bijlagen: Annotated[tuple[Hash, ...], Field(max_length=50)] = ()
    alles_of_niets: bool = False
    vrije_tekst_nagekeken: bool = False
    vrije_tekst_gewoon: Annotated[tuple[Tekst, ...], Field(max_length=50)] = ()
    eerder_toegestaan: bool = False
    wacht: bool = False
    afweging: Id | None = None
    """The weighing that is offered for this request; it is one of the facts."""
    vrijgaven: Annotated[int, Field(ge=0)] = 0
    """How often that weighing was used already."""


class Geval(Model):
    """One case: what is asked, what is on record, when, and under which policy."""

    versie: Literal[1]
    beleid: Literal["standaard"] = "standaard"
    peilmoment: AwareDatetime
    geboortedatum: dt.date | None = None
    """The birth date as the sender's system has it. The last check of gezag replaces it."""
    geboorteprecisie: Geboorteprecisie = Geboorteprecisie.DAG
    vraag: Vraag
    feiten: Annotated[tuple[Gevalsfeit, ...], Field(max_length=20_000)] = ()
    """In order of recording."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.vraag.bericht not in BERICHTEN:
            raise PydanticCustomError("bericht", "Dit soort bericht bestaat niet.")
        if self.vraag.afweging is not None and self.afweging is None:
            raise PydanticCustomError("afweging", "De genoemde afweging staat niet bij de feiten.")
        return self

    @property
    def afweging(self) -> Afweging | None:
        return next((a for a in self.of(Afweging) if a.id == self.vraag.afweging), None)

    def of(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(f for f in self.feiten if isinstance(f, kind))


def decide_geval(geval: Geval, policy: Beleid) -> Decision:
    """The decision on a case. The same case and policy give the same bytes, because its id follows from the
    case.
    """
    return decide(
        request_of(geval),
        Statements(geval.of(Toestemming)),
        authorities_of(geval),
        geval.of(Grondverklaring),
        _offered(geval),
        policy,
        geval.peilmoment,
        geval.of(Omstandigheid),
    )


def request_of(geval: Geval) -> Request:
    v, to = geval.vraag, geval.vraag.ontvanger
    every = tuple(b.pad for b in BERICHTEN[v.bericht].bladen)
    return Request(
        decision_id=hashlib.sha256(geval.model_dump_json().encode()).hexdigest()[:32],
        eigenaar=v.eigenaar,
        afzender=v.afzender,
        ontvanger=Ontvanger(partij=to.partij, rol=to.rol),
        partij=_partij(to),
        doel=v.doel,
        richting=v.richting,
        van=_plek(v.van or _SENDS[v.richting]),
        aan=_plek(v.aan or hoedanigheid_van(to.soort, to.rol), Partijfunctie(to.rol)),
        bericht=v.bericht,
        gevraagd=v.categorieen,
        velden=every if v.velden is None else v.velden,
        alles_of_niets=v.alles_of_niets,
        vrije_tekst_nagekeken=v.vrije_tekst_nagekeken,
        vrije_tekst_gewoon=frozenset(v.vrije_tekst_gewoon),
        eerder_toegestaan=v.eerder_toegestaan,
        wacht=v.wacht,
        consent_epoch=len(geval.feiten),
        leerling=v.leerling,
        ontvanger_persoon=to.persoon,
        bijlagen=v.bijlagen,
    )


_SENDS: Final = {
    Richting.S2J: Partijhoedanigheid.ONDERWIJS,
    Richting.J2S: Partijhoedanigheid.JEUGDHULP,
}


def _plek(hoedanigheid: Partijhoedanigheid | None, functie: Partijfunctie | None = None) -> Plek | None:
    return None if hoedanigheid is None else Plek(hoedanigheid, functie)


def _partij(to: Gevalsontvanger) -> Partij | None:
    if not to.aangesloten:
        return None
    return Partij(
        id=to.partij,
        soort=to.soort,
        naam=to.partij,
        aflevering=Postbus(soort="postbus"),
        rollen=(to.rol,) if to.rollen is None else to.rollen,
    )


def authorities_of(geval: Geval) -> Authorities:
    """The birth date comes from the last check of gezag, because whoever checks gezag also checks the birth
    date.
    """
    who = Authorities(
        geval.geboortedatum,
        geval.of(Gezagsgegevens),
        geval.of(Bekwaamheidsoordeel),
        geval.of(Bezwaar),
        geval.of(ProfessioneelVeto),
        geval.geboorteprecisie,
        geval.vraag.eigenaar,
    )
    last = who.snapshot
    if last is None:
        return who
    return Authorities(
        last.geboortedatum,
        who.gezag,
        who.bekwaamheid,
        who.bezwaren,
        who.vetos,
        last.geboorteprecisie,
        who.eigenaar,
    )


def _offered(geval: Geval) -> OfferedAfweging | None:
    offered = geval.afweging
    if offered is None:
        return None
    return OfferedAfweging(offered, geval.of(TweedeBlik), geval.of(Afweging), geval.vraag.vrijgaven)
