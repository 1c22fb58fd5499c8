"""What a plan must hold and when: each lack has its own code, at its own place."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest

from schemas.checks.oppregels import BESTEMMINGEN, GEWOON, TEKSTEN, Oppregels, check_opp, verwijzing
from schemas.messages.opp import Plansoort
from tests.builders import an_id, an_opp
from tests.unit.schemas.plannen import (
    BESTEMMING,
    OP,
    STEM,
    Json,
    een_plan,
    handelingsdeel,
    leerling,
    perspectief,
    plan,
)

SOORTEN: Final = [s.value for s in Plansoort]
MBO: Final = "mbo_ondersteuningsafspraken"
MEERDERJARIG: Final = leerling(geboortedatum="2008-03-01")


def found(
    soort: str = "opp_po", *, op: dt.date = OP, regels: Oppregels = GEWOON, **kw: Any
) -> list[tuple[str, str]]:
    return [(b.code, b.place) for b in check_opp(een_plan(soort, **kw), op, regels)]


def instemming(*door: str, datum: str | None = "2026-09-09") -> Json:
    return handelingsdeel(instemming={"status": "gegeven", "door": list(door), "datum": datum})


def evaluatie(*met: str, datum: str = "2027-03-01") -> Json:
    return {"datum": datum, "met": list(met)}


@pytest.mark.parametrize("soort", SOORTEN)
def test_a_whole_plan_has_no_findings(soort: str) -> None:
    """Of every soort there is a plan in which nothing is found."""
    assert found(soort) == []


P, H = "perspectief", "handelingsdeel"
LACKS: Final[list[tuple[str, str, str, Json]]] = [
    ("opp.soort_ontbreekt", "plan.soort", "opp_po", {"plan": plan()["plan"] | {"soort": None}}),
    ("opp.periode", "plan.einddatum", "opp_po", plan(einddatum="2026-09-09")),
    ("opp.status", f"{P}.vaststelling.status", "opp_po", perspectief(vaststelling={"status": "in_overleg"})),
    ("opp.bestemming_ontbreekt", f"{P}.uitstroombestemming", "opp_po", perspectief(uitstroombestemming=None)),
    (
        "opp.bestemming_is_advies",
        f"{P}.uitstroombestemming.stelsel",
        "opp_po",
        perspectief(uitstroombestemming={"code": "20", "stelsel": "oso-2"}),
    ),
    (
        "opp.bestemming_lijst",
        f"{P}.uitstroombestemming.stelsel",
        "opp_po",
        perspectief(uitstroombestemming=BESTEMMING["opp_vo"]),
    ),
    (
        "opp.bestemming_code",
        f"{P}.uitstroombestemming.code",
        "opp_po",
        perspectief(uitstroombestemming={"code": "vwo_tm_pro", "stelsel": "vo-onderwijssoort"}),
    ),
    (
        "opp.bestemming_omschrijving",
        f"{P}.uitstroombestemming.omschrijving",
        "opp_vso",
        perspectief(uitstroombestemming={"code": "dagbesteding", "stelsel": "vso-bestemming"}),
    ),
    ("opp.soort_werk", f"{P}.soortWerk", "opp_pro", perspectief("opp_pro", soortWerk=None)),
    (
        "opp.soort_werk",
        f"{P}.soortWerk",
        "opp_pro",
        perspectief("opp_pro", soortWerk={"code": "regulier", "stelsel": "vrij"}),
    ),
    (
        "opp.soort_werk",
        f"{P}.soortWerk",
        "opp_pro",
        perspectief("opp_pro", soortWerk={"code": "bakker", "stelsel": "soort-werk"}),
    ),
    ("opp.mbo_perspectief", P, MBO, perspectief()),
    ("opp.onderbouwing", f"{P}.onderbouwing", "opp_po", perspectief(onderbouwing=None)),
    ("opp.factoren", f"{P}.belemmerendeFactoren", "opp_po", perspectief(belemmerendeFactoren=[])),
    ("opp.factoren", f"{P}.bevorderendeFactoren", "opp_po", perspectief(bevorderendeFactoren=[])),
    ("opp.overleg", f"{P}.oogo", "opp_po", perspectief(oogo=None)),
    ("opp.advies_commissie", "plan.adviesCommissieOp", "opp_so", plan("opp_so", adviesCommissieOp=None)),
    ("opp.begeleiding", f"{H}.begeleiding", "opp_so", handelingsdeel(begeleiding=[])),
    (
        "opp.afwijkingen",
        f"{H}.afwijkingenOnderwijsprogramma",
        "opp_vo",
        handelingsdeel(afwijkingenOnderwijsprogramma=None),
    ),
    ("opp.praktijkvorming", f"{H}.praktijkvorming", "opp_pro", handelingsdeel(praktijkvorming=None)),
    ("opp.instemming", f"{H}.instemming", "opp_po", handelingsdeel(instemming=None)),
    ("opp.instemming", f"{H}.instemming", "opp_po", handelingsdeel(instemming={"status": "geweigerd"})),
    ("opp.instemming_door", f"{H}.instemming.door", "opp_po", instemming()),
    ("opp.instemming_door", f"{H}.instemming.door", "opp_po", instemming("ander")),
    ("opp.instemming_door", f"{H}.instemming.door", "opp_po", instemming("leerling")),
    ("opp.instemming_door", f"{H}.instemming.door", "opp_vso", MEERDERJARIG | instemming("ouder")),
    ("opp.instemming_door", f"{H}.instemming.door", "opp_vo", MEERDERJARIG | instemming("leerling")),
    ("opp.instemming_door", f"{H}.instemming.door", MBO, instemming("ouder")),
    (
        "opp.instemming_door",
        f"{H}.instemming.door",
        MBO,
        leerling(geboortedatum="2011-03-01") | instemming("leerling"),
    ),
    ("opp.hoorrecht", "leerlingStem", "opp_po", {"leerlingStem": []}),
    ("opp.termijn", "plan.ingangsdatum", "opp_po", leerling(datumInschrijving="2026-07-29")),
    ("opp.termijn", "plan.ingangsdatum", "opp_po", plan(definitiefGeplaatstOp="2026-07-29")),
    *(
        (
            "opp.hoorrecht_onvolledig",
            "leerlingStem[1]",
            "opp_po",
            {"leerlingStem": [STEM, {**STEM, mist: None}]},
        )
        for mist in ("datum", "gehoordDoor", "vorm", "eigenWoorden", "vervolg")
    ),
]


@pytest.mark.parametrize(
    ("code", "place", "soort", "kw"), LACKS, ids=[f"{c} {n}" for n, (c, *_) in enumerate(LACKS)]
)
def test_each_lack_is_found_alone(code: str, place: str, soort: str, kw: Json) -> None:
    """What is missing or wrong is found at its place, and nothing else is."""
    assert found(soort, **kw) == [(code, place)]


def test_every_code_is_tried() -> None:
    """Every text belongs to a code that a test above or below finds."""
    assert TEKSTEN.keys() == {c for c, *_ in LACKS} | {"opp.evaluatie"}


FINE: Final[list[tuple[str, Json]]] = [
    ("opp_vso", MEERDERJARIG | instemming("leerling")),
    ("opp_po", instemming("gi_voogd")),
    ("opp_po", instemming("ouder", datum=None)),
    (MBO, leerling(geboortedatum="2010-08-01") | instemming("leerling")),
    (MBO, leerling(geboortedatum="2011-03-01") | instemming("leerling", "ouder")),
    (MBO, {"perspectief": {}}),
    (MBO, leerling(geboortedatum="2009-03-01", datumInschrijving="2025-08-01")),
    ("opp_po", {"leerlingStem": [{"nietGehoordReden": "Wilde niet."}]}),
    ("opp_po", leerling(datumInschrijving="2026-07-30")),
    ("opp_po", leerling(datumInschrijving="2026-01-01") | plan(definitiefGeplaatstOp="2026-08-20")),
    ("opp_po", leerling(datumInschrijving=None)),
    ("opp_po", leerling(datumInschrijving="2024-01-01") | plan(versie=2, vorigeVersie=1)),
    ("opp_so", perspectief(uitstroombestemming={"code": "regulier_vo", "stelsel": "vo-onderwijssoort"})),
    ("opp_so", perspectief(uitstroombestemming={"code": "3", "stelsel": "oso-32"})),
    ("opp_pro", perspectief("opp_pro", uitstroombestemming={"code": "geen", "stelsel": "vervolgonderwijs"})),
    ("opp_po", {"plan": None, "perspectief": None, "handelingsdeel": None}),
    ("opp_po", {"plan": None}),
]


@pytest.mark.parametrize(("soort", "kw"), FINE, ids=[f"{s} {n}" for n, (s, _) in enumerate(FINE)])
def test_what_comes_near_is_fine(soort: str, kw: Json) -> None:
    """What keeps the rule by a hair, or what no rule is about, is not found."""
    assert found(soort, **kw) == []


def test_a_concept_may_be_empty() -> None:
    """A plan in the making is not asked for what only a set plan must have."""
    assert found(plan={"soort": "opp_so", "status": "concept"}, perspectief=None, handelingsdeel=None) == [
        ("opp.termijn", "plan.ingangsdatum")
    ]


def test_a_set_plan_without_parts() -> None:
    """Of a set plan that says nothing every lack is found at once."""
    codes = {code for code, _ in found("opp_pro", perspectief=None, handelingsdeel=None)}
    assert codes == {
        "opp.bestemming_ontbreekt",
        "opp.onderbouwing",
        "opp.factoren",
        "opp.overleg",
        "opp.begeleiding",
        "opp.afwijkingen",
        "opp.praktijkvorming",
        "opp.instemming",
    }


def test_a_destination_without_a_soort_is_not_judged() -> None:
    """Which list fits depends on the soort: without one only an advies is found."""
    bare = plan()["plan"] | {"soort": None}
    assert found(plan=bare) == [("opp.soort_ontbreekt", "plan.soort")]
    assert ("opp.bestemming_is_advies", f"{P}.uitstroombestemming.stelsel") in found(
        plan=bare, **perspectief(uitstroombestemming={"code": "20", "stelsel": "oso-2"})
    )


def test_lists_per_soort() -> None:
    """Every soort has its lists: mbo none, and an oza all of them, as it stands beside any plan."""
    assert BESTEMMINGEN.keys() == set(Plansoort)
    assert BESTEMMINGEN[Plansoort.MBO] == {}
    for lists in BESTEMMINGEN.values():
        for stelsel, codes in lists.items():
            assert codes <= BESTEMMINGEN[Plansoort.OZA][stelsel]
    assert not any("oso-2" in lists for lists in BESTEMMINGEN.values())


@pytest.mark.parametrize(
    ("regels", "kw", "expected"),
    [
        ({"weken": 10}, leerling(datumInschrijving="2026-07-29"), False),
        ({"weken": 3}, {}, True),
        (
            {"telt_vanaf_behoefte": True},
            leerling(datumInschrijving="2024-08-01") | plan(behoefteVastgesteldOp="2026-08-01"),
            False,
        ),
        ({"telt_vanaf_behoefte": True}, leerling(datumInschrijving="2024-08-01"), True),
        (
            {"telt_vanaf_behoefte": True},
            leerling(datumInschrijving=None) | plan(behoefteVastgesteldOp="2026-07-01"),
            True,
        ),
        ({}, leerling(datumInschrijving="2024-08-01") | plan(behoefteVastgesteldOp="2026-08-01"), True),
        ({"instemming_vanaf": dt.date(2027, 1, 1)}, handelingsdeel(instemming=None), False),
        ({"hoorrecht_vanaf": dt.date(2027, 1, 1)}, {"leerlingStem": []}, False),
        ({"meerderjarig_zelf": frozenset({Plansoort.OPP_PO})}, MEERDERJARIG | instemming("leerling"), False),
    ],
)
def test_terms_are_settings(regels: Json, kw: Json, expected: bool) -> None:
    """What was not verified, or what practice adds, is switched with a setting."""
    assert bool(found(regels=Oppregels(**regels), **kw)) is expected


@pytest.mark.parametrize(
    ("on", "late"),
    [(dt.date(2026, 9, 26), False), (dt.date(2026, 9, 27), True)],
    ids=["in time", "a day late"],
)
def test_six_weeks(on: dt.date, late: bool) -> None:
    """Six weeks after enrolment on 15 August is 26 September, a day later is late: set or not."""
    parts: Json = {"perspectief": None, "handelingsdeel": None}
    concept = plan(status="concept") | parts
    assert bool(found(op=on, **concept)) is late
    done = {"status": "vastgesteld", "datum": on.isoformat()}
    assert bool(found(**perspectief(vaststelling=done), **handelingsdeel(vaststelling=done))) is late


def test_the_day_it_was_set_without_dates_in_its_parts() -> None:
    """Where the parts do not say when, the plan's own first day counts."""
    bare = perspectief(vaststelling=None) | handelingsdeel(vaststelling={"status": "vastgesteld"})
    assert found(**bare) == []
    assert found(**bare, **plan(ingangsdatum="2026-11-01")) == [("opp.termijn", "plan.ingangsdatum")]


