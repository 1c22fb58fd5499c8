"""Ontwikkelingsperspectief: the plan a school makes for a leerling who needs extra support.

Perspectiefdeel and handelingsdeel are apart, each with its own state, version, day and people: the school
decides on the first after overleg, ouders agree with the second (WPO 40a, WVO 2020 2.44, WEC 41a). From an
OSO dossier only identity, school, dates, besluiten, begeleiding and bronfeiten can be filled: what is missing
stays absent and `herkomst` says why. How a part changes stands in `oppverloop.py`, what must be in it in
`oppregels.py`.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst, VrijeTekst
from schemas.identifiers import Brin, Id, Vestigingscode
from schemas.messages.bericht import Bericht
from schemas.messages.bronfeiten import Bronfeiten
from schemas.messages.herkomst import Herkomst
from schemas.messages.onderdelen import (
    Code,
    Contactpersoon,
    GevoeligLeefgebied,
    Leefgebied,
    LeerlingGegevens,
    School,
    Verzorger,
)
from schemas.people.toestemming import Hoedanigheid

Doelsleutel = Annotated[str, StringConstraints(pattern=r"^d[0-9]{1,3}$")]
Doelstatus = Literal["open", "bereikt", "deels_bereikt", "gestopt"]
Overlegresultaat = Literal["overeenstemming", "deels", "geen_overeenstemming"]


class Plansoort(StrEnum):
    OPP_PO = "opp_po"
    OPP_SBO = "opp_sbo"
    OPP_SO = "opp_so"
    OPP_VO = "opp_vo"
    OPP_PRO = "opp_pro"
    OPP_VSO = "opp_vso"
    MBO = "mbo_ondersteuningsafspraken"
    """Agreements with the student himself, under private law: no perspectief, no samenwerkingsverband."""
    OZA = "oza"
    """The plan of an onderwijs-zorgarrangement that stands beside a school's own kind of plan."""


class Planstatus(StrEnum):
    CONCEPT = "concept"
    IN_OVERLEG = "in_overleg"
    WACHT_OP_INSTEMMING = "wacht_op_instemming"
    VASTGESTELD = "vastgesteld"
    IN_EVALUATIE = "in_evaluatie"
    BIJGESTELD = "bijgesteld"
    AFGESLOTEN = "afgesloten"
    GEEN_INSTEMMING = "geen_instemming"


class Plan(Model):
    """That there is a plan shows a need for extra support, hence `besluiten` and not `onderwijspositie`."""

    id: Annotated[Id | None, G.BESLUITEN] = None
    """The same for every version."""
    soort: Annotated[Plansoort | None, G.BESLUITEN] = None
    versie: Annotated[int | None, G.BESLUITEN, Field(ge=1)] = None
    vorige_versie: Annotated[int | None, G.BESLUITEN, Field(ge=1)] = None
    status: Annotated[Planstatus | None, G.BESLUITEN] = None
    ingangsdatum: Annotated[dt.date | None, G.BESLUITEN] = None
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None
    definitief_geplaatst_op: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    """After a tijdelijke plaatsing the term for the plan counts from here (WPO 40a lid 2)."""
    behoefte_vastgesteld_op: Annotated[dt.date | None, G.BESLUITEN] = None
    advies_commissie_op: Annotated[dt.date | None, G.BESLUITEN] = None
    """so and vso: the commissie voor de begeleiding advises first (WEC 41a)."""


class Vaststelling(Model):
    """How one part of the plan stands: each part has its own."""

    status: Annotated[Planstatus, G.BESLUITEN]
    versie: Annotated[int, G.BESLUITEN, Field(ge=1)] = 1
    datum: Annotated[dt.date | None, G.BESLUITEN] = None
    """The day on which it came in this state."""
    personen: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    """Who set it so, for the school."""


class Oogo(Model):
    """Op overeenstemming gericht overleg: the talk with ouders about the perspectiefdeel. No veto."""

    datum: Annotated[dt.date, G.BESLUITEN]
    deelnemers: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    resultaat: Annotated[Literal["overeenstemming", "deels", "geen_overeenstemming"] | None, G.BESLUITEN] = (
        None
    )
    uitkomst: Annotated[VrijeTekst | None, G.BESLUITEN] = None


