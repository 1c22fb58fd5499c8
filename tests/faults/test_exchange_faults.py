"""Every write the exchange makes, failing twice: not stored, and stored while the answer was lost.

What must hold each time: nothing half, no payload without a committed intent, and a repeat that gives the
first answer without a second effect.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx2 as httpx
import pytest

from schemas.errors import RecordUnavailable
from schemas.storage.storage import Change, CommitResult
from tests.faults.faulty import FaultyStorage
from tests.line import (
    Json,
    Line,
    bereik,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    persons,
    problem,
    story,
    toestemming,
    veto,
)

AUDIT = (503, "verantwoording-onbeschikbaar", ())
both = pytest.mark.parametrize("stored", [False, True])
Post = Callable[[], Awaitable[httpx.Response]]


def fail_next(line: Line, *, stored: bool) -> None:
    store = line.world.storage
    assert isinstance(store, FaultyStorage)
    store.fail_next_write(stored=stored)


async def fails_and_repeats(line: Line, post: Post, *, stored: bool, status: int) -> Json:
    """The failing request answers AUDIT; its repeat is fine and has its effect exactly once."""
    before = await line.everything()
    fail_next(line, stored=stored)
    answer = await post()
    assert problem(answer) == AUDIT
    assert "retry-after" in answer.headers
    between = await line.everything()
    assert (between != before) is stored
    first = await post()
    assert first.status_code == status, first.text
    after = await line.everything()
    assert after != before
    if stored:
        assert after == between
    assert (await post()).content == first.content
    assert await line.everything() == after
    body: Json = first.json()
    return body


@both
@story(wrap=FaultyStorage)
async def test_nothing_is_accepted_without_an_account(line: Line, stored: bool) -> None:
    """CE-26: 503 AUDIT; the repeat with the same key is accepted, once, and delivered as any other."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    key, body = fresh(), envelope()
    pushed = await fails_and_repeats(
        line, lambda: line.school.post("/uitwisselingen", body, key=key), stored=stored, status=202
    )
    listed = fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]
    assert [u["id"] for u in listed] == [pushed["uitwisselingId"]]
    assert len(await line.postbus()) == 1
    await line.take(only(pushed))


@both
@story("memory", wrap=FaultyStorage)
async def test_a_first_sight_of_a_leerling_is_stored_once(line: Line, stored: bool) -> None:
    """The push that also makes the leerling, and the gezag that does, are one commit each."""
    key, body = fresh(), envelope()
    await fails_and_repeats(
        line, lambda: line.school.post("/uitwisselingen", body, key=key), stored=stored, status=202
    )
    other, facts = fresh(), gezag(leerling={"leerlingid": "anders"})
    await fails_and_repeats(
        line, lambda: line.school.post("/gezagsgegevens", facts, key=other), stored=stored, status=201
    )


@both
@story("memory", wrap=FaultyStorage)
async def test_facts_are_recorded_once_or_not(line: Line, stored: bool) -> None:
    """Gezag, toestemming, bezwaar, veto and withdrawal, each with the decisions it changes in its commit."""
    pushed = await line.push()
    key = fresh()
    leerling = await fails_and_repeats(
        line, lambda: line.school.post("/gezagsgegevens", gezag(), key=key), stored=stored, status=201
    )
    for p in persons(leerling):
        await _fact(line, "/toestemmingen", toestemming(p, leerlingId=leerling["leerlingId"]), stored)
    assert await line.status(pushed) == "klaar"
    given = await line.agree(leerling, persons(leerling)[0])
    first = await line.take(only(pushed))
    await line.sign_for(only(pushed), first)
    waiting = await line.push()
    path = f"/toestemmingen/{given['toestemmingId']}/intrekkingen"
    await _fact(line, path, {"moment": "2026-11-22T09:30:00Z"}, stored)
    assert await line.status(waiting) == "ingetrokken"
    assert not line.has_content(only(waiting))
    objection = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": persons(leerling)[1],
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    await _fact(line, "/bezwaren", objection, stored)
    await _fact(line, "/professionele-vetos", veto(leerlingId=leerling["leerlingId"], richting="S2J"), stored)


async def _fact(line: Line, path: str, body: Json, stored: bool) -> None:
    key = fresh()
    await fails_and_repeats(line, lambda: line.school.post(path, body, key=key), stored=stored, status=201)


