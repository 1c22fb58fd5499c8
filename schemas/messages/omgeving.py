"""What the principles of an arrangement must know beside it: coded facts about it, without content."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model, Tekst, VrijeTekst
from schemas.identifiers import Id
from schemas.messages.arrangement import Arrangement, Arrangementstatus


class Versiefeit(Model):
    """Another version that is known, of this arrangement or of another."""

    arrangement: Id
    versie: Annotated[int, Field(ge=1)]
    status: Arrangementstatus


class Afwegingsfeit(Model):
    """What is known about why something was shared without toestemming. It only counts when it is
    complete.
    """

    grond: Tekst | None = None
    zorg: VrijeTekst | None = None
    """What could happen to development or safety."""
    afweging: VrijeTekst | None = None
    gedeeld: VrijeTekst | None = None
    goedgekeurd_door: Tekst | None = None
    ouders_horen_op: dt.date | None = None
    """The day on which ouders were told or will be."""


class Uitwisselingsfeit(Model):
    """That something was exchanged for this arrangement: kind, ground and purpose, no content."""

    soort: Annotated[str, Field(pattern=r"^X([1-9]|1[0-9]|2[01])$")]
    op: dt.date
    persoonsgegevens: bool = True
    doel: Tekst | None = None
    grond: Literal["toestemming", "wet", "zonder_toestemming"] | None = None
    meer_dan_nodig: bool = False
    """More was sent than the profile of that doel allows."""
    afweging: Afwegingsfeit | None = None
    hulpvraag: bool = False
    """Somebody asked for help for this one child: prevention became a case."""


class Verantwoordingsregel(Model):
    """One row of what was accounted for in money or units (X10)."""

    niveau: Literal["leerling", "school", "gemeente", "arrangement"]
    periode: Tekst


class Screening(Model):
    """A new screening, and when it was looked up whether a plan existed already."""

    op: dt.date
    plan_opgezocht_op: dt.date | None = None


class Adviesfeit(Model):
    """Advice that was given, and whom it was made to fit."""

    op: dt.date
    voor_klas: bool = False
    voor_leerling: bool = False
    voor_leerkracht: bool = False


class Omgeving(Model):
    """The facts around one arrangement. What is not given is not there: an empty log has no findings."""

    vorige: Arrangement | None = None
    versies: tuple[Versiefeit, ...] = ()
    uitwisselingen: tuple[Uitwisselingsfeit, ...] = ()
    verantwoording: tuple[Verantwoordingsregel, ...] = ()
    screenings: tuple[Screening, ...] = ()
    adviezen: tuple[Adviesfeit, ...] = ()


class Grenzen(Model):
    """What a region may set."""

    leeftijd_aan_tafel: Annotated[int, Field(ge=0)] = 12
    opp_evaluatie_maanden: Annotated[int, Field(ge=1)] = 12
    meerderjarig: Annotated[int, Field(ge=0)] = 18
