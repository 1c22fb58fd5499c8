"""Copies of iJw messages over HTTP: told as a state for who gave them, and dropped."""

from __future__ import annotations

import json
from typing import Any

from tests.flow.test_ijw_answer import START, START_OK, _b64
from tests.flow.test_zaak import hulp, mine, opening, stap
from tests.line import LEERLING, Caller, Json, Line, fine, fresh, only, problem, recorded, story
from tests.unit.adapters.ijw.test_kopie import TOEWIJZING
from tests.unit.adapters.ijw.test_melding import START as ANDERE
from tests.unit.adapters.ijw.test_melding import START_OK as ANDERE_OK
from tests.unit.adapters.ijw.voorbeelden import AGB, BSN


def kopieen(levering: str, *berichten: Any, **other: Any) -> Json:
    return {"berichten": [_b64(b) for b in berichten], "leveringId": levering} | other


async def taken(line: Line) -> str:
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    return only(pushed)


@story()
async def test_a_copy_is_told_as_a_state_and_leaves_nothing(line: Line) -> None:
    """The number of the client, the product and the allocation are in no answer, log line or stored byte, and
    the account did not grow.
    """
    levering = await taken(line)
    before = await line.everything()
    answer = await line.helper.post("/ijw/kopieen", kopieen(levering, START, START_OK))
    said = fine(answer)
    assert (said["stand"], said["maand"], said["geteld"]) == ("gestart", "2026-04-01", 1)
    assert said["terugkoppeling"] == {"status": "gestart", "sinds": "2026-04-01"}
    assert "TR056" in said["nietNagegaan"]
    after = await line.everything()
    assert repr(after) == repr(before)
    row = START.inhoud["Client"]["StartProducten"]["StartProduct"][0]
    secrets = [BSN, str(row["ToewijzingNummer"]), row["Product"]["Code"], AGB + "/"]
    everything = answer.text + json.dumps(line.log_lines()) + repr(after)
    assert [s for s in secrets if s in everything] == []


@story("memory")
async def test_who_gives_copies_is_one_of_the_two_sides_and_knows_the_leerling(line: Line) -> None:
    levering = await taken(line)

    async def refused(who: Caller, body: Json) -> tuple[int, tuple[str, ...]]:
        status, _, codes = problem(await who.post("/ijw/kopieen", body))
        return status, codes

    good = kopieen(levering, START, START_OK)
    assert await refused(line.school, good) == (400, ("afzender.geenJeugdhulp",))
    assert await refused(line.other_helper, good) == (404, ())
    assert await refused(line.helper, good | {"leveringId": "0" * 32}) == (404, ())
    assert await refused(line.helper, kopieen(levering, ANDERE, ANDERE_OK)) == (
        400,
        ("leerling.andereGeboortedatum",),
    )
    elders = START.inhoud | {"Header": START.inhoud["Header"] | {"Afzender": "99999902"}}
    answer = START_OK.inhoud | {"Header": START_OK.inhoud["Header"] | {"Afzender": "99999902"}}
    other = kopieen(levering, type(START)("JW305", elders), type(START)("JW306", answer))
    assert await refused(line.helper, other) == (400, ("afzender.andereAanbieder",))
    assert await refused(line.helper, kopieen(levering, TOEWIJZING)) == (400, ("ijw.niet_aanvaard",))
    assert await refused(line.helper, good | {"berichten": ["KANARIE!"]}) == (400, ("dossier.base64",))


@story("memory")
async def test_the_stand_in_a_zaak_is_for_who_gave_the_copies_alone(line: Line) -> None:
    """Of the messages a stand and a month stay; the school, whose zaak it is, is shown nothing of it."""
    levering = await taken(line)
    leerling = fine(await line.school.post("/leerlingen/_zoek", {"leerlingid": LEERLING}))
    zaak = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
    await stap(line.school, zaak, **hulp())
    theirs = await mine(line.helper)
    path, body = f"/zaken/{theirs}/hulpstand", kopieen(levering, START, START_OK)
    key = fresh()
    first = recorded(await line.helper.post(path, body, key=key))
    assert first["zaak"]["hulp"] == {"stand": "gestart", "maand": "2026-04-01"}
    assert recorded(await line.helper.post(path, body, key=key)) == first
    assert fine(await line.school.get(f"/zaken/{zaak}"))["hulp"] is None
    kept = repr(await line.everything())
    assert BSN not in kept
    elders = await line.helper.post(f"/zaken/{zaak}/hulpstand", body, key=fresh())
    assert elders.status_code == 404, "the key of the school is not his"
    other = await line.gezag(leerling={"leerlingid": "LL-ander"})
    own = recorded(await line.school.post("/zaken", opening(other), key=fresh()))["zaak"]["zaakId"]
    await stap(line.school, own, **hulp())
    keys = [z["zaakId"] for z in fine(await line.helper.get("/zaken"))["zaken"]]
    status, _, codes = problem(await line.helper.post(f"/zaken/{keys[1]}/hulpstand", body, key=fresh()))
    assert (status, codes) == (400, ("zaak.andereLeerling",))
