"""What every store does with stamps: keeps them beside what they are of, and gives them back unchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.stores.changes import ContractBroken
from gateway.ports.storage import Storage
from schemas.account.verantwoording import EventType
from schemas.storage.storage import Adopted, Change, Expectation, Leerlingstempel, Moved, Register
from tests.contract.conftest import Stage
from tests.contract.values import SCHOOL, answer, fact, leaf, new_leerling, row_of, uitwisseling

ONE, TWO = Leerlingstempel(b"feiten 1", b"stempel 1"), Leerlingstempel(b"feiten 2", b"stempel 2")


def test_a_stamp_is_kept_with_the_counters_it_is_of(stage: Stage) -> None:
    """A new leerling has his stamp, and every change that counts brings a new one; a change that Moved leaves
    the old one.
    """

    async def story(store: Storage) -> None:
        new = new_leerling()
        await store.commit(Change(new_leerling=new, stempel=ONE))
        first = replace(row_of(new), feitenhash=ONE.feitenhash, stamp=ONE.stamp)
        assert await store.leerling(new.id) == first
        assert await store.leerling_by_index(SCHOOL, new.blind_index) == first
        assert await store.leerling_by_ref(SCHOOL, new.ref) == first
        late = Change(expect=Expectation(new.id, 0, 7, draw=True), stempel=TWO)
        assert isinstance(await store.commit(late), Moved)
        assert await store.leerling(new.id) == first
        for expect, facts in (
            (Expectation(new.id, 0, 0, draw=True), ()),
            (Expectation(new.id, 0, 1), (fact(new.id),)),
        ):
            await store.commit(Change(expect=expect, facts=facts, leaves=(leaf(),), stempel=TWO))
            found = await store.leerling(new.id)
            assert found is not None
            assert (found.feitenhash, found.stamp) == (TWO.feitenhash, TWO.stamp)

    stage.run(story)


@pytest.mark.parametrize(
    "expect",
    [Expectation("x", 0), Expectation("x", 0, 0), Expectation("x", 0, None, draw=True), None],
    ids=["nothing counts", "nothing is drawn", "one counter is not expected", "of nobody"],
)
def test_a_stamp_without_its_counters_is_refused(stage: Stage, expect: Expectation | None) -> None:
    """A stamp on a change that does not expect the counters it is over would fit no row."""

    async def story(store: Storage) -> None:
        with pytest.raises(ContractBroken):
            await store.commit(Change(expect=expect, stempel=ONE))

    stage.run(story)


def test_adoption_writes_stamps_and_nothing_else(stage: Stage) -> None:
    """On rows that have none; the leaf at its end is found again, and everything can be paged through."""

    async def story(store: Storage) -> None:
        people = sorted((new_leerling() for _ in range(3)), key=lambda new: new.id)
        for n, new in enumerate(people):
            await store.commit(Change(new_leerling=new, answer=answer(b"%d" % n)))
        sent = uitwisseling(people[0].id)
        leaves = (leaf(), leaf())
        expect = Expectation(people[0].id, 0)
        await store.commit(Change(leaves=leaves, expect=expect, uitwisseling=sent))
        for version in range(2):
            assert await store.apply_register(Register(0, {SCHOOL: "{}"}), version, ())
        assert await store.stamped_from() is None

        assert [row.id for row in await store.leerlingen("", 2)] == [new.id for new in people[:2]]
        assert [row.id for row in await store.leerlingen(people[1].id, 2)] == [people[2].id]
        assert await store.all_uitwisselingen("", 5) == ((sent, tuple(one.id for one in leaves)),)
        assert await store.all_uitwisselingen(sent.id, 5) == ()
        kept = await store.answers(None, 2)
        assert [a.key_hash for a in kept] == [b"0", b"1"]
        assert [a.key_hash for a in await store.answers((SCHOOL, b"1"), 2)] == [b"2"]

        end = leaf(soort=EventType.STATE_ADOPTED)
        await store.adopt(
            Adopted(
                leerlingen={people[0].id: ONE},
                uitwisselingen=(sent.model_copy(update={"stamp": "00"}),),
                answers=(replace(kept[0], stamp=b"stamp"),),
                registers={1: b"past", 2: b"now"},
                leaf=end,
            )
        )
        row = replace(row_of(people[0], accepted=1), feitenhash=ONE.feitenhash, stamp=ONE.stamp)
        assert await store.leerling(people[0].id) == row
        assert await store.leerling(people[1].id) == row_of(people[1])
        assert await store.uitwisseling(sent.id) == (
            sent.model_copy(update={"stamp": "00"}),
            tuple(one.id for one in leaves),
        )
        assert await store.answer(SCHOOL, b"0") == replace(kept[0], stamp=b"stamp")
        past, now = await store.register_at(1), await store.register_at(2)
        assert past is not None
        assert now == await store.register()
        assert (past.stamp, now.stamp) == (b"past", b"now")
        assert await store.stamped_from() == end.id
        assert await store.last_leaf(EventType.STATE_ADOPTED) == end.canonical
        assert await store.last_leaf(EventType.REGISTER_CHANGED) is None

    stage.run(story)


def test_a_register_keeps_its_stamp_when_another_comes(stage: Stage) -> None:
    """The register of then keeps its own stamp, because decisions of then are held to it too."""

    async def story(store: Storage) -> None:
        await store.apply_register(Register(0, {SCHOOL: "{}"}, stamp=b"one"), 0, ())
        assert (await store.register()).stamp == b"one"
        await store.apply_register(Register(0, {SCHOOL: "[]"}, stamp=b"two"), 1, ())
        past = await store.register_at(1)
        assert past is not None
        assert ((await store.register()).stamp, past.stamp) == (b"two", b"one")

    stage.run(story)


def test_the_lines_about_registers_are_found_without_what_lies_between(stage: Stage) -> None:
    """The newest first, before a position, no more than asked for; other lines are not among them."""

    async def story(store: Storage) -> None:
        applied = []
        for n in range(3):
            one = leaf(f"register {n}", EventType.REGISTER_CHANGED)
            await store.apply_register(Register(0, {SCHOOL: f"[{n}]"}), n, (one,))
            await store.commit(Change(leaves=(leaf(), leaf())))
            applied.append(one.canonical)
        size = (await store.head()).size
        assert size == 9
        every = await store.registers(size, 10)
        assert [e.canonical for e in every] == applied[::-1]
        assert every == tuple(e for e in (await store.entries(0, 10))[::-1] if e in every)
        assert await store.registers(every[0].position, 1) == every[1:2]
        assert await store.registers(0, 10) == ()

    stage.run(story)