EVALUATED: Final[list[tuple[str, str, list[Json], Json, bool]]] = [
    ("opp_po", "2027-07-31", [], {}, False),
    ("opp_po", "2027-08-01", [], {}, True),
    ("opp_po", "2027-08-01", [evaluatie("ouder")], {}, False),
    ("opp_po", "2027-08-01", [evaluatie("voogd")], {}, False),
    ("opp_po", "2027-08-01", [evaluatie()], {}, True),
    ("opp_po", "2027-08-01", [evaluatie("leerling", "ander")], {}, True),
    ("opp_po", "2028-08-01", [evaluatie("ouder")], {}, True),
    ("opp_po", "2028-08-01", [evaluatie("ouder"), evaluatie("ouder", datum="2028-07-31")], {}, False),
    ("opp_po", "2028-08-01", [evaluatie("ouder"), evaluatie("ouder", datum="2027-07-31")], {}, True),
    ("opp_po", "2027-09-01", [], plan(einddatum="2027-06-01"), False),
    ("opp_po", "2027-09-01", [], plan(einddatum="2027-07-31"), True),
    ("opp_po", "2026-09-01", [], {}, False),
    ("opp_po", "2027-08-01", [], plan(ingangsdatum=None), False),
    ("opp_vso", "2027-08-01", [evaluatie("leerling")], MEERDERJARIG | instemming("leerling"), False),
    ("opp_vo", "2027-08-01", [evaluatie("leerling")], MEERDERJARIG, True),
    (MBO, "2027-09-10", [], {}, False),
    (MBO, "2027-09-11", [], {}, True),
    (MBO, "2027-09-11", [evaluatie("leerling")], {}, False),
    (MBO, "2028-03-02", [evaluatie("leerling")], {}, True),
    (MBO, "2028-06-01", [], plan(MBO, einddatum="2027-09-01"), False),
]


