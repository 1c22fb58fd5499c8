"""What every store promises (gateway/ports, schemas/storage/storage.py), on every engine."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from adapters.ledger.tree import Frontier, leaf_hash
from adapters.ledger.verify import verify_consistency, verify_inclusion
from adapters.stores.changes import ContractBroken
from gateway.ports.storage import Storage
from schemas.account.verantwoording import EventType
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse
from schemas.exchange.taak import Taak, Taakstatus
from schemas.exchange.uitwisseling import OPEN, OVERGANGEN, Levering, Leveringstatus
from schemas.storage.storage import (
    Accepted,
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Koppeling,
    LeerlingRow,
    Moved,
    Register,
    StoredCheckpoint,
    TaakWrite,
    TreeHead,
)
from tests.contract.conftest import Stage
from tests.contract.values import (
    AANGEHOUDEN,
    KLAAR,
    NOW,
    SCHOOL,
    ZORG,
    a_leerling,
    answer,
    delivery,
    expecting,
    fact,
    fresh_id,
    leaf,
    levering,
    new_leerling,
    positions_of,
    rewrite,
    row_of,
    sealed,
    stored,
    taak,
    uitwisseling,
    write,
)

SECOND = dt.timedelta(seconds=1)


async def everything(store: Storage) -> tuple[object, ...]:
    """Everything that a refused change could have touched."""
    return (await store.head(), await store.postbus(ZORG, None, NOW, 100))


# --- answers


def test_a_free_key_is_stored_and_read_back(stage: Stage) -> None:
    """The answer to a key is stored whole with its change, and only for its own partij."""

    async def story(store: Storage) -> None:
        assert await store.answer(SCHOOL, b"key") is None
        first = leaf()
        assert await store.commit(Change(answer=answer(), leaves=(first,))) == Committed((first.id,))
        assert await store.answer(SCHOOL, b"key") == answer()
        assert await store.answer(ZORG, b"key") is None

    stage.run(story)


def test_a_used_key_writes_nothing(stage: Stage) -> None:
    """A used key gives the first answer, also when the rest of the change no longer holds."""

    async def story(store: Storage) -> None:
        await store.commit(Change(answer=answer(), leaves=(leaf(),)))
        before = await everything(store)
        twin = Change(answer=answer(body=b"other"), leaves=(leaf(),), expect=expecting(fresh_id()))
        assert await store.commit(twin) == AlreadyAnswered(answer())
        assert await everything(store) == before

    stage.run(story)


def test_the_same_key_of_another_partij_is_another_key(stage: Stage) -> None:
    """The same key of another partij has an answer of its own."""

    async def story(store: Storage) -> None:
        await store.commit(Change(answer=answer()))
        assert isinstance(await store.commit(Change(answer=answer(partij=ZORG))), Committed)

    stage.run(story)


def test_twins_at_the_same_instant_get_one_answer(stage: Stage) -> None:
    """When 64 changes with one key come at once, one is committed and 63 get its answer."""

    async def story(store: Storage) -> None:
        twins = [Change(answer=answer(body=b"%d" % n), leaves=(leaf(),)) for n in range(64)]
        results = await asyncio.gather(*map(store.commit, twins))
        committed = [n for n, result in enumerate(results) if isinstance(result, Committed)]
        assert len(committed) == 1
        first = twins[committed[0]].answer
        assert first is not None
        assert [r for r in results if isinstance(r, AlreadyAnswered)] == [AlreadyAnswered(first)] * 63
        assert (await store.head()).size == 1

    stage.run(story)


# --- leerlingen and facts


def test_a_new_leerling_is_found_by_index_ref_and_id(stage: Stage) -> None:
    """Its owner finds it three ways; nobody else finds it at all."""

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new))
        assert await store.leerling_by_index(SCHOOL, new.blind_index) == row_of(new)
        assert await store.leerling_by_ref(SCHOOL, new.ref) == row_of(new)
        assert await store.leerling(new.id) == row_of(new)
        assert await store.leerling_by_index(ZORG, new.blind_index) is None
        assert await store.leerling_by_ref(ZORG, new.ref) is None
        assert await store.leerling(fresh_id()) is None

    stage.run(story)


def test_all_leerlingen_are_read_in_pages_by_id(stage: Stage) -> None:
    """Each once, as its owner sees it, from behind the one that was read last."""

    async def story(store: Storage) -> None:
        assert await store.leerlingen("", 10) == ()
        made = [new_leerling() for _ in range(5)]
        for new in made:
            await store.commit(Change(new_leerling=new))
        expected = sorted((row_of(new) for new in made), key=lambda row: row.id)
        seen: list[LeerlingRow] = []
        while page := await store.leerlingen(seen[-1].id if seen else "", 2):
            assert len(page) <= 2
            seen += page
        assert seen == expected

    stage.run(story)


def test_the_leerlingen_of_one_partij_by_index(stage: Stage) -> None:
    """In pages, each once, as their owner sees them; of another partij none."""

    async def story(store: Storage) -> None:
        own = [new_leerling() for _ in range(5)]
        for new in (*own, new_leerling(ZORG)):
            await store.commit(Change(new_leerling=new))
        expected = sorted((row_of(new) for new in own), key=lambda row: row.blind_index)
        seen: list[LeerlingRow] = []
        while page := await store.leerlingen_of(SCHOOL, seen[-1].blind_index if seen else b"", 2):
            assert len(page) <= 2
            seen += page
        assert seen == expected

    stage.run(story)


def test_look_alikes_are_found_per_partij(stage: Stage) -> None:
    """All with that index and of that partij, by id; of those of whom it is not known none."""

    async def story(store: Storage) -> None:
        alike = [new_leerling(lookalike=b"same") for _ in range(3)]
        other, unknown = new_leerling(lookalike=b"other"), new_leerling(lookalike=None)
        for new in (*alike, other, unknown, new_leerling(ZORG, lookalike=b"same")):
            await store.commit(Change(new_leerling=new))
        expected = sorted((row_of(new) for new in alike), key=lambda row: row.id)
        assert list(await store.lookalikes(SCHOOL, b"same")) == expected
        assert await store.lookalikes(SCHOOL, b"") == ()
        assert [row.owner for row in await store.lookalikes(ZORG, b"same")] == [ZORG]

    stage.run(story)


def test_what_an_id_looks_like_is_filled_where_it_was_not_known(stage: Stage) -> None:
    """In pages by id; what is known stays as it is, and what is filled lasts."""
    news = [new_leerling(lookalike=None) for _ in range(5)]
    known = new_leerling(lookalike=b"known")

    async def fill(store: Storage) -> None:
        for new in (*news, known):
            await store.commit(Change(new_leerling=new))
        seen: list[LeerlingRow] = []
        while page := await store.without_lookalike(seen[-1].id if seen else "", 2):
            assert len(page) <= 2
            seen += page
        assert seen == sorted((row_of(new) for new in news), key=lambda row: row.id)
        await store.set_lookalikes({news[0].id: b"filled", known.id: b"changed"})
        assert len(await store.without_lookalike("", 10)) == 4
        await look(store)

    async def look(store: Storage) -> None:
        assert [row.id for row in await store.lookalikes(SCHOOL, b"filled")] == [news[0].id]
        assert [row.id for row in await store.lookalikes(SCHOOL, b"known")] == [known.id]
        assert await store.lookalikes(SCHOOL, b"changed") == ()

    stage.run(fill)
    if stage.engine.lasts:
        stage.run(look)


def test_the_same_leerling_twice_moved(stage: Stage) -> None:
    """A leerling that somebody else made meanwhile answers Moved and writes nothing."""

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new))
        again = new_leerling(index=new.blind_index)
        result = await store.commit(Change(new_leerling=again, leaves=(leaf(),), answer=answer()))
        assert result == Moved()
        assert await store.leerling(again.id) is None
        assert await store.answer(SCHOOL, b"key") is None
        assert isinstance(
            await store.commit(Change(new_leerling=new_leerling(ZORG, new.blind_index))), Committed
        )

    stage.run(story)


def test_a_linked_partij_knows_the_leerling_by_its_own_ref(stage: Stage) -> None:
    """A koppeling adds a reference; the owner's stays, and each works for its own partij only."""

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new))
        link = Koppeling(fresh_id(), new.id, ZORG, fresh_id())
        await store.commit(Change(koppeling=link))
        assert await store.leerling_by_ref(ZORG, link.ref) == replace(row_of(new), ref=link.ref)
        assert await store.leerling_by_ref(SCHOOL, new.ref) == row_of(new)
        assert await store.leerling_by_ref(SCHOOL, link.ref) is None
        assert await store.leerling(new.id) == row_of(new)
        assert await store.leerling_by_index(SCHOOL, new.blind_index) == row_of(new)

    stage.run(story)


