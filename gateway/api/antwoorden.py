"""What a caller gets back, for the OpenAPI document: the shape of every answer that is JSON.

Handlers make plain dicts: an answer is made on every request, and these models are needed for the document
only. Every answer that any test receives is held to that document, so that the two cannot come apart. The
Dutch texts stand in `omschrijvingen.toml`.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from consent.beleid import Profielveld
from consent.convenant import Afspraak
from gateway.api.bodies import VERSCHIL
from gateway.faults import Schemas
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground, Outcome
from schemas.exchange.intrekking import Intrekkingsbericht
from schemas.exchange.taak import Taaksoort, Taakstatus
from schemas.exchange.uitwisseling import Leveringstatus, Weigergrond
from schemas.identifiers import Id, PartijId
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.samenwerking import Overlegsoort
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Kopiestand
from schemas.people.afweging import Afwegingsverslag, Naoordeel, Veldnoodzaak, Weegfunctie
from schemas.people.avgverzoek import Avgrecht, Avgstatus, Avguitkomst
from schemas.people.gronden import Grondverklaring, Informeren, Onderwijssector
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.overstap import Overstapsoort, Overstapstap, Overstapweigering
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.regio_delen import Deelcode, Stroomnummer
from schemas.people.registratie import Gezagsaanwijzing, Leerlingregistratie
from schemas.people.thuiszitten import Thuisgebeurtenis, Verzuimsoort
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bewijsmiddel,
    Bezwaar,
    Gebeurtenis,
    Gebruiksdoel,
    Gezagsgegevens,
    Hoedanigheid,
    Ontvanger,
    Richting,
    ToestemmingFunctie,
    Toestemmingstand,
    Uitdrukkelijk,
    Vastgelegd,
)
from schemas.people.toezicht import Puntoordeel, Steekproefpunt, Voorstelsoort
from schemas.shown.toezicht import Kant
from schemas.shown.uitleg import Uitleg
from schemas.shown.weergave import (
    Achtergehouden,
    Bevindingweergave,
    Categorieweergave,
    Gebeurtenisweergave,
    Intrekkingantwoordweergave,
    Leveringweergave,
    Ondertekenaarweergave,
    Redencode,
    Redenweergave,
    Uitwisselingweergave,
)
from schemas.zaak.overleg import Overlegbeeld, Overlegfase
from schemas.zaak.stappen import Zaakstap
from schemas.zaak.verloop import Zaakstatus
from schemas.zaak.zicht import Zaakbeeld

Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Sha256Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Adres = Annotated[str, StringConstraints(pattern=r"^/v1/\S+$")]
"""An address below the root of this API."""
Jws = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$")]
Nummer = Annotated[int, Field(ge=0)]
Base64waarde = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
Versie = Annotated[int, Field(ge=1)]


class Antwoord(BaseModel):
    """A field with a default may be left out; a reader must take fields that he does not know yet."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, defer_build=True)


class Zelf(Antwoord):
    zelf: Adres


class Wachtend(Antwoord):
    status: Literal["wacht op het volgende checkpoint"]


# ── a push and what becomes of it


class Veldbesluit(Antwoord):
    """What goes and what stays home, of one decision."""

    uitkomst: Outcome
    categorieen: tuple[Categorieweergave, ...]
    meegegeven: tuple[str, ...]
    achtergehouden: tuple[Achtergehouden, ...]


class Leveringenlijst(Antwoord):
    leveringen: tuple[Leveringweergave, ...]


class Uitwisselingenlijst(Antwoord):
    uitwisselingen: tuple[Uitwisselingweergave, ...]
    volgende: Nummer | None


class Bladbewijs(Antwoord):
    soort: str
    blad_hash: Base64
    bewijs: str
    blad: Base64 | None = None


class Inclusiebewijs(Antwoord):
    soort: Literal["inclusiebewijs"]
    uitwisseling_id: Id
    bladeren: tuple[Bladbewijs, ...]


class Proefinhoud(Antwoord):
    inhoud: str
    hash: Sha256


class AlsIedereenToestemt(Veldbesluit):
    levering: Proefinhoud | None


class Gevraagde(Antwoord):
    persoon_id: Id
    hoedanigheid: Hoedanigheid
    functies: tuple[ToestemmingFunctie, ...]


class Voorstel(Antwoord):
    bereik: Bereik
    uitdrukkelijk: bool
    personen: tuple[Gevraagde, ...]


