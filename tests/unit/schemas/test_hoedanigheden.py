"""In which capacity somebody sends or receives, and what follows from it."""

from __future__ import annotations

import pytest

from schemas.people.hoedanigheden import (
    EIGENSCHAPPEN,
    MENSEN,
    Geheimhouding,
    Partijfunctie,
    Partijhoedanigheid,
    geldt_als,
    gelezen,
    hoedanigheid_van,
    leest_als,
    richting_van,
    stuurt_als,
)
from schemas.people.partij import Partij, Partijsoort, Rol
from schemas.people.toestemming import Richting

P, G = Partijhoedanigheid, Geheimhouding


def test_every_capacity_has_what_follows_from_it() -> None:
    """A capacity without a regime would be nobody's secret."""
    assert EIGENSCHAPPEN.keys() == set(Partijhoedanigheid)


@pytest.mark.parametrize("regime", G)
def test_whose_toestemming_follows_from_who_must_keep_the_secret(regime: Geheimhouding) -> None:
    """Decision 1 of the fact base: JW, WGBO and WMO ask the column of care, all others that of the school."""
    care = regime.value in {"jw", "wgbo", "wmo"}
    assert regime.kolom is (Richting.J2S if care else Richting.S2J)


def test_regimes_of_the_fact_base() -> None:
    """The third column of its table of parties."""
    read = {
        "onderwijs": "avg",
        "samenwerkingsverband": "swv",
        "jeugdhulp": "jw",
        "jeugdhulp_ggz": "wgbo",
        "gecertificeerde_instelling": "jw",
        "toegang": "awb",
        "jeugdteam": "jw",
        "leerplicht_rmc": "awb",
        "wmo": "wmo",
        "leerlingenvervoer": "awb",
        "jgz": "wgbo",
        "huisarts": "wgbo",
        "veilig_thuis": "wmo",
        "raad_voor_de_kinderbescherming": "strafrecht",
        "volwassenenzorg": "wgbo",
        "zorgverzekeraar": "wgbo",
        "onderwijsconsulent": "contract",
        "kinderopvang": "avg",
        "ouder": "geen",
        "leerling": "geen",
    }
    assert {h: EIGENSCHAPPEN[P(h)].geheimhouding.value for h in read} == read


def test_people_are_themselves() -> None:
    """They have no function and no number of an organisation; all others do, but for who follows another."""
    assert {P.OUDER, P.OUDER_ZONDER_GEZAG, P.LEERLING} == MENSEN
    for h, e in EIGENSCHAPPEN.items():
        assert bool(e.functies) is (h not in MENSEN)
        assert bool(e.kenmerken) is (h not in MENSEN and h is not P.SCHOOLMAATSCHAPPELIJK_WERK)


def test_a_number_goes_only_where_the_law_has_it_used() -> None:
    """Inside the Jeugdwet four, and from a school to school, DUO, leerplicht and the people themselves."""
    assert EIGENSCHAPPEN[P.SAMENWERKINGSVERBAND].nummer_aan == set()
    assert P.JEUGDHULP not in EIGENSCHAPPEN[P.ONDERWIJS].nummer_aan
    assert P.ONDERWIJS not in EIGENSCHAPPEN[P.JEUGDHULP].nummer_aan
    assert all(P.SAMENWERKINGSVERBAND not in e.nummer_aan for e in EIGENSCHAPPEN.values())
    assert EIGENSCHAPPEN[P.ONDERWIJS].nummer_aan == {
        P.ONDERWIJS,
        P.DUO,
        P.LEERPLICHT_RMC,
        P.OUDER,
        P.LEERLING,
    }
    assert P.TOEGANG in EIGENSCHAPPEN[P.JEUGDHULP_GGZ].nummer_aan


@pytest.mark.parametrize(
    ("werkgever", "als"),
    [
        (P.ONDERWIJS, P.ONDERWIJS),
        (P.TOEGANG, P.JEUGDHULP),
        (P.JEUGDHULP, P.JEUGDHULP),
        (None, None),
        (P.OUDER, None),
        (P.SCHOOLMAATSCHAPPELIJK_WERK, None),
    ],
)
def test_of_schoolmaatschappelijk_werk_the_employer_decides(
    werkgever: Partijhoedanigheid | None, als: Partijhoedanigheid | None
) -> None:
    """A school's own worker is school; anybody else's is jeugdhulp; without an employer nobody knows."""
    assert geldt_als(P.SCHOOLMAATSCHAPPELIJK_WERK, werkgever) is als


def test_everybody_else_is_what_he_is() -> None:
    """Whoever pays him."""
    assert geldt_als(P.JGZ, P.ONDERWIJS) is P.JGZ