def test_a_second_koppeling_keeps_the_first_ref(stage: Stage) -> None:
    """Linking again is no error: the first reference goes on working and the second never does."""

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new))
        first, second = (Koppeling(fresh_id(), new.id, ZORG, fresh_id()) for _ in range(2))
        await store.commit(Change(koppeling=first))
        assert isinstance(await store.commit(Change(koppeling=second, leaves=(leaf(),))), Committed)
        assert await store.leerling_by_ref(ZORG, first.ref) is not None
        assert await store.leerling_by_ref(ZORG, second.ref) is None

    stage.run(story)


def test_facts_raise_the_epoch_once_together(stage: Stage) -> None:
    """Two facts in one change raise epoch and volgnummer by one, and are read in order of recording."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        facts = [fact(leerling, kind) for kind in ("toestemming", "gezag", "bezwaar")]
        await store.commit(Change(expect=expecting(leerling), facts=tuple(facts[:2])))
        await store.commit(Change(expect=expecting(leerling, 1, draw=True), facts=(facts[2],)))
        assert await store.facts(leerling) == tuple(facts)
        assert await store.fact(facts[1].id) == facts[1]
        assert await store.fact(fresh_id()) is None
        assert await store.facts(fresh_id()) == ()
        row = await store.leerling(leerling)
        assert row is not None
        assert (row.epoch, row.volgnummer) == (2, 2)

    stage.run(story)


def test_the_leaf_that_tells_of_a_fact_is_found(stage: Stage) -> None:
    """The n-th fact of a change has its n-th leaf; without a leaf none."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        facts = [fact(leerling) for _ in range(4)]
        await store.commit(Change(expect=expecting(leerling), facts=(facts[0],)))
        result = await store.commit(
            Change(
                leaves=(leaf(), leaf(), leaf()),
                expect=expecting(leerling, 1),
                facts=(facts[1], facts[2]),
            )
        )
        assert isinstance(result, Committed)
        found = [await store.fact_leaf(f.id) for f in facts]
        assert found == [None, *result.leaves[:2], None]

    stage.run(story)


