"""A zaak by its steps: one regisseur at any moment, each step its owner's, and no name that is not yours."""

from __future__ import annotations

import dataclasses
import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.base import Gegevenscategorie as G
from schemas.checks.beginselen import BEGINSELEN
from schemas.checks.zaakbeginselen import (
    NOG_NIET,
    WAAR,
    Waar,
    Zaakfeiten,
    taakgericht,
    zaak_bevindingen,
)
from schemas.messages.vertaling import Kopiestand
from schemas.zaak.stappen import MEEST_STAPPEN, STAPPEN, Zaakstap, soort_van
from schemas.zaak.verloop import Zaakstand, Zaakstatus, bezwaren, na
from schemas.zaak.zicht import GetoondeHulp, zaakbeeld
from tests.builders import an_id
from tests.unit.schemas.zaakstappen import (
    ANDER,
    DAG,
    SCHOOL,
    VERDER,
    ZORG,
    erbij,
    geopend,
    gezet,
    stand,
    stap,
    van_school,
)

OPP = stap(
    "ontwikkelingsperspectief",
    vastgesteld_op="2026-09-01",
    bestemming="verwacht",
    overleg_op="2026-08-20",
    overleg_resultaat="deels",
    inzage_ouders=True,
)
GETOETST = stap("getoetst", versie=1)
LOOPT = stap("in_uitvoering", ingangsdatum="2026-10-05")
KIND = Zaakfeiten(dt.date(2018, 1, 1))
TIENER = Zaakfeiten(dt.date(2012, 1, 1))


def mag(z: Zaakstand, door: str, soort: str, **velden: Any) -> list[str]:
    return [f.code for f in bezwaren(z, stap(soort, **velden), door, DAG)]


def codes(z: Zaakstand, feiten: Zaakfeiten = KIND, op: dt.date = DAG) -> set[str]:
    return {b.code for b in zaak_bevindingen(z, op, feiten)}


# ── the fold


def test_what_is_stored_is_read_as_it_was() -> None:
    steps = gezet((SCHOOL, geopend()), (SCHOOL, erbij(ZORG)), (SCHOOL, OPP))
    assert STAPPEN.validate_json(STAPPEN.dump_json(steps, by_alias=True, exclude_none=True)) == steps
    assert [soort_van(g.stap) for g in steps] == [
        Zaakstap.GEOPEND,
        Zaakstap.PARTNER_ERBIJ,
        Zaakstap.ONTWIKKELINGSPERSPECTIEF,
    ]


def test_regie_moves_at_the_moment_of_the_confirmation() -> None:
    z = stand(
        (SCHOOL, geopend()),
        (SCHOOL, erbij(ZORG)),
        (SCHOOL, stap("regie_aangeboden", aan=ZORG, fase=2)),
        (ZORG, stap("regie_over")),
    )
    assert z.regisseur == ZORG
    assert z.regie[0].tot == z.regie[1].van
    assert [r.fase for r in z.regie] == [None, 2]
    assert z.aanbod is None


STEPS = st.lists(
    st.sampled_from(
        [
            ("partner_erbij", ZORG),
            ("partner_erbij", ANDER),
            ("partner_eraf", ZORG),
            ("partner_eraf", SCHOOL),
            ("regie_aangeboden", ZORG),
            ("regie_aangeboden", ANDER),
            ("regie_aangeboden", SCHOOL),
            ("regie_over", ""),
            ("regie_niet_over", ""),
            ("gesloten", ""),
            ("heropend", ""),
        ]
    ),
    max_size=14,
)


def _wens(soort: str, partij: str) -> Any:
    if soort == "partner_erbij":
        return erbij(partij)
    velden = {"partner_eraf": {"partij": partij}, "regie_aangeboden": {"aan": partij}}
    return stap(soort, **(velden | {"gesloten": {"reden": "niet_gestart"}}).get(soort, {}))


