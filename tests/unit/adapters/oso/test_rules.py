"""Every rule, by one change to a dossier that is otherwise right."""

from __future__ import annotations

import pytest

from adapters import oso
from tests.unit.adapters.oso.dossier import FULL, PLAIN, Change, L, S, add, codes, drop, faults, mutate, put

SECRET = (
    "<communicatie><soort>telefoon</soort><nummer>0123456789</nummer><geheim>true</geheim></communicatie>"
)
SECRET_MAIL = (
    "<communicatie><soort>e-mail</soort><nummer>a@b.example</nummer><geheim>1</geheim></communicatie>"
)
ADDRESS = (
    "<adreslijst><adres><soortadres>bezoek</soortadres><straat>X</straat><nummer>1</nummer>"
    "<postcode>0000 AA</postcode><plaats>X</plaats></adres></adreslijst>"
)
M = "metadata"
K = M + "/categorie_uitlevering"
T = L + "/toetslijst/toets"
C = L + "/cijferlijstlijst/cijferlijst"
V = L + "/verzorger"

# (rule, place without /dossier, changes)
RULES: list[tuple[str, str, list[Change]]] = [
    ("PaO.MD01", f"/{M}/deeldossier", [put(f"{M}/deeldossier", "TIB")]),
    ("PaO.MD02", f"/{M}/validatieversie", [put(f"{M}/validatieversie", "2019.1")]),
    ("PaO.MD03", f"/{M}", [drop(K)]),
    ("PaO.SO01", f"/{M}", [drop(f"{M}/overstap")]),
    ("PaO.SO03", "/overdrachtsoort", [put("overdrachtsoort", "overstapdossier")]),
    ("PaO.SL01", "/huidigeschool", [drop("huidigeschool/adreslijst")]),
    ("PaO.SL02", "/huidigeschool", [drop("huidigeschool/communicatielijst")]),
    ("PaO.LL01", f"/{L}", [drop(f"{L}/voornaam")]),
    ("PaO.LL02", f"/{L}", [drop(f"{L}/geboortedatum")]),
    (
        "PaO.LL03",
        f"/{L}/geboortemaand",
        [
            add(L, "<geboortemaand>2016-06</geboortemaand>", before="geboortedatum"),
            drop(f"{L}/geboortedatum"),
        ],
    ),
    ("PaO.LL04", f"/{L}", [drop(f"{L}/adresgeheim")]),
    ("PaO.LL05", f"/{L}", [drop(f"{L}/adreslijst")]),
    ("PaO.LL06", f"/{L}/adreslijst", [put(f"{L}/adresgeheim", "true")]),
    (
        "PaO.LL07",
        f"/{L}/postcode4adres",
        [add(L, "<postcode4adres>0000</postcode4adres>", before="adreslijst"), drop(f"{L}/adreslijst")],
    ),
    (
        "PaO.LL08",
        f"/{L}/communicatielijst/communicatie[1]/nummer",
        [put(f"{L}/communicatielijst/communicatie/nummer", "0123456789")],
    ),
    (
        "PaO.LL08",
        "/huidigeschool/communicatielijst/communicatie[3]/nummer",
        [add("huidigeschool/communicatielijst", SECRET)],
    ),
    (
        "PaO.LL08",
        f"/{L}/huisarts/communicatielijst/communicatie[2]/nummer",
        [add(f"{L}/huisarts/communicatielijst", SECRET)],
    ),
    (
        "PaO.LL09",
        f"/{L}/adresbuitenland[1]",
        [
            put(f"{L}/adresgeheim", "1"),
            drop(f"{L}/adreslijst"),
            add(L, "<adresbuitenland>X</adresbuitenland>", before="leerlingid"),
        ],
    ),
    ("PaO.LL10", f"/{L}/geboorteplaats", [add(L, "<geboorteplaats>X</geboorteplaats>", before="leerlingid")]),
    ("PaO.LL11", f"/{L}/nationaliteit[1]", [add(L, "<nationaliteit>X</nationaliteit>", before="leerlingid")]),
    ("PaO.LL12", f"/{L}/bsn", [add(L, "<bsn>999990019</bsn>", before="leerlingid")]),
    (
        "PaO.LL12",
        f"/{L}/onderwijsnummer",
        [add(L, "<onderwijsnummer>999990019</onderwijsnummer>", before="leerlingid")],
    ),
    ("bsn.elfproef", f"/{L}/bsn", [add(L, "<bsn>999990018</bsn>", before="leerlingid")]),
    (
        "bsn.elfproef",
        f"/{L}/onderwijsnummer",
        [add(L, "<onderwijsnummer>0</onderwijsnummer>", before="leerlingid")],
    ),
    ("PaO.SL01", f"/{L}/schoolloopbaanlijst", [drop(f"{L}/schoolloopbaanlijst/schoolloopbaan")]),
    (
        "PaO.EB01",
        f"/{L}/eindtoets_basisonderwijs",
        [
            add(
                L,
                "<eindtoets_basisonderwijs><deelgenomen>false</deelgenomen></eindtoets_basisonderwijs>",
                before="toetslijst",
            )
        ],
    ),
    ("PaO.VM01", f"/{L}/bevorderd", [add(L, "<bevorderd><leerjaar>8</leerjaar></bevorderd>")]),
    (
        "PaO.VM02",
        f"/{L}/examenresultaat",
        [add(L, "<examenresultaat><examenjaar>2026</examenjaar></examenresultaat>")],
    ),
    (
        "PaO.VM03",
        f"/{L}/resultaatvakkenvo[1]",
        [
            add(
                L,
                "<resultaatvakkenvo><vakcode>X</vakcode><afgerond>true</afgerond><examenvak>true</examenvak>"
                "<rapportcijfer>7.5</rapportcijfer></resultaatvakkenvo>",
            )
        ],
    ),
    ("PaO.VM04", f"/{L}/certificaat[1]", [add(L, "<certificaat>X</certificaat>")]),
    (
        "PaO.VM05",
        f"/{L}/competenties[1]",
        [add(L, "<competenties><competentiestatus>X</competentiestatus></competenties>")],
    ),
    ("PaO.VM06", f"/{L}/stage[1]", [add(L, "<stage><soortstage>X</soortstage></stage>")]),
    (
        "PaO.VM07",
        f"/{L}/overigvombo",
        [
            add(
                L,
                "<overigvombo><beroepskeuzetest>true</beroepskeuzetest><portfolio>true</portfolio><pop>true</pop>"
                "<motivatiebrief>true</motivatiebrief><lobdossier>true</lobdossier></overigvombo>",
            )
        ],
    ),
    ("PaO.OV01", f"/{L}", [drop(V)]),
    (
        "PaO.OV03",
        f"/{V}[1]/adreslijst",
        [put(f"{V}/adresgeheim", "true"), add(V, ADDRESS, after="adresgeheim")],
    ),
    (
        "PaO.OV04",
        f"/{V}[1]/communicatielijst/communicatie[2]/nummer",
        [add(f"{V}/communicatielijst", SECRET_MAIL)],
    ),
    ("PaO.OV05", f"/{V}[1]/banknummer", [add(V, "<banknummer>1</banknummer>")]),
    (
        "PaO.TR01",
        f"/{T}[1]/resultaat",
        [drop(f"{T}/resultaat/toetsscore"), drop(f"{T}/resultaat/referentiescore")],
    ),
    (
        "PaO.TR02",
        f"/{T}[1]/resultaat/toetsscore",
        [drop(f"{T}/resultaat/toetsscore/{x}") for x in ("aantalopgaven", "aantalgoed", "vaardigheidsscore")],
    ),
    (
        "OG.01",
        "/huidigeschool/communicatielijst/communicatie[2]/nummer",
        [put("huidigeschool/communicatielijst/communicatie[2]/nummer", "school at example")],
    ),
    (
        "OG.01",
        "/huidigeschool/communicatielijst/communicatie[2]/nummer",
        [put("huidigeschool/communicatielijst/communicatie[2]/nummer", "x" * 65 + "@y.example")],
    ),
    (
        "OG.01",
        "/huidigeschool/communicatielijst/communicatie[2]/nummer",
        [put("huidigeschool/communicatielijst/communicatie[2]/nummer", "x@" + "y" * 255)],
    ),
    (
        "OG.01",
        "/huidigeschool/communicatielijst/communicatie[2]/nummer",
        [put("huidigeschool/communicatielijst/communicatie[2]/nummer", "x@y")],
    ),
    (
        "OG.04",
        f"/{V}[1]/overlijdensdatum",
        [add(V, "<overlijdensdatum>2020-01-01</overlijdensdatum>", before="wettigevertegenwoordiger")],
    ),
    (
        "OG.05",
        f"/{L}/huisarts/roepnaam",
        [add(f"{L}/huisarts", "<roepnaam>X</roepnaam>", after="achternaam")],
    ),
    (
        "OG.05",
        f"/{L}/huisarts/geslacht",
        [add(f"{L}/huisarts", "<geslacht>1</geslacht>", after="achternaam")],
    ),
    (
        "OG.05",
        f"/{L}/huisarts/adresgeheim",
        [add(f"{L}/huisarts", "<adresgeheim>true</adresgeheim>", after="achternaam")],
    ),
    ("OS.cat03", f"/{K}/cat_school", [put(f"{K}/cat_school", "OPT-UIT")]),
    ("OS.cat04", f"/{K}/cat_leerling", [put(f"{K}/cat_leerling", "VERBODEN")]),
    ("OS.cat01", f"/{K}/cat_metadata", [put(f"{K}/cat_metadata", "OPT-UIT")]),
    ("OS.cat05", f"/{L}", [drop(V), drop(f"{L}/verzorgersaansprakelijk")]),
    ("OS.cat07", f"/{L}", [drop(f"{L}/schoolloopbaanlijst")]),
    (
        "OS.cat09",
        f"/{S}",
        [
            drop(f"{S}/{x}")
            for x in (
                "toelichting_onderwijsbehoeften",
                "diagnose",
                "medicijngebruik",
                "opp",
                "tlv",
                "arrangement_pao",
            )
        ],
    ),
    ("oso.categorieprofiel", f"/{K}/cat_leerling", [put(f"{K}/cat_leerling", "OPTIONEEL")]),
    ("oso.categorieprofiel", f"/{K}/cat_vombo", [put(f"{K}/cat_vombo", "OPTIONEEL")]),
    ("oso.categorieprofiel", f"/{K}/cat_verzuim", [put(f"{K}/cat_verzuim", "VERPLICHT")]),
    ("lijst.48", f"/{K}/cat_verzuim", [put(f"{K}/cat_verzuim", "JA")]),
    ("lijst.33", f"/{M}/deeldossier", [put(f"{M}/deeldossier", "LAS2")]),
    ("lijst.29", "/overdrachtsoort", [put("overdrachtsoort", "iets")]),
    ("lijst.37", "/inzage/akkoord", [put("inzage/akkoord", "ja")]),
    ("lijst.37", "/inzage/toestemming", [put("inzage/toestemming", "true")]),
    (
        "lijst.19",
        "/huidigeschool/adreslijst/adres[1]/soortadres",
        [put("huidigeschool/adreslijst/adres/soortadres", "thuis")],
    ),
    (
        "lijst.18",
        f"/{L}/adreslijst/adres[1]/aanduiding",
        [add(f"{L}/adreslijst/adres", "<aanduiding>X</aanduiding>", after="nummer")],
    ),
    (
        "lijst.4",
        f"/{L}/communicatielijst/communicatie[2]/soort",
        [put(f"{L}/communicatielijst/communicatie[2]/soort", "fax")],
    ),
    (
        "lijst.5",
        f"/{L}/communicatielijst/communicatie[2]/aanduiding",
        [put(f"{L}/communicatielijst/communicatie[2]/aanduiding", "mobiel")],
    ),
    ("lijst.14", f"/{L}/geslacht", [put(f"{L}/geslacht", "3")]),
    ("lijst.14", f"/{V}[1]/geslacht", [put(f"{V}/geslacht", "9")]),
    ("lijst.15", f"/{L}/leerlinggewicht", [put(f"{L}/leerlinggewicht", "0,30")]),
    ("lijst.10", f"/{L}/nnca", [add(L, "<nnca>3</nnca>", before="tehuis")]),
    (
        "lijst.13",
        f"/{L}/schoolloopbaanlijst/schoolloopbaan[2]/jaargroep",
        [put(f"{L}/schoolloopbaanlijst/schoolloopbaan[2]/jaargroep", "9")],
    ),
    ("lijst.13", f"/{T}[1]/afname/jaargroep", [put(f"{T}/afname/jaargroep", "9")]),
    ("lijst.23", f"/{S}/diagnose[2]/code[1]", [put(f"{S}/diagnose[2]/code", "F90.9")]),
    ("lijst.31", f"/{S}/tlv[1]/tlvcategorie", [put(f"{S}/tlv/tlvcategorie", "h")]),
    (
        "lijst.11",
        f"/{T}[1]/resultaat/referentiescore[2]/codereferentiescore",
        [put(f"{T}/resultaat/referentiescore[2]/codereferentiescore", "XX")],
    ),
    (
        "lijst.22",
        f"/{T}[1]/resultaat/referentiescore[1]/codevergelijkingsgroep",
        [put(f"{T}/resultaat/referentiescore/codevergelijkingsgroep", "XX")],
    ),
    ("lijst.41", f"/{V}[2]/relatietotkind", [put(f"{V}[2]/relatietotkind", "10")]),
    ("datum.geboorte_toekomst", f"/{L}/geboortedatum", [put(f"{L}/geboortedatum", "2026-11-21")]),
    (
        "datum.schooljaar",
        f"/{L}/schoolloopbaanlijst/schoolloopbaan[1]/schooljaar",
        [put(f"{L}/schoolloopbaanlijst/schoolloopbaan/schooljaar", "2024-2026")],
    ),
    (
        "datum.eind_voor_begin",
        f"/{L}/schoolloopbaanlijst/schoolloopbaan[1]/einddatum",
        [put(f"{L}/schoolloopbaanlijst/schoolloopbaan/einddatum", "2024-07-31")],
    ),
    (
        "datum.eind_voor_begin",
        f"/{L}/datumuitschrijving",
        [add(L, "<datumuitschrijving>2019-01-01</datumuitschrijving>", after="datuminschrijving")],
    ),
    (
        "datum.eind_voor_begin",
        f"/{S}/handelingsplan[1]/einddatum",
        [put(f"{S}/handelingsplan/einddatum", "2026-08-31")],
    ),
    ("datum.eind_voor_begin", f"/{S}/opp/opp_einddatum", [put(f"{S}/opp/opp_einddatum", "2026-09-14")]),
    ("datum.eind_voor_begin", f"/{S}/tlv[1]/tlveinddatum", [put(f"{S}/tlv/tlveinddatum", "2026-07-31")]),
    (
        "datum.eind_voor_begin",
        f"/{S}/arrangement_pao[1]/arrangement_einddatum",
        [put(f"{S}/arrangement_pao/arrangement_einddatum", "2026-08-31Z")],
    ),
    ("datum.ongeldig", f"/{L}/geboortedatum", [put(f"{L}/geboortedatum", "2016-02-30")]),
    ("datum.ongeldig", f"/{L}/geboortedatum", [put(f"{L}/geboortedatum", "14-06-2016")]),
    ("datum.ongeldig", f"/{L}/geboortedatum", [put(f"{L}/geboortedatum", "0016-06-14")]),
    ("datum.ongeldig", f"/{M}/datum", [put(f"{M}/datum", "20261-11-20")]),
    ("xsd.leeg", f"/{L}/achternaam", [put(f"{L}/achternaam", "")]),
    ("xsd.te_lang", f"/{L}/achternaam", [put(f"{L}/achternaam", "x" * 1001)]),
    ("xsd.formaat", "/huidigeschool/brincode", [put("huidigeschool/brincode", "9zZZ")]),
    ("xsd.type", f"/{L}/adresgeheim", [put(f"{L}/adresgeheim", "ja")]),
    (
        "xsd.formaat",
        f"/{T}[1]/resultaat/toetsscore/vaardigheidsscore",
        [put(f"{T}/resultaat/toetsscore/vaardigheidsscore", "9" * 5_000)],
    ),
    ("xsd.bereik", f"/{L}/verzuim/frequentie", [put(f"{L}/verzuim/frequentie", "-1")]),
    (
        "xsd.ontbreekt",
        f"/{S}/tlv[1]",
        [drop(f"{S}/tlv/tlvbeschikkingsnummer"), drop(f"{S}/tlv/tlveinddatum")],
    ),
    ("xsd.onverwacht", f"/{L}/*[1]", [add(L, "<zat>1</zat>", before="voornaam")]),
]
# the same on the dossier that has every element
FULL_RULES: list[tuple[str, str, list[Change]]] = [
    (
        "PaO.CL01",
        f"/{C}[1]/cijferlijstTypelijst/score[1]",
        [drop(f"{C}/cijferlijstTypelijst/score/{x}") for x in ("waarde", "kwalificatie")],
    ),
    (
        "PaO.CL01",
        f"/{C}[1]/cijferlijstTypelijst/onderdeel[1]/score[1]",
        [drop(f"{C}/cijferlijstTypelijst/onderdeel/score/{x}") for x in ("waarde", "kwalificatie")],
    ),
    (
        "PaO.TR01",
        f"/{T}[1]/toetsonderdeel[1]/resultaat",
        [drop(f"{T}/toetsonderdeel/resultaat/{x}") for x in ("toetsscore", "referentiescore", "document")],
    ),
    ("OG.03", f"/{S}/lwoo/lwoo_einddatum", [put(f"{S}/lwoo/lwoo_einddatum", "2027-07-30")]),
    ("datum.eind_voor_begin", f"/{S}/lwoo/lwoo_einddatum", [put(f"{S}/lwoo/lwoo_einddatum", "2020-07-31")]),
    (
        "datum.eind_voor_begin",
        f"/{L}/vroegschools[1]/vroegschoolseinddatum",
        [put(f"{L}/vroegschools/vroegschoolseinddatum", "2020-07-31")],
    ),
    ("lijst.17", f"/{S}/rvc/rvcindicatie", [put(f"{S}/rvc/rvcindicatie", "VMBO")]),
    ("lijst.2", f"/{L}/overstapadvies/advies", [put(f"{L}/overstapadvies/advies", "99")]),
    ("lijst.2", f"/{L}/overstapadvies/wensouders", [put(f"{L}/overstapadvies/wensouders", "1")]),
    ("lijst.2", f"/{L}/overstapadvies/wensleerling", [put(f"{L}/overstapadvies/wensleerling", "havo")]),
    ("lijst.2", f"/{L}/overstapadvies/herzienadvies", [put(f"{L}/overstapadvies/herzienadvies", "99")]),
    ("lijst.21", f"/{L}/overstapadvies/profiel", [put(f"{L}/overstapadvies/profiel", "pro")]),
    (
        "lijst.7",
        f"/{L}/voorschools/codevoorschoolsehistorie",
        [put(f"{L}/voorschools/codevoorschoolsehistorie", "6")],
    ),
    (
        "lijst.9",
        f"/{L}/voorschools/codevoorschoolsprogramma",
        [put(f"{L}/voorschools/codevoorschoolsprogramma", "16")],
    ),
    (
        "lijst.6",
        f"/{L}/voorschools/codevoorschoolsetoeleider",
        [put(f"{L}/voorschools/codevoorschoolsetoeleider", "10")],
    ),
    (
        "lijst.8",
        f"/{L}/voorschools/codevoorschoolsedeelname",
        [put(f"{L}/voorschools/codevoorschoolsedeelname", "6")],
    ),
    (
        "lijst.9",
        f"/{L}/vroegschools[1]/codevroegschoolsprogramma",
        [put(f"{L}/vroegschools/codevroegschoolsprogramma", "0")],
    ),
    ("lijst.13", f"/{C}[1]/jaargroep", [put(f"{C}/jaargroep", "17")]),
    (
        "lijst.13",
        f"/{C}[1]/cijferlijstTypelijst/onderdeel[1]/jaargroep",
        [put(f"{C}/cijferlijstTypelijst/onderdeel/jaargroep", "17")],
    ),
    (
        "lijst.19",
        f"/{L}/aansprakelijkeinstelling/adreslijst/adres[1]/soortadres",
        [put(f"{L}/aansprakelijkeinstelling/adreslijst/adres/soortadres", "X")],
    ),
    (
        "lijst.19",
        f"/{L}/huisarts/adreslijst/adres[1]/soortadres",
        [put(f"{L}/huisarts/adreslijst/adres/soortadres", "X")],
    ),
    (
        "lijst.19",
        f"/{T}[1]/afname/afgenomendoor/werktbijinstelling/instelling/adreslijst/adres[1]/soortadres",
        [put(f"{T}/afname/afgenomendoor/werktbijinstelling/instelling/adreslijst/adres/soortadres", "X")],
    ),
    (
        "lijst.19",
        f"/{V}[1]/adreslijst/adres[1]/soortadres",
        [put(f"{V}/adreslijst/adres/soortadres", "X")],
    ),
    (
        "PaO.OV04",
        f"/{L}/aansprakelijkeinstelling/communicatielijst/communicatie[2]/nummer",
        [add(f"{L}/aansprakelijkeinstelling/communicatielijst", SECRET)],
    ),
    (
        "PaO.LL08",
        f"/{T}[1]/afname/afgenomendoor/werktbijinstelling/instelling/communicatielijst/communicatie[2]/nummer",
        [add(f"{T}/afname/afgenomendoor/werktbijinstelling/instelling/communicatielijst", SECRET)],
    ),
]


