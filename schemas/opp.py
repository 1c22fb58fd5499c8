"""Ontwikkelingsperspectief: the plan a school makes for a leerling who needs extra support.

Shape after `opp.md` §10; perspectiefdeel and handelingsdeel are apart because ouders agree only with the
latter (WPO 40a). From an OSO dossier only identity, school, dates, besluiten, begeleiding and bronfeiten
can be filled: what is missing stays absent and `herkomst` says why.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst, VrijeTekst
from schemas.bericht import Bericht
from schemas.bronfeiten import Bronfeiten
from schemas.herkomst import Herkomst
from schemas.identifiers import Brin, Vestigingscode
from schemas.onderdelen import Code, Contactpersoon, Leefgebied, LeerlingGegevens, School, Verzorger


class Plansoort(StrEnum):
    OPP_PO = "opp_po"
    OPP_SBO = "opp_sbo"
    OPP_SO = "opp_so"
    OPP_VO = "opp_vo"
    OPP_PRO = "opp_pro"
    OPP_VSO = "opp_vso"


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

    soort: Annotated[Plansoort | None, G.BESLUITEN] = None
    status: Annotated[Planstatus | None, G.BESLUITEN] = None
    ingangsdatum: Annotated[dt.date | None, G.BESLUITEN] = None
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None


class Oogo(Model):
    """Op overeenstemming gericht overleg: the talk with ouders about the perspectiefdeel."""

    datum: Annotated[dt.date, G.BESLUITEN]
    deelnemers: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    uitkomst: Annotated[VrijeTekst | None, G.BESLUITEN] = None


class Perspectief(Model):
    uitstroombestemming: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    onderbouwing: Annotated[VrijeTekst | None, G.FACTOREN] = None
    belemmerende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN] = ()
    bevorderende_factoren: Annotated[tuple[VrijeTekst, ...], G.FACTOREN] = ()
    oogo: Oogo | None = None


class Doel(Model):
    leefgebied: Leefgebied
    omschrijving: VrijeTekst
    meetpunt: VrijeTekst | None = None
    streefdatum: dt.date | None = None
    status: Literal["open", "bereikt", "deels_bereikt", "gestopt"] | None = None


class Begeleiding(Model):
    wat: Annotated[VrijeTekst, G.DOELEN]
    wie: Annotated[Tekst | None, G.DERDEN] = None
    # The name of an organisation can show that there is jeugdhulp.
    organisatie: Annotated[Tekst | None, G.JEUGDHULP] = None
    omvang: Annotated[Tekst | None, G.DOELEN] = None
    van: Annotated[dt.date | None, G.DOELEN] = None
    tot: Annotated[dt.date | None, G.DOELEN] = None


class Instemming(Model):
    """Agreement of ouders with the handelingsdeel. Under school law only: it never carries an exchange."""

    status: Annotated[Literal["gegeven", "geweigerd", "gevraagd"], G.BESLUITEN]
    personen: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    datum: Annotated[dt.date | None, G.BESLUITEN] = None
    wijze: Annotated[Tekst | None, G.BESLUITEN] = None


class Handelingsdeel(Model):
    ondersteuningsbehoeften: Annotated[tuple[VrijeTekst, ...], G.DOELEN] = ()
    doelen: Annotated[tuple[Doel, ...], G.DOELEN] = ()
    begeleiding: tuple[Begeleiding, ...] = ()
    afwijkingen_onderwijsprogramma: Annotated[VrijeTekst | None, G.DOELEN] = None
    instemming: Instemming | None = None


class LeerlingStem(Model):
    """What the leerling said under the hoorrecht, in own words, or why he was not heard."""

    datum: dt.date | None = None
    fase: Literal["opstellen", "bijstellen", "evalueren"] | None = None
    vorm: Tekst | None = None
    eigen_woorden: VrijeTekst | None = None
    vervolg: VrijeTekst | None = None
    niet_gehoord_reden: VrijeTekst | None = None


class Evaluatie(Model):
    datum: Annotated[dt.date, G.DOELEN]
    deelnemers: Annotated[tuple[Tekst, ...], G.DERDEN] = ()
    per_doel: Annotated[tuple[VrijeTekst, ...], G.DOELEN] = ()
    besluit: Annotated[VrijeTekst | None, G.DOELEN] = None
    volgende: Annotated[dt.date | None, G.DOELEN] = None


class Externe(Model):
    organisatie: Annotated[Tekst, G.JEUGDHULP]
    rol: Annotated[Tekst | None, G.JEUGDHULP] = None
    leefgebied: Annotated[Leefgebied | None, G.JEUGDHULP] = None
    contactpersoon: Annotated[Tekst | None, G.DERDEN] = None


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
