"""The Idempotency-Key: one effect, one answer, however often and however fast the request is repeated."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import pytest

from gateway.exchange.idempotency import Claim
from schemas.storage.storage import Change
from tests.line import (
    SCHOOL,
    Line,
    bereik,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    persons,
    problem,
    recorded,
    story,
    toestemming,
    veto,
)


@story()
async def test_sixteen_identical_posts_are_one_uitwisseling(line: Line) -> None:
    """At the same instant, about a leerling nobody saw before: one uitwisseling, sixteen equal answers."""
    key, body = fresh(), envelope()
    before = line.counts()
    answers = await asyncio.gather(*(line.school.post("/uitwisselingen", body, key=key) for _ in range(16)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.content for a in answers}) == 1
    assert len(fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]) == 1
    grown = {n: line.counts()[n] - before[n] for n in before if line.counts()[n] != before[n]}
    assert set(grown.values()) <= {1, 2}, grown  # two leaves: requested and decided


@story()
async def test_sixteen_identical_toestemmingen_are_one_fact(line: Line) -> None:
    """Sixteen equal requests make one fact of gezag, which makes the leerling, and one toestemming; all
    answers are equal.
    """
    key, body = fresh(), gezag()
    answers = await asyncio.gather(*(line.school.post("/gezagsgegevens", body, key=key) for _ in range(16)))
    assert len({a.content for a in answers}) == 1
    leerling = recorded(answers[0])
    key, given = fresh(), toestemming(persons(leerling)[0], leerlingId=leerling["leerlingId"])
    answers = await asyncio.gather(*(line.school.post("/toestemmingen", given, key=key) for _ in range(16)))
    assert len({a.content for a in answers}) == 1
    recorded(answers[0])
    kinds = [e["soort"] for e in await line.ledger()]
    assert kinds == ["authority.changed", "consent.recorded"]


@story("memory")
async def test_sixteen_different_keys_are_sixteen_uitwisselingen(line: Line) -> None:
    """The key decides, not the body; all of them about the one new leerling."""
    body = envelope()
    answers = await asyncio.gather(
        *(line.school.post("/uitwisselingen", body, key=fresh()) for _ in range(16))
    )
    assert {a.status_code for a in answers} == {202}
    assert len({a.json()["uitwisselingId"] for a in answers}) == 16
    assert len({e["leerlingRef"] for e in await line.ledger()}) == 1


@story()
async def test_a_key_with_another_body_is_refused(line: Line) -> None:
    """422 and nothing changes; also for the same body on another operation."""
    key = fresh()
    await line.school.post("/uitwisselingen", envelope(), key=key)
    before = await line.everything()
    other = envelope(allesOfNiets=True)
    for path, body in (("/uitwisselingen", other), ("/gezagsgegevens", gezag())):
        answer = await line.school.post(path, body, key=key)
        assert problem(answer) == (422, "sleutel-hergebruikt", ())
    assert await line.everything() == before


@story("memory")
async def test_keys_of_two_partijen_do_not_meet(line: Line) -> None:
    """Another partij may use the very same key for something of its own."""
    key = fresh()
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    first = await line.school.post("/uitwisselingen", envelope(), key=key)
    second = await line.helper.post("/professionele-vetos", veto(leveringId=only(pushed)), key=key)
    assert (first.status_code, second.status_code) == (202, 201)


ROUTES = [
    "/uitwisselingen",
    "/gezagsgegevens",
    "/toestemmingen",
    "/toestemmingen/{toestemming}/intrekkingen",
    "/bekwaamheidsoordelen",
    "/bezwaren",
    "/professionele-vetos",
]


@pytest.mark.parametrize("path", ROUTES)
@story("memory")
async def test_a_key_is_required_where_something_is_sent_or_decided(line: Line, path: str) -> None:
    """Without a key, with an empty or malformed one: 400, and nothing changes."""
    leerling = await line.gezag()
    given = await line.agree(leerling, persons(leerling)[0])
    over = {"leerlingId": leerling["leerlingId"]}
    capacity = {
        "wilsbekwaam": True,
        "doelen": ["arrangement"],
        "beoordelaar": "een",
        "functie": "twee",
        "motivering": "drie",
    }
    moment = {"moment": "2026-11-22T09:00:00Z"}
    bodies = [
        envelope(),
        gezag(personen=[{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]),
        toestemming(persons(leerling)[1], **over),
        moment,
        capacity | moment | over,
        {"persoonId": persons(leerling)[0], "bereik": bereik()} | moment | over,
        veto(**over),
    ]
    body = bodies[ROUTES.index(path)]
    where = path.format(toestemming=given["toestemmingId"])
    before = await line.everything()
    answer = await line.school.post(where, body)
    assert problem(answer) == (400, "ongeldig-bericht", ("idempotentie.ontbreekt",))
    for key in ("", "kort", "k" * 201, "sleutel\tmet-tab"):
        answer = await line.school.post(where, body, key=key)
        assert problem(answer) == (400, "ongeldig-bericht", ("idempotentie.ongeldig",)), key
    assert await line.everything() == before
    assert (await line.school.post(where, body, key=fresh())).status_code in (201, 202)


@story()
async def test_a_repeat_that_is_written_otherwise_is_a_repeat(line: Line) -> None:
    """Of a push and of a fact: other white space, order, numbers and escapes, the same answer."""
    leerling, _, _ = await line.permitted()
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    for path, body in (("/uitwisselingen", envelope()), ("/gezagsgegevens", gezag(personen=same))):
        key = fresh()
        first = await line.school.post(path, body, key=key)
        written = json.dumps(dict(reversed(body.items())), indent=1).replace('"doel"', '"\\u0064oel"')
        again = await line.school.post(path, content=written.encode(), key=key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert first.status_code in (201, 202)


@story()
async def test_an_answer_that_an_older_release_kept_is_found_for_the_same_bytes(line: Line) -> None:
    """It was kept with a hash of the bytes: those are a repeat, and anything else is told apart as it was. A
    later one kept a hash of what the request means, in another text than today.
    """
    body, key = json.dumps(envelope()).encode(), fresh()
    ctx = line.context
    claim = Claim.of(ctx.vault, ctx.stamps, SCHOOL, "uitwisselingen", key, body)
    then = dataclasses.replace(claim, request_hash=claim.exact_hash())
    given = (await line.school.post("/uitwisselingen", content=body, key=fresh())).content
    await ctx.storage.commit(Change(leaves=(), answer=then.answer(202, given, ctx.clock.now())))
    again = await line.school.post("/uitwisselingen", content=body, key=key)
    assert (again.status_code, again.content) == (202, given)
    other = await line.school.post("/uitwisselingen", content=b" " + body, key=key)
    assert problem(other)[0] == 422
    later = Claim.of(ctx.vault, ctx.stamps, SCHOOL, "uitwisselingen", (key := fresh()), body)
    assert later.ascii_hash() not in (later.request_hash, later.exact_hash())
    kept = dataclasses.replace(later, request_hash=later.ascii_hash()).answer(202, given, ctx.clock.now())
    await ctx.storage.commit(Change(leaves=(), answer=kept))
    again = await line.school.post("/uitwisselingen", content=b" " + body, key=key)
    assert (again.status_code, again.content) == (202, given)
