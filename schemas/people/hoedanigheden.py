"""In which capacity (hoedanigheid) an organisation or a person sends or receives: a closed list.

One organisation acts in more than one: a gemeente in five at least. Whose toestemming is asked, whether a
professional may veto, and whether a number may go along follow from the capacity, so none of these is ever
typed in. The list is that of the fact base on flows (§1), with the parties that its matrix (§2) names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from schemas.people.partij import Partij, Partijsoort, Rol
from schemas.people.partijcodes import Kenmerksoort, Partijfunctie, Partijhoedanigheid
from schemas.people.toestemming import Richting

__all__ = [
    "EIGENSCHAPPEN",
    "MENSEN",
    "Eigenschappen",
    "Geheimhouding",
    "Gelezen",
    "Kenmerksoort",
    "Partijfunctie",
    "Partijhoedanigheid",
    "geldt_als",
    "gelezen",
    "hoedanigheid_van",
    "leest_als",
    "richting_van",
    "stuurt_als",
]


class Geheimhouding(StrEnum):
    """Which law makes who sends keep a secret: his regime."""

    AVG = "avg"
    """No duty of a profession; health data only for begeleiding (UAVG 30)."""
    SWV = "swv"
    """A samenwerkingsverband gives nothing to others than the school (WVO 2020 2.47(16), WPO 18a(13))."""
    JW = "jw"
    """Jeugdwet 7.3.11: a jeugdhulpverlener, and a GI by Jeugdwet 7.3.1(1)."""
    WGBO = "wgbo"
    """Medical secrecy (BW 7:457)."""
    WMO = "wmo"
    """Wmo 2015 5.3.3."""
    AWB = "awb"
    """Awb 2:5: whoever works for a public body."""
    STRAFRECHT = "strafrecht"
    """Data about offences (UAVG 31 and further)."""
    CONTRACT = "contract"
    """What was agreed when he was hired."""
    GEEN = "geen"
    """People who speak about themselves."""

    @property
    def kolom(self) -> Richting:
        """The column of the signer table that says whose toestemming is asked, whoever receives."""
        return Richting.J2S if self in _ZWIJGPLICHT else Richting.S2J


_ZWIJGPLICHT: Final = frozenset({Geheimhouding.JW, Geheimhouding.WGBO, Geheimhouding.WMO})


@dataclass(frozen=True, slots=True)
class Eigenschappen:
    """What follows from a capacity."""

    geheimhouding: Geheimhouding
    functies: tuple[Partijfunctie, ...] = ()
    """Who may send and receive there. Empty: the person himself."""
    kenmerken: tuple[Kenmerksoort, ...] = ()
    nummer_aan: frozenset[Partijhoedanigheid] = frozenset()
    """The only capacities to which it may send a number of a person. A rule may still forbid it."""


P, F, K, R = Partijhoedanigheid, Partijfunctie, Kenmerksoort, Geheimhouding
_GEMEENTE: Final = (K.GEMEENTECODE, K.OIN)
_ZORG: Final = (K.AGB, K.KVK)
_JEUGDWET: Final = frozenset(
    {
        P.TOEGANG,
        P.GECERTIFICEERDE_INSTELLING,
        P.RAAD_KINDERBESCHERMING,
        P.JEUGDHULP,
        P.JEUGDHULP_GGZ,
        P.JEUGDTEAM,
    }
)
"""Who must use the BSN among themselves (Jeugdwet 7.2.1)."""
_ZELF: Final = frozenset({P.OUDER, P.LEERLING})
_MEDEWERKER: Final = (F.MEDEWERKER,)

EIGENSCHAPPEN: Final[Mapping[Partijhoedanigheid, Eigenschappen]] = {
    P.ONDERWIJS: Eigenschappen(
        R.AVG,
        (
            F.LEERKRACHT,
            F.MENTOR,
            F.INTERN_BEGELEIDER,
            F.ZORGCOORDINATOR,
            F.CVB,
            F.DIRECTEUR,
            F.VERZUIMCOORDINATOR,
            F.ADMINISTRATIE,
        ),
        (K.BRIN, K.VESTIGING, K.RIO, K.BESTUURSNUMMER, K.OIN),
        frozenset({P.ONDERWIJS, P.DUO, P.LEERPLICHT_RMC}) | _ZELF,
    ),
    P.SAMENWERKINGSVERBAND: Eigenschappen(
        R.SWV, (F.TLV_MEDEWERKER, F.DESKUNDIGE, F.CONSULENT), (K.SWV_NUMMER, K.KVK, K.OIN)
    ),
    P.JEUGDHULP: Eigenschappen(
        R.JW,
        (F.JEUGDHULPVERLENER, F.GEDRAGSWETENSCHAPPER, F.REGIEBEHANDELAAR, F.ADMINISTRATIE),
        _ZORG,
        _JEUGDWET,
    ),
    P.JEUGDHULP_GGZ: Eigenschappen(
        R.WGBO,
        (
            F.PSYCHIATER,
            F.PSYCHOLOOG,
            F.JEUGDHULPVERLENER,
            F.GEDRAGSWETENSCHAPPER,
            F.REGIEBEHANDELAAR,
            F.ADMINISTRATIE,
        ),
        _ZORG,
        _JEUGDWET,
    ),
    P.GECERTIFICEERDE_INSTELLING: Eigenschappen(R.JW, (F.JEUGDBESCHERMER,), _ZORG, _JEUGDWET),
    P.JEUGDRECLASSERING: Eigenschappen(R.STRAFRECHT, (F.JEUGDRECLASSEERDER,), _ZORG),
    P.TOEGANG: Eigenschappen(R.AWB, (F.TOEGANGSMEDEWERKER, F.GEZINSCOACH), _GEMEENTE, _JEUGDWET),
    P.JEUGDTEAM: Eigenschappen(R.JW, (F.GEZINSCOACH, F.JEUGDHULPVERLENER), _GEMEENTE, _JEUGDWET),
    P.LEERPLICHT_RMC: Eigenschappen(R.AWB, (F.LEERPLICHTAMBTENAAR, F.RMC_CONSULENT), _GEMEENTE),
    P.WMO: Eigenschappen(R.WMO, (F.CONSULENT,), _GEMEENTE),
    P.LEERLINGENVERVOER: Eigenschappen(R.AWB, (F.CONSULENT,), _GEMEENTE),
    P.JGZ_OPDRACHTGEVER: Eigenschappen(R.AWB, _MEDEWERKER, _GEMEENTE),
    P.JGZ: Eigenschappen(R.WGBO, (F.JEUGDARTS, F.JEUGDVERPLEEGKUNDIGE), (K.AGB,)),
    P.SCHOOLMAATSCHAPPELIJK_WERK: Eigenschappen(R.AVG, (F.SCHOOLMAATSCHAPPELIJK_WERKER,)),
    P.HUISARTS: Eigenschappen(R.WGBO, (F.HUISARTS, F.POH_JEUGD), (K.AGB,)),
    P.MEDISCH_SPECIALIST: Eigenschappen(R.WGBO, _MEDEWERKER, (K.AGB,)),
    P.VEILIG_THUIS: Eigenschappen(R.WMO, (F.MELDPUNTMEDEWERKER,), (K.GEMEENTECODE, K.KVK)),
    P.RAAD_KINDERBESCHERMING: Eigenschappen(R.STRAFRECHT, _MEDEWERKER, (K.OIN,), _JEUGDWET),
    P.JUSTITIELE_JEUGDINRICHTING: Eigenschappen(R.STRAFRECHT, _MEDEWERKER, (K.OIN, K.KVK)),
    P.POLITIE: Eigenschappen(R.STRAFRECHT, _MEDEWERKER, (K.OIN,)),
    P.OPENBAAR_MINISTERIE: Eigenschappen(R.STRAFRECHT, _MEDEWERKER, (K.OIN,)),
    P.ZORG_EN_VEILIGHEIDSHUIS: Eigenschappen(R.STRAFRECHT, _MEDEWERKER, (K.OIN, K.KVK)),
    P.VOLWASSENENZORG: Eigenschappen(R.WGBO, _MEDEWERKER, _ZORG),
    P.ZORGVERZEKERAAR: Eigenschappen(R.WGBO, _MEDEWERKER, (K.KVK,)),
    P.ONDERWIJSCONSULENT: Eigenschappen(R.CONTRACT, (F.CONSULENT,), (K.KVK,)),
    P.GESCHILLENCOMMISSIE: Eigenschappen(R.CONTRACT, _MEDEWERKER, (K.KVK,)),
    P.STEUNPUNT: Eigenschappen(R.CONTRACT, _MEDEWERKER, (K.KVK,)),
    P.KINDEROPVANG: Eigenschappen(R.AVG, (F.PEDAGOGISCH_MEDEWERKER,), (K.LRK,)),
    P.VERWIJSINDEX: Eigenschappen(R.AWB, (F.MELDPUNTMEDEWERKER, F.ADMINISTRATIE), (K.OIN,)),
    P.DUO: Eigenschappen(R.AWB, _MEDEWERKER, (K.OIN,)),
    P.CBS: Eigenschappen(R.AWB, _MEDEWERKER, (K.OIN,)),
    P.ONDERWIJSINSPECTIE: Eigenschappen(R.AWB, _MEDEWERKER, (K.OIN,)),
    P.OUDER: Eigenschappen(R.GEEN),
    P.OUDER_ZONDER_GEZAG: Eigenschappen(R.GEEN),
    P.LEERLING: Eigenschappen(R.GEEN),
}

MENSEN: Final = frozenset(h for h, e in EIGENSCHAPPEN.items() if e.geheimhouding is R.GEEN)
"""Capacities of a person himself; all others are of an organisation."""


def geldt_als(
    hoedanigheid: Partijhoedanigheid, werkgever: Partijhoedanigheid | None
) -> Partijhoedanigheid | None:
    """The capacity whose rules hold. For schoolmaatschappelijk werk who employs it decides: a school, or
    anybody else, and then it is jeugdhulp. None: the employer is not known, or cannot be one.
    """
    if hoedanigheid is not P.SCHOOLMAATSCHAPPELIJK_WERK:
        return hoedanigheid
    if werkgever is None or werkgever in MENSEN or werkgever is P.SCHOOLMAATSCHAPPELIJK_WERK:
        return None
    return P.ONDERWIJS if werkgever is P.ONDERWIJS else P.JEUGDHULP


_VAN_PARTIJ: Final[Mapping[Partijsoort, Partijhoedanigheid]] = {
    Partijsoort.SCHOOL: P.ONDERWIJS,
    Partijsoort.JEUGDHULPAANBIEDER: P.JEUGDHULP,
    Partijsoort.GECERTIFICEERDE_INSTELLING: P.GECERTIFICEERDE_INSTELLING,
    Partijsoort.VEILIG_THUIS: P.VEILIG_THUIS,
    Partijsoort.VERWIJSINDEX: P.VERWIJSINDEX,
}
_VAN_GEMEENTE: Final[Mapping[Rol, Partijhoedanigheid]] = {
    Rol.TOEGANGSMEDEWERKER: P.TOEGANG,
    Rol.LEERPLICHTAMBTENAAR: P.LEERPLICHT_RMC,
    Rol.JEUGDHULPVERLENER: P.JEUGDTEAM,
}


def hoedanigheid_van(soort: Partijsoort, rol: Rol) -> Partijhoedanigheid | None:
    """In which capacity a partij of today's register acts in a role. None: the role fits none of its
    capacities, which a person must look at.
    """
    found = _VAN_GEMEENTE.get(rol) if soort is Partijsoort.GEMEENTE else _VAN_PARTIJ.get(soort)
    return found if found is not None and Partijfunctie(rol) in EIGENSCHAPPEN[found].functies else None


@dataclass(frozen=True, slots=True)
class Gelezen:
    """What the registration of a partij says about its capacities."""

    hoedanigheden: tuple[Partijhoedanigheid, ...]
    zonder: tuple[Rol, ...] = ()
    """Roles that fit none of them. They keep what they had, and a person must look at them."""


def gelezen(partij: Partij) -> Gelezen:
    """In which capacities a partij is registered: the one it says, or those that its kind and roles name."""
    return _gelezen(partij.soort, partij.hoedanigheid, partij.rollen)


@lru_cache(1_000)
def _gelezen(soort: Partijsoort, hoedanigheid: Partijhoedanigheid | None, rollen: tuple[Rol, ...]) -> Gelezen:
    if hoedanigheid is not None:
        return Gelezen((hoedanigheid,))
    per_rol = {rol: hoedanigheid_van(soort, rol) for rol in rollen}
    kind = _VAN_PARTIJ.get(soort)
    named = [] if kind is None else [kind]
    found = dict.fromkeys([*named, *(h for h in per_rol.values() if h is not None)])
    return Gelezen(tuple(found), tuple(rol for rol, h in per_rol.items() if h is None))


def leest_als(partij: Partij, rol: Rol) -> Partijhoedanigheid | None:
    """In which capacity a partij receives in a role. None: the role fits none of its capacities."""
    if partij.hoedanigheid is None:
        return hoedanigheid_van(partij.soort, rol)
    return partij.hoedanigheid if rol in EIGENSCHAPPEN[partij.hoedanigheid].functies else None


def stuurt_als(partij: Partij, las_als: Rol | None = None) -> Partijhoedanigheid | None:
    """In which capacity a partij sends. None: it has several behind one id, and nothing says which.

    `las_als`: the role in which it received what it answers, which says it where its registration does not.
    """
    own = gelezen(partij).hoedanigheden
    if len(own) == 1:
        return own[0]
    return None if las_als is None else hoedanigheid_van(partij.soort, las_als)


def richting_van(afzender: Partij, ontvanger: Partij | None, van: Partijhoedanigheid | None) -> Richting:
    """The direction in which a levering is recorded, and in which statements about it are read.

    Between a school and another it is what it always was. Between two others: J2S where who sends must keep
    a secret, or where it is not known whether he must.
    """
    if afzender.soort is Partijsoort.SCHOOL:
        return Richting.S2J
    if van is None or (ontvanger is not None and ontvanger.soort is Partijsoort.SCHOOL):
        return Richting.J2S
    return EIGENSCHAPPEN[van].geheimhouding.kolom
