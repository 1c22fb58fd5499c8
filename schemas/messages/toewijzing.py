"""Toewijzing: that a gemeente grants one jeugdhulpvoorziening, and what became of it.

What an iJw 301 becomes, with its start (305) and stop (307): coded, without the number of the client and
without remarks. Everything in it is `jeugdhulp`, so a school never gets it unless that was agreed to.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, WithJsonSchema, model_validator

from schemas.base import Model, Tekst
from schemas.identifiers import Agb, Gemeentecode
from schemas.messages.inrichting import geordend
from schemas.messages.onderdelen import Code

# JSON Schema knows no time of day without a zone.
Tijdstip = Annotated[
    dt.time, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$"})
]


class Toewijzingstatus(StrEnum):
    """How the grant itself stands."""

    TOEGEWEZEN = "toegewezen"
    GEWIJZIGD = "gewijzigd"
    INGETROKKEN = "ingetrokken"
    """Ended earlier than was granted."""
    VERWIJDERD = "verwijderd"
    """Counts as never sent."""


class Hulpverloopstand(StrEnum):
    """How the help itself stands (iJw 3.2 §2.5)."""

    NIET_GESTART = "niet_gestart"
    GESTART = "gestart"
    TIJDELIJK_GESTOPT = "tijdelijk_gestopt"
    GESTOPT = "gestopt"


class Toewijzingsomvang(Model):
    volume: Annotated[int, Field(ge=0)]
    eenheid: Code
    frequentie: Code


class Voortgang(Model):
    """One start or stop of the help, in the order in which it happened."""

    stand: Hulpverloopstand
    op: dt.date
    begonnen_op: dt.date | None = None
    """For a stop: the day of the start to which it belongs."""
    reden: Code | None = None


class Toewijzing(Model):
    """One allocated product of one client. A later version has the same `nummer` and a later decision."""

    nummer: Tekst
    referentie_aanbieder: Tekst | None = None
    gemeente: Gemeentecode
    aanbieder: Agb | None = None
    productcategorie: Code | None = None
    product: Code | None = None
    besloten_op: dt.date
    besloten_om: Tijdstip | None = None
    """Two versions of one day: the later one is current."""
    ingangsdatum: dt.date
    einddatum: dt.date | None = None
    status: Toewijzingstatus
    wijzigingsreden: Code | None = None
    omvang: Toewijzingsomvang | None = None
    budget: Annotated[int, Field(ge=0)] | None = None
    """In euro cents, for the whole period."""
    voortgang: tuple[Voortgang, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.ingangsdatum, self.einddatum)
        return self

    @property
    def besloten(self) -> tuple[dt.date, dt.time]:
        """When it was decided, to order versions by; without a time the first moment of the day."""
        return self.besloten_op, self.besloten_om or dt.time.min

    def geldt_vanaf(self, op: dt.date) -> bool:
        """Whether it holds on that day or on a later one."""
        verwijderd = self.status is Toewijzingstatus.VERWIJDERD
        return not verwijderd and (self.einddatum is None or self.einddatum >= op)

    @property
    def hulpverloopstand(self) -> Hulpverloopstand:
        """How the help stands by the last start or stop. Without any it has not started."""
        return self.voortgang[-1].stand if self.voortgang else Hulpverloopstand.NIET_GESTART
