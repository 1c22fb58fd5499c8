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
from schemas.identifiers import Brin, Bsn, Vestigingscode


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


class Leefgebied(StrEnum):
    SCHOOL = "school"
    THUIS_GEZIN = "thuis_gezin"
    VRIJE_TIJD = "vrije_tijd"
    GEZONDHEID = "gezondheid"
    VEILIGHEID = "veiligheid"


class Code(Model):
    """A code with the list it comes from; the same code means different things in different lists."""

    code: Tekst
    stelsel: Tekst
    omschrijving: Tekst | None = None


class Plan(Model):
    """That there is a plan shows a need for extra support, hence `besluiten` and not `onderwijspositie`."""

    soort: Annotated[Plansoort | None, G.BESLUITEN] = None
    status: Annotated[Planstatus | None, G.BESLUITEN] = None
    ingangsdatum: Annotated[dt.date | None, G.BESLUITEN] = None
    einddatum: Annotated[dt.date | None, G.BESLUITEN] = None


class Adres(Model):
    soort: Literal["bezoek", "post", "gba"] | None = None
    straat: Tekst
    huisnummer: Tekst
    toevoeging: Tekst | None = None
    aanduiding: Tekst | None = None
    locatie: Tekst | None = None
    postcode: Tekst
    plaats: Tekst
    gemeente: Tekst | None = None
    land: Code | None = None


class Communicatie(Model):
    """A telephone number or e-mail address that is not secret; secret ones are dropped at the adapter."""

    soort: Literal["telefoon", "e-mail"]
    aanduiding: Literal["werk", "prive", "overig"] | None = None
    waarde: Tekst
    noodnummer: bool | None = None


class Contactpersoon(Model):
    naam: Tekst
    functie: Tekst | None = None
    telefoon: Tekst | None = None
    email: Tekst | None = None


class School(Model):
    naam: Annotated[Tekst, G.CONTACT]
    brin: Annotated[Brin, G.CONTACT]
    vestigingscode: Annotated[Vestigingscode, G.CONTACT]
    soort: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    # "REC3" names the kind of special education, and so a limitation.
    type: Annotated[Tekst | None, G.GEZONDHEID] = None
    website: Annotated[Tekst | None, G.CONTACT] = None
    adressen: Annotated[tuple[Adres, ...], G.CONTACT] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.CONTACT] = ()
    contactpersoon: Annotated[Contactpersoon | None, G.CONTACT] = None


class Naamdelen(Model):
    voornamen: tuple[Tekst, ...] = ()
    voorletters: Tekst | None = None
    voorvoegsel: Tekst | None = None
    achternaam: Tekst
    roepnaam: Tekst | None = None


class BronId(Model):
    """The key in the sending system. Of no use to a recipient, and it joins files: it stays home."""

    leerlingid: Annotated[Tekst, G.HERKOMST]


class Registernaam(Model):
    """Name in the BRP. It can differ from the name in use for reasons of safety."""

    voornamen: tuple[Tekst, ...] = ()
    voorvoegsel: Tekst | None = None
    achternaam: Tekst
    geboortedatum: Tekst
    """As sent (DD-MM-YYYY): unknown parts can be 00, so it is not always a date."""


class LeerlingGegevens(Model):
    bron_id: BronId | None = None
    bsn: Annotated[Bsn | None, G.NUMMER] = None
    naamdelen: Annotated[Naamdelen, G.CONTACT]
    geboortedatum: Annotated[dt.date, G.CONTACT]
    geslacht: Annotated[Code | None, G.CONTACT] = None
    leerjaar: Annotated[Code | None, G.ONDERWIJSPOSITIE] = None
    # That an address is secret is itself a fact about safety.
    geheimadres: Annotated[bool | None, G.GEZIN_VEILIGHEID] = None
    adressen: Annotated[tuple[Adres, ...], G.CONTACT] = ()
    adres_buitenland: Annotated[tuple[Tekst, ...], G.CONTACT] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.CONTACT] = ()
    gba: Annotated[Registernaam | None, G.GEZIN_VEILIGHEID] = None
    onderwijs_sinds: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    start_huidig_onderwijs: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    datum_inschrijving: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    datum_uitschrijving: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None


class Verzorger(Model):
    """A caretaker as the school system knows him: another person, so nobody else can release him."""

    persoon: Annotated[Naamdelen, G.DERDEN]
    geslacht: Annotated[Code | None, G.DERDEN] = None
    geheimadres: Annotated[bool | None, G.DERDEN] = None
    adressen: Annotated[tuple[Adres, ...], G.DERDEN] = ()
    communicatie: Annotated[tuple[Communicatie, ...], G.DERDEN] = ()
    overleden: Annotated[bool | None, G.DERDEN] = None
    rol: Annotated[Code | None, G.DERDEN] = None
    wettelijk_vertegenwoordiger: Annotated[bool, G.DERDEN]
    """The source's own signal. Never gezag: it knows no joint or sole, no measure and no date."""


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


class Arrangement(Model):
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
    arrangementen: tuple[Arrangement, ...] = ()


class Bijlage(Model):
    """That an attachment exists. The bytes never enter a message; no profile names attachments yet."""

    naam: Tekst
    soort: Tekst
    omschrijving: Tekst | None = None
    hash: Tekst
    """`sha256:` and the hex digest of the decoded ZIP."""


