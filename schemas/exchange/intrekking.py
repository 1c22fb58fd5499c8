"""What a recipient is told when toestemming for what he received was withdrawn, and what he answers.

A withdrawal stops the flow and makes nothing unlawful that went before it (AVG 7(3)). It is no order to
erase: a dossier may have to be kept (Jeugdwet 7.3.8). So the recipient says which of the two it is, and on
what ground. Codes only: an answer holds no text of a person.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie, Model
from schemas.identifiers import Id, PartijId
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Richting

Veld = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""The path of a field in a message."""


class Intrekkingsuitkomst(StrEnum):
    """What the recipient did with what he had."""

    GEWIST = "gewist"
    GEHOUDEN = "gehouden_op_andere_grond"
    GEDEELTELIJK = "gedeeltelijk"
    """Some fields are erased, the rest is kept on another ground."""


class Bewaargrond(StrEnum):
    """Why a recipient keeps what toestemming no longer carries."""

    JEUGDHULPDOSSIER = "jeugdhulpdossier"
    """Twenty years after the last change (Jeugdwet 7.3.8(3))."""
    BEHANDELDOSSIER = "behandeldossier"
    """Twenty years as well (BW 7:454(3)): jeugd-ggz."""
    LEERLINGDOSSIER = "leerlingdossier"
    """What a school must keep by school law."""
    WETTELIJKE_PLICHT = "wettelijke_plicht"
    """AVG 6(1)(c)."""
    PUBLIEKE_TAAK = "publieke_taak"
    """AVG 6(1)(e)."""
    VITAAL_BELANG = "vitaal_belang"
    """AVG 6(1)(d)."""
    RECHTSVORDERING = "rechtsvordering"
    """AVG 17(3)(e)."""
    NIEUWE_TOESTEMMING = "nieuwe_toestemming"
    """The one who may decide has agreed again since."""


class Wet(StrEnum):
    """The laws an answer can point into."""

    AVG = "avg"
    UAVG = "uavg"
    JEUGDWET = "jeugdwet"
    BW = "bw"
    WMO_2015 = "wmo_2015"
    WPO = "wpo"
    WEC = "wec"
    WVO_2020 = "wvo_2020"
    WEB = "web"
    LEERPLICHTWET = "leerplichtwet_1969"
    ARCHIEFWET = "archiefwet"


_ARTIKEL = r"^[0-9]{1,4}[a-z]{0,2}([.:][0-9]{1,4}[a-z]{0,2}){0,3}( lid [0-9]{1,2})?( onder [a-z]{1,2})?$"


class Wetsartikel(Model):
    """One place in one law, written as in `7.3.8 lid 3` or `7:454 lid 3`. No room for more than that."""

    wet: Wet
    artikel: Annotated[str, StringConstraints(max_length=40, pattern=_ARTIKEL)]


class Intrekkingsantwoord(Model):
    """What the recipient signs. `gewist` names fields of the notice, and only when others stay."""

    soort: Literal["intrekkingsantwoord"]
    intrekking_id: Id
    uitkomst: Intrekkingsuitkomst
    grond: Bewaargrond | None = None
    wetsartikel: Wetsartikel | None = None
    gewist: Annotated[tuple[Veld, ...], Field(max_length=2_000)] = ()
    beantwoord_op: AwareDatetime

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What stays needs a ground with its article; what goes needs none."""
        kept = self.uitkomst is not Intrekkingsuitkomst.GEWIST
        if (self.grond is not None, self.wetsartikel is not None) != (kept, kept):
            raise PydanticCustomError(
                "bewaargrond", "wat blijft heeft een grond en een wetsartikel, en wat is gewist niet"
            )
        if bool(self.gewist) is not (self.uitkomst is Intrekkingsuitkomst.GEDEELTELIJK):
            raise PydanticCustomError("gewist", "noem de gewiste velden alleen als er ook velden blijven")
        return self


class Intrekkingsbericht(Model):
    """Signed by the log: for what this recipient received from this sender there is no toestemming any more.

    Which fields and since when; not why, and not who. Says nothing of what was not delivered. Moments are
    aware UTC; an answer is in time before `antwoord_voor`.
    """

    soort: Literal["toestemming-ingetrokken"] = "toestemming-ingetrokken"
    intrekking_id: Id
    levering_id: Id
    afzender: PartijId
    ontvanger: PartijId
    rol: Rol
    doel: Gebruiksdoel
    richting: Richting
    categorieen: tuple[Gegevenscategorie, ...]
    velden: tuple[str, ...]
    ingetrokken_op: dt.datetime
    gemeld_op: dt.datetime
    antwoord_voor: dt.datetime
    log_naam: str
