"""Figures without people: settlement between gemeenten (X10), counts of a population (X11) and of absence
(X14).
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.base import Gegevenscategorie as G
from schemas.base import Model
from schemas.identifiers import Brin, Gemeentecode
from schemas.messages.bericht import Bericht
from schemas.messages.inrichting import Uitvoeringsvariant, geordend
from schemas.messages.verwijzingen import Arrangementcode
from schemas.people.thuiszitten import Verzuimsoort


class Totaal(Model):
    """One gemeente, one period. Money in euro cents."""

    gemeente: Annotated[Gemeentecode, G.BESLUITEN]
    van: Annotated[dt.date, G.BESLUITEN]
    tot: Annotated[dt.date, G.BESLUITEN]
    eenheid: Annotated[Literal["uur", "dagdeel", "etmaal", "stuks", "fte"] | None, G.BESLUITEN] = None
    aantal: Annotated[int | None, G.BESLUITEN, Field(ge=0)] = None
    bedrag_cent: Annotated[int | None, G.BESLUITEN] = None


class Verrekening(Bericht):
    """X10, provider or gemeente to gemeente: least units or amounts per period, gemeente and arrangement.

    Must not carry: content, and no row per leerling. There is none for any variant: who is paid per jeugdige
    declares through iJw.
    """

    soort: ClassVar[str] = "verrekening"

    arrangement: Annotated[Arrangementcode, G.BESLUITEN]
    uitvoeringsvariant: Annotated[Uitvoeringsvariant, G.BESLUITEN]
    totalen: Annotated[tuple[Totaal, ...], Field(min_length=1, max_length=1_000)]


KLEINSTE_AANTAL: Final = 10
"""Below this a count points to a child (settings of four exist). Ours: no source gives a number."""


class Cel(Model):
    """One combination of all dimensions. None leaves a dimension open, so there are no subtotals from which a
    suppressed cell could be worked out.
    """

    gemeente: Annotated[Gemeentecode, G.ONDERWIJSPOSITIE]
    brin: Annotated[Brin, G.ONDERWIJSPOSITIE]
    leeftijdsgroep: Annotated[Literal["0-3", "4-11", "12-15", "16-17", "18-23"], G.ONDERWIJSPOSITIE]
    jeugdhulp: Annotated[bool, G.JEUGDHULP]
    aantal: Annotated[int | None, G.JEUGDHULP, Field(ge=KLEINSTE_AANTAL)] = None
    """Absent: suppressed, which is anything from none to just below the least count."""


class Populatiemeting(Bericht):
    """X11, schools and gemeente to an analyst: least counts in cells, small ones suppressed.

    Must not carry: identities. Every dimension is a code and a count is never small.
    """

    soort: ClassVar[str] = "populatiemeting"

    schooljaar: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{4}$"), G.ONDERWIJSPOSITIE]
    peildatum: Annotated[dt.date, G.CONTACT]
    cellen: Annotated[tuple[Cel, ...], Field(min_length=1, max_length=10_000)]


class Verzuimcel(Model):
    """One kind of absence in one band of age at one school; no subtotals either."""

    brin: Annotated[Brin, G.ONDERWIJSPOSITIE]
    leeftijdsgroep: Annotated[Literal["4-11", "12-15", "16-17", "18-23"], G.ONDERWIJSPOSITIE]
    verzuimsoort: Annotated[Verzuimsoort, G.VERZUIM]
    aantal: Annotated[int | None, G.VERZUIM, Field(ge=KLEINSTE_AANTAL)] = None
    """Absent: suppressed, as in a Cel."""


class Verzuimtelling(Bericht):
    """X14 in counts, school to who follows the absence in a region: what help did to it, as an aggregate.

    Must not carry: identities, and no reason of anybody's absence. A count is never small.
    """

    soort: ClassVar[str] = "verzuimtelling"

    van: Annotated[dt.date, G.CONTACT]
    tot_en_met: Annotated[dt.date, G.CONTACT]
    tellingen: Annotated[tuple[Verzuimcel, ...], Field(min_length=1, max_length=10_000)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        geordend(self.van, self.tot_en_met)
        return self


def aantal_of_niets(aantal: int) -> int | None:
    """The count as a cell may hold it: None when it is small."""
    return aantal if aantal >= KLEINSTE_AANTAL else None