@given(STEPS, st.lists(st.sampled_from([SCHOOL, ZORG, ANDER]), min_size=14, max_size=14))
def test_whatever_is_allowed_leaves_exactly_one_regisseur(
    wishes: list[tuple[str, str]], doors: list[str]
) -> None:
    """Of any steps by anybody, those that are let through keep P03 and never leave the regisseur out."""
    steps: list[tuple[str, Any]] = [(SCHOOL, geopend())]
    z = stand(*steps)
    for (soort, partij), door in zip(wishes, doors, strict=False):
        wish = _wens(soort, partij)
        dag = gezet(*steps, (door, wish))[-1].dag
        if not z.doet_mee(door, dag) or bezwaren(z, wish, door, dag):
            continue
        steps.append((door, wish))
        z = na(z, gezet(*steps)[-1])
        assert z == stand(*steps)
        assert "P03" not in codes(z, op=dag)
        assert z.doet_mee(z.regisseur, dag)
        assert all(a.tot == b.van for a, b in pairwise(z.regie))


def test_a_step_that_no_gateway_wrote_shows_as_a_gap() -> None:
    """P03 looks, although nothing that is let through can break it."""
    z = van_school(erbij(ZORG), stap("regie_aangeboden", aan=ZORG))
    weg = na(z, gezet((SCHOOL, geopend()), (SCHOOL, stap("partner_eraf", partij=SCHOOL)))[-1])
    twee = dataclasses.replace(z, regie=(*z.regie, *z.regie))
    assert "P03" in codes(twee)
    over = dataclasses.replace(z, regie=(dataclasses.replace(z.regie[0], tot=z.regie[0].van),))
    assert "P03" in codes(over)
    niemand = dataclasses.replace(weg, partners={})
    assert "P03" in codes(niemand)


def test_who_was_offered_regie_and_leaves_takes_the_offer_along() -> None:
    z = van_school(erbij(ZORG), stap("regie_aangeboden", aan=ZORG), stap("partner_eraf", partij=ZORG))
    assert z.aanbod is None
    z = van_school(
        erbij(ZORG), erbij(ANDER), stap("regie_aangeboden", aan=ZORG), stap("partner_eraf", partij=ANDER)
    )
    assert z.aanbod is not None


def test_a_partner_is_one_from_his_day_to_his_day_and_can_come_again() -> None:
    z = van_school(erbij(ZORG, "contact", tot="2026-10-03"))
    assert z.doet_mee(ZORG, dt.date(2026, 10, 3))
    assert not z.doet_mee(ZORG, dt.date(2026, 10, 4))
    again = van_school(erbij(ZORG, "contact"), stap("partner_eraf", partij=ZORG), erbij(ZORG, "doelen"))
    assert again.doet_mee(ZORG, DAG)
    assert again.partners[ZORG].cellen == {G.DOELEN}
    assert again.partners[ZORG].van == dt.date(2026, 10, 4)


def test_a_second_who_brings_somebody_in_adds_to_what_he_needs() -> None:
    z = stand(
        (SCHOOL, geopend()),
        (SCHOOL, erbij(ZORG)),
        (SCHOOL, erbij(ANDER, "contact")),
        (SCHOOL, stap("regie_aangeboden", aan=ZORG)),
        (ZORG, stap("regie_over")),
        (ZORG, erbij(ANDER, "doelen")),
    )
    assert z.partners[ANDER].cellen == {G.CONTACT, G.DOELEN}
    assert z.kent(ANDER) == {SCHOOL, ZORG, ANDER}
    assert z.kent(ZORG) == {SCHOOL, ZORG, ANDER}
    seen = {
        wie: next(
            p for p in zaakbeeld(z, wie, z.partners[ANDER].volgens[ZORG][0]).partners if p.partij == ANDER
        )
        for wie in (SCHOOL, ZORG, ANDER)
    }
    assert {wie: p.cellen for wie, p in seen.items()} == {
        SCHOOL: (G.CONTACT,),
        ZORG: (G.DOELEN,),  # not that another had brought him in before, nor for what
        ANDER: (G.CONTACT, G.DOELEN),
    }
    assert seen[SCHOOL].van == seen[ANDER].van < seen[ZORG].van


def test_an_evaluation_that_goes_on_names_its_next_day() -> None:
    velden = {"datum": "2026-10-02", "ouders": "ja", "leerling": "ja"}
    with pytest.raises(ValidationError, match="wie doorgaat"):
        stap("evaluatie", uitkomst="voortzetten", **velden)
    assert van_school(stap("evaluatie", uitkomst="stoppen", **velden)).herzien_op is None


# ── who may do what

ERBIJ = (erbij(ZORG), erbij(ANDER))


