"""Who may work now: every share, order and bound, on a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from gateway.runtime.turns import (
    BESIDE_SECONDS,
    FORGOTTEN_SECONDS,
    PATIENCE,
    SMALL_BODY,
    Lane,
    Shares,
    Turns,
    Visit,
    fairly,
)
from schemas.errors import OverShare

A, B, C = "brin:99AA00", "brin:99BB00", "brin:99CC00"
MB = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def run(test: Callable[[Clock], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def wrapped() -> None:
        asyncio.run(test(Clock()))

    del wrapped.__wrapped__  # pytest must not see the argument
    return wrapped


async def rounds() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Asked:
    """A request that has asked for something, and may be waiting for it."""

    def __init__(self, turns: Turns, partij: str, lane: Lane = Lane.PUSH, size: int | None = None) -> None:
        self.visit: Visit = turns.visit(partij, lane)
        asks = self.visit.turn() if size is None else self.visit.room(size)
        self.task = asyncio.ensure_future(asks)

    @property
    def got(self) -> bool:
        return self.task.done() and self.task.exception() is None

    def end(self) -> None:
        self.visit.turns.end(self.visit)


@run
async def test_bodies_in_hand_are_bounded_over_the_process_and_per_partij(now: Clock) -> None:
    """What does not fit waits unread; what ends makes room, first for who has least of it."""
    turns = Turns(Shares(bytes=20 * MB, bytes_each=10 * MB), now)
    first, second, third = (Asked(turns, A, size=5 * MB) for _ in range(3))
    other = Asked(turns, B, size=10 * MB)
    await rounds()
    assert [each.got for each in (first, second, third, other)] == [True, True, False, True]
    assert turns.bytes == 20 * MB
    late = Asked(turns, C, size=5 * MB)
    await rounds()
    assert not late.got
    first.end()
    await rounds()
    assert (late.got, third.got, turns.bytes) == (True, False, 20 * MB)
    other.end()
    await rounds()
    assert (third.got, turns.bytes) == (True, 15 * MB)


@run
async def test_a_body_larger_than_every_share_goes_when_it_is_alone(now: Clock) -> None:
    """An operator may set `max_body` above them."""
    turns = Turns(Shares(bytes=20 * MB, bytes_each=10 * MB), now)
    small, large = Asked(turns, A, size=MB), Asked(turns, A, size=50 * MB)
    await rounds()
    assert (small.got, large.got) == (True, False)
    small.end()
    await rounds()
    assert large.got
    beside = Asked(turns, B, size=MB)
    await rounds()
    assert not beside.got


@run
async def test_a_small_body_needs_no_room(now: Clock) -> None:
    """A withdrawal never waits for what its own school is sending."""
    turns = Turns(Shares(bytes=MB, bytes_each=MB), now)
    full, fact = Asked(turns, A, size=MB), Asked(turns, A, Lane.FACT, size=SMALL_BODY)
    await rounds()
    assert full.got
    assert fact.got


@run
async def test_one_that_is_alone_has_more_turns_than_one_beside_others(now: Clock) -> None:
    """Beside others one in each lane; some seconds after their last request it is alone again."""
    turns = Turns(Shares(alone=3, beside=1), now)
    alone = [Asked(turns, A) for _ in range(5)]
    await rounds()
    assert sum(each.got for each in alone) == 3
    other = Asked(turns, B)
    await rounds()
    assert other.got
    for each in alone[:3]:
        each.end()
    other.end()
    await rounds()
    assert [each.got for each in alone[3:]] == [True, False]
    listing = Asked(turns, A, Lane.ORDINARY)
    await rounds()
    assert listing.got
    now.at += BESIDE_SECONDS + 1
    more = Asked(turns, A)
    await rounds()
    assert (alone[4].got, more.got) == (True, True)


@run
async def test_a_fact_goes_before_everything_else(now: Clock) -> None:
    """Though all places are taken, and though its own partij used most of all."""
    turns = Turns(Shares(running=2, alone=2, facts=2), now)
    pushes = [Asked(turns, A) for _ in range(4)]
    await rounds()
    turns.use(A, 5.0)
    other = Asked(turns, B)
    facts = [Asked(turns, A, Lane.FACT) for _ in range(3)]
    await rounds()
    assert [each.got for each in pushes] == [True, True, False, False]
    assert [each.got for each in facts] == [True, True, False]
    assert not other.got


@run
async def test_who_used_the_loop_least_goes_first(now: Clock) -> None:
    """And while he is served nobody who used it more begins; but nobody waits for ever."""
    turns = Turns(Shares(running=1, alone=1), now)
    heavy = Asked(turns, A)
    await rounds()
    turns.use(A, 0.5)
    again, light = Asked(turns, A), Asked(turns, B)
    heavy.end()
    await rounds()
    assert (again.got, light.got) == (False, True)
    turns.shares = Shares()
    await asyncio.sleep(0)
    turns._soon()
    await rounds()
    assert not again.got, "room there is, but the other is being served"
    now.at += PATIENCE + 0.1
    turns.use(A, 5.0)
    turns._soon()
    await rounds()
    assert again.got


@run
async def test_what_was_used_is_forgotten(now: Clock) -> None:
    """Half of it every two seconds."""
    turns = Turns(now=now)
    turns.visit(A, Lane.PUSH)
    turns.use(A, 1.0)
    now.at += 4
    assert turns.used(A) == pytest.approx(0.25)


@run
async def test_a_body_that_comes_slowly_holds_up_others_no_longer_than_a_moment(now: Clock) -> None:
    """Who has come and has no turn yet counts as being served, for a tenth of a second."""
    turns = Turns(now=now)
    turns.visit(B, Lane.PUSH)
    turns.visit(A, Lane.PUSH)
    turns.use(A, 1.0)
    asked = Asked(turns, A)
    await rounds()
    assert not asked.got
    now.at += 0.11
    turns._soon()
    await rounds()
    assert asked.got


@run
async def test_who_waits_too_long_is_told_to_come_back(now: Clock) -> None:
    """And stands in no queue any more. So is at once who waits with too many."""
    turns = Turns(Shares(alone=1, seconds=0.05, waiting=2), now)
    running, *waiting, too_many = (Asked(turns, A) for _ in range(4))
    await rounds()
    assert running.got
    assert isinstance(too_many.task.exception(), OverShare)
    for each in waiting:
        with pytest.raises(OverShare):
            await each.task
    assert not turns.for_turn
    for each in (running, *waiting, too_many):
        each.end()
    assert (turns.bytes, turns._running.total(), turns._here) == (0, 0, {})


@run
async def test_work_that_never_waits_is_not_followed_by_more_of_it_in_the_same_round(now: Clock) -> None:
    """A hundred lists of one partij, each without an await, would otherwise come before anything else."""
    turns, order = Turns(Shares(alone=1, beside=1), now), []

    async def one(partij: str) -> None:
        order.append(partij)

    def request(partij: str) -> Coroutine[Any, Any, None]:
        return fairly(turns.visit(partij, Lane.ORDINARY), lambda: one(partij), at_once=True)

    async def late() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await request(B)

    await asyncio.gather(*(request(A) for _ in range(50)), late())
    assert order.index(B) < 6


@run
async def test_measured_work_is_the_work_itself(now: Clock) -> None:
    """Its result, its error, and the error that comes to it while it waits; and it leaves nothing behind."""
    turns = Turns()
    heard = []

    async def waits() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            heard.append("timeout")
        await asyncio.sleep(0)
        return "klaar"

    async def fails() -> None:
        await asyncio.sleep(0)
        raise KeyError

    assert await fairly(turns.visit(A, Lane.PUSH), waits, at_once=True) == "klaar"
    with pytest.raises(KeyError):
        await fairly(turns.visit(A, Lane.PUSH), fails, at_once=True)
    task = asyncio.ensure_future(fairly(turns.visit(A, Lane.PUSH), waits, at_once=True))
    await rounds()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["timeout"]
    assert 0 < turns.used(A) < 0.01
    assert (turns._running.total(), turns._here, turns.for_turn) == (0, {}, {})


@run
async def test_pushes_come_last_of_all_lanes(now: Clock) -> None:
    """Reading and taking go before them, whoever came first."""
    turns = Turns(Shares(running=1), now)
    busy = Asked(turns, A)
    await rounds()
    push, reading = Asked(turns, A), Asked(turns, A, Lane.ORDINARY)
    await rounds()
    busy.end()
    await rounds()
    assert (push.got, reading.got) == (False, True)


@run
async def test_who_came_long_ago_is_forgotten(now: Clock) -> None:
    """What is looked at for a turn does not grow with the partijen that ever came; who is here stays."""
    turns = Turns(Shares(), now)
    for number in range(100):
        turns.end(turns.visit(f"brin:{number:02}AA00", Lane.PUSH))
    here = Asked(turns, A)
    now.at += FORGOTTEN_SECONDS
    late = Asked(turns, B)
    await rounds()
    assert (here.got, late.got) == (True, True)
    assert list(turns._used) == [A, B]
    here.end()
    late.end()


@run
async def test_a_line_that_ends_takes_no_other_along(now: Clock) -> None:
    """One waits and gives up in the round in which turns are given out, another comes just then: it has its
    turn in time, and is not left behind in a line that nobody looks at any more.
    """
    turns = Turns(Shares(alone=2, beside=2), now)
    busy = [Asked(turns, A), Asked(turns, A)]
    await rounds()
    first, leaves = Asked(turns, A), Asked(turns, A)
    await rounds()
    late: list[Asked] = []
    loop = asyncio.get_running_loop()
    loop.call_soon(leaves.task.cancel)
    loop.call_soon(lambda: late.append(Asked(turns, A)))
    for each in busy:
        turns.end(each.visit)
    await rounds()
    assert first.got
    assert leaves.task.cancelled()
    turns.end(leaves.visit)
    await rounds()
    assert late[0].got