@pytest.mark.parametrize(
    ("soort", "rol", "hoedanigheid"),
    [
        (Partijsoort.SCHOOL, Rol.INTERN_BEGELEIDER, P.ONDERWIJS),
        (Partijsoort.JEUGDHULPAANBIEDER, Rol.JEUGDHULPVERLENER, P.JEUGDHULP),
        (Partijsoort.GEMEENTE, Rol.TOEGANGSMEDEWERKER, P.TOEGANG),
        (Partijsoort.GEMEENTE, Rol.LEERPLICHTAMBTENAAR, P.LEERPLICHT_RMC),
        (Partijsoort.GECERTIFICEERDE_INSTELLING, Rol.JEUGDBESCHERMER, P.GECERTIFICEERDE_INSTELLING),
        (Partijsoort.VEILIG_THUIS, Rol.MELDPUNTMEDEWERKER, P.VEILIG_THUIS),
        (Partijsoort.VERWIJSINDEX, Rol.ADMINISTRATIE, P.VERWIJSINDEX),
        (Partijsoort.GEMEENTE, Rol.JEUGDHULPVERLENER, P.JEUGDTEAM),
        (Partijsoort.GEMEENTE, Rol.ADMINISTRATIE, None),
        (Partijsoort.SCHOOL, Rol.JEUGDHULPVERLENER, None),
        (Partijsoort.FG, Rol.ADMINISTRATIE, None),
    ],
)
def test_what_is_registered_today_has_a_capacity(
    soort: Partijsoort, rol: Rol, hoedanigheid: Partijhoedanigheid | None
) -> None:
    """A role that fits no capacity has none, and is never dropped in silence."""
    assert hoedanigheid_van(soort, rol) is hoedanigheid


def test_every_role_of_today_is_a_function() -> None:
    """Under the same name, so that nothing registered loses its meaning."""
    assert {r.value for r in Rol} <= {f.value for f in Partijfunctie}


@pytest.mark.parametrize(
    ("soort", "rollen", "hoedanigheden", "zonder"),
    [
        (Partijsoort.SCHOOL, (), (P.ONDERWIJS,), ()),
        (Partijsoort.SCHOOL, (Rol.LEERKRACHT, Rol.ADMINISTRATIE), (P.ONDERWIJS,), ()),
        (Partijsoort.GEMEENTE, (), (), ()),
        (
            Partijsoort.GEMEENTE,
            (Rol.LEERPLICHTAMBTENAAR, Rol.ADMINISTRATIE, Rol.TOEGANGSMEDEWERKER),
            (P.LEERPLICHT_RMC, P.TOEGANG),
            (Rol.ADMINISTRATIE,),
        ),
        (Partijsoort.FG, (), (), ()),
    ],
)
def test_a_registration_is_read_as_capacities(
    soort: Partijsoort,
    rollen: tuple[Rol, ...],
    hoedanigheden: tuple[Partijhoedanigheid, ...],
    zonder: tuple[Rol, ...],
) -> None:
    """Those that its kind and roles name, or the one it says; with the roles that fit none."""
    partij = Partij(id="oin:99999999000000000001", soort=soort, naam="Verzonnen", rollen=rollen)
    found = gelezen(partij)
    assert (found.hoedanigheden, found.zonder) == (hoedanigheden, zonder)
    said = partij.model_copy(update={"hoedanigheid": P.WMO})
    assert gelezen(said).hoedanigheden == (P.WMO,)


def a_partij(soort: Partijsoort, *rollen: Rol, hoedanigheid: Partijhoedanigheid | None = None) -> Partij:
    return Partij(
        id="oin:99999999000000000031", soort=soort, naam="Fictief", rollen=rollen, hoedanigheid=hoedanigheid
    )


def test_in_which_capacity_somebody_reads_and_sends() -> None:
    """As registered; several behind one id send in that in which they read what they answer."""
    jgz = a_partij(Partijsoort.ANDERE, Rol.JEUGDARTS, hoedanigheid=P.JGZ)
    assert leest_als(jgz, Rol.JEUGDARTS) is stuurt_als(jgz) is P.JGZ
    assert leest_als(jgz, Rol.LEERKRACHT) is None
    several = a_partij(Partijsoort.GEMEENTE, Rol.TOEGANGSMEDEWERKER, Rol.LEERPLICHTAMBTENAAR)
    assert leest_als(several, Rol.LEERPLICHTAMBTENAAR) is P.LEERPLICHT_RMC
    assert stuurt_als(several) is None
    assert stuurt_als(several, Rol.LEERPLICHTAMBTENAAR) is P.LEERPLICHT_RMC
    assert stuurt_als(several, Rol.GEDRAGSWETENSCHAPPER) is None


def test_the_direction_in_which_it_is_recorded() -> None:
    """Of a school and another what it was; between two others by the secrecy of who sends."""
    school = a_partij(Partijsoort.SCHOOL)
    toegang = a_partij(Partijsoort.GEMEENTE, hoedanigheid=P.TOEGANG)
    assert richting_van(school, toegang, P.ONDERWIJS) is Richting.S2J
    assert richting_van(school, school, P.ONDERWIJS) is Richting.S2J
    assert richting_van(toegang, school, P.TOEGANG) is Richting.J2S
    assert richting_van(toegang, toegang, P.TOEGANG) is Richting.S2J
    assert richting_van(toegang, None, P.JEUGDTEAM) is Richting.J2S
    assert richting_van(toegang, toegang, None) is Richting.J2S