def test_a_new_leerling_with_facts_starts_at_one(stage: Stage) -> None:
    """Facts in the change that makes the leerling count like any others."""

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new, facts=(fact(new.id),)))
        assert await store.leerling(new.id) == row_of(new, epoch=1, volgnummer=1)

    stage.run(story)


def test_a_draw_raises_the_volgnummer_only(stage: Stage) -> None:
    """A release counts in the volgnummer and leaves the epoch as it is."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        await store.commit(Change(expect=expecting(leerling, volgnummer=0, draw=True)))
        await store.commit(Change(expect=expecting(leerling)))
        row = await store.leerling(leerling)
        assert row is not None
        assert (row.epoch, row.volgnummer) == (0, 1)

    stage.run(story)


@pytest.mark.parametrize("wrong", ["epoch", "volgnummer", "leerling"])
def test_another_expectation_moved(stage: Stage, wrong: str) -> None:
    """A decision on facts that changed, a volgnummer that was drawn, or nobody: Moved, nothing written."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        await store.commit(Change(expect=expecting(leerling), facts=(fact(leerling),)))
        expect = {
            "epoch": expecting(leerling, 0),
            "volgnummer": expecting(leerling, 1, volgnummer=0),
            "leerling": expecting(fresh_id(), 1),
        }[wrong]
        before = await everything(store)
        change = replace(delivery(leerling), expect=expect, answer=answer())
        assert await store.commit(change) == Moved()
        assert await everything(store) == before
        assert await store.answer(SCHOOL, b"key") is None

    stage.run(story)


def test_of_many_facts_on_one_epoch_one_wins(stage: Stage) -> None:
    """When 64 changes expect the same epoch and add a fact, exactly one is committed."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        changes = [Change(expect=expecting(leerling), facts=(fact(leerling),)) for _ in range(64)]
        results = await asyncio.gather(*map(store.commit, changes))
        assert sum(isinstance(result, Committed) for result in results) == 1
        assert results.count(Moved()) == 63
        assert len(await store.facts(leerling)) == 1

    stage.run(story)


# --- uitwisselingen and leveringen


def test_an_uitwisseling_is_read_with_its_leaves(stage: Stage) -> None:
    """By id, with the ids of the leaves of its change."""

    async def story(store: Storage) -> None:
        await store.commit(Change(leaves=(leaf(),)))
        sent, leaves = uitwisseling(await a_leerling(store)), (leaf(), leaf())
        await store.commit(Change(uitwisseling=sent, leaves=leaves))
        assert await store.uitwisseling(sent.id) == (sent, tuple(one.id for one in leaves))
        assert await store.uitwisseling(fresh_id()) is None

    stage.run(story)


def test_many_are_accepted_in_one_change_each_with_its_own_leaves(stage: Stage) -> None:
    """Each counts for its leerling, pages by its own number, and names only what tells of it."""

    async def story(store: Storage) -> None:
        leerling, leaves = await a_leerling(store), (leaf(), leaf(), leaf())
        one, other = uitwisseling(leerling), uitwisseling(leerling)
        each = (Accepted(one, (leaves[0].id,)), Accepted(other, (leaves[1].id, leaves[2].id)))
        assert isinstance(await store.commit(Change(each_of=each, leaves=leaves)), Committed)
        assert await store.uitwisseling(one.id) == (one, each[0].leaves)
        assert await store.uitwisseling(other.id) == (other, each[1].leaves)
        assert [sent for _, sent in await store.uitwisselingen(SCHOOL, None, 5)] == [other, one]
        row = await store.leerling(leerling)
        assert row is not None
        assert row.accepted == 2

    stage.run(story)


def test_uitwisselingen_page_newest_first(stage: Stage) -> None:
    """A sender pages through its own, each once, newest first; `before` excludes itself."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        mine = [uitwisseling(leerling) for _ in range(5)]
        for sent in mine:
            await store.commit(Change(uitwisseling=sent, leaves=(leaf(),)))
            await store.commit(Change(uitwisseling=uitwisseling(leerling, ZORG), leaves=(leaf(),)))
        seen = []
        before = None
        while page := await store.uitwisselingen(SCHOOL, before, 2):
            seen += [sent for _, sent in page]
            before = page[-1][0]
        assert seen == mine[::-1]

    stage.run(story)


