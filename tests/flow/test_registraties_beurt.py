"""A whole school in one request holds nobody up: others get a turn in between, and what takes long is read
aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from gateway.follow_up.registraties import ASIDE_FROM, MAX_LEERLINGEN
from gateway.runtime.aside import Aside
from schemas.errors import InvalidMessage, MessageTooLarge
from schemas.storage import storage as stored_values
from tests.faults.faulty import FaultyStorage
from tests.flow.test_registraties import KOLOMMEN, csv, shown, take
from tests.line import SCHOOL, Line, recorded, story


class Counted(FaultyStorage):
    """Counts the facts that are written."""

    written = 0

    async def commit(self, change: stored_values.Change) -> stored_values.CommitResult:
        self.written += len(change.facts)
        return await super().commit(change)


@story("memory", wrap=Counted)
async def test_others_get_a_turn_between_two_leerlingen(line: Line) -> None:
    """Also where the store answers at once, and nothing waits of itself."""
    storage = line.world.storage
    assert isinstance(storage, Counted)
    raw = csv(*({"Nr": f"k{n}"} for n in range(40)))
    found = await shown(line, raw, KOLOMMEN)
    seen = [storage.written]

    async def neighbour() -> None:
        while True:
            seen.append(storage.written)
            await asyncio.sleep(0)

    beside = asyncio.ensure_future(neighbour())
    recorded(await take(line, raw, found, kolommen=KOLOMMEN))
    beside.cancel()
    with suppress(asyncio.CancelledError):
        await beside
    assert storage.written - seen[0] == 40
    assert max(b - a for a, b in pairwise(seen)) == 1


class Noted(Aside):
    """Does the work here, and counts how often and what would have to be brought over."""

    calls = brought = 0

    async def __call__(self, work: Callable[..., Any], *given: object, **named: object) -> Any:
        self.calls += 1
        done = work(*given, **named)
        self.brought += 1
        return done


@pytest.mark.parametrize(
    ("columns", "aside"),
    [(KOLOMMEN, 0), (KOLOMMEN + "\n".join(f"k{n} = 1" for n in range(ASIDE_FROM // 8)), 1)],
)
@story("memory")
async def test_columns_that_take_long_to_read_are_read_aside(line: Line, columns: str, aside: int) -> None:
    """They come with the file, and the smallest file can have the largest."""
    noted = Noted()
    registraties = replace(line.context.registraties, aside=noted)
    partij = (await line.context.regels.current()).partijen[SCHOOL]
    with suppress(InvalidMessage):
        await registraties.compare(partij, csv({}), columns.encode())
    assert noted.calls == aside


@story("memory")
async def test_more_than_a_school_has_is_refused_where_it_is_read(line: Line) -> None:
    """One leerling too many: the file is not brought over from the process that read it."""
    noted = Noted()
    registraties = replace(line.context.registraties, aside=noted)
    partij = (await line.context.regels.current()).partijen[SCHOOL]
    rows = [{"Nr": f"k{n}"} for n in range(MAX_LEERLINGEN + 1)]
    with pytest.raises(MessageTooLarge) as refused:
        await registraties.compare(partij, csv(*rows), KOLOMMEN.encode())
    assert [f.code for f in refused.value.faults] == ["registratie.teVeelLeerlingen"]
    assert (noted.calls, noted.brought) == (1, 0)
    found = await registraties.compare(partij, csv(*rows[1:]), KOLOMMEN.encode())
    assert (len(found.regels), noted.brought) == (MAX_LEERLINGEN, 1)