@pytest.mark.parametrize(
    ("soort", "on", "done", "kw", "late"),
    EVALUATED,
    ids=[f"{s} {on} {n}" for n, (s, on, *_) in enumerate(EVALUATED)],
)
def test_evaluated_often_enough(soort: str, on: str, done: list[Json], kw: Json, late: bool) -> None:
    """With ouders once in every school year that the plan ran out; in mbo within every twelve months."""
    got = found(soort, op=dt.date.fromisoformat(on), evaluaties=done, **kw)
    assert ("opp.evaluatie" in dict(got)) is late


def test_twice_a_year_is_a_setting() -> None:
    """Half-yearly evaluation is practice in so and vso, and can be asked for."""
    once = found(
        op=dt.date(2027, 8, 1), evaluaties=[evaluatie("ouder")], regels=Oppregels(evaluaties_per_schooljaar=2)
    )
    assert once == [("opp.evaluatie", "evaluaties")]


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
def test_any_day_is_judged(day: dt.date) -> None:
    """A plan of the first or last day there is, or looked at on that day, breaks nothing."""
    long = plan(ingangsdatum=day.isoformat(), definitiefGeplaatstOp=day.isoformat(), einddatum="9999-12-31")
    for on in (dt.date.min, OP, dt.date.max):
        assert isinstance(found(op=on, **long), list)


