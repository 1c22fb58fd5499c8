"""Organisations that take part, the systems that speak for them, and the persons of a case by role."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Model, Tekst
from schemas.identifiers import (
    Agb,
    Bestuursnummer,
    Brin,
    Gemeentecode,
    Kvk,
    Lrk,
    Oin,
    PartijId,
    Rio,
    SwvNummer,
    Vestigingscode,
)
from schemas.keuze import Keuze
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid

Rol = Partijfunctie


class Partijsoort(Keuze):
    SCHOOL = "school"
    JEUGDHULPAANBIEDER = "jeugdhulpaanbieder"
    GEMEENTE = "gemeente"
    GECERTIFICEERDE_INSTELLING = "gecertificeerde_instelling"
    """Carries out an ondertoezichtstelling, and represents nobody by that, or holds voogdij."""
    VEILIG_THUIS = "veilig_thuis"
    VERWIJSINDEX = "verwijsindex"
    FG = "fg"
    """The functionaris gegevensbescherming of a partij, as a user with rights of its own."""
    ANDERE = "andere"
    """Its hoedanigheid says what it is: those that there was no kind for before."""


class Scope(Keuze):
    """What a client may do. One scope per kind of operation, given per client in the register."""

    VERZENDEN = "uitwisselingen:verzenden"
    LEZEN = "uitwisselingen:lezen"
    TOESTEMMING = "toestemmingen:vastleggen"
    TOESTEMMING_LEZEN = "toestemmingen:lezen"
    REGISTRATIES = "registraties:overnemen"
    """Of a school: comparing its registration of leerlingen with what is known, and taking over of it."""
    UITNODIGEN = "uitnodigingen:maken"
    """Of a school: inviting people of its record of gezag, and ending that."""
    VETO = "vetos:vastleggen"
    GRONDEN = "gronden:vastleggen"
    """Asserting a ground of the law, and weighing to share without toestemming."""
    AFWEGINGEN = "afwegingen:lezen"
    NABEOORDELEN = "afwegingen:nabeoordelen"
    """For an FG."""
    POSTBUS = "postbus:lezen"
    TAKEN = "taken:lezen"
    AFHANDELEN = "taken:afhandelen"
    TOEZICHT = "toezicht:lezen"
    """For an FG: what the partijen under his toezicht sent and received."""
    ZAKEN = "zaken:lezen"
    ZAKEN_BIJWERKEN = "zaken:bijwerken"
    """Opening a zaak, and taking a step in one."""
    LEDGER = "ledger:lezen"
    BEHEER = "beheer:lezen"
    """The counters, the states and the register of the whole gateway: for its operator, whichever partij that
    client stands under. Ids and codes, never a name or a content.
    """
    BEHEREN = "beheer:wijzigen"
    """Replacing the register, and offering again what failed: for an operator."""
    PROEFKLOK = "proefklok:zetten"
    """Reading and moving the clock of a sandbox. Opens nothing elsewhere."""


class Jwk(Model):
    """A public key of a client, for `private_key_jwt` and for Leveringsbewijzen (RFC 7517, RFC 8037)."""

    kty: Literal["EC", "OKP"]
    crv: Literal["P-256", "Ed25519"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")] | None = None
    kid: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
    use: Literal["sig"] = "sig"


class Client(Model):
    """One system that acts for one partij."""

    client_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,79}$")]
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    sleutels: Annotated[tuple[Jwk, ...], Field(min_length=1, max_length=5)]


class Postbus(Model):
    """The recipient fetches. The only way of delivery so far; push comes with the webhooks."""

    soort: Literal["postbus"]
    formaat: Literal["gedeeld"] = "gedeeld"
    """What its messages are written in: the shared schema as JSON, the only one so far."""


class Besluitsoort(Keuze):
    """The messages that are a decision of somebody."""

    TOELEIDINGSBESLUIT = "toeleidingsbesluit"
    AANVRAAG_ANTWOORD = "aanvraag_antwoord"


class Registermandaat(Model):
    """One partij lets another decide in its name. Both days inclusive; no last day: until it is
    taken out of the register.
    """

    gever: PartijId
    nemer: PartijId
    besluiten: Annotated[tuple[Besluitsoort, ...], Field(min_length=1, max_length=2)]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None
    besluit_ref: Tekst
    """The mandaatbesluit."""

    def holds(self, soort: str, op: dt.date) -> bool:
        last = self.geldig_tot_en_met
        return soort in self.besluiten and self.geldig_vanaf <= op and (last is None or op <= last)


LeverancierId = Annotated[str, StringConstraints(pattern=r"^leverancier:[a-z0-9-]{2,60}$")]


class Leverancier(Model):
    """Who makes a system that schools or others use. It is no partij: it only acts in their name."""

    id: LeverancierId
    naam: Tekst
    clients: Annotated[tuple[Client, ...], Field(min_length=1, max_length=100)]


class Machtiging(Model):
    """One partij lets another organisation's systems act in its name. Both days inclusive; no last day:
    until it is taken out of the register.
    """

    van: PartijId
    aan: LeverancierId | PartijId
    """A leverancier, or the organisation as it is named as a whole."""
    voor: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=20)]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None

    def holds(self, op: dt.date) -> bool:
        last = self.geldig_tot_en_met
        return self.geldig_vanaf <= op and (last is None or op <= last)


class Opvolging(Model):
    """From a day on one partij goes on as another: a merger, or a part that became one of its own."""

    van: PartijId
    naar: PartijId
    per: dt.date


class Kenmerken(Model):
    """The numbers by which an organisation is known, beside those that a Partij always had."""

    rio: Rio | None = None
    bestuursnummer: Bestuursnummer | None = None
    swv_nummer: SwvNummer | None = None
    kvk: Kvk | None = None
    lrk: Lrk | None = None


class Nummer(Model):
    """How a partij is numbered from a day on. What is not named stays as it was.

    The leerlingen of a school stay under the number that it had first.
    """

    brin: Brin | None = None
    vestigingscode: Vestigingscode | None = None
    """With `brin`, and only then."""
    agb: Agb | None = None
    gemeentecode: Gemeentecode | None = None
    oin: Oin | None = None
    rio: Rio | None = None
    bestuursnummer: Bestuursnummer | None = None
    swv_nummer: SwvNummer | None = None
    kvk: Kvk | None = None
    lrk: Lrk | None = None
    vanaf: dt.date

    @property
    def genoemd(self) -> dict[str, str]:
        """The numbers that change, by field."""
        return {n: v for n in NUMMERS if (v := getattr(self, n)) is not None}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.genoemd or (self.brin is None) is not (self.vestigingscode is None):
            raise PydanticCustomError("nummer", "noem een nummer, en een brin samen met de vestigingscode")
        return self


NUMMERS: Final = (
    *("brin", "vestigingscode", "agb", "gemeentecode", "oin"),
    *("rio", "bestuursnummer", "swv_nummer", "kvk", "lrk"),
)
"""The fields of a number that a partij can have."""


class Partijregistratie(Model):
    """A partij as a file registers it by its kind and its roles, which name its capacities."""

    id: PartijId
    soort: Partijsoort
    naam: Tekst
    oin: Oin | None = None
    brin: Brin | None = None
    vestigingscode: Vestigingscode | None = None
    agb: Agb | None = None
    gemeentecode: Gemeentecode | None = None
    nummers: Annotated[tuple[Nummer, ...], Field(max_length=20)] = ()
    """Of a partij that got another number: those after the first, which stays what it was."""
    clients: tuple[Client, ...] = ()
    aflevering: Postbus | None = None
    """Where leveringen go; a partij without one cannot be a recipient."""
    rollen: tuple[Rol, ...] = ()
    """Roles in which this partij may receive."""
    toezicht_op: Annotated[tuple[PartijId, ...], Field(max_length=10_000)] = ()
    """For an FG: the partijen that appointed him. What the FG of such a partij must look at becomes his
    taak.
    """


class Partij(Partijregistratie):
    """A connected organisation: verwerkingsverantwoordelijke for its own part (AVG 4(7)).

    An organisation with several capacities is as many partijen, each with an id of its own: what is one's is
    not another's, everywhere, as between any two partijen.
    """

    organisatie: PartijId | None = None
    """Of an organisation with several capacities: how it is named as a whole."""
    hoedanigheid: Partijhoedanigheid | None = None
    """As it was registered. None: registered by kind and roles, which name its capacities."""
    werkgever: Partijhoedanigheid | None = None
    """Of schoolmaatschappelijk werk: in which capacity its employer acts."""
    functies: tuple[Partijfunctie, ...] = ()
    """Functions that a release registered in which nothing was received in them yet. The next `ozlijn apply`
    makes them roles.
    """
    kenmerken: Kenmerken | None = None

    def genummerd_op(self, op: dt.date) -> Self:
        """The same partij with the numbers that it has on a day: what others call it then."""
        found: dict[str, str] = {}
        for n in sorted((n for n in self.nummers if n.vanaf <= op), key=lambda n: n.vanaf):
            found |= n.genoemd
        if not found:
            return self
        own = {n: v for n, v in found.items() if n in type(self).model_fields}
        more = {n: v for n, v in found.items() if n not in own}
        kenmerken = (self.kenmerken or Kenmerken()).model_copy(update=more) if more else self.kenmerken
        return self.model_copy(update={**own, "kenmerken": kenmerken})
