"""Who does which work, and what a decision is held to: on every engine."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from adapters.stores.changes import ContractBroken
from gateway.ports.storage import Storage
from schemas.exchange.taak import Taakstatus
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import (
    WHOLE,
    Change,
    Committed,
    Job,
    Moved,
    Portion,
    Register,
    TaakWrite,
    Unchanged,
    Under,
)
from tests.contract.conftest import Stage
from tests.contract.values import (
    AANGEHOUDEN,
    KLAAR,
    NOW,
    SCHOOL,
    ZORG,
    a_leerling,
    delivery,
    expecting,
    fact,
    leaf,
    levering,
    new_leerling,
    rewrite,
    stored,
    taak,
    uitwisseling,
    write,
)

SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
FIRST = Under(0, "p" * 64)


def portion(at: dt.datetime = NOW, limit: int = 100) -> Portion:
    return Portion(at, at + MINUTE, limit)


def look(at: dt.datetime = NOW) -> Portion:
    """Sees what nobody has, and takes nothing: what it claims has lapsed at once."""
    return Portion(at, at, 100)


# --- which work there is


def test_due_are_lapsed_terms_and_given_up_takes(stage: Stage) -> None:
    """At its last instant a term is over; what is under a lease is its recipient's until that lapses."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        rows = {
            "term": levering(leerling, vervalt_op=NOW),
            "held": levering(leerling, AANGEHOUDEN, vervalt_op=NOW - SECOND),
            "given up": levering(leerling, opgehaald=3, lease_tot=NOW),
            "both": levering(leerling, opgehaald=4, lease_tot=NOW, vervalt_op=NOW),
            "later": levering(leerling, vervalt_op=NOW + SECOND),
            "leased": levering(leerling, opgehaald=3, lease_tot=NOW + SECOND),
            "in hands": levering(leerling, opgehaald=1, lease_tot=NOW + SECOND, vervalt_op=NOW),
            "few takes": levering(leerling, opgehaald=2, lease_tot=NOW),
            "refused": levering(leerling, Leveringstatus.GEWEIGERD, vervalt_op=NOW),
        }
        await store.commit(Change(leveringen=tuple(map(write, rows.values()))))
        names = {row.id: name for name, row in rows.items()}
        found = {names[levering] for levering in await store.claim_due(look(), 3)}
        assert found == {"term", "held", "given up", "both"}
        assert len(await store.claim_due(portion(limit=2), 3)) == 2

    stage.run(story)


def test_a_change_of_the_rules_looks_at_whom_something_is_ready_for(stage: Stage) -> None:
    """At the next round; what is held is found otherwise, and no other change makes it look."""

    async def story(store: Storage) -> None:
        people = [await a_leerling(store) for _ in range(3)]
        states = (AANGEHOUDEN, Leveringstatus.KLAAR, Leveringstatus.GEWEIGERD)
        for leerling, status in zip(people, states, strict=True):
            await stored(store, replace(delivery(leerling, status=status), under=FIRST))
        today = NOW.date()
        before = await store.claim_looks(look(), today)
        assert await store.apply_register(Register(0, {SCHOOL: "{}"}), 0, ())
        assert await store.claim_looks(look(), today) == before == ()
        assert await store.apply_register(Register(1, {SCHOOL: "{}"}), 1, (), look_again=True)
        assert await store.claim_looks(look(), today) == (people[1],)

    stage.run(story)


def test_held_ones_are_decided_again_under_something_else(stage: Stage) -> None:
    """Another register or another policy: each once, and what was left as it is counts as decided."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        ids = [
            (await stored(store, replace(delivery(leerling, status=AANGEHOUDEN), under=FIRST))).id
            for _ in range(3)
        ]
        await store.commit(replace(delivery(leerling), under=FIRST))
        assert await store.claim_held(look(), FIRST) == ()
        for other in (Under(0, "q" * 64), Under(1, FIRST.policy), Under(0, "a" * 64)):
            assert sorted(await store.claim_held(look(), other)) == sorted(ids)
        assert await store.apply_register(Register(0, {SCHOOL: "{}"}), 0, ())
        now = Under(1, FIRST.policy)
        same = Change(unchanged=(Unchanged(ids[0], 0),), under=now)
        assert isinstance(await store.commit(same), Committed)
        second = await store.levering(ids[1])
        assert second is not None
        await store.commit(Change(leveringen=(rewrite(second),), under=now))
        assert await store.claim_held(look(), now) == (ids[2],)
        third = await store.levering(ids[2])
        assert third is not None
        # A write that decides nothing says nothing about what it was decided under.
        await store.commit(Change(leveringen=(rewrite(third),)))
        assert await store.claim_held(look(), now) == (ids[2],)
        assert len(await store.claim_held(look(), Under(2, FIRST.policy))) == 3

    stage.run(story)


def test_taken_are_due_until_they_are_escalated(stage: Stage) -> None:
    """Open, late at that instant, not escalated; the longest overdue first."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        late, later = taak(leerling, uiterlijk=NOW), taak(leerling, uiterlijk=NOW - SECOND)
        others = (
            taak(leerling, uiterlijk=NOW + SECOND),
            taak(leerling, uiterlijk=NOW, geescaleerd_op=NOW),
            taak(leerling, uiterlijk=NOW, status=Taakstatus.VERVALLEN),
        )
        await store.commit(Change(taken=tuple(map(TaakWrite, (late, later, *others)))))
        assert await store.claim_taken(look()) == (later.id, late.id)
        assert await store.claim_taken(portion(limit=1)) == (later.id,)

    stage.run(story)


