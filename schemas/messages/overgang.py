"""Moving on: to another school (X12), to adult care at eighteen (X13), back to school (X17)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Gegevenscategorie as G
from schemas.base import VrijeTekst
from schemas.messages.bericht import Bericht
from schemas.messages.nummer import Persoonsnummer
from schemas.messages.terugkoppeling import Klassenadvies
from schemas.messages.verwijzingen import (
    Aanspreekpunt,
    Actie,
    Leerlingverwijzing,
    Ondersteuning,
    Partnerrol,
    Schoolverwijzing,
)


class Overstapset(Bericht):
    """X12, sending to receiving school, with the providers.

    Least: what works, support that ran, open actions, regisseur before and after. Must not carry: screenings
    done before, toestemmingen that ended: whoever receives asks anew.
    """

    soort: ClassVar[str] = "overstapset"

    leerling: Leerlingverwijzing
    persoonsnummer: Persoonsnummer | None = None
    school: Schoolverwijzing
    nieuwe_school: Schoolverwijzing
    wat_werkt: Annotated[tuple[VrijeTekst, ...], G.FACTOREN, Field(max_length=20)] = ()
    ondersteuning: Annotated[tuple[Ondersteuning, ...], Field(max_length=20)] = ()
    acties: Annotated[tuple[Actie, ...], Field(max_length=50)] = ()
    regisseur: Annotated[Partnerrol, G.JEUGDHULP]
    nieuwe_regisseur: Annotated[Partnerrol, G.JEUGDHULP]


class VolwassenVerantwoordelijke(StrEnum):
    WMO = "wmo"
    ZVW = "zvw"
    WLZ = "wlz"
    MBO = "mbo"
    VERLENGDE_JEUGDHULP = "verlengde_jeugdhulp"
    NIEMAND = "niemand"


class OvergangVolwassenheid(Bericht):
    """X13, jeugdhulp to adult care, Wmo or mbo, around the eighteenth birthday.

    Least: the day, support that runs, who is responsible next, what the young person decided himself.
    Must not carry: a toestemming of ouders as ground after that day; ouders have no field here.
    """

    soort: ClassVar[str] = "overgang_volwassenheid"

    leerling: Leerlingverwijzing
    overgangsdatum: Annotated[dt.date, G.CONTACT]
    ondersteuning: Annotated[tuple[Ondersteuning, ...], Field(max_length=20)] = ()
    nieuwe_verantwoordelijke: Annotated[VolwassenVerantwoordelijke, G.JEUGDHULP]
    eigen_besluit: Annotated[Literal["akkoord", "niet_akkoord", "nog_vragen"], G.LEERLINGSTEM]
    contactpersoon: Aanspreekpunt


class Terugkeer(Bericht):
    """X17, institution to school: he comes back, and support comes along.

    Least: the day, conditions, support that comes along, whom to call. Must not carry: the reason of the
    admission or an offence, nor which institution it was.
    """

    soort: ClassVar[str] = "terugkeer"

    leerling: Leerlingverwijzing
    terugkeer_op: Annotated[dt.date, G.ONDERWIJSPOSITIE]
    opbouw: Annotated[Literal["ineens", "stap_voor_stap"], G.DOELEN]
    uren_per_week: Annotated[int | None, G.DOELEN, Field(ge=0, le=40)] = None
    adviezen: Annotated[tuple[Klassenadvies, ...], G.DOELEN, Field(max_length=5)] = ()
    ondersteuning_mee: Annotated[bool, G.JEUGDHULP]
    contactpersoon: Aanspreekpunt
