"""An index over statements says nothing that the statements themselves do not say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from consent.rules import AVG, Cell
from consent.statements import CELLS, Group, Own, Statements
from schemas.base import Gegevenscategorie
from schemas.people.toestemming import Bereik
from tests.builders import P1, P2, STATED, a_bereik, a_request, a_toestemming, an_id, an_intrekking


def test_grouped_by_person_newest_first() -> None:
    """Per person, in one group per function and scope, the newest first; until an instant, none after it."""
    old = a_toestemming(P1)
    new = an_intrekking(old)
    said = Statements([old, a_toestemming(P2)]).plus(new)
    assert list(said) == [old, a_toestemming(P2), new]
    assert set(said.people) == {P1, P2}
    (group,) = said.by(P1)
    assert group.events == (new, old)
    assert list(group.until(STATED)) == [old]
    assert list(said.by("somebody else")) == []
    assert Statements.of(said) is said


def test_a_cell_reads_the_groups_once_and_not_again_after_a_new_statement() -> None:
    """One statement more costs one look at its own cells, however many others there are."""

    class Asked(Cell):
        looks = 0

        def misses(self, bereik: Bereik) -> Any:
            Asked.looks += 1
            return super().misses(bereik)

    request = a_request(Gegevenscategorie.CONTACT)
    cell = Asked(request.richting, request.doel, Gegevenscategorie.CONTACT, request.ontvanger)
    every = [c for c in Gegevenscategorie if c is not Gegevenscategorie.CONTACT][:8]
    said = Statements(
        a_toestemming(
            P1,
            id=an_id(f"cel {n}"),
            bereik=a_bereik(categorieen=tuple(c for i, c in enumerate(every) if n >> i & 1)),
        )
        for n in range(1, 200)
    )
    assert said.by(P1).covering(AVG, cell) == []
    assert Asked.looks == 199
    assert said.by(P1).covering(AVG, cell) == []
    assert Asked.looks == 199
    one = a_toestemming(P1, id=an_id("erbij"), bereik=a_bereik(categorieen=(Gegevenscategorie.CONTACT,)))
    more = said.plus(one)
    assert [g.events for g in more.by(P1).covering(AVG, cell)] == [(one,)]
    assert Asked.looks == 200
    assert said.by(P1).covering(AVG, cell) == []


def test_added_one_by_one_is_the_same_as_at_once() -> None:
    """In whichever order it is said and whoever says it: the groups and what is newest are the same."""
    at = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
    said = []
    for n in range(30):
        person = (P1, P2)[n % 2]
        given = a_toestemming(
            person,
            id=an_id(f"los {n}"),
            moment=at + dt.timedelta(microseconds=(n * 7) % 11),
            bereik=a_bereik(categorieen=(list(Gegevenscategorie)[n % 3],)),
        )
        said.append(an_intrekking(given, moment=given.moment) if n % 5 == 0 else given)
    whole, grown = Statements(said), Statements()
    for one in said:
        grown = grown.plus(one)
    assert list(grown) == list(whole)
    for person in (P1, P2):
        assert list(grown.by(person)) == list(whole.by(person))


def test_only_so_many_cells_are_remembered() -> None:
    """More than that are found by reading, each time, and found right."""
    one = a_toestemming(P1)
    own, looks = Own({(AVG, one.bereik): Group(AVG, one.bereik, (one,))}), 0

    @dataclass(frozen=True)
    class Asked:
        number: int

        def misses(self, bereik: Bereik) -> tuple[int, ...]:
            nonlocal looks
            looks += 1
            return () if bereik == one.bereik else (1,)

    for number in [*range(CELLS + 2)] * 2:
        assert [g.events for g in own.covering(AVG, Asked(number))] == [(one,)]
    assert looks == CELLS + 2 + 2
