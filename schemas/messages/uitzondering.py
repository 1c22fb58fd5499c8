"""When the ordinary way does not do: escalation (X19) and sharing without toestemming (X20)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import PAAR, Gegevenscategorie, Tekst, VrijeTekst
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Id, PartijId
from schemas.messages.bericht import Bericht
from schemas.people.afweging import LANGSTE_VENSTER, Afwegingsverslag
from schemas.people.toestemming import Ontvanger


class Knelpunt(StrEnum):
    GEEN_PASSEND_AANBOD = "geen_passend_aanbod"
    WACHTTIJD = "wachttijd"
    BEKOSTIGING_ONDUIDELIJK = "bekostiging_onduidelijk"
    WOONPLAATS_ONDUIDELIJK = "woonplaats_onduidelijk"
    REGIE_ONDUIDELIJK = "regie_onduidelijk"
    PARTIJEN_ONEENS = "partijen_oneens"


class Escalatie(Bericht):
    """X19, any partner to the body with doorzettingsmacht or of disputes.

    Least: case reference, what is stuck, since when, which partijen. Must not carry: the dossier before that
    body accepted its mandate: it is asked for afterwards, as an exchange of its own.
    """

    soort: ClassVar[str] = "escalatie"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    knelpunten: Annotated[tuple[Knelpunt, ...], G.BESLUITEN, Field(min_length=1, max_length=6)]
    vast_sinds: Annotated[dt.date, G.BESLUITEN]
    betrokken_partijen: Annotated[tuple[PartijId, ...], G.JEUGDHULP, Field(min_length=1, max_length=20)]


class DelingZonderToestemming(Bericht):
    """X20, any partij to a partner with a need: the record that must be complete before anything is shared.

    Least: ground, safety reason, weighing, who approved, what is shared, when ouders are told. Must not
    carry: more than needed: the content goes as a message of its own, bound to this record. Two people, of
    whom the second never is the functionaris gegevensbescherming; window of at most 72 hours.
    """

    soort: ClassVar[str] = "deling_zonder_toestemming"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    grond: Annotated[
        Literal["noodsituatie", "veilig_thuis", "ondertoezichtstelling", "verwijsindex"], G.GEZIN_VEILIGHEID
    ]
    afweging: Annotated[Afwegingsverslag, G.GEZIN_VEILIGHEID]
    gedeeld_met: Annotated[Ontvanger, G.GEZIN_VEILIGHEID]
    gedeelde_categorieen: Annotated[
        tuple[Gegevenscategorie, ...], G.GEZIN_VEILIGHEID, Field(min_length=1, max_length=11)
    ]
    gedeelde_velden: Annotated[tuple[Tekst, ...], G.GEZIN_VEILIGHEID, Field(min_length=1, max_length=500)]
    # Employees: for the account, never for the recipient.
    opsteller: Annotated[Tekst, G.DERDEN]
    goedkeurder: Annotated[Tekst, G.DERDEN]
    goedkeurder_functie: Annotated[Literal["aandachtsfunctionaris", "gedragswetenschapper"], G.DERDEN]
    venster_van: Annotated[AwareDatetime, G.GEZIN_VEILIGHEID]
    venster_tot: Annotated[AwareDatetime, G.GEZIN_VEILIGHEID]
    ouders_informeren: Annotated[Literal["vooraf", "achteraf", "uitgesteld"], G.GEZIN_VEILIGHEID]
    ouders_informeren_op: Annotated[dt.date, G.GEZIN_VEILIGHEID]
    """When they are told; if that is put off: when that is looked at again."""
    reden_uitstel: Annotated[VrijeTekst | None, G.GEZIN_VEILIGHEID] = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.opsteller == self.goedkeurder:
            raise PydanticCustomError("vier_ogen", "Opsteller en goedkeurder zijn twee mensen.")
        if not self.venster_van < self.venster_tot <= self.venster_van + LANGSTE_VENSTER:
            raise PydanticCustomError("venster", "Het venster duurt meer dan niets en hoogstens 72 uur.")
        if (self.ouders_informeren == "uitgesteld") != (self.reden_uitstel is not None):
            raise PydanticCustomError("uitstel", "Een reden hoort bij uitstel, en alleen daarbij.")
        return self