def test_a_levering_comes_back_as_it_went_in(stage: Stage) -> None:
    """Decision, moments and reasons survive storage; only the postbus position is added."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        new = levering(leerling, lease_tot=NOW, opgehaald=3, vastgelegde_hash="ab" * 32)
        first = write(new)
        found = await stored(store, Change(leveringen=(first,)))
        assert found == new.model_copy(update={"positie": found.positie})
        assert found.positie is not None
        assert await store.history(new.id) == (first.event,)
        assert await store.levering(fresh_id()) is None
        assert await store.history(fresh_id()) == ()

    stage.run(story)


def test_leveringen_of_an_uitwisseling_keep_their_order(stage: Stage) -> None:
    """In the order in which they were accepted, also after one of them changed."""

    async def story(store: Storage) -> None:
        leerling, sent = await a_leerling(store), fresh_id()
        writes = tuple(write(levering(leerling, uitwisseling=sent)) for _ in range(3))
        await store.commit(Change(leveringen=(*writes, write(levering(leerling)))))
        (first, *_) = await store.leveringen(sent)
        await store.commit(Change(leveringen=(rewrite(first, opgehaald=1),)))
        assert [row.id for row in await store.leveringen(sent)] == [w.levering.id for w in writes]

    stage.run(story)


def test_a_next_version_replaces_and_adds_to_the_history(stage: Stage) -> None:
    """The row is replaced, the history grows, and the version counts."""

    async def story(store: Storage) -> None:
        held = await stored(store, delivery(await a_leerling(store), status=AANGEHOUDEN))
        change = rewrite(held, KLAAR, enqueue=True)
        free = await stored(store, Change(leveringen=(change,)))
        assert (free.status, free.versie, free.positie) == (KLAAR, 1, 1)
        assert [e.volgnummer for e in await store.history(held.id)] == [1, 2]

    stage.run(story)


@pytest.mark.parametrize("wrong", ["older", "newer", "exists", "unknown"])
def test_another_version_moved(stage: Stage, wrong: str) -> None:
    """A levering that is not at the expected version answers Moved, and its neighbours stay as they were."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        held = await stored(store, delivery(leerling, status=AANGEHOUDEN))
        second = await stored(store, Change(leveringen=(rewrite(held),)))
        bad = {
            "older": rewrite(held),
            "newer": rewrite(second.model_copy(update={"versie": 2})),
            "exists": write(levering(leerling, AANGEHOUDEN, id=held.id)),
            "unknown": rewrite(levering(leerling, AANGEHOUDEN)),
        }[wrong]
        before = await everything(store)
        good = write(levering(leerling))
        assert await store.commit(Change(leveringen=(good, bad), leaves=(leaf(),))) == Moved()
        assert await everything(store) == before
        assert await store.levering(good.levering.id) is None

    stage.run(story)


def path_to(status: Leveringstatus) -> tuple[Leveringstatus, ...]:
    """Steps from a first status to this one, none when it can be the first."""
    return {
        Leveringstatus.AFGELEVERD: (KLAAR, Leveringstatus.AFGELEVERD),
        Leveringstatus.BEVESTIGD: (KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD),
        Leveringstatus.MISLUKT: (KLAAR, Leveringstatus.MISLUKT),
    }.get(status, (status,))


@pytest.mark.parametrize("start", list(Leveringstatus))
@pytest.mark.parametrize("end", list(Leveringstatus))
def test_only_steps_of_the_state_table(stage: Stage, start: Leveringstatus, end: Leveringstatus) -> None:
    """A step outside the state table is refused and writes nothing; every step in it is stored."""

    async def story(store: Storage) -> None:
        first, *steps = path_to(start)
        now = await stored(store, delivery(await a_leerling(store), status=first))
        for step in steps:
            now = await stored(store, Change(leveringen=(rewrite(now, step),)))
        change = Change(leveringen=(rewrite(now, end, enqueue=end is KLAAR and start is not KLAAR),))
        if end is start or end in OVERGANGEN[start]:
            assert (await stored(store, change)).status is end
            return
        before = await everything(store)
        with pytest.raises(ContractBroken):
            await store.commit(change)
        assert await everything(store) == before
        assert await store.levering(now.id) == now

    stage.run(story)


def broken_changes() -> dict[str, Change]:
    person, new = fresh_id(), new_leerling()
    klaar, held = levering(person), levering(person, AANGEHOUDEN)
    return {
        "new-and-expected": Change(new_leerling=new, expect=expecting(person)),
        "fact-of-nobody": Change(facts=(fact(person),)),
        "fact-of-another": Change(new_leerling=new, facts=(fact(person),)),
        "unaccounted": Change(uitwisseling=uitwisseling(person)),
        "unaccounted-of-many": Change(each_of=(Accepted(uitwisseling(person), ()),)),
        "told-elsewhere": Change(each_of=(Accepted(uitwisseling(person), (fresh_id(),)),), leaves=(leaf(),)),
        "first-version": Change(leveringen=(write(levering(person, versie=1)),)),
        "event-number": Change(
            leveringen=(replace(write(klaar), event=write(klaar).event.model_copy(update={"volgnummer": 2})),)
        ),
        "drop-and-replace": Change(leveringen=(write(held, drop_content=True, content=sealed()),)),
        "twice": Change(leveringen=(write(held), write(held))),
        "klaar-unplaced": Change(leveringen=(write(klaar, enqueue=False),)),
        "enqueue-held": Change(leveringen=(write(held, enqueue=True),)),
        "invented-place": Change(leveringen=(write(levering(person, positie=7), enqueue=False),)),
    }


@pytest.mark.parametrize("name", sorted(broken_changes()))
def test_a_senseless_change_is_refused(stage: Stage, name: str) -> None:
    """A change that no state of the store could make right raises for its caller and writes nothing."""

    async def story(store: Storage) -> None:
        with pytest.raises(ContractBroken):
            await store.commit(broken_changes()[name])
        assert (await store.head()).size == 0
        assert isinstance(await store.commit(Change(leaves=(leaf(),))), Committed)

    stage.run(story)


