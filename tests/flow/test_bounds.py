"""What one request may cost and what of it may stay: bounded bodies, and no id of a client's own making."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.api.request import SMALL_BODY
from gateway.runtime.turns import Lane, Shares
from tests.line import NOWHERE, SCHOOL, Line, accepted, envelope, fresh, persons, problem, story

SMALL = (
    "/gezagsgegevens",
    "/toestemmingen",
    f"/toestemmingen/{NOWHERE}/intrekkingen",
    "/bekwaamheidsoordelen",
    "/bezwaren",
    "/professionele-vetos",
    f"/leveringen/{NOWHERE}/leveringsbewijzen",
    f"/leveringen/{NOWHERE}/_weiger",
    "/leerlingen/_zoek",
)
"""Whose body brings no dossier."""


@story("memory")
@pytest.mark.parametrize("path", SMALL)
async def test_a_body_without_a_dossier_is_small(line: Line, path: str) -> None:
    """One byte over its own bound is a 413, though a push may be much larger; at the bound it is read."""
    await line.gezag()
    before = await line.everything()
    for size, refused in ((SMALL_BODY + 1, True), (SMALL_BODY, False)):
        content = b"x" * size
        answer = await line.school.post(path, content=content, key=fresh())
        assert (problem(answer)[0] == 413) == refused
    assert await line.everything() == before
    large = envelope() | {"dossier": {"standaard": "oso", "inhoud": "A" * (2 * SMALL_BODY)}}
    assert problem(await line.school.post("/uitwisselingen", large, key=fresh()))[0] == 400


PATIENT = Shares(alone=1, beside=1)


@story("memory")
async def test_who_asks_more_than_its_share_is_told_to_come_back(line: Line) -> None:
    """A 429 with a term, and nothing is done. Others are answered, and so is a withdrawal of its own."""
    leerling = await line.gezag()
    given = await line.agree(leerling, persons(leerling)[0])
    turns = line.context.turns
    turns.shares = Shares(alone=1, beside=1, seconds=0.05)
    before = await line.everything()
    visit = turns.visit(SCHOOL, Lane.PUSH)
    await visit.turn()
    refused = await line.school.post("/uitwisselingen", envelope(), key=fresh())
    assert problem(refused)[:2] == (429, "te-veel-tegelijk")
    assert refused.headers["retry-after"] == "5"
    assert await line.everything() == before
    turns.shares = PATIENT  # whoever is answered from here on gets his turn, however slow the machine is
    assert (await line.helper.get("/postbus")).status_code == 200
    await line.withdraw(given)
    turns.end(visit)
    accepted(await line.school.post("/uitwisselingen", envelope(), key=fresh()))


@story("memory")
async def test_a_body_that_finds_no_room_is_not_read(line: Line) -> None:
    """What the process holds of bodies is bounded; that of one partij more narrowly."""
    turns = line.context.turns
    turns.shares = Shares(bytes=3_000_000, bytes_each=2_000_000, seconds=0.05)
    large = envelope() | {"dossier": {"standaard": "oso", "inhoud": "A" * 1_500_000}}
    visit = turns.visit(SCHOOL, Lane.PUSH)
    await visit.room(1_000_000)
    assert problem(await line.school.post("/uitwisselingen", large, key=fresh()))[0] == 429
    turns.shares = replace(turns.shares, seconds=10)  # who has room gets it, however slow the machine is
    assert problem(await line.other_school.post("/uitwisselingen", large, key=fresh()))[0] == 400
    turns.end(visit)
    assert turns.bytes == 0
    assert problem(await line.school.post("/uitwisselingen", large, key=fresh()))[0] == 400
    assert turns.bytes == 0


NUMBER = "999912345"
IDS = {
    "X-Correlatie-Id": f"Jansen-{NUMBER}-x",
    "traceparent": f"00-{NUMBER:0>32}-00000000000000ab-01",
}


@story()
async def test_a_client_puts_no_text_or_number_of_its_own_in_log_or_account(line: Line) -> None:
    """Names and numbers sent as ids of a request are in no answer, log line or leaf."""
    before = len(line.answers)
    accepted(await line.school.post("/uitwisselingen", envelope(), key=fresh(), headers=IDS))
    for path in ("/uitwisselingen", "/nergens", "/postbus?aantal=x"):
        await line.school.get(path, headers=IDS)
    shown = [str(a.headers) + a.text for a in line.answers[before:]]
    shown += [line.log.getvalue().decode(), json.dumps(await line.ledger())]
    assert not [s for s in shown if "Jansen" in s or NUMBER in s]


@story("memory")
async def test_the_account_knows_a_request_by_our_own_id(line: Line) -> None:
    """The id in the leaf is the one our log has for that request, and no part of what the client sent."""
    trace = "abcd" * 8
    headers = {"traceparent": f"00-{trace}-00000000000000ab-01", "X-Correlatie-Id": trace}
    accepted(await line.school.post("/uitwisselingen", envelope(), key=fresh(), headers=headers))
    (handled,) = [e for e in line.log_lines() if (e["event"], e.get("status")) == ("request.handled", 202)]
    (leaf,) = [e for e in await line.ledger() if e["soort"] == "exchange.requested"]
    assert leaf["traceId"] == handled["own_id"]
    assert trace not in json.dumps(await line.ledger())