def test_leerlingen_are_looked_at_from_their_day_on(stage: Stage) -> None:
    """By day and id; a later day takes one out, None leaves it."""

    async def story(store: Storage) -> None:
        today = NOW.date()
        new = [new_leerling() for _ in range(4)]
        days = [today, today - dt.timedelta(7), today + dt.timedelta(1), today]
        for one, on in zip(new, days, strict=True):
            await store.commit(Change(new_leerling=one, kijk_op=on))
        await store.commit(Change(new_leerling=new_leerling()))
        due = sorted((on, one.id) for one, on in zip(new, days, strict=True) if on <= today)
        assert await store.claim_looks(look(), today) == tuple(ident for _, ident in due)
        await store.commit(Change(expect=expecting(new[1].id), kijk_op=today + dt.timedelta(1)))
        await store.commit(Change(expect=expecting(new[0].id), facts=(fact(new[0].id),)))
        assert set(await store.claim_looks(look(), today)) == {new[0].id, new[3].id}

    stage.run(story)


# --- one at a time


async def prepared(store: Storage, count: int) -> dict[Job, set[str]]:
    """A store with this many rows for every job that is divided in rows."""
    rows: dict[Job, set[str]] = {job: set() for job in (Job.EXPIRE, Job.REDECIDE, Job.LOOK, Job.ESCALATE)}
    for _ in range(count):
        new = new_leerling()
        lapsed = levering(new.id, vervalt_op=NOW)
        held = levering(new.id, AANGEHOUDEN)
        late = taak(new.id, uiterlijk=NOW)
        change = Change(
            new_leerling=new,
            kijk_op=NOW.date(),
            leveringen=(write(lapsed), write(held)),
            taken=(TaakWrite(late),),
        )
        assert isinstance(await store.commit(change), Committed)
        for job, ident in zip(rows, (lapsed.id, held.id, new.id, late.id), strict=True):
            rows[job].add(ident)
    return rows


async def claim(store: Storage, job: Job, part: Portion) -> tuple[str, ...]:
    if job is Job.EXPIRE:
        return await store.claim_due(part, 3)
    if job is Job.REDECIDE:
        return await store.claim_held(part, FIRST)
    if job is Job.LOOK:
        return await store.claim_looks(part, NOW.date())
    return await store.claim_taken(part)


DIVIDED = (Job.EXPIRE, Job.REDECIDE, Job.LOOK, Job.ESCALATE)


@pytest.mark.parametrize("job", DIVIDED)
def test_no_row_is_given_to_two(stage: Stage, job: Job) -> None:
    """Ten that claim at the same moment get all of it together, and nobody what another has."""

    async def story(store: Storage) -> None:
        rows = await prepared(store, 12)
        parts = await asyncio.gather(*(claim(store, job, portion(limit=3)) for _ in range(10)))
        claimed = [row for part in parts for row in part]
        assert len(claimed) == 12
        assert set(claimed) == rows[job]
        assert max(map(len, parts)) == 3

    stage.run(story)


@pytest.mark.parametrize("job", DIVIDED)
def test_a_claim_of_who_died_lapses(stage: Stage, job: Job) -> None:
    """Not before `until`; at that instant anybody may have it."""

    async def story(store: Storage) -> None:
        rows = await prepared(store, 2)
        assert set(await claim(store, job, portion())) == rows[job]
        assert await claim(store, job, portion()) == ()
        assert await claim(store, job, portion(NOW + MINUTE - SECOND)) == ()
        assert set(await claim(store, job, portion(NOW + MINUTE))) == rows[job]

    stage.run(story)


