"""The parts of a plan: each goes its own way, stands firm once set, and changes by a next version only."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.checks.oppverloop import (
    GELDEND,
    HANDELINGSDEEL,
    PERSPECTIEF,
    TEKSTEN,
    VAST,
    bijstellen,
    ongewijzigd,
    overgang,
    stand,
)
from schemas.messages.opp import Handelingsdeel, Ontwikkelingsperspectief, Perspectief, Plandeel, Planstatus
from schemas.messages.vertaling import Bevinding
from tests.builders import an_opp
from tests.unit.schemas.plannen import Json, een_plan, handelingsdeel, perspectief

DAY: Final = dt.date(2026, 10, 1)
WAYS: Final = {
    "perspectief": {
        "concept": "in_overleg afgesloten",
        "in_overleg": "concept vastgesteld afgesloten",
        "vastgesteld": "in_evaluatie bijgesteld afgesloten",
        "in_evaluatie": "vastgesteld bijgesteld afgesloten",
        "bijgesteld": "",
        "afgesloten": "",
    },
    "handelingsdeel": {
        "concept": "in_overleg afgesloten",
        "in_overleg": "concept wacht_op_instemming afgesloten",
        "wacht_op_instemming": "in_overleg vastgesteld geen_instemming afgesloten",
        "geen_instemming": "in_overleg afgesloten",
        "vastgesteld": "in_evaluatie bijgesteld afgesloten",
        "in_evaluatie": "vastgesteld bijgesteld afgesloten",
        "bijgesteld": "",
        "afgesloten": "",
    },
}
"""The life cycle, written out."""


def part(name: str, status: str, **kw: Any) -> Plandeel:
    make: Any = perspectief if name == "perspectief" else handelingsdeel
    made = an_opp(**make(vaststelling={"status": status, "versie": 2, "datum": "2026-09-01"}, **kw))
    found = made.perspectief if name == "perspectief" else made.handelingsdeel
    assert found is not None
    return found


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("now", Planstatus)
@pytest.mark.parametrize("to", Planstatus)
def test_ways(name: str, now: Planstatus, to: Planstatus) -> None:
    """A part goes where the table says and nowhere else, and keeps its content and version."""
    before = part(name, now.value)
    after = overgang(before, to, DAY, ("directeur",))
    if to.value in WAYS[name].get(now.value, "").split():
        assert isinstance(after, Plandeel)
        assert stand(after).model_dump() == {
            "status": to,
            "versie": 2,
            "datum": DAY,
            "personen": ("directeur",),
        }
        assert after.model_copy(update={"vaststelling": None}) == before.model_copy(
            update={"vaststelling": None}
        )
    else:
        assert after == Bevinding("opp.overgang", f"{name}.vaststelling.status", TEKSTEN["opp.overgang"])


def test_tables_are_those_of_the_life_cycle() -> None:
    """The two tables are the ones written out above: only the handelingsdeel waits for instemming."""
    for name, table in (("perspectief", PERSPECTIEF), ("handelingsdeel", HANDELINGSDEEL)):
        assert {s.value: {n.value for n in to} for s, to in table.items()} == {
            s: set(to.split()) for s, to in WAYS[name].items()
        }


@pytest.mark.parametrize(
    ("name", "now", "kw", "code"),
    [
        ("perspectief", "in_overleg", {"oogo": None}, "opp.zonder_overleg"),
        ("perspectief", "in_overleg", {"oogo": {"datum": "2026-10-02"}}, "opp.zonder_overleg"),
        ("handelingsdeel", "wacht_op_instemming", {"instemming": None}, "opp.zonder_instemming"),
        (
            "handelingsdeel",
            "wacht_op_instemming",
            {"instemming": {"status": "geweigerd"}},
            "opp.zonder_instemming",
        ),
        (
            "handelingsdeel",
            "wacht_op_instemming",
            {"instemming": {"status": "gevraagd"}},
            "opp.zonder_instemming",
        ),
    ],
)
def test_what_must_come_first(name: str, now: str, kw: Json, code: str) -> None:
    """Overleg comes before the perspectiefdeel is set and instemming before the handelingsdeel is."""
    found = overgang(part(name, now, **kw), Planstatus.VASTGESTELD, DAY)
    assert isinstance(found, Bevinding)
    assert found.code == code


def test_a_refused_overleg_is_no_veto() -> None:
    """The school may set the perspectiefdeel though ouders did not agree."""
    talked = part(
        "perspectief", "in_overleg", oogo={"datum": "2026-09-20", "resultaat": "geen_overeenstemming"}
    )
    assert isinstance(overgang(talked, Planstatus.VASTGESTELD, DAY), Perspectief)


def test_not_back_in_time() -> None:
    """A step lies on or after the one before; a part without a state begins as a concept of version one."""
    found = overgang(part("perspectief", "concept"), Planstatus.IN_OVERLEG, dt.date(2026, 8, 31))
    assert isinstance(found, Bevinding)
    assert found.code == "opp.terug_in_tijd"
    fresh = overgang(Handelingsdeel(), Planstatus.IN_OVERLEG, DAY)
    assert isinstance(fresh, Handelingsdeel)
    assert stand(fresh).versie == 1


@given(st.lists(st.sampled_from(Planstatus), max_size=12), st.sampled_from(sorted(WAYS)))
def test_set_content_never_changes_on_any_road(road: list[Planstatus], name: str) -> None:
    """Whatever steps are tried, the content of a set part stays the same and an ended part stays ended."""
    now = part(name, "vastgesteld")
    for to in road:
        ended = not (PERSPECTIEF | HANDELINGSDEEL)[stand(now).status]
        after = overgang(now, to, DAY)
        assert not (ended and isinstance(after, Plandeel))
        if isinstance(after, Plandeel):
            assert ongewijzigd(now, after) == ()
            now = after
        assert stand(now).status in VAST


@pytest.mark.parametrize("status", Planstatus)
@pytest.mark.parametrize("name", WAYS)
def test_what_stands_firm(name: str, status: Planstatus) -> None:
    """Changed content of a set part is a finding at its field; of a part in the making it is not."""
    before = part(name, status.value)
    field, place = (
        ("onderbouwing", "perspectief.onderbouwing")
        if name == "perspectief"
        else ("praktijkvorming", "handelingsdeel.praktijkvorming")
    )
    changed = before.model_copy(update={field: "Iets anders."})
    found = [(b.code, b.place) for b in ongewijzigd(before, changed)]
    assert found == ([("opp.onveranderlijk", place)] if status in VAST else [])
    assert "anders" not in str(ongewijzigd(before, changed))


def test_what_stands_firm_does_not_go_back() -> None:
    """A set part that comes back as a concept of the same version is a finding; a next version is not."""
    before = part("handelingsdeel", "vastgesteld")
    back = before.model_copy(
        update={"vaststelling": stand(before).model_copy(update={"status": Planstatus.CONCEPT})}
    )
    assert [b.code for b in ongewijzigd(before, back)] == ["opp.overgang"]
    following = stand(before).model_copy(update={"versie": 3, "status": Planstatus.CONCEPT})
    assert ongewijzigd(before, before.model_copy(update={"vaststelling": following})) == ()


def test_next_version() -> None:
    """Bijstellen gives a concept with the next number, to be talked over and agreed with anew."""
    now = een_plan()
    following = bijstellen(now, DAY)
    assert isinstance(following, Ontwikkelingsperspectief)
    assert following.plan is not None
    assert (following.plan.versie, following.plan.vorige_versie) == (2, 1)
    assert following.plan.status is Planstatus.CONCEPT
    assert now.plan is not None
    assert following.plan.id == now.plan.id
    assert following.perspectief is not None
    assert following.handelingsdeel is not None
    assert (following.perspectief.oogo, following.handelingsdeel.instemming) == (None, None)
    for part_ in (following.perspectief, following.handelingsdeel):
        assert (stand(part_).status, stand(part_).versie, stand(part_).datum) == (Planstatus.CONCEPT, 2, DAY)
    assert now == een_plan()


def test_one_part_alone() -> None:
    """A part that is not adjusted keeps its state and version; a plan without versions gets two."""
    now = een_plan(plan={"status": "vastgesteld"})
    following = bijstellen(now, DAY, frozenset({"perspectief"}))
    assert isinstance(following, Ontwikkelingsperspectief)
    assert following.handelingsdeel == now.handelingsdeel
    assert following.plan is not None
    assert following.plan.versie == 2
    without = bijstellen(een_plan(plan=None), DAY, frozenset({"handelingsdeel"}))
    assert isinstance(without, Ontwikkelingsperspectief)
    assert without.perspectief == now.perspectief
    assert without.plan is not None
    assert without.plan.vorige_versie == 1


@pytest.mark.parametrize("status", Planstatus)
def test_only_what_holds_is_adjusted(status: Planstatus) -> None:
    """A part that is not in use, or not there, cannot be adjusted: all reasons are given at once."""
    opp = een_plan(**perspectief(vaststelling={"status": status.value}), handelingsdeel=None)
    found = bijstellen(opp, DAY)
    assert isinstance(found, tuple)
    places = ["handelingsdeel"] if status in GELDEND else ["perspectief", "handelingsdeel"]
    assert [(b.code, b.place) for b in found] == [("opp.niet_geldend", p) for p in places]


@pytest.mark.parametrize(
    "stem",
    [
        {},
        {"datum": "2026-09-05", "vervolg": "Zit nu vooraan."},
        {"nietGehoordReden": "Wilde niet.", "eigenWoorden": "Nee."},
        {"nietGehoordReden": "Wilde niet.", "vorm": "gesprek"},
        {"nietGehoordReden": "Wilde niet.", "vervolg": "Later opnieuw."},
        {"nietGehoordReden": "Wilde niet.", "gehoordDoor": "mentor"},
    ],
    ids=lambda s: "+".join(s) or "leeg",
)
def test_heard_or_not_heard(stem: Json) -> None:
    """A leerling was heard, or was not and it says why: both or neither is refused."""
    with pytest.raises(ValidationError) as caught:
        an_opp(leerlingStem=[stem])
    assert {e["type"] for e in caught.value.errors()} == {"gehoord"}


@pytest.mark.parametrize(
    "stem", [{"vorm": "tekening"}, {"eigenWoorden": "Nee."}, {"nietGehoordReden": "Wilde niet."}]
)
def test_heard_in_any_form(stem: Json) -> None:
    """A drawing without words is being heard too."""
    assert an_opp(leerlingStem=[stem]).leerling_stem


@pytest.mark.parametrize("known", [True, False])
def test_unknown_is_no_answer(known: bool) -> None:
    """Who represents a leerling is said or unknown, not both; unknown alone is allowed."""
    with pytest.raises(ValidationError):
        an_opp(
            gezag=[{"persoon": {"achternaam": "F"}, "wettelijkVertegenwoordiger": known, "onbekend": True}]
        )
    (who,) = an_opp(
        gezag=[{"persoon": {"achternaam": "F"}, "onbekend": True, "bron": "LAS", "peildatum": "2026-09-01"}]
    ).gezag
    assert who.wettelijk_vertegenwoordiger is None
