"""Every profile in every year: what it becomes, what it may hold, and what the source says against it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters import oso
from adapters.oso.categories import CATEGORIES
from adapters.oso.versies import VERSIES
from schemas.decision.decision import Reden
from schemas.identifiers import Bsn, Onderwijsnummer
from schemas.messages.opp import Ontwikkelingsperspectief
from tests.builders import a_bsn
from tests.unit.adapters.oso.dossier import L, codes, drop, mutate, put
from tests.unit.adapters.oso.profiles import ALL, GOLDEN, ONDERWIJSNUMMER, YEARS, build, file_of, outcome

K = "metadata/categorie_uitlevering"
BOTH = [(name, year) for name in ALL for year in YEARS]
IDS = [f"{name} {year}" for name, year in BOTH]
SOME = [*((name, 2019) for name in ALL), ("POSWV", 2017), ("VOVO", 2018), ("BB", 2018)]
"""For what is the same table in every year."""
SOME_IDS = [f"{name} {year}" for name, year in SOME]
LEAVES = {leaf.pad for leaf in Ontwikkelingsperspectief.bladen}


def concrete(value: Any, path: str = "") -> set[str]:
    if isinstance(value, dict):
        return set().union(*(concrete(v, f"{path}.{k}".lstrip(".")) for k, v in value.items()))
    if isinstance(value, list):
        return set().union(*(concrete(v, f"{path}[{i}]") for i, v in enumerate(value)))
    return set() if value is None else {path}


# --- the golden files


@pytest.mark.parametrize(("name", "year"), GOLDEN, ids=[f"{n} {y}" for n, y in GOLDEN])
def test_a_golden_dossier_becomes_exactly_the_expected_message(name: str, year: int) -> None:
    """Every field of the synthetic dossier lands where the reviewed expectation says, and nothing more."""
    path = file_of(name, year)
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert outcome(path.read_bytes()) == expected


@pytest.mark.parametrize(("name", "year"), GOLDEN, ids=[f"{n} {y}" for n, y in GOLDEN])
def test_the_golden_dossiers_are_those_of_the_builder(name: str, year: int) -> None:
    """The files are what `profiles.py` makes, so that what tests change is what a reader sees."""
    assert file_of(name, year).read_bytes() == build(name, year)


# --- every profile in every year


@pytest.mark.parametrize(("name", "year"), BOTH, ids=IDS)
def test_every_filled_field_says_where_it_came_from(name: str, year: int) -> None:
    """With provenance each filled leaf has exactly one place, and that place holds its value."""
    import re
    from xml.etree import ElementTree as ET

    raw = build(name, year)
    root = ET.fromstring(raw)
    bericht = oso.translate(raw, provenance=True).bericht
    dumped = bericht.model_dump(mode="json")
    places = {o.veld: o.pad for o in bericht.herkomst.velden}
    assert len(places) == len(bericht.herkomst.velden)
    own = {p for p in concrete(dumped) if not p.startswith("herkomst.") and not p.endswith(".gevoeligheid")}
    assert own - set(places) == set()
    for field, place in places.items():
        steps = "/".join(f"{{*}}{step}" for step in place.split("/")[2:] if not step.startswith("@"))
        element = root.find(steps)
        assert element is not None, place
        if field.endswith((".stelsel", ".hash", ".soort", ".omschrijving")):
            continue
        value: Any = dumped
        for step in re.findall(r"[^.\[\]]+", field):
            value = value[int(step)] if step.isdigit() else value[step]
        assert str(value).lower() == (element.text or "").lower(), field


@pytest.mark.parametrize(("name", "year"), BOTH, ids=IDS)
def test_the_header_says_what_it_is(name: str, year: int) -> None:
    """Version, profile, kind, part and point of delivery of the source are all in herkomst."""
    herkomst = oso.translate(build(name, year), provenance=False).bericht.herkomst
    assert herkomst.standaard == "OSO"
    assert (herkomst.versie, herkomst.validatieversie) == (f"{year}.1", f"{year}.1.1")
    assert herkomst.profiel == (None if name == "BB" else name)
    assert herkomst.overdrachtsoort == ALL[name].overdrachtsoort
    assert (herkomst.deeldossier, herkomst.aanleverpunt) == ("LAS", "fictief aanleverpunt 49")


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", ["POPO", "POVO", "VOVO", "BB"])
def test_a_number_is_kept_by_its_kind_and_never_leaves(name: str, year: int) -> None:
    """A bsn and an onderwijsnummer each have a field of their own: never the one as the other."""
    pupil = oso.translate(build(name, year), provenance=True).bericht.leerling
    assert (pupil.bsn, pupil.onderwijsnummer) == (Bsn(a_bsn(7)), None)
    pupil = oso.translate(build(name, year, number="onderwijsnummer"), provenance=True).bericht.leerling
    assert (pupil.bsn, pupil.onderwijsnummer) == (None, Onderwijsnummer(ONDERWIJSNUMMER))
    kinds = {leaf.pad: leaf.categorie for leaf in Ontwikkelingsperspectief.bladen}
    assert kinds["leerling.bsn"] == kinds["leerling.onderwijsnummer"] == "nummer"


def test_binnen_brin_does_without_a_number() -> None:
    """Inside one school a number is allowed and not required, whatever the transfer is called."""
    raw = mutate(drop(f"{L}/bsn"), base=build("BB"))
    assert oso.translate(raw, provenance=False).bericht.leerling.bsn is None


# --- opt-out, in every profile


OPTIONAL = [
    (name, year, category.number)
    for name, year in SOME
    for category in CATEGORIES[f"{year}.1"]
    if category.status(ALL[name]) == "OPTIONEEL"
]


@pytest.mark.parametrize(
    ("name", "year", "number"), OPTIONAL, ids=[f"{n} {y} cat{c:02}" for n, y, c in OPTIONAL]
)
def test_an_optional_category_that_is_opted_out(name: str, year: int, number: int) -> None:
    """With OPT-UIT a block that is there anyway is dropped and reported; what it filled is a gap opt_uit."""
    category = CATEGORIES[f"{year}.1"][number - 1]
    raw = mutate(put(f"{K}/cat_{category.name}", "OPT-UIT"), base=build(name, year), year=year)
    result = oso.translate(raw, provenance=False)
    reported = {b.place.removesuffix("[1]").rpartition("/")[2] for b in result.bevindingen}
    assert any(block in reported for block in category.blocks)
    assert all(b.line for b in result.bevindingen)
    gaps = {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}
    filled_by_others = {"bijlagen", "handelingsdeel.begeleiding"}
    for group in category.groups:
        if group not in filled_by_others:
            assert (group, "opt_uit") in gaps
    restricted = {p for p in LEAVES if category.paths and p.startswith(category.paths)}
    assert restricted <= set(result.beperkingen)
    assert set(result.beperkingen.values()) <= {Reden.FIELD_SOURCE_OPT_OUT}
    assert result.bericht.herkomst.categorie_status[category.name] == "OPT-UIT"

    absent = [
        drop(f"{category.home.removeprefix('/dossier/')}/{b}".replace("/dossier/", ""))
        for b in category.blocks
    ]
    again = oso.translate(
        mutate(*absent, base=raw, year=year) if category.home != "/dossier" else raw, provenance=False
    )
    assert again.bericht.herkomst.leemtes == result.bericht.herkomst.leemtes or category.number == 16


FORBIDDEN = [
    (name, category.number)
    for name in ALL
    for category in CATEGORIES["2019.1"]
    if category.status(ALL[name]) == "VERBODEN"
]


@pytest.mark.parametrize(("name", "number"), FORBIDDEN, ids=[f"{n} cat{c:02}" for n, c in FORBIDDEN])
def test_a_category_the_profile_forbids_is_a_gap_and_no_restriction(name: str, number: int) -> None:
    """Nobody opted out of what the profile itself forbids: it is missing as verboden, no more."""
    category = CATEGORIES["2019.1"][number - 1]
    result = oso.translate(build(name), provenance=False)
    gaps = {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}
    assert {(group, "verboden") for group in category.groups} <= gaps
    assert result.beperkingen == {}


REFUSED_BLOCKS = {
    ("POVO", "voorschools"),
    ("POVO", "vroegschools"),
    ("VOVO", "voorschools"),
    ("VOVO", "vroegschools"),
}


@pytest.mark.parametrize(
    "block", ["vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools"]
)
@pytest.mark.parametrize("name", ["POVO", "VOVO"])
def test_a_forbidden_block_without_a_rule_of_its_own_is_dropped(name: str, block: str) -> None:
    """What only the category table forbids is dropped and reported; what a rule names refuses the message."""
    source = build("POPO")
    from xml.etree import ElementTree as ET

    from tests.unit.adapters.oso.dossier import find

    element = find(ET.fromstring(source), f"{L}/{block}")

    def change(root: ET.Element) -> None:
        pupil = find(root, L)
        pupil.insert(list(pupil).index(find(pupil, "schoolloopbaanlijst")), element)

    raw = mutate(change, base=build(name))
    if (name, block) in REFUSED_BLOCKS:
        place = f"/{L}/{block}" + ("[1]" if block == "vroegschools" else "")
        assert {"voorschools": ("OVa.VV01", place), "vroegschools": ("OVa.VV02", place)}[block] in codes(raw)
    else:
        found = oso.translate(raw, provenance=False).bevindingen
        assert [(b.code, b.place) for b in found] == [("OS.cat06", f"/dossier/{L}/{block}")]


@pytest.mark.parametrize(("name", "year"), SOME, ids=SOME_IDS)
def test_every_category_stands_where_the_profile_wants_it(name: str, year: int) -> None:
    """A category that is called mandatory, optional or forbidden against the profile's table is a fault."""
    for category in CATEGORIES[f"{year}.1"]:
        meant = category.status(ALL[name])
        other = "OPTIONEEL" if meant != "OPTIONEEL" else "VERPLICHT"
        if year < 2019 and ALL[name].overstap and category.name == "zorgenbegeleiding":
            # The examples of those years and the table of later ones differ: `test_years` has this one.
            continue
        raw = mutate(put(f"{K}/cat_{category.name}", other), base=build(name, year), year=year)
        assert ("oso.categorieprofiel", f"/{K}/cat_{category.name}") in codes(raw)


