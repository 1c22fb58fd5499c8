"""Forgetting what had its time, and nothing that anything may still rest on: on every engine."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.stores.sqlite.store import SqliteStorage
from gateway.ports.storage import Storage
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import AlreadyAnswered, Change, Committed, StoredAnswer, TaakWrite
from tests.contract.conftest import Sqlite, Stage
from tests.contract.values import AANGEHOUDEN, NOW, SCHOOL, a_leerling, levering, taak, write

DAY = dt.timedelta(days=1)
CLOSED: dict[str, Any] = {"status": Taakstatus.AFGEHANDELD, "uitkomst": "gedaan"}


def answer(key: bytes, at: dt.datetime) -> StoredAnswer:
    return StoredAnswer(SCHOOL, key, b"r" * 32, 202, b"{}", at)


async def made(store: Storage, *taken: Taak) -> tuple[Taak, ...]:
    written = await store.commit(Change(taken=tuple(map(TaakWrite, taken))))
    assert isinstance(written, Committed)
    return taken


async def left(store: Storage, taken: tuple[Taak, ...]) -> list[bool]:
    return [await store.taak(t.id) is not None for t in taken]


async def purge_all(store: Storage, before: dt.datetime, limit: int) -> int:
    step = await store.purge_taken(before, None, limit)
    gone = step.gone
    while step.after is not None:
        step = await store.purge_taken(before, step.after, limit)
        gone += step.gone
    return gone


def test_an_answer_goes_after_its_life_and_not_before(stage: Stage) -> None:
    """Until then a repeated request gets it; afterwards its key is as one that was never used."""

    async def story(store: Storage) -> None:
        old = [answer(bytes([n]) * 32, NOW) for n in range(5)]
        young = answer(b"y" * 32, NOW + DAY)
        for each in (*old, young):
            assert isinstance(await store.commit(Change(answer=each)), Committed)
        assert await store.purge_answers(NOW - DAY, 100) == 0
        assert await store.purge_answers(NOW, 3) == 3
        assert await store.purge_answers(NOW, 3) == 2
        assert await store.purge_answers(NOW, 3) == 0
        assert await store.answer(SCHOOL, old[0].key_hash) is None
        assert isinstance(await store.commit(Change(answer=young)), AlreadyAnswered)
        assert isinstance(await store.commit(Change(answer=replace(old[0], at=NOW + DAY))), Committed)

    stage.run(story)


def test_a_token_id_goes_when_its_own_term_refuses_it(stage: Stage) -> None:
    """One that could still be replayed is remembered."""

    async def story(store: Storage) -> None:
        for n in range(5):
            assert await store.claim_jti("c", bytes([n]) * 32, NOW + DAY, NOW)
        assert await store.claim_jti("c", b"x" * 32, NOW + 2 * DAY, NOW)
        assert await store.purge_tokens(NOW, 100) == 0
        assert await store.purge_tokens(NOW + DAY, 4) == 4
        assert await store.purge_tokens(NOW + DAY, 4) == 1
        assert await store.purge_tokens(NOW + DAY, 4) == 0
        assert not await store.claim_jti("c", b"x" * 32, NOW + 2 * DAY, NOW)

    stage.run(story)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_of_the_taken_only_what_nothing_rests_on_goes(stage: Stage, limit: int) -> None:
    """Each of these stays for a reason of its own, and holds up none that goes."""

    async def story(store: Storage) -> None:
        quiet, busy, waits = [await a_leerling(store) for _ in range(3)]
        goes = await made(store, *(taak(quiet, **CLOSED) for _ in range(3)))
        lapsed = await made(store, taak(quiet, status=Taakstatus.VERVALLEN))
        stays = await made(
            store,
            taak(quiet, sinds=NOW + DAY, **CLOSED),
            taak(quiet, uiterlijk=NOW + DAY, **CLOSED),
            taak(quiet, soort=Taaksoort.INTREKKING_VERWERKEN, **CLOSED),
            taak(busy, **CLOSED),
            taak(waits, **CLOSED),
        )
        (open_now,) = await made(store, taak(busy))
        assert isinstance(
            await store.commit(Change(leveringen=(write(levering(waits, AANGEHOUDEN)),))), Committed
        )
        assert await purge_all(store, NOW, limit) == 4
        assert await left(store, (*goes, *lapsed)) == [False] * 4
        assert await left(store, stays) == [True] * 5
        found = await store.taken(SCHOOL, 0, 10)
        assert [t.id for _, t in found] == [open_now.id]
        # The number that it has in the list of its partij is still its own, and a sleutel is free again.
        await made(store, taak(quiet, sleutel=goes[0].sleutel))
        later = await store.taken(SCHOOL, 0, 10)
        assert later[0] == found[0]
        assert len({n for n, _ in later}) == 2

    stage.run(story)


@pytest.mark.parametrize("status", sorted(Leveringstatus))
def test_a_taak_stays_while_something_may_be_decided(stage: Stage, status: Leveringstatus) -> None:
    """Held, ready or failed a levering is decided again; after that nothing makes the taak anew."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        ended = await made(store, taak(leerling, **CLOSED))
        assert isinstance(
            await store.commit(Change(leveringen=(write(levering(leerling, status)),))), Committed
        )
        open_now = status in (AANGEHOUDEN, Leveringstatus.KLAAR, Leveringstatus.MISLUKT)
        assert await purge_all(store, NOW, 10) == int(not open_now)
        assert await left(store, ended) == [open_now]

    stage.run(story)


