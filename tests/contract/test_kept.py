"""Rows beside the exchanges: sessions, references, invitations, mail. On every engine."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

from gateway.ports.storage import Storage
from schemas.storage.storage import Keepsoort, Kept
from tests.contract.conftest import Stage
from tests.contract.values import NOW

S = Keepsoort.SESSIE
HOUR = dt.timedelta(hours=1)


def row(ident: str, groep: str = "g", versie: int = 0, until: dt.datetime | None = NOW) -> Kept:
    return Kept(S, ident, groep, versie, until, ident.encode())


def test_a_row_is_found_as_it_was_kept_also_after_a_restart(stage: Stage) -> None:
    """By its soort and id together, with every field of it."""
    forever = row("zonder-einde", until=None)

    async def story(store: Storage) -> None:
        assert await store.keep(row("a"), None)
        assert await store.keep(forever, None)
        assert await store.kept(S, "a") == row("a")
        assert await store.kept(Keepsoort.PERSOON, "a") is None
        assert await store.kept(S, "b") is None

    async def later(store: Storage) -> None:
        assert await store.kept(S, "zonder-einde") == forever

    stage.run(story)
    if stage.engine.lasts:
        stage.run(later)


def test_of_two_that_write_one_row_the_first_counts(stage: Stage) -> None:
    """A new row is not written over, and a next version is only taken from who read the last one."""

    async def story(store: Storage) -> None:
        both = await asyncio.gather(
            store.keep(row("a"), None), store.keep(replace(row("a"), groep="x"), None)
        )
        assert sorted(both) == [False, True]
        second = row("a", versie=1)
        assert sorted(await asyncio.gather(store.keep(second, 0), store.keep(second, 0))) == [False, True]
        assert not await store.keep(row("a", versie=3), 2)
        assert not await store.keep(row("weg", versie=1), 0)
        assert await store.kept(S, "a") == second

    stage.run(story)


def test_one_of_many_forgets_a_row(stage: Stage) -> None:
    """So what is kept can be used once, however many come with it at once."""

    async def story(store: Storage) -> None:
        assert await store.keep(row("a"), None)
        assert sum(await asyncio.gather(*(store.drop(S, "a") for _ in range(8)))) == 1
        assert not await store.drop(S, "a")
        assert await store.keep(row("a"), None)

    stage.run(story)


def test_a_group_is_read_and_forgotten_as_one(stage: Stage) -> None:
    """In the order of the ids, a portion at a time, and nothing of another group or soort."""

    async def story(store: Storage) -> None:
        for ident in ("c", "a", "B", "b"):
            assert await store.keep(row(ident), None)
        assert await store.keep(row("ander", "h"), None)
        assert await store.keep(replace(row("a"), soort=Keepsoort.PERSOON), None)
        assert [r.id for r in await store.kept_in(S, "g", "", 3)] == ["B", "a", "b"]
        assert [r.id for r in await store.kept_in(S, "g", "b", 3)] == ["c"]
        assert await store.kept_in(S, "g", "", 0) == ()
        assert await store.drop_in(S, "g") == 4
        assert await store.drop_in(S, "g") == 0
        assert await store.kept(S, "ander") is not None
        assert await store.kept(Keepsoort.PERSOON, "a") is not None

    stage.run(story)


def test_what_ended_is_forgotten_and_nothing_else(stage: Stage) -> None:
    """At its very end a row is due; one without an end stays."""

    async def story(store: Storage) -> None:
        for n in range(5):
            assert await store.keep(row(f"oud{n}"), None)
        assert await store.keep(row("jong", until=NOW + HOUR), None)
        assert await store.keep(row("altijd", until=None), None)
        assert await store.purge_kept(NOW - HOUR, 10) == 0
        assert await store.purge_kept(NOW, 3) == 3
        assert await store.purge_kept(NOW, 3) == 2
        assert await store.purge_kept(NOW, 3) == 0
        assert await store.purge_kept(NOW + HOUR, 3) == 1
        assert await store.kept(S, "altijd") is not None

    stage.run(story)
