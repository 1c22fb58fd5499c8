"""Reads of many rows at once say what the reads of one say: on every engine."""

from __future__ import annotations

import datetime as dt

from gateway.ports.storage import Storage
from schemas.exchange.uitwisseling import Levering, Leveringstand, Leveringstatus
from schemas.storage.storage import Change, Committed, Standing, TaakWrite, Unchanged, Under
from tests.contract.conftest import Stage
from tests.contract.values import (
    AANGEHOUDEN,
    KLAAR,
    NOW,
    SCHOOL,
    ZORG,
    a_leerling,
    expecting,
    fact,
    fresh_id,
    leaf,
    levering,
    rewrite,
    taak,
    write,
)

NEAR = dt.timedelta(days=1)


async def committed(store: Storage, change: Change) -> None:
    assert isinstance(await store.commit(change), Committed)


def test_many_at_once_are_each_of_them(stage: Stage) -> None:
    """In order, without what is not there, and nothing of what was not asked."""

    async def story(store: Storage) -> None:
        one, other = await a_leerling(store), await a_leerling(store)
        rows = [levering(leerling) for leerling in (one, one, other)]
        for row in rows:
            await committed(store, Change(leveringen=(write(row),)))
        found = await store.levering(rows[0].id)
        assert found is not None
        await committed(store, Change(leveringen=(rewrite(found, opgehaald=1),)))
        asked = [rows[2].id, rows[0].id, fresh_id()]
        assert await store.leveringen_by_id(asked) == tuple(
            [await store.levering(i) for i in (rows[0].id, rows[2].id)]
        )
        of = await store.leveringen_of([rows[2].uitwisseling, rows[1].uitwisseling, fresh_id()])
        assert of == tuple([await store.levering(i) for i in (rows[1].id, rows[2].id)])
        standen = await store.standen_of([rows[2].uitwisseling, rows[1].uitwisseling, fresh_id()])
        assert [{name: getattr(stand, name) for name in Leveringstand.model_fields} for stand in standen] == [
            {name: getattr(row, name) for name in Leveringstand.model_fields} for row in of
        ]
        assert dict(await store.histories(asked)) == {i: await store.history(i) for i in asked[:2]}
        assert len((await store.histories(asked))[rows[0].id]) == 2
        leerlingen = await store.leerlingen_by_id([other, one, fresh_id(), one])
        assert {row.id: row for row in leerlingen} == {i: await store.leerling(i) for i in (one, other)}
        assert len(leerlingen) == 2
        for nothing in (
            store.leveringen_by_id([]),
            store.leveringen_of([]),
            store.standen_of([]),
            store.leerlingen_by_id([]),
            store.taken_by_sleutel([]),
        ):
            assert await nothing == ()
        assert not await store.histories([])
        assert not await store.recorders([])

    stage.run(story)


def test_facts_and_taken_by_what_names_them(stage: Stage) -> None:
    """A sleutel is that of one partij; who recorded a fact is known by its id."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        said = fact(leerling)
        await committed(store, Change(leaves=(leaf(),), expect=expecting(leerling), facts=(said,)))
        assert dict(await store.recorders([said.id, fresh_id()])) == {said.id: SCHOOL}
        ours, theirs = taak(leerling, sleutel="zelfde"), taak(leerling, partij=ZORG, sleutel="zelfde")
        await committed(store, Change(taken=(TaakWrite(ours), TaakWrite(theirs))))
        assert await store.taken_by_sleutel([(SCHOOL, "zelfde"), (SCHOOL, "geen")]) == (ours,)
        both = await store.taken_by_sleutel([(ZORG, "zelfde"), (SCHOOL, "zelfde")])
        assert {t.id for t in both} == {ours.id, theirs.id}

    stage.run(story)


def test_what_is_still_held_under_something_else_is_counted(stage: Stage) -> None:
    """They are counted as far as asked, whoever claimed them; one commit marks many that stay as they are."""

    async def story(store: Storage) -> None:
        first, now = Under(0, "p" * 64), Under(0, "q" * 64)
        leerling = await a_leerling(store)
        rows = [levering(leerling, AANGEHOUDEN) for _ in range(5)]
        for row in rows:
            await committed(store, Change(leveringen=(write(row),), under=first))
        await committed(store, Change(leveringen=(write(levering(leerling)),), under=first))
        assert await store.count_held(first, 10) == 0
        assert await store.count_held(now, 10) == 5
        assert await store.count_held(now, 3) == 3
        marks = tuple(Unchanged(row.id, 0) for row in rows[:4])
        await committed(store, Change(unchanged=marks, under=now))
        assert await store.count_held(now, 10) == 1

    stage.run(story)


async def open_and_over(store: Storage) -> list[Levering]:
    """Open leveringen by their term, and beside them what is over: two are held, three ready, one failed."""
    leerling = await a_leerling(store)
    ends = [NOW + n * NEAR for n in (1, 2, 2, 3, 5, 4)]
    statuses = [KLAAR, AANGEHOUDEN, Leveringstatus.MISLUKT, KLAAR, KLAAR, AANGEHOUDEN]
    rows = [
        levering(leerling, status, vervalt_op=end, sinds=end - 3 * NEAR)
        for status, end in zip(statuses, ends, strict=True)
    ]
    over = levering(leerling, Leveringstatus.BEVESTIGD, vervalt_op=NOW, sinds=NOW - 9 * NEAR)
    for row in (*rows, over):
        await committed(store, Change(leveringen=(write(row),)))
    return sorted(rows, key=lambda v: (v.vervalt_op, v.id))


def test_what_is_open_is_counted_by_status(stage: Stage) -> None:
    """With the moment since when the first has it, among as many as are asked for; not what is over."""

    async def story(store: Storage) -> None:
        assert dict(await store.standing(10)) == {}
        await open_and_over(store)
        assert dict(await store.standing(10)) == {
            KLAAR: Standing(3, NOW - 2 * NEAR),
            AANGEHOUDEN: Standing(2, NOW - NEAR),
            Leveringstatus.MISLUKT: Standing(1, NOW - NEAR),
        }
        assert dict(await store.standing(1)) == {KLAAR: Standing(1, NOW - 2 * NEAR)}

    stage.run(story)


def test_what_is_open_is_read_by_its_term(stage: Stage) -> None:
    """Page by page, also where two end at one moment, and also behind one that is not open any more."""

    async def story(store: Storage) -> None:
        assert await store.open_by_term(None, 10) == ()
        rows = await open_and_over(store)
        seen: list[str] = []
        after = None
        while page := await store.open_by_term(after, 2):
            assert page == tuple([await store.levering(v.id) for v in page])
            seen += [v.id for v in page]
            after = page[-1].vervalt_op, page[-1].id
        assert seen == [v.id for v in rows]
        first = await store.levering(rows[0].id)
        assert first is not None
        ended = first.model_copy(update={"status": Leveringstatus.VERVALLEN, "positie": None})
        await committed(store, Change(leveringen=(rewrite(ended),)))
        behind = await store.open_by_term((first.vervalt_op, first.id), 1)
        assert [v.id for v in behind] == [rows[1].id]

    stage.run(story)
