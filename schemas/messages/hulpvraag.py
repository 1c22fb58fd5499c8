"""What a school asks of jeugdhulp: the question itself (X1), the part of the plan that goes with it (X2)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.base import ZWAAR, Model, VrijeTekst, iets
from schemas.base import Gegevenscategorie as G
from schemas.messages.bericht import Bericht
from schemas.messages.onderdelen import Code, Naamdelen
from schemas.messages.opp import Doel
from schemas.messages.verwijzingen import (
    Aanspreekpunt,
    Email,
    Leerlingverwijzing,
    Ondersteuning,
    Schoolverwijzing,
    Telefoon,
)
from schemas.people.toestemming import Gezagsoort, Hoedanigheid


class Urgentie(StrEnum):
    GEWOON = "gewoon"
    SNEL = "snel"
    SPOED = "spoed"


class ThuisIngelicht(StrEnum):
    """Who at home knows that this is asked."""

    LEERLING = "leerling"
    EEN_OUDER = "een_ouder"
    OUDERS = "ouders"
    VOOGD = "voogd"
    NIEMAND = "niemand"


class Gezinscontact(Model):
    """How the family can be reached, as it chose itself. Who answers there is not said."""

    telefoon: Annotated[Telefoon | None, G.CONTACT] = None
    email: Annotated[Email | None, G.CONTACT] = None


class BetrokkenOuder(Model):
    """An ouder or voogd whom a question about safety is about (Jeugdwet 7.3.11(4))."""

    naamdelen: Annotated[Naamdelen, G.GEZIN_VEILIGHEID]
    hoedanigheid: Annotated[Hoedanigheid, G.GEZIN_VEILIGHEID]


class Hulpvraag(Bericht):
    """X1, school to jeugdhulp or wijkteam.

    Least: who, which school, the question in plain words, urgency, whom to call at school and at home, who at
    home knows, who holds gezag. Must not carry: test scores, the whole plan, history.
    """

    soort: ClassVar[str] = "hulpvraag"

    leerling: Leerlingverwijzing
    school: Schoolverwijzing
    # What a school writes here is often about health or the family: it counts so until somebody says not.
    vraag: Annotated[VrijeTekst, G.FACTOREN, ZWAAR]
    urgentie: Annotated[Urgentie, G.FACTOREN]
    contactpersoon: Aanspreekpunt
    # Which parent does not know tells about the family.
    thuis_ingelicht: Annotated[tuple[ThuisIngelicht, ...], G.GEZIN_VEILIGHEID, Field(max_length=3)] = ()
    gezin: Gezinscontact | None = None
    # The fact that decides whom to ask for help, and not the papers it follows from.
    gezag: Annotated[Gezagsoort | None, G.GEZIN_VEILIGHEID] = None
    ouders: Annotated[tuple[BetrokkenOuder, ...], Field(max_length=4)] = ()


class PerspectiefUittreksel(Model):
    uitstroombestemming: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    belemmerende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN, Field(max_length=20)] = ()
    bevorderende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN, Field(max_length=20)] = ()


class HandelingsdeelUittreksel(Model):
    doelen: Annotated[tuple[Doel, ...], G.DOELEN, Field(max_length=20)] = ()
    begeleiding: Annotated[tuple[Ondersteuning, ...], Field(max_length=20)] = ()


class OppUittreksel(Bericht):
    """X2, school to jeugdhulp: the sections somebody chose, at the paths they have in the whole plan.

    Least: nothing is there by itself; goals, uitstroombestemming, factors and support given can be chosen.
    Must not carry: sections not chosen, grades, attachments.
    """

    soort: ClassVar[str] = "opp_uittreksel"

    leerling: Leerlingverwijzing
    school: Schoolverwijzing
    perspectief: PerspectiefUittreksel | None = None
    handelingsdeel: HandelingsdeelUittreksel | None = None

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        iets(self.perspectief, self.handelingsdeel)
        return self
