"""What crosses at the worst moment: a register, a push, a failure, between deciding and storing."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Sequence

import pytest

from gateway.ports.storage import Storage
from gateway.register.apply import apply_register
from schemas.errors import Busy, RecordUnavailable
from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import Change, CommitResult, Job, Moved, Register
from tests.faults.faulty import FaultyStorage
from tests.line import (
    AANBIEDER,
    SCHOOL,
    Json,
    Line,
    another,
    envelope,
    fresh,
    only,
    persons,
    story,
    toestemming,
)

Matches = Callable[[Change], bool]


class Between(FaultyStorage):
    """Lets something else happen just before the next commit that matches, and breaks those it is told to."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner)
        self.matches: Matches = lambda _: True
        self.between: Callable[[], Awaitable[object]] | None = None
        self.breaks: Matches = lambda _: False
        self.how: type[BaseException] | None = None
        """What a commit that breaks raises; None: it answers Moved."""
        self.broke = 0
        self.unreadable: frozenset[str] = frozenset()
        self.sequenced = True
        self.gives_back = True
        """False: as when the process is killed."""

    async def give_back(self, job: Job, ids: Sequence[str]) -> None:
        if self.gives_back:
            await self._inner.give_back(job, ids)

    async def commit(self, change: Change) -> CommitResult:
        if self.between is not None and self.matches(change):
            between, self.between = self.between, None
            await between()
        if self.breaks(change):
            self.breaks = lambda _: False
            self.broke += 1
            if self.how is None:
                return Moved()
            raise self.how
        return await super().commit(change)

    async def levering(self, levering: str) -> Levering | None:
        if levering in self.unreadable:
            raise ValueError("somebody wrote in it")
        return await self._inner.levering(levering)

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        found = await self._inner.positions_of(leaves)
        return found if self.sequenced else (None,) * len(found)


def between(line: Line) -> Between:
    store = line.world.storage
    assert isinstance(store, Between)
    return store


async def without_role(line: Line) -> None:
    """Takes the role of the aanbieder away, as `ozlijn apply` does."""
    old = await line.world.storage.register()
    partij = json.loads(old.partijen[AANBIEDER])
    partij["rollen"] = []
    new = dataclasses.replace(old, partijen={**old.partijen, AANBIEDER: json.dumps(partij)})
    await apply_register(line.world.storage, line.context.leaves, line.context.stamps, new, remove=False)


async def strict(line: Line, on: bool) -> None:
    """A policy under which no text that people read is good enough, or the usual one."""
    old = await line.world.storage.register()
    beleid = {"regio": '{"kennisgevingen": []}'} if on else {}
    new = Register(0, old.partijen, old.profielen, old.convenanten, beleid, old.kennisgevingen)
    await apply_register(line.world.storage, line.context.leaves, line.context.stamps, new, remove=True)


async def behind_the_change(line: Line, soort: str) -> list[Json]:
    """The leaves of one kind that stand in the account behind the last change of the register."""
    leaves = await line.ledger()
    changed = max(n for n, leaf in enumerate(leaves) if leaf["soort"] == "register.changed")
    return [leaf for leaf in leaves[changed:] if leaf["soort"] == soort]


# ── a register that changes while something is decided


@story(wrap=Between)
async def test_no_hand_over_stands_behind_the_register_that_forbids_it(line: Line) -> None:
    """The role goes away between the decision and the commit: nothing is released, nothing is told."""
    _, pushed, _ = await line.permitted()
    store = between(line)
    store.matches, store.between = (lambda c: bool(c.leveringen)), lambda: without_role(line)
    assert (await line.try_take(only(pushed))).status_code == 404
    assert await behind_the_change(line, "exchange.release_intent") == []
    assert await line.status(pushed) == "geweigerd"


@story(wrap=Between)
async def test_of_many_hand_overs_in_flight_none_stands_behind_it(line: Line) -> None:
    """Twelve leerlingen are taken at the same moment, over and over, and halfway the role goes away."""
    pushed = []
    for n in range(12):
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"})
        await line.both_agree(leerling)
        pushed.append(await line.push(raw=another(f"LL-{n}")))
    takes = [asyncio.ensure_future(line.try_take(only(p))) for p in pushed[:6]]
    await asyncio.sleep(0)
    change = asyncio.ensure_future(without_role(line))
    takes += [asyncio.ensure_future(line.try_take(only(p))) for p in pushed[6:]]
    answers = await asyncio.gather(*takes)
    await change
    assert {a.status_code for a in answers} <= {200, 404}
    assert await behind_the_change(line, "exchange.release_intent") == []
    assert all([(await line.try_take(only(p))).status_code != 200 for p in pushed])


