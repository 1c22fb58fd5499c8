"""A school that gets another number keeps its history under its id; one that merges is read by who took over.

Nothing that was recorded is written again: the account goes on, byte for byte.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.register.apply import apply_register
from gateway.register.machtigingen import MACHTIGINGEN
from schemas.errors import WrongUse
from tests.faults.faulty import FaultyStorage
from tests.flow.test_machtigingen import Named
from tests.flow.test_registraties import VERSCHIL, offer, school, shown, taken
from tests.line import (
    LEERLING,
    NOWHERE,
    OTHER_SCHOOL,
    SCHOOL,
    Json,
    Line,
    dossier,
    envelope,
    fine,
    fresh,
    only,
    problem,
    story,
)
from tests.release_data import restored_line
from tests.unit.adapters.edexml.school import changed, put

NEW: Json = {"brin": "99YY", "vestigingscode": "01"}
RENUMBERED = dossier(
    ("<brincode>99ZZ</brincode>", "<brincode>99YY</brincode>"),
    ("<vestigingscode>00</vestigingscode>", "<vestigingscode>01</vestigingscode>"),
)


async def change(line: Line, partij: str = SCHOOL, beleid: Json | None = None, **fields: Any) -> None:
    """Applies the register as it is, with fields of one partij replaced and a row beside."""
    old = await line.world.storage.register()
    row = json.dumps(json.loads(old.partijen[partij]) | fields)
    rows = old.beleid if beleid is None else {**old.beleid, MACHTIGINGEN: json.dumps(beleid)}
    new = dataclasses.replace(old, partijen={**old.partijen, partij: row}, beleid=rows)
    await apply_register(
        line.world.storage, line.context.leaves, line.context.stamps, new, remove=False, now=line.clock.now()
    )


async def push(line: Line, raw: bytes | None = None, who: Any = None, **headers: str) -> Any:
    return await (who or line.school).post("/uitwisselingen", envelope(raw=raw), key=fresh(), headers=headers)


def from_tomorrow(line: Line) -> str:
    return (line.clock.now().date() + dt.timedelta(days=1)).isoformat()


def merged(per: str) -> Json:
    return {"opvolgingen": [{"van": SCHOOL, "naar": OTHER_SCHOOL, "per": per}]}


# ── another number


@story()
async def test_a_school_with_another_number_keeps_its_leerlingen(line: Line) -> None:
    """From its day on it sends under the new number, about the same leerling, on what was agreed before."""
    leerling, pushed, _ = await line.permitted()
    await change(line, nummers=[NEW | {"vanaf": from_tomorrow(line)}])
    early = await push(line, RENUMBERED)
    assert problem(early)[2] == ("afzender.anderBrin",)
    assert "nummer" not in early.json()["fouten"][0]["tekst"]
    line.later(days=1)
    answer = await push(line, RENUMBERED)
    assert answer.status_code == 202
    assert await line.status(answer.json()) == "klaar"
    late = await push(line)
    assert problem(late)[2] == ("afzender.anderBrin",)
    assert late.json()["fouten"][0]["tekst"].endswith("Uw school heeft nu nummer 99YY01.")
    found = await line.school.post("/leerlingen/_zoek", {"leerlingid": LEERLING})
    assert fine(found)["leerlingId"] == leerling["leerlingId"]
    assert fine(await line.school.get(f"/uitwisselingen/{pushed['uitwisselingId']}"))


@story("memory")
async def test_a_file_with_the_new_number_is_of_the_same_leerlingen(line: Line) -> None:
    """Whom it names is known already, and what was taken over stands."""
    before = await taken(line, school())
    await change(line, nummers=[NEW | {"vanaf": line.clock.now().date().isoformat()}])
    new = changed(put("school/dependancecode", "01"), put("school/brincode", "99YY"))
    stands = [row["stand"] for row in (await shown(line, new))["leerlingen"]]
    assert stands.count("ongewijzigd") == len(before)
    assert "nieuw" not in stands
    late = await line.school.post(VERSCHIL, offer(school()))
    assert problem(late)[2] == ("afzender.anderBrin",)


@story("memory")
async def test_the_first_number_stays(line: Line) -> None:
    """Another one in its place would lose the leerlingen that are found by it."""
    await line.permitted()
    with pytest.raises(WrongUse, match="eerste nummer"):
        await change(line, **NEW)


def test_a_school_of_release_0_1_0_keeps_what_it_had(release_0_1_0: Path) -> None:
    """What was stored then is found under the new number, and no line of the account is another."""

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            past = await line.ledger()
            sent = fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]
            before = (await line.world.storage.register()).partijen
            await change(line, nummers=[NEW | {"vanaf": line.clock.now().date().isoformat()}])
            after = (await line.world.storage.register()).partijen
            assert {i for i in before if before[i] != after[i]} == {SCHOOL}
            assert fine(await line.school.get("/uitwisselingen"))["uitwisselingen"] == sent
            known = {row.id for row in await line.world.storage.leerlingen("", 100)}
            assert (await push(line, RENUMBERED)).status_code == 202
            assert {row.id for row in await line.world.storage.leerlingen("", 100)} == known
            assert (await line.ledger())[: len(past)] == past

    asyncio.run(tell())


# ── a merger


@story("memory")
async def test_who_took_over_reads_what_was_recorded(line: Line) -> None:
    """From its day on: exchanges, taken and leerlingen, in the name of the former, and a no counts."""
    _, pushed, given = await line.permitted()
    past = await line.ledger()
    sent = f"/uitwisselingen/{pushed['uitwisselingId']}"
    as_former = {"Namens": SCHOOL}
    await change(line, beleid=merged(from_tomorrow(line)))
    assert (await line.other_school.get(sent, as_former)).status_code == 403
    line.later(days=1)
    assert fine(await line.other_school.get(sent, as_former)) == fine(await line.school.get(sent))
    for path in ("/taken", "/uitwisselingen"):
        assert fine(await line.other_school.get(path, as_former)) == fine(await line.school.get(path))
    other = line.other_school
    line.callers[SCHOOL] = Named(line.http, SCHOOL, other.client_id, other.key, other.token, SCHOOL)
    await line.withdraw(given[0])
    assert (await line.ledger())[-1]["opMachtiging"] is True
    assert await line.status(pushed) == "ingetrokken"
    assert (await line.ledger())[: len(past)] == past


@story("memory")
async def test_nothing_is_sent_as_a_partij_that_was_taken_over(line: Line) -> None:
    """Its own client hears who it is now; others hear that it is not connected, as of any unknown partij."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    await change(line, beleid=merged(from_tomorrow(line)))
    assert (await push(line)).status_code == 202
    line.later(days=1)
    refused = await push(line)
    assert problem(refused)[2] == ("afzender.opgevolgd",)
    assert OTHER_SCHOOL in refused.json()["fouten"][0]["tekst"]
    also = await push(line, who=line.other_school, Namens=SCHOOL)
    assert problem(also)[2] == ("afzender.opgevolgd",)
    over = envelope(
        dossier=None,
        bericht={"soort": "overstapset", "inhoud": {}},
        ontvangers=[{"partij": OTHER_SCHOOL, "rol": "intern_begeleider"}],
    )
    handed = await line.school.post("/uitwisselingen", over, key=fresh())
    assert "afzender.opgevolgd" not in problem(handed)[2]
    before = await line.everything()
    told = []
    for partij in (SCHOOL, "brin:99XX99"):
        body = envelope(ontvangers=[{"partij": partij, "rol": "intern_begeleider"}])
        answer = await line.other_school.post("/uitwisselingen", body, key=fresh())
        told.append(answer.json()["fouten"][0])
        assert OTHER_SCHOOL not in answer.text
    assert told[0] == told[1]
    assert await line.everything() == before


