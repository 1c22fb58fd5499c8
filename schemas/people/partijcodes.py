"""Closed lists about partijen: capacity, function, kind of number.

What follows from them stands in `hoedanigheden.py`.
"""

from __future__ import annotations

from schemas.keuze import Keuze


class Partijhoedanigheid(Keuze):
    """In which capacity a partij sends or receives."""

    ONDERWIJS = "onderwijs"
    """po, vo, so, vso, mbo."""
    SAMENWERKINGSVERBAND = "samenwerkingsverband"
    JEUGDHULP = "jeugdhulp"
    JEUGDHULP_GGZ = "jeugdhulp_ggz"
    """Geneeskundige behandeling: medical secrecy instead of that of the Jeugdwet."""
    GECERTIFICEERDE_INSTELLING = "gecertificeerde_instelling"
    """Carries out an ondertoezichtstelling, or holds voogdij."""
    JEUGDRECLASSERING = "jeugdreclassering"
    """By a GI too, and then another capacity of it."""
    TOEGANG = "toegang"
    """The college under the Jeugdwet, or a wijkteam or CJG that has its mandate."""
    JEUGDTEAM = "jeugdteam"
    """Somebody of that wijkteam who gives help himself: then he keeps the secret of a jeugdhulpverlener."""
    LEERPLICHT_RMC = "leerplicht_rmc"
    WMO = "wmo"
    LEERLINGENVERVOER = "leerlingenvervoer"
    JGZ_OPDRACHTGEVER = "jgz_opdrachtgever"
    """The gemeente as who commissions JGZ: no flow of a leerling comes there."""
    JGZ = "jgz"
    SCHOOLMAATSCHAPPELIJK_WERK = "schoolmaatschappelijk_werk"
    """The employer decides: counts as the school or as jeugdhulp (`geldt_als`)."""
    HUISARTS = "huisarts"
    MEDISCH_SPECIALIST = "medisch_specialist"
    VEILIG_THUIS = "veilig_thuis"
    RAAD_KINDERBESCHERMING = "raad_voor_de_kinderbescherming"
    JUSTITIELE_JEUGDINRICHTING = "justitiele_jeugdinrichting"
    POLITIE = "politie"
    OPENBAAR_MINISTERIE = "openbaar_ministerie"
    ZORG_EN_VEILIGHEIDSHUIS = "zorg_en_veiligheidshuis"
    VOLWASSENENZORG = "volwassenenzorg"
    ZORGVERZEKERAAR = "zorgverzekeraar"
    ONDERWIJSCONSULENT = "onderwijsconsulent"
    GESCHILLENCOMMISSIE = "geschillencommissie"
    STEUNPUNT = "steunpunt"
    """Ouder- en jeugdsteunpunt."""
    KINDEROPVANG = "kinderopvang"
    """With voorschool."""
    VERWIJSINDEX = "verwijsindex"
    DUO = "duo"
    """Where sectors report absence centrally."""
    CBS = "cbs"
    ONDERWIJSINSPECTIE = "onderwijsinspectie"
    OUDER = "ouder"
    """Ouder with gezag, or voogd."""
    OUDER_ZONDER_GEZAG = "ouder_zonder_gezag"
    LEERLING = "leerling"

    __hash__ = str.__hash__  # an Enum hashes its name in Python at every look-up, which is slower


class Rol(Keuze):
    """The function in which somebody reads or sends. It alone is never enough: partij and role.

    The first nine are those of before, in the order in which they were published.
    """

    JEUGDHULPVERLENER = "jeugdhulpverlener"
    GEDRAGSWETENSCHAPPER = "gedragswetenschapper"
    ADMINISTRATIE = "administratie"
    INTERN_BEGELEIDER = "intern_begeleider"
    LEERKRACHT = "leerkracht"
    TOEGANGSMEDEWERKER = "toegangsmedewerker"
    JEUGDBESCHERMER = "jeugdbeschermer"
    """At a gecertificeerde instelling: carries out an ondertoezichtstelling or voogdij."""
    LEERPLICHTAMBTENAAR = "leerplichtambtenaar"
    MELDPUNTMEDEWERKER = "meldpuntmedewerker"
    """Takes a report in at Veilig Thuis."""
    MENTOR = "mentor"
    ZORGCOORDINATOR = "zorgcoordinator"
    CVB = "commissie_van_begeleiding"
    DIRECTEUR = "directeur"
    """The hoofd of whom the Leerplichtwet speaks."""
    VERZUIMCOORDINATOR = "verzuimcoordinator"
    TLV_MEDEWERKER = "tlv_medewerker"
    DESKUNDIGE = "deskundige"
    CONSULENT = "consulent"
    REGIEBEHANDELAAR = "regiebehandelaar"
    PSYCHIATER = "psychiater"
    PSYCHOLOOG = "psycholoog"
    JEUGDRECLASSEERDER = "jeugdreclasseerder"
    GEZINSCOACH = "gezinscoach"
    RMC_CONSULENT = "rmc_consulent"
    JEUGDARTS = "jeugdarts"
    JEUGDVERPLEEGKUNDIGE = "jeugdverpleegkundige"
    SCHOOLMAATSCHAPPELIJK_WERKER = "schoolmaatschappelijk_werker"
    HUISARTS = "huisarts"
    POH_JEUGD = "poh_jeugd"
    PEDAGOGISCH_MEDEWERKER = "pedagogisch_medewerker"
    MEDEWERKER = "medewerker"
    """Of a party for which no function is named."""
    ZELF = "zelf"
    """Of no organisation: an ouder or the leerling, who reads for himself."""


Partijfunctie = Rol
"""The same list, in the words of the fact base on flows."""


class Kenmerksoort(Keuze):
    """By which number an organisation can be known in a capacity."""

    BRIN = "brin"
    VESTIGING = "vestiging"
    RIO = "rio"
    BESTUURSNUMMER = "bestuursnummer"
    OIN = "oin"
    SWV_NUMMER = "swv_nummer"
    KVK = "kvk"
    AGB = "agb"
    GEMEENTECODE = "gemeentecode"
    LRK = "lrk"
