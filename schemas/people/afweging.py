"""The record of a weighing to share without toestemming (`consent.md` §7), and what follows it.

One word per thing: `Afwegingsverslag` is the text of the weighing, `Afweging` the whole record a decision may
rest on, `TweedeBlik` what the second person thinks of it, `Vrijgave` one use, `Nabeoordeling` what the FG
thinks of it afterwards. `consent/afwegen.py` judges them. Stored codes call it break-glass.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.base import Model, Tekst, VrijeTekst
from schemas.identifiers import Id, PartijId
from schemas.people.gronden import Informeren
from schemas.people.toestemming import Gebruiksdoel, Hash, Ontvanger, Richting, Toelichting, Vastgelegd

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
    """The name that the partij itself uses for him, always the same, because two records are compared on
    it.
    """
    functie: Weegfunctie
    persoon: Id | None = Field(default=None, exclude_if=lambda ref: ref is None)
    """Who it was, when he signed in: his random reference at this partij. None: his partij names him."""


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
    """SHA-256 of each file that may go along. A file that is not listed here may not."""
    informeren: Informeren
    opsteller: Weger
    beoordelaar: Weger | None
    """None only in acute danger, when nobody was available."""
    acuut: Toelichting | None = None
    """What the acute danger is and why no second person could be reached. None when it is not acute."""
    moment: AwareDatetime
    """When it was weighed."""
    venster_van: AwareDatetime
    venster_tot: AwareDatetime
    """Half-open: at this very instant it is over."""
    aantal_vrijgaven: Annotated[int, Field(ge=1, le=10)] = 1


class TweedeBlik(Vastgelegd):
    """What a second person thinks of it: before it is used, or after an acute one that one person decided
    alone.
    """

    feit: Literal["tweede_blik"] = "tweede_blik"
    afweging: Id
    door: Weger
    akkoord: bool
    moment: AwareDatetime
    toelichting: Toelichting


class Vrijgave(Vastgelegd):
    """One levering went on this weighing. Recorded by the gateway, in the commit of its release intent."""

    feit: Literal["vrijgave"] = "vrijgave"
    afweging: Id
    levering: Id


class Uitstel(Vastgelegd):
    """Telling those concerned is put off again, with a new reason and a new day to look at it (§7.2(4))."""

    feit: Literal["uitstel"] = "uitstel"
    over: Id
    """The afweging or grondverklaring it is about."""
    informeren: Informeren
    moment: AwareDatetime


class Naoordeel(StrEnum):
    """The verdict of the after-review (§7.2(5)); it is fed back to the profiles by people."""

    TERECHT = "terecht"
    TERECHT_TE_RUIM = "terecht_te_ruim"
    NIET_TERECHT = "niet_terecht"
    """From then on nothing more goes on this weighing."""


class Nabeoordeling(Vastgelegd):
    """What the FG thinks afterwards of a sharing without toestemming. He is informed, never the approver."""

    feit: Literal["nabeoordeling"] = "nabeoordeling"
    afweging: Id
    oordeel: Naoordeel
    toelichting: Toelichting
    moment: AwareDatetime
