"""Leveringen of some partijen by period: what they sent, and what was handed over to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from gateway.ports.storage import Storage
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.storage.storage import Change, LeveringWrite, Periode
from tests.contract.conftest import Stage
from tests.contract.values import (
    AANGEHOUDEN,
    NOW,
    SCHOOL,
    ZORG,
    a_leerling,
    levering,
    rewrite,
    stored,
    write,
)

OTHER = "brin:99XX01"
DAY = dt.timedelta(days=1)
ALL = Periode((SCHOOL,), NOW - 9 * DAY, NOW + 9 * DAY)


def at(written: LeveringWrite, days: int) -> Change:
    """The change in which this happens, so many days from NOW."""
    event = written.event.model_copy(update={"op": NOW + days * DAY})
    return Change(leveringen=(replace(written, event=event),))


async def sent(store: Storage, leerling: str, days: int, **fields: object) -> Levering:
    return await stored(store, at(write(levering(leerling, AANGEHOUDEN, **fields)), days))


async def ids(store: Storage, periode: Periode, limit: int = 50) -> list[str]:
    return [v.id for _, v in await store.leveringen_in(periode, limit)]


def test_a_period_begins_and_does_not_reach_its_end(stage: Stage) -> None:
    """In order of moment, of these partijen only, and of one leerling when he is named."""

    async def story(store: Storage) -> None:
        one, other = await a_leerling(store), await a_leerling(store)
        late = await sent(store, one, 2)
        early = await sent(store, other, 1)
        theirs = await sent(store, one, 1, afzender=OTHER)
        assert await ids(store, ALL) == [early.id, late.id]
        assert [moment for moment, _ in await store.leveringen_in(ALL, 9)] == [NOW + DAY, NOW + 2 * DAY]
        assert await ids(store, replace(ALL, tot=NOW + 2 * DAY)) == [early.id]
        assert await ids(store, replace(ALL, van=NOW + 2 * DAY)) == [late.id]
        assert await ids(store, replace(ALL, leerling=one)) == [late.id]
        both = replace(ALL, partijen=(SCHOOL, OTHER))
        assert set(await ids(store, both)) == {early.id, late.id, theirs.id}
        assert await ids(store, replace(both, leerling=one)) == [theirs.id, late.id]
        assert await ids(store, replace(ALL, partijen=())) == []
        assert await ids(store, ALL, 0) == []

    stage.run(story)


def test_a_recipient_has_what_was_handed_over_and_no_more(stage: Stage) -> None:
    """Before that there is nothing of his; and it goes on counting at the moment at which he got it."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        there = await stored(store, at(write(levering(leerling)), 1))
        his = replace(ALL, partijen=(ZORG,))
        assert await ids(store, his) == []
        assert await ids(store, replace(his, leerling=leerling)) == []
        again = rewrite(there, opgehaald=1, overgedragen=("leerling.voornaam",))
        there = await stored(store, at(again, 3))
        await stored(store, at(rewrite(there, Leveringstatus.INGETROKKEN), 5))
        for partijen in ((ZORG,), (SCHOOL,), (SCHOOL, ZORG)):
            for about in (None, leerling):
                found = await store.leveringen_in(replace(ALL, partijen=partijen, leerling=about), 9)
                assert [(moment, v.status) for moment, v in found] == [
                    (NOW + 3 * DAY, Leveringstatus.INGETROKKEN)
                ]

    stage.run(story)


def test_pages_together_are_the_whole(stage: Stage) -> None:
    """Also of one moment, and of more partijen than one: nothing twice and nothing left out."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        for partij in (SCHOOL, OTHER):
            for days in (1, 1, 1, 2):
                await sent(store, leerling, days, afzender=partij)
        whole = replace(ALL, partijen=(SCHOOL, OTHER))
        for periode in (whole, replace(whole, leerling=leerling)):
            everything = await ids(store, periode)
            assert len(set(everything)) == 8
            read: list[str] = []
            na = None
            while page := await store.leveringen_in(replace(periode, na=na), 3):
                read += [v.id for _, v in page]
                na = (page[-1][0], page[-1][1].id)
            assert read == everything

    stage.run(story)