class Schooljaar(Model):
    schooljaar: Annotated[Tekst, G.ONDERWIJSPOSITIE]
    groepscode: Annotated[Tekst, G.ONDERWIJSPOSITIE]
    groepsnaam: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    leerjaar: Annotated[Code, G.ONDERWIJSPOSITIE]
    van: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    tot: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    brin: Annotated[Brin, G.ONDERWIJSPOSITIE]
    vestigingscode: Annotated[Vestigingscode, G.ONDERWIJSPOSITIE]
    schoolsoort: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    # As School.type.
    schooltype: Annotated[Tekst | None, G.GEZONDHEID] = None
    elementcode: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    elementomschrijving: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    schoolsoortomschrijving: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None


class Overstapadvies(Model):
    """Advice from po to vo: another fact than the uitstroombestemming, and never mapped onto it."""

    advies: Code | None = None
    wensouders: Code | None = None
    wensleerling: Code | None = None
    herzienadvies: Code | None = None
    profiel: Tekst | None = None


class Verzuim(Model):
    """Totals of the last twelve months. Absent is unknown, never zero; half-days and hours are not added."""

    dagdelen_geoorloofd: int | None = None
    dagdelen_ongeoorloofd: int | None = None
    uren_geoorloofd: int | None = None
    uren_ongeoorloofd: int | None = None
    meer_dan_25_procent: Annotated[bool | None, Field(alias="meerDan25Procent")] = None
    frequentie_ongeoorloofd: int | None = None
    contact_leerplicht: bool | None = None
    rmc_melding: bool | None = None


class Referentie(Model):
    code: Tekst
    groep: Tekst
    waarde: Tekst
    kwalificatie: Tekst | None = None


class Score(Model):
    opgaven: int | None = None
    goed: int | None = None
    fout: int | None = None
    gelezen: int | None = None
    tijd: Tekst | None = None
    vaardigheidsscore: Tekst | None = None
    schaal: Tekst | None = None
    interval_laag: Tekst | None = None
    interval_hoog: Tekst | None = None
    referenties: tuple[Referentie, ...] = ()


class Toetsonderdeel(Score):
    code: Tekst
    naam: Tekst | None = None


class Toets(Score):
    """One test. Decimals stay text as sent: a score is quoted, not computed with."""

    toetscode: Tekst
    leergebied: Tekst | None = None
    naam: Tekst | None = None
    versie: Tekst | None = None
    datum: dt.date
    leerjaar: Code | None = None
    didactische_leeftijd: int | None = None
    onderdelen: tuple[Toetsonderdeel, ...] = ()


class Cijfer(Model):
    waarde: Tekst | None = None
    kwalificatie: Tekst | None = None


class Cijferonderdeel(Model):
    naam: Tekst
    waarde: Tekst | None = None
    kwalificatie: Tekst | None = None
    datum: dt.date | None = None
    leerjaar: Code | None = None
    periode: Tekst | None = None


class Cijferlijst(Model):
    naam: Tekst
    onderdelen: tuple[Cijferonderdeel, ...] = ()
    scores: tuple[Cijfer, ...] = ()
    datum: dt.date | None = None
    leerjaar: Code
    periode: Tekst | None = None


class Diagnose(Model):
    codes: Annotated[tuple[Tekst, ...], G.GEZONDHEID]
    naam: Annotated[Tekst | None, G.GEZONDHEID] = None
    datum: Annotated[dt.date | None, G.GEZONDHEID] = None
    doorwie: Annotated[Tekst | None, G.DERDEN] = None
    instantie: Annotated[Tekst | None, G.GEZONDHEID] = None


class Bronfeiten(Model):
    """Facts of the source that stand beside the plan and are no part of it."""

    schoolloopbaan: tuple[Schooljaar, ...] = ()
    terugplaatsing_brin: Annotated[Brin | None, G.ONDERWIJSPOSITIE] = None
    overstapadvies: Annotated[Overstapadvies | None, G.LEERRESULTATEN] = None
    verzuim: Annotated[Verzuim | None, G.VERZUIM] = None
    toetsen: Annotated[tuple[Toets, ...], G.LEERRESULTATEN] = ()
    # A test of intelligence or development says something about the person, not about what was learnt.
    onderzoeken: Annotated[tuple[Toets, ...], G.GEZONDHEID] = ()
    cijferlijsten: Annotated[tuple[Cijferlijst, ...], G.LEERRESULTATEN] = ()
    diagnoses: tuple[Diagnose, ...] = ()
    medicijngebruik: Annotated[bool | None, G.GEZONDHEID] = None


class Inzage(Model):
    """What ouders saw and said of the dossier for ANOTHER transfer: three facts, none of them consent."""

    voorlopig: bool
    ingezien: bool | None = None
    datum: dt.date | None = None
    akkoord: Literal["Ja", "Nee", "Onbekend"] | None = None
    reden_niet_akkoord: VrijeTekst | None = None
    toestemming: Literal["Ja", "Nee", "Onbekend"] | None = None


class Veldherkomst(Model):
    """Where one field came from: its path in the shared schema and the place in the sender's document."""

    veld: Tekst
    pad: Tekst


class Leemte(Model):
    """Something the source does not have, and why: opted out, forbidden, or not filled in."""

    veld: Tekst
    reden: Literal["opt_uit", "verboden", "niet_gevuld", "niet_in_standaard"]


class Herkomst(Model):
    """Where the message came from. Never leaves: it is for the sender's own account and for explanation."""

    standaard: Tekst
    versie: Tekst
    profiel: Tekst | None = None
    bron: Tekst
    bron_versie: Tekst | None = None
    datum: dt.date | None = None
    categorie_status: dict[str, str] = {}
    inzage: Inzage | None = None
    velden: tuple[Veldherkomst, ...] = ()
    leemtes: tuple[Leemte, ...] = ()


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