@story("memory")
async def test_a_stranger_takes_nothing_over(line: Line) -> None:
    """Only the organisation that the register names."""
    await change(line, beleid=merged("2020-01-01"))
    for who in (line.other_helper, line.helper, line.fg):
        assert (await who.get("/taken", {"Namens": SCHOOL})).status_code == 403
    assert (await line.school.get("/taken", {"Namens": OTHER_SCHOOL})).status_code == 403


@story()
async def test_who_took_over_reads_one_record_in_its_own_name_and_the_account_says_so(line: Line) -> None:
    """From its day on, and nobody else; what was withdrawn stays so."""
    _, pushed, given = await line.permitted()
    await line.withdraw(given[0])
    sent = f"/uitwisselingen/{pushed['uitwisselingId']}"
    paths = [sent, f"/toestemmingen/{given[0]['toestemmingId']}", f"/leveringen/{only(pushed)}"]
    mine = [await line.school.get(path) for path in paths]
    there = [path for path, answer in zip(paths, mine, strict=True) if answer.status_code == 200]
    assert len(there) >= 2
    await change(line, beleid=merged(from_tomorrow(line)))
    early = [await line.other_school.get(path) for path in there]
    assert {a.status_code for a in early} == {404}
    line.later(days=1)
    past = await line.ledger()
    for path in there:
        assert fine(await line.other_school.get(path)) == fine(await line.school.get(path))
        assert (await line.helper.get(path)).content == (await line.other_helper.get(path)).content
    told = (await line.ledger())[len(past) :]
    assert [(e["soort"], e["afzender"], e["ontvanger"]) for e in told] == [
        ("succession.read", SCHOOL, OTHER_SCHOOL)
    ] * len(there)
    assert await line.status(pushed) == "ingetrokken"
    assert (await line.other_school.get(f"/uitwisselingen/{NOWHERE}")).status_code == 404
    assert len(await line.ledger()) == len(past) + len(there)
    old = await line.world.storage.register()
    rows = {i: t for i, t in old.beleid.items() if i != MACHTIGINGEN}
    await line.apply(dataclasses.replace(old, beleid=rows))
    assert {(await line.other_school.get(path)).status_code for path in there} == {404}


@story("memory", wrap=FaultyStorage)
async def test_without_a_line_in_the_account_nothing_of_the_former_is_read(line: Line) -> None:
    _, pushed, _ = await line.permitted()
    await change(line, beleid=merged("2020-01-01"))
    store = line.world.storage
    assert isinstance(store, FaultyStorage)
    store.fail_next_write(stored=False)
    path = f"/uitwisselingen/{pushed['uitwisselingId']}"
    assert problem(await line.other_school.get(path))[0] == 503
    assert fine(await line.other_school.get(path))