class Plandeel(Model):
    """One of the two parts: they are set apart, because another decides on each."""

    vaststelling: Vaststelling | None = None


class Perspectief(Plandeel):
    uitstroombestemming: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    """Of the lists in `oppregels.py`. Never an advies: that is another fact (`bronfeiten.overstapadvies`)."""
    # "beschut" or "dagbesteding" tells how much somebody can.
    soort_werk: Annotated[Code | None, G.GEZONDHEID] = None
    onderbouwing: Annotated[VrijeTekst | None, G.FACTOREN] = None
    belemmerende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN] = ()
    bevorderende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN] = ()
    oogo: Oogo | None = None


class Doel(Model):
    sleutel: Doelsleutel | None = None
    """Names the goal inside this plan, so that an evaluation can say which one it is about."""
    leefgebied: GevoeligLeefgebied
    omschrijving: VrijeTekst
    meetpunt: VrijeTekst | None = None
    streefdatum: dt.date | None = None
    status: Doelstatus | None = None


class Begeleiding(Model):
    wat: Annotated[VrijeTekst, G.DOELEN]
    wie: Annotated[Tekst | None, G.DERDEN] = None
    # The name of an organisation can show that there is jeugdhulp.
    organisatie: Annotated[Tekst | None, G.JEUGDHULP] = None
    omvang: Annotated[Tekst | None, G.DOELEN] = None
    van: Annotated[dt.date | None, G.DOELEN] = None
    tot: Annotated[dt.date | None, G.DOELEN] = None


class Instemming(Model):
    """Agreement with the handelingsdeel. Under school law only: it never carries an exchange."""

    status: Annotated[Literal["gegeven", "geweigerd", "gevraagd"], G.BESLUITEN]
    # What they are to the leerling, not who: a voogd tells about the family.
    door: Annotated[tuple[Hoedanigheid, ...], G.GEZIN_VEILIGHEID] = ()
    personen: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    datum: Annotated[dt.date | None, G.BESLUITEN] = None
    wijze: Annotated[Tekst | None, G.BESLUITEN] = None


class Handelingsdeel(Plandeel):
    ondersteuningsbehoeften: Annotated[tuple[VrijeTekst, ...], G.DOELEN] = ()
    doelen: Annotated[tuple[Doel, ...], G.DOELEN] = ()
    begeleiding: tuple[Begeleiding, ...] = ()
    afwijkingen_onderwijsprogramma: Annotated[VrijeTekst | None, G.DOELEN] = None
    """Regular schools say what they are, or that there are none."""
    praktijkvorming: Annotated[VrijeTekst | None, G.DOELEN] = None
    """praktijkonderwijs: how practical education is given to this leerling."""
    instemming: Instemming | None = None


class LeerlingStem(Model):
    """What the leerling said under the hoorrecht, in own words, or why he was not heard: never both.

    A right to be heard and no right of consent; in force since 1 August 2025.
    """

    datum: dt.date | None = None
    fase: Literal["opstellen", "bijstellen", "evalueren"] | None = None
    gehoord_door: Tekst | None = None
    """The function of who listened."""
    vorm: Tekst | None = None
    eigen_woorden: VrijeTekst | None = None
    vervolg: VrijeTekst | None = None
    niet_gehoord_reden: VrijeTekst | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        gehoord = (self.gehoord_door, self.vorm, self.eigen_woorden, self.vervolg)
        if self.niet_gehoord_reden is not None and any(gehoord):
            raise PydanticCustomError("gehoord", "gehoord en niet gehoord gaan niet samen")
        if self.niet_gehoord_reden is None and self.vorm is None and self.eigen_woorden is None:
            raise PydanticCustomError("gehoord", "zeg wat de leerling zei of waarom hij niet is gehoord")
        return self


class Doelevaluatie(Model):
    """What an evaluation says of one goal."""

    doel: Doelsleutel | None = None
    status: Doelstatus | None = None
    oordeel: VrijeTekst | None = None


