"""What ouders and leerling see of an exchange and what they say to it (X16)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.base import Gegevenscategorie, Model, Tekst, VrijeTekst
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Id
from schemas.messages.bericht import Bericht
from schemas.messages.verwijzingen import Naam
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid


class InzageOntvanger(Model):
    """To whom: an organisation and a role there, never a colleague's name."""

    # The name of an organisation can show that there is jeugdhulp.
    organisatie: Annotated[Naam, G.JEUGDHULP]
    rol: Annotated[Rol, G.JEUGDHULP]


class Inzageoverzicht(Bericht):
    """X16 there, gateway to ouder or leerling: what will be or was sent, to whom, why.

    `velden` are field paths, not values: the values are shown by the preview. Must not carry: data of other
    people.
    """

    soort: ClassVar[str] = "inzageoverzicht"

    levering: Annotated[Id, G.CONTACT]
    fase: Annotated[Literal["wordt_verstuurd", "is_verstuurd"], G.BESLUITEN]
    moment: Annotated[AwareDatetime, G.BESLUITEN]
    gebruiksdoel: Annotated[Gebruiksdoel, G.BESLUITEN]
    aan: InzageOntvanger
    categorieen: Annotated[tuple[Gegevenscategorie, ...], G.BESLUITEN, Field(max_length=15)]
    velden: Annotated[tuple[Tekst, ...], G.BESLUITEN, Field(max_length=500)] = ()


class Inzagereactiesoort(StrEnum):
    """What somebody says to it. `akkoord` is no toestemming: that is recorded apart, with its evidence."""

    AKKOORD = "akkoord"
    BEZWAAR = "bezwaar"
    OPMERKING = "opmerking"


class Inzagereactie(Bericht):
    """X16 back, ouder or leerling to the gateway: agree, object, comment. Must not carry: others' data."""

    soort: ClassVar[str] = "inzagereactie"

    levering: Annotated[Id, G.CONTACT]
    hoedanigheid: Annotated[Hoedanigheid, G.LEERLINGSTEM]
    reactie: Annotated[Inzagereactiesoort, G.LEERLINGSTEM]
    toelichting: Annotated[VrijeTekst | None, G.LEERLINGSTEM] = None
