"""Zaken in every engine: one version at a time, in the list of each who takes part, and forgotten in time."""

from __future__ import annotations

import datetime as dt

from gateway.ports.storage import Storage
from schemas.storage.storage import Change, Committed, Moved, ZaakRow, ZaakWrite
from tests.contract.conftest import Stage
from tests.contract.values import NOW, SCHOOL, ZORG, a_leerling, fresh_id, leaf, sealed


def a_zaak(leerling: str, versie: int = 1, ident: str = "", ended: dt.datetime | None = None) -> ZaakRow:
    return ZaakRow(ident or fresh_id(), "zaak", leerling, versie, sealed(), b"stamp", ended)


def test_a_zaak_is_read_as_it_was_written_and_in_the_lists_of_its_partijen(stage: Stage) -> None:
    async def story(store: Storage) -> None:
        first, second = a_zaak(await a_leerling(store)), a_zaak(await a_leerling(store))
        overleg = ZaakRow(fresh_id(), "overleg", first.leerling, 1, sealed(), b"s")
        writes = (ZaakWrite(first, partijen=(SCHOOL, ZORG)), ZaakWrite(overleg, partijen=(SCHOOL,)))
        assert isinstance(await store.commit(Change(zaken=writes)), Committed)
        assert isinstance(
            await store.commit(Change(zaken=(ZaakWrite(second, partijen=(SCHOOL,)),))), Committed
        )
        assert await store.zaak(first.id) == first
        assert await store.zaak(fresh_id()) is None
        mine = await store.zaken(SCHOOL, "zaak", 0, 10)
        assert [row for _, row in mine] == [first, second]
        assert await store.zaken(SCHOOL, "zaak", mine[0][0], 10) == mine[1:]
        assert [row for _, row in await store.zaken(SCHOOL, "overleg", 0, 10)] == [overleg]
        assert [row for _, row in await store.zaken(ZORG, "zaak", 0, 10)] == [first]
        assert await store.zaken_of(first.leerling) == (first, overleg)
        everything = await store.all_zaken(0, 10)
        assert [row for _, row in everything] == [first, overleg, second]
        assert await store.all_zaken(everything[0][0], 1) == everything[1:2]

    stage.run(story)


def test_of_two_next_steps_one_is_written(stage: Stage) -> None:
    async def story(store: Storage) -> None:
        zaak = a_zaak(await a_leerling(store))
        assert isinstance(await store.commit(Change(zaken=(ZaakWrite(zaak, partijen=(SCHOOL,)),))), Committed)
        assert isinstance(await store.commit(Change(zaken=(ZaakWrite(zaak),))), Moved)
        one, other = (a_zaak(zaak.leerling, 2, zaak.id) for _ in range(2))
        assert isinstance(
            await store.commit(Change(zaken=(ZaakWrite(one, 1, (SCHOOL, ZORG)),), leaves=(leaf(),))),
            Committed,
        )
        size = (await store.head()).size
        assert isinstance(await store.commit(Change(zaken=(ZaakWrite(other, 1),), leaves=(leaf(),))), Moved)
        assert await store.zaak(zaak.id) == one
        assert (await store.head()).size == size
        assert [row for _, row in await store.zaken(SCHOOL, "zaak", 0, 10)] == [one]
        assert [row for _, row in await store.zaken(ZORG, "zaak", 0, 10)] == [one]

    stage.run(story)


def test_a_closed_zaak_is_forgotten_at_its_moment_and_an_open_one_never(stage: Stage) -> None:
    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        later = NOW + dt.timedelta(seconds=1)
        rows = [a_zaak(leerling), a_zaak(leerling, ended=NOW), a_zaak(leerling, ended=later)]
        for row in rows:
            assert isinstance(
                await store.commit(Change(zaken=(ZaakWrite(row, partijen=(SCHOOL,)),))), Committed
            )
        assert await store.purge_zaken(NOW, 10) == 1
        assert await store.purge_zaken(NOW, 10) == 0
        assert await store.zaken_of(leerling) == (rows[0], rows[2])
        assert [row for _, row in await store.zaken(SCHOOL, "zaak", 0, 10)] == [rows[0], rows[2]]
        assert await store.zaak(rows[1].id) is None

    stage.run(story)
