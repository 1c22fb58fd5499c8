"""What very many facts about one leerling cost: everybody else has a turn, and nothing is read twice."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from consent.rules import Cell
from consent.statements import Statements
from gateway.case.case import Cases
from gateway.ports.keys import Vault
from schemas.base import Gegevenscategorie
from schemas.errors import RecordUnavailable
from schemas.people.toestemming import Bereik, ToestemmingFunctie
from schemas.storage.storage import LeerlingRow, Sealed
from tests.builders import P1, P2, a_bereik, a_request, a_toestemming, an_id, an_intrekking
from tests.line import Line, only, persons, story

FACTS = 40
AVG = ToestemmingFunctie.AVG_BASIS


class Counting:
    """A vault that sees how much is opened, and how much between two turns of the event loop."""

    def __init__(self, inner: Vault) -> None:
        self._inner = inner
        self.opened = self.run = self.longest = 0
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def open(self, key: bytes, sealed: Sealed, context: bytes) -> bytes:
        if self.broken:
            raise RecordUnavailable("a key that is gone")
        if self.run == 0:
            asyncio.get_running_loop().call_soon(self._turn)
        self.opened += 1
        self.run += 1
        self.longest = max(self.longest, self.run)
        return self._inner.open(key, sealed, context)

    def _turn(self) -> None:
        self.run = 0


async def cold(line: Line) -> tuple[Cases, Counting, LeerlingRow]:
    """A leerling with many facts, as a gateway that just started has him."""
    leerling = await line.gezag()
    for n in range(FACTS - 1):
        await line.agree(leerling, persons(leerling)[n % 2])
    pushed = await line.push()
    (levering,) = await line.world.storage.leveringen(pushed["uitwisselingId"])
    assert levering.id == only(pushed)
    row = await line.world.storage.leerling(levering.leerling)
    assert row is not None
    counting = Counting(line.world.vault)
    vault: Any = counting
    return Cases(line.world.storage, vault), counting, row


@story()
async def test_a_cold_load_gives_everybody_a_turn(line: Line) -> None:
    """Whatever the number of facts, the same few are opened at once; then somebody else is heard."""
    cases, vault, row = await cold(line)
    case = await cases.load(row)
    assert len(list(case.consents)) == FACTS - 1
    assert vault.opened == FACTS + 1  # and the identity
    assert vault.longest <= 17
    assert await cases.load(row) == case
    assert vault.opened == FACTS + 1


@story()
async def test_two_that_ask_at_once_share_one_load(line: Line) -> None:
    """Also when the first of them goes away meanwhile."""
    cases, vault, row = await cold(line)
    first = asyncio.create_task(cases.load(row))
    others = [asyncio.create_task(cases.load(row)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    found = await asyncio.gather(*others)
    assert found[0] == found[1] == found[2]
    assert vault.opened == FACTS + 1
    with pytest.raises(asyncio.CancelledError):
        await first


@story()
async def test_a_load_that_fails_is_tried_again(line: Line) -> None:
    """Both that wait are told, and who comes later does not get the old failure."""
    cases, vault, row = await cold(line)
    vault.broken = True
    told = await asyncio.gather(cases.load(row), cases.load(row), return_exceptions=True)
    assert [type(each) for each in told] == [RecordUnavailable] * 2
    vault.broken = False
    assert len(list((await cases.load(row)).consents)) == FACTS - 1


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
