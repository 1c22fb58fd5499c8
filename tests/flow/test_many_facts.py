"""What very many facts about one leerling cost: everybody else has a turn, and nothing is read twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.case.case import Cases
from gateway.ports.keys import Vault
from schemas.errors import RecordUnavailable, StateBroken
from schemas.storage.storage import LeerlingRow, Sealed
from tests.line import Line, only, persons, story

FACTS = 40


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
    return Cases(line.world.storage, vault, line.context.rounds.ports.stamps), counting, row


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
    """Two requests at once share one load, even when the first of them goes away meanwhile."""
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
    assert [type(each) for each in told] == [StateBroken] * 2
    vault.broken = False
    assert len(list((await cases.load(row)).consents)) == FACTS - 1