@pytest.mark.parametrize(
    ("door", "soort", "velden", "verwacht"),
    [
        (SCHOOL, "partner_erbij", {"partij": ZORG}, ["zaak.alPartner"]),
        (SCHOOL, "partner_erbij", {"partij": SCHOOL}, ["zaak.alPartner"]),
        (SCHOOL, "partner_erbij", {"partij": VERDER, "tot": "2026-10-19"}, ["datum.volgorde"]),
        (ZORG, "partner_erbij", {"partij": ANDER}, ["zaak.regisseur"]),
        (ZORG, "partner_erbij", {"partij": VERDER}, ["zaak.regisseur"]),
        (SCHOOL, "partner_eraf", {"partij": ZORG}, []),
        (ZORG, "partner_eraf", {"partij": ZORG}, []),
        (ZORG, "partner_eraf", {"partij": ANDER}, ["zaak.regisseur", "zaak.partner"]),
        (ZORG, "partner_eraf", {"partij": VERDER}, ["zaak.regisseur", "zaak.partner"]),
        (SCHOOL, "partner_eraf", {"partij": SCHOOL}, ["zaak.regieEerst"]),
        (SCHOOL, "regie_aangeboden", {"aan": ZORG}, []),
        (SCHOOL, "regie_aangeboden", {"aan": SCHOOL}, ["zaak.alRegisseur"]),
        (SCHOOL, "regie_aangeboden", {"aan": VERDER}, ["zaak.partner"]),
        (ZORG, "regie_aangeboden", {"aan": ZORG}, ["zaak.regisseur"]),
        (ZORG, "regie_over", {}, ["zaak.nietAangeboden"]),
        (ZORG, "regie_niet_over", {}, ["zaak.nietAangeboden"]),
        (ZORG, "actie", {"code": "anders", "eigenaar": SCHOOL, "uiterlijk": "2026-10-20"}, []),
        (
            ZORG,
            "actie",
            {"code": "anders", "eigenaar": ANDER, "uiterlijk": "2026-10-19"},
            ["zaak.partner", "datum.volgorde"],
        ),
        (ZORG, "actie_gedaan", {"actie": an_id("geen")}, ["zaak.actie"]),
        (
            ZORG,
            "besluit",
            {"code": "anders", "wetten": ["wpo"], "geldig_vanaf": "2026-10-01", "namens": ZORG},
            ["zaak.namens"],
        ),
        (
            ZORG,
            "besluit",
            {
                "code": "anders",
                "wetten": ["wpo"],
                "geldig_vanaf": "2026-10-01",
                "geldig_tot_en_met": "2026-10-19",
            },
            ["datum.volgorde"],
        ),
        (ZORG, "opgeschaald", {"aan": SCHOOL}, []),
        (ZORG, "opgeschaald", {"aan": ANDER}, ["zaak.partner"]),
        (
            SCHOOL,
            "evaluatie",
            {
                "datum": "2026-10-21",
                "uitkomst": "stoppen",
                "ouders": "ja",
                "leerling": "ja",
                "herzien_op": "2026-10-20",
            },
            ["datum.toekomst", "datum.volgorde"],
        ),
        (
            SCHOOL,
            "evaluatie",
            {"datum": "2026-10-20", "uitkomst": "stoppen", "ouders": "ja", "leerling": "ja"},
            [],
        ),
        (
            SCHOOL,
            "evaluatie",
            {
                "datum": "2026-10-20",
                "uitkomst": "wijzigen",
                "ouders": "ja",
                "leerling": "ja",
                "herzien_op": "2026-10-21",
            },
            [],
        ),
        (SCHOOL, "plaatsing", {"bestemming": "arbeid", "bevestigd_op": "2026-10-20"}, []),
        (
            ZORG,
            "plaatsing",
            {"bestemming": "arbeid", "bevestigd_op": "2026-10-21"},
            ["datum.toekomst", "zaak.regisseur"],
        ),
        (
            SCHOOL,
            "plaatsing",
            {"bestemming": "arbeid", "bij": ZORG, "bevestigd_op": "2026-10-20"},
            ["zaak.plaatsing"],
        ),
        (ZORG, "plaatsing", {"bestemming": "arbeid", "bij": ZORG, "bevestigd_op": "2026-10-20"}, []),
        (SCHOOL, "in_uitvoering", {"ingangsdatum": "2026-10-20"}, []),
        (SCHOOL, "heropend", {}, ["zaak.nietGesloten"]),
        (SCHOOL, "gesloten", {"reden": "niet_gestart"}, []),
        (ZORG, "gesloten", {"reden": "niet_gestart"}, ["zaak.regisseur"]),
        (
            SCHOOL,
            "woonplaats",
            {"antwoord": {"route": "collectief", "zekerheid": "indicatief", "op": "2026-10-01"}},
            [],
        ),
    ],
)
def test_each_step_is_its_owners(door: str, soort: str, velden: dict[str, Any], verwacht: list[str]) -> None:
    z = van_school(*ERBIJ)
    full = velden if soort != "partner_erbij" else {k: v for k, v in velden.items() if k != "partij"}
    een = erbij(velden["partij"], **full) if soort == "partner_erbij" else stap(soort, **velden)
    assert [f.code for f in bezwaren(z, een, door, DAG)] == verwacht