def test_a_levering_is_there_for_its_ontvanger_when_klaar_or_once_in_his_hands(stage: Stage) -> None:
    """In every other state, for another ontvanger and for an id that is not there: nothing."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        for status in Leveringstatus:
            for gone in (None, ("doelen[].tekst",)):
                first, *steps = path_to(status)
                now = await stored(store, delivery(leerling, status=first))
                for step in steps:
                    now = await stored(store, Change(leveringen=(rewrite(now, step),)))
                now = await stored(store, Change(leveringen=(rewrite(now, overgedragen=gone),)))
                knows = status is Leveringstatus.KLAAR or gone is not None
                assert await store.levering_for(now.id, ZORG) == (now if knows else None), (status, gone)
                assert await store.levering_for(now.id, "agb:99999902") is None
        assert await store.levering_for(fresh_id(), ZORG) is None

    stage.run(story)


# --- content


def test_content_is_stored_replaced_and_destroyed(stage: Stage) -> None:
    """Content stays through other writes, is replaced when given again, and is gone once destroyed."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first, second = sealed(b"x" * 10_000), sealed(b"y" * 9_000)
        new = levering(leerling)
        now = await stored(store, Change(leveringen=(write(new, content=first),)))
        assert await store.content(now.id) == first
        now = await stored(store, Change(leveringen=(rewrite(now, opgehaald=1),)))
        assert await store.content(now.id) == first
        now = await stored(store, Change(leveringen=(rewrite(now, content=second),)))
        assert await store.content(now.id) == second
        gone = rewrite(now, Leveringstatus.INGETROKKEN, drop_content=True)
        now = await stored(store, Change(leveringen=(gone,)))
        assert await store.content(now.id) is None
        assert await store.content(fresh_id()) is None

    stage.run(story)


# --- lists


def test_open_leveringen_are_those_that_hold_content(stage: Stage) -> None:
    """Every open state, in order of acceptance, of this leerling only."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        ids = []
        for status in Leveringstatus:
            first, *steps = path_to(status)
            now = await stored(store, delivery(leerling, status=first))
            for step in steps:
                now = await stored(store, Change(leveringen=(rewrite(now, step),)))
            ids += [now.id] if status in OPEN else []
        await store.commit(delivery(await a_leerling(store)))
        assert [row.id for row in await store.open_leveringen(leerling)] == ids

    stage.run(story)


def test_a_postbus_gives_of_each_leerling_the_first(stage: Stage) -> None:
    """Later ones wait until the first is no longer klaar; other leerlingen and ontvangers do not wait."""

    async def story(store: Storage) -> None:
        one, other = await a_leerling(store), await a_leerling(store)
        rows = [await stored(store, delivery(who)) for who in (one, one, other)]
        await store.commit(delivery(one, ontvanger="agb:99999902"))
        assert [row.id for row in await store.postbus(ZORG, None, NOW, 10)] == [rows[0].id, rows[2].id]
        assert [await store.is_first_in_line(row.id, NOW) for row in rows] == [True, False, True]
        await store.commit(Change(leveringen=(rewrite(rows[0], Leveringstatus.AFGELEVERD),)))
        assert [row.id for row in await store.postbus(ZORG, None, NOW, 10)] == [rows[1].id, rows[2].id]
        assert await store.is_first_in_line(rows[1].id, NOW)

    stage.run(story)


def test_a_postbus_pages_by_position(stage: Stage) -> None:
    """A cursor returns what stands behind it, so a reader that follows it misses and repeats nothing."""

    async def story(store: Storage) -> None:
        ids = [(await stored(store, delivery(await a_leerling(store)))).id for _ in range(5)]
        seen: list[str] = []
        while page := await store.postbus(ZORG, seen[-1] if seen else None, NOW, 2):
            assert len(page) <= 2
            seen += [row.id for row in page]
        assert seen == ids
        assert await store.postbus(SCHOOL, None, NOW, 10) == ()

    stage.run(story)


def test_a_waiting_one_stays_hidden_behind_the_cursor(stage: Stage) -> None:
    """Whose first levering was seen but not taken does not get its second one by moving the cursor."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first, _ = [await stored(store, delivery(leerling)) for _ in range(2)]
        assert await store.postbus(ZORG, first.id, NOW, 10) == ()

    stage.run(story)


def test_a_cursor_that_was_dealt_with_hides_nothing(stage: Stage) -> None:
    """What comes to the head behind a cursor shows as soon as the cursor's own levering is not klaar."""

    async def story(store: Storage) -> None:
        one, other = await a_leerling(store), await a_leerling(store)
        first, second, last = [await stored(store, delivery(who)) for who in (one, one, other)]
        foreign = await stored(store, delivery(await a_leerling(store), ontvanger="agb:99999902"))
        listed = [row.id for row in await store.postbus(ZORG, None, NOW, 10)]
        assert listed == [first.id, last.id]
        await store.commit(Change(leveringen=(rewrite(first, Leveringstatus.AFGELEVERD),)))
        assert await store.postbus(ZORG, last.id, NOW, 10) == ()
        await store.commit(Change(leveringen=(rewrite(last, Leveringstatus.AFGELEVERD),)))
        for cursor in (first.id, last.id, foreign.id, fresh_id(), None):
            assert [row.id for row in await store.postbus(ZORG, cursor, NOW, 10)] == [second.id]

    stage.run(story)