def ids(rows: list[tuple[str, str, list[Change]]]) -> list[str]:
    return [f"{n} {code} {place}" for n, (code, place, _) in enumerate(rows)]


@pytest.mark.parametrize(("code", "place", "changes"), RULES, ids=ids(RULES))
def test_breaking_one_rule_gives_its_fault_at_its_place(code: str, place: str, changes: list[Change]) -> None:
    """A dossier that breaks one rule is refused with that rule's code at the broken place."""
    assert (code, place) in codes(mutate(*changes))


@pytest.mark.parametrize(("code", "place", "changes"), FULL_RULES, ids=ids(FULL_RULES))
def test_rules_reach_every_block(code: str, place: str, changes: list[Change]) -> None:
    """Rules are also applied in the blocks an ordinary dossier leaves out."""
    assert (code, place) in codes(mutate(*changes, base=FULL))


def test_all_faults_come_at_once_in_document_order_with_lines() -> None:
    """Structural faults and broken rules are reported together, each with its line, in document order."""
    raw = PLAIN.replace(b"<geslacht>1</geslacht>", b"<geslacht>7</geslacht>", 1)
    raw = raw.replace(b"<opp_ingangdatum>2026-09-15<", b"<opp_ingangdatum>2026-09-31<")
    raw = raw.replace(b"<deeldossier>LASLVS<", b"<deeldossier>TIB<")
    found = faults(raw)
    assert [f.code for f in found] == ["PaO.MD01", "lijst.14", "datum.ongeldig"]
    lines = raw.decode().splitlines()
    for fault, element in zip(found, ("deeldossier", "geslacht", "opp_ingangdatum"), strict=True):
        assert fault.line is not None
        assert f"<{element}>" in lines[fault.line - 1]