@story(wrap=Between)
async def test_what_comes_in_is_decided_under_the_register_it_stands_behind(line: Line) -> None:
    """A push during the change: the recipient that it names has no role any more, and the sender hears so."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    store = between(line)
    store.matches = lambda c: c.uitwisseling is not None
    store.between = lambda: without_role(line)
    answer = await line.school.post("/uitwisselingen", envelope(), key=fresh())
    if answer.status_code == 202:
        assert await line.status(answer.json()) == "geweigerd"
    else:
        assert answer.status_code == 400
    permitted = [
        leaf
        for leaf in await behind_the_change(line, "exchange.decided")
        if leaf["outcome"].startswith("PERMIT")
    ]
    assert permitted == []


async def without_client(line: Line, partij: str) -> None:
    """Takes the only client of a partij out, as after a key was stolen."""
    old = await line.world.storage.register()
    changed = json.loads(old.partijen[partij])
    changed["clients"] = []
    new = dataclasses.replace(old, partijen={**old.partijen, partij: json.dumps(changed)})
    await apply_register(line.world.storage, line.context.leaves, line.context.stamps, new, remove=False)


@story(wrap=Between)
async def test_who_was_taken_out_meanwhile_does_nothing_more(line: Line) -> None:
    """Let in with a key that is withdrawn before the commit: no message, no fact and no levering of his."""
    leerling, pushed, _ = await line.permitted()
    store = between(line)
    store.between = lambda: without_client(line, AANBIEDER)
    assert (await line.try_take(only(pushed))).status_code == 401
    store.between = lambda: without_client(line, SCHOOL)
    before = await line.ledger()
    body = toestemming(persons(leerling)[0], leerlingId=leerling["leerlingId"])
    assert (await line.school.post("/toestemmingen", body, key=fresh())).status_code == 401
    assert [leaf["soort"] for leaf in (await line.ledger())[len(before) :]] == ["register.changed"]


@story(wrap=Between)
async def test_a_push_of_who_was_taken_out_meanwhile_is_not_taken_in(line: Line) -> None:
    """A message of a sender who was just taken out of the register is refused: he is read again with that
    register.
    """
    store = between(line)
    store.between = lambda: without_client(line, SCHOOL)
    answer = await line.school.post("/uitwisselingen", envelope(), key=fresh())
    assert answer.status_code == 401
    assert [leaf["soort"] for leaf in await line.ledger()] == ["register.changed"]


@story(wrap=Between)
async def test_a_fact_releases_nothing_that_the_register_forbids(line: Line) -> None:
    """The last signature comes in while the role goes away: what waited does not become klaar."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    await line.agree(leerling, first)
    pushed = await line.push()
    store = between(line)
    store.matches, store.between = (lambda c: bool(c.facts)), lambda: without_role(line)
    await line.agree(leerling, second)
    assert await line.status(pushed) == "geweigerd"
    decided = await behind_the_change(line, "exchange.decided")
    assert [leaf["outcome"] for leaf in decided] == ["DENY"]


# ── what is permitted does not stay held