@pytest.mark.parametrize("job", DIVIDED)
def test_what_is_given_back_is_anybodys(stage: Stage, job: Job) -> None:
    """What is given back is that row alone, and for that job alone."""

    async def story(store: Storage) -> None:
        rows = await prepared(store, 2)
        for each in DIVIDED:
            assert set(await claim(store, each, portion())) == rows[each]
        first = min(rows[job])
        for each in DIVIDED:
            if each is not job:
                await store.give_back(each, (first,))
        assert await claim(store, job, look()) == ()
        await store.give_back(job, (first,))
        assert await claim(store, job, look()) == (first,)
        await store.give_back(job, ())

    stage.run(story)


def test_a_claim_lasts_over_opening_again(stage: Stage) -> None:
    """Another process that starts does not take what a living one has."""
    if not stage.engine.lasts:
        pytest.skip("this engine forgets on purpose")

    async def before(store: Storage) -> None:
        await prepared(store, 1)
        for job in DIVIDED:
            assert len(await claim(store, job, portion())) == 1

    async def after(store: Storage) -> None:
        for job in DIVIDED:
            assert await claim(store, job, portion()) == ()

    stage.run(before)
    stage.run(after)


def test_a_commit_ends_the_claims_on_what_it_writes(stage: Stage) -> None:
    """Who was done with a row has it no longer: it can be due again at once, for another reason."""

    async def story(store: Storage) -> None:
        (leerling,) = (await prepared(store, 1))[Job.LOOK]
        for job in DIVIDED:
            await claim(store, job, portion())
        lapsed, held = await store.open_leveringen(leerling)
        (late,) = await store.taken_of(leerling)
        again = late.model_copy(update={"herinnerd_op": NOW, "versie": 1})
        change = Change(
            expect=expecting(leerling),
            kijk_op=NOW.date(),
            leveringen=(rewrite(lapsed),),
            unchanged=(Unchanged(held.id, 0),),
            under=FIRST,
            taken=(TaakWrite(again, 0),),
        )
        assert isinstance(await store.commit(change), Committed)
        assert await store.claim_due(look(), 3) == (lapsed.id,)
        assert await store.claim_looks(look(), NOW.date()) == (leerling,)
        assert await store.claim_taken(look()) == (late.id,)
        assert await store.claim_held(look(), Under(0, "other")) == (held.id,)

    stage.run(story)


def test_a_whole_job_is_one_process_at_a_time(stage: Stage) -> None:
    """When ten ask at once, one gets the job; the next one gets it when it was given back or its time is
    over.
    """

    async def story(store: Storage) -> None:
        tries = [store.claim_job(Job.PURGE, NOW, NOW + MINUTE) for _ in range(10)]
        assert sorted(await asyncio.gather(*tries)) == [False] * 9 + [True]
        assert await store.claim_job(Job.PURGE, NOW + MINUTE, NOW + 2 * MINUTE)
        await store.give_back(Job.PURGE, (WHOLE,))
        assert await store.claim_job(Job.PURGE, NOW + MINUTE, NOW + 2 * MINUTE)

    stage.run(story)


# --- what a decision is held to


def test_a_decision_is_held_to_the_register(stage: Stage) -> None:
    """Applying another register makes a decision Moved, also about a new leerling, and nothing is written."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        assert isinstance(await store.commit(replace(delivery(leerling), under=FIRST)), Committed)
        assert await store.apply_register(Register(0, {SCHOOL: "{}"}), 0, (leaf(),))
        before = await store.head()
        new = new_leerling()
        for change in (
            replace(delivery(leerling), under=FIRST),
            replace(delivery(leerling), under=Under(2, FIRST.policy)),
            replace(delivery(new.id), under=FIRST, new_leerling=new),
        ):
            assert await store.commit(change) == Moved()
        assert await store.head() == before
        assert await store.leerling(new.id) is None
        now = replace(delivery(leerling), under=Under(1, "of another release"))
        assert isinstance(await store.commit(now), Committed)

    stage.run(story)


def test_of_releases_and_a_change_of_register_none_comes_after_it(stage: Stage) -> None:
    """142 decisions and a register at the same moment: in the log none stands behind the change."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        changes = [replace(delivery(leerling), under=FIRST) for _ in range(142)]
        writes = [asyncio.ensure_future(store.commit(change)) for change in changes[:71]]
        await asyncio.sleep(0)
        mark = leaf()
        applied = asyncio.ensure_future(store.apply_register(Register(0, {SCHOOL: "{}"}), 0, (mark,)))
        await asyncio.sleep(0)
        writes += [asyncio.ensure_future(store.commit(change)) for change in changes[71:]]
        results = await asyncio.gather(*writes)
        assert await applied
        (changed_at,) = await store.positions_of((mark.id,))
        assert changed_at is not None
        # How many of them came before it is up to the machine; what comes now surely did not.
        results.append(await store.commit(replace(delivery(leerling), under=FIRST)))
        assert results[-1] == Moved()
        for result in results:
            if isinstance(result, Committed):
                (position,) = await store.positions_of(result.leaves)
                assert position is not None
                assert position < changed_at

    stage.run(story)