def test_a_return_to_klaar_takes_a_new_place(stage: Stage) -> None:
    """A levering held again after it was klaar goes to the end of the line."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first, second = [await stored(store, delivery(leerling)) for _ in range(2)]
        held = await stored(store, Change(leveringen=(rewrite(first, AANGEHOUDEN, positie=None),)))
        again = await stored(store, Change(leveringen=(rewrite(held, KLAAR, enqueue=True),)))
        assert (again.positie or 0) > (second.positie or 0)
        assert [row.id for row in await store.postbus(ZORG, None, NOW, 10)] == [second.id]

    stage.run(story)


def test_an_unknown_levering_holds_nobody_up(stage: Stage) -> None:
    """Asked about a levering that does not exist, nobody stands first in line."""

    async def story(store: Storage) -> None:
        assert not await store.is_first_in_line(fresh_id(), NOW)

    stage.run(story)


def test_all_leveringen_page_in_order_of_acceptance(stage: Stage) -> None:
    """Each once, in whichever state, whoever it is about, in the version it has now."""

    async def story(store: Storage) -> None:
        one, other = await a_leerling(store), await a_leerling(store)
        rows = [await stored(store, delivery(who, status=AANGEHOUDEN)) for who in (one, other, one, other)]
        await store.commit(Change(leveringen=(rewrite(rows[0], Leveringstatus.GEWEIGERD),)))
        seen: list[Levering] = []
        after = 0
        while page := await store.all_leveringen(after, 3):
            seen += [row for _, row in page]
            after = page[-1][0]
        assert [row.id for row in seen] == [row.id for row in rows]
        assert seen[0].status is Leveringstatus.GEWEIGERD

    stage.run(story)


def test_positions_have_no_gaps_under_load(stage: Stage) -> None:
    """64 at once: the log has them all, those of a change in its order, and the postbus keeps that order."""

    async def story(store: Storage) -> None:
        leerlingen = [await a_leerling(store) for _ in range(64)]
        changes = [replace(delivery(who), leaves=(leaf(), leaf())) for who in leerlingen]
        results = await asyncio.gather(*map(store.commit, changes))
        positions = [await positions_of(store, result) for result in results]
        assert sorted(p for pair in positions for p in pair) == list(range(128))
        assert all(first < second for first, second in positions)
        places = [
            ((await store.levering(c.leveringen[0].levering.id)), p)
            for c, p in zip(changes, positions, strict=True)
        ]
        in_line = sorted((pair[0], row.positie) for row, pair in places if row is not None)
        assert [place for _, place in in_line] == sorted(place for _, place in in_line if place)

    stage.run(story)


def test_a_reader_never_sees_a_later_position_first(stage: Stage) -> None:
    """Whatever a reader sees between commits, the log it sees has no hole and its head covers it."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        writes = [asyncio.ensure_future(store.commit(delivery(leerling))) for _ in range(100)]
        while not all(w.done() for w in writes):
            entries = await store.entries(0, 1_000)
            assert [entry.position for entry in entries] == list(range(len(entries)))
            assert (await store.head()).size >= len(entries)
            await asyncio.sleep(0)
        for done in writes:
            (position,) = await positions_of(store, done.result())
            assert await store.entries(position, 1)

    stage.run(story)


# --- the register and token ids


def test_a_register_is_replaced_at_its_version_only(stage: Stage) -> None:
    """Over another version nothing changes; over the present one all is replaced, and accounted for."""

    async def story(store: Storage) -> None:
        assert await store.register() == Register(0)
        first = Register(
            99,
            {SCHOOL: '{"a":1}', ZORG: "{}"},
            {"opp": "{}"},
            {"opp": '{"tekst":"","handtekening":""}'},
            {"regio": "{}"},
            {"tekst-1": "{}"},
        )
        assert await store.apply_register(first, 0, (leaf(soort=EventType.REGISTER_CHANGED),))
        assert await store.register() == replace(first, version=1)
        assert not await store.apply_register(Register(0), 0, (leaf(),))
        assert await store.register_version() == 1
        assert (await store.head()).size == 1
        assert await store.apply_register(Register(0, {SCHOOL: "{}"}), 1, ())
        assert await store.register() == Register(2, {SCHOOL: "{}"})

    stage.run(story)


def test_a_token_id_is_taken_once_until_it_expires(stage: Stage) -> None:
    """The second claim is a replay, another client's is not, and at its last instant it is over."""

    async def story(store: Storage) -> None:
        until = NOW + SECOND
        assert await store.claim_jti(SCHOOL, b"jti", until, NOW)
        assert not await store.claim_jti(SCHOOL, b"jti", until, NOW)
        assert await store.claim_jti(ZORG, b"jti", until, NOW)
        assert not await store.claim_jti(SCHOOL, b"late", until, until)
        assert await store.claim_jti(SCHOOL, b"jti", until + SECOND, until)
        assert not await store.claim_jti(SCHOOL, b"jti", until + SECOND, until)

    stage.run(story)


def test_of_many_claims_at_once_one_wins(stage: Stage) -> None:
    """A token id presented 64 times at the same instant is accepted once."""

    async def story(store: Storage) -> None:
        claims = [store.claim_jti(SCHOOL, b"jti", NOW + SECOND, NOW) for _ in range(64)]
        assert sum(await asyncio.gather(*claims)) == 1

    stage.run(story)


# --- the ledger


def test_an_empty_log_has_the_empty_root(stage: Stage) -> None:
    """Before the first leaf there is a head, no entry and no checkpoint."""

    async def story(store: Storage) -> None:
        assert await store.head() == TreeHead(0, Frontier().root())
        assert await store.entries(0, 10) == ()
        assert await store.last_checkpoint() is None
        assert await store.root(0) == Frontier().root()

    stage.run(story)