class Proefontvanger(Veldbesluit):
    ontvanger: PartijId
    rol: Rol
    redenen: tuple[Redenweergave, ...]
    ondertekenaars: tuple[Ondertekenaarweergave, ...]
    nu: Proefinhoud | None
    als_iedereen_toestemt: AlsIedereenToestemt
    voorstel: tuple[Voorstel, ...]


class Proefantwoord(Antwoord):
    soort: str
    herkomst: dict[str, Any]
    bevindingen: tuple[Bevindingweergave, ...]
    ontvangers: tuple[Proefontvanger, ...]


# ── the postbus


class Weigering(Antwoord):
    levering_id: Id
    grond: Weigergrond


class Overdracht(Antwoord):
    """A message as `GET /v1/schemas` publishes it: the schema `soort`.overdracht of that version."""

    soort: str
    versie: str
    inhoud: dict[str, Any]


class Intrekkingregel(Antwoord):
    intrekking_id: Id
    levering_id: Id
    gemeld_op: AwareDatetime
    antwoord_voor: AwareDatetime
    links: Zelf


class Intrekkingenlijst(Antwoord):
    intrekkingen: tuple[Intrekkingregel, ...]
    na: Nummer | None


class Antwoordadres(Antwoord):
    antwoorden: Adres


class IntrekkingAntwoord(Antwoord):
    soort: Literal["toestemming-ingetrokken"]
    jws: Jws
    bericht: Intrekkingsbericht
    antwoord: Intrekkingantwoordweergave | None
    links: Antwoordadres


# ── facts


class Persoonverwijzing(Antwoord):
    persoon_id: Id
    hoedanigheid: Hoedanigheid
    gezag: bool


class Toestemmingverwijzingen(Antwoord):
    zelf: Adres
    bewijs: Adres
    trek_in: Adres | None = None


class FeitVastgelegd(Antwoord):
    id: Id
    vastgelegd_op: AwareDatetime
    blad_hash: Base64
    leerling_id: Id | None = None
    leerling_persoon_id: Id | None = None
    personen: tuple[Persoonverwijzing, ...] = ()
    toestemming_id: Id | None = None
    links: Toestemmingverwijzingen | None = None


class Avgstapweergave(Antwoord):
    soort: Literal["gevraagd", "vervolgd", "verlengd", "beantwoord", "ingetrokken"]
    op: AwareDatetime
    woorden: str | None
    uitkomst: Avguitkomst | None


class Avgverzoekadressen(Antwoord):
    zelf: Adres
    antwoorden: Adres | None = None
    verlengingen: Adres | None = None


class AvgverzoekAntwoord(Antwoord):
    avgverzoek_id: Id
    leerling_id: Id
    persoon_id: Id
    recht: Avgrecht
    over: Id | None
    mee: tuple[PartijId, ...]
    status: Avgstatus
    uiterlijk: AwareDatetime | None
    stappen: tuple[Avgstapweergave, ...]
    links: Avgverzoekadressen


class Thuiszitterstapweergave(Antwoord):
    code: Deelcode
    wat: str
    dag: Nummer
    telt: Literal["schooldagen", "kalenderdagen"]
    op: dt.date | None
    aan_de_beurt: bool
    aan: Partijhoedanigheid
    bericht: str
    doel: Gebruiksdoel
    regel: Stroomnummer


class Thuisgebeurtenisweergave(Antwoord):
    gebeurtenis: Thuisgebeurtenis
    op: dt.date
    vastgelegd_op: AwareDatetime


class Thuiszittend(Antwoord):
    sinds: dt.date
    tot: dt.date | None
    verzuimsoort: Verzuimsoort
    aanbod: bool
    kalenderdagen: Nummer
    schooldagen: Nummer
    kalenderdagen_zonder_aanbod: Nummer
    schooldagen_zonder_aanbod: Nummer
    stappen: tuple[Thuiszitterstapweergave, ...]


class Thuiszitterstand(Antwoord):
    thuis: Thuiszittend | None
    gebeurtenissen: tuple[Thuisgebeurtenisweergave, ...]


class Kopiestandweergave(Antwoord):
    stand: Kopiestand
    maand: dt.date | None
    gelezen: Nummer
    geteld: Nummer
    niet_nagegaan: tuple[str, ...]
    terugkoppeling: Terugkoppeling | None


class Overstapstapweergave(Antwoord):
    stap: Overstapstap
    door: PartijId
    op: AwareDatetime


