"""The rules of the years 2017 and 2018, each by one change to a dossier that is otherwise right."""

from __future__ import annotations

import pytest

from adapters import oso
from tests.unit.adapters.oso.dossier import Change, L, add, codes, drop, mutate, put
from tests.unit.adapters.oso.profiles import build
from tests.unit.adapters.oso.test_rules import ADDRESS, SECRET

M = "metadata"
T = f"{L}/toetslijst/toets"
V = f"{L}/verzorger"
R = f"{L}/eindtoets_basisonderwijs/eindtoetsresultaat"
VIR = "<vir><ingevoerdinvir>true</ingevoerdinvir></vir>"
ZAT = "<zat><besprokeninzat>true</besprokeninzat></zat>"
DOCTOR = "<huisarts><achternaam>X</achternaam></huisarts>"
Z = f"{L}/zorg"
OTHERS = f"{Z}/contactoverigeinstanties"
EMPLOYER = f"{T}[1]/afname/afgenomendoor/werktbijinstelling"
OLD: list[tuple[str, int, str, str, list[Change]]] = [
    ("POSWV", 2017, "PaO.ZB01", f"/{Z}/vir", [add(Z, VIR, before="medicijngebruik")]),
    ("VOSWV", 2018, "PaO.ZB01", f"/{Z}/vir", [add(Z, VIR, before="medicijngebruik")]),
    ("POSWV", 2018, "PaO.ZB02", f"/{Z}/zat", [add(Z, ZAT, before="medicijngebruik")]),
    ("POSWV", 2018, "PaO.MD02", f"/{M}/validatieversie", [put(f"{M}/validatieversie", "2019.1.1")]),
    ("POSWV", 2017, "OS.cat09", f"/{L}", [drop(Z), drop(f"{L}/sefunctioneren")]),
    ("BB", 2018, "lijst.32", f"/{Z}/upw/upwuitstroomprofiel", [put(f"{Z}/upw/upwuitstroomprofiel", "4")]),
    ("BB", 2018, "lijst.34", f"/{Z}/upw/upwleerjaar", [put(f"{Z}/upw/upwleerjaar", "7")]),
    ("BB", 2018, "lijst.38", f"/{Z}/lgf[1]/lgfindicatierec", [put(f"{Z}/lgf/lgfindicatierec", "5")]),
    ("BB", 2018, "lijst.31", f"/{Z}/tlv[1]/tlvcategorie", [put(f"{Z}/tlv/tlvcategorie", "X")]),
    ("BB", 2018, "lijst.23", f"/{Z}/diagnose[1]/code[1]", [put(f"{Z}/diagnose/code", " ")]),
    ("BB", 2018, "lijst.43", f"/{R}/toetsniveau", [put(f"{R}/toetsniveau", "")]),
    ("BB", 2018, "lijst.44", f"/{R}/wettelijke_ontheffing", [put(f"{R}/wettelijke_ontheffing", "X")]),
    (
        "POPO",
        2017,
        "lijst.9",
        f"/{L}/voorschools/codevoorschoolsprogramma",
        [put(f"{L}/voorschools/codevoorschoolsprogramma", "7")],
    ),
    (
        "POPO",
        2017,
        "lijst.9",
        f"/{L}/vroegschools[1]/codevroegschoolsprogramma",
        [put(f"{L}/vroegschools/codevroegschoolsprogramma", "15")],
    ),
    (
        "POPO",
        2018,
        "lijst.9",
        f"/{L}/voorschools/codevoorschoolsprogramma",
        [put(f"{L}/voorschools/codevoorschoolsprogramma", "16")],
    ),
    (
        "BB",
        2018,
        "lijst.19",
        f"/{OTHERS}/instelling[1]/adreslijst/adres[1]/soortadres",
        [put(f"{OTHERS}/instelling/adreslijst/adres/soortadres", "X")],
    ),
    (
        "BB",
        2018,
        "OVb.LL08",
        f"/{OTHERS}/contactpersoon/communicatielijst/communicatie[1]/nummer",
        [add(f"{OTHERS}/contactpersoon", f"<communicatielijst>{SECRET}</communicatielijst>")],
    ),
    (
        "BB",
        2018,
        "lijst.19",
        f"/{Z}/artslijst/arts[1]/adreslijst/adres[1]/soortadres",
        [add(f"{Z}/artslijst/arts", ADDRESS.replace("bezoek", "X"), after="geboortedatum")],
    ),
    (
        "BB",
        2018,
        "lijst.19",
        f"/{L}/stage[2]/instelling[1]/adreslijst/adres[1]/soortadres",
        [put(f"{L}/stage[2]/instelling/adreslijst/adres/soortadres", "X")],
    ),
    (
        "BB",
        2018,
        "lijst.19",
        f"/{EMPLOYER}/instelling[1]/adreslijst/adres[1]/soortadres",
        [put(f"{EMPLOYER}/instelling/adreslijst/adres/soortadres", "X")],
    ),
    ("BB", 2018, "OG.03", f"/{Z}/lwoo/lwoo_einddatum", [put(f"{Z}/lwoo/lwoo_einddatum", "2027-07-30")]),
    ("BB", 2018, "OG.04", f"/{V}[1]/overlijdensdatum", [put(f"{V}/overleden", "false")]),
    (
        "BB",
        2018,
        "datum.eind_voor_begin",
        f"/{Z}/opp[1]/opp_einddatum",
        [put(f"{Z}/opp/opp_einddatum", "2020-01-01")],
    ),
    (
        "BB",
        2018,
        "datum.eind_voor_begin",
        f"/{Z}/lgf[1]/lgfeinddatum",
        [put(f"{Z}/lgf/lgfeinddatum", "2010-01-01")],
    ),
    (
        "BB",
        2018,
        "datum.eind_voor_begin",
        f"/{Z}/verblijf_opdc[1]/opdc_einddatum",
        [put(f"{Z}/verblijf_opdc/opdc_einddatum", "2010-01-01")],
    ),
    (
        "BB",
        2018,
        "datum.eind_voor_begin",
        f"/{L}/handelingsplanlijst/handelingsplan[1]/einddatum",
        [put(f"{L}/handelingsplanlijst/handelingsplan/einddatum", "2010-01-01")],
    ),
    # what another year has is no part of this one
    (
        "BB",
        2017,
        "xsd.onverwacht",
        f"/{V}[1]/*[11]",
        [add(V, "<overleden>false</overleden>", after="relatietotkind")],
    ),
    ("BB", 2018, "xsd.onverwacht", f"/{L}/*[20]", [add(L, DOCTOR, before="verzorgersaansprakelijk")]),
    (
        "BB",
        2018,
        "xsd.onverwacht",
        f"/{Z}/*[1]",
        [add(Z, "<toelichting_onderwijsbehoeften/>", before="naamib")],
    ),
    (
        "BB",
        2019,
        "xsd.onverwacht",
        f"/{L}/*[34]",
        [add(L, "<zorg><naamib>X</naamib></zorg>", before="verzuim")],
    ),
]


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
