"""The rules of the other profiles and years, each by one change to a dossier that is otherwise right."""

from __future__ import annotations

import pytest

from adapters import oso
from tests.builders import a_bsn
from tests.unit.adapters.oso.dossier import Change, L, add, codes, drop, mutate, put
from tests.unit.adapters.oso.profiles import build
from tests.unit.adapters.oso.test_rules import SECRET, SECRET_MAIL

M = "metadata"
T = f"{L}/toetslijst/toets"
C = f"{L}/cijferlijstlijst/cijferlijst/cijferlijstTypelijst"
V = f"{L}/verzorger"
A = f"{L}/overstapadvies"
E = f"{L}/eindtoets_basisonderwijs"
R = f"{E}/eindtoetsresultaat"
VOORSCHOOLS = (
    "<voorschools><codevoorschoolsprogramma>1</codevoorschoolsprogramma>"
    "<voorschoolsemaanden>3</voorschoolsemaanden></voorschools>"
)
VROEGSCHOOLS = (
    "<vroegschools><codevroegschoolsprogramma>1</codevroegschoolsprogramma>"
    "<vroegschoolsdatumingang>2020-01-01</vroegschoolsdatumingang></vroegschools>"
)
EMPLOYER = f"{T}/afname/afgenomendoor/werktbijinstelling"
Row = tuple[str, str, list[Change]]

# (rule without its family, place without /dossier, changes); true of every profile with these rules
HEAD: list[Row] = [
    ("MD01", f"/{M}/deeldossier", [put(f"{M}/deeldossier", "LVS")]),
    ("MD02", f"/{M}/validatieversie", [put(f"{M}/validatieversie", "2018.1.1")]),
    ("SL01", "/huidigeschool", [drop("huidigeschool/adreslijst")]),
    ("SL02", "/huidigeschool", [drop("huidigeschool/communicatielijst")]),
    ("LL01", f"/{L}", [drop(f"{L}/voornaam")]),
    ("LL02", f"/{L}", [drop(f"{L}/geboortedatum")]),
    ("LL04", f"/{L}", [drop(f"{L}/adresgeheim")]),
    ("LL05", f"/{L}", [drop(f"{L}/adreslijst"), drop(f"{L}/adresbuitenland")]),
    ("SL01", f"/{L}", [drop(f"{L}/schoolloopbaanlijst")]),
    (
        "CL01",
        f"/{C}/score[1]".replace("cijferlijst/", "cijferlijst[1]/", 1),
        [drop(f"{C}/score/{x}") for x in ("waarde", "kwalificatie")],
    ),
    ("OV03", f"/{V}[1]/adreslijst", [put(f"{V}/adresgeheim", "true")]),
]
# the same, and in binnen-brin as well
ALWAYS: list[Row] = [
    ("MD03", f"/{M}", [drop(f"{M}/categorie_uitlevering")]),
    (
        "LL03",
        f"/{L}/geboortemaand",
        [add(L, "<geboortemaand>2016-06</geboortemaand>", before="geslacht"), drop(f"{L}/geboortedatum")],
    ),
    ("LL06", f"/{L}/adreslijst", [put(f"{L}/adresgeheim", "true")]),
    (
        "LL07",
        f"/{L}/postcode4adres",
        [add(L, "<postcode4adres>0000</postcode4adres>", before="adreslijst"), drop(f"{L}/adreslijst")],
    ),
    ("LL08", f"/{L}/communicatielijst/communicatie[2]/nummer", [add(f"{L}/communicatielijst", SECRET)]),
    (
        "LL08",
        "/huidigeschool/communicatielijst/communicatie[2]/nummer",
        [add("huidigeschool/communicatielijst", SECRET_MAIL)],
    ),
    ("LL09", f"/{L}/adresbuitenland[1]", [put(f"{L}/adresgeheim", "true")]),
    ("LL10", f"/{L}/geboorteplaats", [add(L, "<geboorteplaats>X</geboorteplaats>", after="adresbuitenland")]),
    ("LL11", f"/{L}/nationaliteit[1]", [add(L, "<nationaliteit>X</nationaliteit>", after="adresbuitenland")]),
    ("OV04", f"/{V}[1]/communicatielijst/communicatie[2]/nummer", [add(f"{V}/communicatielijst", SECRET)]),
]
FAMILIES = {"POPO": "OVa", "POVO": "OVa", "VOVO": "OVa", "VOSWV": "PaO", "BB": "OVb"}
SHARED = [
    (name, f"{family}.{rule}", place, changes)
    for name, family in FAMILIES.items()
    for rule, place, changes in ([] if name == "BB" else HEAD) + ALWAYS
]


