"""Dossiers as the published examples of each year are, and inputs that once got the wrong answer.

What an example says is rebuilt here from dossiers of our own. Where the inputs themselves are at hand they
are run as well.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from adapters import oso
from adapters.oso.codes import LISTS
from adapters.oso.profielen import OTHERS, PROFILES
from schemas.errors import Fault
from tests.unit.adapters.oso.dossier import Change, L, add, codes, drop, mutate, put
from tests.unit.adapters.oso.profiles import ALL, YEARS, build

SHARED = Path(__file__).resolve().parents[5] / "shared"
CASES = SHARED / "cases"
M = "metadata"
K = f"{M}/categorie_uitlevering"
TRANSFERS = ["POPO", "POVO", "VOVO"]
OLD = [2017, 2018]
MD02 = f"/{M}/validatieversie"


def refused(raw: bytes) -> list[tuple[str, str]]:
    return [(s.code, s.place.removeprefix("/dossier")) for s in oso.check(raw) if isinstance(s, Fault)]


# --- the categories of an overstapdossier


@pytest.mark.parametrize("year", OLD)
@pytest.mark.parametrize("name", TRANSFERS)
@pytest.mark.parametrize("status", ["VERPLICHT", "OPTIONEEL"])
@pytest.mark.parametrize("filled", [True, False], ids=["with zorg", "without"])
def test_support_may_be_called_mandatory_towards_another_school(
    name: str, year: int, status: str, filled: bool
) -> None:
    """Until 2018 the examples say VERPLICHT, also of a dossier without any; OPTIONEEL is fine as well."""
    changes: list[Change] = [put(f"{K}/cat_zorgenbegeleiding", status)]
    if not filled:
        changes += [drop(f"{L}/zorg"), drop(f"{L}/sefunctioneren")]
    assert refused(mutate(*changes, base=build(name, year), year=year)) == []


@pytest.mark.parametrize(("name", "year"), [("BB", 2018), ("BB", 2017), ("POPO", 2019), ("VOVO", 2019)])
def test_support_is_optional_elsewhere(name: str, year: int) -> None:
    """Within one school the examples of every year say OPTIONEEL, and so do those of 2019."""
    category = "zorgenbegeleiding" if year < 2019 else "onderwijsondersteuning"
    raw = mutate(put(f"{K}/cat_{category}", "VERPLICHT"), base=build(name, year), year=year)
    assert refused(raw) == [("oso.categorieprofiel", f"/{K}/cat_{category}")]


@pytest.mark.parametrize("name", ["POSWV", "VOSWV"])
@pytest.mark.parametrize("year", OLD)
def test_support_is_mandatory_towards_a_samenwerkingsverband(name: str, year: int) -> None:
    """There OPTIONEEL is a fault in every year, and so is a dossier without any support."""
    raw = mutate(put(f"{K}/cat_zorgenbegeleiding", "OPTIONEEL"), base=build(name, year), year=year)
    assert refused(raw) == [("oso.categorieprofiel", f"/{K}/cat_zorgenbegeleiding")]


# --- the release of the rules


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("year", "known"), [(2017, ["2017.1.1", "2017.1.2"]), (2018, ["2018.1.1"]), (2019, ["2019.1.1"])]
)
def test_each_release_of_the_rules_of_a_year_is_known(name: str, year: int, known: list[str]) -> None:
    """2017 has two releases, the others one; binnen-brin names its release like any other (OVb.MD02)."""
    rule = f"{ALL[name].family}.MD02"
    for release in [*known, f"{year}.1.3", f"{year}.1", "2016.1.1"]:
        raw = mutate(put(f"{M}/validatieversie", release), base=build(name, year), year=year)
        assert refused(raw) == ([] if release in known else [(rule, MD02)])


@pytest.mark.parametrize("part", ["LVS", "TIB"])
def test_a_dossier_within_one_school_has_an_administrative_part(part: str) -> None:
    """Binnen-brin too a dossier comes from a LAS (OVb.MD01)."""
    assert refused(mutate(put(f"{M}/deeldossier", part), base=build("BB"))) == [
        ("OVb.MD01", f"/{M}/deeldossier")
    ]


# --- who must be there


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", [*TRANSFERS, "POSWV", "VOSWV", "BB"])
def test_whoever_is_liable_is_named(name: str, year: int) -> None:
    """Caretakers that are liable and are not there break OV01; binnen-brin has no such rule."""
    changes = [put(f"{L}/verzorgersaansprakelijk", "true"), drop(f"{L}/verzorger")]
    found = refused(mutate(*changes, base=build(name, year), year=year))
    assert found == ([] if name == "BB" else [(f"{ALL[name].family}.OV01", f"/{L}")])


@pytest.mark.parametrize("year", OLD)
@pytest.mark.parametrize("name", TRANSFERS)
def test_the_care_block_towards_another_school(name: str, year: int) -> None:
    """Old money needs the name of its keeper (OVa.ZB01), and the verwijsindex is forbidden (OVa.ZB02)."""
    zorg = f"{L}/zorg"
    without = mutate(drop(f"{zorg}/naamib"), base=build(name, year), year=year)
    assert refused(without) == [("OVa.ZB01", f"/{zorg}")]
    vir = add(zorg, "<vir><ingevoerdinvir>true</ingevoerdinvir></vir>", before="zat")
    assert refused(mutate(vir, base=build(name, year), year=year)) == [("OVa.ZB02", f"/{zorg}/vir")]
    assert "oso.zat" in {s.code for s in oso.check(build(name, year))}


@pytest.mark.parametrize("year", YEARS)
def test_an_old_test_refuses_a_dossier_to_secondary_school_alone(year: int) -> None:
    """OVa.TR04 is about POVO: the same test goes along in any other profile."""
    old = put(f"{L}/toetslijst/toets/afname/afnamedatum", "2014-01-19")
    for name in ALL:
        found = refused(mutate(old, base=build(name, year), year=year)) if has_tests(name, year) else []
        place = f"/{L}/toetslijst/toets[1]/afname/afnamedatum"
        assert found == ([("OVa.TR04", place)] if name == "POVO" else [])


def has_tests(name: str, year: int) -> bool:
    return b"<toetslijst>" in build(name, year)


# --- other transfers


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", sorted(OTHERS))
def test_a_transfer_without_a_profile_is_read_by_what_all_share(name: str, year: int) -> None:
    """Any transfer of list 16 is read, with a finding that says that only the shared rules were checked."""
    for base in (build("VOVO", year), build("POVO", year)):
        raw = mutate(put(f"{M}/overstap", name), base=base, year=year)
        assert refused(raw) == []
        found = oso.translate(raw, provenance=False)
        assert ("oso.zonder_profiel", "/dossier/metadata/overstap") in {
            (b.code, b.place) for b in found.bevindingen
        }
        assert found.bericht.herkomst.profiel == name
        assert found.bericht.leerling.bsn is not None
        # Nothing says that the profile forbids what its sender calls VERBODEN, so that restricts.
        assert {path for path in found.beperkingen if not path.startswith("bronfeiten.stages[]")} == set()


def test_the_other_transfers_are_those_of_the_list() -> None:
    """Profiles of its own and the others together are code list 16."""
    assert OTHERS.keys() | PROFILES.keys() == LISTS[16]
    assert {"VOMBO", "WECVO"} <= OTHERS.keys()


@pytest.mark.parametrize("name", ["VOMBO", "WECVO"])
def test_what_all_transfers_share_is_still_required(name: str) -> None:
    """Without a number, an advice or what ouders saw it is no overstapdossier."""
    for path, rule, place in (
        (f"{L}/bsn", "OVa.LL12", f"/{L}"),
        (f"{L}/overstapadvies", "OVa.OA01", f"/{L}"),
        ("inzage", "OVa.IZ01", ""),
        (f"{L}/datuminschrijving", "OVa.LL14", f"/{L}"),
    ):
        raw = mutate(put(f"{M}/overstap", name), drop(path), base=build("VOVO"))
        assert (rule, place) in codes(raw)


def test_its_opt_outs_are_honoured() -> None:
    """A category that the source of such a dossier switched off is left out and restricts."""
    raw = mutate(put(f"{M}/overstap", "VOMBO"), put(f"{K}/cat_verzuim", "OPT-UIT"), base=build("VOVO"))
    found = oso.translate(raw, provenance=False)
    assert found.bericht.bronfeiten is not None
    assert found.bericht.bronfeiten.verzuim is None
    assert found.beperkingen


# --- birth dates


FUTURE: list[tuple[str, int, str]] = [
    ("BB", 2019, f"{L}/geboortedatum"),
    ("POSWV", 2018, f"{L}/verzorger/geboortedatum"),
    ("BB", 2018, f"{L}/zorg/artslijst/arts/geboortedatum"),
    ("BB", 2017, f"{L}/zorg/contactoverigeinstanties/contactpersoon/geboortedatum"),
]


@pytest.mark.parametrize(("name", "year", "path"), FUTURE, ids=[p for _, _, p in FUTURE])
def test_nobody_is_born_after_the_dossier(name: str, year: int, path: str) -> None:
    """For the leerling and for everybody else with a birth date: a fault at its place."""
    raw = mutate(put(path, "2199-01-01"), base=build(name, year), year=year)
    (found,) = [s for s in oso.check(raw) if isinstance(s, Fault)]
    assert found.code == "datum.geboorte_toekomst"
    assert found.place.endswith("/geboortedatum")
    assert found.line


@pytest.mark.parametrize(("day", "code"), [("01-01-2199", True), ("00-00-2198", True), ("00-00-2016", False)])
def test_the_register_writes_it_the_other_way_round(day: str, code: bool) -> None:
    """The birth date of the register is day first, and parts that are not known are 00."""
    raw = mutate(put(f"{L}/gba/gbageboortedatum", day), base=build("BB"))
    assert refused(raw) == ([("datum.geboorte_toekomst", f"/{L}/gba/gbageboortedatum")] if code else [])


def test_nobody_is_born_after_today() -> None:
    """Where the caller knows the day a dossier from the future cannot make a birth date right."""
    changes = [put(f"{M}/datum", "2198-01-01"), put(f"{L}/geboortedatum", "2197-01-01")]
    raw = mutate(*changes, base=build("BB"))
    assert refused(raw) == []
    found = oso.check(raw, today=dt.date(2026, 11, 30))
    assert [s.code for s in found if isinstance(s, Fault)] == ["datum.geboorte_toekomst"]


# --- the same inputs, where they are at hand


ANSWERS: dict[str, set[str]] = {
    "adapters/oso/attachment-exe-stub-before-zip.xml": {"bijlage.vreemd"},
    "adapters/oso/land-whitespace-oso.waarde.xml": {"oso.leeg"},
    "adapters/oso/oso2017-POPO-cat_OPTIONEEL-val_2017.1.1.xml": set(),
    "adapters/oso/oso2017-POPO-cat_OPTIONEEL-val_2017.1.2.xml": set(),
    "adapters/oso/oso2017-POPO-cat_VERPLICHT-val_2017.1.2.xml": set(),
    "adapters/oso/oso2018-POPO-cat_OPTIONEEL-val_2018.1.1.xml": set(),
    "adapters/oso/oso2018-POPO-cat_VERPLICHT-val_2018.1.1.xml": set(),
    "adapters/oso/oso2018-POVO-cat_VERPLICHT-val_2018.1.1.xml": set(),
    "adapters/oso/oso2018-VOVO-cat_VERPLICHT-val_2018.1.1.xml": set(),
    "adapters/oso/padded-code.xml": {"lijst.19"},
    "reports/13-oso-OVa-OV01/popo-zonder-verzorger.xml": {"OVa.OV01"},
}


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the inputs are not at {CASES}")
@pytest.mark.parametrize("file", ANSWERS)
def test_an_input_that_once_got_the_wrong_answer(file: str) -> None:
    """Each gets the right answer now, and one answer only."""
    assert [s.code for s in oso.check((CASES / file).read_bytes())] == sorted(ANSWERS[file])