def test_no_value_in_a_finding() -> None:
    """A finding is a code, a path and a text of ours."""
    everything = check_opp(een_plan(perspectief=None, handelingsdeel=None, leerlingStem=[]), OP)
    assert {b.text for b in everything} <= set(TEKSTEN.values())


def test_an_arrangement_refers_without_content() -> None:
    """What an arrangement says of its plan is that things are there, not what they say."""
    opp = een_plan(evaluaties=[evaluatie("ouder", datum="2026-11-01"), evaluatie()])
    refers = verwijzing(opp, voorlopig=False, inzage_ouders=True).model_dump(mode="json", by_alias=True)
    assert refers == {
        "plan": an_id("plan"),
        "versie": 1,
        "vastgesteldOp": "2026-09-10",
        "bestemming": "verwacht",
        "onderbouwd": True,
        "ondersteuningBeschreven": True,
        "overlegOp": "2026-09-08",
        "overlegResultaat": "overeenstemming",
        "evaluaties": ["2026-11-01"],
        "inzageOuders": True,
    }


@pytest.mark.parametrize(("provisional", "expected"), [(True, "voorlopig"), (False, None)])
def test_an_arrangement_refers_to_an_empty_plan(provisional: bool, expected: str | None) -> None:
    """Of a plan with nothing in it nothing is said, but that its destination may be provisional."""
    empty = an_opp(plan=None, perspectief=None, handelingsdeel=None)
    refers = verwijzing(empty, voorlopig=provisional, inzage_ouders=False)
    assert refers.bestemming == expected
    assert not refers.model_copy(update={"bestemming": None}).model_dump(exclude_defaults=True)