@both
@story(wrap=FaultyStorage)
async def test_no_payload_leaves_without_its_intent(line: Line, stored: bool) -> None:
    """A take whose intent failed gives no byte; whatever was handed out has an intent of its own."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    fail_next(line, stored=stored)
    assert problem(await line.try_take(levering)) == AUDIT
    assert (await line.levering(pushed))["opgehaald"] == int(stored)
    if stored:  # a lease runs: nobody knows that its bytes never left
        assert problem(await line.try_take(levering))[0] == 409
        line.later(minutes=15)
    payload = await line.take(levering)
    line.later(minutes=15)
    assert await line.take(levering) == payload
    handed = [a for a in line.answers if a.url.path.endswith("_neem") and a.status_code == 200]
    intents = [e for e in await line.ledger() if e["soort"] == "exchange.release_intent"]
    assert len(intents) == len(handed) + int(stored)


@both
@story("memory", wrap=FaultyStorage)
async def test_a_take_that_gives_nothing_is_recorded_or_repeated(line: Line, stored: bool) -> None:
    """A HOLD found at the hand-over: 503 while it cannot be written, then 404; no byte in between."""
    leerling = await line.gezag(gecontroleerdOp="2025-11-30")
    await line.both_agree(leerling)
    pushed = await line.push()
    line.later(days=9)
    fail_next(line, stored=stored)
    assert problem(await line.try_take(only(pushed))) == AUDIT
    assert (await line.try_take(only(pushed))).status_code == 404
    view = await line.levering(pushed)
    assert [h["gebeurtenis"] for h in view["geschiedenis"]] == ["besloten", "niet_gegeven"]


class Interrupted(FaultyStorage):
    """Lets something else happen just before a fact is stored, once."""

    between: Callable[[], Awaitable[object]] | None = None

    async def commit(self, change: Change) -> CommitResult:
        between, self.between = (self.between, None) if change.facts else (None, self.between)
        if between is not None:
            await between()
        return await super().commit(change)


@pytest.mark.parametrize("withdrawal", [False, True])
@story("memory", wrap=Interrupted)
async def test_a_push_between_reading_and_storing_a_fact_knows_the_fact(line: Line, withdrawal: bool) -> None:
    """It is decided again at once: not held for a signature that is there, not klaar without one."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    await line.agree(leerling, first)
    given = await line.agree(leerling, second) if withdrawal else None
    store = line.world.storage
    assert isinstance(store, Interrupted)
    pushed: list[Json] = []

    async def push() -> None:
        pushed.append(await line.push())

    store.between = push
    if given is None:
        await line.agree(leerling, second)
    else:
        await line.withdraw(given)
    assert await line.status(pushed[0]) == ("ingetrokken" if withdrawal else "klaar")


@both
@story("memory", wrap=FaultyStorage)
async def test_what_a_recipient_says_counts_once(line: Line, stored: bool) -> None:
    """Acknowledgement and processed: a repeat after a lost answer is the first answer."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    payload = await line.take(levering)
    await fails_and_repeats(line, lambda: line.try_sign(levering, payload), stored=stored, status=200)
    assert not line.has_content(levering)
    path = f"/leveringen/{levering}/_verwerkt"
    await fails_and_repeats(line, lambda: line.helper.post(path), stored=stored, status=200)
    view = await line.levering(pushed)
    assert [h["status"] for h in view["geschiedenis"]] == ["klaar", "klaar", "afgeleverd", "bevestigd"]


@both
@pytest.mark.parametrize("grond", ["niet_voor_ons", "geen_capaciteit", "onleesbaar"])
@story("memory", wrap=FaultyStorage)
async def test_a_refusal_and_a_replay_count_once(line: Line, stored: bool, grond: str) -> None:
    """A refusal can be repeated until it is known; so can the replay after `onleesbaar`."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    await line.take(levering)
    await fails_and_repeats(line, lambda: line.refuse(levering, grond), stored=stored, status=200)
    if grond == "onleesbaar":
        path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{levering}/_herhaal"
        again = await fails_and_repeats(line, lambda: line.school.post(path), stored=stored, status=200)
        assert again["status"] == "klaar"


@both
@story("memory", wrap=FaultyStorage)
async def test_housekeeping_goes_on_where_it_failed(line: Line, stored: bool) -> None:
    """A sweep goes on past what it cannot write; the next one does that, and each levering lapses once."""
    pushed = [await line.push(), await line.push()]
    line.later(days=31)
    fail_next(line, stored=stored)
    with pytest.raises(RecordUnavailable):
        await line.sweep()
    lapsed = [await line.status(p) for p in pushed].count("vervallen")
    assert lapsed == 1 + stored
    await line.sweep()
    for p in pushed:
        view = await line.levering(p)
        assert [h["gebeurtenis"] for h in view["geschiedenis"]] == ["besloten", "verlopen"]


@both
@story("memory", wrap=FaultyStorage)
async def test_the_daily_round_goes_on_where_it_failed(line: Line, stored: bool) -> None:
    """What a date held is released once, after a round that failed too."""
    leerling = await line.gezag()
    pushed = await line.push()
    await line.both_agree(leerling, geldigVanaf="2026-11-23")
    line.later(days=1)
    fail_next(line, stored=stored)
    with pytest.raises(RecordUnavailable):
        await line.context.rounds.daily()
    await line.context.rounds.daily()
    assert await line.status(pushed) == "klaar"
    assert len(await line.postbus()) == 1
    assert (await line.school.get("/taken")).json()["taken"] == []


@both
@story(wrap=FaultyStorage)
async def test_a_checkpoint_that_was_signed_is_stored_later(line: Line, stored: bool) -> None:
    """Signed but not stored: the same checkpoint is stored at the next round, and none is signed twice."""
    pushed = await line.push()
    fail_next(line, stored=stored)
    with pytest.raises(RecordUnavailable):
        await line.context.checkpointer.publish()
    signed = line.world.anchor.read()
    assert await line.context.checkpointer.publish() == signed
    assert await line.world.storage.last_checkpoint() == signed
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/bewijs"
    assert (await line.school.get(path)).status_code == 200