def test_a_number_that_fails_the_elfproef_breaks_two_rules_and_is_not_repeated() -> None:
    """A BSN is refused for being there and for being wrong, and its digits come back nowhere."""
    raw = mutate(add(L, "<bsn>999990018</bsn>", before="leerlingid"))
    found = faults(raw)
    assert {f.code for f in found} == {"PaO.LL12", "bsn.elfproef"}
    assert "999990018" not in repr(found)


def test_a_value_outside_its_list_is_told_with_the_list() -> None:
    """The sender reads what he may write; of a value of which nobody knows the meaning nothing is shown."""
    found = [f for f in oso.check(mutate(put(f"{L}/geslacht", "KANARIE"))) if f.code == "lijst.14"]
    assert [f.text for f in found] == ["Deze waarde staat niet in codelijst 14: 0, 1, 2."]


def test_a_kind_of_dossier_that_does_not_exist_is_that_one_fault() -> None:
    """Nothing says which profile was meant, so nobody is told what another one asks."""
    raw = mutate(put("overdrachtsoort", "iets"), drop("metadata/overstap"))
    assert [(f.code, f.place) for f in oso.check(raw)] == [
        ("oso.profiel", "/dossier/overdrachtsoort"),
        ("lijst.29", "/dossier/overdrachtsoort"),
    ]