@pytest.mark.parametrize(("name", "year"), SOME, ids=SOME_IDS)
def test_without_switches_nothing_is_allowed(name: str, year: int) -> None:
    """A dossier without categorie_uitlevering says nothing about what may be read, so it is refused."""
    rule = {"PaO": "PaO.MD03", "OVa": "OVa.MD03", "OVb": "OVb.MD03"}[ALL[name].family]
    assert (rule, "/metadata") in codes(mutate(drop(K), base=build(name, year), year=year))


# --- inzage, akkoord, toestemming: three facts


@pytest.mark.parametrize("answer", ["Ja", "Nee", "Onbekend"])
@pytest.mark.parametrize("field", ["akkoord", "toestemming"])
@pytest.mark.parametrize(("name", "year"), SOME, ids=SOME_IDS)
def test_what_ouders_said_stays_what_they_said(name: str, year: int, field: str, answer: str) -> None:
    """akkoord and toestemming are kept as said; Nee and Onbekend restrict every field, Ja permits nothing."""
    raw = mutate(put(f"inzage/{field}", answer), base=build(name, year), year=year)
    result = oso.translate(raw, provenance=False)
    seen = result.bericht.herkomst.inzage
    assert seen is not None
    other = {"akkoord": seen.toestemming, "toestemming": seen.akkoord}[field]
    assert (getattr(seen, field), other, seen.ingezien) == (answer, "Ja", True)
    reason = {
        "akkoord": Reden.FIELD_SOURCE_NOT_AGREED,
        "toestemming": Reden.FIELD_SOURCE_NO_PERMISSION,
    }[field]
    assert set(result.beperkingen.values()) == (set() if answer == "Ja" else {reason})
    if answer != "Ja":
        assert {"leerling.naamdelen.achternaam", "plan.ingangsdatum", "bijlagen[].hash"} <= set(
            result.beperkingen
        )