def test_entries_are_what_was_given(stage: Stage) -> None:
    """In order, with the bytes and the leaf hash, from any start."""

    async def story(store: Storage) -> None:
        leaves = [leaf(f'{{"n":{n}}}') for n in range(5)]
        await store.commit(Change(leaves=tuple(leaves[:3])))
        await store.commit(Change(leaves=tuple(leaves[3:])))
        found = await store.entries(1, 3)
        assert [(e.position, e.soort, e.canonical, e.leaf_hash) for e in found] == [
            (n, leaves[n].soort, leaves[n].canonical, leaf_hash(leaves[n].canonical)) for n in (1, 2, 3)
        ]

    stage.run(story)


def test_proofs_hold_across_tiles(stage: Stage) -> None:
    """At 600 leaves every kind of proof verifies, and the head is what the leaves give from scratch."""

    async def story(store: Storage) -> None:
        hashes = []
        for start in range(0, 600, 50):
            leaves = tuple(leaf(f'{{"n":{n}}}') for n in range(start, start + 50))
            hashes += [leaf_hash(one.canonical) for one in leaves]
            await store.commit(Change(leaves=leaves))
        head = await store.head()
        assert head == TreeHead(600, Frontier().extend(hashes).root())
        for size in (1, 255, 256, 257, 512, 600):
            root = await store.root(size)
            assert root == Frontier().extend(hashes[:size]).root()
            for at in {0, size // 2, size - 1}:
                assert verify_inclusion(hashes[at], at, size, await store.inclusion_proof(at, size), root)
            path = await store.consistency_proof(size, 600)
            assert verify_consistency(size, root, 600, head.root, path)

    stage.run(story)


def test_nothing_is_proven_about_what_is_not_there(stage: Stage) -> None:
    """A size beyond the head, or a position beyond the size, is wrong use."""

    async def story(store: Storage) -> None:
        await store.commit(Change(leaves=(leaf(), leaf())))
        for wrong in (
            store.inclusion_proof(0, 3),
            store.inclusion_proof(2, 2),
            store.consistency_proof(1, 3),
            store.consistency_proof(0, 2),
            store.root(3),
        ):
            with pytest.raises(WrongUse):
                await wrong

    stage.run(story)


def test_the_last_checkpoint_only_moves_forward(stage: Stage) -> None:
    """It is replaced by a later one; one that goes back or runs ahead of the log is refused."""

    async def story(store: Storage) -> None:
        await store.commit(Change(leaves=(leaf(), leaf())))
        for size in (1, 2, 2):
            await store.save_checkpoint(StoredCheckpoint(size, f"note {size}\n"))
        for size in (1, 3):
            with pytest.raises(LedgerBroken):
                await store.save_checkpoint(StoredCheckpoint(size, "wrong\n"))
        assert await store.last_checkpoint() == StoredCheckpoint(2, "note 2\n")

    stage.run(story)


# --- the store itself


def test_everything_survives_opening_again(stage: Stage) -> None:
    """After closing and opening, all reads, the counters and the refusal of a replay are as before."""
    if not stage.engine.lasts:
        pytest.skip("this engine forgets on purpose")
    new = new_leerling()
    ids: list[str] = []

    async def before(store: Storage) -> None:
        await store.commit(Change(new_leerling=new, facts=(fact(new.id),), answer=answer(), leaves=(leaf(),)))
        ids.append((await stored(store, delivery(new.id))).id)
        await store.claim_jti(SCHOOL, b"jti", NOW + SECOND, NOW)
        await store.apply_register(Register(0, {SCHOOL: "{}"}), 0, (leaf(),))
        await store.save_checkpoint(StoredCheckpoint(2, "note\n"))

    async def after(store: Storage) -> None:
        assert await store.leerling(new.id) == row_of(new, epoch=1, volgnummer=1)
        assert await store.answer(SCHOOL, b"key") == answer()
        assert [row.id for row in await store.postbus(ZORG, None, NOW, 10)] == ids
        assert not await store.claim_jti(SCHOOL, b"jti", NOW + SECOND, NOW)
        assert await store.register() == Register(1, {SCHOOL: "{}"})
        assert await store.last_checkpoint() == StoredCheckpoint(2, "note\n")
        hashes = [entry.leaf_hash for entry in await store.entries(0, 10)]
        assert await store.head() == TreeHead(3, Frontier().extend(hashes).root())
        assert (await stored(store, delivery(new.id))).positie == 2
        assert await positions_of(store, await store.commit(Change(leaves=(leaf(),)))) == (4,)

    stage.run(before)
    stage.run(after)


def test_a_closed_store_says_so(stage: Stage) -> None:
    """After close every write and read raises RecordUnavailable; closing again is no error."""

    async def story(store: Storage) -> None:
        await store.close()
        with pytest.raises(RecordUnavailable):
            await store.commit(Change(leaves=(leaf(),)))
        with pytest.raises(RecordUnavailable):
            await store.head()

    stage.run(story)


def test_close_finishes_what_waits(stage: Stage) -> None:
    """A change handed in before close is either durable or refused when close returns, never lost."""
    results: list[CommitResult] = []

    async def story(store: Storage) -> None:
        waiting = [asyncio.ensure_future(store.commit(Change(leaves=(leaf(),)))) for _ in range(200)]
        await asyncio.sleep(0)
        await store.close()
        assert all(done.done() for done in waiting)
        results.extend(done.result() for done in waiting)

    async def again(store: Storage) -> None:
        positions = [await positions_of(store, result) for result in results]
        assert sorted(p for (p,) in positions) == list(range(200))

    stage.run(story)
    assert len([r for r in results if isinstance(r, Committed)]) == 200
    if stage.engine.lasts:
        stage.run(again)


def test_commits_count_transactions_that_wrote(stage: Stage) -> None:
    """A refused change costs no transaction; many changes at once cost at most one each."""

    async def story(store: Storage) -> None:
        start = store.commits
        await store.commit(Change(expect=expecting(fresh_id())))
        assert store.commits == start
        await asyncio.gather(*(store.commit(Change(leaves=(leaf(),))) for _ in range(64)))
        assert 1 <= store.commits - start <= 64

    stage.run(story)


# --- taken, and the day to look again


def test_a_taak_is_made_once_per_occasion(stage: Stage) -> None:
    """Another taak for the same partij and sleutel is Moved, and nothing of its change is written."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first = taak(leerling)
        assert isinstance(await store.commit(Change(taken=(TaakWrite(first),))), Committed)
        before = await store.head()
        again = taak(leerling, sleutel=first.sleutel)
        assert isinstance(await store.commit(Change(leaves=(leaf(),), taken=(TaakWrite(again),))), Moved)
        assert await store.head() == before
        assert await store.taak(again.id) is None
        assert await store.taak(first.id) == await store.taak_by_sleutel(SCHOOL, first.sleutel) == first
        elsewhere = taak(leerling, sleutel=first.sleutel, partij=ZORG)
        assert isinstance(await store.commit(Change(taken=(TaakWrite(elsewhere),))), Committed)

    stage.run(story)


def test_a_taak_goes_from_version_to_version(stage: Stage) -> None:
    """A next version needs the stored one; what ended is in no list and can still be read."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        rows = [taak(leerling) for _ in range(3)]
        await store.commit(Change(taken=tuple(map(TaakWrite, rows))))
        done = rows[1].model_copy(update={"status": Taakstatus.AFGEHANDELD, "versie": 1})
        assert isinstance(await store.commit(Change(taken=(TaakWrite(done, 0),))), Committed)
        assert isinstance(await store.commit(Change(taken=(TaakWrite(done, 0),))), Moved)
        assert await store.taak(done.id) == done
        assert [t for _, t in await store.taken(SCHOOL, 0, 10)] == [rows[0], rows[2]]
        assert await store.taken_of(leerling) == (rows[0], rows[2])
        assert await store.taken_of(await a_leerling(store)) == ()
        assert await store.taken(ZORG, 0, 10) == ()

    stage.run(story)


def test_a_taak_never_becomes_another(stage: Stage) -> None:
    """A version about another leerling, or with another id, breaks the contract."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        first = taak(leerling)
        await store.commit(Change(taken=(TaakWrite(first),)))
        for wrong in ({"leerling": await a_leerling(store)}, {"id": fresh_id()}):
            with pytest.raises(ContractBroken):
                await store.commit(
                    Change(taken=(TaakWrite(first.model_copy(update={"versie": 1, **wrong}), 0),))
                )
        assert await store.taak(first.id) == first

    stage.run(story)


def test_taken_page_in_order_of_creation(stage: Stage) -> None:
    """Every open taak of a partij once; a new version keeps its place."""

    async def story(store: Storage) -> None:
        leerling = await a_leerling(store)
        rows = [taak(leerling) for _ in range(5)]
        for row in rows:
            await store.commit(Change(taken=(TaakWrite(row), TaakWrite(taak(leerling, partij=ZORG)))))
        rows[0] = rows[0].model_copy(update={"versie": 1, "herinnerd_op": NOW})
        await store.commit(Change(taken=(TaakWrite(rows[0], 0),)))
        seen: list[tuple[int, Taak]] = []
        while page := await store.taken(SCHOOL, seen[-1][0] if seen else 0, 2):
            seen += page
        assert [t for _, t in seen] == rows

    stage.run(story)


def test_what_was_handed_over_is_found_again(stage: Stage) -> None:
    """Leveringen of this leerling that a recipient took are found in any state, in order of acceptance, and
    no others.
    """

    async def story(store: Storage) -> None:
        leerling, other = await a_leerling(store), await a_leerling(store)
        gone = [
            levering(leerling, status, overgedragen=("doelen",))
            for status in (Leveringstatus.BEVESTIGD, Leveringstatus.KLAAR, Leveringstatus.INGETROKKEN)
        ]
        rest = (levering(leerling), levering(other, overgedragen=("doelen",)))
        await store.commit(Change(leveringen=tuple(map(write, (*gone, *rest)))))
        assert [v.id for v in await store.delivered(leerling)] == [v.id for v in gone]

    stage.run(story)


def test_what_the_register_was_is_kept(stage: Stage) -> None:
    """Each version as it was applied; of a version that never was, nothing."""

    async def story(store: Storage) -> None:
        first, second = Register(0, {"a": "1"}, {"p": "x"}), Register(1, {"a": "2"})
        assert await store.register_at(0) == await store.register()
        assert await store.apply_register(first, 0, ())
        assert await store.apply_register(second, 1, ())
        kept, now = await store.register_at(1), await store.register_at(2)
        assert kept is not None
        assert (kept.partijen, kept.profielen, kept.version) == ({"a": "1"}, {"p": "x"}, 1)
        assert now == await store.register()
        assert await store.register_at(0) is None
        assert await store.register_at(3) is None

    stage.run(story)
