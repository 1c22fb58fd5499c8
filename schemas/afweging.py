"""Break-glass: the record of a weighing to share without toestemming (`consent.md` §7), and what follows it.

One word per thing: `Afwegingsverslag` is the text of the weighing, `Afweging` the whole record a decision may
rest on, `TweedeBlik` the review that comes after an acute one. `consent/afwegen.py` judges them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.base import Model, Tekst, VrijeTekst
from schemas.gronden import Informeren
from schemas.identifiers import Id, PartijId
from schemas.toestemming import Gebruiksdoel, Hash, Ontvanger, Richting, Toelichting, Vastgelegd

LANGSTE_VENSTER: Final = dt.timedelta(hours=72)


class Afwegingsverslag(Model):
    """The weighing, with all its questions answered (`consent.md` §7.1). Nothing here has a default: an
    incomplete weighing cannot be written down.
    """

    zorg: VrijeTekst
    """Which harm to development or safety, seen by whom and when."""
    toestemming_gevraagd: VrijeTekst
    """Asked whom, when, and the answer; or why asking is impossible or itself harmful."""
    schade_zonder_delen: VrijeTekst
    doelmatigheid: VrijeTekst
    subsidiariteit: VrijeTekst
    proportionaliteit: VrijeTekst
    niet_gedeeld: VrijeTekst
    """What is relevant and stays home on purpose."""
    visie_leerling: VrijeTekst


class Weegfunctie(StrEnum):
    """In which function somebody weighs. Which of them may approve is policy; the FG never may (AVG 38)."""

    AANDACHTSFUNCTIONARIS = "aandachtsfunctionaris"
    GEDRAGSWETENSCHAPPER = "gedragswetenschapper"
    INTERN_BEGELEIDER = "intern_begeleider"
    LEERKRACHT = "leerkracht"
    JEUGDHULPVERLENER = "jeugdhulpverlener"
    LEIDINGGEVENDE = "leidinggevende"
    FUNCTIONARIS_GEGEVENSBESCHERMING = "functionaris_gegevensbescherming"
    ANDERS = "anders"


class Weger(Model):
    """A person who weighs: personal data of an employee, stored encrypted."""

    partij: PartijId
    medewerker: Tekst
    """As the partij itself names him, always the same: two records are compared on it."""
    functie: Weegfunctie


class Veldnoodzaak(Model):
    """One field that may go, and why it is needed: proportionaliteit per field."""

    pad: Tekst
    nodig_omdat: Toelichting


class Afweging(Vastgelegd):
    """The complete record: one leerling, doel, recipient person and set of fields; a change is a new one."""

    feit: Literal["afweging"] = "afweging"
    leerling: Id
    richting: Richting
    doel: Gebruiksdoel
    ontvanger: Ontvanger
    ontvanger_persoon: Tekst
    zorgcodes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")], ...],
        Field(min_length=1, max_length=20),
    ]
    """Coded concerns; their list is a proposal and not fixed yet."""
    verslag: Afwegingsverslag
    velden: Annotated[tuple[Veldnoodzaak, ...], Field(min_length=1, max_length=500)]
    bijlagen: Annotated[tuple[Hash, ...], Field(max_length=50)] = ()
    """The files that may go along, each by its SHA-256; none that is not listed."""
    informeren: Informeren
    opsteller: Weger
    beoordelaar: Weger | None
    """None only in acute danger with nobody available."""
    acuut: Toelichting | None = None
    """What the acute danger is and why no second person could be reached; None: it is not acute."""
    moment: AwareDatetime
    """When it was weighed."""
    venster_van: AwareDatetime
    venster_tot: AwareDatetime
    """Half-open: at this instant it is over."""
    aantal_vrijgaven: Annotated[int, Field(ge=1, le=10)] = 1


class TweedeBlik(Vastgelegd):
    """The review by a second person, after an acute sharing that one person decided alone."""

    feit: Literal["tweede_blik"] = "tweede_blik"
    afweging: Id
    door: Weger
    akkoord: bool
    moment: AwareDatetime
    toelichting: Toelichting
