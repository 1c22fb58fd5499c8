"""What an FG does with what he sees, as facts: at whom he looked and why, what he sampled and thinks of it,
and up to where he checked the account.

They are about a partij and not about a leerling: each is recorded with what that partij has of its own, per
year. No decision rests on them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.identifiers import Id
from schemas.people.toestemming import Toelichting, Vastgelegd


class Kijkdoel(StrEnum):
    """Why an FG looks at one leerling. It is logged, so it is a word of this list and never a sentence."""

    TOEZICHT = "toezicht"
    KLACHT = "klacht"
    INZAGEVERZOEK = "inzageverzoek"
    DATALEK = "datalek"
    NABEOORDELING = "nabeoordeling"


class Inzagesoort(StrEnum):
    """At what somebody looked."""

    LEERLING = "leerling"
    """The leveringen about one leerling."""
    NAAM = "naam"
    """How the partij itself calls a leerling who is masked elsewhere."""
    AFWEGING = "afweging"
    """The text of a weighing, with what it says of people."""


class Inzage(Vastgelegd):
    """Somebody with toezicht looked at a person. Recorded before he sees anything."""

    feit: Literal["inzage"] = "inzage"
    kijkdoel: Kijkdoel
    soort: Inzagesoort
    over: Id | None = None
    """The levering or weighing through which he looked."""
    leerling: Id | None = None
    """The reference of the partij for the leerling; None when it knows no such leerling."""
    client: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    persoon: Id | None = None
    """The person who looked, by random reference; None when a system did."""


class Steekproef(Vastgelegd):
    """Leveringen that were drawn at random. Who draws again with the same seed from the same period gets the
    same.
    """

    feit: Literal["steekproef"] = "steekproef"
    zaad: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    van: dt.date
    tot: dt.date
    """Itself not included."""
    uit: Annotated[int, Field(ge=0)]
    """From how many it was drawn."""
    gevallen: Annotated[tuple[Id, ...], Field(max_length=200)]
    """The leveringen in the order in which they were drawn."""


class Steekproefpunt(StrEnum):
    """What is looked at in every case of a sample."""

    GROND = "grond"
    """Does the ground fit what happened?"""
    NODIG = "nodig"
    """Was everything that went needed for this doel?"""
    ONTVANGER = "ontvanger"
    """Is this recipient the right one, in the right role?"""
    INFORMATIE = "informatie"
    """Could ouders and leerling know of it?"""
    VASTLEGGING = "vastlegging"
    """Does the account say it, and does the decision come out the same again?"""


class Puntoordeel(StrEnum):
    GOED = "goed"
    NIET_GOED = "niet_goed"
    NIET_TE_ZEGGEN = "niet_te_zeggen"


class Steekproefoordeel(Vastgelegd):
    """What the FG thinks of one case of a sample. The last one counts."""

    feit: Literal["steekproefoordeel"] = "steekproefoordeel"
    steekproef: Id
    levering: Id
    punten: dict[Steekproefpunt, Puntoordeel]
    toelichting: Toelichting | None = None


class Nagekeken(Vastgelegd):
    """Up to here the FG knows the account: its size and root, as he himself was told them."""

    feit: Literal["nagekeken"] = "nagekeken"
    grootte: Annotated[int, Field(ge=0)]
    wortel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]


class Voorstelsoort(StrEnum):
    PROFIEL = "profiel"
    CONVENANT = "convenant"


Afspraaknaam = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
"""The id of a profile or convenant."""
Veldpad = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.\[\]-]+$")]


class Voorstel(Vastgelegd):
    """What the FG proposes to change in a profile or convenant. It changes nothing: the partij has a taak."""

    feit: Literal["voorstel"] = "voorstel"
    soort: Voorstelsoort
    afspraak: Afspraaknaam
    velden: Annotated[tuple[Veldpad, ...], Field(max_length=100)] = ()
    """The fields it is about; none: the whole of it."""
    toelichting: Toelichting


Toezichtfeit = Inzage | Steekproef | Steekproefoordeel | Nagekeken | Voorstel