def test_two_accepts_do_not_stop_each_other_and_a_fact_sees_them(stage: Stage) -> None:
    """Acceptance counts itself without expecting the count; who expects it is Moved."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        sent = [uitwisseling(leerling) for _ in range(64)]
        accepts = [
            Change(uitwisseling=u, leaves=(leaf(),), expect=expecting(leerling), under=FIRST) for u in sent
        ]
        results = await asyncio.gather(*map(store.commit, accepts))
        assert all(isinstance(result, Committed) for result in results)
        row = await store.leerling(leerling)
        assert row is not None
        assert (row.epoch, row.volgnummer, row.accepted) == (0, 0, 64)
        blind = Change(expect=expecting(leerling, accepted=63), facts=(fact(leerling),))
        assert await store.commit(blind) == Moved()
        seeing = Change(expect=expecting(leerling, accepted=64), facts=(fact(leerling),))
        assert isinstance(await store.commit(seeing), Committed)
        late = Change(uitwisseling=uitwisseling(leerling), leaves=(leaf(),), expect=expecting(leerling))
        assert await store.commit(late) == Moved()

    stage.run(story)


def test_a_first_accept_counts(stage: Stage) -> None:
    """The change that makes the leerling counts his first accept, and says nothing about another leerling."""

    async def story(store: Storage) -> None:
        new, other = new_leerling(), await a_leerling(store)
        await store.commit(Change(new_leerling=new, uitwisseling=uitwisseling(new.id), leaves=(leaf(),)))
        rows = [await store.leerling(who) for who in (new.id, other)]
        assert [row.accepted for row in rows if row is not None] == [1, 0]

    stage.run(story)


@pytest.mark.parametrize("wrong", ["versie", "unknown"])
def test_what_was_left_as_it_is_is_still_that(stage: Stage, wrong: str) -> None:
    """A levering that changed since it was decided again: Moved, nothing of the change is written."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        held = await stored(store, delivery(leerling, status=AANGEHOUDEN))
        free = await stored(store, Change(leveringen=(rewrite(held, KLAAR, enqueue=True),)))
        same = {"versie": Unchanged(free.id, 0), "unknown": Unchanged("f" * 32, 0)}[wrong]
        change = Change(expect=expecting(leerling), facts=(fact(leerling),), unchanged=(same,), under=FIRST)
        assert await store.commit(change) == Moved()
        assert await store.facts(leerling) == ()
        right = replace(change, unchanged=(Unchanged(free.id, 1),))
        assert isinstance(await store.commit(right), Committed)
        assert await store.levering(free.id) == free

    stage.run(story)


def test_a_levering_is_written_or_left(stage: Stage) -> None:
    """Not both in one change; and what was decided again says under what."""

    async def story(store: Storage) -> None:
        held = await stored(store, delivery(await a_leerling(store), status=AANGEHOUDEN))
        same = (Unchanged(held.id, 0),)
        for change in (
            Change(leveringen=(rewrite(held),), unchanged=same, under=FIRST),
            Change(unchanged=same * 2, under=FIRST),
            Change(unchanged=same),
        ):
            with pytest.raises(ContractBroken):
                await store.commit(change)

    stage.run(story)


# --- what is over


def test_an_expired_one_is_not_listed_and_blocks_nobody(stage: Stage) -> None:
    """From its last instant on, before any job came by: the next of that leerling is first in line."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first = await stored(store, delivery(leerling, vervalt_op=NOW + SECOND))
        second = await stored(store, delivery(leerling))
        other = await stored(store, delivery(await a_leerling(store)))
        just_before, after = NOW, NOW + SECOND
        assert [v.id for v in await store.postbus(ZORG, None, just_before, 10)] == [first.id, other.id]
        assert [await store.is_first_in_line(v.id, just_before) for v in (first, second)] == [True, False]
        assert [v.id for v in await store.postbus(ZORG, None, after, 10)] == [second.id, other.id]
        assert await store.is_first_in_line(second.id, after)
        # As a cursor it is as if not given, like everything that is in no list.
        assert [v.id for v in await store.postbus(ZORG, first.id, after, 10)] == [second.id, other.id]

    stage.run(story)
