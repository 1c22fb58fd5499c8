"""JW317 drafted from an arrangement: the whole wanted situation, from what was granted and what is wanted."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ijw import read, write
from adapters.ijw.bericht import JwBericht
from adapters.ijw.regel import IN_MESSAGE
from adapters.ijw.regels import check
from adapters.ijw.toewijzing import verwerk_301
from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.verzoek import draft_317
from schemas.errors import InvalidMessage
from schemas.messages.arrangement import Arrangement
from schemas.messages.toewijzing import Toewijzing
from tests.builders import a_bsn
from tests.unit.adapters.ijw.arrangementen import (
    a_toewijzing,
    aanvulling_317,
    an_arrangement,
    day,
    een_groep,
    leerling,
    met_budget,
    places,
    toegewezen,
)
from tests.unit.adapters.ijw.verkeer import verloop
from tests.unit.adapters.ijw.voorbeelden import ANDER_BSN, GEMEENTE

WENS = "/aanvulling/wijzigingen[1]"
MEER = {"volume": 8, "eenheid": "04", "frequentie": "4"}
NIEUW = {
    "categorie": "41",
    "code": "41A03",
    "gewensteIngangsdatum": "2026-07-01",
    "einddatum": "2026-12-31",
    "omvang": {"volume": 2, "eenheid": "16", "frequentie": "2"},
}


def running(*more: Toewijzing) -> Arrangement:
    """Two that run and will run, one that ended, one deleted, one elsewhere; numbers not in order."""
    return an_arrangement(
        toewijzingen=[
            met_budget(300202),
            a_toewijzing(300201),
            a_toewijzing(5, ingangsdatum="2025-01-01", einddatum="2026-05-31"),
            a_toewijzing(6, status="verwijderd"),
            a_toewijzing(7, aanbieder="99999902"),
            a_toewijzing(8, gemeente="0344"),
            *more,
        ]
    )


def draft(arrangement: Arrangement, **kw: Any) -> JwBericht:
    bericht = draft_317(arrangement, aanvulling_317(**kw))
    assert read(write(bericht)) == bericht
    assert [f for f in check(bericht, today=day("2026-06-02")) if f.level == IN_MESSAGE] == []
    return bericht


def faults_of(arrangement: Arrangement, **kw: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        draft_317(arrangement, aanvulling_317(**kw))
    return places(caught.value.faults)


def parts(bericht: JwBericht) -> tuple[list[str], list[Any], list[Any]]:
    verzoek = bericht.inhoud["Client"]["Verzoek"]
    return (
        [
            p["ToewijzingNummer"]
            for p in verzoek.get("OngewijzigdeProducten", {}).get("OngewijzigdProduct", [])
        ],
        verzoek.get("TeWijzigenProducten", {}).get("TeWijzigenProduct", []),
        verzoek.get("NieuweProducten", {}).get("NieuwProduct", []),
    )


def test_new_product() -> None:
    """What still holds is in it as unchanged, and nothing that ended, was deleted or is elsewhere."""
    bericht = draft(running(), nieuweProducten=[NIEUW])
    assert bericht.inhoud["Header"]["BerichtCode"] == "486"
    assert bericht.inhoud["Client"]["Bsn"] == a_bsn()
    same, changed, new = parts(bericht)
    assert (same, changed) == (["300201", "300202"], [])
    assert new == [
        {
            "Product": {"Categorie": "41", "Code": "41A03"},
            "GewensteIngangsdatum": "2026-07-01",
            "Einddatum": "2026-12-31",
            "Omvang": {"Volume": "2", "Eenheid": "16", "Frequentie": "2"},
        }
    ]


def test_changed() -> None:
    """What is wanted otherwise is changed as a whole: what was not named stays as it was granted."""
    wishes = [
        {"toewijzing": "000300201", "gewensteIngangsdatum": "2026-07-01", "omvang": MEER},
        {"toewijzing": "300202", "budget": 300_000},
    ]
    same, changed, new = parts(draft(running(), wijzigingen=wishes))
    assert (same, new) == ([], [])
    assert changed == [
        {
            "ToewijzingNummer": "300201",
            "GewensteIngangsdatum": "2026-07-01",
            "Einddatum": "2027-04-12",
            "Omvang": {"Volume": "8", "Eenheid": "04", "Frequentie": "4"},
        },
        {
            "ToewijzingNummer": "300202",
            "GewensteIngangsdatum": "2028-01-01",
            "Einddatum": "2028-12-31",
            "Budget": "300000",
        },
    ]


def test_dates() -> None:
    """An end can be moved, and taken away where nothing demands one."""
    (changed,) = parts(draft(running(), wijzigingen=[{"toewijzing": "300201", "einddatum": "2026-12-31"}]))[1]
    assert (changed["GewensteIngangsdatum"], changed["Einddatum"]) == ("2026-04-13", "2026-12-31")
    alone = an_arrangement(toewijzingen=[a_toewijzing()])
    (changed,) = parts(draft(alone, wijzigingen=[{"toewijzing": "300201", "zonderEinddatum": True}]))[1]
    assert "Einddatum" not in changed


def test_no_difference() -> None:
    """A wish for what there is already leaves it unchanged; then nothing is asked (TR353)."""
    same = {"toewijzing": "300201", "einddatum": "2027-04-12", "omvang": {**MEER, "volume": 4}}
    assert parts(draft(running(), wijzigingen=[same], nieuweProducten=[NIEUW]))[0] == ["300201", "300202"]
    assert faults_of(running(), wijzigingen=[same]) == {("TR353", "/aanvulling")}


def test_nothing_runs() -> None:
    """Without a running allocation there is nothing to change: that takes a 315 (TR352)."""
    assert faults_of(an_arrangement(), nieuweProducten=[NIEUW]) == {("TR352", "/aanvulling")}


TOTAL = a_toewijzing(
    300203,
    product={"code": "45A05", "stelsel": "ijw-productcode"},
    omvang={
        "volume": 40,
        "eenheid": {"code": "04", "stelsel": "WJ756"},
        "frequentie": {"code": "6", "stelsel": "WMO757"},
    },
)
CATEGORY = a_toewijzing(
    300204, product=None, productcategorie={"code": "43", "stelsel": "JZ020"}, omvang=None
)


@pytest.mark.parametrize(
    ("wens", "found"),
    [
        ({"toewijzing": "9"}, {("TR351", "toewijzing")}),
        ({"toewijzing": "5"}, {("TR351", "toewijzing")}),
        ({"toewijzing": "geen"}, {("TR351", "toewijzing")}),
        (
            {"toewijzing": "300201", "gewensteIngangsdatum": "2026-06-01", "omvang": MEER},
            {("TR357", "gewenste_ingangsdatum")},
        ),
        (
            {"toewijzing": "300202", "gewensteIngangsdatum": "2028-02-01", "budget": 1},
            {("TR373", "gewenste_ingangsdatum")},
        ),
        (
            {
                "toewijzing": "300203",
                "gewensteIngangsdatum": "2026-07-01",
                "omvang": {"volume": 50, "eenheid": "04", "frequentie": "6"},
            },
            {("TR373", "gewenste_ingangsdatum")},
        ),
        ({"toewijzing": "300201", "budget": 5}, {("TR411", "omvang")}),
        ({"toewijzing": "300202", "omvang": MEER}, {("TR375", "omvang")}),
        ({"toewijzing": "300204", "omvang": MEER}, {("TR412", "omvang")}),
        ({"toewijzing": "300201", "budget": 5, "omvang": MEER}, {("CD077", "omvang"), ("CD078", "budget")}),
        ({"toewijzing": "300202", "zonderEinddatum": True}, {("CD075", "einddatum")}),
        (
            {"toewijzing": "300201", "zonderEinddatum": True, "einddatum": "2026-12-31"},
            {("ijw.tegenspraak", "einddatum"), ("TR361", "")},
        ),
        ({"toewijzing": "300201", "einddatum": "2026-01-01"}, {("CS003", "einddatum")}),
    ],
)
def test_rules(wens: dict[str, Any], found: set[tuple[str, str]]) -> None:
    """What iJw says of a change is judged by the allocation in the arrangement, and told at the wish."""
    arrangement = running(TOTAL, CATEGORY)
    expected = {(code, f"{WENS}/{element}".rstrip("/")) for code, element in found}
    assert faults_of(arrangement, wijzigingen=[wens], nieuweProducten=[NIEUW]) == expected


def test_old_law() -> None:
    """Until the end of 2020 an allocation without a product code could have an omvang."""
    old = a_toewijzing(9, product=None, ingangsdatum="2020-01-01", einddatum="2020-12-31", omvang=None)
    wens = {"toewijzing": "9", "omvang": MEER}
    kop = {"identificatie": "FICTIEF1", "dagtekening": "2020-06-01"}
    found = parts(draft(an_arrangement(toewijzingen=[old]), kop=kop, wijzigingen=[wens]))
    assert found[1][0]["Omvang"]["Volume"] == "8"


def test_longer_into_another() -> None:
    """A wish that runs into another allocation of the same product is told at the wish (TR361)."""
    wish = {"toewijzing": "300201", "einddatum": "2028-06-30"}
    assert faults_of(running(), wijzigingen=[wish]) == {("TR361", WENS)}


def test_twice() -> None:
    """One allocation has one wish."""
    wish = {"toewijzing": "300201", "omvang": MEER}
    assert ("TR101", "/aanvulling/wijzigingen[2]/toewijzing") in faults_of(
        running(), wijzigingen=[wish, wish]
    )


@pytest.mark.parametrize(
    ("nieuw", "free"),
    [
        ({"categorie": "45", "code": "45A04"}, False),
        (
            {
                "categorie": "45",
                "code": "45A04",
                "gewensteIngangsdatum": "2027-05-01",
                "einddatum": "2027-06-01",
            },
            True,
        ),
        ({"categorie": None, "code": None, "omvang": None, "budget": 5}, False),
        ({}, True),
    ],
)
def test_new_beside_granted(nieuw: dict[str, Any], free: bool) -> None:
    """A new product is not one that runs in the same days (TR361)."""
    if free:
        assert parts(draft(running(), nieuweProducten=[NIEUW | nieuw]))[2]
    else:
        found = faults_of(running(), nieuweProducten=[NIEUW | nieuw])
        assert found == {("TR361", "/aanvulling/nieuwe_producten[1]")}


def test_new_after_shortened() -> None:
    """When the running allocation is wanted shorter, the same product may follow it."""
    wish = {"toewijzing": "300201", "einddatum": "2026-06-30"}
    new = NIEUW | {"categorie": "45", "code": "45A04"}
    assert len(parts(draft(running(), wijzigingen=[wish], nieuweProducten=[new]))[2]) == 1


@pytest.mark.parametrize(
    ("kw", "fault"),
    [
        (een_groep(), ("ijw.collectief", "/arrangement/collectief")),
        (
            {"individueel": {"leerling": leerling(bsn=ANDER_BSN), "gemeente": GEMEENTE}},
            ("ijw.tegenspraak", "/aanvulling/client/bsn"),
        ),
        (
            {"inrichting": {"uitvoeringsvariant": "taakgericht"}},
            ("ijw.taakgericht", "/arrangement/inrichting/uitvoeringsvariant"),
        ),
    ],
)
def test_not_this_arrangement(kw: dict[str, Any], fault: tuple[str, str]) -> None:
    """For a group, for somebody else, or where nobody asks per leerling, there is no request."""
    arrangement = an_arrangement(**kw, toewijzingen=[a_toewijzing()])
    assert faults_of(arrangement, nieuweProducten=[NIEUW]) == {fault}


def test_dates_of_new() -> None:
    """A new product is wanted for days to come (TR380)."""
    new = NIEUW | {"gewensteIngangsdatum": "2026-06-01"}
    place = "/aanvulling/nieuwe_producten[1]/gewenste_ingangsdatum"
    assert faults_of(running(), nieuweProducten=[new]) == {("TR380", place)}


wishes = st.lists(
    st.fixed_dictionaries(
        {
            "toewijzing": st.sampled_from(["300201", "300202", "300203"]),
            "einddatum": st.sampled_from([None, "2026-12-31", "2028-06-30"]),
            "gewensteIngangsdatum": st.sampled_from([None, "2026-07-01"]),
            "budget": st.sampled_from([None, 1, 250_000]),
            "omvang": st.sampled_from([None, MEER]),
        }
    ),
    max_size=2,
)


@settings(max_examples=40)
@given(wishes)
def test_whole_situation(wens: list[dict[str, Any]]) -> None:
    """Every running allocation is in a request once, as it is or as it is wanted (TR349)."""
    try:
        bericht = draft(running(TOTAL), wijzigingen=wens, nieuweProducten=[NIEUW])
    except InvalidMessage:
        return
    same, changed, _ = parts(bericht)
    numbers = [*same, *(row["ToewijzingNummer"] for row in changed)]
    assert sorted(numbers) == ["300201", "300202", "300203"]


ROWS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {
        "ToewijzingNummer": "300202",
        "Product": None,
        "Omvang": None,
        "Budget": "250000",
        "Ingangsdatum": "2028-01-01",
        "Einddatum": "2028-12-31",
        "ReferentieAanbieder": None,
    },
    {
        "ToewijzingNummer": "300203",
        "Product": {"Categorie": "44", "Code": "44A01"},
        "Omvang": {"Volume": "40", "Eenheid": "16", "Frequentie": "6"},
    },
)


@settings(max_examples=40)
@given(wishes)
def test_rules_over_messages(wens: list[dict[str, Any]]) -> None:
    """With the allocations as the 301 gave them, a draft breaks no rule over several messages either."""
    message = toegewezen(*({"ReferentieAanbieder": None} | row for row in ROWS))
    arrangement = verwerk_301(an_arrangement(), message)
    try:
        bericht = draft_317(arrangement, aanvulling_317(wijzigingen=wens, nieuweProducten=[NIEUW]))
    except InvalidMessage:
        return
    assert check_verloop(bericht, verloop(message)) == ()