@pytest.mark.parametrize("how", [RecordUnavailable, Busy, asyncio.CancelledError, None])
@story("memory", wrap=Between)
async def test_nothing_comes_after_a_fact_that_could_fail(
    line: Line, how: type[BaseException] | None
) -> None:
    """A push crosses the last signature, and whatever is stored after that signature fails: it is klaar."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    await line.agree(leerling, first)
    store, pushed = between(line), list[Json]()

    async def push() -> None:
        pushed.append(await line.push())
        store.how, store.breaks = how, lambda c: bool(c.leveringen) and not c.facts

    store.matches, store.between = (lambda c: bool(c.facts)), push
    body = toestemming(second, leerlingId=leerling["leerlingId"])
    answer = await line.school.post("/toestemmingen", body, key=fresh())
    assert (answer.status_code, store.broke) == (201, 0)
    assert await line.status(pushed[0]) == "klaar"


@pytest.mark.parametrize("how", [RecordUnavailable, Busy, ZeroDivisionError, None])
@story(wrap=Between)
async def test_what_a_new_policy_permits_is_not_done_before_it_is(
    line: Line, how: type[Exception] | None
) -> None:
    """One of three fails, or crosses something: the others go on, and the next round does it."""
    await strict(line, on=True)
    pushed = []
    for n in range(3):
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"})
        await line.both_agree(leerling)
        pushed.append(await line.push(raw=another(f"LL-{n}")))
    assert [await line.status(p) for p in pushed] == ["aangehouden"] * 3
    await strict(line, on=False)
    store = between(line)
    store.how, store.breaks = how, lambda c: bool(c.leveringen)
    if how is None:
        assert await line.context.rounds.daily() == 2
    else:
        with pytest.raises(how):
            await line.context.rounds.daily()
    assert store.broke == 1
    assert sorted([await line.status(p) for p in pushed]) == ["aangehouden", "klaar", "klaar"]
    assert await line.context.rounds.daily() == 1
    assert [await line.status(p) for p in pushed] == ["klaar"] * 3
    assert await line.context.rounds.daily() == 0


@pytest.mark.parametrize("killed", [False, True])
@story(wrap=Between)
async def test_a_round_that_was_stopped_is_taken_up_by_another(line: Line, killed: bool) -> None:
    """Stopped halfway, it gives back what it had. Killed, it cannot: then after five minutes, by anybody."""
    await strict(line, on=True)
    leerling = await line.gezag()
    await line.both_agree(leerling)
    pushed = await line.push()
    await strict(line, on=False)
    store = between(line)
    store.how, store.breaks, store.gives_back = (
        asyncio.CancelledError,
        lambda c: bool(c.leveringen),
        not killed,
    )
    with pytest.raises(asyncio.CancelledError):
        await line.context.rounds.daily()
    store.gives_back = True
    if killed:
        line.later(minutes=4)
        assert await line.context.rounds.daily() == 0
        assert await line.status(pushed) == "aangehouden"
        line.later(minutes=1, seconds=1)
    assert await line.context.rounds.daily() == 1
    assert await line.status(pushed) == "klaar"


@story(wrap=Between)
async def test_what_moves_in_between_takes_no_other_from_its_portion(line: Line) -> None:
    """A fact decides one of three that stay held meanwhile: the others are marked all the same."""
    await strict(line, on=True)
    one = await line.gezag(leerling={"leerlingid": "LL-0"})
    for n in range(3):
        await line.push(raw=another(f"LL-{n}"))
    await strict(line, on=False)
    store = between(line)
    first, *_ = persons(one)
    store.matches = lambda c: bool(c.unchanged) and not c.facts
    store.between = lambda: line.agree(one, first, besluit="geweigerd")
    assert await line.context.rounds.daily() == 0
    under = (await line.context.regels.current()).under(line.context.clock.now())
    assert await store.count_held(under, 10) == 0


@story(wrap=Between)
async def test_one_bad_row_holds_up_no_job(line: Line) -> None:
    """One of three that lapse cannot be read: the others lapse, the error is told, and later it does too."""
    pushed = [await line.push() for _ in range(3)]
    store = between(line)
    store.unreadable = frozenset({only(pushed[0])})
    line.later(days=31)
    with pytest.raises(ValueError, match="wrote"):
        await line.context.rounds.sweep()
    store.unreadable = frozenset()
    assert [await line.status(p) for p in pushed] == ["aangehouden", "vervallen", "vervallen"]
    assert (await line.context.rounds.sweep()).expired == 1
    assert await line.status(pushed[0]) == "vervallen"


@story(wrap=Between)
async def test_two_that_sweep_do_it_once(line: Line) -> None:
    """Two rounds at once, as of two processes, do everything together, and each levering is done by one of
    them.
    """
    pushed = [await line.push() for _ in range(8)]
    line.later(days=31)
    swept = await asyncio.gather(*(line.context.rounds.sweep(batch=3) for _ in range(3)))
    assert sum(s.expired for s in swept) == 8
    for p in pushed:
        view = await line.levering(p)
        assert [h["gebeurtenis"] for h in view["geschiedenis"]] == ["besloten", "verlopen"]


@story(wrap=Between)
async def test_a_proof_waits_for_a_position(line: Line) -> None:
    """Before the sequencer came by a proof answers as it does before the next checkpoint."""
    _, pushed, given = await line.permitted()
    await line.context.checkpointer.publish()
    paths = (
        f"/uitwisselingen/{pushed['uitwisselingId']}/bewijs",
        given[0]["links"]["bewijs"].removeprefix("/v1"),
    )
    between(line).sequenced = False
    assert [(await line.school.get(p)).status_code for p in paths] == [202, 202]
    between(line).sequenced = True
    assert [(await line.school.get(p)).status_code for p in paths] == [200, 200]
