"""A withdrawal after hand-over when a write fails, or when the hand-over comes just in between."""

from __future__ import annotations

import pytest

from schemas.errors import RecordUnavailable
from tests.faults.faulty import FaultyStorage
from tests.faults.test_exchange_faults import Interrupted, both, fail_next, fails_and_repeats
from tests.flow.test_intrekkingen import KEPT, delivered, notices, told, try_answer
from tests.line import Line, fine, fresh, only, story


@both
@story(wrap=FaultyStorage)
async def test_a_withdrawal_and_its_notice_are_stored_together_or_not(line: Line, stored: bool) -> None:
    """Nobody can lose the notice: repeated with the same key there is one fact and one notice."""
    _, pushed, given = await delivered(line)
    key, body = fresh(), {"moment": "2026-11-22T09:30:00Z"}
    path = f"/toestemmingen/{given[0]['toestemmingId']}/intrekkingen"
    await fails_and_repeats(line, lambda: line.school.post(path, body, key=key), stored=stored, status=201)
    assert [n["leveringId"] for n in await notices(line)] == [only(pushed)]
    kinds = [e["soort"] for e in await line.ledger()]
    assert kinds.count("consent.withdrawn") == kinds.count("withdrawal.notified") == 1


@both
@story("memory", wrap=FaultyStorage)
async def test_an_answer_counts_once(line: Line, stored: bool) -> None:
    """A repeat after a lost answer is the first answer, with one leaf."""
    _, notice = await told(line)
    await fails_and_repeats(line, lambda: try_answer(line, notice, **KEPT), stored=stored, status=200)
    assert [e["soort"] for e in await line.ledger()].count("withdrawal.answered") == 1


@both
@story("memory", wrap=FaultyStorage)
async def test_silence_is_told_once(line: Line, stored: bool) -> None:
    """The job that failed does it the next time, and makes no second taak when it had succeeded."""
    await told(line)
    line.later(days=30)
    fail_next(line, stored=stored)
    with pytest.raises(RecordUnavailable):
        await line.context.termijnen.run()
    assert await line.context.termijnen.run() == int(not stored)
    assert len(fine(await line.fg.get("/taken"))["taken"]) == 1
    assert [e["soort"] for e in await line.ledger()].count("withdrawal.unanswered") == 1


@story("memory", wrap=Interrupted)
async def test_a_take_between_reading_and_storing_a_withdrawal_is_told(line: Line) -> None:
    """It went just before: then its recipient gets a notice. Never a hand-over that nobody hears about."""
    _, pushed, given = await line.permitted()
    store = line.world.storage
    assert isinstance(store, Interrupted)

    async def take() -> None:
        await line.take(only(pushed))

    store.between = take
    await line.withdraw(given[0])
    assert await line.status(pushed) == "ingetrokken"
    assert [n["leveringId"] for n in await notices(line)] == [only(pushed)]
    kinds = [e["soort"] for e in await line.ledger()]
    assert kinds.index("exchange.release_intent") < kinds.index("consent.withdrawn")
