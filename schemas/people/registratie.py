"""What a school took over of its own registration: who a leerling is and where he is at school.

Only what OZlijn needs to find him again, to say whom a taak is about, and to know how old he is. It is a fact
about one leerling like any other: sealed, never changed, followed by a newer one. It decides nothing: gezag
and the birth date that counts are those of `Gezagsgegevens`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model, Tekst
from schemas.identifiers import Id
from schemas.people.toestemming import Vastgelegd


class Leerlinggegevens(Model):
    """One leerling in one registration. What its source does not say is absent."""

    achternaam: Tekst | None = None
    voorvoegsel: Tekst | None = None
    roepnaam: Tekst | None = None
    geboortedatum: dt.date
    jaargroep: Tekst | None = None
    """By the list of EDEXML, whatever the source was."""
    groep: Tekst | None = None
    """The name of his stamgroep."""
    schooljaar: Tekst | None = None
    instroomdatum: dt.date | None = None
    uitstroomdatum: dt.date | None = None


class Gezagsaanwijzing(StrEnum):
    """Why a person should look at who holds gezag. A hint: it is no record of gezag and decides nothing."""

    NIET_VASTGELEGD = "niet_vastgelegd"
    """Nothing is recorded yet about who holds gezag."""
    MEERDERJARIG = "meerderjarig"
    """He is of age: nobody holds gezag over him any more."""
    PERSOON_NIET_VASTGELEGD = "persoon_niet_vastgelegd"
    """The registration names somebody who is not in the recorded gezag."""
    PERSOON_NIET_GENOEMD = "persoon_niet_genoemd"
    """Somebody of the recorded gezag is not named in the registration."""
    GEZAG_VERSCHILT = "gezag_verschilt"
    """Both name him, and they differ about whether he holds gezag."""
    HOEDANIGHEID_VERSCHILT = "hoedanigheid_verschilt"
    """Both name him, and they differ about what he is of the leerling."""
    NIET_TE_VERGELIJKEN = "niet_te_vergelijken"
    """A name is missing on one of the two sides, or is kept secret."""


Aanwijzingen = Annotated[tuple[Gezagsaanwijzing, ...], Field(max_length=10)]


class Leerlingregistratie(Vastgelegd):
    """What counts from here on of the school's own registration, or with `gegevens` None that nothing does.

    `vervangt` is the fact that counted until then, `verschil` the difference that was shown before it was
    taken over.
    """

    feit: Literal["registratie"] = "registratie"
    gegevens: Leerlinggegevens | None = None
    vervangt: Id | None = None
    hersteld: Id | None = None
    """The earlier fact that counts again by this one."""
    standaard: Literal["edexml", "uwlr", "csv"] | None = None
    versie: Tekst | None = None
    bestandsdatum: dt.date | None = None
    """The day that the file gives of itself."""
    aanwijzingen: Aanwijzingen = ()
    """What the file and the recorded gezag had against each other when it was taken over, as codes only."""
    verschil: Tekst | None = None
