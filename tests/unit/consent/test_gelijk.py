"""What is weighed once for categories that nobody tells apart is what is weighed for each."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from consent.agenda import Facts, questions
from consent.gelijk import Gezegd, kenmerk
from consent.rules import AVG, State
from consent.signers import signers
from consent.standen import stands_of
from consent.statements import Statements
from consent.te_vragen import missing, to_ask
from consent.verdict import by_consent, cell_of
from schemas.base import NOOIT
from schemas.base import Gegevenscategorie as G
from tests.builders import NOW, P1, a_bereik, a_request, a_toestemming, authorities, beleid
from tests.unit.consent.test_decide_properties import Situation, situations


@given(situations)
def test_each_category_is_weighed_as_if_it_were_alone(situation: Situation) -> None:
    request, consents, who, policy, as_of = situation
    said = Statements(consents)
    gezegd = Gezegd(said, who, policy, as_of)
    for categorie in G:
        if categorie not in NOOIT:
            assert gezegd(request, categorie) == by_consent(request, categorie, said, who, policy, as_of)


@given(situations)
def test_people_are_asked_of_each_category_as_if_it_were_alone(situation: Situation) -> None:
    request, consents, who, policy, as_of = situation
    facts = Facts(Statements(consents), who, policy)
    cells = [cell_of(request, c, policy) for c in G if c not in NOOIT]
    asked = {(v.persoon, v.functies, c) for v in questions(cells, facts, as_of) for c in v.bereik.categorieen}
    assert asked == {
        (persoon, tuple(sorted(functies)), cell.categorie)
        for cell in cells
        for persoon, functies in to_ask(cell, facts.said, who, policy, as_of).items()
    }


@given(situations)
def test_who_is_silent_is_found_as_by_weighing_what_he_said(situation: Situation) -> None:
    request, consents, who, policy, as_of = situation
    said = Statements(consents)
    for whole in (cell_of(request, c, policy) for c in G if c not in NOOIT):
        for cell in (whole, replace(whole, helft=frozenset({AVG}))):
            needed = signers(cell, who, policy, as_of)
            stands = stands_of(needed, needed.required, cell, said, who, policy, as_of)
            unsaid = [p for p, s in stands.items() if s.state in (State.MISSING, State.ELSEWHERE)]
            assert list(missing(cell, said, who, policy, as_of)) == unsaid


def test_what_a_statement_names_apart_is_told_apart() -> None:
    apart = a_toestemming(P1, bereik=a_bereik(categorieen=(G.CONTACT,)))
    of = kenmerk(Statements([apart]), authorities())
    others = [c for c in G if c.niveau == G.CONTACT.niveau and c is not G.CONTACT]
    assert others, "categories of one level"
    assert of(G.CONTACT) not in {of(c) for c in others}
    assert len({of(c) for c in others}) == 1


def test_what_is_said_later_is_counted_as_if_it_was_there_at_once() -> None:
    first = a_toestemming(P1, bereik=a_bereik(categorieen=(G.CONTACT, G.DOELEN)))
    second = a_toestemming(P1, bereik=a_bereik(categorieen=(G.DOELEN,)), uitdrukkelijk=(G.GEZONDHEID,))
    before = Statements([first])
    assert before.categories == {frozenset({G.CONTACT, G.DOELEN})}
    at_once = Statements([first, second]).categories
    assert before.plus(second).categories == at_once
    assert Statements([first]).plus(second).categories == at_once
    assert len(at_once) == 3


def test_an_answer_is_kept_apart_for_what_waits() -> None:
    who, policy = authorities(), beleid()
    elsewhere = a_toestemming(P1, bereik=a_bereik(categorieen=(G.DOELEN,)))
    gezegd = Gezegd(Statements([elsewhere]), who, policy, NOW)
    for waits in (False, True, False):
        asked = a_request(G.CONTACT, wacht=waits)
        assert gezegd(asked, G.CONTACT) == by_consent(
            asked, G.CONTACT, Statements([elsewhere]), who, policy, NOW
        )