class Meegaan(Antwoord):
    feit: str
    dan: Literal["gaat_mee", "opnieuw_nagaan", "opnieuw_vragen", "blijft_achter"]


class Overstapstand(Antwoord):
    overstap_id: Id
    van: PartijId
    naar: PartijId
    soort: Overstapsoort
    per: dt.date
    van_sector: Onderwijssector | None
    naar_sector: Onderwijssector | None
    stand: Overstapstap
    grond: Overstapweigering | None
    leerling_id: Id | None
    ongedaan_tot: AwareDatetime | None
    stappen: tuple[Overstapstapweergave, ...]
    levering_id: Id | None
    ontvangen: tuple[str, ...]
    meegaan: tuple[Meegaan, ...]


class Bewijsadres(Antwoord):
    bewijs: Adres


class Intrekkingverwijzing(Antwoord):
    id: Id
    moment: AwareDatetime
    vastgelegd_op: AwareDatetime
    links: Bewijsadres


class ToestemmingAntwoord(Antwoord):
    id: Id
    toestemming_id: Id
    vastgelegd_op: AwareDatetime
    gebeurtenis: Gebeurtenis
    functie: ToestemmingFunctie
    persoon_id: Id
    hoedanigheid: Hoedanigheid
    bereik: Bereik
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    uitdrukkelijk: Uitdrukkelijk
    andere_ouder_geinformeerd: bool
    bewijs: Bewijsmiddel | None = None
    stand: Toestemmingstand
    uitleg: str
    leerling_id: Id | None = None
    telt_tot_en_met: dt.date | None = None
    intrekkingen: tuple[Intrekkingverwijzing, ...]
    links: Toestemmingverwijzingen


class Toestemmingenlijst(Antwoord):
    toestemmingen: tuple[ToestemmingAntwoord, ...]
    na: Id | None


class Afwegingregel(Antwoord):
    id: Id
    vastgelegd_op: AwareDatetime
    ontvanger: Ontvanger
    richting: Richting
    acuut: bool
    venster_van: AwareDatetime
    venster_tot: AwareDatetime
    links: Zelf


class Afwegingenlijst(Antwoord):
    afwegingen: tuple[Afwegingregel, ...]
    na: Id | None


class WegerStand(Antwoord):
    partij: PartijId
    functie: Weegfunctie
    medewerker: str | None = None


class TweedeBlikStand(Antwoord):
    door: WegerStand
    akkoord: bool
    moment: AwareDatetime
    toelichting: str


class VrijgaveStand(Antwoord):
    levering_id: Id
    op: AwareDatetime


class NabeoordelingStand(Antwoord):
    oordeel: Naoordeel
    toelichting: str
    moment: AwareDatetime


class AfwegingAntwoord(Antwoord):
    id: Id
    vastgelegd_op: AwareDatetime
    moment: AwareDatetime
    afzender: PartijId
    richting: Richting
    doel: Gebruiksdoel
    ontvanger: Ontvanger
    ontvanger_persoon: str | None = None
    zorgcodes: tuple[str, ...]
    verslag: Afwegingsverslag
    velden: tuple[Veldnoodzaak, ...]
    opsteller: WegerStand
    acuut: str | None
    venster_van: AwareDatetime
    venster_tot: AwareDatetime
    aantal_vrijgaven: Versie
    informeren: Informeren
    vertrouwelijkheid: Literal["vertrouwelijk", "opgeheven", "normaal"]
    tweede_blikken: tuple[TweedeBlikStand, ...]
    vrijgaven: tuple[VrijgaveStand, ...]
    nabeoordelingen: tuple[NabeoordelingStand, ...]


class Kop(Antwoord):
    kop: str
    regels: tuple[str, ...]


class Kennisgevingverwijzing(Antwoord):
    ref: str
    hash: str
    taal: str


class BewijsInhoud(Antwoord):
    soort: Literal["toestemmingsbewijs"]
    id: Id
    toestemming_id: Id
    leerling_id: Id | None = None
    gebeurtenis: Gebeurtenis
    functie: ToestemmingFunctie
    bereik: Bereik
    persoon_id: Id
    hoedanigheid: Hoedanigheid
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    kennisgeving: Kennisgevingverwijzing | None = None
    vastgelegd_door: PartijId
    vastgelegd_op: AwareDatetime
    titel: str
    tekst: tuple[Kop, ...]
    blad_hash: Base64
    log_naam: str


