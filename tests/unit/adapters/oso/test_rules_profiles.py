"""The rules of the other profiles and years, each by one change to a dossier that is otherwise right."""

from __future__ import annotations

import pytest

from adapters import oso
from tests.builders import a_bsn
from tests.unit.adapters.oso.dossier import Change, L, add, codes, drop, mutate, put
from tests.unit.adapters.oso.profiles import build
from tests.unit.adapters.oso.test_rules import ADDRESS, SECRET, SECRET_MAIL

M = "metadata"
T = f"{L}/toetslijst/toets"
C = f"{L}/cijferlijstlijst/cijferlijst/cijferlijstTypelijst"
V = f"{L}/verzorger"
A = f"{L}/overstapadvies"
E = f"{L}/eindtoets_basisonderwijs"
R = f"{E}/eindtoetsresultaat"
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
    ("CL01", f"/{C}/score[1]".replace("cijferlijst/", "cijferlijst[1]/", 1),
     [drop(f"{C}/score/{x}") for x in ("waarde", "kwalificatie")]),
    ("OV03", f"/{V}[1]/adreslijst", [put(f"{V}/adresgeheim", "true")]),
]  # fmt: skip
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
    ("POPO", "OVa.AI01", f"/{L}", [put(f"{L}/verzorgersaansprakelijk", "false"), drop(f"{L}/aansprakelijkeinstelling")]),
    ("POVO", "OVa.AI01", f"/{L}", [put(f"{L}/verzorgersaansprakelijk", "0"), drop(f"{L}/aansprakelijkeinstelling")]),
    ("POVO", "OVa.VV01", f"/{L}/voorschools", [add(L, "<voorschools><codevoorschoolsprogramma>1</codevoorschoolsprogramma><voorschoolsemaanden>3</voorschoolsemaanden></voorschools>", before="schoolloopbaanlijst")]),
    ("VOVO", "OVa.VV02", f"/{L}/vroegschools[1]", [add(L, "<vroegschools><codevroegschoolsprogramma>1</codevroegschoolsprogramma><vroegschoolsdatumingang>2020-01-01</vroegschoolsdatumingang></vroegschools>", before="schoolloopbaanlijst")]),
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
    ("POVO", "OVa.TR04", f"/{T}[1]/afname/afnamedatum", [put(f"{M}/datum", "2029-07-31"), put(f"{T}/afname/afnamedatum", "2026-07-31")]),
    ("POPO", "OVa.TR05", f"/{T}[1]/resultaat", [drop(f"{T}/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")]),
    ("VOVO", "OVa.TR06", f"/{T}[1]/resultaat/toetsscore", [drop(f"{T}/resultaat/toetsscore/{x}") for x in ("aantalopgaven", "aantalgoed", "aantalfout", "aantalgelezen", "tijd", "vaardigheidsscore")]),
    ("POPO", "bsn.elfproef", f"/{L}/bsn", [put(f"{L}/bsn", "999990018")]),
    ("BB", "bsn.elfproef", f"/{L}/onderwijsnummer", [drop(f"{L}/bsn"), add(L, f"<onderwijsnummer>{a_bsn(1)}</onderwijsnummer>", before="leerlingid")]),
    ("BB", "bsn.elfproef", f"/{L}/bsn", [put(f"{L}/bsn", "100000004")]),
    ("POPO", "OS.cat02", "", [drop("inzage")]),
    ("POVO", "OS.cat08", f"/{L}", [drop(A)]),
    ("VOVO", "OS.cat05", f"/{L}", [drop(V), drop(f"{L}/verzorgersaansprakelijk"), drop(f"{L}/aansprakelijkeinstelling")]),
    # binnen-brin
    ("BB", "OVb.OV01", f"/{V}[1]/adreslijst", [put(f"{V}/adresgeheim", "true")]),
    ("BB", "oso.geboortedatum", f"/{L}", [drop(f"{L}/geboortedatum")]),
    ("BB", "lijst.16", f"/{M}/overstap", [add(M, "<overstap>XX</overstap>")]),
    # voortgezet onderwijs naar het samenwerkingsverband
    ("VOSWV", "PaO.SO03", "/overdrachtsoort", [put("overdrachtsoort", "overstapdossier")]),
    ("VOSWV", "PaO.LL12", f"/{L}/bsn", [add(L, f"<bsn>{a_bsn(2)}</bsn>", before="leerlingid")]),
    ("VOSWV", "PaO.LL12", f"/{L}/onderwijsnummer", [add(L, "<onderwijsnummer>100000004</onderwijsnummer>", before="leerlingid")]),
    ("VOSWV", "PaO.VV01", f"/{L}/vanpeuterspeelzaal", [add(L, "<vanpeuterspeelzaal>true</vanpeuterspeelzaal>", before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.VV02", f"/{L}/naampeuterspeelzaal", [add(L, "<naampeuterspeelzaal>X</naampeuterspeelzaal>", before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.VV03", f"/{L}/voorschools", [add(L, "<voorschools><codevoorschoolsprogramma>1</codevoorschoolsprogramma><voorschoolsemaanden>3</voorschoolsemaanden></voorschools>", before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.VV04", f"/{L}/vroegschools[1]", [add(L, "<vroegschools><codevroegschoolsprogramma>1</codevroegschoolsprogramma><vroegschoolsdatumingang>2020-01-01</vroegschoolsdatumingang></vroegschools>", before="schoolloopbaanlijst")]),
    ("VOSWV", "PaO.OV01", f"/{L}", [drop(V)]),
    ("VOSWV", "PaO.OV05", f"/{V}[1]/banknummer", [add(V, "<banknummer>1</banknummer>", before="iban")]),
    ("VOSWV", "PaO.TR01", f"/{T}[1]/resultaat", [drop(f"{T}/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")]),
    ("VOSWV", "OS.cat09", f"/{L}/onderwijsondersteuning", [drop(f"{L}/onderwijsondersteuning/{x}") for x in ("toelichting_onderwijsbehoeften", "diagnose", "medicijngebruik", "opp", "tlv", "arrangement_cluster12", "arrangement_pao", "lwoo", "rvc")]),
    # lists of blocks POSWV forbids
    ("BB", "lijst.42", f"/{R}/toetssoort", [put(f"{R}/toetssoort", "0015")]),
    ("BB", "lijst.43", f"/{R}/toetsniveau", [put(f"{R}/toetsniveau", "")]),
    ("BB", "lijst.44", f"/{R}/wettelijke_ontheffing", [put(f"{R}/wettelijke_ontheffing", "Nee")]),
    ("BB", "lijst.46", f"/{R}/onderdelen/onderdeel[1]/onderdeelcode", [put(f"{R}/onderdelen/onderdeel/onderdeelcode", "8002")]),
    ("BB", "lijst.45", f"/{R}/onderdelen/onderdeel[1]/ond_referentieniveau", [put(f"{R}/onderdelen/onderdeel/ond_referentieniveau", "05")]),
    ("BB", "lijst.47", f"/{R}/onderdelen/onderdeel[1]/domeinen/domein[1]/domeincode", [put(f"{R}/onderdelen/onderdeel/domeinen/domein/domeincode", "8052")]),
    ("BB", "lijst.45", f"/{R}/onderdelen/onderdeel[1]/domeinen/domein[1]/dom_referentieniveau", [put(f"{R}/onderdelen/onderdeel/domeinen/domein/dom_referentieniveau", "2F")]),
    ("VOVO", "lijst.13", f"/{L}/bevorderd/leerjaar", [put(f"{L}/bevorderd/leerjaar", "17")]),
    ("VOVO", "lijst.35", f"/{L}/examenresultaat/examenuitslag", [put(f"{L}/examenresultaat/examenuitslag", "ja")]),
    ("VOSWV", "lijst.36", f"/{L}/resultaatvakkenvo[1]/beoordelingexamenvak", [put(f"{L}/resultaatvakkenvo/beoordelingexamenvak", "goed")]),
    ("VOSWV", "datum.eind_voor_begin", f"/{L}/stage[2]/einddatum", [put(f"{L}/stage[2]/einddatum", "2026-01-01")]),
    ("VOSWV", "lijst.19", f"/{L}/stage[2]/instelling/adreslijst/adres[1]/soortadres", [put(f"{L}/stage[2]/instelling/adreslijst/adres/soortadres", "werk")]),
]  # fmt: skip


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
    ("BB", [put(f"{M}/deeldossier", "TIB"), put(f"{M}/validatieversie", "x")]),
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


# --- 2017 and 2018

Z = f"{L}/zorg"
OLD: list[tuple[str, int, str, str, list[Change]]] = [
    ("POSWV", 2017, "PaO.ZB01", f"/{Z}/vir", [add(Z, "<vir><ingevoerdinvir>true</ingevoerdinvir></vir>", before="medicijngebruik")]),
    ("VOSWV", 2018, "PaO.ZB01", f"/{Z}/vir", [add(Z, "<vir><ingevoerdinvir>true</ingevoerdinvir></vir>", before="medicijngebruik")]),
    ("POSWV", 2018, "PaO.ZB02", f"/{Z}/zat", [add(Z, "<zat><besprokeninzat>true</besprokeninzat></zat>", before="medicijngebruik")]),
    ("POSWV", 2018, "PaO.MD02", f"/{M}/validatieversie", [put(f"{M}/validatieversie", "2019.1.1")]),
    ("POSWV", 2017, "OS.cat09", f"/{L}", [drop(Z), drop(f"{L}/sefunctioneren")]),
    ("BB", 2018, "lijst.32", f"/{Z}/upw/upwuitstroomprofiel", [put(f"{Z}/upw/upwuitstroomprofiel", "4")]),
    ("BB", 2018, "lijst.34", f"/{Z}/upw/upwleerjaar", [put(f"{Z}/upw/upwleerjaar", "7")]),
    ("BB", 2018, "lijst.38", f"/{Z}/lgf[1]/lgfindicatierec", [put(f"{Z}/lgf/lgfindicatierec", "5")]),
    ("BB", 2018, "lijst.31", f"/{Z}/tlv[1]/tlvcategorie", [put(f"{Z}/tlv/tlvcategorie", "X")]),
    ("BB", 2018, "lijst.23", f"/{Z}/diagnose[1]/code[1]", [put(f"{Z}/diagnose/code", " ")]),
    ("BB", 2018, "lijst.43", f"/{R}/toetsniveau", [put(f"{R}/toetsniveau", "")]),
    ("BB", 2018, "lijst.44", f"/{R}/wettelijke_ontheffing", [put(f"{R}/wettelijke_ontheffing", "X")]),
    ("POPO", 2017, "lijst.9", f"/{L}/voorschools/codevoorschoolsprogramma", [put(f"{L}/voorschools/codevoorschoolsprogramma", "7")]),
    ("POPO", 2017, "lijst.9", f"/{L}/vroegschools[1]/codevroegschoolsprogramma", [put(f"{L}/vroegschools/codevroegschoolsprogramma", "15")]),
    ("POPO", 2018, "lijst.9", f"/{L}/voorschools/codevoorschoolsprogramma", [put(f"{L}/voorschools/codevoorschoolsprogramma", "16")]),
    ("BB", 2018, "lijst.19", f"/{Z}/contactoverigeinstanties/instelling[1]/adreslijst/adres[1]/soortadres", [put(f"{Z}/contactoverigeinstanties/instelling/adreslijst/adres/soortadres", "X")]),
    ("BB", 2018, "OVb.LL08", f"/{Z}/contactoverigeinstanties/contactpersoon/communicatielijst/communicatie[1]/nummer", [add(f"{Z}/contactoverigeinstanties/contactpersoon", f"<communicatielijst>{SECRET}</communicatielijst>")]),
    ("BB", 2018, "lijst.19", f"/{Z}/artslijst/arts[1]/adreslijst/adres[1]/soortadres", [add(f"{Z}/artslijst/arts", ADDRESS.replace("bezoek", "X"), after="geboortedatum")]),
    ("BB", 2018, "lijst.19", f"/{L}/stage[2]/instelling[1]/adreslijst/adres[1]/soortadres", [put(f"{L}/stage[2]/instelling/adreslijst/adres/soortadres", "X")]),
    ("BB", 2018, "lijst.19", f"/{T}[1]/afname/afgenomendoor/werktbijinstelling/instelling[1]/adreslijst/adres[1]/soortadres", [put(f"{T}/afname/afgenomendoor/werktbijinstelling/instelling/adreslijst/adres/soortadres", "X")]),
    ("BB", 2018, "OG.03", f"/{Z}/lwoo/lwoo_einddatum", [put(f"{Z}/lwoo/lwoo_einddatum", "2027-07-30")]),
    ("BB", 2018, "OG.04", f"/{V}[1]/overlijdensdatum", [put(f"{V}/overleden", "false")]),
    ("BB", 2018, "datum.eind_voor_begin", f"/{Z}/opp[1]/opp_einddatum", [put(f"{Z}/opp/opp_einddatum", "2020-01-01")]),
    ("BB", 2018, "datum.eind_voor_begin", f"/{Z}/lgf[1]/lgfeinddatum", [put(f"{Z}/lgf/lgfeinddatum", "2010-01-01")]),
    ("BB", 2018, "datum.eind_voor_begin", f"/{Z}/verblijf_opdc[1]/opdc_einddatum", [put(f"{Z}/verblijf_opdc/opdc_einddatum", "2010-01-01")]),
    ("BB", 2018, "datum.eind_voor_begin", f"/{L}/handelingsplanlijst/handelingsplan[1]/einddatum", [put(f"{L}/handelingsplanlijst/handelingsplan/einddatum", "2010-01-01")]),
    # what another year has is no part of this one
    ("BB", 2017, "xsd.onverwacht", f"/{V}[1]/*[11]", [add(V, "<overleden>false</overleden>", after="relatietotkind")]),
    ("BB", 2018, "xsd.onverwacht", f"/{L}/*[20]", [add(L, "<huisarts><achternaam>X</achternaam></huisarts>", before="verzorgersaansprakelijk")]),
    ("BB", 2018, "xsd.onverwacht", f"/{Z}/*[1]", [add(Z, "<toelichting_onderwijsbehoeften/>", before="naamib")]),
    ("BB", 2019, "xsd.onverwacht", f"/{L}/*[34]", [add(L, "<zorg><naamib>X</naamib></zorg>", before="verzuim")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "year", "rule", "place", "changes"),
    OLD,
    ids=[f"{n} {name} {year} {rule}" for n, (name, year, rule, _, _) in enumerate(OLD)],
)
def test_the_rules_of_older_years(name: str, year: int, rule: str, place: str, changes: list[Change]) -> None:
    """Older years have the same rules where the standard has them, in the places that year knows."""
    found = codes(mutate(*changes, base=build(name, year), year=year))
    if rule == "xsd.onverwacht":
        stem = place.rpartition("/")[0]
        assert [p for c, p in found if c == rule and p.rpartition("/")[0] == stem]
    else:
        assert (rule, place) in found


UNPUBLISHED: list[Change] = [
    put(f"{L}/zorg/diagnose/code", "F99.9"),
    put(f"{R}/toetssoort", "0015"),
    put(f"{R}/toetsniveau", "B"),
]


def test_values_of_unpublished_lists_are_taken_in_older_years() -> None:
    """For lists whose old values are nowhere published any value is kept as it stands, with its list."""
    raw = mutate(*UNPUBLISHED, base=build("BB", 2018), year=2018)
    facts = oso.translate(raw, provenance=False).bericht.bronfeiten
    assert facts is not None
    assert facts.eindtoets is not None
    assert facts.diagnoses[0].codes == ("F99.9",)
    assert (facts.eindtoets.toetssoort, facts.eindtoets.toetsniveau) != (None, None)
    assert facts.eindtoets.toetssoort is not None
    assert (facts.eindtoets.toetssoort.code, facts.eindtoets.toetssoort.stelsel) == ("0015", "oso-42")


def test_programmes_that_came_in_2018_are_taken_then() -> None:
    """List 9 has fifteen codes from 2018 on."""
    raw = mutate(put(f"{L}/voorschools/codevoorschoolsprogramma", "15"), base=build("POPO", 2018), year=2018)
    assert "lijst.9" not in {s.code for s in oso.check(raw)}