def test_what_one_may_not_know_is_refused_as_what_is_not_there() -> None:
    """Word for word the same, for a partner of whom he does not know and for a partij that is none."""
    z = van_school(*ERBIJ)
    for soort, veld in (("opgeschaald", "aan"), ("partner_eraf", "partij")):
        hidden, absent = (bezwaren(z, stap(soort, **{veld: p}), ZORG, DAG) for p in (ANDER, VERDER))
        assert hidden == absent != ()


def test_an_offer_that_was_refused_is_gone() -> None:
    asked = stap("regie_aangeboden", aan=ZORG)
    for door in (SCHOOL, ZORG):
        z = stand(
            (SCHOOL, geopend()), (SCHOOL, erbij(ZORG)), (SCHOOL, asked), (door, stap("regie_niet_over"))
        )
        assert (z.aanbod, z.regisseur) == (None, SCHOOL)
        assert mag(z, SCHOOL, "regie_aangeboden", aan=ZORG) == []


def test_offered_once_confirmed_by_who_was_asked_or_taken_back() -> None:
    z = van_school(*ERBIJ, stap("regie_aangeboden", aan=ZORG))
    assert mag(z, SCHOOL, "regie_aangeboden", aan=ANDER) == ["zaak.alAangeboden"]
    assert mag(z, ANDER, "regie_over") == mag(z, ANDER, "regie_niet_over") == ["zaak.nietAangeboden"]
    assert (
        mag(z, ZORG, "regie_over")
        == mag(z, ZORG, "regie_niet_over")
        == mag(z, SCHOOL, "regie_niet_over")
        == []
    )


def test_an_action_is_done_by_its_owner_its_giver_or_the_regisseur_and_once() -> None:
    actie = stap("actie", code="onderzoek", eigenaar=ZORG, uiterlijk="2026-12-01")
    z = van_school(*ERBIJ, actie)
    (open_now,) = z.open_acties()
    assert mag(z, ANDER, "actie_gedaan", actie=open_now.id) == ["zaak.actie"]
    assert mag(z, ZORG, "actie_gedaan", actie=open_now.id) == []
    done = van_school(*ERBIJ, actie, stap("actie_gedaan", actie=open_now.id))
    assert done.open_acties() == ()
    assert mag(done, ZORG, "actie_gedaan", actie=open_now.id) == ["zaak.actie"]


def test_what_ran_for_a_leerling_closes_only_with_a_place() -> None:
    z = van_school(*ERBIJ, LOOPT)
    assert mag(z, SCHOOL, "gesloten", reden="doel_bereikt") == ["P19"]
    assert mag(z, SCHOOL, "in_uitvoering", ingangsdatum="2026-10-20") == ["zaak.alGestart"]
    placed = stap("plaatsing", bestemming="arbeid", bevestigd_op="2026-10-06")
    z = van_school(*ERBIJ, LOOPT, placed)
    assert mag(z, SCHOOL, "gesloten", reden="doel_bereikt") == []
    shut = van_school(*ERBIJ, LOOPT, placed, stap("gesloten", reden="geplaatst"))
    assert mag(shut, ZORG, "opgeschaald", aan=SCHOOL) == ["zaak.gesloten"]
    assert mag(shut, ZORG, "heropend") == ["zaak.regisseur"]
    assert mag(shut, SCHOOL, "heropend") == []
    again = van_school(*ERBIJ, LOOPT, placed, stap("gesloten", reden="geplaatst"), stap("heropend"))
    assert (again.status, again.plaatsing) == (Zaakstatus.VOORBEREIDING, None)
    assert mag(again, SCHOOL, "gesloten", reden="doel_bereikt") == ["P19"]
    groep = van_school(LOOPT, onderwerp="groep", vorm="collectief")
    assert mag(groep, SCHOOL, "gesloten", reden="doel_bereikt") == []


