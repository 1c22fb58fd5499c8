"""What a partij states of one flow because a rule of it asks that: a fact like others, and no ground by
itself.

The rules of a flow (`consent/stromen.toml`) name their conditions. What follows from what is recorded anyhow
(age, gezag, enrolment, the register) nobody states again; the rest is stated here, in one way for all of it.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Tekst
from schemas.people.gronden import Informeren
from schemas.people.partijcodes import Partijfunctie
from schemas.people.toestemming import Gebruiksdoel, Hash, Ontvanger, Vastgelegd


class Omstandigheidsoort(StrEnum):
    """The conditions of rules of a flow that somebody can state, by the name that they have there."""

    OTS_LOOPT = "ots_loopt"
    """The recipient, or who sends, carries out an ondertoezichtstelling over the leerling."""
    GI_IS_VOOGD = "gi_is_voogd"
    AANGEMELD = "aangemeld"
    INGESCHREVEN = "ingeschreven"
    GAAT_OVER = "gaat_over"
    """He leaves the school that sends for the school that receives."""
    VO_NAAR_MBO = "vo_naar_mbo"
    LEERPLICHTIG = "leerplichtig"
    ZESTIEN_UUR = "zestien_uur"
    CENTRAAL_GEMELD = "centraal_gemeld"
    VERWIJDERD = "verwijderd"
    IN_OF_UITSCHRIJVING_BUITEN_REGISTER = "in_of_uitschrijving_buiten_register"
    GEVRAAGD = "gevraagd"
    """The recipient asked for it."""
    NODIG = "nodig"
    """Exactly this is necessary; `noodzaak_hash` says by which text."""
    DIRECT_BETROKKEN = "direct_betrokken"
    VERMOEDEN = "vermoeden"
    MELDCODE = "meldcode"
    MEDEWERKING_VEREIST = "medewerking_vereist"
    RAADSONDERZOEK = "raadsonderzoek"
    BEKOSTIGING = "bekostiging"
    TAAKGERICHT = "taakgericht"
    VRAAG_VAN_COLLEGE = "vraag_van_college"
    RISICO_VERWIJSINDEX = "risico_verwijsindex"
    GOEDE_ZORG = "goede_zorg"


class Omstandigheid(Vastgelegd):
    """The sender states what is so, and what is not, of what it sends to this recipient for these doelen.

    Bound to one recipient; both days inclusive, in Europe/Amsterdam. Of two that say otherwise of one thing
    the one recorded last counts.
    """

    feit: Literal["omstandigheid"] = "omstandigheid"
    ontvanger: Ontvanger
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    wel: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    """What is so."""
    niet: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    """What is not so."""
    noodzaak_hash: Hash | None = None
    """Hash of the text that says why exactly this is necessary. The text itself stays with the sender."""
    stuk_ref: Tekst | None = None
    """The order, report, question or record on which it rests."""
    functie: Partijfunctie | None = None
    """In which function who states this sends it, where a rule asks that."""
    verklaard_door: Tekst
    """Name or function of who states it: personal data of an employee, stored encrypted."""
    informeren: Informeren | None = None
    """When those whom it concerns are told of what goes on it."""
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.wel and not self.niet:
            raise PydanticCustomError("omstandigheid.leeg", "Zeg wat er zo is, of wat er niet zo is.")
        if set(self.wel) & set(self.niet):
            raise PydanticCustomError("omstandigheid.beide", "Iets kan niet tegelijk wel en niet zo zijn.")
        if Omstandigheidsoort.NODIG in self.wel and self.noodzaak_hash is None:
            text = "Bij nodig hoort de hash van de tekst die zegt waarom."
            raise PydanticCustomError("omstandigheid.noodzaak", text)
        return self