class ToestemmingsbewijsAntwoord(Antwoord):
    soort: Literal["toestemmingsbewijs"]
    inhoud: BewijsInhoud
    jws: Jws
    blad: Bladbewijs


class GevondenLeerling(Antwoord):
    leerling_id: Id | None
    lijkt_op: tuple[Id, ...]


# ── taken


class Taakverwijzingen(Antwoord):
    zelf: Adres
    levering: Adres | None = None
    vastleggen: Adres | None = None
    gedaan: Adres | None = None
    herhaal: Adres | None = None


class Toestemmingvoorstel(Antwoord):
    taak_id: Id
    persoon_id: Id
    functie: ToestemmingFunctie
    bereik: Bereik
    uitdrukkelijk: tuple[Gegevenscategorie, ...]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date


class VraagStand(Antwoord):
    persoon_id: Id
    hoedanigheid: Hoedanigheid
    functies: tuple[ToestemmingFunctie, ...]
    bereik: Bereik
    voorstellen: tuple[Toestemmingvoorstel, ...]


class Taakreden(Antwoord):
    code: Redencode
    uitleg: str


class TaakAntwoord(Antwoord):
    id: Id
    soort: Taaksoort
    status: Taakstatus
    uitleg: str
    volgende_stap: str
    ontstaan_op: AwareDatetime
    uiterlijk: AwareDatetime
    over: Id | None = None
    leerling_id: Id | None = None
    levering_id: Id | None = None
    personen: tuple[Id, ...] = ()
    vragen: tuple[VraagStand, ...] = ()
    redenen: tuple[Taakreden, ...] = ()
    grond: Weigergrond | None = None
    grond_uitleg: str | None = None
    functies: tuple[ToestemmingFunctie, ...] = ()
    stap: Deelcode | None = None
    doel: Gebruiksdoel | None = None
    richting: Richting | None = None
    ontvanger: Ontvanger | None = None
    categorieen: tuple[Gegevenscategorie, ...] = ()
    velden: tuple[str, ...] = ()
    uitkomst: str | None = None
    herinnerd_op: AwareDatetime | None = None
    geescaleerd_op: AwareDatetime | None = None
    links: Taakverwijzingen


class Takenlijst(Antwoord):
    taken: tuple[TaakAntwoord, ...]
    na: Nummer | None


# ── beheer


class Bevindingregel(Antwoord):
    code: str
    ernst: str
    wat: str
    waarom: str
    doen: str


class Standregel(Antwoord):
    status: Leveringstatus
    aantal: int
    sinds: AwareDatetime


class ToestandAntwoord(Antwoord):
    nagekeken_op: AwareDatetime
    draait: dict[str, str]
    bevindingen: tuple[Bevindingregel, ...]
    open: tuple[Standregel, ...]
    verantwoording: int


class Werkregel(Antwoord):
    werk: str
    duur_ms: int
    gelukt: bool


class Ronderegel(Antwoord):
    proces: str
    begonnen_op: AwareDatetime
    volgende_op: AwareDatetime
    te_laat: bool
    delen: tuple[Werkregel, ...]


class Rondelijst(Antwoord):
    rondes: tuple[Ronderegel, ...]


class BeheerdeLevering(Antwoord):
    levering_id: Id
    uitwisseling_id: Id
    status: Leveringstatus
    sinds: AwareDatetime
    vervalt_op: AwareDatetime
    afzender: PartijId
    ontvanger: PartijId
    rol: Rol
    opgehaald: int
    gebeurtenis: str
    tekst: str
    redenen: tuple[str, ...]
    volgende_stap: str | None


class BeheerdeLeveringen(Antwoord):
    leveringen: tuple[BeheerdeLevering, ...]
    na: str | None


class Registerpartij(Antwoord):
    id: PartijId
    soort: str
    hoedanigheid: str | None
    rollen: tuple[Rol, ...]
    aflevering: str | None
    clients: tuple[str, ...]


class Registersleutel(Antwoord):
    kid: str
    kty: str
    crv: str


class Registerclient(Antwoord):
    client_id: str
    partijen: tuple[PartijId, ...]
    scopes: tuple[str, ...]
    sleutels: tuple[Registersleutel, ...]


class Registerconvenant(Antwoord):
    id: str
    versie: int
    geldig_van: dt.date
    geldig_tot_en_met: dt.date
    geldt: bool
    partijen: tuple[PartijId, ...]