def test_a_zaak_does_not_grow_without_end() -> None:
    full = dataclasses.replace(van_school(*ERBIJ), versie=MEEST_STAPPEN)
    assert mag(full, ZORG, "opgeschaald", aan=SCHOOL) == ["zaak.vol"]


# ── the principles


def test_every_principle_has_its_place_and_its_text() -> None:
    assert list(WAAR) == list(BEGINSELEN)
    assert {c for c, p in WAAR.items() if p.waar is Waar.NIET} == {"P22", "P29"}
    assert {c for c, p in WAAR.items() if p.waar is Waar.LIJN} == {"P23", "P24", "P30"}


def test_what_only_the_plan_shows_is_open_until_it_was_held_to_it() -> None:
    z = van_school(erbij(ZORG), OPP)
    found = zaak_bevindingen(z, DAG, KIND)
    assert {(b.code, b.tekst) for b in found if b.hard} == {(c, NOG_NIET) for c in ("P02", "P10", "P17")}
    assert codes(van_school(erbij(ZORG), OPP, GETOETST)) == set()
    told = van_school(erbij(ZORG), OPP, stap("getoetst", versie=2, bevindingen=["P09", "P10"]))
    assert codes(told) == {"P09", "P10"}


VRIJ = [{"beslisser": "school", "besluitvorm": "beschikkingsvrij"}]
TAFEL = [{"beslisser": "overleg_met_mandaat", "besluitvorm": "toekenning_op_mandaat"}]
BESLUIT = {"code": "hulp_toegekend", "wetten": ["jeugdwet"], "geldig_vanaf": "2026-10-01"}


@pytest.mark.parametrize(
    ("code", "fout", "goed"),
    [
        ("P01", van_school(OPP), van_school(erbij(ZORG), OPP)),
        (
            "P05",
            van_school(
                stap("ontwikkelingsperspectief", vastgesteld_op="2026-10-06", bestemming="verwacht"), LOOPT
            ),
            van_school(OPP, LOOPT),
        ),
        ("P05", van_school(), van_school(onderwerp="groep", vorm="collectief")),
        ("P06", van_school(stap("ontwikkelingsperspectief", overleg_op="2026-10-06")), van_school(OPP)),
        ("P07", van_school(), van_school(OPP)),
        (
            "P08",
            van_school(
                stap("evaluatie", datum="2026-10-02", uitkomst="stoppen", ouders="nee", leerling="ja")
            ),
            van_school(
                stap(
                    "evaluatie", datum="2026-10-02", uitkomst="stoppen", ouders="nee_met_reden", leerling="ja"
                )
            ),
        ),
        ("P12", van_school(herzien_op="2026-10-19"), van_school(herzien_op="2026-10-20")),
        (
            "P12",
            van_school(herzien_op=None),
            van_school(stap("gesloten", reden="niet_gestart"), herzien_op=None),
        ),
        (
            "P13",
            van_school(stap("ontwikkelingsperspectief", vastgesteld_op="2025-10-01")),
            van_school(
                stap(
                    "ontwikkelingsperspectief",
                    vastgesteld_op="2025-10-01",
                    evaluaties=["2026-09-30", "2027-01-01"],
                )
            ),
        ),
        (
            "P13",
            van_school(
                stap("ontwikkelingsperspectief", vastgesteld_op="2025-09-01", evaluaties=["2025-10-01"])
            ),
            van_school(stap("ontwikkelingsperspectief", vastgesteld_op="2026-12-01")),
        ),
        ("P14", van_school(functies=[]), van_school()),
        (
            "P15",
            van_school(stap("besluit", **BESLUIT), onderwerp="groep", vorm="collectief"),
            van_school(stap("besluit", **BESLUIT)),
        ),
        (
            "P19",
            stand(
                (SCHOOL, geopend()),
                (SCHOOL, erbij(ZORG)),
                (SCHOOL, stap("regie_aangeboden", aan=ZORG)),
                (ZORG, stap("regie_over")),
                (ZORG, LOOPT),
                (SCHOOL, stap("partner_eraf", partij=SCHOOL)),
            ),
            van_school(LOOPT),
        ),
        (
            "P25",
            van_school(toeleiding=VRIJ),
            van_school(
                stap(
                    "woonplaats",
                    antwoord={"route": "collectief", "zekerheid": "indicatief", "op": "2026-10-01"},
                ),
                toeleiding=VRIJ,
            ),
        ),
        (
            "P27",
            van_school(stap("besluit", **BESLUIT), toeleiding=TAFEL),
            van_school(stap("besluit", overleg=an_id("o"), **BESLUIT), toeleiding=TAFEL),
        ),
        (
            "P28",
            stand(
                (SCHOOL, geopend()),
                (SCHOOL, erbij(ZORG)),
                (SCHOOL, stap("regie_aangeboden", aan=ZORG, fase=2)),
                (ZORG, stap("regie_over")),
                (ZORG, stap("regie_aangeboden", aan=SCHOOL)),
                (SCHOOL, stap("regie_over")),
            ),
            van_school(),
        ),
    ],
)
def test_each_principle_is_seen(code: str, fout: Zaakstand, goed: Zaakstand) -> None:
    assert code in codes(fout)
    assert code not in codes(goed)


