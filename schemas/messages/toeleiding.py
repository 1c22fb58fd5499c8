"""The road to help: the decision (X6), the check on woonplaats (X7), the request at the gemeente (X8) and
the part that another provider does (X9).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import PAAR, ZWAAR, Tekst, VrijeTekst
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Brin, Gemeentecode, Id, PartijId, Vestigingscode
from schemas.messages.bericht import Bericht
from schemas.messages.inrichting import Besluitvorm, Functie, geordend
from schemas.messages.nummer import Hulpnummer
from schemas.messages.onderdelen import Code
from schemas.messages.verwijzingen import Aanspreekpunt, Arrangementcode, Leerlingverwijzing


class Toeleidingsbesluit(Bericht):
    """X6, who decides to school and provider, and to the gemeente where it pays.

    Least: what is granted, to whom, by whom on which mandate, the period. `leerling` absent: to the group
    of the arrangement. Must not carry: reasons in terms of care; what is granted is coded.
    """

    soort: ClassVar[str] = "toeleidingsbesluit"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    leerling: Leerlingverwijzing | None = None
    arrangement: Annotated[Arrangementcode, G.BESLUITEN]
    functies: Annotated[tuple[Functie, ...], G.BESLUITEN, Field(min_length=1, max_length=5)]
    besluitvorm: Annotated[Besluitvorm, G.BESLUITEN]
    besloten_door: Annotated[PartijId, G.BESLUITEN]
    besloten_op: Annotated[dt.date, G.BESLUITEN]
    mandaat: Annotated[Tekst | None, G.BESLUITEN] = None
    uitvoerder: Annotated[PartijId, G.JEUGDHULP]
    ingangsdatum: Annotated[dt.date, G.BESLUITEN]
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.ingangsdatum, self.einddatum)
        if self.besluitvorm is Besluitvorm.TOEKENNING_OP_MANDAAT and self.mandaat is None:
            raise PydanticCustomError("mandaat", "een toekenning op mandaat noemt het mandaat")
        return self


class Woonplaatsvraag(Bericht):
    """X7 there, school or provider to the rule: about a place, never about a person.

    Least: the gemeente of residence (with its day, for gemeenten merge), school, arrangement.
    Must not carry: name, BSN, care content.
    """

    soort: ClassVar[str] = "woonplaatsvraag"

    gemeente: Annotated[Gemeentecode | None, G.CONTACT] = None
    """Absent: the address is not known."""
    peildatum: Annotated[dt.date, G.CONTACT]
    brin: Annotated[Brin, G.CONTACT]
    vestigingscode: Annotated[Vestigingscode, G.CONTACT]
    arrangement: Annotated[Arrangementcode, G.BESLUITEN]
    aanbod: Annotated[Literal["groep", "individueel"], G.BESLUITEN]
    plaats: Annotated[Literal["school_in_schooltijd", "school_buiten_schooltijd", "thuis"], G.BESLUITEN]


class Route(StrEnum):
    COLLECTIEF = "collectief"
    INDIVIDUEEL = "individueel"
    VOORFINANCIEREN_EN_VERREKENEN = "voorfinancieren_en_verrekenen"
    NIET_GEDEKT = "niet_gedekt"
    PER_GEVAL = "per_geval"
    """The rule does not say: the gemeente decides, together with the family."""


class Woonplaatsantwoord(Bericht):
    """X7 back: least the route and the rule it follows from. Must not carry: name, BSN, care content."""

    soort: ClassVar[str] = "woonplaatsantwoord"

    gemeente: Annotated[Gemeentecode | None, G.CONTACT] = None
    peildatum: Annotated[dt.date, G.CONTACT]
    arrangement: Annotated[Arrangementcode, G.BESLUITEN]
    route: Annotated[Route, G.BESLUITEN]
    regel: Annotated[Arrangementcode, G.BESLUITEN]
    regelversie: Annotated[int, G.BESLUITEN, Field(ge=1)]


class Aanvrager(StrEnum):
    JEUGDHULP = "jeugdhulp"
    SCHOOL = "school"
    OUDERS = "ouders"
    LEERLING = "leerling"
    HUISARTS = "huisarts"
    JEUGDARTS = "jeugdarts"
    GECERTIFICEERDE_INSTELLING = "gecertificeerde_instelling"


class AanvraagVoorziening(Bericht):
    """X8, provider, school, parent or referrer to the gemeente of residence: an individual voorziening.

    Least: reference, requested kind, who asks. Must not carry: the school's dossier.
    """

    soort: ClassVar[str] = "aanvraag_voorziening"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    leerling: Leerlingverwijzing
    voorziening: Annotated[Code, G.JEUGDHULP]
    aanvrager: Annotated[Aanvrager, G.JEUGDHULP]
    contactpersoon: Aanspreekpunt


class Aanvraaguitkomst(StrEnum):
    TOEGEKEND = "toegekend"
    AFGEWEZEN = "afgewezen"
    IN_ONDERZOEK = "in_onderzoek"


class AanvraagAntwoord(Bericht):
    """X8 back, the gemeente to who asked.

    Least: which request, granted or not. Must not carry: why not, for that tells of care, of money or of
    where the family lives.
    """

    soort: ClassVar[str] = "aanvraag_antwoord"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    # An answer tells that jeugdhulp was asked for.
    uitkomst: Annotated[Aanvraaguitkomst, G.JEUGDHULP]
    # Which gemeente decides tells where the parents live, as `andere_gemeente` does.
    beantwoord_door: Annotated[PartijId | None, G.GEZIN_VEILIGHEID] = None
    """The gemeente that decided. Who sends an answer names it, and is held to it; a file may leave it out."""
    beantwoord_op: Annotated[dt.date, G.JEUGDHULP]
    # Another gemeente is responsible: where parents live, also when their address is secret.
    andere_gemeente: Annotated[Gemeentecode | None, G.GEZIN_VEILIGHEID] = None
    verwijzing: Annotated[Tekst | None, G.HERKOMST] = None
    """The reference the request had; stays home."""


class Onderaanneming(Bericht):
    """X9, hoofdaanbieder to onderaanbieder: least the question, the agreed task, whom to call. With the BSN
    where he asks it: the onderaanbieder registers the jeugdige under it.

    Must not carry: anything outside the task.
    """

    soort: ClassVar[str] = "onderaanneming"

    zaak: Annotated[Id, G.CONTACT, PAAR]
    leerling: Leerlingverwijzing
    persoonsnummer: Hulpnummer | None = None
    vraag: Annotated[VrijeTekst, G.FACTOREN, ZWAAR]
    taak: Annotated[VrijeTekst, G.JEUGDHULP]
    taak_tot: Annotated[dt.date | None, G.JEUGDHULP] = None
    contactpersoon: Aanspreekpunt