class Registerregio(Antwoord):
    id: str
    versie: Any
    hash: str


class RegisterAntwoord(Antwoord):
    versie: int
    partijen: tuple[Registerpartij, ...]
    clients: tuple[Registerclient, ...]
    profielen: tuple[str, ...]
    convenanten: tuple[Registerconvenant, ...]
    regio: Registerregio | None


class Registerverschil(Antwoord):
    versie: int
    nieuw: tuple[str, ...]
    gewijzigd: tuple[str, ...]
    verwijderd: tuple[str, ...]
    let_op: tuple[str, ...]


# ── zaken


class Zaakbevindingregel(Antwoord):
    code: str
    tekst: str
    hard: bool


class ZaakAntwoord(Zaakbeeld):
    zaak_id: Id
    leerling_id: Id | None
    """Your own reference; null when the zaak is not about a leerling of whom you have the record."""
    bevindingen: tuple[Zaakbevindingregel, ...]


class ZaakstapAntwoord(Antwoord):
    zaak: ZaakAntwoord | None
    blad_hash: Base64


class Planbevinding(Antwoord):
    code: str
    plaats: str
    tekst: str


class Toetsantwoord(ZaakstapAntwoord):
    plan: tuple[Planbevinding, ...]


class Zaakregel(Antwoord):
    zaak_id: Id
    leerling_id: Id | None
    status: Zaakstatus
    u_bent_regisseur: bool


class OverlegAntwoord(Overlegbeeld):
    overleg_id: Id
    zaak_id: Id | None


class OverlegstapAntwoord(Antwoord):
    overleg: OverlegAntwoord | None
    blad_hash: Base64


class Ingebrachtregel(Antwoord):
    partij: PartijId
    uitwisseling_id: Id | None


class Inbrengantwoord(OverlegstapAntwoord):
    ingebracht: tuple[Ingebrachtregel, ...]
    wacht_tot: AwareDatetime | None
    """Kept until the table opens, and no longer than this. None: it was offered."""


class Overlegregelkort(Antwoord):
    overleg_id: Id
    datum: dt.date
    fase: Overlegfase
    u_bent_voorzitter: bool


class Overleggenlijst(Antwoord):
    overleggen: tuple[Overlegregelkort, ...]
    na: Nummer | None


class Zaakstapregel(Antwoord):
    soort: Zaakstap
    op: AwareDatetime


class Toezichtzaak(Antwoord):
    zaak_id: Id
    status: Zaakstatus
    stappen: tuple[Zaakstapregel, ...]


class Toezichtzaken(Antwoord):
    zaken: tuple[Toezichtzaak, ...]
    na: Nummer | None


class Zakenlijst(Antwoord):
    zaken: tuple[Zaakregel, ...]
    na: Nummer | None


# ── what was agreed beforehand


class Kennisgevingregel(Antwoord):
    ref: str
    id: str
    versie: Versie
    titel: str
    taal: str
    opnieuw_vragen: bool
    hash: Sha256
    geldt: bool
    links: Zelf


class KennisgevingAntwoord(Kennisgevingregel):
    tekst: str


class Kennisgevingenlijst(Antwoord):
    kennisgevingen: tuple[Kennisgevingregel, ...]
    na: str | None


class Profielregel(Antwoord):
    id: str
    versie: Versie
    doel: Gebruiksdoel
    rol: Rol
    richting: Richting
    bericht: str
    van: tuple[Partijhoedanigheid, ...] = ()
    aan: tuple[Partijhoedanigheid, ...] = ()
    geldig_vanaf: dt.date | None
    geldig_tot: dt.date | None
    hash: Sha256Hex
    aantal_velden: Nummer
    links: Zelf


class ProfielAntwoord(Profielregel):
    velden: tuple[Profielveld, ...]


class Profielenlijst(Antwoord):
    proportionaliteitsprofielen: tuple[Profielregel, ...]
    na: str | None


class ConvenantAntwoord(Antwoord):
    id: str
    versie: Versie
    titel: str
    geldig_van: dt.date
    geldig_tot_en_met: dt.date
    partijen: tuple[PartijId, ...]
    overleggen: tuple[Overlegsoort, ...] = ()
    bewaardagen: int | None = None
    afspraken: tuple[Afspraak, ...]
    hash: Sha256Hex
    links: Zelf


class Convenantenlijst(Antwoord):
    convenanten: tuple[ConvenantAntwoord, ...]
    na: str | None


