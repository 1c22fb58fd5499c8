"""Where a leaf stands, in which order things are seen, by which numbers a partij pages: on every engine."""

from __future__ import annotations

import asyncio

from gateway.ports.storage import Storage
from schemas.exchange.taak import Taakstatus
from schemas.storage.storage import FIRST_TAAK, Change, Committed, TaakWrite
from tests.contract.conftest import Stage
from tests.contract.values import (
    NOW,
    SCHOOL,
    ZORG,
    a_leerling,
    delivery,
    fresh_id,
    leaf,
    taak,
    uitwisseling,
)

OTHER_ZORG = "agb:99999902"


def test_a_leaf_is_found_by_its_id(stage: Stage) -> None:
    """A commit says which leaves it has; the log has each where it says it stands, and knows no other."""

    async def story(store: Storage) -> None:
        leaves = [leaf() for _ in range(5)]
        await store.commit(Change(leaves=tuple(leaves[:2])))
        result = await store.commit(Change(leaves=tuple(leaves[2:])))
        assert result == Committed(tuple(one.id for one in leaves[2:]))
        asked = [leaves[4].id, fresh_id(), leaves[0].id]
        last, unknown, first = await store.positions_of(asked)
        assert unknown is None
        assert last is not None
        assert first is not None
        for position, one in ((last, leaves[4]), (first, leaves[0])):
            (entry,) = await store.entries(position, 1)
            assert entry.canonical == one.canonical
        assert await store.positions_of(()) == ()

    stage.run(story)


def test_a_number_tells_nothing_about_others(stage: Stage) -> None:
    """However much another partij does in between, the numbers of one go up by one."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        for n in range(3):
            await store.commit(Change(uitwisseling=uitwisseling(leerling), leaves=(leaf(),)))
            await store.commit(Change(taken=(TaakWrite(taak(leerling)),)))
            for _ in range(n):
                await store.commit(Change(uitwisseling=uitwisseling(leerling, ZORG), leaves=(leaf(),) * 1))
                await store.commit(Change(taken=(TaakWrite(taak(leerling, partij=ZORG)),)))
        assert [n for n, _ in await store.uitwisselingen(SCHOOL, None, 10)] == [3, 2, 1]
        assert [n for n, _ in await store.uitwisselingen(ZORG, None, 10)] == [3, 2, 1]
        assert await store.uitwisselingen(SCHOOL, 1, 10) == ()
        assert await store.uitwisselingen(SCHOOL, 0, 10) == ()
        for partij in (SCHOOL, ZORG):
            numbers = [n for n, _ in await store.taken(partij, 0, 10)]
            assert numbers == [FIRST_TAAK, FIRST_TAAK + 1, FIRST_TAAK + 2]

    stage.run(story)


def test_a_number_is_given_once(stage: Stage) -> None:
    """What is done is in no list any more, and its number is not given to the next."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        rows = [taak(leerling) for _ in range(2)]
        await store.commit(Change(taken=tuple(map(TaakWrite, rows))))
        done = rows[1].model_copy(update={"status": Taakstatus.AFGEHANDELD, "versie": 1})
        await store.commit(Change(taken=(TaakWrite(done, 0),)))
        await store.commit(Change(taken=(TaakWrite(taak(leerling)),)))
        assert [n for n, _ in await store.taken(SCHOOL, 0, 10)] == [FIRST_TAAK, FIRST_TAAK + 2]

    stage.run(story)


def test_numbers_rise_under_load(stage: Stage) -> None:
    """64 at once: a reader that follows the list misses none and sees none twice."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        changes = [
            Change(uitwisseling=uitwisseling(leerling), leaves=(leaf(),), taken=(TaakWrite(taak(leerling)),))
            for _ in range(64)
        ]
        writes = [asyncio.ensure_future(store.commit(change)) for change in changes]
        seen: list[str] = []
        after = 0
        while True:
            finished = all(w.done() for w in writes)
            page = await store.taken(SCHOOL, after, 10)
            seen += [t.id for _, t in page]
            after = page[-1][0] if page else after
            if finished and not page:
                break
            await asyncio.sleep(0)
        assert sorted(seen) == sorted(change.taken[0].taak.id for change in changes)
        numbers = [n for n, _ in await store.uitwisselingen(SCHOOL, None, 100)]
        assert numbers == list(range(64, 0, -1))

    stage.run(story)


def test_nothing_is_put_before_what_a_reader_saw(stage: Stage) -> None:
    """100 commits at once, for two recipients: each list that is read begins with the one read before."""

    async def story(store: Storage) -> None:
        leerlingen = [await a_leerling(store) for _ in range(100)]
        changes = [
            delivery(leerling, ontvanger=(ZORG, OTHER_ZORG)[n % 2]) for n, leerling in enumerate(leerlingen)
        ]
        writes = [asyncio.ensure_future(store.commit(change)) for change in changes]
        seen: dict[str, list[str]] = {ZORG: [], OTHER_ZORG: []}
        finished = False
        while not finished:
            finished = all(w.done() for w in writes)
            for ontvanger, before in seen.items():
                listed = [row.id for row in await store.postbus(ontvanger, None, NOW, 200)]
                assert listed[: len(before)] == before
                seen[ontvanger] = listed
            await asyncio.sleep(0)
        assert [len(listed) for listed in seen.values()] == [50, 50]

    stage.run(story)