@pytest.mark.parametrize("name", ["POSWV", "VOSWV", "BB"])
def test_no_inzage_is_unknown(name: str) -> None:
    """Where inzage may be absent it is a gap that restricts nothing."""
    result = oso.translate(mutate(drop("inzage"), base=build(name)), provenance=False)
    assert result.bericht.herkomst.inzage is None
    assert ("herkomst.inzage", "niet_gevuld") in {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}
    assert result.beperkingen == {}


# --- what the core of a dossier needs


@pytest.mark.parametrize(("name", "year"), SOME, ids=SOME_IDS)
@pytest.mark.parametrize("core", ["metadata", "school", "leerling"])
def test_the_core_cannot_be_switched_off(name: str, year: int, core: str) -> None:
    """Without metadata, school or leerling there is no message, so switching one off is a fault."""
    raw = mutate(put(f"{K}/cat_{core}", "OPT-UIT"), base=build(name, year), year=year)
    assert f"/{K}/cat_{core}" in {place for code, place in codes(raw) if code.startswith("OS.cat")}


@pytest.mark.parametrize("name", [n for n, p in ALL.items() if p.statuses[6] == "VERPLICHT"])
def test_a_mandatory_category_that_is_opted_out_is_reported(name: str) -> None:
    """Only optional categories can be opted out; a source that does more is believed, and told."""
    raw = mutate(put(f"{K}/cat_schoolloopbaan", "OPT-UIT"), base=build(name))
    result = oso.translate(raw, provenance=False)
    assert {"oso.categorieprofiel", "OS.cat07"} == {b.code for b in result.bevindingen}
    assert result.bericht.bronfeiten is not None
    assert result.bericht.bronfeiten.schoolloopbaan == ()


@pytest.mark.parametrize("name", ["POPO", "POVO", "VOVO"])
@pytest.mark.parametrize("category", ["ouderinzage", "oudersverzorgers", "overstapadvies"])
def test_nobody_is_asked_for_what_was_opted_out(name: str, category: str) -> None:
    """Rules that want a block do not want it from a source that switched its category off."""
    raw = mutate(put(f"{K}/cat_{category}", "OPT-UIT"), base=build(name))
    assert oso.translate(raw, provenance=False).bevindingen


def test_every_year_has_sixteen_categories_in_the_same_order() -> None:
    """The category tables of the years differ in names and blocks, never in number."""
    for versie in VERSIES.values():
        assert [c.number for c in CATEGORIES[versie.name]] == list(range(1, 17))