class Schemaregel(Antwoord):
    soort: str
    versie: str
    bestand: str
    id: str
    richting: str
    status: str
    omschrijving: str


class Schemalijst(Antwoord):
    basis: str
    dialect: str
    schemas: tuple[Schemaregel, ...]


# ── operating


class Gezondheid(Antwoord):
    status: Literal["in orde"]
    omgeving: Literal["proef"] | None = None


class Gereedheid(Antwoord):
    status: Literal["gereed"]


class Proefklokstand(Antwoord):
    nu: AwareDatetime
    vandaag: dt.date


class Proefreis(Proefklokstand):
    dagen: Nummer
    opnieuw_besloten: Nummer
    verlopen: Nummer
    opgegeven: Nummer
    taken_te_laat: Nummer


class Token(Antwoord):
    model_config = ConfigDict(alias_generator=None, defer_build=True)

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Versie
    scope: str


# ── what an FG sees


class Toezichtreden(Antwoord):
    code: Redencode
    uitleg: str
    normen: tuple[str, ...]


class Toezichtlevering(Antwoord):
    levering_id: Id
    uitwisseling_id: Id | None
    leerling_id: Id | None
    partij: PartijId
    kant: Kant
    op: AwareDatetime
    klopt: bool
    afzender: PartijId | None
    ontvanger: PartijId | None
    rol: Rol | None
    doel: Gebruiksdoel | None
    richting: Richting | None
    soort: str | None
    onderwerp: Onderwerpsoort | None
    status: Leveringstatus | None
    overgedragen: bool | None
    uitkomst: Outcome | None
    grond: Ground | None
    zonder_toestemming: bool | None
    uitleg: str
    redenen: tuple[Toezichtreden, ...]
    categorieen: tuple[Gegevenscategorie, ...]
    velden: tuple[str, ...]


class Toezichtlijst(Antwoord):
    leveringen: tuple[Toezichtlevering, ...]
    na: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,16}-[0-9a-f]{32}$")] | None
    na_te_rekenen: tuple[str, ...]


class Toezichtverloop(Toezichtlevering):
    geopend: tuple[str, ...] | None
    toelichting: Uitleg | None
    geschiedenis: tuple[Gebeurtenisweergave, ...]
    na_te_rekenen: tuple[str, ...]


Cel = str | int | bool | tuple[str, ...] | None


class Toezichtboom(Antwoord):
    grootte: Nummer
    wortel: Base64waarde
    controlepunt: str | None


class Toezichtvraag(Antwoord):
    id: str
    nummer: Versie
    groep: str
    tekst: str
    norm: str
    kolommen: tuple[str, ...]
    over_leerling: bool
    moet_leeg: bool


class Toezichtvragen(Antwoord):
    vragen: tuple[Toezichtvraag, ...]


class Toezichtantwoord(Antwoord):
    vraag: Toezichtvraag
    rijen: tuple[dict[str, Cel], ...]
    gelezen: Nummer
    klopt_niet: Nummer
    na: str | None
    boom: Toezichtboom
    na_te_rekenen: tuple[str, ...]


class Toezichtuitzondering(Antwoord):
    naam: str
    tekst: str
    norm: str
    vraag: str | None
    aantal: Nummer
    moet_nul: bool


class Toezichtuitzonderingen(Antwoord):
    uitzonderingen: tuple[Toezichtuitzondering, ...]
    gelezen: Nummer
    na: str | None
    boom: Toezichtboom


class Profielwijziging(Antwoord):
    op: AwareDatetime
    profiel: str | None
    versie_toen: Versie | None
    versie_nu: Versie | None
    erbij: tuple[str, ...]
    weg: tuple[str, ...]


class Aflopend(Antwoord):
    convenant: str
    titel: str
    versie: Versie
    geldig_tot_en_met: dt.date
    partijen: tuple[PartijId, ...]


class Toezichtafspraken(Antwoord):
    profielen: tuple[Profielwijziging, ...]
    convenanten: tuple[Aflopend, ...]
    na_te_rekenen: tuple[str, ...]


class VoorstelAntwoord(Antwoord):
    id: Id
    voorgesteld_op: AwareDatetime
    soort: Voorstelsoort
    afspraak: str
    velden: tuple[str, ...]
    toelichting: str
    status: Taakstatus


class Voorstellen(Antwoord):
    voorstellen: tuple[VoorstelAntwoord, ...]