class Evaluatie(Model):
    datum: Annotated[dt.date, G.DOELEN]
    deelnemers: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    met: Annotated[tuple[Hoedanigheid, ...], G.GEZIN_VEILIGHEID] = ()
    """What those who took part are to the leerling: the law wants it done with ouders."""
    per_doel: Annotated[tuple[Doelevaluatie, ...], G.DOELEN] = ()
    besluit: Annotated[VrijeTekst | None, G.DOELEN] = None
    volgende: Annotated[dt.date | None, G.DOELEN] = None


class Externe(Model):
    organisatie: Annotated[Tekst, G.JEUGDHULP]
    rol: Annotated[Tekst | None, G.JEUGDHULP] = None
    leefgebied: Annotated[Leefgebied | None, G.JEUGDHULP] = None
    contactpersoon: Annotated[Tekst | None, G.DERDEN] = None
    toestemming_ref: Annotated[Id | None, G.JEUGDHULP] = None
    """The recorded toestemming on which it takes part. Being at the table is none."""


class Tlv(Model):
    ingangsdatum: Annotated[dt.date, G.BESLUITEN]
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None
    swv_nummer: Annotated[Tekst, G.BESLUITEN]
    # The funding class shows how severe the limitation is.
    categorie: Annotated[Literal["H", "M", "L", "Nvt"], G.GEZONDHEID]
    beschikkingsnummer: Annotated[Tekst, G.BESLUITEN]


class Arrangementbesluit(Model):
    # cluster12 is support for seeing, hearing or language: the kind tells the limitation.
    soort: Annotated[Literal["cluster12", "pao", "lwoo", "rvc"], G.GEZONDHEID]
    ingangsdatum: Annotated[dt.date | None, G.BESLUITEN] = None
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None
    kenmerk: Annotated[VrijeTekst | None, G.GEZONDHEID] = None
    beschikkingsnummer: Annotated[Tekst | None, G.BESLUITEN] = None
    swv_nummer: Annotated[Tekst | None, G.BESLUITEN] = None
    brin: Annotated[Brin | None, G.GEZONDHEID] = None
    vestigingscode: Annotated[Vestigingscode | None, G.GEZONDHEID] = None


class Besluiten(Model):
    tlv: tuple[Tlv, ...] = ()
    arrangementen: tuple[Arrangementbesluit, ...] = ()


class Bijlage(Model):
    """That an attachment exists. The bytes never enter a message; no profile names attachments yet."""

    naam: Tekst
    soort: Tekst
    omschrijving: Tekst | None = None
    hash: Tekst
    """`sha256:` and the hex digest of the decoded ZIP."""
    gevoeligheid: Literal["gewoon", "bijzonder"] = "bijzonder"
    """Special until a person has looked at it: an attachment can hold anything, of other leerlingen too."""
    toegankelijk_voor: tuple[Tekst, ...] = ()
    """Who may open it. An adapter never fills this."""


class Ontwikkelingsperspectief(Bericht):
    """One leerling's plan with the facts around it, as the school sends it."""

    soort: ClassVar[str] = "ontwikkelingsperspectief"

    plan: Plan | None = None
    school: School
    leerling: LeerlingGegevens
    gezag: tuple[Verzorger, ...] = ()
    perspectief: Perspectief | None = None
    handelingsdeel: Handelingsdeel | None = None
    leerling_stem: Annotated[tuple[LeerlingStem, ...], G.LEERLINGSTEM] = ()
    evaluaties: tuple[Evaluatie, ...] = ()
    externen: tuple[Externe, ...] = ()
    besluiten: Besluiten | None = None
    bijlagen: Annotated[tuple[Bijlage, ...], G.BIJLAGE] = ()
    bronfeiten: Bronfeiten | None = None
    herkomst: Annotated[Herkomst, G.HERKOMST]


class OppDeel(Model):
    """What only people at the school can fill in: sent beside a dossier, never guessed from attachments."""

    plan: Plan | None = None
    contactpersoon: Contactpersoon | None = None
    perspectief: Perspectief | None = None
    handelingsdeel: Handelingsdeel | None = None
    leerling_stem: Annotated[tuple[LeerlingStem, ...], Field(max_length=50)] = ()
    evaluaties: Annotated[tuple[Evaluatie, ...], Field(max_length=50)] = ()
    externen: Annotated[tuple[Externe, ...], Field(max_length=50)] = ()
