"""A message is built up from what was permitted: nothing is added, nothing forbidden passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide
from consent.minimise import bound, minimise, number_fields, numbered, ordinary, present
from schemas.base import NOOIT
from schemas.decision.decision import Permit
from schemas.errors import InvalidMessage
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import (
    NOW,
    P1,
    P2,
    a_bsn,
    a_request,
    a_terugkoppeling,
    a_toestemming,
    an_opp,
    authorities,
    beleid,
)
from tests.strategies import inhouden

GOES = decide(a_request(), [a_toestemming(P1), a_toestemming(P2)], authorities(), (), None, beleid(), NOW)


def permit_for(*velden: str) -> Permit:
    """A permit with any fields, also ones that a decision would never let through."""
    permit = GOES.model_copy(update={"released": velden}).permit
    assert permit is not None
    return permit


def leaves_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path with `[]`, value) of every leaf, written apart from the code under test."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves_of(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves_of(item, f"{path}[]")
    else:
        yield path, value


@st.composite
def messages_and_permits(draw: st.DrawFn) -> tuple[Inhoud, Permit]:
    soort = draw(st.sampled_from(sorted(BERICHTEN)))
    inhoud = draw(inhouden(soort))
    paden = [b.pad for b in BERICHTEN[soort].bladen]
    there = sorted({p for p, _ in leaves_of(inhoud.data)}) or paden
    velden = draw(st.lists(st.one_of(st.sampled_from(there), st.sampled_from(paden)), max_size=40))
    return inhoud, permit_for(*velden)


@given(messages_and_permits())
def test_never_adds(case: tuple[Inhoud, Permit]) -> None:
    """What leaves stood at the same path, is permitted, may leave at all and keeps its order."""
    inhoud, permit = case
    category = {b.pad: b.categorie for b in BERICHTEN[inhoud.soort].bladen}
    releasable = minimise(inhoud, permit)
    original = list(leaves_of(inhoud.data))
    out = list(leaves_of(releasable.inhoud))
    wanted = [(p, v) for p, v in original if p in permit.velden and category[p] not in NOOIT]
    assert sorted(out) == sorted(wanted)
    for path in {p for p, _ in out}:
        assert [v for p, v in out if p == path] == [v for p, v in original if p == path]
    assert set(releasable.velden) == {p for p, _ in out}
    assert len(set(releasable.velden)) == len(releasable.velden)
    assert releasable.decision_id == permit.decision_id


@given(messages_and_permits())
def test_idempotent(case: tuple[Inhoud, Permit]) -> None:
    """Minimising what was minimised, with the same permit, changes nothing."""
    inhoud, permit = case
    once = minimise(inhoud, permit)
    assert minimise(Inhoud(inhoud.soort, once.inhoud), permit) == once


@given(messages_and_permits())
def test_fewer_fields_give_a_part(case: tuple[Inhoud, Permit]) -> None:
    """Minimising to fewer fields, at once or in two steps, gives the same."""
    inhoud, permit = case
    fewer = permit_for(*sorted(permit.velden)[::2])
    wide = Inhoud(inhoud.soort, minimise(inhoud, permit).inhoud)
    assert minimise(wide, fewer) == minimise(inhoud, fewer)


@given(messages_and_permits())
def test_bound_keeps_what_minimise_would(case: tuple[Inhoud, Permit]) -> None:
    """What is kept while it waits is what minimise lets through, and `present` tells its fields."""
    inhoud, permit = case
    kept = bound(inhoud, permit.velden - number_fields(inhoud.soort))
    assert kept.data == minimise(inhoud, permit).inhoud
    assert set(present(kept)) == {p for p, _ in leaves_of(kept.data)}
    assert set(present(inhoud)) == {p for p, _ in leaves_of(inhoud.data)}


@pytest.mark.parametrize("soort", sorted(BERICHTEN))
def test_never_categories_stay_home_though_permitted(soort: str) -> None:
    """With a permit for every field there is, no number, third person or origin passes; the number of the
    leerling neither, as long as no rule gives it.
    """
    filled = {"ontwikkelingsperspectief": an_opp().inhoud(), "terugkoppeling": a_terugkoppeling().inhoud()}
    inhoud = filled.get(soort, Inhoud(soort, dict(VOORBEELDEN[soort])))
    if number_fields(soort):
        inhoud.data["persoonsnummer"] = {"bsn": a_bsn()}
    category = {b.pad: b.categorie for b in BERICHTEN[soort].bladen}
    assert NOOIT & {category[p] for p in present(inhoud)} or NOOIT.isdisjoint(category.values())
    releasable = minimise(inhoud, permit_for(*category))
    assert not NOOIT & {category[p] for p in releasable.velden}
    assert set(releasable.velden) == {p for p in present(inhoud) if category[p] not in NOOIT}
    assert a_bsn() not in str(releasable)


def test_unlabelled_field_stays_home() -> None:
    """A field the shared schema does not know is not copied, whatever the permit says."""
    inhoud = Inhoud("terugkoppeling", {"status": "gestart", "opmerking": "vrije tekst"})
    releasable = minimise(inhoud, permit_for("status", "opmerking"))
    assert releasable.inhoud == {"status": "gestart"}


def test_definition_order() -> None:
    """What leaves stands in the order of the schema, also when it was staged in another order."""
    inhoud = Inhoud(
        "terugkoppeling", {"adviezen": ["vaste_plek"], "sinds": "2026-10-01", "status": "gestart"}
    )
    releasable = minimise(inhoud, permit_for("status", "sinds", "adviezen[]"))
    assert list(releasable.inhoud) == ["status", "sinds", "adviezen"]
    assert releasable.velden == ("status", "sinds", "adviezen[]")


def test_empty_and_absent_are_nothing() -> None:
    """An absent value or an empty list is no field: it is not there and does not leave."""
    inhoud = Inhoud("terugkoppeling", {"status": "gestart", "sinds": None, "adviezen": []})
    assert present(inhoud) == ("status",)
    assert minimise(inhoud, permit_for("status", "sinds", "adviezen[]")).inhoud == {"status": "gestart"}


SPACED = f"{a_bsn(1)[:4]} {a_bsn(1)[4:6]} {a_bsn(1)[6:]}"
WRONG = str(int(a_bsn(1)) + 1)


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        (f"Bel over {a_bsn(1)}.", True),
        (f"BSN:{SPACED}", True),
        (f"{SPACED.replace(' ', '-')}", True),
        (f"{SPACED.replace(' ', '.')}", True),
        (f"Zoë heeft {SPACED}.", True),
        ("".join(chr(ord(c) + 0xFEE0) for c in a_bsn(1)), True),
        (f"Kenmerk {WRONG}", False),
        (f"Zoë heeft {WRONG}.", False),
        (f"1{a_bsn(1)}", False),
        ("Al 12 weken, 3 keer per week.", False),
    ],
)
def test_a_number_in_free_text_stops_it(text: str, stops: bool) -> None:
    """A possible BSN is told by its place, also with points, spaces or hyphens between, never the value."""
    inhoud = Inhoud("hulpvraag", {"vraag": text, "urgentie": "snel"})
    assert numbered(inhoud) == (("vraag",) if stops else ())
    permit = permit_for("vraag", "urgentie")
    if not stops:
        assert minimise(inhoud, permit).inhoud == inhoud.data
        return
    with pytest.raises(InvalidMessage) as caught:
        minimise(inhoud, permit)
    assert [(f.code, f.place) for f in caught.value.faults] == [("BSN_NOT_ALLOWED", "/vraag")]
    assert not any(part in str(caught.value) for part in (a_bsn(1), SPACED))
    assert minimise(inhoud, permit_for("urgentie")).inhoud == {"urgentie": "snel"}


def test_a_number_in_a_list_is_found_and_what_a_system_fills_in_is_not_text() -> None:
    """In any item of a list; a field that is no free text is left to its own form."""
    plan = {
        "handelingsdeel": {
            "doelen": [{"omschrijving": "Lezen"}, {"omschrijving": a_bsn(2)}, {"status": "open"}]
        }
    }
    assert numbered(Inhoud("ontwikkelingsperspectief", plan)) == ("handelingsdeel.doelen[].omschrijving",)
    assert numbered(Inhoud("hulpvraag", {"contactpersoon": {"telefoon": a_bsn(1)}, "vraag": 7})) == ()
    assert numbered(Inhoud("ontwikkelingsperspectief", {"handelingsdeel": {"doelen": "geen lijst"}})) == ()


@pytest.mark.parametrize("odd", [{"diep": "Geheim17"}, ["Geheim17"], [{"diep": "Geheim17"}]])
def test_never_copies_a_container(odd: Any) -> None:
    """Whatever stands at the place of a leaf, only one value or a list of them is copied."""
    inhoud = Inhoud("hulpvraag", {"vraag": odd, "urgentie": "snel"})
    assert minimise(inhoud, permit_for("vraag", "urgentie")).inhoud == {"urgentie": "snel"}
    several = Inhoud("ontwikkelingsperspectief", {"leerlingStem": [{"datum": odd}]})
    assert "Geheim17" not in str(minimise(several, permit_for("leerlingStem[].datum")).inhoud)


LEEF = "handelingsdeel.doelen[].leefgebied"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (["school", "thuis_gezin"], True),
        (["school", "gezondheid"], False),
        (["veiligheid"], False),
        ([], True),
    ],
)
def test_a_code_counts_as_level_3_by_what_it_says(said: list[str], plain: bool) -> None:
    """One value of health or safety in a list makes all of that field level 3, for it goes as a whole."""
    goals = [{"leefgebied": s, "omschrijving": "Fictief."} for s in said]
    inhoud = Inhoud("ontwikkelingsperspectief", {"handelingsdeel": {"doelen": goals}})
    assert (LEEF in ordinary(inhoud)) is plain


def test_a_text_is_never_known_to_be_ordinary() -> None:
    """Only a person can say that of a text, and of a message without such a code there is nothing to say."""
    assert ordinary(Inhoud("hulpvraag", {"vraag": "Fictief."})) == frozenset()


def test_a_container_that_is_none_says_nothing() -> None:
    """What stands at the place of a list or a part and is none of it holds no code."""
    odd = Inhoud("gezamenlijk_plan", {"doelen": ["gezondheid", {"leefgebied": "gezondheid"}]})
    assert ordinary(odd) == frozenset()
    assert ordinary(Inhoud("gezamenlijk_plan", {"doelen": "gezondheid"})) == {"doelen[].leefgebied"}


@pytest.mark.parametrize("odd", ["x", 1, {}, ["x"], [1], [None], [[]], {"doelen": "x"}])
def test_what_is_no_container_has_nothing_in_it(odd: Any) -> None:
    """Whatever stands where parts belong: nothing of it is copied or named, and nothing stumbles."""
    every = frozenset(b.pad for b in BERICHTEN["ontwikkelingsperspectief"].bladen)
    for name in ("school", "leerlingStem", "handelingsdeel"):
        inhoud = Inhoud("ontwikkelingsperspectief", {name: odd})
        assert bound(inhoud, every).data == {}
        assert present(inhoud) == ()
        assert numbered(inhoud) == ()