def ids(rows: list[tuple[str, str, str, list[Change]]]) -> list[str]:
    return [f"{n} {name} {rule} {place}" for n, (name, rule, place, _) in enumerate(rows)]


@pytest.mark.parametrize(("name", "rule", "place", "changes"), SHARED, ids=ids(SHARED))
def test_what_every_profile_shares(name: str, rule: str, place: str, changes: list[Change]) -> None:
    """A broken rule has the code of its profile's family, at the broken place."""
    assert (rule, place) in codes(mutate(*changes, base=build(name)))


NO_FINAL_TEST = [put(f"{E}/deelgenomen", "false"), drop(R)]
OWN: list[tuple[str, str, str, list[Change]]] = [
    # overstap
    ("POPO", "OVa.SO03", "/overdrachtsoort", [put("overdrachtsoort", "iets")]),
    ("POPO", "OVa.IZ01", "", [drop("inzage")]),
    ("POVO", "OVa.IZ02", "/inzage/inzage", [put("inzage/inzage", "false")]),
    ("POVO", "OVa.IZ02", "/inzage", [drop("inzage/inzage")]),
    ("VOVO", "OVa.IZ03", "/inzage", [drop("inzage/inzagedatum")]),
    ("VOVO", "OVa.IZ04", "/inzage", [drop("inzage/akkoord")]),
    ("VOVO", "OVa.IZ05", "/inzage", [drop("inzage/toestemming")]),
    ("POPO", "OVa.LL12", f"/{L}", [drop(f"{L}/bsn")]),
    ("POVO", "OVa.LL12", f"/{L}", [drop(f"{L}/bsn")]),
    ("VOVO", "OVa.LL12", f"/{L}", [drop(f"{L}/bsn")]),
    ("POVO", "OVa.LL13", f"/{L}", [drop(f"{L}/leerlingid")]),
    ("POPO", "OVa.LL14", f"/{L}", [drop(f"{L}/datuminschrijving")]),
    ("VOVO", "OVa.LL15", f"/{L}", [drop(f"{L}/verzorgersaansprakelijk")]),
    (
        "POPO",
        "OVa.AI01",
        f"/{L}",
        [put(f"{L}/verzorgersaansprakelijk", "false"), drop(f"{L}/aansprakelijkeinstelling")],
    ),
    (
        "POVO",
        "OVa.AI01",
        f"/{L}",
        [put(f"{L}/verzorgersaansprakelijk", "0"), drop(f"{L}/aansprakelijkeinstelling")],
    ),
    ("POVO", "OVa.VV01", f"/{L}/voorschools", [add(L, VOORSCHOOLS, before="schoolloopbaanlijst")]),
    ("VOVO", "OVa.VV02", f"/{L}/vroegschools[1]", [add(L, VROEGSCHOOLS, before="schoolloopbaanlijst")]),
    ("POPO", "OVa.OA01", f"/{L}", [drop(A)]),
    ("POVO", "OVa.OA02", f"/{A}", [drop(f"{A}/advies")]),
    ("VOVO", "OVa.OA03", f"/{A}", [drop(f"{A}/contactnodig")]),
    ("POPO", "OVa.OA04", f"/{A}", [drop(f"{A}/contactpersoon")]),
    ("POVO", "OVa.OA05", f"/{A}", [drop(f"{A}/contacttelefoon")]),
    ("POVO", "OVa.EB02", f"/{E}", [drop(R)]),
    ("POVO", "OVa.EB03", f"/{E}", NO_FINAL_TEST),
    ("VOVO", "OVa.EB04", f"/{R}", [drop(f"{R}/toets_advies")]),
    ("VOVO", "OVa.EB04", f"/{R}", [put(f"{R}/toets_advies", "")]),
    ("POVO", "OVa.TR04", f"/{T}[1]/afname/afnamedatum", [put(f"{T}/afname/afnamedatum", "2024-07-31")]),
    (
        "POVO",
        "OVa.TR04",
        f"/{T}[1]/afname/afnamedatum",
        [put(f"{M}/datum", "2029-07-31"), put(f"{T}/afname/afnamedatum", "2026-07-31")],
    ),
    (
        "POPO",
        "OVa.TR05",
        f"/{T}[1]/resultaat",
        [drop(f"{T}/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")],
    ),
    (
        "VOVO",
        "OVa.TR06",
        f"/{T}[1]/resultaat/toetsscore",
        [
            drop(f"{T}/resultaat/toetsscore/{x}")
            for x in (
                "aantalopgaven",
                "aantalgoed",
                "aantalfout",
                "aantalgelezen",
                "tijd",
                "vaardigheidsscore",
            )
        ],
    ),
    ("POPO", "bsn.elfproef", f"/{L}/bsn", [put(f"{L}/bsn", "999990018")]),
    (
        "BB",
        "bsn.elfproef",
        f"/{L}/onderwijsnummer",
        [drop(f"{L}/bsn"), add(L, f"<onderwijsnummer>{a_bsn(1)}</onderwijsnummer>", before="leerlingid")],
    ),
    ("BB", "bsn.elfproef", f"/{L}/bsn", [put(f"{L}/bsn", "100000004")]),
    ("POPO", "OS.cat02", "", [drop("inzage")]),
    ("POVO", "OS.cat08", f"/{L}", [drop(A)]),
    (
        "VOVO",
        "OS.cat05",
        f"/{L}",
        [drop(V), drop(f"{L}/verzorgersaansprakelijk"), drop(f"{L}/aansprakelijkeinstelling")],
    ),
    # binnen-brin
    ("BB", "OVb.OV01", f"/{V}[1]/adreslijst", [put(f"{V}/adresgeheim", "true")]),
    ("BB", "oso.geboortedatum", f"/{L}", [drop(f"{L}/geboortedatum")]),
    ("BB", "lijst.16", f"/{M}/overstap", [add(M, "<overstap>XX</overstap>")]),
    # voortgezet onderwijs naar het samenwerkingsverband
    ("VOSWV", "PaO.SO03", "/overdrachtsoort", [put("overdrachtsoort", "overstapdossier")]),
    ("VOSWV", "PaO.LL12", f"/{L}/bsn", [add(L, f"<bsn>{a_bsn(2)}</bsn>", before="leerlingid")]),
    (
        "VOSWV",
        "PaO.LL12",
        f"/{L}/onderwijsnummer",
        [add(L, "<onderwijsnummer>100000004</onderwijsnummer>", before="leerlingid")],
    ),
    (
        "VOSWV",
        "PaO.VV01",
        f"/{L}/vanpeuterspeelzaal",
        [add(L, "<vanpeuterspeelzaal>true</vanpeuterspeelzaal>", before="schoolloopbaanlijst")],
    ),
    (
        "VOSWV",
        "PaO.VV02",
        f"/{L}/naampeuterspeelzaal",
        [add(L, "<naampeuterspeelzaal>X</naampeuterspeelzaal>", before="schoolloopbaanlijst")],
    ),
    ("VOSWV", "PaO.VV03", f"/{L}/voorschools", [add(L, VOORSCHOOLS, before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.VV04", f"/{L}/vroegschools[1]", [add(L, VROEGSCHOOLS, before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.OV01", f"/{L}", [drop(V)]),
    ("VOSWV", "PaO.OV05", f"/{V}[1]/banknummer", [add(V, "<banknummer>1</banknummer>", before="iban")]),
    (
        "VOSWV",
        "PaO.TR01",
        f"/{T}[1]/resultaat",
        [drop(f"{T}/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")],
    ),
    (
        "VOSWV",
        "OS.cat09",
        f"/{L}/onderwijsondersteuning",
        [
            drop(f"{L}/onderwijsondersteuning/{x}")
            for x in (
                "toelichting_onderwijsbehoeften",
                "diagnose",
                "medicijngebruik",
                "opp",
                "tlv",
                "arrangement_cluster12",
                "arrangement_pao",
                "lwoo",
                "rvc",
            )
        ],
    ),
    # lists of blocks POSWV forbids
    ("BB", "lijst.42", f"/{R}/toetssoort", [put(f"{R}/toetssoort", "0015")]),
    ("BB", "lijst.43", f"/{R}/toetsniveau", [put(f"{R}/toetsniveau", "")]),
    ("BB", "lijst.44", f"/{R}/wettelijke_ontheffing", [put(f"{R}/wettelijke_ontheffing", "Nee")]),
    (
        "BB",
        "lijst.46",
        f"/{R}/onderdelen/onderdeel[1]/onderdeelcode",
        [put(f"{R}/onderdelen/onderdeel/onderdeelcode", "8002")],
    ),
    (
        "BB",
        "lijst.45",
        f"/{R}/onderdelen/onderdeel[1]/ond_referentieniveau",
        [put(f"{R}/onderdelen/onderdeel/ond_referentieniveau", "05")],
    ),
    (
        "BB",
        "lijst.47",
        f"/{R}/onderdelen/onderdeel[1]/domeinen/domein[1]/domeincode",
        [put(f"{R}/onderdelen/onderdeel/domeinen/domein/domeincode", "8052")],
    ),
    (
        "BB",
        "lijst.45",
        f"/{R}/onderdelen/onderdeel[1]/domeinen/domein[1]/dom_referentieniveau",
        [put(f"{R}/onderdelen/onderdeel/domeinen/domein/dom_referentieniveau", "2F")],
    ),
    ("VOVO", "lijst.13", f"/{L}/bevorderd/leerjaar", [put(f"{L}/bevorderd/leerjaar", "17")]),
    (
        "VOVO",
        "lijst.35",
        f"/{L}/examenresultaat/examenuitslag",
        [put(f"{L}/examenresultaat/examenuitslag", "ja")],
    ),
    (
        "VOSWV",
        "lijst.36",
        f"/{L}/resultaatvakkenvo[1]/beoordelingexamenvak",
        [put(f"{L}/resultaatvakkenvo/beoordelingexamenvak", "goed")],
    ),
    (
        "VOSWV",
        "datum.eind_voor_begin",
        f"/{L}/stage[2]/einddatum",
        [put(f"{L}/stage[2]/einddatum", "2026-01-01")],
    ),
    (
        "VOSWV",
        "lijst.19",
        f"/{L}/stage[2]/instelling/adreslijst/adres[1]/soortadres",
        [put(f"{L}/stage[2]/instelling/adreslijst/adres/soortadres", "werk")],
    ),
]


@pytest.mark.parametrize(("name", "rule", "place", "changes"), OWN, ids=ids(OWN))
def test_breaking_one_rule_gives_its_fault_at_its_place(
    name: str, rule: str, place: str, changes: list[Change]
) -> None:
    """A dossier that breaks one rule is refused with that rule's code at the broken place."""
    assert (rule, place) in codes(mutate(*changes, base=build(name)))


ALLOWED: list[tuple[str, list[Change]]] = [
    ("POPO", [drop("inzage/toestemming")]),
    ("POVO", [drop("inzage/toestemming")]),
    ("POPO", [drop(f"{L}/leerlingid")]),
    ("VOVO", [put(f"{L}/verzorgersaansprakelijk", "false"), drop(f"{L}/aansprakelijkeinstelling")]),
    ("POVO", [drop(f"{A}/advies"), put("huidigeschool/soort", "SO")]),
    ("VOVO", [drop(f"{A}/advies")]),
    ("POVO", [put(f"{A}/contactnodig", "false"), drop(f"{A}/contactpersoon"), drop(f"{A}/contacttelefoon")]),
    ("POVO", [put(f"{E}/deelgenomen", "false")]),
    ("POPO", [put(f"{T}/afname/afnamedatum", "2015-01-01")]),
    ("POVO", [put(f"{T}/afname/afnamedatum", "2024-08-01")]),
    ("POVO", [put(f"{M}/datum", "2027-07-31"), put(f"{T}/afname/afnamedatum", "2024-08-01")]),
    ("POVO", [add(V, "<banknummer>1</banknummer>", before="iban")]),
    ("BB", [drop("inzage"), drop(f"{L}/voornaam"), drop(f"{L}/schoolloopbaanlijst"), drop(V)]),
    ("BB", [drop("huidigeschool/adreslijst"), drop("huidigeschool/communicatielijst")]),
    ("BB", [drop(f"{L}/adreslijst"), drop(f"{L}/adresbuitenland"), drop(f"{L}/adresgeheim")]),
    ("BB", [drop(f"{T}/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")]),
    ("BB", [drop(f"{C}/score/{x}") for x in ("waarde", "kwalificatie")]),
    ("BB", [add(M, "<overstap>OVERIG</overstap>")]),
    ("BB", [add(M, "<overstap>POSWV</overstap>")]),
    ("VOSWV", [drop("inzage"), drop(A), drop(E), drop(f"{L}/leerlingid")]),
]


@pytest.mark.parametrize(("name", "changes"), ALLOWED, ids=[f"{n} {p}" for n, (p, _) in enumerate(ALLOWED)])
def test_a_rule_binds_only_its_own_profile(name: str, changes: list[Change]) -> None:
    """What another profile demands or forbids is no fault here."""
    assert oso.check(mutate(*changes, base=build(name))) == ()


def test_a_povo_dossier_without_a_readable_date_has_no_first_school_year() -> None:
    """The rule on old tests does not guess a school year from a date that is none."""
    raw = mutate(
        put(f"{M}/datum", "morgen"), put(f"{T}/afname/afnamedatum", "1999-01-01"), base=build("POVO")
    )
    assert codes(raw) == [("datum.ongeldig", f"/{M}/datum")]
