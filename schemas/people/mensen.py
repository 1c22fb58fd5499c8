"""People who sign in: who vouches for them, which roles they have at which partij, and how sure it is.

A person stands in the register by the issuer that vouches for him and a hash of the name that it has for him
(`sub`), so the register holds no name of anybody. An issuer may say roles itself, in a claim that the
register maps. Ouder and leerling stand in no register: each is let in by an invitation.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from schemas.base import Model, Tekst
from schemas.identifiers import Id, PartijId
from schemas.people.partij import Scope

S = Scope


ADULT: Final = 18
OWN_CHOICE: Final = 16
OWN_AGE: Final = 12
"""Ages from which a leerling stands alone, decides about his data alone, and reads and speaks himself."""


class Mensrol(StrEnum):
    """For what somebody signs in."""

    FG = "fg"
    IB = "ib"
    """Intern begeleider, zorgcoördinator or mbo-coach."""
    ONTVANGER = "ontvanger"
    BEHEERDER = "beheerder"
    OUDER = "ouder"
    LEERLING = "leerling"


MEDEWERKER: Final = frozenset({Mensrol.FG, Mensrol.IB, Mensrol.ONTVANGER, Mensrol.BEHEERDER})
"""The roles that a register gives. The others come from an invitation."""

SCOPES: Final[Mapping[Mensrol, frozenset[Scope]]] = {
    Mensrol.FG: frozenset(
        {S.TOEZICHT, S.TAKEN, S.AFHANDELEN, S.AFWEGINGEN, S.NABEOORDELEN, S.LEDGER},
    ),
    Mensrol.IB: frozenset(
        {S.VERZENDEN, S.LEZEN, S.TOESTEMMING, S.TOESTEMMING_LEZEN, S.REGISTRATIES, S.VETO, S.GRONDEN}
        | {S.AFWEGINGEN, S.POSTBUS, S.TAKEN, S.AFHANDELEN, S.ZAKEN, S.ZAKEN_BIJWERKEN, S.UITNODIGEN}
    ),
    Mensrol.ONTVANGER: frozenset(
        {S.VERZENDEN, S.LEZEN, S.TOESTEMMING, S.TOESTEMMING_LEZEN, S.VETO, S.GRONDEN, S.AFWEGINGEN}
        | {S.POSTBUS, S.TAKEN, S.AFHANDELEN, S.ZAKEN, S.ZAKEN_BIJWERKEN}
    ),
    Mensrol.BEHEERDER: frozenset({S.BEHEER, S.BEHEREN, S.LEDGER}),
    Mensrol.OUDER: frozenset(),
    Mensrol.LEERLING: frozenset(),
}
"""What somebody may do over /v1 by his role. Ouder and leerling act for themselves only: what they do is no
operation of their school's.
"""


class Niveau(StrEnum):
    """How sure it is who signed in, in the words of eIDAS."""

    LAAG = "laag"
    SUBSTANTIEEL = "substantieel"
    HOOG = "hoog"

    @property
    def rang(self) -> int:
        return _RANG[self]

    def haalt(self, eis: Niveau) -> bool:
        return self.rang >= eis.rang


_RANG: Final = {Niveau.LAAG: 1, Niveau.SUBSTANTIEEL: 2, Niveau.HOOG: 3}


class Handeling(StrEnum):
    """What asks a level of its own."""

    LEZEN = "lezen"
    TOESTEMMEN = "toestemmen"
    """An ouder or leerling records his own toestemming."""
    KOPPELEN = "koppelen"
    """An invitation is bound to who signed in."""
    NOODUITGANG = "nooduitgang"
    """Weighing to share without toestemming."""
    ONTMASKEREN = "ontmaskeren"
    """An FG sees who it is about."""


class Eis(Model):
    """What one action asks of a login."""

    handeling: Handeling
    niveau: Niveau
    vers_minuten: Annotated[int, Field(ge=1, le=60)] | None = None
    """So long ago at most he really signed in, and not by a session that his issuer still had."""


EISEN: Final[Mapping[Handeling, Eis]] = {
    e.handeling: e
    for e in (
        Eis(handeling=Handeling.LEZEN, niveau=Niveau.LAAG),
        Eis(handeling=Handeling.TOESTEMMEN, niveau=Niveau.SUBSTANTIEEL, vers_minuten=15),
        Eis(handeling=Handeling.KOPPELEN, niveau=Niveau.SUBSTANTIEEL, vers_minuten=15),
        Eis(handeling=Handeling.NOODUITGANG, niveau=Niveau.SUBSTANTIEEL, vers_minuten=5),
        Eis(handeling=Handeling.ONTMASKEREN, niveau=Niveau.SUBSTANTIEEL, vers_minuten=5),
    )
}
"""What is asked at least. A register can only ask more."""

Kenmerk = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
UitgeverId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
Claim = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:/.-]{1,200}$")]
Waarde = Annotated[str, StringConstraints(min_length=1, max_length=300)]


def kenmerk(issuer: str, sub: str) -> str:
    """How the register names somebody: no name, and of two issuers never the same."""
    return "sha256:" + hashlib.sha256(f"{issuer}\0{sub}".encode()).hexdigest()


class Betrouwbaarheid(Model):
    """One value of `acr`, and how sure that is."""

    acr: Waarde
    niveau: Niveau


class Rolregel(Model):
    """Who has this value in this claim, has these roles at this partij."""

    claim: Claim
    waarde: Waarde
    partij: PartijId
    rollen: Annotated[tuple[Mensrol, ...], Field(min_length=1, max_length=4)]


class Uitgever(Model):
    """An OpenID Provider that vouches for people."""

    id: UitgeverId
    naam: Tekst
    """As people know it, on the page where they choose."""
    issuer: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]{3,300}$")]
    client_id: Waarde
    methode: Literal["private_key_jwt", "client_secret_basic"] = "private_key_jwt"
    """How we prove who we are there: with our own key, or with a secret in a file of the key store."""
    voor: Literal["medewerkers", "ouders", "allen"] = "allen"
    betrouwbaarheid: Annotated[tuple[Betrouwbaarheid, ...], Field(min_length=1, max_length=20)]
    rollen: Annotated[tuple[Rolregel, ...], Field(max_length=10_000)] = ()

    def niveau(self, acr: object) -> Niveau | None:
        """None: a value that the register does not know, which is as good as none."""
        return next((b.niveau for b in self.betrouwbaarheid if b.acr == acr), None)

    def acr_values(self, eis: Niveau) -> tuple[str, ...]:
        """What to ask of it to reach this level, the lowest first; empty: it cannot."""
        enough = [b for b in self.betrouwbaarheid if b.niveau.haalt(eis)]
        return tuple(b.acr for b in sorted(enough, key=lambda b: b.niveau.rang))


@dataclass(frozen=True, slots=True)
class Clientbewijs:
    """How we prove at an issuer who we are: with a private JWK, or with a secret."""

    client_id: str
    sleutel: Mapping[str, str] | None = field(default=None, repr=False)
    geheim: str | None = field(default=None, repr=False)


class Mens(Model):
    """One person of one partij."""

    uitgever: UitgeverId
    kenmerk: Kenmerk
    partij: PartijId
    rollen: Annotated[tuple[Mensrol, ...], Field(min_length=1, max_length=4)]


def reaches(niveau: Niveau, op: dt.datetime, eis: Eis, now: dt.datetime) -> bool:
    """Whether a login of this level and moment is as sure and as fresh as that."""
    if not niveau.haalt(eis.niveau):
        return False
    return eis.vers_minuten is None or now - op <= dt.timedelta(minutes=eis.vers_minuten)


@dataclass(frozen=True, slots=True)
class Zelf:
    """Of an ouder or leerling: in whose record he stands, and as whom."""

    leerling: Id
    """Our internal id."""
    leerling_ref: Id
    """As the partij names him over /v1."""
    persoon_id: Id
    """As the partij recorded him in the gezag."""
    leeftijd: int = 0
    """Of the leerling today, in years. Of a birth date that is not known for sure: the youngest for the
    leerling himself, and the oldest for an ouder.
    """

    @property
    def samen(self) -> bool:
        """Whether an ouder is asked: until the day on which the leerling is sixteen."""
        return self.leeftijd < OWN_CHOICE

    @property
    def volwassen(self) -> bool:
        """From that day on an ouder reads what he said himself before, and nothing more."""
        return self.leeftijd >= ADULT


@dataclass(frozen=True, slots=True)
class Persoon:
    """A person who signed in, as one partij has him. Only `ref` ever stands in the account itself."""

    ref: Id
    """Random, and of this person at this partij alone."""
    rollen: frozenset[Mensrol]
    niveau: Niveau
    aangemeld_op: dt.datetime
    """When he proved who he is, by his issuer."""
    naam: str = field(repr=False)
    bron: Mapping[str, str] = field(repr=False)
    """His issuer and the name that it has for him: for the sealed detail of a leaf."""
    zelf: Zelf | None = None

    def voldoet(self, eis: Eis, now: dt.datetime) -> bool:
        return reaches(self.niveau, self.aangemeld_op, eis, now)

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset().union(*(SCOPES[r] for r in self.rollen))


def waarden(claims: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The texts in a claim: one, or a list of them."""
    found = claims.get(claim)
    each = found if isinstance(found, list) else [found]
    return frozenset(v for v in each if isinstance(v, str))