def test_one_that_is_opened_again_stays(stage: Stage) -> None:
    """It ended long ago and is needed again: it is open, whenever it ended before."""

    async def story(store: Storage) -> None:
        (ended,) = await made(store, taak(await a_leerling(store), **CLOSED))
        again = ended.model_copy(update={"status": Taakstatus.OPEN, "uitkomst": None, "versie": 1})
        assert isinstance(await store.commit(Change(taken=(TaakWrite(again, 0),))), Committed)
        assert await purge_all(store, NOW + DAY, 10) == 0
        assert await store.taak(ended.id) == again

    stage.run(story)


def test_taken_of_the_release_before_are_found_too(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The step that adds since when a taak ended reads it from the taak itself, and leaves open ones be."""
    stage = Stage(Sqlite(tmp_path, request))
    kept: list[Taak] = []

    async def before(store: Storage) -> None:
        leerling = await a_leerling(store)
        kept.extend(
            await made(
                store,
                taak(leerling, **CLOSED),
                taak(leerling, soort=Taaksoort.INTREKKING_VERWERKEN, **CLOSED),
                taak(leerling, sinds=NOW + DAY, status=Taakstatus.VERVALLEN),
            )
        )
        assert isinstance(await store.commit(Change(answer=answer(b"k" * 32, NOW))), Committed)

    async def after(store: Storage) -> None:
        assert isinstance(store, SqliteStorage)
        assert await purge_all(store, NOW, 10) == 1
        assert await left(store, tuple(kept)) == [False, True, True]
        assert await store.purge_answers(NOW, 10) == 1

    stage.run(before)
    with closing(sqlite3.connect(tmp_path / "ozlijn.db", isolation_level=None)) as db:
        db.execute("DROP INDEX taak_gesloten")
        db.execute("ALTER TABLE taak DROP COLUMN gesloten")
        db.execute("DROP INDEX ix_answer_at")
        db.execute("DROP INDEX leerling_lookalike")
        db.execute("DROP INDEX leerling_unlike")
        db.execute("ALTER TABLE leerling DROP COLUMN lookalike")
        for index in ("leerling", "sent", "received"):
            db.execute(f"DROP INDEX levering_{index}")
        for column in ("afzender", "telt_op"):
            db.execute(f"ALTER TABLE levering DROP COLUMN {column}")
        for table in ("kept", "zaakpartij", "zaak"):
            db.execute(f"DROP TABLE {table}")
        db.execute("UPDATE alembic_version SET version_num = '0009'")
    stage.run(after)
