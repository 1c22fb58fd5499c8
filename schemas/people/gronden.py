"""A ground of the law that a sender asserts for one exchange, instead of toestemming (`consent.md` §6).

A sender who asserts a ground does not yet have one: `consent/gronden.py` judges whether its conditions are
met.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.base import Model, Tekst
from schemas.identifiers import Gemeentecode
from schemas.people.toestemming import Gebruiksdoel, Hash, Ontvanger, Toelichting, Vastgelegd


class Grondsoort(StrEnum):
    """The grounds that are built. Not built, for what they allow is not certain: the Wams (not in force), the
    direct team of Jeugdwet 7.3.11(2)(a) for a school, and the own task of a samenwerkingsverband.
    """

    OTS_GI = "ots_gi"
    """To the GI that carries out an ondertoezichtstelling (Jeugdwet 7.3.11(4))."""
    VEILIG_THUIS = "veilig_thuis"
    """A reasonable suspicion of huiselijk geweld or kindermishandeling (Wmo 2015 5.2.6)."""
    VERWIJSINDEX = "verwijsindex"
    """A reasonable suspicion of a listed risk (Jeugdwet 7.1.4.1): that one is involved, nothing more."""
    LEERPLICHT = "leerplicht"
    """Statutory report of absence to the gemeente of residence (Leerplichtwet 18, 21)."""
    OVERSTAP = "overstap"
    """Onderwijskundig rapport to the next school (school law)."""


class Verzuimgrond(StrEnum):
    """What a leerplicht ground reports. Which of these the law names, and since when, is dated data."""

    RELATIEF_VERZUIM = "relatief_verzuim_16_uur"
    """Without a valid reason sixteen hours of lessons or training in four weeks (Leerplichtwet 21)."""
    IN_OF_UITSCHRIJVING = "in_of_uitschrijving"
    """Enrolled, or taken off the register (Leerplichtwet 18)."""
    ANDER_VERZUIM = "ander_verzuim"
    """Any other absence: worrying perhaps, but not what the law has a school report."""


class Onderwijssector(StrEnum):
    """Which school law holds, and with it where absence is reported."""

    PO = "po"
    SO = "so"
    VSO = "vso"
    VO = "vo"
    MBO = "mbo"


class Informeren(Model):
    """When those whom it concerns are told: without toestemming is not without knowledge."""

    wanneer: Literal["vooraf", "achteraf", "uitgesteld"]
    op: dt.date
    """When they are told; if that is put off: when that is looked at again."""
    reden_uitstel: Toelichting | None = None
    """Given when informing is put off, and only then."""


class Grondverklaring(Vastgelegd):
    """The sender states that the law lets him share this with this recipient, and on what that rests.

    Bound to one recipient; both days inclusive, in Europe/Amsterdam.
    """

    feit: Literal["grond"] = "grond"
    soort: Grondsoort
    ontvanger: Ontvanger
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    grondstuk_ref: Tekst
    """The order, report or enrolment it rests on; for Veilig Thuis the record of steps of the meldcode."""
    grondstuk_hash: Hash
    noodzaak_hash: Hash
    """Hash of the text that says why exactly this is necessary. The text itself stays with the sender."""
    verklaard_door: Tekst
    """Name or function of who asserts it: personal data of an employee, stored encrypted."""
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    informeren: Informeren
    verzuimgrond: Verzuimgrond | None = None
    """For leerplicht only, as are the two fields below. A record without them waits until they are stated."""
    sector: Onderwijssector | None = None
    woongemeente: Gemeentecode | None = None
    """Where the leerling lives: the report goes to that gemeente and to no other."""