class Toezichtpartner(Antwoord):
    partij: PartijId
    ander: PartijId
    kant: Kant
    leveringen: Nummer
    overgedragen: Nummer
    zonder_toestemming: Nummer
    velden: Nummer
    geweigerd: Nummer
    mislukt: Nummer


class Toezichtoverzicht(Antwoord):
    partners: tuple[Toezichtpartner, ...]
    gelezen: Nummer
    na: str | None


class Toezichtmaand(Antwoord):
    maand: str
    volledig: bool
    overgedragen: Nummer | None
    zonder_toestemming: Nummer | None
    geweigerd: Nummer | None
    mislukt: Nummer | None


class Toezichtmaanden(Antwoord):
    maanden: tuple[Toezichtmaand, ...]


class Toezichtnaam(Antwoord):
    leerling_id: Id
    leerlingid: str | None
    uitleg: str


class Toezichtmoment(Antwoord):
    op: AwareDatetime
    beleid: str
    uitkomst: Outcome | None


class Toezichtverschil(Antwoord):
    erbij: tuple[str, ...]
    weg: tuple[str, ...]


class Toezichtopnieuw(Antwoord):
    levering_id: Id
    toen: Toezichtmoment
    nu: Toezichtmoment | None
    verschil: str | None
    waarom: str | None
    nagerekend: bool
    velden: Toezichtverschil
    redenen: Toezichtverschil
    na_te_rekenen: tuple[str, ...]


class Toezichtafweging(Antwoord):
    afweging_id: Id
    levering_id: Id
    op: AwareDatetime
    partij: PartijId
    ontvanger: PartijId
    rol: Rol
    acuut: bool
    oordeel: Naoordeel | None
    uiterlijk: AwareDatetime
    te_laat: bool


class Toezichtafwegingen(Antwoord):
    afwegingen: tuple[Toezichtafweging, ...]
    na: str | None


class Steekproefgeval(Antwoord):
    levering_id: Id
    punten: dict[Steekproefpunt, Puntoordeel] | None
    toelichting: str | None


class SteekproefAntwoord(Antwoord):
    id: Id
    getrokken_op: AwareDatetime
    zaad: str
    van: dt.date
    tot: dt.date
    uit: Nummer
    bekeken: Nummer
    gevallen: tuple[Steekproefgeval, ...]


class EenSteekproef(SteekproefAntwoord):
    partij: PartijId


class Steekproeven(Antwoord):
    steekproeven: tuple[SteekproefAntwoord, ...]


class ToezichtVastgelegd(Antwoord):
    id: Id
    vastgelegd_op: AwareDatetime


# ── the registration of a school


class Registratiebron(Antwoord):
    standaard: Literal["edexml", "uwlr", "csv"]
    versie: str
    datum: dt.date | None


class Registratieaantallen(Antwoord):
    nieuw: Nummer
    gewijzigd: Nummer
    ongewijzigd: Nummer
    niet_over_te_nemen: Nummer
    niet_meer_genoemd: Nummer


class Registratiereden(Antwoord):
    code: str
    tekst: str


class Registratieveld(Antwoord):
    veld: str
    was: str | None
    wordt: str | None


class VerzorgerInBestand(Antwoord):
    naam: str | None
    hoedanigheid: Hoedanigheid | None
    gezag: bool | None
    geheim: bool


class VerzorgerVastgelegd(Antwoord):
    hoedanigheid: Hoedanigheid
    gezag: bool


class GezagsaanwijzingAntwoord(Antwoord):
    aanwijzing: Gezagsaanwijzing
    persoon_id: Id | None
    in_bestand: VerzorgerInBestand | None
    vastgelegd: VerzorgerVastgelegd | None


class Registratieregel(Antwoord):
    plaats: Versie
    leerlingid: str | None
    leerling_id: Id | None
    stand: Literal["nieuw", "gewijzigd", "ongewijzigd", "niet_over_te_nemen"]
    kenmerk: Id | None
    redenen: tuple[Registratiereden, ...]
    velden: tuple[Registratieveld, ...]
    lijkt_op: tuple[Id, ...]
    gezag: tuple[GezagsaanwijzingAntwoord, ...]


class Registratiegroep(Antwoord):
    naam: str
    jaargroep: str | None
    samengesteld: bool
    aantal_leerlingen: Nummer
    bekend: bool


class NietMeerGenoemd(Antwoord):
    leerlingid: str
    leerling_id: Id


