"""The steps of a zaak: each is one thing that somebody did, in codes, dates and partijen. No words of people.

Goals, advice and what an action is about travel in messages and are read where they arrive; the gateway keeps
of them only who does something by which day, so that it can be remembered (docs/decisions/0049).
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie, Model
from schemas.identifiers import Gemeentecode, Id, PartijId
from schemas.messages.arrangement import Evaluatiebesluit, Terugkeerdoel
from schemas.messages.inrichting import (
    Bekostiging,
    Beslisser,
    Besluitvorm,
    Functie,
    Ondersteuningsniveau,
    Uitvoeringsvariant,
    geordend,
)
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.opp import Overlegresultaat
from schemas.messages.toeleiding import Route
from schemas.messages.vertaling import Kopiestand
from schemas.people.partijcodes import Partijfunctie, Partijhoedanigheid

MEEST_STAPPEN = 1_000
"""A zaak has no more steps than this: who needs more opens another."""

Beginselcode = Annotated[str, StringConstraints(pattern=r"^P(0[1-9]|[12][0-9]|30)$")]


class Wettelijketaak(StrEnum):
    """By which task of the law a partner takes part. Without one nobody sits at the table."""

    PASSEND_ONDERWIJS = "passend_onderwijs"
    TOELAATBAARHEID = "toelaatbaarheid"
    TOELEIDING_JEUGDHULP = "toeleiding_jeugdhulp"
    JEUGDHULP = "jeugdhulp"
    KINDERBESCHERMING = "kinderbescherming"
    JEUGDGEZONDHEIDSZORG = "jeugdgezondheidszorg"
    LEERPLICHT = "leerplicht"
    DOORSTROOMPUNT = "doorstroompunt"
    MAATSCHAPPELIJKE_ONDERSTEUNING = "maatschappelijke_ondersteuning"
    LEERLINGENVERVOER = "leerlingenvervoer"
    HUISARTSENZORG = "huisartsenzorg"
    KINDEROPVANG = "kinderopvang"
    OUDERLIJK_GEZAG = "ouderlijk_gezag"


class Zaakwet(StrEnum):
    """The law under which something was decided."""

    JEUGDWET = "jeugdwet"
    WMO_2015 = "wmo_2015"
    WLZ = "wlz"
    ZVW = "zvw"
    PARTICIPATIEWET = "participatiewet"
    WPO = "wpo"
    WVO_2020 = "wvo_2020"
    WEC = "wec"
    WEB = "web"
    LEERPLICHTWET = "leerplichtwet_1969"


class Besluitcode(StrEnum):
    HULP_TOEGEKEND = "hulp_toegekend"
    HULP_AFGEWEZEN = "hulp_afgewezen"
    HULP_BEEINDIGD = "hulp_beeindigd"
    TOELAATBAARHEIDSVERKLARING = "toelaatbaarheidsverklaring"
    ONDERWIJSPLEK = "onderwijsplek"
    ONDERWIJSONDERSTEUNING = "onderwijsondersteuning"
    VERVOER = "vervoer"
    LEERPLICHT_VOORWAARDEN = "leerplicht_voorwaarden"
    OPSCHALEN = "opschalen"
    AFSCHALEN = "afschalen"
    ANDERS = "anders"

    @property
    def toelating(self) -> bool:
        """Whether it gives help to one leerling by name."""
        return self is Besluitcode.HULP_TOEGEKEND


class Actiecode(StrEnum):
    INFORMATIE_STUREN = "informatie_sturen"
    TOESTEMMING_VRAGEN = "toestemming_vragen"
    GESPREK_MET_OUDERS = "gesprek_met_ouders"
    GESPREK_MET_LEERLING = "gesprek_met_leerling"
    PLAN_BIJSTELLEN = "plan_bijstellen"
    HULP_STARTEN = "hulp_starten"
    ONDERZOEK = "onderzoek"
    AANVRAAG_DOEN = "aanvraag_doen"
    PLEK_ZOEKEN = "plek_zoeken"
    OVERDRACHT = "overdracht"
    EVALUEREN = "evalueren"
    ANDERS = "anders"


class Slotreden(StrEnum):
    DOEL_BEREIKT = "doel_bereikt"
    GEPLAATST = "geplaatst"
    NIET_GESTART = "niet_gestart"
    """It never came to an arrangement."""
    GEWEIGERD = "geweigerd"
    """Those who must agree did not."""
    VERHUISD = "verhuisd"
    OVERGENOMEN = "overgenomen"
    """Another zaak goes on with it."""


class Zaakdeelname(StrEnum):
    JA = "ja"
    NEE_MET_REDEN = "nee_met_reden"
    """The reason stands in the record of the school, not here."""
    NEE = "nee"


class Regioverwijzing(Model):
    """The file of the region by which this zaak runs, in that version."""

    naam: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
    hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Zaaktoeleiding(Model):
    """Who decides that this help is given, and in what form."""

    beslisser: Beslisser
    besluitvorm: Besluitvorm


class Zaakwoonplaats(Model):
    """Which road holds for where the leerling lives, and when that was answered."""

    route: Route
    gemeente: Gemeentecode | None = None
    zekerheid: Literal["vastgesteld", "indicatief"]
    op: dt.date


# ── the steps


class Geopend(Model):
    """The zaak begins. Who opens it is its first partner and its regisseur."""

    soort: Literal["geopend"] = "geopend"
    onderwerp: Onderwerpsoort
    vorm: Literal["individueel", "collectief"]
    functie: Partijfunctie
    """Of who opens it."""
    wettelijke_taak: Wettelijketaak
    functies: Annotated[tuple[Functie, ...], Field(max_length=5)] = ()
    regio: Regioverwijzing | None = None
    toeleiding: Annotated[tuple[Zaaktoeleiding, ...], Field(max_length=5)] = ()
    bekostiging: Bekostiging | None = None
    uitvoeringsvariant: Uitvoeringsvariant | None = None
    niveau: Ondersteuningsniveau | None = None
    herzien_op: dt.date | None = None
    einddatum: dt.date | None = None


class PartnerErbij(Model):
    soort: Literal["partner_erbij"] = "partner_erbij"
    partij: PartijId
    functie: Partijfunctie
    wettelijke_taak: Wettelijketaak
    cellen: Annotated[tuple[Gegevenscategorie, ...], Field(max_length=15)]
    """What he needs to know for that task. It opens nothing: each message is decided by itself."""
    tot: dt.date | None = None


class PartnerEraf(Model):
    soort: Literal["partner_eraf"] = "partner_eraf"
    partij: PartijId


class RegieAangeboden(Model):
    """The regisseur asks another partner to take over. Nothing changes before that one confirms."""

    soort: Literal["regie_aangeboden"] = "regie_aangeboden"
    aan: PartijId
    fase: Annotated[int, Field(ge=1, le=20)] | None = None
    """The phase that begins with it, where an arrangement has phases."""


class RegieOver(Model):
    """Who was asked confirms: from this moment he is the regisseur."""

    soort: Literal["regie_over"] = "regie_over"


class RegieNietOver(Model):
    """It is not handed over: who was asked refuses, or the regisseur takes the question back, as when ouders
    refuse it.
    """

    soort: Literal["regie_niet_over"] = "regie_niet_over"


class OverlegGepland(Model):
    soort: Literal["overleg_gepland"] = "overleg_gepland"
    overleg: Id
    datum: dt.date
    oproep_tot: dt.date | None = None
    """Until when its participants are called, where the kind of overleg says how many days ahead. None too in
    what an older release wrote.
    """


class OverlegGehouden(Model):
    soort: Literal["overleg_gehouden"] = "overleg_gehouden"
    overleg: Id
    datum: dt.date
    leerling_nam_deel: Zaakdeelname | None = None
    volgende: dt.date | None = None
    """The day of the next one, where one was agreed, or by when the kind of overleg wants one. None too in
    what an older release wrote.
    """
    verslag_tot: dt.date | None = None
    """Until when the outcome is sent to the table, where the kind says it. None too in what is older."""


class OverlegAfgezegd(Model):
    soort: Literal["overleg_afgezegd"] = "overleg_afgezegd"
    overleg: Id


class Zaakactie(Model):
    """Who does something by when. What it is stands in a message; here only its kind."""

    soort: Literal["actie"] = "actie"
    code: Actiecode
    eigenaar: PartijId
    uiterlijk: dt.date


class ZaakactieGedaan(Model):
    soort: Literal["actie_gedaan"] = "actie_gedaan"
    actie: Id
    """The id of the action, as you were shown it."""


class Zaakbesluit(Model):
    """What was decided, by whom, on which mandate. The reasons are not here."""

    soort: Literal["besluit"] = "besluit"
    code: Besluitcode
    wetten: Annotated[tuple[Zaakwet, ...], Field(min_length=1, max_length=10)]
    namens: PartijId | None = None
    """In whose name, on a mandate in the register; absent: in his own."""
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None
    overleg: Id | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        geordend(self.geldig_vanaf, self.geldig_tot_en_met)
        return self


class Ontwikkelingsperspectiefstand(Model):
    """Of the plan of the school only what must be known here: days and outcomes."""

    soort: Literal["ontwikkelingsperspectief"] = "ontwikkelingsperspectief"
    vastgesteld_op: dt.date | None = None
    bestemming: Literal["verwacht", "voorlopig"] | None = None
    overleg_op: dt.date | None = None
    overleg_resultaat: Overlegresultaat | None = None
    inzage_ouders: bool = False
    evaluaties: Annotated[tuple[dt.date, ...], Field(max_length=50)] = ()


class Woonplaatsbepaald(Model):
    soort: Literal["woonplaats"] = "woonplaats"
    antwoord: Zaakwoonplaats


class Getoetst(Model):
    """The plan was held to the thirty principles. Only the codes of what was found stay."""

    soort: Literal["getoetst"] = "getoetst"
    versie: Annotated[int, Field(ge=1)]
    bevindingen: tuple[Beginselcode, ...] = ()


class InUitvoering(Model):
    soort: Literal["in_uitvoering"] = "in_uitvoering"
    ingangsdatum: dt.date


class Zaakevaluatie(Model):
    soort: Literal["evaluatie"] = "evaluatie"
    datum: dt.date
    uitkomst: Evaluatiebesluit
    ouders: Zaakdeelname
    leerling: Zaakdeelname
    herzien_op: dt.date | None = None
    """The next day to look back; needed to go on."""

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.uitkomst is not Evaluatiebesluit.STOPPEN and self.herzien_op is None:
            raise PydanticCustomError("herzien_op", "wie doorgaat noemt de dag om opnieuw te kijken")
        return self


class Opgeschaald(Model):
    """It is stuck and goes to a partner who may cut through."""

    soort: Literal["opgeschaald"] = "opgeschaald"
    aan: PartijId
    niveau: Ondersteuningsniveau | None = None


class Zaakplaatsing(Model):
    """The next place has the leerling. Where that place is a partner, it says so itself."""

    soort: Literal["plaatsing"] = "plaatsing"
    bestemming: Terugkeerdoel
    bij: PartijId | None = None
    bevestigd_op: dt.date


class Hulpstand(Model):
    """How help stands by the messages of this partner, who alone sees it: to tell another is an exchange."""

    soort: Literal["hulpstand"] = "hulpstand"
    stand: Kopiestand
    maand: dt.date | None = None
    """The first day of the month in which that began."""
    mede: PartijId | None = None
    """Whose copies were laid beside his own, on a machtiging. None too in what an older release wrote."""


class Heropend(Model):
    soort: Literal["heropend"] = "heropend"


class Gesloten(Model):
    soort: Literal["gesloten"] = "gesloten"
    reden: Slotreden


Stap = Annotated[
    PartnerErbij
    | PartnerEraf
    | RegieAangeboden
    | RegieOver
    | RegieNietOver
    | Zaakactie
    | ZaakactieGedaan
    | Zaakbesluit
    | Ontwikkelingsperspectiefstand
    | Woonplaatsbepaald
    | InUitvoering
    | Zaakevaluatie
    | Opgeschaald
    | Zaakplaatsing
    | Heropend
    | Gesloten,
    Field(discriminator="soort"),
]
"""The steps that a partner takes by name. The others come with what is done elsewhere: opening, an overleg, a
plan that was held to the principles, copies that were read."""

ElkeStap = Annotated[
    Geopend
    | OverlegGepland
    | OverlegGehouden
    | OverlegAfgezegd
    | Getoetst
    | PartnerErbij
    | PartnerEraf
    | RegieAangeboden
    | RegieOver
    | RegieNietOver
    | Zaakactie
    | ZaakactieGedaan
    | Zaakbesluit
    | Ontwikkelingsperspectiefstand
    | Woonplaatsbepaald
    | InUitvoering
    | Zaakevaluatie
    | Opgeschaald
    | Zaakplaatsing
    | Hulpstand
    | Heropend
    | Gesloten,
    Field(discriminator="soort"),
]


class Zaakstap(StrEnum):
    """The kinds of steps, as the account names them."""

    GEOPEND = "geopend"
    PARTNER_ERBIJ = "partner_erbij"
    PARTNER_ERAF = "partner_eraf"
    REGIE_AANGEBODEN = "regie_aangeboden"
    REGIE_OVER = "regie_over"
    REGIE_NIET_OVER = "regie_niet_over"
    OVERLEG_GEPLAND = "overleg_gepland"
    OVERLEG_GEHOUDEN = "overleg_gehouden"
    OVERLEG_AFGEZEGD = "overleg_afgezegd"
    ACTIE = "actie"
    ACTIE_GEDAAN = "actie_gedaan"
    BESLUIT = "besluit"
    ONTWIKKELINGSPERSPECTIEF = "ontwikkelingsperspectief"
    WOONPLAATS = "woonplaats"
    GETOETST = "getoetst"
    IN_UITVOERING = "in_uitvoering"
    EVALUATIE = "evaluatie"
    OPGESCHAALD = "opgeschaald"
    PLAATSING = "plaatsing"
    HULPSTAND = "hulpstand"
    HEROPEND = "heropend"
    GESLOTEN = "gesloten"


class Gezet(Model):
    """One step as it was recorded: by whom, when, and as which number. What of it follows from the register
    is kept with it, because the register changes.
    """

    nummer: Annotated[int, Field(ge=1, le=MEEST_STAPPEN)]
    id: Id
    """Names this step to partners, who may not learn how many there are."""
    op: AwareDatetime
    dag: dt.date
    """The Dutch calendar day of that moment."""
    door: PartijId
    stap: ElkeStap
    hoedanigheid: Partijhoedanigheid | None = None
    """Of the partner who comes by this step."""


STAPPEN: TypeAdapter[tuple[Gezet, ...]] = TypeAdapter(tuple[Gezet, ...])


def soort_van(stap: Any) -> Zaakstap:
    return Zaakstap(stap.soort)