def test_principles_that_rest_on_more_than_the_steps() -> None:
    assert "P04" in codes(van_school(), Zaakfeiten(andere_in_uitvoering=True))
    held = stap("overleg_gehouden", overleg=an_id("o"), datum="2026-10-02")
    z = van_school(stap("overleg_gepland", overleg=an_id("o"), datum="2026-10-02"), held)
    assert z.gepland == {}
    assert "P26" in codes(z, TIENER)
    assert "P26" not in codes(z, KIND)
    assert "P26" not in codes(z, Zaakfeiten())
    there = stap("overleg_gehouden", overleg=an_id("o"), datum="2026-10-02", leerling_nam_deel="ja")
    assert "P26" not in codes(van_school(there), TIENER)
    assert "P07" not in codes(van_school(), Zaakfeiten(dt.date(2008, 1, 1)))


def test_paid_for_a_task_by_its_own_word_or_by_the_way_of_paying() -> None:
    assert taakgericht(van_school(bekostiging="populatiebekostiging"))
    assert not taakgericht(van_school(bekostiging="populatiebekostiging", uitvoeringsvariant="outputgericht"))
    assert not taakgericht(van_school())


# ── what is shown


def test_a_partner_sees_by_what_he_needs_and_no_other_partner() -> None:
    z = van_school(
        erbij(ZORG, "contact"),
        erbij(ANDER, "besluiten", "doelen", "gezondheid", "onderwijspositie", "nummer"),
        stap("besluit", **BESLUIT),
        stap("evaluatie", datum="2026-10-02", uitkomst="stoppen", ouders="ja", leerling="ja"),
        stap("overleg_gepland", overleg=an_id("o"), datum="2026-11-02"),
        stap("overleg_gehouden", overleg=an_id("p"), datum="2026-10-02"),
        stap("plaatsing", bestemming="arbeid", bevestigd_op="2026-10-06"),
        niveau="opname",
    )
    little, much, all_of_it = (zaakbeeld(z, wie, DAG) for wie in (ZORG, ANDER, SCHOOL))
    assert (little.functies, little.niveau, little.besluiten, little.evaluaties) == (None, None, (), ())
    assert (little.plaatsing, little.overleggen, little.herzien_op) == (None, (), None)
    assert much.functies
    assert much.niveau == "opname"
    assert [b.door for b in much.besluiten] == [SCHOOL]
    assert len(much.evaluaties) == 1
    assert much.plaatsing is not None
    assert [p.partij for p in little.partners] == [SCHOOL, ZORG]
    assert [p.cellen is None for p in little.partners] == [True, False]
    assert G.NUMMER not in (much.partners[1].cellen or ())
    assert [(o.datum.month, o.gehouden) for o in all_of_it.overleggen] == [(10, True), (11, False)]
    assert [p.partij for p in all_of_it.partners] == [SCHOOL, ZORG, ANDER]


