"""What regions do differently can all be said: every value of every axis, and every practice of a card."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

import pytest

from schemas.base import Gegevenscategorie
from schemas.checks.beginselen import check_beginselen
from schemas.messages.arrangement import (
    Arrangement,
    Arrangementstatus,
    Collectief,
    Evaluatiebesluit,
    Onderdeelsoort,
    Publiek,
    Terugkeerdoel,
)
from schemas.messages.deelnemers import Deelnemerrol, Deelnemersoort, Ouderrol, Regieafspraak
from schemas.messages.inrichting import (
    UITVOERING_BIJ,
    Aanbiedersmodel,
    Adviseur,
    Bekostiging,
    Beslisser,
    Besluitvorm,
    Functie,
    Geldhouder,
    Geldstroom,
    Hulpplaats,
    Inrichting,
    Ondersteuningsniveau,
    Rechtsvorm,
    Sector,
    UitgeslotenZorg,
    Uitvoeringsvariant,
    Woonplaatssoort,
    woonplaatsregel,
)
from schemas.messages.onderdelen import Leefgebied
from tests.unit.schemas.arrangementen import KAARTEN
from tests.unit.schemas.bouwstenen import (
    AANBIEDER,
    BUUR,
    OP,
    VERWEG,
    VERZONNEN,
    Json,
    een_arrangement,
    een_collectief,
    een_leerling,
    een_omgeving,
    gegevens,
    lees,
    onderdeel,
    regel,
)


def again(arrangement: Arrangement) -> Arrangement:
    """Dumped as it goes over the line and read back."""
    return Arrangement.model_validate_json(json.dumps(arrangement.inhoud().data))


def met(**inrichting: Any) -> Inrichting:
    return een_arrangement(inrichting=inrichting).inrichting


# --- every value of every axis


def routes(field: str) -> Callable[[str], Arrangement]:
    return lambda v: een_arrangement(inrichting={"toeleiding": [{field: v}]})


def veld(field: str, many: bool = False) -> Callable[[str], Arrangement]:
    return lambda v: een_arrangement(inrichting={field: [v] if many else v})


ASSEN: Final[list[tuple[type[StrEnum], Callable[[str], Arrangement]]]] = [
    (Functie, veld("functies", many=True)),
    (Sector, veld("sectoren", many=True)),
    (Ondersteuningsniveau, veld("niveau")),
    (Beslisser, routes("beslisser")),
    (Besluitvorm, routes("besluitvorm")),
    (Adviseur, routes("adviseur")),
    (
        Hulpplaats,
        lambda v: een_arrangement(inrichting={"plaatsen": [{"plaats": v, "alleenSchooltijd": True}]}),
    ),
    (UitgeslotenZorg, veld("uitgesloten", many=True)),
    (Aanbiedersmodel, lambda v: een_arrangement(inrichting={"aanbieders": {"model": v, "aantal": 2}})),
    (Geldhouder, veld("geldhouder")),
    (Geldstroom, veld("geldstromen", many=True)),
    (Bekostiging, veld("bekostiging")),
    (Uitvoeringsvariant, veld("uitvoeringsvariant")),
    (Rechtsvorm, veld("rechtsvorm")),
    (Woonplaatssoort, lambda v: een_arrangement(inrichting={"woonplaatsregels": [regel(v, VERZONNEN)]})),
    (Ouderrol, lambda v: een_arrangement(ouderrol=v)),
    (Regieafspraak, lambda v: een_arrangement(regieafspraken=[v])),
    (Terugkeerdoel, lambda v: een_arrangement(terugkeerdoel=v)),
    (Arrangementstatus, lambda v: een_arrangement(kern=gegevens()["kern"] | {"status": v})),
    (Evaluatiebesluit, lambda v: een_arrangement(evaluaties=[{"datum": "2026-10-01", "besluit": v}])),
    (Deelnemersoort, lambda v: een_arrangement(partners=[AANBIEDER | {"soort": v}])),
    (Deelnemerrol, lambda v: een_arrangement(partners=[AANBIEDER | {"rollen": [v]}])),
    (Onderdeelsoort, lambda v: een_arrangement(doelen=[onderdeel(1, v, "school", "Tekst.")])),
    (Leefgebied, lambda v: een_arrangement(hulp=[onderdeel(9, "doel", v, "Tekst.")])),
    (Publiek, lambda v: een_arrangement(hulp=[onderdeel(9, "doel", "school", "Tekst.", publiek=[v])])),
]


@pytest.mark.parametrize(
    ("value", "build"),
    [pytest.param(v.value, build, id=f"{axis.__name__} {v}") for axis, build in ASSEN for v in axis],
)
def test_every_value_of_every_axis(value: str, build: Callable[[str], Arrangement]) -> None:
    """Each value can be said, stands on the line as it is spelt, and is read back the same."""
    built = build(value)
    assert again(built) == built
    assert f'"{value}"' in built.model_dump_json()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("schoolpopulatie", {"scholen": ["p1"], "omvang": 955}),
        ("groep", {"scholen": ["p1"], "omvang": 12, "leeftijd": {"vanaf": 4, "totEnMet": 7}}),
        ("aanwezigheid", {"scholen": ["p1"], "fte": "1.5", "urenPerWeek": "8"}),
        (
            "preventief",
            {"vormen": ["observatie", "consultatie", "training", "groepsactiviteit", "oudercontact"]},
        ),
    ],
)
def test_every_kind_of_collectief(kind: str, content: Json) -> None:
    """A population, a class, presence in fte or hours, and prevention without a leerling can each be said."""
    built = een_collectief(kind, content)
    assert again(built) == built
    assert isinstance(built.collectief, Collectief)
    assert getattr(built.collectief, kind) is not None


# --- the cards


@pytest.mark.parametrize("card", KAARTEN)
def test_cards_survive_the_line(card: str) -> None:
    """Each practice is written and read back the same."""
    assert again(KAARTEN[card]) == KAARTEN[card]


def ingang(a: Arrangement) -> set[object]:
    return {x for r in a.inrichting.toeleiding for x in (r.beslisser, r.besluitvorm, r.adviseur)}


def plaatsen(a: Arrangement) -> set[tuple[str, bool, bool]]:
    return {(p.plaats.value, p.alleen_schooltijd, p.alleen_met_beschikking) for p in a.inrichting.plaatsen}


def regels(a: Arrangement) -> set[object]:
    return {r.regel for r in a.inrichting.woonplaatsregels}


def model(a: Arrangement) -> object:
    return a.inrichting.aanbieders and (a.inrichting.aanbieders.model, a.inrichting.aanbieders.aantal)


def spanne(a: Arrangement) -> object:
    s = a.inrichting.leeftijd
    return s and (s.vanaf, s.vanaf_maanden, s.tot_en_met)


def vorm(a: Arrangement) -> str:
    if a.collectief is None:
        return "individueel"
    (kind,) = (
        k for k in ("schoolpopulatie", "groep", "aanwezigheid", "preventief") if getattr(a.collectief, k)
    )
    return kind


W, M = Woonplaatssoort, Aanbiedersmodel
TABEL: Final[list[tuple[str, Callable[[Arrangement], Any], Any]]] = [
    ("S34", vorm, "individueel"),
    ("S01", vorm, "schoolpopulatie"),
    ("S86", vorm, "groep"),
    ("S13", vorm, "aanwezigheid"),
    ("S28", vorm, "preventief"),
    ("S01", ingang, {Beslisser.SCHOOL_EN_AANBIEDER_MET_OUDERS, Besluitvorm.BESCHIKKINGSVRIJ, None}),
    ("S10", ingang, {Beslisser.SCHOOL, Besluitvorm.BESCHIKKINGSVRIJ, None}),
    (
        "S46",
        ingang,
        {Beslisser.WIJKTEAM, Beslisser.SAMENWERKINGSVERBAND, Besluitvorm.TOELAATBAARHEIDSVERKLARING, None},
    ),
    ("S12", ingang, {Beslisser.SPECIALIST_MET_MANDAAT, Besluitvorm.TOEKENNING_OP_MANDAAT, None}),
    ("S16", ingang, {Beslisser.OVERLEG_MET_MANDAAT, None}),
    ("S34", ingang, {Beslisser.OVERLEG_MET_MANDAAT, None}),
    (
        "S08",
        ingang,
        {
            Beslisser.SCHOOL_EN_AANBIEDER_MET_OUDERS,
            Besluitvorm.BESCHIKKINGSVRIJ,
            Beslisser.GEMEENTE,
            Besluitvorm.INDIVIDUELE_BESCHIKKING,
            None,
        },
    ),
    (
        "S51",
        ingang,
        {Beslisser.WIJKTEAM, Beslisser.HUISARTS, Beslisser.JEUGDARTS, Besluitvorm.VERWIJZING, None},
    ),
    ("S49", ingang, {Adviseur.COMMISSIE_VOOR_DE_BEGELEIDING, None}),
    ("S15", ingang, {Beslisser.OVERLEG_MET_MANDAAT, Besluitvorm.PLAATSING, None}),
    ("S11", ingang, {Besluitvorm.VERWIJZING, None}),
    ("S08", plaatsen, {("school", True, False), ("thuis", False, True)}),
    ("S12", plaatsen, {("school", True, False)}),
    ("S01", plaatsen, {("school", False, False), ("thuis", False, False)}),
    ("S10", plaatsen, {("school", False, False), ("thuis", False, False), ("klas", False, False)}),
    ("S07", lambda a: set(a.inrichting.uitgesloten), {UitgeslotenZorg.JEUGD_GGZ, UitgeslotenZorg.VERBLIJF}),
    ("S12", lambda a: set(a.inrichting.uitgesloten), {UitgeslotenZorg.HULP_THUIS}),
    ("S01", model, (M.HOOFDAANBIEDER, None)),
    ("S02", model, (M.TEAM, 6)),
    ("S10", model, (M.RAAMOVEREENKOMST, 16)),
    ("S12", model, (M.PERCELEN, 7)),
    ("S13", model, (M.STADSBREED, 2)),
    ("S15", model, (M.SCHOOL_KIEST, None)),
    ("S01", lambda a: a.inrichting.geldhouder, Geldhouder.AANBIEDER),
    ("S15", lambda a: a.inrichting.geldhouder, Geldhouder.SCHOOL),
    ("S57", lambda a: a.inrichting.geldhouder, Geldhouder.SCHOOL),
    ("S10", lambda a: a.inrichting.geldhouder, Geldhouder.GEMEENTE_MET_TREKKINGSRECHT),
    ("S07", lambda a: a.inrichting.geldhouder, Geldhouder.INTEGRAAL_SCHOOLBUDGET),
    ("S01", lambda a: a.inrichting.rechtsvorm, Rechtsvorm.SUBSIDIE),
    ("S10", lambda a: a.inrichting.rechtsvorm, Rechtsvorm.INKOOP),
    ("S15", regels, {W.ALLEEN_INGEZETENEN}),
    ("S01", regels, {W.ALLEEN_INGEZETENEN, W.GROEPSAANBOD_VOOR_ALLEN}),
    ("S02", regels, {W.ALLEEN_INGEZETENEN, W.GROEPSAANBOD_VOOR_ALLEN}),
    ("S02 klassen", regels, {W.VOORFINANCIEREN_EN_VERREKENEN}),
    ("S07", regels, {W.ALLEN_ONDER_SCHOOLTIJD}),
    ("S13", regels, {W.GEEN_ONDERSCHEID}),
    ("S10", regels, {W.ALLEEN_INGEZETENEN, W.VOORFINANCIEREN_EN_VERREKENEN}),
    ("S52", regels, {W.PER_GEVAL}),
    ("D0", spanne, (2, 6, 23)),
    ("S86", spanne, (4, 0, 7)),
    ("S04", spanne, (4, 0, 12)),
    ("S07", spanne, (4, 0, 18)),
    ("S15", spanne, (4, 0, 18)),
    ("S05", spanne, (4, 0, 20)),
    ("S44", spanne, (16, 0, 23)),
]


@pytest.mark.parametrize(("card", "of", "expected"), TABEL)
def test_the_table_of_practices(card: str, of: Callable[[Arrangement], Any], expected: Any) -> None:
    """What the table of practice parameters says of a card is what the fixture says."""
    assert of(KAARTEN[card]) == expected


def test_cards_one_to_seventeen() -> None:
    """Of the first seventeen practices only S06 is missing: it is a programme and no arrangement."""
    wanted = {f"S{n:02}" for n in range(1, 18)} - {"S06"}
    assert wanted <= KAARTEN.keys()


def test_money_of_a_card_follows_the_model_of_the_source() -> None:
    """A way of paying has one variant, at the level and for the thing paid that the source gives it."""
    assert {b.value: v.value for b, v in UITVOERING_BIJ.items()} == {
        "populatiebekostiging": "taakgericht",
        "functiebekostiging": "taakgericht",
        "productiebekostiging": "inspanningsgericht",
        "resultaatbekostiging": "outputgericht",
    }
    assert [r for r in Rechtsvorm if r.afdwingbaar] == [Rechtsvorm.INKOOP]


@pytest.mark.parametrize(
    ("inrichting", "expected"),
    [
        ({}, False),
        ({"bekostiging": "functiebekostiging"}, True),
        ({"bekostiging": "resultaatbekostiging"}, False),
        ({"uitvoeringsvariant": "taakgericht"}, True),
        ({"bekostiging": "productiebekostiging", "uitvoeringsvariant": "taakgericht"}, True),
    ],
)
def test_paid_for_a_task(inrichting: Json, expected: bool) -> None:
    """What the arrangement says itself goes before what follows from the way of paying."""
    assert met(**inrichting).taakgericht is expected


# --- the fixtures that are about the arrangement


def codes(a: Arrangement, **omgeving: Any) -> set[str]:
    return {b.code for b in check_beginselen(a, OP, een_omgeving(**omgeving))}


def test_f1_school_wide_without_rows_per_leerling() -> None:
    """School-wide help without a beschikking: no toewijzing in it, and a row per leerling is a finding."""
    card = KAARTEN["S01"]
    assert card.toewijzingen == ()
    assert {"P15", "P24"}.isdisjoint(codes(card, verantwoording=[{"niveau": "school", "periode": "2026"}]))
    assert "P24" in codes(card, verantwoording=[{"niveau": "leerling", "periode": "2026"}])


@pytest.mark.parametrize(
    ("card", "gemeente", "on", "expected"),
    [
        ("S01", VERZONNEN, OP, W.ALLEEN_INGEZETENEN),
        ("S01", BUUR, OP, W.GROEPSAANBOD_VOOR_ALLEN),
        ("S01", None, OP, W.GROEPSAANBOD_VOOR_ALLEN),
        ("S01", VERZONNEN, dt.date(2019, 12, 31), None),
        ("S15", BUUR, OP, None),
        ("S17", VERZONNEN, OP, W.ALLEEN_INGEZETENEN),
        ("S17", BUUR, OP, W.PER_GEVAL),
        ("S17", VERWEG, dt.date(2021, 12, 31), None),
        ("S17", VERWEG, dt.date(2022, 1, 1), W.PER_GEVAL),
    ],
)
def test_f2_f3_f13_rule_per_gemeente(
    card: str, gemeente: str | None, on: dt.date, expected: Woonplaatssoort | None
) -> None:
    """In one region the rule depends on the gemeente and the day; the own rule goes before that for all."""
    found = woonplaatsregel(KAARTEN[card].inrichting.woonplaatsregels, gemeente, on)
    assert (found.regel if found else None) == expected


def test_newest_rule_of_a_gemeente_counts() -> None:
    """When two rules of one gemeente hold on a day, the one that began last does, in whatever order."""
    old, new = regel("per_geval", VERZONNEN), regel("geen_onderscheid", VERZONNEN, van="2026-01-01")
    for both in ([old, new], [new, old]):
        found = woonplaatsregel(met(woonplaatsregels=both).woonplaatsregels, VERZONNEN, OP)
        assert found is not None
        assert found.regel is W.GEEN_ONDERSCHEID


def test_f4_two_routes_for_one_leerling() -> None:
    """School time without a beschikking and home with one stand side by side, each with its own decider."""
    school, thuis = KAARTEN["S08"].inrichting.toeleiding
    assert (school.voor_plaatsen, thuis.voor_plaatsen) == ((Hulpplaats.SCHOOL,), (Hulpplaats.THUIS,))
    assert school.besluitvorm != thuis.besluitvorm


def test_f5_granted_by_mandate() -> None:
    """A grant by mandate names the mandate, for whom it is used and since when."""
    (route,) = KAARTEN["S12"].inrichting.toeleiding
    assert route.mandaat is not None
    assert (route.mandaat.namens, route.mandaat.van) == ("p3", dt.date(2018, 1, 1))


def test_f6_one_table_several_laws() -> None:
    """A table with a mandate may spend money of three laws; without names and mandates it may not decide."""
    card = KAARTEN["S34"]
    assert {g.value for g in card.inrichting.geldstromen} == {"jeugdwet", "wmo", "wlz"}
    assert "P27" in codes(card)
    assert "P27" not in codes(KAARTEN["S16"])


def test_f7_closing_waits_for_a_place() -> None:
    """Dagbesteding ends only when the next place has confirmed it."""
    data = json.loads(KAARTEN["S39"].model_dump_json(exclude_defaults=True))
    ends = {"datum": "2026-11-01", "plaatsing": {"soort": "regulier_onderwijs"}}
    assert "P19" in codes(lees(data | {"afsluiting": ends}))
    ends["plaatsing"] = {"soort": "regulier_onderwijs", "bevestigdOp": "2026-10-31"}
    assert "P19" not in codes(lees(data | {"afsluiting": ends}))


@pytest.mark.parametrize(("birth", "reader"), [("2008-11-03", "ouders"), ("2008-11-02", "leerling")])
def test_f8_turning_eighteen(birth: str, reader: str) -> None:
    """Until the eighteenth birthday ouders see the plan, from that day the student does."""
    mine = een_arrangement(
        individueel=een_leerling(geboortedatum=birth) | {"aanTafel": True},
        doelen=[d | {"publiek": [reader]} for d in gegevens()["doelen"]],
    )
    assert codes(mine) == set()


def test_f9_f16_what_never_or_hardly_leaves() -> None:
    """No number and no other person leaves; a secret address and who pays for it are about safety at home."""
    category = {b.pad: b.categorie for b in Arrangement.bladen}
    assert category["individueel.leerling.bsn"] is Gegevenscategorie.NUMMER
    assert category["individueel.leerling.geheimadres"] is Gegevenscategorie.GEZIN_VEILIGHEID
    assert category["individueel.gemeente"] is Gegevenscategorie.GEZIN_VEILIGHEID
    assert {c for p, c in category.items() if p.startswith("personen[]")} == {Gegevenscategorie.DERDEN}


def test_f11_collective_to_individual_on_a_date() -> None:
    """The collective version ends the day before the individual one begins: two arrangements, no gap."""
    before, after = KAARTEN["S10"], KAARTEN["S11"]
    assert before.kern.einddatum == dt.date(2021, 7, 31)
    assert after.kern.ingangsdatum == dt.date(2021, 8, 1)
    assert before.individueel is None
    assert after.collectief is None


def test_f14_farm_without_brin() -> None:
    """A farm takes part by a number of another kind, and counts as care."""
    (farm,) = KAARTEN["S43"].partners
    assert [i.soort for i in farm.identificaties] == ["kvk"]
    assert "P01" not in codes(KAARTEN["S43"])


def test_f15_name_of_a_class_is_health() -> None:
    """What a class is called can tell a diagnosis: it has the gravest category of its kind."""
    category = {b.pad: b.categorie for b in Arrangement.bladen}
    assert category["collectief.aanduiding"] is Gegevenscategorie.GEZONDHEID
    assert category["inrichting.niveau"] is Gegevenscategorie.GEZONDHEID


def test_a_grant_stays_on_the_care_side() -> None:
    """Everything of a toewijzing is jeugdhulp, so a school has it only when that was agreed to."""
    grants = {b.categorie for b in Arrangement.bladen if b.pad.startswith("toewijzingen[].")}
    assert grants == {Gegevenscategorie.JEUGDHULP}