class Registratieverschil(Antwoord):
    verschil: Annotated[str, StringConstraints(pattern=VERSCHIL)]
    geldig_tot: AwareDatetime
    herkomst: Registratiebron | None
    deel: Literal["volledig", "structuur", "leerlingen", "leerkrachten"] | None
    schooljaar: str | None
    aantallen: Registratieaantallen
    leerlingen: tuple[Registratieregel, ...]
    groepen: tuple[Registratiegroep, ...]
    niet_meer_genoemd: tuple[NietMeerGenoemd, ...]
    bevindingen: tuple[Bevindingweergave, ...]


class OvergenomenLeerling(Antwoord):
    leerlingid: str
    uitkomst: Literal["overgenomen", "verouderd"]
    leerling_id: Id | None = None
    id: Id | None = None
    vastgelegd_op: AwareDatetime | None = None
    blad_hash: Base64 | None = None


class Registratieoverneming(Antwoord):
    leerlingen: tuple[OvergenomenLeerling, ...]


# ── invitations


class Uitnodigbaar(Antwoord):
    persoon_id: Id
    rol: Literal["ouder", "leerling"]


class Uitnodigingregel(Antwoord):
    uitnodiging_id: Id
    persoon_id: Id
    status: Literal["gemaakt", "geopend", "gebruikt", "ingetrokken", "verlopen"]
    per_mail: bool
    gemaakt_op: AwareDatetime
    geldig_tot: AwareDatetime


class Uitnodigingenlijst(Antwoord):
    leerling_id: Id
    personen: tuple[Uitnodigbaar, ...]
    uitnodigingen: tuple[Uitnodigingregel, ...]


class Uitnodigingscode(Antwoord):
    uitnodiging_id: Id
    persoon_id: Id
    code: Annotated[str, StringConstraints(pattern=r"^[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}$")] | None
    geldig_tot: AwareDatetime


class Uitnodigingstop(Antwoord):
    persoon_id: Id
    gestopt: bool


# ── facts as they were recorded

_KEPT_BACK: Final = ("feit", "vastgelegdDoor")
"""What the place of a fact says already (`gateway.explain.vastgelegd.as_json`)."""


def _recorded(feit: type[Vastgelegd]) -> dict[str, Any]:
    """A fact as it is read back: what it has no value for is left out."""
    made = feit.model_json_schema(ref_template="#/components/schemas/{model}", schema_generator=Schemas)
    properties = {name: shape for name, shape in made["properties"].items() if name not in _KEPT_BACK}
    required = [name for name in made["required"] if name in properties]
    parts = made.get("$defs", {})
    shape = {
        "type": "object",
        "title": f"{feit.__name__}Vastgelegd",
        "properties": properties,
        "required": required,
    }
    return shape | ({"$defs": parts} if parts else {})


def _page(title: str, name: str, item: dict[str, Any], *more: str) -> dict[str, Any]:
    """One page of a list whose items are facts; in each field of `more` one such fact, or none."""
    parts = item.pop("$defs", {}) | {item["title"]: item}
    ref = {"$ref": f"#/components/schemas/{item['title']}"}
    properties = {
        **{key: {"anyOf": [ref, {"type": "null"}]} for key in more},
        name: {"type": "array", "items": ref},
        "na": {"anyOf": [{"type": "string", "pattern": "^[0-9a-f]{32}$"}, {"type": "null"}]},
    }
    return {
        "type": "object",
        "title": title,
        "properties": properties,
        "required": list(properties),
        "$defs": parts,
    }


def gezagsgegevens() -> dict[str, Any]:
    return _page("Gezagsgegevenslijst", "geschiedenis", _recorded(Gezagsgegevens), "telt")


def registraties() -> dict[str, Any]:
    return _page("Registratielijst", "geschiedenis", _recorded(Leerlingregistratie), "telt")


def bekwaamheidsoordelen() -> dict[str, Any]:
    return _page("Bekwaamheidsoordelenlijst", "bekwaamheidsoordelen", _recorded(Bekwaamheidsoordeel))


def bezwaren() -> dict[str, Any]:
    return _page("Bezwarenlijst", "bezwaren", _recorded(Bezwaar))


def grondverklaringen() -> dict[str, Any]:
    return _page("Grondverklaringenlijst", "grondverklaringen", _recorded(Grondverklaring))


def omstandigheden() -> dict[str, Any]:
    return _page("Omstandighedenlijst", "omstandigheden", _recorded(Omstandigheid))