def test_a_new_regisseur_sees_what_must_be_done_and_not_by_whom() -> None:
    """Of a partner whom he does not know he sees the action and the decision, and no name."""
    z = stand(
        (SCHOOL, geopend()),
        (SCHOOL, erbij(ZORG, "besluiten")),
        (SCHOOL, erbij(ANDER)),
        (SCHOOL, stap("actie", code="onderzoek", eigenaar=ANDER, uiterlijk="2026-12-01")),
        (ANDER, stap("besluit", namens=VERDER, **BESLUIT)),
        (SCHOOL, stap("regie_aangeboden", aan=ZORG)),
    )
    asked, asks, other = (zaakbeeld(z, wie, DAG) for wie in (ZORG, SCHOOL, ANDER))
    assert (asked.regie_voor_u, asked.regie_aangeboden_aan) == (True, None)
    assert (asks.regie_voor_u, asks.regie_aangeboden_aan) == (False, ZORG)
    assert (other.regie_voor_u, other.regie_aangeboden_aan) == (False, None)
    over = na(z, gezet(*[(SCHOOL, geopend())] * 6, (ZORG, stap("regie_over")))[-1])
    new = zaakbeeld(over, ZORG, DAG)
    assert [a.eigenaar for a in new.acties] == [None]
    assert [(b.door, b.namens) for b in new.besluiten] == [(None, None)]
    assert ANDER not in new.model_dump_json()
    assert [r.partij for r in zaakbeeld(over, ANDER, DAG).regie] == [SCHOOL]
    assert zaakbeeld(over, ANDER, DAG).regie[0].tot is not None


def test_how_it_ended_is_told_to_the_regisseur_and_where_he_went_to_that_place() -> None:
    z = stand(
        (SCHOOL, geopend()),
        (SCHOOL, erbij(ZORG)),
        (ZORG, stap("plaatsing", bestemming="arbeid", bij=ZORG, bevestigd_op="2026-10-03")),
        (SCHOOL, stap("gesloten", reden="geplaatst")),
    )
    assert zaakbeeld(z, SCHOOL, DAG).slotreden == "geplaatst"
    seen = zaakbeeld(z, ZORG, DAG)
    assert seen.slotreden is None
    assert seen.plaatsing is not None


def test_how_help_stands_is_kept_by_who_said_it_and_shown_to_nobody_else() -> None:
    """The last of each counts. Not even the regisseur, who may know all that is in a zaak, is shown it."""
    begun, ended = stap("hulpstand", stand="gestart", maand="2026-04-01"), stap("hulpstand", stand="gestopt")
    z = stand(
        (SCHOOL, geopend()),
        (SCHOOL, erbij(ZORG, "jeugdhulp")),
        (SCHOOL, erbij(ANDER, "jeugdhulp")),
        (ZORG, begun),
        (ANDER, ended),
    )
    shown = {wie: zaakbeeld(z, wie, DAG).hulp for wie in (SCHOOL, ZORG, ANDER)}
    assert shown[SCHOOL] is None
    assert shown[ZORG] == GetoondeHulp(stand=Kopiestand.GESTART, maand=dt.date(2026, 4, 1))
    assert shown[ANDER] == GetoondeHulp(stand=Kopiestand.GESTOPT, maand=None)
    assert bezwaren(z, begun, ZORG, DAG) == ()


def test_the_next_overleg_is_expected_until_one_is_planned() -> None:
    one, other = an_id("o"), an_id("p")
    plan = stap("overleg_gepland", overleg=one, datum="2026-10-02")
    held = stap("overleg_gehouden", overleg=one, datum="2026-10-02", volgende="2026-11-05")
    z = van_school(plan, held)
    assert z.volgend_overleg == dt.date(2026, 11, 5)
    again = stap("overleg_gepland", overleg=other, datum="2026-11-06")
    assert van_school(plan, held, again).volgend_overleg is None
    # one that was planned already is the next one
    assert van_school(plan, again, held).volgend_overleg is None
    off = van_school(plan, again, held, stap("overleg_afgezegd", overleg=other))
    assert (off.gepland, off.volgend_overleg) == ({}, None)


def test_steps_of_before_are_read_without_what_they_could_not_say() -> None:
    """An overleg that was held names no next one, and help rests on nobody else's copies."""
    held = {"soort": "overleg_gehouden", "overleg": an_id("o"), "datum": "2026-10-02"}
    hulp = {"soort": "hulpstand", "stand": "gestart", "maand": "2026-09-01"}
    z = van_school(stap(**held), stap(**hulp))
    assert (z.volgend_overleg, z.hulp[SCHOOL].mede) == (None, None)
